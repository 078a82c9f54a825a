"""The database: engines for SQLite and PostgreSQL, and sessions that are committed at the edge only."""

import json
import re
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, Engine, event, make_url
from sqlmodel import Session, create_engine

from models.audit import LEDGERS, QUEUE
from models.errors import UnrecordedChangeError
from models.later import later
from models.natural_order import SQLITE_FUNCTION, natural_key
from models.secrecy import refuse_marked, texts_in
from models.unchanged import answers_of, ask
from models.words import SQLITE_FUNCTION as CUT_FUNCTION
from models.words import cut

if TYPE_CHECKING:
    from psycopg import pq
else:
    pq = later("psycopg.pq")

_FOLDING = 5.0
"""Seconds."""

LARGEST_ID = 2**31 - 1
"""The largest number a row can have."""


def sqlite_url(path: Path) -> str:
    """The address of the embedded database."""
    return f"sqlite:///{path}"


def untouched_url(path: Path) -> str:
    """The address of the embedded database for whoever may only read it: every write is refused."""
    return f"sqlite:///{path.absolute().as_uri()}?mode=ro&uri=true"


def key(row_id: int | None) -> int:
    """The id of a row that has been flushed. Raises LookupError for one that has not."""
    if row_id is None:
        raise LookupError("row has no id yet: flush it first")
    return row_id


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite gets foreign keys, write-ahead logging and immediate transactions.

    What a statement is given (names, hashes of passwords) stands in no error, and so in no log.

    An immediate transaction takes the write lock at once, so that two processes queue up instead of one
    failing half-way with a locked database.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("postgresql"):
        # Compiling a sweep takes PostgreSQL a hundred times as long as running it.
        engine = create_engine(url, pool_pre_ping=True, connect_args={"options": "-c jit=off"}, hide_parameters=True)
    elif make_url(url).database:
        # Given back last, taken first: in turn each of the pool would keep the same pages of the file in memory.
        engine = create_engine(url, pool_use_lifo=True, hide_parameters=True)
    else:
        engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


# Without recursive triggers an INSERT OR REPLACE deletes what stands in its way past the triggers that guard it.
_PRAGMAS = (
    "foreign_keys=ON", "recursive_triggers=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000",
)  # fmt: skip


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function(SQLITE_FUNCTION, 1, natural_key, deterministic=True)
    connection.create_function(CUT_FUNCTION, 2, cut, deterministic=True)


def _begin_immediate(connection: Any) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def fold_log(database: Engine) -> None:
    """Close the engine's connections; of SQLite write what stands in the write-ahead file into the database's own, so
    that a copy of that file alone is whole. Whoever reads or writes meanwhile is waited for, some seconds at most.
    """
    database.dispose()
    file = database.url.database
    if database.dialect.name != "sqlite" or not file or not Path(file).exists():
        return
    with closing(sqlite3.connect(file, timeout=_FOLDING)) as connection, suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A session that commits when its block ends and rolls back whole when it raises."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()


def keep_so_far(session: Session) -> None:
    """Commit what was done so far of a unit of work that goes on."""
    session.commit()


@contextmanager
def on_record(engine: Engine) -> Iterator[Session]:
    """Like `unit_of_work`, for what people do: nothing of the office's is changed unless an audit entry goes with it.

    Watches the statements themselves, however they came about. Raises UnrecordedChangeError before the commit, and
    nothing is kept, where a table besides the engine's own was written and no entry is queued; MarkedError, before
    the statement runs, where a text that is to be written carries a secrecy marking (涉密不入).
    """
    with unit_of_work(engine) as session:
        changed: set[str] = set()

        def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            if written := written_tables(statement):
                changed.update(written - LEDGERS)
                for text in written_texts(values):
                    refuse_marked("要保存的内容", text)

        def watch(_session: Session, _transaction: Any, connection: Connection) -> None:
            event.listen(connection, "before_cursor_execute", note)

        def refuse(session: Session) -> None:
            # What is still to be flushed is written too, and would not be seen until after this.
            session.flush()
            if changed and not session.info.get(QUEUE):
                raise UnrecordedChangeError(changed)

        event.listen(session, "after_begin", watch)
        event.listen(session, "before_commit", refuse)
        event.listen(session, "after_commit", lambda _session: changed.clear())
        yield session


_KNOWN, _UNCHANGED = "duban.known", "duban.unchanged"
"""Under these names the `info` of a session that only looks keeps what it found out, for itself and for all."""

Found = TypeVar("Found")

_ESCAPED = json.dumps("密").strip('"')
"""How the letter that every marking has is written in a column of JSON."""

_NAME = r'(?:[\w$]+|"(?:[^"]|"")+")'
_WRITES = re.compile(
    rf"""
    '(?:[^']|'')*' | --[^\n]* | /\*.*?\*/                        # what is quoted or remarked writes nothing
    | \b(?: FOR(?:\s+NO\s+KEY)? | DO | ON | THEN )\s+UPDATE\b   # locks rows, or belongs to a statement named already
    | \b(?:
        (?: INSERT(?:\s+OR\s+\w+)? | REPLACE | MERGE )\s+INTO
        | UPDATE(?:\s+OR\s+(?:ABORT|FAIL|IGNORE|REPLACE|ROLLBACK)\b)?
        | DELETE\s+FROM
        | TRUNCATE(?:\s+TABLE\b)?
      )\s+(?:ONLY\s+)?
      (?:{_NAME}\s*\.\s*)?(?P<table>{_NAME})
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def written_tables(statement: str) -> set[str]:
    """The tables that an SQL statement writes to, those of its common table expressions included."""
    found = (match["table"] for match in _WRITES.finditer(statement))
    return {name[1:-1].replace('""', '"') if name.startswith('"') else name.lower() for name in found if name}


def written_texts(values: Any) -> Iterator[str]:
    """The texts among the values of a statement, or of many of a kind; those in a column of JSON as they were."""
    for value in texts_in(values):
        if _ESCAPED in value:
            with suppress(ValueError):
                yield from texts_in(json.loads(value))
                continue
        yield value


@contextmanager
def reading(engine: Engine, *, keeping: bool = False) -> Iterator[Session]:
    """A session that only looks: it takes no write lock, and closing it drops whatever it changed.

    What it loaded stays readable afterwards. One that is `keeping` shares `known_while_unchanged` with all others.
    """
    with Session(engine.execution_options(reading=True), expire_on_commit=False) as session:
        session.info[_KNOWN] = {}
        if keeping:
            session.info[_UNCHANGED] = answers_of(engine).at(session)
        yield session
        if session.in_transaction() and session.is_active:
            _end_unchanged(session.connection())


def _end_unchanged(connection: Connection) -> None:
    """Roll the transaction back past the driver, so that nothing written in it, seen or unseen, can be kept.

    At every ROLLBACK of its own psycopg forgets the statements it has prepared: pages would be planned anew each time,
    which takes PostgreSQL longer than running them. The server forgets none.
    """
    if connection.dialect.name == "postgresql":
        bare: Any = connection.connection.driver_connection
        if bare.pgconn.transaction_status == pq.TransactionStatus.INTRANS:
            bare.pgconn.exec_(b"ROLLBACK")


@contextmanager
def rehearsing(engine: Engine) -> Iterator[Session]:
    """A session in which an act is tried out, under the same locks as the act itself; nothing of it is kept."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def known_once(session: Session, name: tuple[Hashable, ...], find: Callable[[], Found]) -> Found:
    """What `find` answers; a session that only looks asks once and keeps the answer under the name."""
    known = session.info.get(_KNOWN)
    if known is None:
        return find()
    if name not in known:
        known[name] = find()
    return cast(Found, known[name])


def known_while_unchanged(session: Session, name: tuple[Hashable, ...], find: Callable[[], Found]) -> Found:
    """What `find` answers from the database; sessions that are keeping ask again only once anything was committed.

    The name says all that the answer depends on besides: of what somebody may see, who that is and in which seats. What
    is answered is shared, so it is a value that nobody changes.
    """
    known = session.info.get(_UNCHANGED)
    return find() if known is None else ask(known, name, find)
