"""A day far from the days there are: what a sweep asks and does grows with the rows, not with the years between."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from models.database import rehearsing, unit_of_work
from models.dates.day_override import office_calendar
from models.ladder.escalation import RungFiring
from tasks.oversight.rehearse_day import rehearse_day
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30")
    made.assign("每周报送", recurrence="FREQ=WEEKLY;BYDAY=FR", start="2026-06-01")
    made.assign("待签收", due="2026-12-31", sign=False)
    made.fast_forward("2026-06-10", send=False)
    return made


@contextmanager
def counted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """How much is done: days tried on a step of the ladder, statements, and the days that the longest is given."""
    counts = {"tried": 0, "statements": 0, "bound": 0}
    fires_on = RungFiring.fires_on

    def tried(step: RungFiring, *args: object) -> dt.date:
        counts["tried"] += 1
        return fires_on(step, *args)  # type: ignore[arg-type]

    def note(_connection: object, _cursor: object, _statement: str, values: dict[str, object], *_: object) -> None:
        counts["statements"] += 1
        counts["bound"] = max(counts["bound"], len(values))

    monkeypatch.setattr(RungFiring, "fires_on", tried)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", note)
        monkeypatch.undo()


def rehearsed(office: Office, on: dt.date) -> list[tuple[str, str]]:
    with rehearsing(office.engine) as session:
        by = office.by(session, SUPERVISOR, on)
        notices = rehearse_day(session, by=by, calendar=office_calendar(session))[1]
    return sorted(
        (row["rung"], row["recipient"]) for row in notices if row["item"] == "1" and row["state"] == "pending"
    )


def test_a_day_decades_ahead_costs_what_one_of_the_next_year_does(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(office.engine, monkeypatch) as near:
        of_next_year = rehearsed(office, dt.date(2027, 6, 1))
    with counted(office.engine, monkeypatch) as far:
        of_2056 = rehearsed(office, dt.date(2056, 1, 4))

    assert far["statements"] == near["statements"]
    assert far["tried"] < near["tried"] * 1.1 < 10_000
    assert far["bound"] < near["bound"] * 1.1 < 1_000
    assert (
        of_2056
        == of_next_year
        == [("逾期7个工作日，其后每5个工作日", name) for name in sorted((HANDLER, HEAD, LEADER, FIRST))]
    )


def test_a_day_of_a_hundred_years_ago_costs_what_any_other_does(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for due in ("2026-06-01", "1926-06-30"):
        with unit_of_work(office.engine) as session:
            set_due(session, due)
        with counted(office.engine, monkeypatch) as done:
            assert rehearsed(office, dt.date(2026, 6, 11))
        counts.append(done)

    assert counts[0]["statements"] == counts[1]["statements"]
    assert counts[1]["tried"] <= counts[0]["tried"] + 100


def set_due(session: Session, due: str) -> None:
    session.execute(
        text("UPDATE deadline SET due_on = :due, look_on = :on WHERE item_id = 1"),
        {"due": dt.date.fromisoformat(due), "on": dt.date(2026, 6, 11)},
    )
