"""`duban report blocks|edit|merge|split|move|…`: the newest version of a report worked on block by block."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from duban.acts.report_desk import UPON_BLOCKS
from duban.commands.acts import add_command, of_year
from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.edge import RequiredYear, table

if TYPE_CHECKING:
    from models.report.report import Report


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.command()(blocks)
    for act in UPON_BLOCKS:
        add_command(reports, act, of_year(worked_on))


def worked_on(errand: Errand, year: int) -> "Report":
    """The newest version of the year's report."""
    from tasks.report.compiling.find_report import find_report

    return find_report(errand.session, errand.organ, year)


def looked_at(errand: Errand, year: int) -> "Report":
    """The same, for whoever may see all of the organ."""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ

    authorize_organ(errand.session, errand.by, Action.VIEW, errand.organ.id)
    return worked_on(errand, year)


@looking("as organ json")
def blocks(errand: Errand, year: RequiredYear) -> Answer:
    """列出最新一版的全部段落：代号、状态、文字；撤下的、备选的也在内。"""
    from tasks.report.compiling.keep_draft import read_draft

    session = errand.session
    report = looked_at(errand, year)
    draft = read_draft(session, report)
    rows = [
        {
            "key": block.key, "section": section.kind, "heading": block.heading, "text": block.text,
            "by_hand": block.by_hand, "changed": block.was_compiled is not None, "withdrawn": block.withdrawn,
            "offered": block.withdrawn and block.offered, "internal": block.internal,
            "unverified": not block.sources or block.proposal,
        }
        for section in draft
        for block in section.blocks
    ]  # fmt: skip

    def screen() -> Iterator[Shown]:
        yield f"{report.title}（第 {report.version} 版{'，已送审，改动另成新版' if report.content_hash else ''}）"
        shown = table("段落", "状态", "小标题", "文字")
        words = {
            "by_hand": "人写",
            "changed": "来源有变",
            "offered": "备选",
            "withdrawn": "未写入",
            "internal": "内部",
            "unverified": "待核",
        }
        for row in rows:
            state = "、".join(word for name, word in words.items() if row[name])
            shown.add_row(str(row["key"]), state, str(row["heading"] or ""), str(row["text"]))
        yield shown

    return answer(
        {"year": year, "version": report.version, "bound": report.content_hash is not None, "blocks": rows}, screen
    )
