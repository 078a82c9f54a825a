"""A disk that takes no more while somebody uploads: one sentence and a 503, nothing half-written, and room is enough.

Tried on a small disk of its own, where this account may mount one, and by the system's limit on the size of files,
which breaks a write just so.
"""

import datetime as dt
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models import clock
from models.database import reading
from models.items.evidence import Evidence, StoredFile
from models.items.progress import ProgressEntry
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.files.sweep_store import check_store
from tests.databases import disposed, lay_sqlite
from tests.faults.surroundings import can_mount, fill_up, small_disk
from tests.item_forms import carried
from tests.office import HANDLER, Office, day
from tests.processes import no_file_larger_than
from tests.program import API, program_of
from tests.web import Web, words_of

Tight = Callable[[], AbstractContextManager[None]]
SMALL, SPOOLED = 512 * 1024, 3 * MEGABYTE // 2
"""Bytes: a file that is held in memory until it is kept, and one that is put on the disk while it arrives."""
LEAST = 4096
"""Bytes: a page of SQLite, less than its log of changes begins with."""
WHY = ("磁盘空间不足", "超出系统允许的文件大小", "磁盘读写出错")
KEY = "a-key-of-one-use"


@pytest.fixture(params=["disk", "limit"])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, Tight]]:
    """A folder, and a block in which it takes no more, nor does the place where uploads wait."""
    if request.param == "limit":
        yield tmp_path, lambda: no_file_larger_than(LEAST)
        return
    if not can_mount():
        pytest.skip("this account may mount no disk of its own")
    with small_disk(tmp_path / "disk", "32m") as folder:

        @contextmanager
        def tight() -> Iterator[None]:
            filler = folder / "filler"
            fill_up(filler)
            with monkeypatch.context() as around:
                around.setattr(tempfile, "tempdir", str(folder))
                yield
            filler.unlink()

        yield folder, tight


@pytest.fixture
def office(any_engine: Engine, disk: tuple[Path, Tight]) -> Office:
    made = Office(any_engine, disk[0] / "home")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


def kept(office: Office) -> list[Path]:
    """Everything that lies where evidence is kept, whole or not."""
    return [path for path in Path(office.settings.evidence_store).rglob("*") if path.is_file()]


def said_once(said: str) -> None:
    assert len(re.findall("|".join(WHY), said)) == 1, said
    assert "Errno" not in said


def nothing_of_it(office: Office) -> None:
    assert kept(office) == []
    assert office.rows(Evidence) == []
    assert office.rows(StoredFile) == []


def all_of_it(office: Office, content: bytes) -> None:
    [piece], [stored] = office.rows(Evidence), office.rows(StoredFile)
    assert piece.sha256 == stored.sha256
    assert FileStore(office.settings.evidence_store).read(stored.sha256) == content
    assert len(kept(office)) == 1


@pytest.mark.parametrize("size", [SMALL, SPOOLED], ids=["at once", "in pieces"])
def test_an_upload_in_the_browser_is_refused_whole_and_goes_when_there_is_room(
    office: Office, disk: tuple[Path, Tight], size: int
) -> None:
    visitor, content = Web(office).of(HANDLER), b"7" * size
    typed = carried(visitor, "/items/1/evidence") | {"vouched": "on", "note": "现场记录"}

    def send() -> Any:
        return visitor.post("/items/1/evidence", typed, files=[("file", ("记录.txt", content, "text/plain"))], key=KEY)

    with disk[1]():
        refused = send()

    assert refused.status_code == 503, words_of(refused.text)
    said_once(words_of(refused.text))
    nothing_of_it(office)

    assert send().status_code == 303
    all_of_it(office, content)


@pytest.mark.parametrize("size", [SMALL, SPOOLED], ids=["at once", "in pieces"])
def test_an_upload_by_a_program_is_refused_whole_and_goes_when_there_is_room(
    office: Office, disk: tuple[Path, Tight], size: int
) -> None:
    program, content = program_of(Web(office), HANDLER), b"7" * size

    def send() -> Any:
        return program.client.post(
            f"{API}/items/1/evidence", data={"vouched": "true"}, files={"file": ("记录.txt", content, "text/plain")},
            headers={"Idempotency-Key": KEY},
        )  # fmt: skip

    with disk[1]():
        refused = send()

    assert (refused.status_code, refused.json()["status"]) == (503, 503), refused.text
    said_once(refused.json()["detail"])
    nothing_of_it(office)

    assert send().status_code == 201
    all_of_it(office, content)


LOOKED_AT = (
    "/",
    "/items",
    "/items/1",
    "/items/1/evidence",
    "/board",
    "/calendar",
    "/notices",
    "/reports",
)


@pytest.fixture
def narrow(disk: tuple[Path, Tight], tmp_path: Path) -> Iterator[Office]:
    """An office whose database alone lies on the disk; its evidence has room elsewhere."""
    with disposed(lay_sqlite(disk[0] / "office.db")) as engine:
        made = Office(engine, disk[0] / "home", evidence_url=str(tmp_path / "evidence"))
        made.store = FileStore(made.settings.evidence_store)
        made.assign("制度清理", due="2026-06-30", on="2026-06-01")
        made.attach("1", content="早先的", on="2026-06-01")
        made.today = day("2026-06-02")
        yield made


def others(office: Office) -> list[str]:
    """The files, by name, that no row speaks of."""
    return sorted(
        {path.parent.name + path.name for path in kept(office)} - {stored.sha256 for stored in office.rows(StoredFile)}
    )


@contextmanager
def database_full(disk: tuple[Path, Tight]) -> Iterator[None]:
    """Nothing more goes into the database, not even where its log of changes had room once."""
    with closing(sqlite3.connect(disk[0] / "office.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with disk[1]():
        yield


def test_a_file_whose_row_found_no_room_is_found_by_the_sweep_or_goes_with_its_row(
    narrow: Office, disk: tuple[Path, Tight]
) -> None:
    visitor = Web(narrow).of(HANDLER)
    typed = carried(visitor, "/items/1/evidence")

    def send() -> Any:
        return visitor.post("/items/1/evidence", typed, files=[("file", ("记录.txt", b"0", "text/plain"))], key=KEY)

    with database_full(disk):
        refused = send()

    assert refused.status_code == 503, words_of(refused.text)
    said_once(words_of(refused.text))
    assert (len(narrow.rows(StoredFile)), len(narrow.rows(Evidence))) == (1, 1)
    with reading(narrow.engine) as session:
        check = check_store(session, narrow.store, now=clock.now() + dt.timedelta(days=2))
    assert (sorted(check.left), check.missing) == (others(narrow), [])

    assert send().status_code == 303
    assert (len(narrow.rows(StoredFile)), len(narrow.rows(Evidence)), others(narrow)) == (2, 2, [])
    assert len(kept(narrow)) == 2


def test_pages_are_read_while_the_disk_is_full_and_what_was_typed_goes_when_there_is_room(
    narrow: Office, disk: tuple[Path, Tight]
) -> None:
    web = Web(narrow)
    visitor, program = web.of(HANDLER), program_of(web, HANDLER)
    typed = carried(visitor, "/items/1/report") | {"content": "已联系法院", "percent": "40"}

    with database_full(disk):
        statuses = {path: visitor.get(path).status_code for path in LOOKED_AT}
        file = visitor.get("/evidence/1")
        by_program = program.ask("/evidence/1/file")
        refused = visitor.post("/items/1/report", typed, key=KEY)

    assert {path: status for path, status in statuses.items() if status != 200} == {}
    # No file leaves off the record, and it cannot be put on record now.
    assert (file.status_code, by_program.status_code) == (503, 503)
    said_once(words_of(file.text))
    said_once(by_program.json()["detail"])
    assert "content-disposition" not in file.headers
    assert "default-src" in file.headers["content-security-policy"]
    assert visitor.get("/evidence/1").content == "早先的".encode()
    assert refused.status_code == 503, words_of(refused.text)
    said_once(words_of(refused.text))
    assert visitor.post("/items/1/report", typed, key=KEY).status_code == 303
    assert visitor.post("/items/1/report", typed, key=KEY).status_code == 303
    assert [row.text for row in narrow.rows(ProgressEntry)] == ["已联系法院"]
