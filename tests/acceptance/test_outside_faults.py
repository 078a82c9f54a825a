"""Whatever a disk or the database does is one sentence and an exit code, never a trace."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from flows.rhythms import delivery
from models.faults import fault_of
from models.migrate import open_current
from models.settings import load_settings
from tests.homes import lay_home
from tests.office import HANDLER, SUPERVISOR, Office
from tests.terminal import Terminal
from tests.web import Web


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = load_settings(lay_home(tmp_path / "data"))
    engine = open_current(settings)
    made = Office(engine, settings.home)
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.fast_forward("2026-06-26")
    yield made
    engine.dispose()


@contextmanager
def pragma(words: str) -> Iterator[None]:
    """Every connection of SQLite that is opened meanwhile is told so."""

    def tell(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {words}")

    event.listen(Engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(Engine, "connect", tell)


def full(home: Path) -> Any:
    """The database cannot grow by a single page."""
    with closing(sqlite3.connect(home / "duban.db")) as database:
        database.execute("VACUUM")
        [pages] = database.execute("PRAGMA page_count").fetchone()
    return pragma(f"max_page_count = {pages}")


COMMANDS = [
    pytest.param(["report", "compile", "--year", "2026", "--on", "2026-12-30", "--as", SUPERVISOR], id="report"),
    pytest.param(
        ["item", "progress", "1", "--text", "进展" * 900, "--on", "2026-06-29", "--as", HANDLER], id="progress"
    ),
    pytest.param(["people", "import", "{home}/名册.csv", "--on", "2026-06-29"], id="import"),
]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_full_disk_is_one_sentence(office: Office, words: list[str]) -> None:
    home = office.settings.home
    rows = "".join(f"某局,法规科,职员{number},科员,承办人,p{number}@office.test\n" for number in range(200))
    (home / "名册.csv").write_text(f"单位,部门,姓名,职务,角色,邮箱\n{rows}", encoding="utf-8")
    office.engine.dispose()
    with full(home):
        said = Terminal(home).run(*(word.format(home=home) for word in words))
    assert (said.exit_code, said.stderr) == (1, "错误：数据库所在的磁盘空间不足，没有保存。请清理磁盘后重试。\n")


def test_a_locked_database_is_one_sentence(office: Office) -> None:
    office.engine.dispose()
    with (
        closing(sqlite3.connect(office.settings.home / "duban.db", isolation_level=None)) as other,
        pragma("busy_timeout = 1"),
    ):
        other.execute("BEGIN IMMEDIATE")
        said = Terminal(office.settings.home).refused("supervise", "--on", "2026-07-06")
    assert "数据库正被另一程序占用" in said


def test_a_damaged_database_is_one_sentence(office: Office) -> None:
    office.engine.dispose()
    file = office.settings.home / "duban.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * (file.stat().st_size - 4096))
    assert "已损坏" in Terminal(office.settings.home).refused("status")


def test_mail_that_cannot_be_written_waits_and_says_why(office: Office) -> None:
    """The folder for mail is a file: the notices stay, and leave once it can be written."""
    office.instruct("1", "抓紧", due="2026-06-30", on="2026-06-26")
    folder = office.settings.maildir
    folder.rename(folder.with_name("aside"))
    folder.write_bytes(b"")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("models.clock.now", lambda: Web(office).now)
        told = delivery(office.settings)
    assert told["sent"] == 0
    assert told["parked"] == 0


def wrapped(error: Exception, kind: Callable[..., Exception] = OperationalError) -> Exception:
    return kind("SELECT 1", {}, error)


class FullError(psycopg.OperationalError):
    sqlstate = "53100"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "无法读写文件 /data/x：磁盘空间不足"),
        (OSError(errno.EROFS, "Read-only"), "无法读写文件：所在磁盘只读"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有访问权限"),
        (wrapped(sqlite3.OperationalError("attempt to write a readonly database")), "不可写"),
        (wrapped(sqlite3.OperationalError("disk I/O error")), "磁盘读写出错"),
        (wrapped(FullError("could not extend file")), "数据库服务器的磁盘空间不足"),
        (wrapped(psycopg.OperationalError("server closed the connection unexpectedly")), "数据库暂时无法访问"),
    ],
)
def test_what_the_machine_did_is_told(error: Exception, words: str) -> None:
    told = fault_of(error)
    assert told is not None
    assert words in told.message


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file"), BrokenPipeError(errno.EPIPE, "Broken pipe"), KeyError("x"),
        wrapped(sqlite3.OperationalError("no such column: x")),
        wrapped(sqlite3.IntegrityError("UNIQUE constraint failed"), IntegrityError),
    ],
)  # fmt: skip
def test_a_fault_of_our_own_shows_its_trace(error: Exception) -> None:
    assert fault_of(error) is None
