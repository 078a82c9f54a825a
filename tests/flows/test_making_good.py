"""What the clock does, and in which order, about slots that went by while nobody served."""

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows import rhythms
from flows.embedded_clock import EmbeddedClock
from flows.schedules import SCHEDULES
from models import clock
from models.database import unit_of_work
from models.engine.rhythm import LastRun
from models.settings import Settings
from tests.homes import lay_home
from tests.processes import eventually

MISSED = {each.slug: each for each in SCHEDULES if each.slug in ("daily_supervision", "backup", "pruning")}
"""In the order of the list; each has a slot every day, and as long a grace."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", quiet_from=dt.time(0), quiet_until=dt.time(0))
    lay_home(made.home)
    return made


class Work:
    """Stands in for the rhythms: keeps what began and ended, in turn, and can be held up."""

    def __init__(self, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[str] = []
        self._database = database
        self._held: dict[str, threading.Event] = {}
        for rhythm in MISSED:
            monkeypatch.setitem(rhythms.RHYTHMS, rhythm, self._rhythm(rhythm))

    def hold(self, rhythm: str) -> Callable[[], None]:
        """Let this one not end; what is answered lets it go."""
        self._held[rhythm] = threading.Event()
        return self._held[rhythm].set

    def _rhythm(self, rhythm: str) -> Callable[[Settings], dict[str, Any]]:
        def work(_settings: Settings) -> dict[str, Any]:
            self.told.append(f"{rhythm} begins")
            if rhythm in self._held:
                assert self._held[rhythm].wait(30)
            now = clock.now()
            with unit_of_work(self._database) as session:
                session.merge(LastRun(slug=rhythm, on=clock.day_of(now), ended_at=now))
            self.told.append(f"{rhythm} ends")
            return {}

        return work


@pytest.fixture
def work(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(database, monkeypatch)


def keeper(settings: Settings, database: Engine, *slugs: str) -> EmbeddedClock:
    return EmbeddedClock(settings, database, prefect=None, schedules=[MISSED[slug] for slug in slugs])


def test_what_was_missed_is_made_good_one_after_the_other_and_the_sweep_first(
    settings: Settings, database: Engine, work: Work
) -> None:
    embedded = keeper(settings, database, *MISSED)
    let_go = work.hold("daily_supervision")
    embedded.start()
    assert eventually(lambda: bool(work.told))
    begun = list(work.told)
    let_go()
    assert eventually(lambda: len(work.told) == 6)
    embedded.stop()

    assert begun == ["daily_supervision begins"]
    assert work.told == [f"{slug} {does}" for slug in MISSED for does in ("begins", "ends")]
    # What reminders depend on stands first in the list: mail that is late too finds what the sweep has raised.
    assert [each.slug for each in SCHEDULES][:2] == ["daily_supervision", "delivery"]


def test_a_long_rhythm_does_not_hold_back_what_else_was_missed(
    settings: Settings, database: Engine, work: Work
) -> None:
    embedded = keeper(settings, database, "backup", "daily_supervision", "pruning")
    let_go = work.hold("backup")
    embedded.start()
    assert eventually(lambda: bool(work.told))

    embedded.repair()

    assert eventually(lambda: "pruning ends" in work.told)
    let_go()
    assert eventually(lambda: "backup ends" in work.told)
    embedded.stop()
    assert sorted(work.told) == sorted(  # and once each: the line behind the backup finds it done
        f"{slug} {does}" for slug in MISSED for does in ("begins", "ends")
    )
    assert work.told[1:3] == ["daily_supervision begins", "daily_supervision ends"]


def test_a_clock_that_is_stopped_begins_nothing_more_of_what_was_missed(
    settings: Settings, database: Engine, work: Work
) -> None:
    embedded = keeper(settings, database, "backup", "daily_supervision")
    let_go = work.hold("backup")
    embedded.start()
    assert eventually(lambda: bool(work.told))

    embedded.stop()
    let_go()

    for thread in threading.enumerate():
        if thread.name.startswith("ThreadPoolExecutor"):
            thread.join(10)
    assert work.told == ["backup begins", "backup ends"]
