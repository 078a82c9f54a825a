"""Compiling the year-end report (法治政府建设年度报告): from rows to blocks, each with its sources and figures."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.errors import BadInputError
from models.organ import Organ
from models.permission import Action
from models.report import Report, ReportBlock, ReportFigure, ReportSection, SectionKind
from models.workdays import WorkCalendar
from tasks.audit import write_alone
from tasks.authorize import authorize_organ
from tasks.compiling.achievements import achievements
from tasks.compiling.blocks import Block, template_texts, write_block
from tasks.compiling.deficiencies import deficiencies
from tasks.compiling.first_responsible import first_responsible
from tasks.compiling.material import YearMaterial, gather_material
from tasks.compiling.next_year import next_year
from tasks.compiling.other import other
from tasks.compiling.template import STANDARD, ReportTemplate, chinese_numeral, fill
from tasks.find import find_plan

SECTIONS: dict[SectionKind, Callable[[YearMaterial], list[Block]]] = {
    SectionKind.ACHIEVEMENTS: achievements,
    SectionKind.DEFICIENCIES: deficiencies,
    SectionKind.FIRST_RESPONSIBLE: first_responsible,
    SectionKind.NEXT_YEAR: next_year,
    SectionKind.OTHER: other,
}
"""What writes each part; a part without blocks is left out of the report."""


@dataclass(frozen=True)
class CompiledSection:
    """A part in its place."""

    kind: SectionKind
    number: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class CompiledReport:
    """A report as compiled: the same rows, template and day make the same report, whenever it is compiled."""

    organ: str
    year: int
    version: int
    snapshot: str
    dated_on: dt.date
    title: str
    addressee: str | None
    signature: str
    opening: Block
    sections: tuple[CompiledSection, ...]
    template: ReportTemplate

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "organ": self.organ,
            "year": self.year,
            "version": self.version,
            "snapshot": self.snapshot,
            "dated_on": self.dated_on.isoformat(),
            "addressee": self.addressee,
            "opening": _block_as_dict(self.opening),
            "sections": [
                {
                    "kind": section.kind.value,
                    "number": section.number,
                    "heading": section.heading,
                    "blocks": [_block_as_dict(block) for block in section.blocks],
                }
                for section in self.sections
            ],
        }


def _block_as_dict(block: Block) -> dict[str, Any]:
    return {
        "heading": block.heading,
        "text": block.text,
        "sources": list(block.sources),
        "figures": [figure.as_dict() for figure in block.figures],
        "unsupported": block.unsupported,
        "proposal": block.proposal,
    }


def report_day(year: int, calendar: WorkCalendar) -> dt.date:
    """The day a report bears unless another is named: 15 January of the next year, or the working day after."""
    return calendar.on_or_after(dt.date(year + 1, 1, 15))


def compile_report(
    session: Session, organ: Organ, year: int, *, by: Actor, on: dt.date, template: ReportTemplate = STANDARD
) -> CompiledReport:
    """Compile the report of `year` as of `on`, and keep it.

    `on` is also the day the report bears; before the year's end it is a draft of the year so far. Equal material
    is the version that is there, changed material the next one, with one entry in the trail. Raises ForbiddenError,
    NotFoundError without a plan of that year, BadInputError for a plan without items or a day before the year.
    """
    standing = authorize_organ(session, by, Action.COMPILE, organ.id)
    plan = find_plan(session, organ, year)
    if on < dt.date(year, 1, 1):
        raise BadInputError(f"{year} 年度尚未开始：报告日期 {on} 早于 {year}-01-01。")
    material = gather_material(session, organ, plan, on=on)
    if not material.items:
        hint = by.hint("duban plan import")
        raise BadInputError(f"{organ.name} {year} 年度计划中没有任务，无从编制报告；请先导入{hint}。")
    written = [(kind, SECTIONS[kind](material)) for kind in template.order]
    sections = tuple(
        CompiledSection(
            kind, f"{chinese_numeral(place)}、", fill(template.heading(kind), organ.name, year), tuple(blocks)
        )
        for place, (kind, blocks) in enumerate(((kind, blocks) for kind, blocks in written if blocks), start=1)
    )
    title = fill(template.title, organ.name, year)
    snapshot = material.fingerprint(template.model_dump(mode="json"), template_texts())
    newest = newest_report(session, organ, year)
    version = newest.version if newest else 0
    opening = write_block("opening", "opening", {"organ": organ.name, "year": year}, sources=["template:opening"])
    addressee = fill(template.addressee, organ.name, year) if template.addressee else None
    signature = fill(template.signature, organ.name, year)
    if newest is None or newest.snapshot != snapshot:
        version += 1
        paper = {
            "organ": organ.name, "dated_on": on.isoformat(), "addressee": addressee, "signature": signature,
            "opening": opening.text, "template": template.model_dump(mode="json"),
        }  # fmt: skip
        _keep(session, organ, year, version, title, snapshot, sections, by.now, paper)
        told = {"year": year, "version": version, "title": title, "snapshot": snapshot, "dated_on": on}
        write_alone(session, by, Action.COMPILE, organ_id=organ.id, for_id=standing.seat.for_id, after=told)
    return CompiledReport(
        organ=organ.name,
        year=year,
        version=version,
        snapshot=snapshot,
        dated_on=on,
        title=title,
        addressee=addressee,
        signature=signature,
        opening=opening,
        sections=sections,
        template=template,
    )


def newest_report(session: Session, organ: Organ, year: int) -> Report | None:
    """The last compiled version of the year's report."""
    query = select(Report).where(Report.organ_id == organ.id, Report.year == year).order_by(col(Report.version).desc())
    return session.exec(query).first()


def _keep(
    session: Session,
    organ: Organ,
    year: int,
    version: int,
    title: str,
    snapshot: str,
    sections: tuple[CompiledSection, ...],
    now: dt.datetime,
    paper: dict[str, Any],
) -> None:
    """Write a version of the report down."""
    kept = {
        "organ_id": organ.id,
        "year": year,
        "version": version,
        "title": title,
        "snapshot": snapshot,
        "compiled_at": now,
        "paper": paper,
    }
    report_id = _insert(session, Report, [kept], "version")[version,]
    section_ids = _insert(
        session,
        ReportSection,
        [
            {"report_id": report_id, "ordinal": place, "kind": section.kind, "heading": section.heading}
            for place, section in enumerate(sections, start=1)
        ],
        "ordinal",
    )
    placed = {
        (section_ids[section_place,], place): block
        for section_place, section in enumerate(sections, start=1)
        for place, block in enumerate(section.blocks, start=1)
    }
    block_ids = _insert(
        session,
        ReportBlock,
        [
            {
                "section_id": section_id,
                "ordinal": place,
                "heading": block.heading,
                "text": block.text,
                "sources": list(block.sources),
                "unsupported": block.unsupported,
                "proposal": block.proposal,
            }
            for (section_id, place), block in placed.items()
        ],
        "section_id",
        "ordinal",
    )
    _insert(
        session,
        ReportFigure,
        [
            {
                "block_id": block_ids[place],
                "name": figure.name,
                "value": float(figure.value),
                "unit": figure.unit,
                "approximate": figure.approximate,
                "rows": list(figure.rows),
                "row_hash": figure.row_hash,
            }
            for place, block in placed.items()
            for figure in block.figures
        ],
    )


def _insert(
    session: Session, table: type[SQLModel], rows: list[dict[str, Any]], *by: str
) -> dict[tuple[Any, ...], int]:
    """Insert rows in one statement; their ids by the columns `by`."""
    if not rows:
        return {}
    columns = table.__table__.c  # type: ignore[attr-defined]
    returned = session.execute(insert(table).returning(columns.id, *(columns[name] for name in by)), rows)
    return {tuple(found): row_id for row_id, *found in returned}
