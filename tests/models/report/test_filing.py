"""The way of a report as a table, and the law's days in every year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.report.filing import FLOW, ORDER, Filing, FilingAct, FilingState, legal_last_day, public_last_day
from models.report.filing_rows import Consultation


@pytest.mark.parametrize(
    ("year", "filed", "public"),
    [
        (2025, "2026-02-28", "2026-03-31"),
        (2026, "2027-02-28", "2027-03-31"),
        (2027, "2028-02-29", "2028-03-31"),
        (2099, "2100-02-28", "2100-03-31"),
        (1999, "2000-02-29", "2000-03-31"),
    ],
)
def test_the_days_before_1_march_and_1_april(year: int, filed: str, public: str) -> None:
    assert (legal_last_day(year).isoformat(), public_last_day(year).isoformat()) == (filed, public)


@given(st.integers(1990, 2200))
def test_the_day_after_is_the_first_of_the_month(year: int) -> None:
    assert legal_last_day(year) + dt.timedelta(days=1) == dt.date(year + 1, 3, 1)
    assert public_last_day(year) + dt.timedelta(days=1) == dt.date(year + 1, 4, 1)


@pytest.mark.parametrize(("on", "late"), [(None, False), ("2026-02-28", False), ("2026-03-01", True)])
def test_late_is_read_off_the_day_it_was_with_everybody(on: str | None, late: bool) -> None:
    filing = Filing(organ_id=1, year=2025, delivered_on=dt.date.fromisoformat(on) if on else None)
    assert filing.filed_late is late


@pytest.mark.parametrize(("on", "late"), [(None, False), ("2026-03-31", False), ("2026-04-01", True)])
def test_and_so_is_late_publication(on: str | None, late: bool) -> None:
    filing = Filing(organ_id=1, year=2025, published_on=dt.date.fromisoformat(on) if on else None)
    assert filing.published_late is late


def test_every_act_is_told_and_every_step_can_be_reached_and_left() -> None:
    assert FLOW.keys() == set(FilingAct)
    reached = {state for line in FLOW.values() for state in line.to}
    left = {state for line in FLOW.values() if line.to for state in line.sources}
    assert reached == set(FilingState)
    assert left == set(FilingState) - {FilingState.ARCHIVED}


def test_only_a_return_leads_back() -> None:
    for act, line in FLOW.items():
        forward = all(
            ORDER.index(to) >= min(ORDER.index(source) for source in line.sources) for to in line.to
        )  # fmt: skip
        assert forward or act is FilingAct.RETURN
    assert FilingState.ARCHIVED not in FLOW[FilingAct.RETURN].sources


def test_there_is_one_way_forward_and_it_passes_every_step() -> None:
    state, passed = FilingState.DRAFTING, [FilingState.DRAFTING]
    for act in (
        FilingAct.SUBMIT, FilingAct.FORWARD, FilingAct.PASS_LEGAL, FilingAct.PASS_SECRECY, FilingAct.SIGN,
        FilingAct.SEND, FilingAct.ARCHIVE,
    ):  # fmt: skip
        assert state in FLOW[act].sources
        state = FLOW[act].to[-1]
        passed.append(state)
    assert tuple(passed) == ORDER


@pytest.mark.parametrize(
    ("replied", "waived", "on", "late"),
    [
        (None, None, "2026-01-20", False), (None, None, "2026-01-21", True), ("2026-01-20", None, "2026-03-01", False),
        ("2026-01-21", None, "2026-03-01", True), (None, "2026-01-22", "2026-03-01", True),
    ],
)  # fmt: skip
def test_an_opinion_is_late_by_its_own_day(replied: str | None, waived: str | None, on: str, late: bool) -> None:
    asked = Consultation(
        filing_id=1, department_id=1, report_id=1, consulted_on=dt.date(2026, 1, 15), asked_by_id=1,
        due_on=dt.date(2026, 1, 20), replied_on=dt.date.fromisoformat(replied) if replied else None,
        waived_on=dt.date.fromisoformat(waived) if waived else None,
    )  # fmt: skip
    assert asked.late(dt.date.fromisoformat(on)) is late
