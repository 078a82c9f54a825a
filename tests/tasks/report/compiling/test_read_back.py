from sqlalchemy import Engine
from sqlmodel import Session

from models.report.report import Report
from tasks.report.compiling.compile_report import CompiledReport, newest_report
from tasks.report.compiling.read_back import read_back
from tasks.report.compiling.trace_figure import described
from tasks.report.output.lay_out_report import lay_out_report
from tests.report_year import ReportYear, a_year, day


def compiled(session: Session, year: ReportYear) -> tuple[CompiledReport, Report]:
    report = year.compile()
    kept = newest_report(session, year.organ, 2025)
    assert kept is not None
    return report, kept


def test_a_report_read_back_is_the_report_that_was_compiled(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        report, kept = compiled(session, a_year(session))
        session.expire_all()
        assert read_back(session, kept) == report
        assert lay_out_report(read_back(session, kept)) == lay_out_report(report)


def test_a_version_from_before_its_paper_was_kept_gets_the_standard_one(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        report, kept = compiled(session, a_year(session))
        kept.paper = None
        session.flush()
        again = read_back(session, kept)
        assert (again.opening.text, again.sections, again.title) == (report.opening.text, report.sections, report.title)


def test_sources_are_told_as_a_person_knows_them(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        year = a_year(session)
        found = described(session, ["item:1", "template:opening", "law:法治政府建设与责任落实督察工作规定", "item:999"])
        assert [(row.on, row.words) for row in found] == [
            (day("3-20"), "1 制定学法计划 已销号"),
            (None, "固定文字，不据记录"),
            (None, "法律法规：法治政府建设与责任落实督察工作规定"),
            (None, "（该记录已不存在）"),
        ]
        assert year.organ.id
