"""Who has filed, in time or not, and who has not: seen by the organ above."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import key, unit_of_work
from models.people.organ import Organ
from models.report.filing import Filing, FilingState, legal_last_day
from models.report.report import Report
from tasks.report.upward.signing_key import fingerprint_of
from tasks.report.upward.sum_below import gather_below
from tasks.report.upward.who_filed import who_filed
from tests.office import day
from tests.report_year import ReportYear
from tests.upward import KEY, Above, a_package, report_data

PRINT = fingerprint_of(KEY)


def standing(above: Above, on: str) -> list[tuple[str, str, str | None, bool, int]]:
    with unit_of_work(above.engine) as session:
        return [
            (one.organ.code, one.state.label, str(one.first_on) if one.first_on else None, one.late, one.packages)
            for one in who_filed(session, above.organ(session), 2025, on=day(on))
        ]


@pytest.mark.parametrize(("year", "last"), [(2023, dt.date(2024, 2, 29)), (2025, dt.date(2026, 2, 28))])
def test_in_time_is_before_the_first_of_march(year: int, last: dt.date) -> None:
    assert legal_last_day(year) == last


def test_a_year_of_filing(engine: Engine, tmp_path: Path) -> None:
    above = Above(engine, tmp_path)
    assert standing(above, "2026-02-28") == [
        ("forest", "未报送", None, False, 0), ("water", "未报送", None, False, 0),
    ]  # fmt: skip
    assert all(late for *_, late, _ in standing(above, "2026-03-01"))

    above.receive(a_package(), on=day("2026-02-28"), confirmed=PRINT)
    above.receive(a_package(report_data(version=2)), on=day("2026-03-05"))
    assert standing(above, "2026-03-01")[1] == ("water", "已报送", "2026-02-28", False, 1)
    # A better version that comes late does not make the first one late.
    assert standing(above, "2026-03-10") == [
        ("forest", "未报送", None, True, 0), ("water", "已报送", "2026-02-28", False, 2),
    ]  # fmt: skip


def test_one_in_this_database_is_seen_at_its_desk(engine: Engine, tmp_path: Path) -> None:
    above = Above(engine, tmp_path)
    with unit_of_work(engine) as session:
        forest = session.exec(select(Organ).where(Organ.code == "forest")).one()
        session.add(
            Report(
                organ_id=forest.id or 0, year=2025, version=1, title="报告", snapshot="a" * 64,
                compiled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            )
        )  # fmt: skip
    assert standing(above, "2026-01-02")[0] == ("forest", "已编制，未报送", None, False, 0)


def test_one_in_this_database_has_filed_when_its_report_was_delivered(engine: Engine, tmp_path: Path) -> None:
    """What it filed then counts as what a package brings."""
    above = Above(engine, tmp_path)
    with unit_of_work(engine) as session:
        forest = session.exec(select(Organ).where(Organ.code == "forest")).one()
        year = ReportYear(session, code="forest")
        year.item("制定学法计划")
        year.thirteen_cases()
        year.compile()
        report = session.exec(select(Report)).one()
        filing = Filing(organ_id=key(forest.id), year=2025, report_id=report.id, state=FilingState.LEGAL_REVIEW)
        session.add(filing)
    assert standing(above, "2026-02-20")[0] == ("forest", "审核中，未报送", None, False, 0)
    with unit_of_work(engine) as session:
        filing = session.exec(select(Filing)).one()
        filing.state, filing.delivered_on = FilingState.PUBLISHING, day("2026-02-25")
    assert standing(above, "2026-02-20")[0] == ("forest", "审核中，未报送", None, False, 0)
    assert standing(above, "2026-03-10")[0] == ("forest", "已报送（本系统内）", "2026-02-25", False, 0)
    with unit_of_work(engine) as session:
        found = gather_below(session, above.organ(session), 2025, on=day("2026-03-10"))
        assert found.missing == ("青禾县水务局",)
        totals = {one.code: one.total for one in found.sums}
        cases = totals["case.cases"]
        assert cases is not None
        assert (cases.written, cases.rows) == ("13起", ("report:1",))


def test_an_organ_with_nobody_below_has_nobody_to_wait_for(engine: Engine, tmp_path: Path) -> None:
    above = Above(engine, tmp_path)
    with unit_of_work(above.engine) as session:
        alone = session.exec(select(Organ).where(Organ.code == "stranger")).one()
        assert who_filed(session, alone, 2025, on=day("2026-01-01")) == []
