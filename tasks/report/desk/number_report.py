"""Giving a year's report its number (文号): once, the next one that is free, or the one the registry gave."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import BadInputError, ConflictError, NotFoundError
from models.people.permission import Action
from models.report.filing import Filing
from models.report.filing_rows import Addressee
from models.report.report import Report
from models.report.report_number import ReportNumber
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.report.compiling.find_report import hold_reports, template_of_report
from tasks.report.compiling.read_back import number_of, read_back

LARGEST = 9999
"""The largest running number of a year."""


def number_report(session: Session, report: Report, *, by: Actor, number: int | None = None) -> ReportNumber:
    """Give the version's year its number, for this and every other version of it.

    Without `number` it keeps the one it has, or gets the next after all that the organ gave in the year of the paper;
    with one it bears that, also instead of another as long as nothing was sent. Raises NotFoundError where the version
    was compiled without a 机关代字, BadInputError for a number out of range, ConflictError for one that another report
    bears or where this one was sent, ForbiddenError.
    """
    if number is not None and not 1 <= number <= LARGEST:
        raise BadInputError(f"文号的顺序号 {number} 不对：应为 1 至 {LARGEST} 的整数。")
    authorize_organ(session, by, Action.COMPILE, report.organ_id)
    hold_reports(session, report.organ_id)
    kept = number_of(session, report)
    if kept is not None and number in (None, kept.number):
        return kept
    code = kept.code if kept else template_of_report(report).organ_code
    if not code:
        raise NotFoundError(
            f"第 {report.version} 版编制时没有机关代字，不能编文号："
            "请先在报告体例中写明机关代字（如 青水），再编制一版。"
        )
    if kept is not None and _was_sent(session, report):
        raise ConflictError(f"{report.year} 年度报告已按“{kept.written}”报送，文号不能再改。")
    year = kept.paper_year if kept else read_back(session, report).dated_on.year
    of_year = select(ReportNumber).where(
        ReportNumber.organ_id == report.organ_id, ReportNumber.code == code, ReportNumber.paper_year == year
    )
    given = {one.number: one for one in session.exec(of_year)}
    number = number or max(given, default=0) + 1
    if number in given:
        raise ConflictError(f"文号“{given[number].written}”已用于 {given[number].year} 年度报告：请另填一个。")
    with performing_for(session, by, Action.COMPILE, report.organ_id):
        kept = kept or ReportNumber(
            organ_id=report.organ_id, year=report.year, code=code, paper_year=year, number=number, given_on=by.on
        )
        kept.number, kept.given_on, kept.given_by_id = number, by.on, by.person_id
        session.add(kept)
        session.flush()
    return kept


def _was_sent(session: Session, report: Report) -> bool:
    of_year = select(Addressee.id).join(Filing, col(Filing.id) == Addressee.filing_id)
    of_year = of_year.where(Filing.organ_id == report.organ_id, Filing.year == report.year)
    return session.exec(of_year.where(col(Addressee.sent_on).is_not(None))).first() is not None
