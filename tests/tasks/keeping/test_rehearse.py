"""A rehearsal proves that the office could be restored, and leaves nothing; `duban doctor` tells how it went."""

import json
from pathlib import Path

from sqlalchemy import Engine

from models.database import on_record, sqlite_url
from models.items.evidence import StoredFile
from tasks.acting.audit import write_alone
from tasks.keeping.rehearse import rehearse
from tests.databases import disposed
from tests.homes import lay_home
from tests.tampering import tamper
from tests.tasks.keeping.kept_office import BY, NOW, worked
from tests.terminal import Terminal


def test_an_office_is_restored_in_a_passing_place(any_engine: Engine, tmp_path: Path) -> None:
    office = worked(any_engine, tmp_path / "office")

    took = rehearse(any_engine, office.settings, by=BY, now=NOW)

    assert took.entries > 0
    assert took.rows > took.entries
    assert took.bytes > 1000
    assert took.missing == 0
    assert list((tmp_path / "office" / "work").iterdir()) == []

    [stored] = office.rows(StoredFile)
    office.store.discard(stored.sha256)
    assert rehearse(any_engine, office.settings, by=BY, now=NOW).missing == 1


def test_doctor_tells_how_it_went(tmp_path: Path) -> None:
    home = lay_home(tmp_path / "home")
    terminal = Terminal(home)
    assert "备份演练：备份" in terminal.run("doctor", "--rehearse").stdout
    assert json.loads(terminal.run("doctor", "--json").stdout)["rehearsal"] is None
    assert json.loads(terminal.run("doctor", "--rehearse", "--json").stdout)["rehearsal"]["entries"] == 0

    with disposed(sqlite_url(home / "duban.db")) as engine:
        with on_record(engine) as session:
            write_alone(session, BY, "again", organ_id=None, after={"again": ["x"]})
        tamper(engine, "UPDATE audit_entry SET reason = 'x'")
    failed = terminal.run("doctor", "--rehearse", "--json")

    told = json.loads(failed.stdout)
    assert (failed.exit_code, told["state"], told["rehearsal"]) == (1, "fault", None)
    assert told["troubles"][0]["code"] == "rehearsal_failed"
    assert "操作记录不完好" in told["troubles"][0]["advice"]
    assert list((home / "work").iterdir()) == []
