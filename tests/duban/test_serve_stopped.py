"""`duban serve` that is told to end while it sweeps: it ends within seconds, and the next one does what was left."""

import datetime as dt
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from flows.rhythms import daily_supervision
from models import clock
from models.database import reading, unit_of_work
from models.ladder.policy import PRESETS, Rung
from models.migrate import open_current
from models.settings import Settings
from tests.benchmarks.populate import DAY, ON, populate
from tests.homes import lay_home
from tests.processes import eventually, shifted

OFF = 5
"""Days without a sweep: as many as may be without a person's word."""
BUSY_AT = clock.opening_of(ON)


def lay_office(home: Path) -> Path:
    """An office that nobody has swept for OFF days: sheets by the dozen are waiting."""
    lay_home(home)
    engine = open_current(Settings(home=home))
    with unit_of_work(engine) as session:
        for table in ("rung", "policy"):
            session.execute(text(f"DELETE FROM {table}"))
    populate(engine, 1_000)
    with unit_of_work(engine) as session:
        session.execute(text("DELETE FROM rung"))
        session.add_all(Rung(policy_id=1, ordinal=place, **rung) for place, rung in enumerate(PRESETS["常规"], 1))
        session.execute(text('UPDATE last_run SET "on" = :on, ended_at = :at'), swept_before())
    engine.dispose()
    return home


def swept_before() -> dict[str, object]:
    last = ON - OFF * DAY
    return {"on": last, "at": clock.opening_of(last).isoformat()}


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = shifted(home, "serve", "--no-prefect", "--port", "0", at=BUSY_AT)
    with (home / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, "PYTHONUTF8": "1"}
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def sheets(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.execute(text("SELECT count(*) FROM document WHERE kind = 'sheet'")).scalar_one())


def written(session: Session) -> list[tuple[object, ...]]:
    """Every notice of a rung and every sheet, without their numbers, which tell in which order they came, and without
    what a delivery made of them meanwhile.
    """
    notices = "fire_on, deadline_id, rung_id, recipient_id, due_on, raised_on, late"
    papers = "item_id, issued_on, title"
    return [
        tuple(row)
        for columns, source in (
            (notices, "notice WHERE rung_id IS NOT NULL"),
            (papers, "document WHERE kind = 'sheet'"),
        )
        for row in session.execute(text(f"SELECT {columns} FROM {source} ORDER BY {columns}"))
    ]


@pytest.mark.slow
def test_told_to_end_in_a_sweep_it_ends_at_once_and_the_next_one_does_what_is_left(tmp_path: Path) -> None:
    home = lay_office(tmp_path / "home")
    undisturbed = Path(shutil.copytree(home, tmp_path / "undisturbed"))
    engine = open_current(Settings(home=home))

    with serving(home) as process:
        assert eventually(lambda: sheets(engine) >= 10, 60), (home / "stderr").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert "Traceback" not in (home / "stderr").read_text()
    begun = sheets(engine)
    assert whole_alone(home)

    with serving(home) as process:
        assert eventually(lambda: swept(engine) == ON, 120), (home / "stderr").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0

    daily_supervision(Settings(home=undisturbed), ON.isoformat())
    whole = open_current(Settings(home=undisturbed))
    with reading(engine) as interrupted, reading(whole) as expected:
        assert written(interrupted) == written(expected)
    assert 10 <= begun < sheets(engine) == sheets(whole)
    for one in (engine, whole):
        one.dispose()


def whole_alone(home: Path) -> bool:
    """Whether the database's own file holds everything: nothing is left in the file of what was written last."""
    log = home / "duban.db-wal"
    return not log.exists() or log.stat().st_size == 0


def swept(engine: Engine) -> dt.date | None:
    with reading(engine) as session:
        on = session.execute(text("SELECT \"on\" FROM last_run WHERE slug = 'daily_supervision'")).scalar_one()
    return dt.date.fromisoformat(str(on))
