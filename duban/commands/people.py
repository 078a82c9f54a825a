"""`duban people`: who is in the office, who holds which post, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.edge import (
    AsOption,
    JsonOption,
    OnOption,
    OrganOption,
    edge,
    print_json,
    say,
    show_table,
    table,
    today,
    warn,
)

if TYPE_CHECKING:
    from models.errors import CellError

people = typer.Typer(help="人员:导入、撤销导入、名册、交接、请假、离任。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `duban people` to `app`."""
    app.add_typer(people, name="people")


@people.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="人员名册(.xlsx 或 .csv)。")],
    on: OnOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看系统怎样理解,不写入任何数据。")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="文件.xlsx", help="有错误时,把错误清单写到此文件。")
    ] = None,
    as_: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入人员名册:单位、部门、姓名、职务、角色、邮箱、手机、代理人各一列。

    已登记的人员按单位和姓名(重名时再按手机)认定并更新;有一处错误即全部不导入。
    --on 是新任职务的起始日;缺省视为一直在任(接任空缺岗位的,从前任离任次日起)。
    """
    import datetime as dt

    from models.errors import ImportRefusedError
    from tasks.staff.import_people import import_people

    started_on = today(on) if on else dt.date(1900, 1, 1)
    reached = edge(context)
    try:
        with reached.scratch() if dry_run else reached.writing() as session:
            by = reached.recorder(session, as_, today(on))
            done = import_people(session, file, by=by, on=started_on, dry_run=dry_run)
    except ImportRefusedError as refused:
        _show_refusal(refused, errors, as_json)
        raise typer.Exit(refused.exit_code) from refused
    counts = {"organs": done.organs, "departments": done.departments, "people": done.people, "posts": done.posts}
    if as_json:
        more = {"updated": done.updated, "batch": done.batch, "dry_run": dry_run}
        print_json({**counts, "new": done.new, **more, "errors": []})
        return
    words = {"organs": "单位", "departments": "部门", "people": "人员", "posts": "岗位"}
    did = "试读(未写入)" if dry_run else "已导入"
    say(f"{did}:" + ",".join(f"{words[key]} {counts[key]} 个(新增 {done.new[key]})" for key in counts) + "。")
    if done.batch is not None:
        say(f"批次 {done.batch};如需撤销:duban people undo {done.batch}")


@people.command()
def undo(
    context: typer.Context,
    batch: Annotated[
        int | None, typer.Argument(metavar="[批次]", help="导入批次的编号;缺省为最近一次未撤销的。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤销一次名册导入:新增的删去,改动的恢复原样。之后又有改动或已被任务、账户等使用的不能撤销。"""
    from tasks.staff.undo_people import newest_people_batch, undo_people

    reached = edge(context)
    with reached.writing() as session:
        by = reached.recorder(session, as_, today(on))
        done = undo_people(session, batch or newest_people_batch(session, by=by), by=by)
    if as_json:
        print_json(done)
        return
    say(done.told)


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
        say(f"其余 {len(faults) - 50} 处未列出;加 --errors 错误清单.xlsx 可得到全部。")
    warn(f"错误:{refused.message}" + (f"错误清单见 {file}。" if file else ""))


@people.command("list")
def list_(context: typer.Context, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False) -> None:
    """名册:某一天谁在什么岗位上,谁请假,谁代理。"""
    from tasks.people.roster import roster

    day = today(on)
    reached = edge(context)
    with reached.reading() as session:
        rows = roster(session, reached.organ(session, organ) if organ else None, on=day)
    if as_json:
        print_json(rows)
        return
    shown = table("编号", "单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人", "状态", title=f"{day} 名册")
    for row in rows:
        departments = "、".join(row["departments"]) or ""
        shown.add_row(
            str(row["post"] or ""), row["organ"], departments, row["name"] or "(空缺)", row["title"],
            row["role_name"], row["email"], row["mobile"], row["deputy"], row["state"],
        )  # fmt: skip
    show_table(shown)


@people.command()
def succeed(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="姓名", help="接任的人(姓名、手机或邮箱)。")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="姓名", help="原任职的人;其全部岗位(或 --post 所指的)一并移交。")
    ] = None,
    post: Annotated[
        str | None, typer.Option("--post", metavar="岗位", help="岗位的编号(见 people list)或职务名称。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """岗位交接:自 --on 之日起由接任者任职,未办结的任务和以后的通知随岗位转给接任者。"""
    from models.errors import BadInputError
    from tasks.people.find import find_person
    from tasks.people.roster import posts_to_hand_over
    from tasks.staff.hand_over import hand_over

    if from_ is None and post is None:
        raise BadInputError("请用 --from 姓名 或 --post 岗位 指明交接什么岗位。")
    day = today(on)
    reached = edge(context)
    with reached.writing() as session:
        by = reached.recorder(session, as_, day, organ)
        within = reached.organ(session, organ) if organ else None
        successor = find_person(session, to, within)
        former = find_person(session, from_, within) if from_ else None
        posts = posts_to_hand_over(session, former, post, within, on=day)
        for found in posts:
            hand_over(session, found, by=by, to=successor, on=day)
        done = [{"post": found.id, "title": found.title, "to": successor.name, "on": day} for found in posts]
    if as_json:
        print_json(done)
        return
    for row in done:
        say(f"{row['on']} 起,“{row['title']}”由{row['to']}任职。")


@people.command()
def leave(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="姓名", help="请假的人(姓名、手机或邮箱)。")],
    from_on: Annotated[str, typer.Option("--from", metavar="日期", help="第一天,如 2026-06-30。")],
    until_on: Annotated[str, typer.Option("--until", metavar="日期", help="最后一天(含)。")],
    deputy: Annotated[
        str | None, typer.Option("--deputy", metavar="姓名", help="这几天的代理人;缺省为名册中的代理人。")
    ] = None,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """请假:期间的通知送代理人;没有代理人的,送上一级。"""
    from models.person import Person
    from tasks.people.find import find_person
    from tasks.staff.hand_over import take_leave

    reached = edge(context)
    with reached.writing() as session:
        by = reached.recorder(session, as_, today(from_on), organ)
        within = reached.organ(session, organ) if organ else None
        person = find_person(session, name, within)
        named = find_person(session, deputy, within) if deputy else None
        taken = take_leave(session, person, by=by, from_on=today(from_on), until_on=today(until_on), deputy=named)
        usual = session.get(Person, person.deputy_id) if person.deputy_id else None
    stand_in = named or usual
    if as_json:
        done = {"name": person.name, "from": taken.from_on, "until": taken.until_on}
        print_json({**done, "deputy": stand_in.name if stand_in else None})
        return
    who = f"由{stand_in.name}代理" if stand_in else "没有代理人,期间的通知送上一级"
    say(f"{person.name} {taken.from_on} 至 {taken.until_on} 请假,{who}。")


@people.command()
def depart(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="姓名", help="离任的人(姓名、手机或邮箱)。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """离任:--on 是在任的最后一天,其后的通知不再送此人。"""
    from tasks.people.find import find_person
    from tasks.staff.hand_over import leave_office

    day = today(on)
    reached = edge(context)
    with reached.writing() as session:
        by = reached.recorder(session, as_, day, organ)
        person = find_person(session, name, reached.organ(session, organ) if organ else None)
        vacant = [{"post": post.id, "title": post.title} for post in leave_office(session, person, by=by, on=day)]
    if as_json:
        print_json({"name": person.name, "on": day, "vacant": vacant})
        return
    say(f"{person.name}在任至 {day}。")
    if vacant:
        titles = "、".join(str(post["title"]) for post in vacant)
        say(f"空缺的岗位:{titles}。可用 duban people succeed --from {person.name} --to 接任者 --on 日期 补上。")
