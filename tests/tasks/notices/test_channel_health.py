"""How channels fare, kept by several senders at once."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from models.clock import opening_of
from models.database import unit_of_work
from models.ladder.channel_state import ChannelState
from tasks.notices.channel_health import channels_down, note_down, note_passed
from tests.office import day

NOW = opening_of(day("2026-06-17"))


@pytest.mark.parametrize(
    "first", [note_passed, lambda session, name, now: note_down(session, name, "断", now=now, pause=None)]
)
def test_two_senders_may_be_the_first_to_note_how_a_channel_fares(
    any_engine: Engine, first: Callable[..., None]
) -> None:
    """The second waits for the first, and both are kept."""
    failed: list[BaseException] = []

    def second() -> None:
        try:
            with unit_of_work(any_engine) as session:
                note_passed(session, "mail", now=NOW)
        except BaseException as error:
            failed.append(error)

    other = threading.Thread(target=second)
    with unit_of_work(any_engine) as session:
        first(session, "mail", now=NOW)
        session.flush()
        other.start()
        other.join(0.5)
    other.join(20)

    assert failed == []
    with unit_of_work(any_engine) as session:
        assert channels_down(session) == []
        assert session.get_one(ChannelState, "mail").passed_at == NOW
