"""Very many keys as one value, on both databases: the rows meant and no others, found by the index."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, Executable
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlmodel import Session, col

from models.among import among
from models.people.organ import Organ


class _Explained(Executable, ClauseElement):
    """How the database would go about a statement."""

    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement


@compiles(_Explained)
def _explain(element: _Explained, compiler: SQLCompiler, **how: Any) -> str:
    word = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{word} {compiler.process(element.statement, **how)}"


CODES = [f"o{number}" for number in range(1, 9)]


@pytest.fixture
def session(any_engine: Engine) -> Session:
    opened = Session(any_engine)
    opened.add_all(Organ(id=number, code=code, name=code) for number, code in enumerate(CODES, 1))
    opened.flush()
    return opened


@pytest.mark.parametrize("keys", [[], [3], [1, 8, 8, 99], range(1, 5_000), [None, 2]])
def test_the_rows_meant_and_no_others(session: Session, keys: list[int | None]) -> None:
    with session:
        found = session.execute(sa.select(col(Organ.id)).where(among(Organ.id, keys)).order_by(col(Organ.id)))
        assert found.scalars().all() == [number for number in range(1, 9) if number in keys]


def test_it_changes_and_removes_as_it_finds(session: Session) -> None:
    with session:
        session.execute(sa.update(Organ).where(among(Organ.id, {1, 2}), col(Organ.code) != "o2").values(name="甲"))
        session.execute(sa.delete(Organ).where(among(Organ.id, {2, 3})))
        left = session.execute(sa.select(col(Organ.id), col(Organ.name)).order_by(col(Organ.id)))
        assert [tuple(row) for row in left][:2] == [(1, "甲"), (4, "o4")]


def test_the_index_is_used(session: Session) -> None:
    with session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # of eight rows it would read all
        asked = sa.select(col(Organ.name)).where(among(Organ.id, [1, 2]))
        plan = "\n".join(str(tuple(row)) for row in session.execute(_Explained(asked)))
        assert "SEARCH organ USING INTEGER PRIMARY KEY" in plan or "Index Cond: (id = ANY" in plan
