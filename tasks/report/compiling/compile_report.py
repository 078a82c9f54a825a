"""Compiling the year-end report (法治政府建设年度报告): from rows to blocks, each with its sources and figures."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError
from models.people.organ import Organ
from models.people.permission import Action
from models.report.report import Report, SectionKind
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_organ
from tasks.people.find import find_plan
from tasks.report.compiling.achievements import achievements
from tasks.report.compiling.blocks import Block, template_texts, write_block
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.deficiencies import deficiencies
from tasks.report.compiling.draft import DraftBlock, DraftSection, keyed
from tasks.report.compiling.find_report import hold_reports, reports_of
from tasks.report.compiling.first_responsible import first_responsible
from tasks.report.compiling.keep_draft import read_draft, write_draft
from tasks.report.compiling.keep_edits import carry_edits
from tasks.report.compiling.ledgers import declared
from tasks.report.compiling.material import YearMaterial, gather_material
from tasks.report.compiling.next_year import next_year
from tasks.report.compiling.other import other
from tasks.report.compiling.read_back import read_back
from tasks.report.compiling.template import STANDARD, ReportTemplate

__all__ = ["CompiledReport", "CompiledSection", "compile_report", "newest_report", "report_day"]

SECTIONS: dict[SectionKind, Callable[[YearMaterial, ReportTemplate], list[Block]]] = {
    SectionKind.ACHIEVEMENTS: achievements,
    SectionKind.DEFICIENCIES: lambda material, _: deficiencies(material),
    SectionKind.FIRST_RESPONSIBLE: lambda material, _: first_responsible(material),
    SectionKind.NEXT_YEAR: lambda material, _: next_year(material),
    SectionKind.OTHER: lambda material, _: other(material),
}
"""What writes each part; a part without blocks is left out of the report."""


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
        raise BadInputError(f"{organ.name} {year} 年度计划中没有任务，无从编制报告：请先在“年度计划”中导入{hint}。")
    snapshot = material.fingerprint(template.model_dump(mode="json"), template_texts(), declared())
    # What somebody does at the desk meanwhile is carried over, or is refused.
    hold_reports(session, organ.id)
    newest = newest_report(session, organ, year)
    if newest is not None and newest.snapshot == snapshot:
        return read_back(session, newest)
    compiled = _compiled(material, template, organ.name)
    previous = [block for section in read_draft(session, newest) for block in section.blocks] if newest else []
    version, title = newest.version + 1 if newest else 1, template.filled(template.title, organ.name, year)
    kept = Report(
        organ_id=key(organ.id),
        year=year,
        version=version,
        title=title,
        snapshot=snapshot,
        compiled_at=by.now,
        paper=_paper(organ, year, on, template),
        based_on_id=newest.id if newest else None,
        compiled_by_id=by.person_id,
        compiled_for_id=standing.seat.for_id,
    )
    write = insert(Report).returning(col(Report.id))
    report_id = key(session.execute(write, [kept.model_dump(exclude={"id"})]).scalar_one())
    write_draft(session, report_id, _parts(carry_edits(previous, compiled), template, organ.name, year))
    told = {"year": year, "version": version, "title": title, "snapshot": snapshot, "dated_on": on}
    write_alone(session, by, Action.COMPILE, organ_id=organ.id, for_id=standing.seat.for_id, after=told)
    return read_back(session, session.get_one(Report, report_id))


def _compiled(material: YearMaterial, template: ReportTemplate, organ: str) -> dict[SectionKind, list[Block]]:
    """What the compiler writes for each part of the template; a part inside another is a paragraph of it."""
    taken: set[str] = set()
    written = {kind: keyed(SECTIONS[kind](material, template), taken) for kind in template.order}
    gathered: dict[SectionKind, list[Block]] = {kind: [] for kind in template.order if kind not in template.within}
    for kind, blocks in written.items():
        into = template.within.get(kind)
        if into is None:
            gathered[kind] += blocks
        else:
            heading = template.filled(template.heading(kind), organ, material.year)
            gathered[into] += [replace(block, heading=heading) for block in blocks]
    return gathered


def _parts(drafts: Sequence[DraftBlock], template: ReportTemplate, organ: str, year: int) -> list[DraftSection]:
    """The blocks in their parts; a part without blocks is left out of the report."""
    kinds = dict.fromkeys([*template.order, *(draft.section for draft in drafts)])
    return [
        DraftSection(kind, template.filled(template.heading(kind), organ, year), blocks)
        for kind in kinds
        if (blocks := tuple(draft for draft in drafts if draft.section is kind))
    ]


def _paper(organ: Organ, year: int, on: dt.date, template: ReportTemplate) -> dict[str, Any]:
    """What stands on paper beside the parts."""

    def filled(text: str | None) -> str | None:
        return template.filled(text, organ.name, year) if text else None

    own_words = write_block("opening", "opening", {"organ": organ.name, "year": year}).text
    return {
        "organ": organ.name,
        "dated_on": on.isoformat(),
        "addressee": filled(template.sent_to),
        "copies": [filled(copy) for copy in template.copies],
        "signature": filled(template.signature),
        "opening": filled(template.opening) or own_words,
        "template": template.model_dump(mode="json"),
    }


def newest_report(session: Session, organ: Organ, year: int) -> Report | None:
    """The last compiled version of the year's report."""
    return next(iter(reports_of(session, key(organ.id), year=year, most=1)), None)
