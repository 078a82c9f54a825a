"""Finding the versions of an organ's reports, and one of a year."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from models.database import key
from models.errors import NotFoundError
from models.organ import Organ
from models.report import Report, ReportBlock, ReportSection


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
        raise NotFoundError(f"{organ.name} {year} 年度报告尚未编制;请先编制(duban report compile --year {year})。")
    if version is None:
        return versions[-1]
    for report in versions:
        if report.version == version:
            return report
    known = "、".join(str(report.version) for report in versions)
    raise NotFoundError(f"{organ.name} {year} 年度报告没有第 {version} 版;现有:{known}。")
