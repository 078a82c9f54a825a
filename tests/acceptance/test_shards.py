"""The daily sweep by shards of organs: together they are the whole sweep, row by row, whoever runs which when."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from flows.rhythms import daily_supervision
from models import clock
from models.actor import Actor, Channel
from models.database import open_engine, unit_of_work
from models.dates.day_override import office_calendar
from models.engine.rhythm import LastRun
from models.engine.shard import Shard
from models.ladder.message import Message, MessageKind
from models.migrate import create_or_upgrade
from models.settings import Settings
from tasks.engine.check_shared import check_keys
from tasks.ladder.note_shards import note_shards
from tasks.ladder.note_sweep import SLUG
from tasks.ladder.remind import SweepResult
from tasks.notices.deliver import deliver
from tasks.oversight.supervise import supervise
from tests.acceptance.test_a_day_ahead import WRONG, busy, take_back
from tests.benchmarks.populate import CALENDAR, DAY, ON, populate
from tests.databases import made_database
from tests.office import Office, day

NEXT = CALENDAR.add(ON, 1)
MISSED = 6
ALL = [str(shard) for shard in Shard(parts=4).all()]
Place = tuple[Settings, Engine]
Lay = Callable[[str], Place]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def lay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lay]:
    """Lay out four organs, a sheet at the third rung, the last days unswept, in a place of this name."""
    held = []

    def laid(name: str) -> Place:
        url = ""
        if request.param == "postgres":
            made = made_database(request.getfixturevalue("postgres_url"))
            held.append(made)
            url = made.__enter__()
        settings = Settings(home=tmp_path / name, database_url=url)
        create_or_upgrade(settings)
        engine = open_engine(settings.database)
        request.addfinalizer(engine.dispose)
        with unit_of_work(engine) as session:
            for table in ("rung", "policy"):
                session.execute(text(f"DELETE FROM {table}"))
        populate(engine, 4_000)
        with unit_of_work(engine) as session:
            # Few, of every organ and day: a sheet takes a hundred times as long as a notice.
            session.execute(text("DELETE FROM deadline WHERE item_id % 7 <> 0"))
            session.execute(text("UPDATE rung SET document = '督办单' WHERE ordinal = 3"))
            session.execute(text('UPDATE last_run SET "on" = :on'), {"on": ON - MISSED * DAY})
        check_keys(engine, settings.home)
        return settings, engine

    yield laid
    for made in held:
        made.__exit__(None, None, None)


def written(engine: Engine, organs: str = "true") -> Counter[Any]:
    """What a sweep leaves of these organs, without numbers and instants that tell only the order."""
    statements = (
        "SELECT i.organ_id, n.fire_on, n.deadline_id, n.rung_id, n.recipient_id, n.role, n.via, n.kind, n.due_on,"
        " n.raised_on, n.send_on, n.late, n.state, n.reason FROM notice n JOIN work_item i ON i.id = n.item_id"
        f" WHERE {organs}",
        "SELECT i.organ_id, d.item_id, d.number, d.issued_on, d.title FROM document d"
        f" JOIN work_item i ON i.id = d.item_id WHERE {organs}",
        f"SELECT i.organ_id, i.year, i.kind, i.last FROM number_series i WHERE {organs}",
        "SELECT i.organ_id, d.id, d.look_on, d.looked_on FROM deadline d"
        f" JOIN work_item i ON i.id = d.item_id WHERE {organs}",
    )
    with Session(engine) as session:
        return Counter(tuple(row) for statement in statements for row in session.execute(text(statement)))


def swept(engine: Engine) -> dt.date:
    with Session(engine) as session:
        return session.get_one(LastRun, SLUG).on


def digests(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(Message).where(Message.kind == MessageKind.DIGEST)).all())


def test_shards_in_any_order_and_some_of_them_twice_write_what_one_whole_sweep_writes(lay: Lay) -> None:
    (whole, expected), (place, engine) = lay("whole"), lay("place")
    for on in (ON, NEXT):
        told = daily_supervision(whole, on.isoformat())
        parts = [daily_supervision(place, on.isoformat(), shard) for shard in ("3/4", "1/4", "3/4", "4/4", "2/4")]

        assert written(engine) == written(expected)
        assert {name: sum(part[name] for part in parts) for name in ("raised", "late", "skipped")} == {
            name: told[name] for name in ("raised", "late", "skipped")
        }
        assert told["raised"] > 0
    assert Counter(row[0] for row in written(engine)).keys() == set(range(1, 5))


def test_the_day_is_swept_and_its_mail_leaves_with_the_last_shard_only(lay: Lay) -> None:
    place, engine = lay("place")
    morning = clock.opening_of(ON) + dt.timedelta(hours=2)
    for shard in ALL[:3]:
        daily_supervision(place, ON.isoformat(), shard)
        assert deliver(engine, place, now=morning).early
        assert (swept(engine), digests(engine)) == (ON - MISSED * DAY, 0)

    daily_supervision(place, ON.isoformat(), ALL[3])
    deliver(engine, place, now=morning)
    assert swept(engine) == ON
    assert digests(engine) > 0


def test_a_shard_that_was_not_swept_is_made_good_by_its_next_slot_or_by_a_whole_sweep(lay: Lay) -> None:
    (place, engine), (other, by_whole) = lay("place"), lay("other")
    (_, missed), (_, never) = (beside := lay("missed")), (daily := lay("daily"))
    for shard in ("1/4", "2/4", "4/4"):
        daily_supervision(place, ON.isoformat(), shard)
        daily_supervision(other, ON.isoformat(), shard)
    daily_supervision(daily[0], ON.isoformat())
    for shard in ALL:
        daily_supervision(place, NEXT.isoformat(), shard)
    daily_supervision(other, NEXT.isoformat())
    for one in (beside, daily):
        daily_supervision(one[0], NEXT.isoformat())

    third = "i.organ_id % 4 = 2"
    for made in (engine, by_whole):
        assert written(made, third) == written(missed, third)
        assert written(made, f"NOT {third}") == written(never, f"NOT {third}")
        assert swept(made) == NEXT


def test_two_workers_on_one_shard_beside_those_on_the_others_write_once(lay: Lay) -> None:
    (whole, expected), (place, engine) = lay("whole"), lay("place")
    daily_supervision(whole, ON.isoformat())
    failed: list[BaseException] = []

    def work(shard: str | None) -> None:
        try:
            daily_supervision(place, ON.isoformat(), shard)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work, args=[shard]) for shard in (*ALL, "2/4", "4/8", None)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    assert written(engine) == written(expected)
    assert swept(engine) == ON


class ByShards(Office):
    """An office whose days are swept in two shards, of which the second holds it."""

    def sweep(self, on: str | dt.date) -> SweepResult:
        at = day(on)
        rhythm, done = Actor("每日督办", Channel.RHYTHM, at, clock.opening_of(at)), []
        for shard in Shard(parts=2).all():
            with unit_of_work(self.engine) as session:
                done.append(supervise(session, by=rhythm, calendar=office_calendar(session), shard=shard).swept)
            with unit_of_work(self.engine) as session:
                note_shards(session, shard, on=at, now=rhythm.now)
        return max(done, key=lambda one: one.raised)


def test_a_day_swept_by_shards_is_taken_back_and_the_year_goes_on_by_shards_as_by_whole_sweeps(
    any_engine: Engine, other_engine: Engine, tmp_path: Path
) -> None:
    office, straight = ByShards(any_engine, tmp_path / "home"), Office(other_engine, tmp_path / "straight")
    for one in (office, straight):
        busy(one)
    wrong = office.sweep(WRONG)
    done = take_back(office)
    assert (done.notices, done.swept) == (wrong.raised + wrong.skipped, day("2026-06-10"))
    assert done.notices > 5

    for one in (office, straight):
        one.fast_forward("2026-08-10")

    assert sorted(office.told(), key=str) == sorted(straight.told(), key=str)
    assert len(office.mails()) == len(straight.mails())
