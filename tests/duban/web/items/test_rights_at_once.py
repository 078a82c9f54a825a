"""What somebody may no longer see is gone with the next request, however often the page was shown before."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.unchanged import Answers
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web

PAGES = ("/items", "/board", "/calendar", "/calendar?day=2026-06-22")
TITLE = "制度清理"
YESTERDAY = dt.date(2026, 6, 22)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.today = day("2026-06-23")
    made.assign(TITLE, due="2026-06-22", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def shown(visitor: Visitor) -> list[bool]:
    """On which of the pages the title stands."""
    return [TITLE in visitor.read(path) for path in PAGES]


def change(office: Office, statement: str) -> None:
    """By hand, past every act and every record."""
    with office.engine.begin() as connection:
        connection.execute(text(statement), {"yesterday": YESTERDAY, "supervisor": SUPERVISOR})


ITS_PERSON = "(SELECT id FROM person WHERE name = :supervisor)"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE web_session SET ended_at = started_at WHERE person_id = {ITS_PERSON}",
        f"UPDATE web_session SET expires_at = started_at WHERE person_id = {ITS_PERSON}",
        f"DELETE FROM web_session WHERE person_id = {ITS_PERSON}",
        f"UPDATE person SET left_on = :yesterday WHERE id = {ITS_PERSON}",
    ],
    ids=["ended", "expired", "deleted", "left"],
)
@pytest.mark.parametrize("mistaken", [False, True], ids=["", "state mistaken"])
def test_whoever_is_signed_out_sees_nothing_more(
    office: Office, web: Web, statement: str, mistaken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mistaken:
        monkeypatch.setattr(Answers, "_state_of", lambda *_: 0)
    visitor = web.of(SUPERVISOR)
    assert all(shown(visitor))
    change(office, statement)
    answers = [visitor.client.get(path, follow_redirects=False) for path in PAGES]
    assert {(answer.status_code, answer.headers["location"].partition("?")[0]) for answer in answers} == {
        (303, "/login")
    }


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE tenure SET ended_on = :yesterday WHERE person_id = {ITS_PERSON}",
        f"UPDATE post SET role = 'handler' WHERE id IN (SELECT post_id FROM tenure WHERE person_id = {ITS_PERSON})",
    ],
    ids=["post taken", "role taken"],
)
@pytest.mark.parametrize("mistaken", [False, True], ids=["", "state mistaken"])
def test_a_role_that_was_taken_away_shows_nothing_more(
    office: Office, web: Web, statement: str, mistaken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the state of the database were mistaken for the one before: the seats are asked each time."""
    if mistaken:
        monkeypatch.setattr(Answers, "_state_of", lambda *_: 0)
    visitor = web.of(SUPERVISOR)
    assert all(shown(visitor))
    change(office, statement)
    assert not any(shown(visitor))


def test_what_one_may_see_is_never_shown_to_another(web: Web) -> None:
    for _turn in range(2):
        assert all(shown(web.of(SUPERVISOR)))
        assert all(shown(web.of(HANDLER)))
        assert not any(shown(web.of(OUTSIDER)))


def test_what_changes_past_every_act_stands_on_the_next_page(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    assert all(shown(visitor))
    change(office, "UPDATE work_item SET title = '制度修订'")
    assert not any(shown(visitor))
