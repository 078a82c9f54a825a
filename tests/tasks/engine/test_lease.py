"""Leases: at any instant at most one owner, on both databases."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from models import clock
from models.database import reading, unit_of_work
from tasks.engine.lease import database_now, release_lease, take_lease

START = dt.datetime(2026, 6, 30, 8, 30, tzinfo=dt.UTC)
TTL = dt.timedelta(seconds=60)


def take(engine: Engine, owner: str, seconds: int = 0, name: str = "clock") -> bool:
    with unit_of_work(engine) as session:
        return take_lease(session, name, owner, START + dt.timedelta(seconds=seconds), TTL)


def release(engine: Engine, owner: str, seconds: int = 0) -> None:
    with unit_of_work(engine) as session:
        release_lease(session, "clock", owner, START + dt.timedelta(seconds=seconds))


def test_the_first_to_ask_holds_the_lease_and_the_second_does_not(any_engine: Engine) -> None:
    assert (take(any_engine, "甲"), take(any_engine, "乙")) == (True, False)


def test_a_lease_that_is_renewed_is_never_lost(any_engine: Engine) -> None:
    held = [(take(any_engine, "甲", at), take(any_engine, "乙", at + 1)) for at in range(0, 300, 59)]

    assert held == [(True, False)] * 6


def test_a_lease_that_is_not_renewed_goes_to_who_asks_when_it_has_run_out(any_engine: Engine) -> None:
    take(any_engine, "甲")

    assert [take(any_engine, "乙", 59), take(any_engine, "乙", 60), take(any_engine, "甲", 61)] == [False, True, False]


def test_a_lease_given_up_is_free_at_once_and_only_its_owner_can_give_it_up(any_engine: Engine) -> None:
    take(any_engine, "甲")
    release(any_engine, "乙", 1)
    assert not take(any_engine, "乙", 1)

    release(any_engine, "甲", 2)

    assert take(any_engine, "乙", 2)


def test_a_lease_taken_while_the_clock_was_years_ahead_is_free_once_it_is_right(any_engine: Engine) -> None:
    take(any_engine, "甲", 10 * 365 * 86_400)

    assert [take(any_engine, "乙"), take(any_engine, "甲", 1), take(any_engine, "乙", 59)] == [True, False, True]


def test_a_lease_renewed_a_moment_after_another_asked_the_time_is_not_lost(any_engine: Engine) -> None:
    take(any_engine, "甲", 1)

    assert not take(any_engine, "乙", 0)


def test_the_time_of_leases_is_the_databases_and_not_this_machines(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = clock.now()
    monkeypatch.setattr(clock, "now", lambda: START)

    with reading(any_engine) as session:
        told = [database_now(session) for _ in range(2)]

    assert before - dt.timedelta(seconds=1) < told[0] <= told[1]


def test_leases_of_different_names_do_not_touch_each_other(any_engine: Engine) -> None:
    assert (take(any_engine, "甲"), take(any_engine, "乙", name="backup")) == (True, True)


def test_of_many_that_ask_at_once_exactly_one_gets_it(any_engine: Engine) -> None:
    crowd = 6
    together = Barrier(crowd)

    def ask(number: int) -> bool:
        together.wait()
        return take(any_engine, str(number))

    with ThreadPoolExecutor(crowd) as pool:
        assert sorted(pool.map(ask, range(crowd))) == [False] * (crowd - 1) + [True]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 90), st.booleans()), max_size=12))
def test_whoever_holds_it_was_not_contradicted_by_time(engine: Engine, steps: list[tuple[str, int, bool]]) -> None:
    """Against a model of five lines: whatever is asked, given up and waited for."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM lease"))
    holder, until, now = "", 0, 0
    for owner, wait, giving_up in steps:
        now += wait
        if giving_up:
            release(engine, owner, now)
            until = now if owner == holder else until
        else:
            expected = owner == holder or until <= now
            assert take(engine, owner, now) is expected
            holder, until = (owner, now + 60) if expected else (holder, until)
