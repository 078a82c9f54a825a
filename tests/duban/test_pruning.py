"""`duban prune` and its rhythm: shown first, thrown away then, and nothing on a day that is doubted."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from sqlmodel import Session, select

from flows.rhythms import pruning
from models import clock
from models.database import unit_of_work
from models.engine.rhythm import LastRun
from models.people.keyed_request import KeyedRequest
from models.people.person import Person
from models.settings import load_settings
from tasks.ladder.note_sweep import SLUG
from tests.databases import disposed
from tests.homes import lay_home
from tests.office import Office
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """An office with an answered form, a mail and a result, each a year and a day old, and each of today."""
    home = lay_home(tmp_path / "data")
    now = clock.now()
    old = now - dt.timedelta(days=366)
    with disposed(load_settings(home).database) as engine:
        Office(engine, home)
        with unit_of_work(engine) as session:
            person = session.exec(select(Person.id)).first()
            assert person is not None
            session.add_all(
                KeyedRequest(person_id=person, key=name, fingerprint="", status=200, body="", made_at=made)
                for name, made in (("old", old), ("new", now))
            )
    for name in ("mail/new", "work/list-1"):
        (home / name).mkdir(parents=True)
        for made in (old, now):
            file = home / name / made.isoformat()
            file.write_bytes(b"0123456789")
            os.utime(file, (made.timestamp(), made.timestamp()))
    return Terminal(home)


def test_what_may_go_is_shown_and_then_goes(terminal: Terminal) -> None:
    folders = [terminal.home / name for name in ("mail/new", "work/list-1")]
    shown = terminal.data("prune", "--dry-run")
    held = {one["where"]: one["count"] for one in shown["kinds"] if one["count"]}
    assert held == {"keyed_request": 1, "mail": 1, "work": 1}
    assert [one["bytes"] for one in shown["kinds"] if one["where"] == "mail"] == [10]
    assert [len(list(folder.iterdir())) for folder in folders] == [2, 2]

    assert "防止重复提交的凭据" in terminal.says("prune")

    assert [one for one in terminal.data("prune", "--dry-run")["kinds"] if one["count"]] == []
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 1]
    with disposed(load_settings(terminal.home).database) as engine, Session(engine) as session:
        assert list(session.exec(select(KeyedRequest.key))) == ["new"]


def test_the_office_says_for_how_long(terminal: Terminal) -> None:
    file = terminal.home / "duban.toml"
    file.write_text("[keep_days]\nmail = 3650\n", encoding="utf-8")
    assert [one["days"] for one in terminal.data("prune")["kinds"] if one["where"] == "mail"] == [3650]
    assert len(list((terminal.home / "mail/new").iterdir())) == 2
    for said in ("[keep_days]\nmail = 1\n", "[keep_days]\nnotices = 30\n"):
        file.write_text(said, encoding="utf-8")
        assert "keep_days" in terminal.refused("prune")


def test_nothing_goes_on_a_day_that_is_doubted(terminal: Terminal) -> None:
    """A clock ten years ahead would call everything old."""
    settings = load_settings(terminal.home)
    with disposed(settings.database) as engine, unit_of_work(engine) as session:
        past = clock.now() - dt.timedelta(days=400)
        session.add(LastRun(slug=SLUG, on=clock.day_of(past), ended_at=past))
    assert "没有清理" in terminal.refused("prune")
    assert "stopped" in pruning(settings)
    assert len(list((terminal.home / "mail/new").iterdir())) == 2


def test_a_folder_that_is_not_there_holds_nothing(terminal: Terminal) -> None:
    shutil.rmtree(terminal.home / "mail")
    assert terminal.run("prune").exit_code == 0
