"""No file of the office is open to other accounts of the machine, however careless the account it runs under."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import private_files
from models.database import open_engine
from models.private_files import keep_private, open_folders
from models.settings import Settings
from tests.office import SUPERVISOR, Office

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows knows no modes; it keeps lists of its own")


def test_where_no_modes_are_known_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_files, "KNOWN", False)
    before = os.umask(0o022)
    try:
        keep_private()
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def everything(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def run(home: Path, *words: str | Path) -> None:
    """A command under an account that would leave everything open to everybody."""
    command = [sys.executable, "-m", "duban.cli", "--home", str(home), *map(str, words)]
    subprocess.run(command, check=True, umask=0, cwd=home.parent, capture_output=True, env=os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    })  # fmt: skip


def test_what_commands_write_belongs_to_their_account_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "init")
    engine = open_engine(Settings(home=home).database)
    office = Office(engine, home)
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    run(home, "supervise", "--on", "2026-06-23")
    run(home, "deliver", "--on", "2026-06-23")
    run(
        home,
        "brief",
        "leader",
        "--organ",
        "bureau",
        "--on",
        "2026-06-23",
        "--as",
        SUPERVISOR,
        "--out",
        tmp_path / "简报.docx",
    )

    with engine.begin() as writing:
        writing.exec_driver_sql("UPDATE organ SET name = name")
        made = [*everything(home), tmp_path / "简报.docx"]
        open_ones = [path for path in made if path.stat().st_mode & 0o077]
    engine.dispose()
    assert {"duban.db", "duban.db-wal", "mail"} <= {path.name for path in made}
    assert open_ones == []
    assert any(path.parent.name == "new" for path in made), "no mail was written"


@pytest.mark.parametrize(("mode", "is_open"), [(0o700, False), (0o750, True), (0o701, True), (0o722, True)])
def test_an_open_data_folder_is_noticed(tmp_path: Path, mode: int, is_open: bool) -> None:
    home, evidence = tmp_path / "home", tmp_path / "evidence"
    home.mkdir(mode=0o700)
    evidence.mkdir(mode=0o700)
    settings = Settings(home=home, evidence_url=str(evidence))
    assert open_folders(settings) == []

    evidence.chmod(mode)
    home.chmod(mode)

    assert open_folders(settings) == ([home, evidence] if is_open else [])


def test_evidence_kept_elsewhere_is_no_folder_of_this_machine(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert open_folders(Settings(home=tmp_path, evidence_url="s3://bucket/evidence")) == []
