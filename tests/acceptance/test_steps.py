"""A sweep in steps: committed one by one, stopped between any two of them, and gone on with to the same rows."""

import datetime as dt
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from flows.steps import StoppedError
from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.engine.rhythm import LastRun
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.papers.document import Document
from tasks.oversight.supervise import supervise
from tests.office import Office, day

ON = "2026-11-20"


def begun(engine: Engine, home: Path) -> Office:
    """Matters in all states, not swept for half a year."""
    made = Office(engine, home)
    helper = made.department("财务科", head="钱科长")
    made.assign("普法宣传", due="2026-06-30")
    made.assign("每月报送", recurrence="FREQ=MONTHLY;BYMONTHDAY=-1", start="2026-06-01")
    made.assign("待签收", due="2026-12-31", sign=False, helping=(helper,))
    made.assign("已承诺", due="2026-06-12")
    made.assign("晚些开始", due="2026-12-01", start="2026-09-01")
    made.fast_forward("2026-06-12", send=False)
    made.report("4", on="2026-06-12", next_report="2026-06-26")
    return made


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """With as many steps as there can be."""
    monkeypatch.setattr("tasks.ladder.part.MOST", 1)
    monkeypatch.setattr("tasks.oversight.supervise.SHEETS", 1)
    return begun(any_engine, tmp_path / "home")


def sweep(office: Office, between: Callable[[Session], None]) -> None:
    with unit_of_work(office.engine) as session:
        by = Actor("每日督办", Channel.RHYTHM, day(ON), opening_of(day(ON)))
        supervise(session, by=by, calendar=office_calendar(session), between=between)


def stop_at(step: int) -> Callable[[Session], None]:
    """Asked to stop while the step of that number, from 1, is done."""
    steps = count(1)

    def between(session: Session) -> None:
        session.commit()
        if next(steps) == step:
            raise StoppedError

    return between


def rows(office: Office) -> tuple[list[str], list[str], dt.date | None]:
    told = [
        str((row.fire_on, row.deadline_id, row.rung_id, row.text, row.recipient_id, row.role, row.via, row.due_on,
             row.raised_on, row.send_on, row.late, row.state, row.reason))
        for row in office.rows(Notice)
    ]  # fmt: skip
    drawn = [str((row.about, row.number, row.issued_on, row.facts)) for row in office.rows(Document)]
    with Session(office.engine) as session:
        last = session.get(LastRun, "daily_supervision")
    return sorted(told), sorted(drawn), last.on if last else None


def test_a_stop_between_any_two_steps_changes_nothing_of_what_comes_of_it(
    office: Office, other_engine: Engine, tmp_path: Path
) -> None:
    straight = begun(other_engine, tmp_path / "straight")
    straight.sweep(ON)
    assert len(rows(straight)[1]) > 4

    stops = 0
    for step in count(1):
        try:
            sweep(office, stop_at(step))
        except StoppedError:
            stops += 1
            assert rows(office)[2] == day("2026-06-12")
        else:
            break

    assert stops >= 5
    assert rows(office) == rows(straight)
    office.sweep(ON)
    assert rows(office) == rows(straight)


@pytest.mark.parametrize("first", [False, True])
def test_a_stop_that_is_gone_on_from_another_day_loses_no_sheet(office: Office, first: bool) -> None:
    if first:
        with unit_of_work(office.engine) as session:
            session.delete(session.get_one(LastRun, "daily_supervision"))
    with pytest.raises(StoppedError):
        sweep(office, stop_at(5))
    assert rows(office)[1] == []
    with_sheet = {rung.id for rung in office.rows(Rung) if rung.document}
    owed = {
        (row.deadline_id, row.rung_id)
        for row in office.rows(Notice)
        if row.raised_on == day(ON) and row.rung_id in with_sheet and row.state is NoticeState.PENDING
    }
    office.sweep("2026-11-23")

    drawn = {tuple(map(int, str(row.about).split(":")[1:3])) for row in office.rows(Document)}
    assert owed
    assert owed <= drawn


def test_each_step_is_committed_before_the_next_begins(office: Office) -> None:
    seen: list[tuple[int, int]] = []

    def look(session: Session) -> None:
        session.commit()
        seen.append((len(office.rows(Notice)), len(office.rows(Document))))

    sweep(office, look)

    notices, sheets = [one for one, _ in seen], [one for _, one in seen]
    assert (notices, sheets) == (sorted(notices), sorted(sheets))
    assert len(set(notices)) >= 3
    assert len(set(sheets)) >= 4


def test_an_ordinary_day_is_one_step_and_its_sheets_another(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    for place in range(3):
        office.assign(f"任务{place}", due="2026-06-03")
    office.fast_forward("2026-06-11", send=False)
    steps: list[Session] = []
    with unit_of_work(office.engine) as session:
        by = Actor("每日督办", Channel.RHYTHM, day("2026-06-12"), opening_of(day("2026-06-12")))
        done = supervise(session, by=by, calendar=office_calendar(session), between=steps.append)

    assert (len(steps), len(done.sheets)) == (1, 3)
