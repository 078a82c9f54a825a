"""A version of a report read back from its rows: exactly as it stands, at any time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.clock import day_of
from models.people.organ import Organ
from models.people.person import Person
from models.report.filing import Filing, FilingAct, FilingStep
from models.report.report import Report
from models.report.report_number import ReportNumber
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.draft import DraftSection, as_block
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.compiling.template import STANDARD, ReportTemplate, fill
from tasks.wording.numerals import chinese_numeral


def read_back(session: Session, report: Report) -> CompiledReport:
    """The version as it is read, without what was withdrawn; who may see the whole of it reads it so.

    A version from before its paper was kept gets the standard template, and the day on which it was compiled.
    """
    return as_read(session, report, read_draft(session, report))


def as_read(session: Session, report: Report, sections: Sequence[DraftSection]) -> CompiledReport:
    """The same of these parts; one without anything to read is left out, and the rest numbered through."""
    organ, filing = session.get_one(Organ, report.organ_id), _signed(session, report)
    paper = report.paper or _paper_of_old(report, organ)
    figures = [figure for section in sections for block in section.blocks for figure in block.figures]
    read = [
        (section, blocks)
        for section in sections
        if (blocks := tuple(as_block(block, figures) for block in section.blocks if not block.withdrawn))
    ]
    return CompiledReport(
        organ=paper["organ"],
        year=report.year,
        version=report.version,
        snapshot=report.snapshot,
        dated_on=dt.date.fromisoformat(paper["dated_on"]),
        title=report.title,
        addressee=paper["addressee"],
        copies=tuple(paper.get("copies", ())),
        signature=paper["signature"],
        opening=Block(paper["opening"], sources=("template:opening",), key="opening"),
        sections=tuple(
            CompiledSection(section.kind, f"{chinese_numeral(place)}、", section.heading, blocks)
            for place, (section, blocks) in enumerate(read, start=1)
        ),
        template=ReportTemplate.model_validate(paper["template"]),
        accepted=filing is not None,
        signer=_signer(session, filing) if filing else "",
        number=number.written if (number := number_of(session, report)) else "",
    )


def number_of(session: Session, report: Report) -> ReportNumber | None:
    """The number that every version of the year's report bears; None before it was given."""
    of_year = ReportNumber.organ_id == report.organ_id, ReportNumber.year == report.year
    return session.exec(select(ReportNumber).where(*of_year)).first()


def _signed(session: Session, report: Report) -> Filing | None:
    """The way of the version, once it bears a name."""
    filing = session.exec(select(Filing).where(Filing.report_id == report.id)).first()
    return filing if filing is not None and filing.approved_on is not None else None


def _signer(session: Session, filing: Filing) -> str:
    signed = select(Person.name).join(FilingStep, col(FilingStep.person_id) == Person.id)
    of_it = signed.where(FilingStep.filing_id == filing.id, FilingStep.deed == FilingAct.SIGN)
    return session.exec(of_it.order_by(col(FilingStep.id).desc())).first() or ""


def _paper_of_old(report: Report, organ: Organ) -> dict[str, Any]:
    opening = write_block("opening", "opening", {"organ": organ.name, "year": report.year})
    return {
        "organ": organ.name,
        "dated_on": day_of(report.compiled_at).isoformat(),
        "addressee": fill(STANDARD.addressee, organ.name, report.year) if STANDARD.addressee else None,
        "signature": fill(STANDARD.signature, organ.name, report.year),
        "opening": opening.text,
        "template": STANDARD.model_dump(mode="json"),
    }
