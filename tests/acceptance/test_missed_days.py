"""What is made good after missed sweeps, and what is called late: no more and no less than was missed."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.actor import Actor
from models.dates.unit import Unit
from models.items.item import Deadline, MoveCause, WorkItem
from models.ladder.notice import Notice
from models.ladder.policy import Relation
from models.people.person import Role
from tasks.ladder.arm import move_deadline
from tests.office import SUPERVISOR, Office, day


def moved(session: Session, item: WorkItem, *, by: Actor, to: dt.date) -> None:
    deadline = session.exec(select(Deadline).where(Deadline.item_id == item.id)).one()
    move_deadline(session, item, deadline, to=to, cause=MoveCause.PLAN, reason="更正", by=by)


RUNGS = [(Relation.BEFORE, days, Unit.CALENDAR, [Role.HANDLER]) for days in (7, 5, 0)]


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Due on Tuesday 30 June: told on the 23rd, the 25th and the day itself."""
    made = Office(any_engine, tmp_path / "home")
    made.ladder(*RUNGS)
    return made


def told(office: Office) -> list[tuple[str, str, bool]]:
    rows = [row for row in office.notices() if row["kind"] == "reminder" and row["state"] in ("pending", "sent")]
    return [(str(row["fired_on"]), row["rung"], row["late"]) for row in rows]


def begin(office: Office, until: str) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward(until)


@pytest.mark.parametrize("swept", [True, False])
def test_what_fell_into_a_kept_promise_stays_silent_whether_or_not_its_day_was_swept(
    office: Office, swept: bool
) -> None:
    begin(office, "2026-06-22")
    office.report("1", on="2026-06-22", next_report="2026-06-29")
    if swept:
        office.fast_forward("2026-06-26")
    office.report("1", on="2026-06-26")
    office.sweep("2026-06-29")
    assert told(office) == []

    office.sweep("2026-06-30")
    assert told(office) == [("2026-06-30", "到期当日", False)]


def test_what_fell_after_a_promise_was_kept_is_made_good_and_what_fell_before_it_too(office: Office) -> None:
    begin(office, "2026-06-20")
    office.report("1", on="2026-06-23", next_report="2026-06-30")
    office.report("1", on="2026-06-24")
    office.sweep("2026-06-26")

    assert told(office) == [("2026-06-26", "到期前5天", True)]
    assert [row["rung"] for row in office.notices() if row["state"] == "collapsed"] == ["到期前7天"]


def test_a_promise_renewed_in_time_holds_on(office: Office) -> None:
    begin(office, "2026-06-20")
    office.report("1", on="2026-06-22", next_report="2026-06-24")
    office.report("1", on="2026-06-24", next_report="2026-06-26")
    office.report("1", on="2026-06-26")
    office.sweep("2026-06-29")

    assert told(office) == []


def test_a_suspension_ends_the_quiet_of_a_promise(office: Office) -> None:
    begin(office, "2026-06-20")
    office.report("1", on="2026-06-22", next_report="2026-06-26")
    office.suspend("1", on="2026-06-22")
    office.resume("1", on="2026-06-22")
    office.sweep("2026-06-22")
    office.sweep("2026-06-24")

    assert told(office) == [("2026-06-24", "到期前7天", True)]


def test_what_was_given_out_after_the_mornings_sweep_is_not_late_the_day_after(office: Office) -> None:
    office.assign("制度清理", due="2026-12-31", on="2026-06-22")
    office.fast_forward("2026-06-23")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-23")
    office.sweep("2026-06-24")

    assert [late for _, rung, late in told(office) if rung == "到期前7天"] == [False]


def test_a_day_moved_after_the_sweep_reaches_the_same_rung_of_the_same_day_anew(office: Office) -> None:
    """A working day before Sunday the 28th is Friday the 26th, and so it is before Saturday the 27th."""
    office.ladder((Relation.BEFORE, 1, Unit.WORKING, [Role.HANDLER]), name="前一工作日")
    office.assign("周末到期", due="2026-06-28")
    office.fast_forward("2026-06-26", send=False)
    for due in ("2026-06-27", "2026-06-28"):
        office.do(SUPERVISOR, moved, "1", on="2026-06-26", to=day(due))
        office.sweep("2026-06-26")
        assert [str(row["due_on"]) for row in office.notices() if row["state"] == "pending"] == [due]
        assert office.sweep("2026-06-26").raised == 0


def test_whoever_was_told_of_the_old_day_is_told_of_the_new_one_on_the_same_day(office: Office) -> None:
    office.ladder((Relation.BEFORE, 1, Unit.WORKING, [Role.HANDLER]), name="前一工作日")
    office.assign("周末到期", due="2026-06-28")
    office.fast_forward("2026-06-26")
    office.do(SUPERVISOR, moved, "1", on="2026-06-26", to=day("2026-06-27"))
    office.sweep("2026-06-26")

    assert [(str(row["due_on"]), row["state"]) for row in office.notices()] == [
        ("2026-06-28", "sent"), ("2026-06-27", "pending"),
    ]  # fmt: skip


def test_what_was_given_out_before_a_missed_sweep_is_late(office: Office) -> None:
    office.assign("制度清理", due="2026-12-31", on="2026-06-22")
    office.fast_forward("2026-06-22")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-23")
    office.sweep("2026-06-24")

    assert [late for _, rung, late in told(office) if rung == "到期前7天"] == [True]


def test_who_is_asked_to_sign_days_after_the_issue_is_asked_late(office: Office) -> None:
    office.ladder((Relation.UNSIGNED, 0, Unit.WORKING, [Role.HANDLER]), name="签收")
    office.sweep("2026-06-01")
    office.assign("制度清理", due="2026-12-31", on="2026-06-02", sign=False)
    office.sweep("2026-06-03")

    assert [row.late for row in office.rows(Notice)] == [True]
