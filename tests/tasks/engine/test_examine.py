"""What a look at all of the data finds: an entry that was changed, files and rows that do not fit, years to come."""

import datetime as dt
import io
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.health import unwell_at
from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import on_record, reading, unit_of_work
from models.engine.rhythm import Lease
from models.items.evidence import StoredFile
from models.settings import Settings
from tasks.acting.audit import write_alone
from tasks.engine.examine import examine
from tasks.engine.lease import CLOCK, TERM, database_now
from tasks.files.file_store import FileStore
from tests.tampering import tamper

NOW = opening_of(dt.date(2026, 6, 30))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def codes(engine: Engine, settings: Settings, now: dt.datetime = NOW) -> list[str]:
    with reading(engine) as session:
        return [one.code for one in examine(session, settings, now=now)]


def test_an_old_entry_that_was_changed_is_found(any_engine: Engine, settings: Settings) -> None:
    with on_record(any_engine) as session:
        write_alone(session, Actor("某人", Channel.COMMAND, NOW.date(), NOW), "again", organ_id=None, after={"a": "x"})
    assert codes(any_engine, settings) == []

    tamper(any_engine, "UPDATE audit_entry SET actor = '别人'")
    assert codes(any_engine, settings) == ["trail_broken"]


def test_files_and_rows_that_do_not_fit_are_told(any_engine: Engine, settings: Settings) -> None:
    left = FileStore(settings.evidence_store).put(io.BytesIO(b"left"), largest=10).sha256
    os.utime(Path(settings.evidence_store) / left[:2] / left[2:], (0, 0))
    with unit_of_work(any_engine) as session:
        session.add(StoredFile(sha256="0" * 64, size=1, media_type="text/plain", stored_at=NOW))
    assert codes(any_engine, settings) == ["evidence_missing", "evidence_left"]


@pytest.mark.parametrize(("day", "years"), [("2006-06-30", 0), ("2006-12-01", 0), ("2999-11-30", 1), ("2999-12-01", 2)])
def test_a_year_without_its_days_of_rest_is_told_and_the_next_one_from_december(
    any_engine: Engine, settings: Settings, day: str, years: int
) -> None:
    assert codes(any_engine, settings, opening_of(dt.date.fromisoformat(day))) == ["calendar_provisional"] * years


@pytest.mark.parametrize(("terms", "unwell"), [(1, []), (50, ["lease_ahead"])])
def test_a_clock_held_by_nobody_until_far_ahead_makes_the_office_unwell(
    any_engine: Engine, settings: Settings, terms: int, unwell: list[str]
) -> None:
    with unit_of_work(any_engine) as session:
        session.add(Lease(name=CLOCK, owner="gone", expires_at=database_now(session) + terms * TERM))
    with reading(any_engine) as session:
        assert unwell_at(session, settings, now=NOW) == unwell
