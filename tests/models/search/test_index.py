"""The index of the search never lags: whatever way a text is written, changed or taken out, the database keeps it."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from models.search.places import ALL, PLACES
from models.tables import METADATA
from tests.databases import disposed
from tests.district import District
from tests.models.search.kept_index import entries, kept_and_made


@pytest.fixture
def district(any_engine: Engine) -> Engine:
    with Session(any_engine) as session:
        District(session)
        session.commit()
    return any_engine


BY_ANY_WAY = (
    "UPDATE work_item SET title = title || '改', note = '附注' WHERE id % 2 = 0",
    "UPDATE work_item SET state = 'active'",
    "INSERT INTO department (organ_id, name) SELECT organ_id, name || '分部' FROM department",
    "DELETE FROM item_unit WHERE department_id IS NULL",
    "UPDATE person SET name = '改名', mobile = '' || id WHERE id % 3 = 0",
    "UPDATE post SET organ_id = organ_id, title = upper('abc') || title",
)


def test_what_is_written_in_bulk_is_found_and_what_is_gone_is_not(district: Engine) -> None:
    seen = []
    for statement in BY_ANY_WAY:
        with district.begin() as connection:
            connection.execute(text(statement))
        kept, made = kept_and_made(district)
        assert kept == made
        seen.append(len(kept))

    assert len(set(seen)) > 2


def test_what_is_rolled_back_was_never_there(district: Engine) -> None:
    with district.connect() as connection:
        before = entries(connection)
        connection.exec_driver_sql("UPDATE work_item SET title = '未成之事'")
        assert entries(connection) != before
        connection.rollback()
        assert entries(connection) == before


@pytest.mark.postgres
def test_a_table_that_is_emptied_at_once_is_out_of_the_index(postgres_database: str) -> None:
    with disposed(postgres_database) as engine:
        METADATA.create_all(engine)
        with Session(engine) as session:
            District(session)
            session.commit()
        with engine.begin() as connection:
            before = entries(connection)
            connection.exec_driver_sql("TRUNCATE item_unit CASCADE")
        kept, made = kept_and_made(engine)

    assert kept == made
    assert len(kept) < len(before)


def test_a_refused_statement_leaves_the_index_alone(district: Engine) -> None:
    with district.connect() as connection:
        before = entries(connection)
        connection.rollback()
    with pytest.raises(DatabaseError), district.begin() as connection:
        connection.exec_driver_sql("DELETE FROM organ")
    with district.connect() as connection:
        assert entries(connection) == before


def test_every_place_is_a_table_with_those_columns_and_a_number_of_its_own() -> None:
    numbers = [place.number for place in ALL]

    assert len(set(numbers)) == len(ALL)
    assert max(numbers) < PLACES
    for place in ALL:
        columns = set(METADATA.tables[place.table].columns.keys())
        assert {*place.columns, *place.made_of} <= columns
