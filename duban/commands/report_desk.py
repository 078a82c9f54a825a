"""`duban report blocks|edit|merge|split|move|…`: the newest version of a report worked on block by block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from duban.edge import AsOption, JsonOption, OnOption, OrganOption, edge, print_json, say, show_table, table, today

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.report.report import Report, ReportBlock

RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="工作年度。")]
Key = Annotated[str, typer.Argument(metavar="段落", help="段落的代号,见 duban report blocks。")]
Basis = Annotated[
    str | None, typer.Option("--basis", metavar="文字", help="依据,如文件名、会议纪要;写明后不再标待核。")
]


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (
        blocks, edit, confirm, merge, split, move, withdraw, restore, add, internal, public, adopt, keep,
    ):  # fmt: skip
        reports.command()(command)


@contextmanager
def working(
    context: typer.Context, year: int, as_: str | None, on: str | None, organ: str | None
) -> Iterator[tuple["Session", "Report", "Actor"]]:
    """A transaction on the newest version of the year's report."""
    from tasks.report.compiling.find_report import find_report

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        yield session, find_report(session, reach.organ_for(session, by, organ), year), by


@contextmanager
def looking(
    context: typer.Context, year: int, as_: str | None, organ: str | None
) -> Iterator[tuple["Session", "Report"]]:
    """The newest version, for whoever may see all of the organ."""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.find_report import find_report

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(None), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_organ(session, by, Action.VIEW, owner.id)
        yield session, find_report(session, owner, year)


def _done(session: "Session", block: "ReportBlock", said: str, as_json: bool) -> None:
    """Tell what was done, and in which version: the next one where the newest was bound."""
    from models.report.report import Report
    from tasks.report.desk.at_desk import report_of

    version = session.get_one(Report, report_of(session, block)).version
    if as_json:
        print_json({"key": block.key, "version": version, "text": block.text, "withdrawn": block.withdrawn})
    else:
        say(f"{said}(第 {version} 版,段落 {block.key})。")


def blocks(
    context: typer.Context,
    year: RequiredYear,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出最新一版的全部段落:代号、状态、文字;撤下的也在内。"""
    from tasks.report.compiling.keep_draft import read_draft

    with looking(context, year, as_, organ) as (session, report):
        draft = read_draft(session, report)
    rows = [
        {
            "key": block.key, "section": section.kind, "heading": block.heading, "text": block.text,
            "by_hand": block.by_hand, "changed": block.was_compiled is not None, "withdrawn": block.withdrawn,
            "internal": block.internal, "unverified": not block.sources or block.proposal,
        }
        for section in draft
        for block in section.blocks
    ]  # fmt: skip
    if as_json:
        print_json({"year": year, "version": report.version, "bound": report.content_hash is not None, "blocks": rows})
        return
    say(f"{report.title}(第 {report.version} 版{',已送审,改动另成新版' if report.content_hash else ''})")
    shown = table("段落", "状态", "小标题", "文字")
    words = {"by_hand": "人写", "changed": "来源有变", "withdrawn": "已撤下", "internal": "内部", "unverified": "待核"}
    for row in rows:
        state = "、".join(word for name, word in words.items() if row[name])
        shown.add_row(str(row["key"]), state, str(row["heading"] or ""), str(row["text"]))
    show_table(shown)


def edit(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="新的文字。")] = None,
    heading: Annotated[str | None, typer.Option("--heading", metavar="文字", help="新的小标题;空的为去掉。")] = None,
    basis: Basis = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """修改一段的文字或小标题;重新编制时保留,来源有变的会提示。"""
    from tasks.report.desk.edit_block import edit_block

    with working(context, year, as_, on, organ) as (session, report, by):
        block = edit_block(session, report, key, by=by, text=text, heading=heading, basis=basis)
        _done(session, block, "已修改", as_json)


def confirm(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    basis: Annotated[str, typer.Option("--basis", metavar="文字", help="依据,如文件名、会议纪要。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """核定待核的一段,写明依据。"""
    from tasks.report.desk.edit_block import confirm_block

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, confirm_block(session, report, key, by=by, basis=basis), "已核定", as_json)


def merge(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    with_: Annotated[str | None, typer.Option("--with", metavar="段落", help="相邻的一段;缺省为后一段。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把相邻两段合为一段,依据和数字合在一起。"""
    from tasks.report.desk.arrange_blocks import merge_blocks

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, merge_blocks(session, report, key, by=by, with_=with_), "已合并", as_json)


def split(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    after: Annotated[int, typer.Option("--after", metavar="句数", min=1, help="在第几句之后分开。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一段在某句之后分为两段。"""
    from models.errors import BadInputError
    from tasks.report.compiling.find_report import find_block
    from tasks.report.desk.arrange_blocks import sentence_ends, split_block

    with working(context, year, as_, on, organ) as (session, report, by):
        ends = sentence_ends(find_block(session, report, key).text)
        if after > len(ends):
            where = f"共 {len(ends) + 1} 句,只能在第 1 至 {len(ends)} 句之后分开" if ends else "只有一句,不能拆分"
            raise BadInputError(f"这一段{where}。")
        _, other = split_block(session, report, key, by=by, at=ends[after - 1])
        _done(session, other, "已拆分,后一段", as_json)


def move(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    after: Annotated[str | None, typer.Option("--after", metavar="段落", help="移到这一段之后。")] = None,
    before: Annotated[str | None, typer.Option("--before", metavar="段落", help="移到这一段之前。")] = None,
    section: Annotated[
        str | None,
        typer.Option("--section", metavar="部分", help="移到这一部分的末尾,如 other 或 其他需要报告的情况。"),
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """移动一段:某段之后、某段之前,或者某部分的末尾。"""
    from models.ledgers.kinds import member_named
    from models.report.report import SectionKind
    from tasks.report.desk.arrange_blocks import move_block

    kind = member_named(SectionKind, section) if section else None
    with working(context, year, as_, on, organ) as (session, report, by):
        block = move_block(session, report, key, by=by, after=after, before=before, section=kind)
        _done(session, block, "已移动", as_json)


def withdraw(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    reason: Annotated[str | None, typer.Option("--reason", metavar="文字", help="原因。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤下一段;文字保留,可以恢复。"""
    from tasks.report.desk.mark_block import withdraw_block

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, withdraw_block(session, report, key, by=by, reason=reason), "已撤下", as_json)


def restore(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """恢复撤下的一段。"""
    from tasks.report.desk.mark_block import restore_block

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, restore_block(session, report, key, by=by), "已恢复", as_json)


def add(
    context: typer.Context,
    year: RequiredYear,
    section: Annotated[str, typer.Option("--section", metavar="部分", help="如 achievements 或 主要举措和成效。")],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="写什么。")],
    heading: Annotated[str | None, typer.Option("--heading", metavar="文字", help="小标题;缺省随前一段。")] = None,
    after: Annotated[str | None, typer.Option("--after", metavar="段落", help="放在这一段之后;缺省为末尾。")] = None,
    basis: Basis = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """增写一段。没有依据的标为待核。"""
    from models.ledgers.kinds import member_named
    from models.report.report import SectionKind
    from tasks.report.desk.edit_block import add_block

    kind = member_named(SectionKind, section)
    with working(context, year, as_, on, organ) as (session, report, by):
        block = add_block(session, report, by=by, section=kind, text=text, heading=heading, after=after, basis=basis)
        _done(session, block, "已增写", as_json)


def internal(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="不公开的原因。")],
    figure: Annotated[
        str | None, typer.Option("--figure", metavar="数字", help="只标这一段里的一个数字,引用它的句子不公开。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一段(或其中一个数字)标为内部,公开版中不写。"""
    from tasks.report.desk.mark_block import mark_figure, mark_internal

    with working(context, year, as_, on, organ) as (session, report, by):
        if figure is None:
            _done(session, mark_internal(session, report, key, by=by, reason=reason), "已标为内部", as_json)
        else:
            block = mark_figure(session, report, key, figure, by=by, reason=reason)
            _done(session, block, f"已将数字“{figure}”标为内部", as_json)


def public(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    figure: Annotated[str | None, typer.Option("--figure", metavar="数字", help="只改这一段里的一个数字。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把标为内部的一段(或其中一个数字)改为公开。"""
    from tasks.report.desk.mark_block import mark_figure, mark_public

    with working(context, year, as_, on, organ) as (session, report, by):
        if figure is None:
            _done(session, mark_public(session, report, key, by=by), "已改为公开", as_json)
        else:
            block = mark_figure(session, report, key, figure, by=by, reason=None)
            _done(session, block, f"已将数字“{figure}”改为公开", as_json)


def adopt(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """来源有变的一段采用新编的文字。"""
    from tasks.report.desk.mark_block import adopt_compiled

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, adopt_compiled(session, report, key, by=by), "已采用新文", as_json)


def keep(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """来源有变的一段保留人改的文字。"""
    from tasks.report.desk.mark_block import keep_own

    with working(context, year, as_, on, organ) as (session, report, by):
        _done(session, keep_own(session, report, key, by=by), "已保留", as_json)
