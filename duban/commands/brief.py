"""`duban brief`: the leader's one page and the circular, looked at or drawn up and written as Word files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from duban.commands.document import word_file
from duban.commands.errand import Answer, Errand, Shown, answer, apart
from duban.edge import (
    table,
    today,
)

if TYPE_CHECKING:
    from models.papers.document import Document
    from tasks.papers.brief import Brief
    from tasks.papers.circular import Circular

briefs = typer.Typer(help="简报和通报：第一责任人的一页简报；周、月、季度通报。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(briefs, name="brief")


@briefs.command()
@apart()
def leader(
    errand: Errand,
    person: Annotated[
        str | None, typer.Option("--person", metavar="姓名", help="呈报给谁；缺省为本单位第一责任人。")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件.docx", help="编号留存并写出 Word 文件；缺省只看、不留存。")
    ] = None,
) -> Answer:
    """一页简报：红灯事项、待处理、批示办理、近期到期。"""
    from models.dates.day_override import office_calendar
    from models.people.organ import Organ
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.oversight.compile_brief import compile_brief, first_reader, gather_brief
    from tasks.papers.facts import to_facts
    from tasks.papers.official_document import write
    from tasks.papers.write_document import lay_out_document
    from tasks.people.find import find_person

    file, document = word_file(out) if out else None, None
    with errand.writing() if file else errand.reading() as session:
        by = errand.by
        plan = errand.plan
        owner = session.get_one(Organ, plan.organ_id)
        authorize_organ(session, by, Action.BRIEF, owner.id)
        reader = find_person(session, person, owner) if person else first_reader(session, owner, by.on)
        calendar = office_calendar(session, organ_id=owner.id)
        content = gather_brief(session, owner, reader, by=by, calendar=calendar)
        if file:
            document = compile_brief(session, plan, reader, by=by, calendar=calendar, again=True)
            write(lay_out_document(document), file)

    def screen() -> Iterator[Shown]:
        yield from _show_brief(content)
        yield from _say_written(document, file)

    return answer(to_facts(content) | _issued(document), screen)


@briefs.command()
@apart()
def circular(
    errand: Errand,
    period: Annotated[Literal["week", "month", "quarter"], typer.Option("--period", help="周、月或季度通报。")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="日期", help="截至哪一天；缺省为最近结束的一期（本周自周五起）。")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="只预览：不编号、不留存。")] = False,
    again: Annotated[bool, typer.Option("--again", help="本期已印发而内容有变的，另行编号再发。")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="文件.docx", help="写出 Word 文件。")] = None,
) -> Answer:
    """督办通报：总体情况、各单位、逾期、未填报、延期中止、下期到期；每期只编号一次。"""
    from models.dates.day_override import office_calendar
    from models.errors import BadInputError, ForbiddenError
    from models.papers.circular import CircularKind, closing_day
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.oversight.compile_circular import circular_lacks, compile_circular, gather_circular
    from tasks.papers.circular import Circular, lay_out_circular
    from tasks.papers.facts import from_facts, to_facts
    from tasks.papers.official_document import write
    from tasks.papers.write_document import lay_out_document

    file, kind = word_file(out) if out else None, CircularKind(period)
    document, lacks = None, ""
    with errand.reading() if preview else errand.writing() as session:
        by = errand.by
        closes = today(until) if until else closing_day(kind, by.on, errand.calendar)
        if closes > by.on:
            raise BadInputError(f"截至日 {closes} 还没有到：通报只说已经发生的，最晚写 {by.on}。")
        plan = errand.plan_of(errand.year or closes.year)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        if preview:
            authorize_organ(session, by, Action.VIEW, plan.organ_id)
            content = gather_circular(session, plan, kind=kind, until=closes, issued_on=by.on, calendar=calendar)
            lacks = circular_lacks(session, plan, content, today=by.on)
            if lacks and file:
                raise ForbiddenError(f"没有写出 {file}。{lacks}")
        else:
            document = compile_circular(session, plan, by=by, kind=kind, until=closes, calendar=calendar, again=again)
            content = from_facts(Circular, document.facts)
        if file:
            write(lay_out_document(document) if document else lay_out_circular(content), file)

    def screen() -> Iterator[Shown]:
        yield from _show_circular(content)
        if lacks:
            yield lacks
        yield from _say_written(document, file)

    return answer(to_facts(content) | _issued(document) | {"lacks": lacks}, screen)


def _issued(document: Document | None) -> dict[str, Any]:
    """What a program needs to ask for the document again."""
    return {"document": document.id, "document_number": document.written_number} if document else {"document": None}


def _say_written(document: Document | None, file: Path | None) -> Iterator[Shown]:
    if document:
        yield f"{document.written_number}《{document.title}》已留存（编号 {document.id}）。"
    if file:
        yield f"已写出 {file}。"


def _show_brief(content: Brief) -> Iterator[Shown]:
    yield f"{content.organ}督办工作简报  呈报：{content.person}  {content.on}"
    yield f"红灯事项 {content.red} 项，待您处理 {content.waiting} 项，批示待复 {content.unanswered} 项。"
    if content.red_rows:
        made = table("编号", "事项", "牵头单位、领导", "时限情况", title="红灯事项")
        for red in content.red_rows:
            made.add_row(red.number, red.title, red.answerable, red.due_words)
        yield made
    if content.waiting_rows:
        made = table("类别", "事项", "提请人", "提请日期", title="待您处理")
        for waiting in content.waiting_rows:
            made.add_row(waiting.what, waiting.item, waiting.asked_by, str(waiting.since))
        yield made
    if content.instruction_rows:
        made = table("日期", "批示内容", "事项", "时限", "状态", "办理结果", title="批示办理")
        for given in content.instruction_rows:
            due = str(given.due_on) if given.due_on else ""
            made.add_row(str(given.on), given.text, given.item, due, given.state, given.outcome)
        yield made
    if content.next_rows:
        made = table("时限", "编号", "事项", "牵头单位、领导", title="近期到期")
        for coming in content.next_rows:
            made.add_row(str(coming.due_on), coming.number, coming.title, coming.answerable)
        yield made


def _show_circular(content: Circular) -> Iterator[Shown]:
    totals = content.totals
    share = f"；按期办结率 {totals.on_time_share:.1%}" if totals.on_time_share is not None else ""
    yield f"{content.title}（{content.from_on} 至 {content.until_on}）"
    yield (
        f"共 {totals.items} 项：已办结 {totals.closed}（本期 {totals.closed_in_period}），正常 {totals.on_track}，"
        f"临期 {totals.near}，逾期 {totals.overdue}，未开始 {totals.not_started}，中止 {totals.suspended}；"
        f"其中待审核 {totals.in_review}{share}。"
    )
    made = table("单位", "事项", "已办结", "逾期", "临期", "滞后", "未填报", "未签收", "得分", "排名")
    for row in content.departments:
        counts = (row.total, row.closed, row.overdue, row.near, row.lagging, row.not_filed, row.unsigned)
        graded = ("" if value is None else f"{value:g}" for value in (row.score, row.rank))
        made.add_row(row.name, *map(str, counts), *graded)
    if content.departments:
        yield made
    if content.overdue:
        made = table("编号", "事项", "牵头单位", "承办人", "时限", "逾期情况", "已督办至", title="逾期事项")
        for late in content.overdue:
            made.add_row(late.number, late.title, late.unit, late.person, str(late.due_on), late.words, late.level)
        yield made
    yield (
        f"未按期填报 {len(content.unfiled)} 项次、延期中止 {len(content.changed)} 项、"
        f"下期到期 {len(content.next_deadlines)} 项。"
    )
    yield from (*content.praise, *content.criticism)
