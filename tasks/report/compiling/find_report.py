"""Finding a version of a year's report and what is in it: its parts in order, a block by the key it has in every
version; and holding the organ's reports while one works on them.
"""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from models.database import key
from models.errors import NotFoundError
from models.people.organ import Organ
from models.report.report import Report, ReportBlock, ReportFigure, ReportSection, SectionKind
from tasks.report.compiling.template import STANDARD, ReportTemplate


def reports_of(
    session: Session, organ_id: int, *, year: int | None = None, most: int | None = None
) -> Sequence[Report]:
    """The versions of the organ's reports, or of one year's, the newest year and version first; at most so many."""
    query = select(Report).where(Report.organ_id == organ_id)
    if year is not None:
        query = query.where(Report.year == year)
    return session.exec(query.order_by(col(Report.year).desc(), col(Report.version).desc()).limit(most)).all()


def count_unverified(session: Session, reports: Sequence[Report]) -> dict[int, int]:
    """How many blocks of each version are marked 待核, by its id: as `ReportBlock.unverified` says, the withdrawn left
    out; a version without any has no entry."""
    marked = (col(ReportBlock.unsupported) | col(ReportBlock.proposal)) & col(ReportBlock.withdrawn).is_(False)
    counted = (
        select(ReportSection.report_id, func.count(col(ReportBlock.id)))
        .join(ReportBlock, col(ReportBlock.section_id) == ReportSection.id)
        .where(col(ReportSection.report_id).in_([one.id for one in reports]), marked)
        .group_by(col(ReportSection.report_id))
    )
    return dict(session.exec(counted).all())


def find_report(session: Session, organ: Organ, year: int, version: int | None = None) -> Report:
    """The version with this number, the newest one without. Raises NotFoundError that names those there are."""
    versions = reports_of(session, key(organ.id), year=year)[::-1]
    if not versions:
        raise NotFoundError(
            f"{organ.name} {year} 年度报告尚未编制：请先在“年度报告”中编制（duban report compile --year {year}）。"
        )
    if version is None:
        return versions[-1]
    for report in versions:
        if report.version == version:
            return report
    known = "、".join(str(report.version) for report in versions)
    raise NotFoundError(f"{organ.name} {year} 年度报告没有第 {version} 版；现有：{known}。")


def find_block(session: Session, report: Report, key: str) -> ReportBlock:
    """The block with this key, withdrawn or not. Raises NotFoundError."""
    of_report = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
    found = session.exec(of_report.where(ReportSection.report_id == report.id, ReportBlock.key == key)).first()
    if found is None:
        raise NotFoundError(f"报告第 {report.version} 版中没有“{key}”这一段。")
    return found


def hold_reports(session: Session, organ_id: int | None) -> None:
    """Hold the organ's reports until the transaction ends; nothing else of the organ waits for it."""
    # Without the key: rows that point to the organ are written meanwhile.
    session.get_one(Organ, organ_id, with_for_update={"key_share": True})


def sections_of(session: Session, report: Report) -> list[ReportSection]:
    """The parts in order."""
    query = select(ReportSection).where(ReportSection.report_id == report.id).order_by(col(ReportSection.ordinal))
    return list(session.exec(query))


def template_of_report(report: Report) -> ReportTemplate:
    """The template that the version was compiled with."""
    return ReportTemplate.model_validate(report.paper["template"]) if report.paper else STANDARD


def section_of(session: Session, report: Report, kind: SectionKind) -> ReportSection:
    """The part of this kind, opened in its place by the template where the version has none."""
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
    heading = template.filled(template.heading(kind), session.get_one(Organ, report.organ_id).name, report.year)
    section = ReportSection(report_id=key(report.id), ordinal=place, kind=kind, heading=heading)
    session.add(section)
    session.flush()
    return section


def blocks_of(session: Session, sections: Sequence[ReportSection]) -> Sequence[ReportBlock]:
    """The blocks of these parts by their places, withdrawn ones too."""
    within = col(ReportBlock.section_id).in_([section.id for section in sections])
    return session.exec(select(ReportBlock).where(within).order_by(col(ReportBlock.ordinal))).all()


def figures_of(session: Session, block: ReportBlock) -> Sequence[ReportFigure]:
    """The figures of the block, in the order in which they were counted."""
    within = select(ReportFigure).where(ReportFigure.block_id == block.id)
    return session.exec(within.order_by(col(ReportFigure.id))).all()
