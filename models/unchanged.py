"""What was worked out from a database, kept for as long as nobody has committed anything to it.

Whatever was committed, by this process or any other, by people, rhythms or by hand, makes all of it be asked anew:
nobody has to tell of a change, and so nobody can forget to.
"""

import sqlite3
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, text
from sqlmodel import Session

MOST = 500
"""Answers kept at once, each of a page's size at most."""

Found = TypeVar("Found")


class Answers:
    """The answers about one database in the state in which it was last met."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: object = None
        self._known: dict[Hashable, Any] = {}
        self._watch: sqlite3.Connection | None = None

    def at(self, session: Session) -> dict[Hashable, Any]:
        """The answers that hold in the database's present state, to be looked up and added to.

        Asked before anything else of a transaction, so that nothing older than the state is ever added.
        """
        state = self._state_of(session)
        with self._lock:
            if state != self._state or len(self._known) >= MOST:
                self._state, self._known = state, {}
            return self._known

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._watch is not None:
                self._watch.close()
            self._state, self._known, self._watch = None, {}, None

    def _state_of(self, session: Session) -> object:
        engine = session.get_bind().engine
        if engine.dialect.name == "postgresql":
            # Which transactions can be seen: each that commits changes it.
            return session.execute(_SNAPSHOT).scalar_one()
        with self._lock:
            if self._watch is None:
                self._watch = sqlite3.connect(str(engine.url.database), check_same_thread=False)
            # To one and the same connection it differs as soon as any other has committed; this one never writes.
            return self._watch.execute("PRAGMA data_version").fetchone()


_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
_OF: WeakKeyDictionary[Engine, Answers] = WeakKeyDictionary()


def answers_of(engine: Engine) -> Answers:
    """Those about the engine's database; they end when it is disposed of."""
    answers = _OF.get(engine)
    if answers is None:
        answers = _OF.setdefault(engine, Answers())
        event.listen(engine, "engine_disposed", lambda _engine: answers.close())
    return answers


def ask(known: dict[Hashable, Any], name: Hashable, find: Callable[[], Found]) -> Found:
    """What is known under the name, else what `find` answers. It is shared by all who ask: nobody may change it."""
    if name not in known:
        known[name] = find()
    return cast(Found, known[name])
