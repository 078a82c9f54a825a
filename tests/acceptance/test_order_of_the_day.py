"""The order of a day: nobody's mail of the day leaves before that day's sweep, by the hours of the schedules."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from flows.schedules import SCHEDULES, Schedule
from models.clock import OFFICE_ZONE, day_of, opening_of
from models.ladder.message import Message
from models.ladder.notice import Notice
from tasks.notices.deliver import DeliveryResult, deliver
from tests.office import HANDLER, LEADER, Office

SWEEP, DELIVERY = (next(one for one in SCHEDULES if one.slug == slug) for slug in ("daily_supervision", "delivery"))
MONDAY = dt.date(2026, 6, 22)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


def slots(schedule: Schedule, first: dt.date, days: int) -> Iterator[dt.datetime]:
    """The instants at which the schedule runs on these days."""
    trigger = CronTrigger.from_crontab(schedule.cron, OFFICE_ZONE)
    at = dt.datetime.combine(first, dt.time(), OFFICE_ZONE)
    until = at + dt.timedelta(days=days)
    while (slot := trigger.get_next_fire_time(None, at)) is not None and slot < until:
        yield slot
        at = slot + dt.timedelta(minutes=1)


def send(office: Office, at: dt.datetime) -> DeliveryResult:
    return deliver(office.engine, office.settings, now=at)


def test_a_week_by_the_hours_of_the_schedules_leaves_nothing_for_the_day_after(office: Office) -> None:
    """What waits from the evening before is in the day's mail together with what the day's sweep raises."""
    for place in range(8):
        office.assign(f"任务{place}", due=str(MONDAY + dt.timedelta(days=place)), on="2026-06-01")
    week = [(at, SWEEP) for at in slots(SWEEP, MONDAY, 7)] + [
        (at, DELIVERY) for at in slots(DELIVERY, MONDAY, 7) if at.hour in (8, 9) or (at.hour, at.minute) == (19, 55)
    ]
    for at, what in sorted(week, key=lambda one: (one[0], one[1] is DELIVERY)):
        if what is SWEEP:
            office.sweep(day_of(at))
            continue
        if at.hour == 19 and day_of(at) == MONDAY:
            office.urge("3", on=str(MONDAY))
        send(office, at)
    with Session(office.engine) as session:
        left = select(col(Notice.raised_on), col(Notice.send_on), col(Message.on)).join(Message)
        by_ladder = session.exec(left.where(col(Notice.rung_id).is_not(None))).all()
        by_people = session.exec(left.where(col(Notice.rung_id).is_(None))).all()
    assert len(by_ladder) > 20
    assert [row for row in by_ladder if row[2] != max(row[0], row[1])] == []
    assert [row[2] for row in by_people] == [MONDAY]


def test_before_the_sweep_of_the_day_nothing_leaves_and_afterwards_it_is_one_mail(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-23", on="2026-06-01")
    office.assign("制度清理", due="2026-06-24", on="2026-06-01")
    office.sweep(MONDAY)
    send(office, opening_of(MONDAY).replace(hour=9))
    office.extend("2", to="2026-07-30", on="2026-06-22")
    tuesday = opening_of(MONDAY + dt.timedelta(days=1))

    early = send(office, tuesday.replace(hour=8, minute=0))
    assert (early.sent, early.early, early.held) == (0, True, 1)
    office.sweep(day_of(tuesday))
    later = send(office, tuesday.replace(hour=8, minute=35))
    assert (later.early, later.held) == (False, 0)
    assert "普法宣传" in office.inbox(HANDLER).expect("今日到期")
    office.inbox(LEADER).expect("待我审批", "制度清理")


def test_a_sweep_of_a_day_far_ahead_does_not_choose_the_day_that_mail_is_for(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-23", on="2026-06-01")
    office.sweep(MONDAY)
    office.sweep("2026-07-06")

    assert send(office, opening_of(MONDAY).replace(hour=9)).on == MONDAY
