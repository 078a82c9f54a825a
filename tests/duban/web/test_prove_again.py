"""The password again: asked before a way in is opened and before the report is signed, with what was sent kept."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import key, unit_of_work
from models.people.account import Account
from models.people.web_session import WebSession
from tasks.access.hash_password import hash_password
from tasks.access.hold_tokens import tokens_of
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of

PASSWORD = "河湖长制一年四查九次会议"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    with unit_of_work(engine) as session:
        kept = hash_password(PASSWORD)
        for name in (HANDLER, SUPERVISOR, FIRST):
            person = find_person(session, name)
            session.add(Account(person_id=person.id or 0, login=name, password_hash=kept, made_at=NOW))
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def stale(web: Web, name: str) -> Visitor:
    """A browser in which somebody signed in eleven minutes ago."""
    visitor = web.of(name)
    with unit_of_work(web.office.engine) as session:
        for held in session.exec(select(WebSession)):
            held.proved_at = web.now - dt.timedelta(minutes=11)
    return visitor


def tokens(office: Office) -> list[str]:
    with Session(office.engine) as session:
        return [token.name for token in tokens_of(session, find_person(session, HANDLER))]


def test_what_was_sent_goes_along_and_is_done_once_the_password_is_right(web: Web, office: Office) -> None:
    visitor, sent = stale(web, HANDLER), {"name": "报表“程序”", "scope": ["read", "write"]}
    asked = visitor.post("/account/tokens", sent)
    assert (asked.status_code, tokens(office)) == (403, [])
    assert "请再输一次密码" in words_of(asked.text)
    for carried in ('name="name" value="报表“程序”"', 'name="scope" value="read"', 'name="scope" value="write"'):
        assert carried in asked.text
    wrong = visitor.post("/account/tokens", sent | {"own_proof": "不是这个密码吧不是"})
    assert (wrong.status_code, "密码不正确" in words_of(wrong.text), tokens(office)) == (403, True, [])
    assert "不是这个密码吧" not in wrong.text
    assert visitor.post("/account/tokens", sent | {"own_proof": PASSWORD}).status_code == 200
    assert tokens(office) == ["报表“程序”"]
    assert visitor.post("/account/tokens", {"name": "第二个", "scope": ["read"]}).status_code == 200  # for some minutes


def test_it_cannot_be_guessed_in_a_browser_found_open(web: Web, office: Office) -> None:
    visitor = stale(web, HANDLER)
    for _ in range(5):
        visitor.post("/account/feed", {"own_proof": "猜" * 12})
    answer = visitor.post("/account/feed", {"own_proof": PASSWORD})
    assert (answer.status_code, "请在 15 分钟后再试" in words_of(answer.text)) == (429, True)


def guarded(office: Office) -> list[tuple[str, str]]:
    with Session(office.engine) as session:
        number = key(find_person(session, HANDLER).id)
    people = [f"/people/{number}/{act}" for act in ("invite", "reset", "slip", "close", "bind", "clear-factor")]
    return [
        *((HANDLER, path) for path in ("/account/tokens", "/account/feed", "/account/sso", "/account/sso/end",
                                       "/account/second-factor", "/account/second-factor/begin",
                                       "/account/second-factor/end")),
        *((SUPERVISOR, path) for path in (*people, "/people/accounts")),
        (FIRST, "/reports/filing/2026/sign"),
    ]  # fmt: skip


def test_every_way_in_and_the_sign_off_ask_for_it(web: Web, office: Office) -> None:
    answers = {path: stale(web, name).post(path, {"reason": "同意"}) for name, path in guarded(office)}
    assert {
        path: answer.status_code for path, answer in answers.items() if "请再输一次密码" not in words_of(answer.text)
    } == {}


def test_without_a_password_there_is_nothing_to_type(web: Web, office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.exec(select(Account).where(Account.login == HANDLER)).one().password_hash = None
    answer = stale(web, HANDLER).post("/account/feed", {"own_proof": ""})
    assert (answer.status_code, "请退出后重新登录" in words_of(answer.text)) == (403, True)
