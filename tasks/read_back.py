"""A compiled report read back from its rows: any version, exactly as it was compiled."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.clock import OFFICE_ZONE
from models.database import key
from models.organ import Organ
from models.report import Report, ReportBlock, ReportFigure, ReportSection
from tasks.compile_report import CompiledReport, CompiledSection
from tasks.compiling.blocks import Block, write_block
from tasks.compiling.template import STANDARD, ReportTemplate, chinese_numeral, fill
from tasks.gather_figures import Figure


def read_back(session: Session, report: Report) -> CompiledReport:
    """The report as `compile_report` gave it. A version from before its paper was kept gets the standard template, and
    the day on which it was compiled."""
    organ = session.get_one(Organ, report.organ_id)
    paper = report.paper or _paper_of_old(report, organ)
    template = ReportTemplate.model_validate(paper["template"])
    return CompiledReport(
        organ=paper["organ"],
        year=report.year,
        version=report.version,
        snapshot=report.snapshot,
        dated_on=dt.date.fromisoformat(paper["dated_on"]),
        title=report.title,
        addressee=paper["addressee"],
        signature=paper["signature"],
        opening=Block(paper["opening"], sources=("template:opening",)),
        sections=_sections(session, report),
        template=template,
    )


def _paper_of_old(report: Report, organ: Organ) -> dict[str, Any]:
    opening = write_block("opening", "opening", {"organ": organ.name, "year": report.year})
    return {
        "organ": organ.name,
        "dated_on": report.compiled_at.astimezone(OFFICE_ZONE).date().isoformat(),
        "addressee": fill(STANDARD.addressee, organ.name, report.year) if STANDARD.addressee else None,
        "signature": fill(STANDARD.signature, organ.name, report.year),
        "opening": opening.text,
        "template": STANDARD.model_dump(mode="json"),
    }


def _sections(session: Session, report: Report) -> tuple[CompiledSection, ...]:
    sections = session.exec(
        select(ReportSection).where(ReportSection.report_id == report.id).order_by(col(ReportSection.ordinal))
    ).all()
    ids = [section.id for section in sections]
    blocks = session.exec(
        select(ReportBlock).where(col(ReportBlock.section_id).in_(ids)).order_by(col(ReportBlock.ordinal))
    ).all()
    figures: dict[int, list[Figure]] = defaultdict(list)
    of_blocks = (
        select(ReportFigure)
        .join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        .where(col(ReportBlock.section_id).in_(ids))
        .order_by(col(ReportFigure.id))
    )
    for figure in session.exec(of_blocks):
        figures[figure.block_id].append(
            Figure(figure.name, Decimal(str(figure.value)), figure.unit, tuple(figure.rows), figure.approximate)
        )
    within: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        within[block.section_id].append(
            Block(block.text, block.heading, tuple(block.sources), tuple(figures[key(block.id)]), block.proposal)
        )
    return tuple(
        CompiledSection(section.kind, f"{chinese_numeral(section.ordinal)}、", section.heading,
                        tuple(within[key(section.id)]))
        for section in sections
    )  # fmt: skip
