"""Finding a block of a report by what it is called in every version."""

from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.report import Report, ReportBlock, ReportSection


def find_block(session: Session, report: Report, key: str) -> ReportBlock:
    """The block with this key, withdrawn or not. Raises NotFoundError."""
    of_report = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
    found = session.exec(of_report.where(ReportSection.report_id == report.id, ReportBlock.key == key)).first()
    if found is None:
        raise NotFoundError(f"报告第 {report.version} 版中没有“{key}”这一段。")
    return found
