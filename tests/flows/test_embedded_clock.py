"""The embedded clock: one owner, nothing missed, and no waiting for Prefect."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from flows import rhythms
from flows.embedded_clock import ClockShare, ClockState, EmbeddedClock, RunWay
from flows.prefect.server import FlowFailedError, PrefectServer, ServerState
from flows.schedules import SCHEDULES, Schedule
from flows.slots import REMINDING, missed
from models import clock
from models.clock import OFFICE_ZONE
from models.database import unit_of_work
from models.engine.rhythm import LastRun, Lease
from models.ladder.notice import Notice
from models.settings import Settings
from tasks.engine.lease import CLOCK
from tests.homes import lay_home
from tests.office import Office
from tests.processes import eventually

DAILY = next(schedule for schedule in SCHEDULES if schedule.slug == "daily_supervision")


class FakePrefect(PrefectServer):
    """A server that is as healthy as it is told, and whose flows do what the story says."""

    def __init__(self, settings: Settings, flow: Callable[[], Any], *, healthy: bool = True) -> None:
        super().__init__(settings)
        self.flow, self.healthy = flow, healthy
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.running = False

    def is_healthy(self) -> bool:
        return self.healthy

    def run_flow(self, entrypoint: str, parameters: Mapping[str, Any]) -> None:
        self.asked.append((entrypoint, dict(parameters)))
        self.flow()

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", quiet_from=dt.time(0), quiet_until=dt.time(0))
    lay_home(made.home)
    return made


@pytest.fixture
def office(settings: Settings, database: Engine) -> Office:
    """An office with an item that was due yesterday."""
    today = clock.today()
    made = Office(database, settings.home, year=today.year)
    made.assign("普法宣传", due=str(today - dt.timedelta(days=1)), on=str(today - dt.timedelta(days=20)))
    return made


def notices(database: Engine) -> int:
    with Session(database) as session:
        return len(session.exec(select(Notice)).all())


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [getattr(record, "action", "") for record in caplog.records if record.name.startswith("flows")]


def planned_at(embedded: EmbeddedClock, at: dt.datetime | None = None) -> dt.datetime:
    """When the day's sweep is due next; with an instant, that is put in its place first."""
    assert embedded._scheduler is not None
    if at is not None:
        embedded._scheduler.modify_job(DAILY.slug, next_run_time=at)
    due: dt.datetime = embedded._scheduler.get_job(DAILY.slug).next_run_time
    return due


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(
    ("last", "now", "slot"),
    [
        pytest.param(None, "2026-06-30 08:29", "2026-06-29 08:30", id="a new office: yesterday's sweep"),
        pytest.param("2026-06-29 08:31", "2026-06-30 08:29", None, id="nothing missed yet"),
        pytest.param("2026-06-29 08:31", "2026-06-30 08:30", "2026-06-30 08:30", id="due this very moment"),
        pytest.param(
            "2026-06-29 08:31", "2026-06-30 23:00", "2026-06-30 08:30", id="the machine was off in the morning"
        ),
        pytest.param(
            "2026-06-10 08:31", "2026-06-30 23:00", "2026-06-30 08:30", id="off for weeks: once, not twenty times"
        ),
        pytest.param("2026-06-30 08:29", "2026-06-30 23:00", "2026-06-30 08:30", id="run by hand just before the slot"),
        pytest.param("2026-06-30 08:30", "2026-06-30 23:00", None, id="run on time"),
    ],
)
def test_what_counts_as_missed(last: str | None, now: str, slot: str | None) -> None:
    ran = LastRun(slug=DAILY.rhythm, on=at(last).date(), ended_at=at(last)) if last else None

    assert missed(DAILY, ran, at(now)) == (at(slot) if slot else None)


def test_a_slot_missed_for_longer_than_its_grace_waits_for_the_next() -> None:
    draft = next(schedule for schedule in SCHEDULES if schedule.slug == "year_end_report_draft")

    assert missed(draft, None, at("2027-01-20 05:59")) == at("2027-01-05 06:00")
    assert missed(draft, None, at("2027-01-20 06:01")) is None


def test_a_run_for_an_earlier_day_does_not_count_for_today() -> None:
    rehearsal = LastRun(slug=DAILY.rhythm, on=at("2026-03-01").date(), ended_at=at("2026-06-30 10:00"))

    assert missed(DAILY, rehearsal, at("2026-06-30 11:00")) == at("2026-06-30 08:30")


def test_without_prefect_a_tick_raises_the_notices_itself(office: Office, settings: Settings, database: Engine) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None)

    embedded.tick(DAILY)

    assert notices(database) > 0
    assert embedded.runs[DAILY.rhythm].way is RunWay.DIRECT


def test_with_a_broken_prefect_a_tick_raises_the_notices_itself_and_says_so(
    office: Office, settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broken = PrefectServer(settings, program=("there_is_no_such_module",))
    broken.start()
    assert eventually(lambda: "server_ended" in actions(caplog))

    EmbeddedClock(settings, database, prefect=broken).tick(DAILY)

    assert broken.state is ServerState.DOWN
    broken.stop()
    assert notices(database) > 0
    assert actions(caplog)[-2:] == ["engine_absent", "ran"]


def test_only_a_rhythm_that_waits_for_a_word_is_shown_as_stopped(office: Office, settings: Settings) -> None:
    """Webhooks answer with a count of that name."""
    embedded = EmbeddedClock(settings, office.engine, prefect=None)
    for schedule in SCHEDULES:
        if schedule.slug in ("webhooks", "letters"):
            embedded.tick(schedule)

    assert {run.way for run in embedded.runs.values()} == {RunWay.DIRECT}


def test_a_sweep_that_is_asked_to_stop_ends_between_two_steps_and_the_next_goes_on(
    office: Office, settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.ladder.part.MOST", 1)
    yesterday, issued_on = clock.today() - dt.timedelta(days=1), clock.today() - dt.timedelta(days=20)
    office.assign("制度清理", due=str(yesterday), on=str(issued_on))
    embedded = EmbeddedClock(settings, database, prefect=None)
    embedded._stopping.set()

    embedded.tick(DAILY)

    assert embedded.runs[DAILY.rhythm].way is RunWay.UNFINISHED
    assert {row["item"] for row in office.notices() if row["kind"] == "escalation"} == {"1"}
    with Session(database) as session:
        assert session.get(LastRun, DAILY.rhythm) is None
    embedded._stopping.clear()
    embedded.tick(DAILY)
    assert embedded.runs[DAILY.rhythm].way is RunWay.DIRECT
    assert {row["item"] for row in office.notices() if row["kind"] == "escalation"} == {"1", "2"}


def test_a_healthy_prefect_runs_the_flow_with_its_parameters(
    office: Office, settings: Settings, database: Engine
) -> None:
    prefect = FakePrefect(settings, lambda: None)
    embedded = EmbeddedClock(settings, database, prefect=prefect)

    embedded.tick(DAILY)

    assert prefect.asked == [("flows.daily_supervision.daily_supervision", {})]
    assert embedded.runs[DAILY.rhythm].way is RunWay.PREFECT
    assert notices(database) == 0


def test_a_flow_that_breaks_after_its_work_doubles_nothing(
    office: Office, settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def work_then_break() -> None:
        rhythms.daily_supervision(settings)
        written.append(notices(database))
        raise FlowFailedError("the server went away")

    written: list[int] = []
    embedded = EmbeddedClock(settings, database, prefect=FakePrefect(settings, work_then_break))
    embedded.tick(DAILY)

    assert notices(database) == written[0] > 0
    assert embedded.runs[DAILY.rhythm].way is RunWay.DIRECT
    assert "engine_failed" in actions(caplog)


def test_of_two_clocks_one_acts_and_the_other_takes_over(office: Office, settings: Settings, database: Engine) -> None:
    servers = [FakePrefect(settings, lambda: None, healthy=False) for _ in range(2)]
    first, second = [EmbeddedClock(settings, database, prefect=server, schedules=()) for server in servers]
    first.start()
    assert eventually(lambda: first.state is ClockState.OWNER)
    second.start()
    second.beat()
    assert (second.state, [server.running for server in servers]) == (ClockState.STANDBY, [True, False])

    first.stop()
    second.beat()

    assert (first.state, second.state) == (ClockState.STOPPED, ClockState.OWNER)
    assert [server.running for server in servers] == [False, True]
    second.stop()


def test_a_standby_clock_leaves_the_work_to_the_owner(office: Office, settings: Settings, database: Engine) -> None:
    with unit_of_work(database) as session:
        session.add(Lease(name=CLOCK, owner="another", expires_at=clock.now() + dt.timedelta(minutes=1)))

    embedded = EmbeddedClock(settings, database, prefect=None)
    embedded.tick(DAILY)

    assert (notices(database), embedded.runs) == (0, {})


def test_an_owner_that_lost_the_lease_stops_its_server(settings: Settings, database: Engine) -> None:
    server = FakePrefect(settings, lambda: None)
    embedded = EmbeddedClock(settings, database, prefect=server, schedules=())
    embedded.start()
    assert eventually(lambda: server.running)
    with unit_of_work(database) as session:
        lease = session.get_one(Lease, CLOCK)
        lease.owner, lease.expires_at = "another", clock.now() + dt.timedelta(minutes=1)

    embedded.beat()

    assert (embedded.state, server.running) == (ClockState.STANDBY, False)
    embedded.stop()


def test_a_clock_set_back_a_day_or_ahead_ten_years_leaves_nobody_in_standby_and_stops_no_tick(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("flows.embedded_clock.BEAT", dt.timedelta(seconds=0.02))
    apart = [0.0]
    monkeypatch.setattr("flows.embedded_clock._apart", lambda: apart[0])
    with unit_of_work(database) as session:
        # Left by a process that was killed while the machine's clock was ten years ahead.
        session.add(Lease(name=CLOCK, owner="killed", expires_at=clock.now() + dt.timedelta(days=3650)))
    embedded = EmbeddedClock(settings, database, prefect=None, schedules=(DAILY,))
    embedded.start()
    assert eventually(lambda: embedded.state is ClockState.OWNER)
    planned = planned_at(embedded)
    planned_at(embedded, planned + dt.timedelta(days=365))

    apart[0] = -86_400

    assert eventually(lambda: planned_at(embedded) == planned)
    assert "clock_set" in actions(caplog)
    embedded.stop()


def test_a_database_that_fails_for_a_while_ends_neither_clock_nor_server(
    settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    server = FakePrefect(settings, lambda: None)
    embedded = EmbeddedClock(settings, database, prefect=server, schedules=())
    embedded.start()
    assert eventually(lambda: server.running)
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lease RENAME TO gone")

    embedded.beat()

    assert (embedded.state, server.running) == (ClockState.OWNER, True)
    assert actions(caplog)[-1] == "lease_failed"
    embedded.stop()
    embedded.stop()
    assert (embedded.state, server.running) == (ClockState.STOPPED, False)


def test_what_was_missed_is_made_good_when_the_clock_starts(
    office: Office, settings: Settings, database: Engine
) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, schedules=(DAILY,))
    embedded.start()
    try:
        assert eventually(lambda: notices(database) > 0)
    finally:
        embedded.stop()


def test_a_rhythm_that_fails_stops_nothing_and_is_tried_again(
    settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = Schedule(
        slug="daily_supervision",
        title="每日督办",
        entrypoint=DAILY.entrypoint,
        cron=DAILY.cron,
        grace=DAILY.grace,
        parameters={"on": "2026-02-30"},
    )
    embedded = EmbeddedClock(settings, database, prefect=None, schedules=(unreadable,))

    embedded.tick(unreadable)

    assert embedded.runs[DAILY.rhythm].way is RunWay.FAILED
    assert "tick_failed" in actions(caplog)
    with Session(database) as session:
        assert missed(unreadable, session.get(LastRun, DAILY.rhythm), clock.now()) is not None


def test_beside_workers_the_clock_keeps_what_is_light(settings: Settings, database: Engine) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, share=ClockShare.BESIDE_WORKERS)
    embedded.start()
    assert embedded._scheduler is not None
    embedded.follow_clock()  # the machine's clock was set: what others keep is not planned here then either
    kept = {job.id for job in embedded._scheduler.get_jobs()}
    embedded.stop()

    assert kept & {schedule.slug for schedule in SCHEDULES} == {each.slug for each in SCHEDULES if each.light}


@pytest.mark.parametrize(
    ("ran", "now", "late"),
    [
        pytest.param("08:15", "08:49", {"delivery"}, id="the sweep is nineteen minutes late: workers may be at it"),
        pytest.param("08:15", "08:50", {"daily_supervision", "delivery"}, id="twenty minutes late"),
        pytest.param("08:31", "08:54", set(), id="all ran in time"),
        pytest.param("08:31", "23:00", set(), id="nothing is delivered at night"),
    ],
)
def test_reminders_that_workers_are_late_with_are_done_by_the_clock_beside_them(
    settings: Settings, database: Engine, ran: str, now: str, late: set[str]
) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, share=ClockShare.BESIDE_WORKERS)
    last = LastRun(slug="any", on=at(f"2026-06-30 {ran}").date(), ended_at=at(f"2026-06-30 {ran}"))
    found = {
        schedule.slug
        for schedule in SCHEDULES
        if schedule.rhythm in REMINDING and embedded._missed(schedule, last, at(f"2026-06-30 {now}"))
    }

    assert found == late


def test_what_other_rhythms_of_the_workers_missed_stays_theirs(settings: Settings, database: Engine) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, share=ClockShare.BESIDE_WORKERS)
    embedded.start()
    assert eventually(lambda: embedded.state is ClockState.OWNER)
    assert eventually(lambda: {"daily_supervision", "letters"} <= embedded.runs.keys())
    embedded.stop()

    assert not {"weekly_circular", "monthly_circular", "brief", "year_opening"} & embedded.runs.keys()


def test_a_process_without_the_clock_takes_no_lease_and_says_who_keeps_it(settings: Settings, database: Engine) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, share=ClockShare.NONE)
    embedded.start()
    embedded.repair()
    state = embedded.state
    embedded.stop()

    assert state is ClockState.ELSEWHERE
    with Session(database) as session:
        assert session.exec(select(Lease)).all() == []
