"""`duban people`: who is in the office, who holds which post, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.people import CONFIRM, DECLINE, DEPART, LEAVE, proposed
from duban.commands.acts import Subject, add_command
from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.edge import (
    print_json,
    say,
    show_table,
    table,
    warn,
)

if TYPE_CHECKING:
    from models.errors import CellError

people = typer.Typer(help="人员：导入、撤销导入、名册、交接、请假、离任、提请的确认、三员分立。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `duban people` to `app`."""
    app.add_typer(people, name="people")


@people.command("import")
@apart("on as json")
def import_(
    errand: Errand,
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="人员名册：Excel、WPS 表格、.csv，或带表格的 Word、WPS、PDF、网页。")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看识别结果，不写入任何数据。")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="文件.xlsx", help="有错误时，把错误清单写到此文件。")
    ] = None,
) -> Answer:
    """导入人员名册：单位、部门、姓名、职务、角色、邮箱、手机、代理人各一列。

    已登记的人员按单位和姓名（重名时再按手机）认定并更新；有一处错误即全部不导入。
    --on 是新任职务的起始日；缺省视为一直在任（接任空缺岗位的，从前任离任次日起）。
    """
    import datetime as dt

    from models.errors import ImportRefusedError
    from tasks.reading.sheet import open_workbook
    from tasks.staff.import_people import import_people

    started_on = errand.day if errand.said["on"] else dt.date(1900, 1, 1)
    errand.edge.name_helper()
    sheets = open_workbook(file)
    try:
        with errand.trying() if dry_run else errand.writing() as session:
            done = import_people(session, file, by=errand.recorder, on=started_on, dry_run=dry_run, sheets=sheets)
    except ImportRefusedError as refused:
        _show_refusal(refused, errors, errand.json)
        raise typer.Exit(refused.exit_code) from refused
    counts = {"organs": done.organs, "departments": done.departments, "people": done.people, "posts": done.posts}

    def screen() -> Iterator[Shown]:
        words = {"organs": "单位", "departments": "部门", "people": "人员", "posts": "岗位"}
        did = "预览（未写入）" if dry_run else "已导入"
        yield f"{did}：" + "，".join(f"{words[key]} {counts[key]} 个（新增 {done.new[key]}）" for key in counts) + "。"
        yield from done.notes
        if done.proposed:
            yield f"其中 {done.proposed} 项任职、代理须由第二人确认后生效：duban people proposals"
        if done.batch is not None:
            yield f"批次 {done.batch}；如需撤销：duban people undo {done.batch}"

    more = {
        "updated": done.updated,
        "proposed": done.proposed,
        "batch": done.batch,
        "dry_run": dry_run,
        "notes": done.notes,
    }
    return answer({**counts, "new": done.new, **more, "errors": []}, screen)


@people.command()
@acting("as on json")
def undo(
    errand: Errand,
    batch: Annotated[
        int | None, typer.Argument(metavar="[批次]", help="导入批次的编号；缺省为最近一次未撤销的。")
    ] = None,
) -> Answer:
    """撤销一次名册导入：新增的删去，改动的恢复原样。之后又有改动或已被任务、账户等使用的不能撤销。"""
    from tasks.staff.undo_people import newest_people_batch, undo_people

    by = errand.recorder
    done = undo_people(errand.session, batch or newest_people_batch(errand.session, by=by), by=by)
    return answer(done, done.told)


def _show_refusal(refused: Any, file: Path | None, as_json: bool) -> None:
    faults: Sequence[CellError] = refused.errors
    if file is not None:
        from tasks.files.write_errors import write_errors

        write_errors(faults, file)
    if as_json:
        nothing = dict.fromkeys(("organs", "departments", "people", "posts"), 0)
        print_json({**nothing, "errors": [fault.as_dict() for fault in faults]})
        return
    shown = table("工作表", "行", "列", "值", "应填")
    for fault in faults[:50]:
        shown.add_row(fault.sheet, str(fault.row or ""), fault.column, fault.value, fault.accepted)
    show_table(shown)
    if len(faults) > 50:
        say(f"其余 {len(faults) - 50} 处未列出；加 --errors 错误清单.xlsx 可得到全部。")
    warn(f"错误：{refused.message}" + (f"错误清单见 {file}。" if file else ""))


@people.command("list")
@looking("on organ json")
def list_(errand: Errand) -> Answer:
    """名册：某一天谁在什么岗位上，谁请假，谁代理。"""
    from tasks.people.roster import roster

    day = errand.day
    session = errand.session
    rows = roster(session, errand.within, on=day)

    def screen() -> Iterator[Shown]:
        shown = table(
            "编号", "单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人", "状态", title=f"{day} 名册"
        )
        for row in rows:
            departments = "、".join(row["departments"]) or ""
            shown.add_row(
                str(row["post"] or ""), row["organ"], departments, row["name"] or "（空缺）", row["title"],
                row["role_name"], row["email"], row["mobile"], row["deputy"], row["state"],
            )  # fmt: skip
        yield shown

    return answer(rows, screen)


@people.command()
@acting("as on organ json")
def succeed(
    errand: Errand,
    to: Annotated[str, typer.Option("--to", metavar="姓名", help="接任的人（姓名、手机或邮箱）。")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="姓名", help="原任职的人；其全部岗位（或 --post 所指的）一并移交。")
    ] = None,
    post: Annotated[
        str | None, typer.Option("--post", metavar="岗位", help="岗位的编号（见 people list）或职务名称。")
    ] = None,
) -> Answer:
    """岗位交接：自 --on 之日起由接任者任职，未办结的任务和以后的通知随岗位转给接任者。"""
    from models.errors import BadInputError
    from models.people.staff_proposal import StaffProposal
    from tasks.people.find import find_person
    from tasks.people.roster import posts_to_hand_over
    from tasks.staff.hand_over import hand_over

    day = errand.day
    session = errand.session
    if from_ is None and post is None:
        raise BadInputError("请用 --from 姓名 或 --post 岗位 指明交接什么岗位。")
    by = errand.recorder
    within = errand.within
    successor = find_person(session, to, within)
    former = find_person(session, from_, within) if from_ else None
    posts = posts_to_hand_over(session, former, post, within, on=day)
    done, said = [], []
    for found in posts:
        passed = hand_over(session, found, by=by, to=successor, on=day)
        row = {"post": found.id, "title": found.title, "to": successor.name, "on": day, "proposal": None}
        if isinstance(passed, StaffProposal):
            row["proposal"] = passed.id
            said.append(proposed(session, passed, by).said)
        else:
            said.append(f"{row['on']} 起，“{row['title']}”由{row['to']}任职。")
        done.append(row)

    def screen() -> Iterator[Shown]:
        yield from said

    return answer(done, screen)


def _found(errand: Errand, name: str) -> tuple[Any, Any]:
    from tasks.people.find import find_person

    return find_person(errand.session, name, errand.within), errand.day


def _person(words: str) -> tuple[str, Any]:
    return "name", Annotated[str, typer.Argument(metavar="姓名", help=words)]


ON_LEAVE = Subject(
    _found, _person("请假的人（姓名、手机或邮箱）。"), options="as organ json", anywhere=True,
    by=lambda errand, given: errand.recorder_of(given["from_on"]),
)  # fmt: skip
LEAVING = Subject(
    _found, _person("离任的人（姓名、手机或邮箱）。"), options="as on organ json",
    by=lambda errand, _given: errand.recorder,
)  # fmt: skip

add_command(people, LEAVE, ON_LEAVE)
add_command(people, DEPART, LEAVING)


@people.command()
@looking("as on organ json")
def proposals(errand: Errand) -> Answer:
    """须由第二人确认的任职、代理：谁提出、为什么须确认、现在怎样。"""
    from tasks.staff.decide_proposal import proposals_of

    lines = proposals_of(errand.session, errand.organ.id or 0, by=errand.by)
    data = [
        {
            "id": line.proposal.id, "what": line.what, "why": line.proposal.why, "proposed_by": line.proposed_by,
            "on": line.proposal.proposed_on, "state": line.proposal.state, "decided_by": line.decided_by or None,
            "decided_on": line.proposal.decided_on, "answer": line.proposal.answer, "may_confirm": line.may_confirm,
        }
        for line in lines
    ]  # fmt: skip

    def screen() -> Iterator[Shown]:
        shown = table("编号", "提请", "为什么须确认", "提出", "状态", title="任职、代理的提请")
        for line in lines:
            row = line.proposal
            state = row.state.label + (f"（{line.decided_by}，{row.decided_on}）" if row.decided_on else "")
            shown.add_row(str(row.id), line.what, row.why, f"{line.proposed_by}，{row.proposed_on}", state)
        yield shown

    return answer(data, screen)


def _proposal(errand: Errand, number: int) -> tuple[Any, Any]:
    from tasks.staff.decide_proposal import find_proposal

    return find_proposal(errand.session, number, by=errand.by), None


PROPOSAL = Subject(
    _proposal, ("number", Annotated[int, typer.Argument(metavar="编号", help="见 duban people proposals。")]),
    options="as on json",
)  # fmt: skip

add_command(people, CONFIRM, PROPOSAL)
add_command(people, DECLINE, PROPOSAL)


@people.command()
@acting("as on organ json")
def officers(
    errand: Errand,
    joined: Annotated[
        bool | None,
        typer.Option("--joined/--separate", help="三员合一或分立，由本机管理员设定；不写只看现状。"),
    ] = None,
) -> Answer:
    """三员：系统管理员、安全管理员、审计员各由谁担任，是分立还是合一。"""
    from models.people.person import OFFICERS
    from tasks.acting.consent import holders_in
    from tasks.staff.officers import join_officers

    organ = errand.sole_organ
    if joined is not None:
        join_officers(errand.session, organ, by=errand.by, joined=joined)
    held = holders_in(errand.session, organ.id or 0, OFFICERS, on=errand.day)
    now = "三员合一：一人可兼任几员。" if organ.joined_officers else "三员分立：一人只任一员，代理也不例外。"
    data = {"joined": organ.joined_officers, "officers": [{"role": role, "name": one.name} for role, one in held]}
    return answer(data, "\n".join([now, *(f"{role.label} {one.name}" for role, one in held)]))
