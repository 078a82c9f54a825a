"""Sessions at the edge: what is written on record, and what the database is told in the words of SQL."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel, col, select

from models.audit import AuditEntry
from models.database import key, on_record, reading, unit_of_work, written_tables
from models.engine.rhythm import LastRun
from models.errors import UnrecordedChangeError
from models.insert_many import insert_many
from models.people.organ import Department, Organ
from tasks.acting.audit import recorded
from tests.actors import administrator
from tests.databases import disposed

ON = dt.date(2026, 6, 1)
BY = administrator(ON)
ORGAN = SQLModel.metadata.tables["organ"]


Way = Callable[[Session, Organ], None]


def founded(engine: Engine) -> int:
    with unit_of_work(engine) as session:
        organ = Organ(code="a", name="甲局")
        session.add(organ)
        session.flush()
        return key(organ.id)


def by_row(session: Session, organ: Organ) -> None:
    organ.name = "乙局"


def by_new_row(session: Session, organ: Organ) -> None:
    session.add(Department(organ_id=key(organ.id), name="法规科"))


def by_deletion(session: Session, organ: Organ) -> None:
    session.delete(organ)


def by_text(session: Session, organ: Organ) -> None:
    session.execute(text("UPDATE organ SET name = :name"), {"name": "乙局"})


def by_statement(session: Session, organ: Organ) -> None:
    session.execute(update(Organ).where(col(Organ.id) == organ.id).values(name="乙局"))


def by_common_table_expression(session: Session, organ: Organ) -> None:
    session.execute(
        text(
            "WITH w AS (SELECT 'b' AS code) INSERT INTO organ (code, name, joined_officers)"
            " SELECT code, '乙局', false FROM w WHERE true"
        )
    )


def in_bulk(session: Session, organ: Organ) -> None:
    session.execute(insert(ORGAN), [{"code": f"b{number}", "name": f"{number}局"} for number in range(3)])


def by_the_driver(session: Session, organ: Organ) -> None:
    insert_many(session.connection(), ORGAN, {"code": ["b", "c"], "name": ["乙局", "丙局"]})


def after_a_rollback(session: Session, organ: Organ) -> None:
    """A session begun anew is watched like the first."""
    session.rollback()
    session.execute(text("DELETE FROM organ"))


WAYS: list[Way] = [
    by_row, by_new_row, by_deletion, by_text, by_statement, by_common_table_expression, in_bulk, by_the_driver,
    after_a_rollback,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_no_change_is_kept_without_an_entry_however_it_comes_about(any_engine: Engine, way: Way) -> None:
    organ_id = founded(any_engine)
    table = "department" if way is by_new_row else "organ"
    with (
        pytest.raises(UnrecordedChangeError, match=f"全部未保存.涉及 {table}.") as refused,
        on_record(any_engine) as session,
    ):
        way(session, session.get_one(Organ, organ_id))
    assert refused.value.tables == [table]
    with Session(any_engine) as session:
        assert [row.name for row in session.exec(select(Organ))] == ["甲局"]
        assert session.exec(select(Department)).all() == []


@pytest.mark.parametrize("way", WAYS[:-1])
def test_the_same_change_is_kept_with_its_entry(any_engine: Engine, way: Way) -> None:
    organ_id = founded(any_engine)
    with on_record(any_engine) as session:
        organ = session.get_one(Organ, organ_id)
        with recorded(session, by=BY, action="staff", organ_id=None):
            way(session, organ)
    with Session(any_engine) as session:
        assert [row.name for row in session.exec(select(Organ))] != ["甲局"] or session.exec(select(Department)).all()
        assert len(session.exec(select(AuditEntry)).all()) == 1


def test_a_record_that_is_rolled_back_excuses_nothing_afterwards(any_engine: Engine) -> None:
    organ_id = founded(any_engine)

    def act(session: Session) -> None:
        with recorded(session, BY, "staff", organ_id=None):
            session.get_one(Organ, organ_id).name = "乙局"
        session.rollback()
        session.get_one(Organ, organ_id).name = "丙局"

    with pytest.raises(UnrecordedChangeError), on_record(any_engine) as session:
        act(session)
    with Session(any_engine) as session:
        assert session.get_one(Organ, organ_id).name == "甲局"
        assert session.exec(select(AuditEntry)).all() == []


def test_looking_locking_and_the_engine_s_own_tables_need_no_entry(any_engine: Engine) -> None:
    organ_id = founded(any_engine)
    with on_record(any_engine) as session:
        session.refresh(session.get_one(Organ, organ_id), with_for_update=True)
        session.add(LastRun(slug="daily", on=ON, ended_at=BY.now))
    with Session(any_engine) as session:
        assert session.get(LastRun, "daily") is not None


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT a FROM work_item FOR UPDATE", set()),
        ("SELECT a FROM work_item FOR NO KEY UPDATE OF work_item", set()),
        ("INSERT INTO last_run (slug) VALUES (1) ON CONFLICT (slug) DO UPDATE SET slug = 2", {"last_run"}),
        ("INSERT OR IGNORE INTO Work_Item VALUES (1)", {"work_item"}),
        ("REPLACE INTO work_item VALUES (1)", {"work_item"}),
        ("UPDATE work_item AS i SET state = 'x' WHERE i.id IN (SELECT id FROM deadline)", {"work_item"}),
        ("update or ignore work_item set a = 1", {"work_item"}),
        ("UPDATE ONLY public.work_item SET a = 1", {"work_item"}),
        ('DELETE FROM "main"."Odd ""name"""', {'Odd "name"'}),
        ("DELETE\n  FROM ONLY notice", {"notice"}),
        ("TRUNCATE TABLE work_item CASCADE", {"work_item"}),
        ("WITH w AS (DELETE FROM deadline RETURNING id) INSERT INTO notice SELECT id FROM w", {"deadline", "notice"}),
        ("MERGE INTO organ USING x ON true WHEN MATCHED THEN UPDATE SET a = 1", {"organ"}),
        ("SELECT 'DELETE FROM organ', 'it''s UPDATE organ SET' -- UPDATE x\n FROM x /* DELETE FROM x */", set()),
        ("SELECT replace(name, 'a', 'b'), updated FROM organ", set()),
        ("CREATE TABLE t (a INTEGER REFERENCES organ ON DELETE CASCADE ON UPDATE CASCADE)", set()),
    ],
)  # fmt: skip
def test_a_statement_says_which_tables_it_writes_to(statement: str, tables: set[str]) -> None:
    assert written_tables(statement) == tables


def test_no_error_of_the_database_tells_what_a_statement_was_given(any_engine: Engine) -> None:
    with any_engine.connect() as connection, pytest.raises(DatabaseError) as refused:
        connection.execute(text("INSERT INTO organ (code, name, nothing) VALUES (:code, :name, 1)"), {
            "code": "甲乙丙丁", "name": "某局",
        })  # fmt: skip
    assert "nothing" in str(refused.value)
    assert "甲乙丙丁" not in str(refused.value)


def test_a_row_that_is_not_in_the_database_has_no_number() -> None:
    with pytest.raises(LookupError, match="flush it first"):
        key(Organ(code="new", name="新局").id)


class UndoneError(Exception):
    """Ends a session by a rollback."""


def test_sessions_that_look_keep_what_the_server_has_prepared(postgres_database: str) -> None:
    """psycopg prepares what it is asked a sixth time, and forgets it at a ROLLBACK."""
    prepared = text("SELECT count(*) FROM pg_prepared_statements")
    with disposed(postgres_database) as engine:
        for _ in range(7):
            with reading(engine) as session:
                session.execute(text("SELECT 1")).one()
        with reading(engine) as session:
            assert session.execute(prepared).scalar_one() == 1
        with suppress(UndoneError), reading(engine) as session:
            session.execute(text("SELECT 1")).one()
            raise UndoneError
        with reading(engine) as session:
            assert session.execute(prepared).scalar_one() == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_session_that_looks_keeps_no_change_however_it_comes_about(any_engine: Engine, way: Way) -> None:
    organ_id = founded(any_engine)
    with reading(any_engine) as session:
        way(session, session.get_one(Organ, organ_id))
        session.flush()
    with reading(any_engine) as session:
        way(session, session.get_one(Organ, organ_id))

    with reading(any_engine) as session:
        assert session.exec(select(Organ.code, Organ.name)).all() == [("a", "甲局")]
        assert session.exec(select(Department)).all() == []


@pytest.mark.parametrize("unseen", ["copy", "select into", "function"])
def test_a_session_that_looks_keeps_nothing_that_no_statement_shows(postgres_database: str, unseen: str) -> None:
    """What is written past SQLAlchemy, or by a statement that begins like a look."""
    with disposed(postgres_database) as engine:
        with unit_of_work(engine) as session:
            session.execute(text("CREATE TABLE kept (a integer)"))
            session.execute(
                text("CREATE FUNCTION keep() RETURNS integer LANGUAGE sql AS 'INSERT INTO kept VALUES (1) RETURNING a'")
            )
        with reading(engine) as session:
            if unseen == "copy":
                bare: Any = session.connection().connection.cursor()
                with bare.copy("COPY kept FROM STDIN") as copy:
                    copy.write_row((1,))
            else:
                statement = "SELECT keep()" if unseen == "function" else "SELECT 1 AS a INTO also_kept"
                session.execute(text(statement))
        with reading(engine) as session:
            assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
            assert session.execute(text("SELECT to_regclass('also_kept')")).scalar_one() is None


def test_a_session_that_looks_ends_where_a_statement_failed(any_engine: Engine) -> None:
    with reading(any_engine) as session, suppress(DatabaseError):
        session.execute(text("SELECT * FROM nowhere"))
    with reading(any_engine) as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
