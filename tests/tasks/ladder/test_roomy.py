"""A large office's sweep has room for pages, and gives it back however it ends."""

import pytest
from sqlalchemy import Connection, Engine

from tasks.ladder.roomy import LARGE, roomy


def room(connection: Connection) -> int:
    found: int = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    return found


@pytest.mark.parametrize(("deadlines", "grows"), [(0, False), (LARGE - 1, False), (LARGE, True)])
def test_only_a_large_database_is_given_room_and_only_for_the_sweep(
    engine: Engine, deadlines: int, grows: bool
) -> None:
    with engine.begin() as connection:
        usual = room(connection)
        with roomy(connection, deadlines):
            assert room(connection) == (-64_000 if grows else usual)
        assert room(connection) == usual


def test_a_sweep_that_fails_gives_its_room_back(engine: Engine) -> None:
    with engine.begin() as connection:
        usual = room(connection)
        with pytest.raises(ZeroDivisionError), roomy(connection, LARGE):
            _ = 1 // 0
        assert room(connection) == usual


@pytest.mark.postgres
@pytest.mark.parametrize("any_engine", ["postgres"], indirect=True)
def test_postgresql_is_left_alone(any_engine: Engine) -> None:
    with any_engine.begin() as connection, roomy(connection, LARGE):
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
