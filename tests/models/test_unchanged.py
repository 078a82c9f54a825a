"""What was worked out from a database is asked again as soon as anything was committed to it, by whomever."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session, col, func, select

from models import unchanged
from models.database import known_while_unchanged, reading, unit_of_work
from models.people.organ import Organ
from tests.databases import with_driver


def organs(engine: Engine) -> int:
    """How many there are, as a session that is keeping says."""
    with reading(engine, keeping=True) as session:
        return known_while_unchanged(session, ("organs",), lambda: counted(session))


def counted(session: Session) -> int:
    return session.exec(select(func.count(col(Organ.id)))).one()


def found(session: Session, name: str = "甲局") -> None:
    session.add(Organ(code=name, name=name))
    session.flush()


@contextmanager
def elsewhere(engine: Engine) -> Iterator[Engine]:
    """The same database, as another program opens it."""
    url = engine.url.render_as_string(hide_password=False)
    other = create_engine(with_driver(url) if engine.dialect.name == "postgresql" else url)
    yield other
    other.dispose()


def by_the_program(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        found(session)


def by_another(engine: Engine) -> None:
    with elsewhere(engine) as other, other.begin() as connection:
        connection.execute(text("INSERT INTO organ (code, name, joined_officers) VALUES ('a', '甲局', false)"))


@pytest.mark.parametrize("write", [by_the_program, by_another])
def test_whatever_is_committed_is_seen_by_the_next_to_ask(any_engine: Engine, write: Callable[[Engine], None]) -> None:
    assert (organs(any_engine), organs(any_engine)) == (0, 0)
    write(any_engine)
    assert organs(any_engine) == 1


def test_while_nothing_is_committed_nothing_is_asked(any_engine: Engine) -> None:
    asked: list[str] = []

    def ask(name: str) -> int:
        def find() -> int:
            asked.append(name)
            return len(asked)

        with reading(any_engine, keeping=True) as session:
            return known_while_unchanged(session, (name,), find)

    with unit_of_work(any_engine) as session:
        found(session)
        session.rollback()
    assert [ask("one"), ask("one"), ask("another"), ask("one")] == [1, 1, 2, 1]


def test_what_is_committed_while_somebody_looks_is_not_missed(any_engine: Engine) -> None:
    """A look that began before the change answers as it may; whoever begins after it sees the change."""
    with reading(any_engine, keeping=True) as early:
        counted(early)
        by_the_program(any_engine)
        known_while_unchanged(early, ("organs",), lambda: counted(early))
    assert organs(any_engine) == 1


def test_a_change_that_is_still_open_is_seen_once_it_stands(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        found(session)
        assert organs(any_engine) == 0
    assert organs(any_engine) == 1


def test_whoever_writes_shares_nothing(any_engine: Engine) -> None:
    organs(any_engine)
    with unit_of_work(any_engine) as session:
        found(session)
        assert known_while_unchanged(session, ("organs",), lambda: counted(session)) == 1


def test_no_more_is_kept_than_there_is_room_for(any_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "MOST", 3)
    for place in range(9):
        with reading(any_engine, keeping=True) as session:
            known_while_unchanged(session, ("place", place), int)
    with reading(any_engine, keeping=True) as session:
        assert len(unchanged.answers_of(any_engine).at(session)) <= 3
