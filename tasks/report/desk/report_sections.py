"""The parts of a version: found by their kind, opened where a person needs one that nothing was compiled for."""

from sqlalchemy import update
from sqlmodel import col

from models.database import key
from models.organ import Organ
from models.report import Report, ReportSection, SectionKind
from tasks.report.compiling.find_block import sections_of
from tasks.report.compiling.template import STANDARD, ReportTemplate, fill
from tasks.report.desk.at_desk import Desk


def template_of_report(report: Report) -> ReportTemplate:
    """The template that the version was compiled with."""
    return ReportTemplate.model_validate(report.paper["template"]) if report.paper else STANDARD


def section_of(desk: Desk, kind: SectionKind) -> ReportSection:
    """The part of this kind, opened in its place by the template where the version has none."""
    session, report = desk.session, desk.report
    there = sections_of(session, report)
    for section in there:
        if section.kind is kind:
            return section
    template = template_of_report(report)
    rank = {each: place for place, each in enumerate(template.order)}
    place = sum(rank.get(section.kind, len(rank)) < rank.get(kind, len(rank)) for section in there) + 1
    later = [key(section.id) for section in there[place - 1 :]]
    if later:
        # Out of the way first: a place is taken by one part at a time.
        moved = update(ReportSection).where(col(ReportSection.id).in_(later))
        for step in (-col(ReportSection.ordinal), 1 - col(ReportSection.ordinal)):
            session.execute(moved.values(ordinal=step), execution_options={"synchronize_session": False})
        for section in there:
            session.expire(section)
    heading = fill(template.heading(kind), session.get_one(Organ, report.organ_id).name, report.year)
    section = ReportSection(report_id=key(report.id), ordinal=place, kind=kind, heading=heading)
    session.add(section)
    session.flush()
    return section
