"""Keeping the trail: what an act changed, queued as it happens, chained and written as its transaction commits.

Written last, so that the chain's lock is the last one taken: two acts on two items never wait for each other in
a circle. What was recorded and what was changed are committed together or not at all.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, inspect, text
from sqlalchemy.orm import PassiveFlag, SessionTransaction
from sqlmodel import Session, col, select

from models.actor import Actor
from models.audit import GENESIS, QUEUE, AuditEntry, chain_hash
from models.coded import Coded
from models.people.consent import CONSENTS

LONGEST = 200
"""Rows described one by one; an act that touches more is described by their number."""
MOST_REASON = 2000


@dataclass
class Record:
    """What is being recorded: before and after by row (`work_item:12`), filled in as rows are flushed."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    item_id: int | None = None
    for_id: int | None = None

    def add(self, row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
        name = f"{row.__tablename__}:{'-'.join(str(part) for part in inspect(row).identity or ('?',))}"
        made_here = name in self.after and name not in self.before
        if before and not made_here:
            # What a row was before the act stays what it was, however often the act changes it.
            self.before[name] = before | self.before.get(name, {})
        self.after[name] = self.after.get(name, {}) | after


@contextmanager
def recorded(
    session: Session,
    by: Actor,
    action: str,
    *,
    organ_id: int | None,
    item_id: int | None = None,
    for_id: int | None = None,
    reason: str | None = None,
) -> Iterator[Record]:
    """Record what the block changes as one act of `by`, to be committed with it.

    Rows changed through the session are described by themselves; set-based statements are described by what the
    block adds to `Record.after`. An act within an act has an entry of its own.
    """
    with watched(session) as record:
        record.item_id, record.for_id = item_id, for_id
        yield record
    if action in CONSENTS:
        _was_asked_for(session, action)
    # Plain columns: what is made and watched as a row of a session takes as long again as the act.
    entry = {
        "at": by.now, "on": by.on, "actor_id": by.person_id, "actor": by.name, "for_id": record.for_id,
        "channel": by.channel, "action": action, "organ_id": organ_id, "item_id": record.item_id,
        "before": _kept(record.before), "after": _kept(record.after),
        "reason": reason[:MOST_REASON] if reason else None,
    }  # fmt: skip
    _queue(session).append(_Waiting(entry, session.get_nested_transaction()))


_ASKED = "duban.consents"


def asked_for(session: Session, action: str) -> None:
    """Somebody's consent was looked into (`tasks.acting.consent`): only then can it be written down, once."""
    session.info.setdefault(_ASKED, set()).add(str(action))


def _was_asked_for(session: Session, action: str) -> None:
    """Raises LookupError for a consent that nobody asked about: a mistake of the program, never of a person."""
    asked: set[str] = session.info.get(_ASKED, set())
    if str(action) not in asked:
        raise LookupError(f"{action} is a consent, and tasks.acting.consent was not asked")
    asked.discard(str(action))


_WATCHING = "duban.watching"
"""Under this name a session's `info` holds what is being recorded, an act within an act last."""


@contextmanager
def watched(session: Session) -> Iterator[Record]:
    """What the block changes of rows through the session, without an entry of its own."""
    session.flush()
    record = Record()
    stack = session.info.get(_WATCHING)
    if stack is None:
        # Once for all acts of the session: to listen and stop listening takes longer than an act.
        stack = session.info[_WATCHING] = []
        event.listen(session, "before_flush", _before_flush)
        event.listen(session, "after_flush", _after_flush)
    stack.append(_Watch(record))
    try:
        yield record
        session.flush()
    finally:
        stack.pop()


def write_alone(
    session: Session,
    by: Actor,
    action: str,
    *,
    organ_id: int | None,
    after: dict[str, Any],
    item_id: int | None = None,
    for_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Record an act whose changes were made already, told as a whole in `after`: set-based, or too many to list."""
    with recorded(session, by, action, organ_id=organ_id, item_id=item_id, for_id=for_id, reason=reason) as record:
        record.after |= after


@dataclass(frozen=True)
class _Waiting:
    """An entry that waits for the commit, and the savepoint whose rollback takes it along."""

    entry: dict[str, Any]
    savepoint: SessionTransaction | None

    def lies_in(self, savepoint: SessionTransaction) -> bool:
        step = self.savepoint
        while step is not None and step is not savepoint:
            step = step.parent
        return step is not None


def _queue(session: Session) -> list[_Waiting]:
    """What waits in this session; written with its commit, forgotten with what is rolled back."""
    if QUEUE not in session.info:
        session.info[QUEUE] = []
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_soft_rollback", _forget)
        event.listen(session, "after_transaction_end", _start_anew)
    queue: list[_Waiting] = session.info[QUEUE]
    return queue


def _forget(session: Session, undone: SessionTransaction) -> None:
    queue = _queue(session)
    queue[:] = [waiting for waiting in queue if not waiting.lies_in(undone)]


def _start_anew(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        _queue(session).clear()


class _Watch:
    """The rows that a flush is about to make, until they have their ids."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.made: list[Any] = []


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info[_WATCHING]:
        return
    watch: _Watch = session.info[_WATCHING][-1]
    for row in session.dirty:
        before, after = {}, {}
        state = inspect(row)
        for column in state.mapper.column_attrs:
            if column.key not in state.committed_state:
                continue
            history = state.get_history(column.key, PassiveFlag.PASSIVE_NO_INITIALIZE)
            if history.added and history.added != history.deleted:
                was = history.deleted[0] if history.deleted else _stored(session, state, column)
                before[column.key] = entry_value(column.key, was)
                after[column.key] = entry_value(column.key, history.added[0])
        if after:
            watch.record.add(row, before, after)
    for row in session.deleted:
        watch.record.add(row, _values(row), {"deleted": True})
    watch.made = list(session.new)


def _after_flush(session: Session, _context: Any) -> None:
    if not session.info[_WATCHING]:
        return
    watch: _Watch = session.info[_WATCHING][-1]
    for row in watch.made:
        own = inspect(row).mapper.primary_key_from_instance(row)
        values = {name: value for name, value in _values(row).items() if value is not None}
        watch.record.after[f"{row.__tablename__}:{'-'.join(map(str, own))}"] = values
    watch.made = []


_SECRET = re.compile("password|secret|token|credential|code_hash")


def entry_value(column: str, value: Any) -> Any:
    """A column's value as an entry may hold it: of a secret no more than that there is one."""
    return "***" if value is not None and _SECRET.search(column) else json_value(value)


def json_value(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Coded):
        return value.value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _values(row: Any) -> dict[str, Any]:
    return {
        column.key: entry_value(column.key, getattr(row, column.key)) for column in inspect(row).mapper.column_attrs
    }


def _stored(session: Session, state: Any, column: Any) -> Any:
    """What a column held that was set without having been read before."""
    table = state.mapper.local_table
    own = [part == value for part, value in zip(state.mapper.primary_key, state.identity, strict=True)]
    return session.connection().execute(select(table.c[column.columns[0].name]).where(*own)).scalar_one_or_none()


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    """As the entry keeps it: as it will be read again, or else its hash would not hold. Too many rows are counted."""
    rows = [name for name in said if ":" in name]
    if len(rows) > LONGEST:
        counts: dict[str, int] = {}
        for name in rows:
            table = name.partition(":")[0]
            counts[table] = counts.get(table, 0) + 1
        said = {name: value for name, value in said.items() if ":" not in name} | {"rows": counts}
    readable: dict[str, Any] = json.loads(json.dumps(said, default=str))
    return readable


def _write(session: Session) -> None:
    """Chain and add what is queued. One transaction at a time holds the end of the chain."""
    queue = _queue(session)
    if not queue:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('duban.audit'))"))
    last = session.exec(select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    previous = last or GENESIS
    entries = [waiting.entry for waiting in queue]
    queue.clear()
    for entry in entries:
        entry["previous"] = previous
        previous = entry["hash"] = chain_hash(entry)
    # By the driver's own executemany, which writes them one after the other: the order of ids is that of the chain.
    session.flush()
    session.connection().execute(insert(AuditEntry), entries)
