"""Finding a version of a year's report."""

from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.organ import Organ
from models.report import Report


def find_report(session: Session, organ: Organ, year: int, version: int | None = None) -> Report:
    """The version with this number, the newest one without. Raises NotFoundError that names those there are."""
    compiled = select(Report).where(Report.organ_id == organ.id, Report.year == year)
    versions = session.exec(compiled.order_by(col(Report.version))).all()
    if not versions:
        raise NotFoundError(f"{organ.name} {year} 年度报告尚未编制;请先编制(duban report compile --year {year})。")
    if version is None:
        return versions[-1]
    for report in versions:
        if report.version == version:
            return report
    known = "、".join(str(report.version) for report in versions)
    raise NotFoundError(f"{organ.name} {year} 年度报告没有第 {version} 版;现有:{known}。")
