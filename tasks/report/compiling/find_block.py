"""Finding a block of a report by what it is called in every version, and what stands in parts and blocks."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.report import Report, ReportBlock, ReportFigure, ReportSection


def find_block(session: Session, report: Report, key: str) -> ReportBlock:
    """The block with this key, withdrawn or not. Raises NotFoundError."""
    of_report = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
    found = session.exec(of_report.where(ReportSection.report_id == report.id, ReportBlock.key == key)).first()
    if found is None:
        raise NotFoundError(f"报告第 {report.version} 版中没有“{key}”这一段。")
    return found


def sections_of(session: Session, report: Report) -> Sequence[ReportSection]:
    """The parts of the report in order."""
    query = select(ReportSection).where(ReportSection.report_id == report.id).order_by(col(ReportSection.ordinal))
    return session.exec(query).all()


def blocks_of(session: Session, sections: Sequence[ReportSection]) -> Sequence[ReportBlock]:
    """The blocks of these parts by their places, withdrawn ones too."""
    within = col(ReportBlock.section_id).in_([section.id for section in sections])
    return session.exec(select(ReportBlock).where(within).order_by(col(ReportBlock.ordinal))).all()


def figures_of(session: Session, block: ReportBlock) -> Sequence[ReportFigure]:
    """The figures of the block, in the order in which they were counted."""
    within = select(ReportFigure).where(ReportFigure.block_id == block.id)
    return session.exec(within.order_by(col(ReportFigure.id))).all()
