"""The rhythm of the backup: the office is kept each night, what kept it from that is told, and it can be turned off."""

import datetime as dt
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from flows import rhythms
from flows.health import troubles_at, unwell_at
from models import clock
from models.clock import opening_of
from models.database import on_record, open_engine, reading, unit_of_work
from models.engine.rhythm import LastRun
from models.settings import Settings
from tasks.acting.audit import write_alone
from tasks.trail.known_head import known_head
from tests.homes import lay_home
from tests.tasks.keeping.kept_office import BY

NIGHT = opening_of(dt.date(2026, 7, 1)).replace(hour=2, minute=30)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(home=lay_home(tmp_path / "home"))
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    return made


@pytest.fixture
def database(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database)
    with on_record(engine) as session:
        write_alone(session, BY, "again", organ_id=None, after={"again": ["x"]})
    yield engine
    engine.dispose()


def codes(database: Engine, settings: Settings, now: dt.datetime) -> list[str]:
    with reading(database) as session:
        return [one.code for one in troubles_at(session, settings, now=now) if one.code.startswith("backup")]


def test_the_night_leaves_a_backup_and_the_head_of_the_trail(settings: Settings, database: Engine) -> None:
    told = rhythms.backup(settings)

    file = settings.home / "backups" / "duban-2026-07-01.zip"
    assert (told["file"], told["bytes"]) == (str(file), file.stat().st_size)
    head = known_head(settings.home)
    assert head is not None
    assert head.entry_id == 1
    with reading(database) as session:
        assert session.get_one(LastRun, "backup").on == dt.date(2026, 7, 1)
    assert rhythms.backup(settings)["file"] is None, "the day has its own"


def test_what_kept_it_from_that_is_told_and_the_next_night_makes_good(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as broken:
        broken.setattr("tasks.keeping.back_up._take_rows", full)
        assert "磁盘空间不足" in rhythms.backup(settings)["problem"]
    assert codes(database, settings, NIGHT) == ["backup_failed"]
    assert list((settings.home / "backups").iterdir()) == []

    monkeypatch.setattr(clock, "now", lambda: NIGHT + dt.timedelta(days=1))
    rhythms.backup(settings)
    assert codes(database, settings, NIGHT + dt.timedelta(days=1)) == []


def test_a_backup_that_is_old_makes_the_office_unwell(settings: Settings, database: Engine) -> None:
    def unwell(hours: int) -> list[str]:
        with reading(database) as session:
            return unwell_at(session, settings, now=BY.now + dt.timedelta(hours=hours))

    assert (unwell(50), unwell(51)) == ([], ["backup_old"])
    settings.backup_folder = ""
    assert unwell(51) == []
    assert codes(database, settings, BY.now + dt.timedelta(hours=51)) == []


def test_without_a_folder_none_is_made(settings: Settings, database: Engine) -> None:
    settings.backup_folder = ""
    assert rhythms.backup(settings) == {"file": None}
    assert not (settings.home / "backups").exists()
    with unit_of_work(database) as session:
        assert session.exec(select(LastRun.slug)).all() == ["backup"]
