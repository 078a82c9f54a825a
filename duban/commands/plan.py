"""`duban plan`: the year's list, from template and import to issue, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.commands.shown_import import LISTED, cut, show_import, show_whole
from duban.edge import (
    YearOption,
    print_json,
    table,
)  # fmt: skip
from models.errors import BadInputError, CellError, UnreadableFileError

plans = typer.Typer(help="年度计划：模板、导入、撤销导入、查看、导出、下达、改用策略。", no_args_is_help=True)

PlanYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="计划的年度。")]
SureOption = Annotated[
    bool, typer.Option("--sure", help="今天会因此发出很多消息的也照办（不加则先列出名单，不写入）。")
]
OutFile = Annotated[Path, typer.Argument(metavar="文件.xlsx", help="要写成的文件。")]


def register(app: typer.Typer) -> None:
    """Add `duban plan` to `app`."""
    app.add_typer(plans, name="plan")


@plans.command()
@apart("year on organ")
def template(errand: Errand, out: OutFile) -> Answer:
    """写出空白的任务清单模板：两行示例、下拉选项、填写说明。"""
    from models.errors import DubanError
    from tasks.people.find_posts import names_to_offer
    from tasks.reading.plan_columns import LIST
    from tasks.sheets.template import write_template

    for_year = errand.year or errand.day.year
    departments: list[str] = []
    people: list[str] = []
    try:
        with errand.reading() as session:
            departments, people = names_to_offer(session, errand.sole_organ)
    except DubanError:
        if errand.said["organ"] is not None:
            raise
        # A template is wanted before anything is registered too; then nothing can be picked from.
    write_template(out, LIST, title=f"{for_year}年度工作任务清单", departments=departments, people=people)
    return answer(None, f"已写出模板 {out}。填好后先预览：duban plan import {out} --year {for_year} --dry-run")


@plans.command("import")
@apart("organ as on json")
def import_(
    errand: Errand,
    file: Annotated[
        Path,
        typer.Argument(metavar="文件", help="台账，或上年度报告、工作要点：Word、WPS、Excel、PDF、网页、文本都可以。"),
    ],
    year: PlanYear,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看识别结果，不写入任何数据。")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="文件.xlsx", help="有错误时，把错误清单写到此文件。")
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="理由", help="清单会改动已下达的任务时，写明修改理由（先用 --dry-run 查看）。"
        ),
    ] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns", metavar="名=列", help="指明哪一列是什么，如 任务内容=待办；可多次，导入后留作下次用。"
        ),
    ] = None,
    visible_only: Annotated[
        bool, typer.Option("--visible-only", help="隐藏、筛掉、划去的行不导入（不加则照样导入，预览中列出）。")
    ] = False,
    sure: SureOption = False,
) -> Answer:
    """导入一年的任务清单。

    按编号对应已有任务：有变化的更新，空白格不改动，填“-”清除原有内容。有一处错误即全部不导入。
    已下达的任务须写明理由才能改动：时限按“调整时限”、其他内容按“修改任务”逐项留痕，换承办人、换单位的重新签收。
    """
    from tasks.notices.ask_first import asking_first
    from tasks.plan.import_list import import_list, read_list
    from tasks.reading.plan_columns import name_columns

    try:
        given = _kept_columns(errand) | name_columns(columns or ())
        errand.edge.name_helper()
        listed = read_list(file, year=year, columns=given, visible_only=visible_only)
        with errand.reading() if dry_run else errand.writing() as session:
            by = errand.by
            own = errand.organ.code if by.person_id is not None else errand.said["organ"]
            with asking_first(session, errand.edge.settings, by=by, calendar=errand.calendar, sure=sure or dry_run):
                report = import_list(
                    session,
                    file,
                    by=by,
                    year=year,
                    organ_code=own,
                    dry_run=dry_run,
                    columns=given,
                    found=listed,
                    reason=reason,
                )
    except UnreadableFileError as unread:
        if errand.json:
            print_json(_nothing_read(CellError(None, None, None, file.name, unread.message)))
        raise
    if report.errors and errors is not None:
        from tasks.files.write_errors import write_errors

        write_errors(report.errors, errors)

    refused = typer.Exit(BadInputError.exit_code) if report.errors else None
    return answer(report.as_dict(), lambda: show_import(report, errors), then=refused)


def _kept_columns(errand: Errand) -> dict[str, str]:
    """Which column is which, as an import before this one said; nothing where it is not known yet for what organ."""
    from models.errors import NotFoundError
    from tasks.plan.batches import kept_columns

    organ, day = errand.said["organ"], errand.day
    with errand.edge.reading() as session:
        try:
            by = errand.edge.actor(session, errand.said["as"], day, organ)
            return kept_columns(session, errand.edge.organ_for(session, by, organ).id)
        except NotFoundError:
            return {}


def _nothing_read(error: CellError) -> dict[str, Any]:
    """What a program gets for a file that could not be opened at all."""
    counts = dict.fromkeys(("projects", "items", "incomplete"), 0)
    return {"batch": None, "plan": None, **counts, "errors": [error.as_dict()], "understood": []}


@plans.command()
@acting("as on json")
def undo(errand: Errand, batch: Annotated[int, typer.Argument(metavar="批次", help="导入批次的编号。")]) -> Answer:
    """撤销一次导入：新增的任务删去，改动的恢复原样。已下达或已有办理记录的不能撤销。"""
    from tasks.plan.undo_import import undo_import

    session = errand.session
    done = undo_import(session, batch, by=errand.by)
    return answer(
        done, f"已撤销批次 {done.batch}（“{done.file_name}”）：删去任务 {done.deleted} 项，恢复 {done.restored} 项。"
    )


@plans.command()
@looking("as year organ on json")
def show(errand: Errand) -> Answer:
    """查看年度计划：项目、任务、时限、责任人和状态。"""
    from rich.text import Text

    from models.items.item import ItemState
    from tasks.plan.show_plan import show_plan

    day = errand.day
    session = errand.session
    by = errand.by
    data = show_plan(session, errand.plan, on=day, by=by)

    def screen() -> Iterator[Shown]:
        shown = table("编号", "任务", "时限", "牵头单位", "领导", "承办人", "状态", "缺少", title=_heading(data))
        for project in data["projects"]:
            shown.add_row("", Text(project["name"], "bold"))
            for item in project["items"]:
                shown.add_row(
                    item["number"], cut(item["title"], 40), _due(item), item["lead"] or "",
                    "、".join(item["leaders"]), item["handler"] or "", ItemState(item["state"]).label,
                    "、".join(item["missing"]),
                )  # fmt: skip
        yield shown

    return answer(data, screen)


@plans.command()
@looking("as year organ on")
def export(errand: Errand, out: OutFile) -> Answer:
    """导出年度计划为表格；补填后可再次导入，按编号对应。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.plan.export_list import export_list

    session, plan = errand.session, errand.plan
    authorize_organ(session, errand.by, Action.VIEW, plan.organ_id)
    count = export_list(session, plan, out, on=errand.day)
    return answer(None, f"已导出 {count} 项任务到 {out}。")


@plans.command()
@acting("organ as on json")
def issue(
    errand: Errand,
    year: YearOption = None,
    preset: Annotated[str | None, typer.Option("--policy", metavar="名称", help="督办策略；缺省为“常规”。")] = None,
    past: Annotated[
        str | None,
        typer.Option(
            "--past", metavar="办法", help="下达前已过的时限：none 不追溯（缺省）、notice 只提醒、whole 全部。"
        ),
    ] = None,
    sure: SureOption = False,
) -> Answer:
    """下达计划：要素齐全的任务开始督办；缺项的留待补齐后再次下达。"""
    from models.ladder.lookback import Lookback
    from models.ladder.policy import DEFAULT_PRESET
    from models.ledgers.kinds import member_named
    from tasks.notices.ask_first import asking_first
    from tasks.plan.issue import issue as give_out

    session = errand.session
    by = errand.by
    lookback = member_named(Lookback, past) if past is not None else Lookback.NONE
    with asking_first(session, errand.edge.settings, by=by, calendar=errand.calendar, sure=sure):
        done = give_out(session, errand.plan_of(year), by=by, preset=preset or DEFAULT_PRESET, lookback=lookback)

    def screen() -> Iterator[Shown]:
        yield f"已下达 {done.issued} 项任务。" + (
            f"其中 {done.finished} 项原已办结，直接销号。" if done.finished else ""
        )
        if done.left_out:
            yield f"周期性任务在下达前已过的 {done.left_out} 期不计。"
        if done.past:
            yield f"下达前已过的时限 {len(done.past)} 个，{lookback.label}：{lookback.explained}。"
            shown = table("编号", "任务", "时限")
            for day in done.past[:LISTED]:
                shown.add_row(day["number"], cut(day["title"], 50), str(day["due_on"]))
            yield shown
        if done.incomplete:
            yield f"还有 {len(done.incomplete)} 项缺少要素，未下达（duban plan export 导出、补填、再导入）："
            shown = table("编号", "任务", "缺少")
            for item in done.incomplete[:LISTED]:
                shown.add_row(item["number"], cut(item["title"], 50), "、".join(item["missing"]))
            yield shown

    return answer(done, screen)


@plans.command()
@apart("organ as on json")
def adopt(
    errand: Errand,
    preset: Annotated[str, typer.Argument(metavar="策略", help="督办策略的名称，按它现在的内容。")],
    year: YearOption = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="为什么改用，记入操作记录；试看时可以不写。")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会动哪些，不写入。")] = False,
    sure: SureOption = False,
) -> Answer:
    """已下达的计划改用督办策略：列出各级的变化；只对以后的日子起作用，已发出的不变，已过的不补发。"""
    from tasks.notices.ask_first import asking_first
    from tasks.plan.change_policy import change_policy, foresee_change

    settings = errand.edge.settings
    with errand.trying() if dry_run else errand.writing() as session:
        plan, by = errand.plan_of(year), errand.by
        with asking_first(session, settings, by=by, calendar=errand.calendar, sure=sure or dry_run):
            done = (
                foresee_change(session, plan, preset, by=by)
                if dry_run
                else change_policy(session, plan, preset, by=by, reason=reason)
            )
        told, title = done.as_dict() | {"dry_run": dry_run}, plan.title

    def screen() -> Iterator[Shown]:
        did = "试看（未写入）" if dry_run else "已改用"
        yield f"{did} {title}：策略“{told['policy']}”，第 {told['version']} 版，自 {told['from_on']} 起。"
        if done.rungs:
            shown = table("现在", "改为", "时限", "人员", title="提醒和升级的变化")
            for move in done.rungs:
                after = move.after or "（不再提醒）"
                shown.add_row(move.before or "（新增）", after, str(move.deadlines), str(move.people))
            yield from show_whole(shown)
        yield from (f"  {line}" for line in done.terms)

    return answer(told, screen)


@plans.command("open-year")
@acting("year organ as on json")
def open_year(errand: Errand) -> Answer:
    """开年编制：由上年度报告第四部分、周期性和未办结的任务、不足、法定事项和普法节点编制新年度计划草案。

    不下达，不指定没有承办过的人；重复执行只补新增的，改过的不动。
    """
    from tasks.plan.open_year import open_year as begin
    from tasks.plan.opening.draft import Origin

    day = errand.day
    session = errand.session
    by = errand.by
    opened = begin(session, errand.organ, errand.year or day.year, by=by)

    def screen() -> Iterator[Shown]:
        yield f"{opened.plan}（草案）：新列 {len(opened.made)} 项，原已列入 {opened.known} 项。"
        for origin in Origin:
            if opened.count(origin):
                yield f"  {origin.label} {opened.count(origin)} 项"
        if opened.made:
            shown = table("编号", "任务", "项目", "来源", "缺少")
            for draft in opened.made[:LISTED]:
                shown.add_row(
                    draft.number, cut(draft.title, 40), cut(draft.project, 14), draft.origin.label,
                    "、".join(draft.missing),
                )  # fmt: skip
            yield shown
        if opened.incomplete:
            yield f"其中 {len(opened.incomplete)} 项缺少要素，补齐前不能下达（duban plan export 导出、补填、再导入）。"
        if opened.left_out:
            yield f"报告中已撤下、未列入 {len(opened.left_out)} 项：{'、'.join(opened.left_out)}。"
        for line in opened.yearly:
            yield f"  下达后列入督办：{line}"
        if opened.nodes:
            yield f"未列入、由本单位选择的节点：{'、'.join(opened.nodes)}。"

    return answer(opened.as_dict(), screen)


def _heading(data: dict[str, Any]) -> str:
    return f"{data['plan']}（{'已下达' if data['state'] == 'issued' else '未下达'}）"


def _due(item: dict[str, Any]) -> str:
    text, day = item["due_text"], item["due_on"]
    return f"{text}（{day}）" if text and day and text != str(day) else text or str(day or "")
