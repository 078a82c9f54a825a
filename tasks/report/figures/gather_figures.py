"""The named figures of a year: each a number with its unit and the very rows it was counted from."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.database import key
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import Report, ReportBlock, ReportFigure, ReportSection
from tasks.report.figures.count_items import count_items
from tasks.report.figures.count_ledgers import count_ledgers

_OF_FIGURE = ("name", "value", "unit", "approximate", "code", "definition", "first_on", "last_on", "internal")
"""What a row of a figure and a figure have alike."""


def gather_figures(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> list[Figure]:
    """All named figures of the plan's year as of `on`, in fixed order: three statements, whatever the organ's size."""
    return list(figures_of_year(session, organ, plan, on=on).values())


def figures_of_year(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> dict[str, Figure]:
    """The same by code: of the items (`items.finished`), then of every ledger (`case.simple`)."""
    first = dt.date(plan.year, 1, 1)
    until = min(on, dt.date(plan.year, 12, 31))
    return count_items(session, key(plan.id), plan.year, on=on) | count_ledgers(session, key(organ.id), first, until)


@dataclass(frozen=True)
class FigureInText:
    """A figure of a version, the block it stands in and the heading of that block's part."""

    figure: ReportFigure
    block: ReportBlock
    part: str


def figures_in_text(session: Session, report: Report) -> list[FigureInText]:
    """Every figure of a version in the order of its text; what was withdrawn says nothing."""
    query = (
        select(ReportFigure, ReportBlock, ReportSection.heading)
        .join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        .join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
        .where(ReportSection.report_id == report.id, col(ReportBlock.withdrawn).is_(False))
        .order_by(col(ReportSection.ordinal), col(ReportBlock.ordinal), col(ReportFigure.id))
    )
    return [FigureInText(*row) for row in session.exec(query)]


def reported_figures(session: Session, report: Report) -> list[Figure]:
    """The figures with a code in the text of a version, as they were frozen then; what was withdrawn says nothing."""
    query = (
        select(ReportFigure)
        .join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        .join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
        .where(
            ReportSection.report_id == report.id,
            col(ReportFigure.code).is_not(None),
            col(ReportBlock.withdrawn).is_(False),
        )
        .order_by(col(ReportFigure.id))
    )
    return [figure_of(kept) for kept in session.exec(query)]


def figure_of(row: ReportFigure) -> Figure:
    """A figure as it was when it was kept."""
    same = {name: getattr(row, name) for name in _OF_FIGURE}
    return Figure(rows=tuple(row.rows), parts=tuple(row.parts), **same)
