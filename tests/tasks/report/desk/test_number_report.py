"""文号: given once for all versions of a year's report, free or typed, unique, and never changed once it went out."""

from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import key, unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.person import Role
from models.report.filing import Filing
from models.report.filing_rows import Addressee, AddresseeKind
from models.report.report import Report
from models.report.report_number import ReportNumber
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.read_back import read_back
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.number_report import number_report
from tasks.report.output.edition import edition_of
from tasks.report.output.lay_out_report import lay_out_report
from tests.desk import DeskYear, on_the_desk

CODED = ReportTemplate(organ_code="青水")


@pytest.fixture
def desk(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        made = on_the_desk(session)
        made.year.compile(template=CODED)
        yield made


def given(desk: DeskYear, number: int | None = None, report: Report | None = None) -> str:
    return number_report(desk.session, report or desk.newest, by=desk.by(), number=number).written


def elsewhere(desk: DeskYear, number: int, year: int = 2024) -> None:
    """The organ's report of another year bears this number."""
    organ_id, on = key(desk.year.organ.id), desk.by().on
    desk.session.add(
        ReportNumber(organ_id=organ_id, year=year, code="青水", paper_year=2026, number=number, given_on=on)
    )
    desk.session.flush()


def test_the_next_free_number_is_given_once_and_borne_by_every_version(desk: DeskYear) -> None:
    elsewhere(desk, 11)
    assert given(desk) == given(desk) == "青水〔2026〕12号"
    first = newest_report(desk.session, desk.year.organ, 2025)
    desk.bind()
    desk.year.deficiency("执法力量不足")
    desk.year.compile(template=CODED)
    assert desk.newest is not first
    for report in (first, desk.newest):
        assert report is not None
        assert lay_out_report(read_back(desk.session, report)).document_number == "青水〔2026〕12号"
    assert given(desk, 12) == "青水〔2026〕12号"


def test_the_edition_for_everybody_bears_none(desk: DeskYear) -> None:
    given(desk, 7)
    public = edition_of(desk.session, desk.newest, public=True, proof=True).compiled
    assert lay_out_report(public).document_number is None


def test_a_number_that_is_taken_or_none_is_refused(desk: DeskYear) -> None:
    elsewhere(desk, 3)
    with pytest.raises(ConflictError, match="文号“青水〔2026〕3号”已用于 2024 年度报告"):
        given(desk, 3)
    for number in (0, 10_000):
        with pytest.raises(BadInputError, match="应为 1 至 9999 的整数"):
            given(desk, number)
    desk.people["监督"] = key(desk.year.person("监督", Role.AUDITOR).id)
    with pytest.raises(ForbiddenError):
        number_report(desk.session, desk.newest, by=desk.by("监督"))


def test_it_may_be_put_right_until_it_went_out(desk: DeskYear) -> None:
    assert (given(desk), given(desk, 5)) == ("青水〔2026〕1号", "青水〔2026〕5号")
    filing = Filing(organ_id=key(desk.year.organ.id), year=2025)
    desk.session.add(filing)
    desk.session.flush()
    sent = Addressee(
        filing_id=key(filing.id), round=1, kind=AddresseeKind.MAIN, name="某县委", sent_on=desk.by().on, way="专人送达"
    )
    desk.session.add(sent)
    desk.session.flush()
    with pytest.raises(ConflictError, match="已按“青水〔2026〕5号”报送，文号不能再改"):
        given(desk, 6)
    assert given(desk) == "青水〔2026〕5号"


def test_without_a_code_there_is_no_number(desk: DeskYear) -> None:
    first = desk.session.get_one(Report, 1)
    with pytest.raises(NotFoundError, match="第 1 版编制时没有机关代字，不能编文号"):
        given(desk, report=first)
