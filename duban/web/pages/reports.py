"""年度报告: the versions of each year; each sentence with its sources, each figure with the rows behind it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from duban.edge import today
from duban.web.attachment import DOCX, attachment
from duban.web.jobs import start_job
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.report_work import COMPILE
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.database import key
from models.day_override import office_calendar
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from models.permission import Action
from models.plan import AnnualPlan
from models.progress import ProgressEntry
from models.report import Report, ReportBlock, ReportFigure, ReportSection, SectionKind
from tasks.authorize import authorize_organ, organs_within
from tasks.compile_report import report_day
from tasks.compiling.template import Numbering, chinese_numeral
from tasks.lay_out_report import lay_out_report
from tasks.read_back import read_back
from tasks.trace_figure import TracedRow, described
from tasks.wording.official_document import render

router = APIRouter()
SHOWN = 200
"""Rows behind a figure that are listed; more are counted."""
LEDGERS = ("case", "study", "act", "deficiency")
"""The sources that are found in a ledger."""


@dataclass(frozen=True)
class Group:
    """Neighbouring blocks under one heading: a paragraph, with what stands before it."""

    heading: str | None
    begin: str
    blocks: list[ReportBlock]


@dataclass(frozen=True)
class Part:
    """One part of a report with its blocks in order, gathered under their headings."""

    section: ReportSection
    number: str
    groups: list[Group]
    unverified: int


@dataclass(frozen=True)
class Sourced:
    """A block that was chosen: what it rests on, and its figures with their rows."""

    block: ReportBlock
    sources: Sequence[TracedRow]
    figures: list[tuple[ReportFigure, Sequence[TracedRow], int]] = field(default_factory=list)


@router.get("/reports")
def reports(visit: Signed) -> HTMLResponse:
    """The versions there are, and a form to compile the next."""
    with visit.reading() as session:
        return _list(session, visit)


@router.post("/reports/compile")
def compile_now(sent: Sent) -> Response:
    """Have the report of a year compiled in the background."""
    visit = sent.visit
    try:
        with visit.reading() as session:
            authorize_organ(session, visit.by, Action.COMPILE, visit.organ.id)
            year = sent.number("report_year", "年度")
            if year is None or not 1990 <= year <= 2200:
                raise BadInputError("请填写报告的年度,如 2026。")
            written = sent.text("dated_on")
            day = today(written) if written else _usual_day(session, visit, year)
            if day < dt.date(year, 1, 1):
                raise BadInputError(f"成文日期 {day} 早于 {year} 年度:应不早于 {year}-01-01。")
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _list(session, visit, typed=sent.typed, error=error.message, status_code=status_of(error))
    asked = {"year": year, "on": day.isoformat()}
    return visit.go(visit.link(f"/jobs/{start_job(visit, COMPILE, f'编制 {year} 年度报告', asked)}"))


@router.get("/reports/{report_id:row}")
def report(visit: Signed, report_id: int, block: RowNumber = None) -> HTMLResponse:
    """The report as it will stand on paper, with the sources of the block that was chosen."""
    with visit.reading() as session:
        found = _report(session, visit, report_id)
        kept = read_back(session, found)
        parts, blocks = _parts(session, found, kept.template.numbering)
        chosen = blocks.get(block) if block is not None else None
        if block is not None and chosen is None:
            raise NotFoundError("报告中没有这一段。")
        newest = session.exec(
            select(func.max(Report.version)).where(Report.organ_id == found.organ_id, Report.year == found.year)
        ).one()
        counts = session.exec(
            select(func.count(col(ReportFigure.id))).where(col(ReportFigure.block_id).in_(blocks))
        ).one()
        return visit.page(
            session, "report.html", menu="/reports", report=found, kept=kept, parts=parts, newest=newest,
            unverified=sum(part.unverified for part in parts), figures=counts,
            sourced=_sourced(session, chosen) if chosen else None,
            address=_address(session, visit, chosen),
        )  # fmt: skip


@router.get("/reports/{report_id:row}/report.docx")
def download(visit: Signed, report_id: int) -> Response:
    """The report as a document; the same version gives the same bytes."""
    with visit.reading() as session:
        found = _report(session, visit, report_id)
        content = render(lay_out_report(read_back(session, found)))
        return attachment(content, f"{found.title}(第{found.version}版).docx", DOCX)


def _may_read(session: Session, visit: Visit) -> bool:
    """The report tells of the whole organ: whoever sees all of it reads it, and whoever compiles it."""
    organ_id = key(visit.organ.id)
    return any(organ_id in organs_within(session, visit.looking, action) for action in (Action.VIEW, Action.COMPILE))


def _report(session: Session, visit: Visit, report_id: int) -> Report:
    found = session.get(Report, report_id)
    if found is None or found.organ_id != visit.organ.id or not _may_read(session, visit):
        raise NotFoundError("没有这份报告,或者它不在您的查看范围内。")
    return found


def _list(
    session: Session, visit: Visit, *, typed: Mapping[str, str] | None = None, error: str = "", status_code: int = 200
) -> HTMLResponse:
    organ_id = key(visit.organ.id)
    readable = _may_read(session, visit)
    listed: Sequence[Report] = []
    unverified: dict[int, int] = {}
    if readable:
        own = select(Report).where(Report.organ_id == organ_id)
        listed = session.exec(own.order_by(col(Report.year).desc(), col(Report.version).desc()).limit(SHOWN)).all()
        open_ = col(ReportBlock.unsupported) | col(ReportBlock.proposal)
        counted = (
            select(ReportSection.report_id, func.count(col(ReportBlock.id)))
            .join(ReportBlock, col(ReportBlock.section_id) == ReportSection.id)
            .where(col(ReportSection.report_id).in_([one.id for one in listed]), open_)
            .group_by(col(ReportSection.report_id))
        )
        unverified = dict(session.exec(counted).all())
    years = session.exec(
        select(AnnualPlan.year).where(AnnualPlan.organ_id == organ_id).order_by(col(AnnualPlan.year).desc())
    ).all()
    year = visit.year or (visit.on.year if visit.on.year in years or not years else years[0])
    return visit.page(
        session, "reports.html", menu="/reports", reports=listed, unverified=unverified, years=years,
        readable=readable, may_compile=organ_id in organs_within(session, visit.by, Action.COMPILE),
        typed=typed or {"report_year": str(year)}, error=error, status_code=status_code,
        usual=_usual_day(session, visit, year),
    )  # fmt: skip


def _usual_day(session: Session, visit: Visit, year: int) -> dt.date:
    """The day a report bears unless another is named: today while its year lasts, so that nothing still to come counts
    as missed; afterwards as `report_day` says."""
    present = visit.now.date()
    if present.year == year:
        return present
    return report_day(year, office_calendar(session, organ_id=visit.organ.id))


def _parts(session: Session, found: Report, numbering: Numbering) -> tuple[list[Part], dict[int, ReportBlock]]:
    sections = session.exec(
        select(ReportSection).where(ReportSection.report_id == found.id).order_by(col(ReportSection.ordinal))
    ).all()
    listed = session.exec(
        select(ReportBlock)
        .where(col(ReportBlock.section_id).in_([section.id for section in sections]))
        .order_by(col(ReportBlock.ordinal))
    ).all()
    within: dict[int, list[ReportBlock]] = defaultdict(list)
    for block in listed:
        within[block.section_id].append(block)
    parts = []
    for section in sections:
        blocks = within[key(section.id)]
        unverified = sum(block.unverified for block in blocks)
        parts.append(
            Part(section, f"{chinese_numeral(section.ordinal)}、", _groups(section, blocks, numbering), unverified)
        )
    return parts, {key(block.id): block for block in listed}


def _groups(section: ReportSection, blocks: Sequence[ReportBlock], numbering: Numbering) -> list[Group]:
    """The paragraphs of a part, numbered as they are on paper."""
    if section.kind is SectionKind.DEFICIENCIES:
        alone = len(blocks) == 1
        return [
            Group(None, "" if alone else f"{chinese_numeral(place)}是", [block])
            for place, block in enumerate(blocks, 1)
        ]
    groups: list[Group] = []
    place = 0
    for heading, gathered in groupby(blocks, key=lambda block: block.heading):
        place += heading is not None
        number = f"（{chinese_numeral(place)}）" if numbering is Numbering.CHINESE else f"{place}."
        groups.append(Group(f"{number}{heading}" if heading else None, "", list(gathered)))
    return groups


def _sourced(session: Session, block: ReportBlock) -> Sourced:
    """What the block rests on; all rows in words by one statement a table."""
    figures = session.exec(select(ReportFigure).where(ReportFigure.block_id == block.id).order_by(col(ReportFigure.id)))
    listed = list(figures)
    wanted = dict.fromkeys([*block.sources[:SHOWN], *(row for figure in listed for row in figure.rows[:SHOWN])])
    words = {row.row: row for row in described(session, wanted)}
    return Sourced(
        block,
        [words[row] for row in block.sources[:SHOWN]],
        [(figure, [words[row] for row in figure.rows[:SHOWN]], max(0, len(figure.rows) - SHOWN)) for figure in listed],
    )


def _address(session: Session, visit: Visit, chosen: ReportBlock | None) -> Callable[[str], str | None]:
    """Where a row behind the chosen block is found; nothing for what has no page. Progress is found with its item."""
    listed = [row.partition(":") for row in chosen.sources] if chosen else []
    entries = [int(number) for table, _, number in listed if table == "progress" and number.isdecimal()]
    query = select(ProgressEntry.id, ProgressEntry.item_id).where(col(ProgressEntry.id).in_(entries[:SHOWN]))
    items = dict(session.exec(query).all())

    def of(row: str) -> str | None:
        table, _, number = row.partition(":")
        if not number.isdecimal():
            return None
        if table == "item":
            return visit.link(f"/items/{number}")
        if table == "progress":
            return visit.link(f"/items/{items[int(number)]}") if int(number) in items else None
        return visit.link("/ledgers", kind=table, row=number) + f"#r-{number}" if table in LEDGERS else None

    return of
