"""我的账户: password, sessions, tokens and the calendar's address, each a person's own."""

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import unit_of_work
from models.people.account import Account
from models.people.web_session import WebSession
from tasks.access.hash_password import hash_password
from tasks.access.hold_tokens import find_feed, find_token
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, HEAD, Office
from tests.web import Visitor, Web, words_of

PASSWORD, NEXT = "河湖长制一年四查九次会议", "河湖长制一年五查九次会议"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    with unit_of_work(engine) as session:
        kept = hash_password(PASSWORD)
        for name in (HANDLER, HEAD):
            person = find_person(session, name)
            session.add(Account(person_id=person.id or 0, login=name, password_hash=kept, made_at=NOW))
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def change(visitor: Visitor, **typed: str) -> tuple[int, str]:
    sent = {"old": PASSWORD, "password": NEXT, "again": NEXT} | typed
    answer = visitor.post("/account/password", sent)
    return answer.status_code, words_of(answer.text)


def shown(html: str) -> str:
    """What is shown this once."""
    found = re.search(r"<pre[^>]*>([^<]+)</pre>", html)
    assert found is not None
    return unescape(found[1])


def test_the_page_says_who_i_am_here(web: Web) -> None:
    words = web.of(HANDLER).read("/account")
    assert f"姓名 {HANDLER} 登录名 {HANDLER} 岗位 法规科 科员（承办人）" in words
    assert "没有别处的登录。" in words
    assert "没有账户" in web.of(FIRST).read("/account")


def test_a_changed_password_ends_the_other_sessions_and_gives_this_browser_a_new_one(web: Web) -> None:
    here, there = web.of(HANDLER), web.of(HANDLER)
    answer = here.post("/account/password", {"old": PASSWORD, "password": NEXT, "again": NEXT})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert there.get("/account").url.path == "/login"
    fresh = answer.cookies["duban_session"]
    assert fresh != here.token
    for token, path in ((here.token, "/login"), (fresh, "/account")):
        browser = web.anonymous()
        browser.cookies.set("duban_session", token)
        assert browser.get("/account").url.path == path


@pytest.mark.parametrize(
    ("typed", "status", "error"),
    [
        ({"old": "不是这个密码吧"}, 400, "现在的密码不正确"),
        ({"again": "别的"}, 400, "两次输入的新密码不一样"),
        ({"password": "短", "again": "短"}, 400, "密码太短"),
        ({"password": "qwertyuiop123", "again": "qwertyuiop123"}, 400, "太常见"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    web: Web, office: Office, typed: dict[str, str], status: int, error: str
) -> None:
    before = kept(office)
    said = change(web.of(HANDLER), **typed)
    assert (said[0], error in said[1]) == (status, True)
    assert kept(office) == before


def kept(office: Office) -> str | None:
    with Session(office.engine) as session:
        return session.exec(select(Account).where(Account.login == HANDLER)).one().password_hash


def test_whoever_found_an_open_browser_cannot_guess_the_password_in_it(web: Web, office: Office) -> None:
    visitor = web.of(HANDLER)
    for _ in range(5):
        assert change(visitor, old="猜" * 10)[0] == 400
    status, words = change(visitor)
    assert (status, "请在 15 分钟后再试" in words) == (429, True)


def test_without_a_password_there_is_none_to_change(web: Web, office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.exec(select(Account).where(Account.login == HANDLER)).one().password_hash = None
    assert "您的账户没有密码" in web.of(HANDLER).read("/account")
    assert change(web.of(HANDLER))[0] == 404


def test_the_sessions_elsewhere_are_shown_and_ended(web: Web) -> None:
    here, there = web.of(HANDLER), web.of(HANDLER)
    assert "已登录的地方 2" in here.read("/account")
    assert "其他地方的登录都已退出" in here.act("/account/sessions/end")
    assert "已登录的地方 1" in here.read("/account")
    assert there.get("/account").url.path == "/login"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge，Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari，iPhone"),
        ("curl/8.5", "curl/8.5"),
        ("", "未知"),
    ],
)
def test_a_browser_is_called_as_people_know_it(web: Web, agent: str, words: str) -> None:
    visitor = web.of(HANDLER)
    with unit_of_work(web.office.engine) as session:
        session.exec(select(WebSession)).one().agent = agent
    assert f"浏览器 127.0.0.1 这里 今天 09:00 今天 09:00 {words} 没有别处的登录。" in visitor.read("/account")


def test_a_token_is_shown_once_and_can_be_revoked(web: Web, office: Office) -> None:
    visitor = web.of(HANDLER)
    answer = visitor.post(
        "/account/tokens", {"name": "报表程序", "scope": ["read", "write"], "expires_on": "2026-12-31"}
    )
    token = shown(answer.text)
    assert answer.status_code == 200
    page = visitor.get("/account").text
    assert token not in page
    assert "报表程序 查看、办理 12月31日（周四） 未用过" in words_of(page)
    with Session(office.engine) as session:
        found = find_token(session, token, now=web.now)
        assert found is not None
    assert web.of(HEAD).post(f"/account/tokens/{found[0].id}/revoke").status_code == 404
    assert "令牌“报表程序”已吊销" in visitor.act(f"/account/tokens/{found[0].id}/revoke")
    with Session(office.engine) as session:
        assert find_token(session, token, now=web.now) is None


def test_a_token_that_will_not_do_is_refused_with_what_was_typed(web: Web) -> None:
    answer = web.of(HANDLER).post("/account/tokens", {"name": "报表程序", "scope": ["write"], "expires_on": "明年"})
    assert answer.status_code == 400
    assert "日期“明年”无法识别" in words_of(answer.text)
    assert 'value="报表程序"' in answer.text
    assert re.search(r'value="write" checked', answer.text)


def test_the_calendar_s_address_is_shown_once_renewed_and_ended(web: Web, office: Office) -> None:
    visitor = web.of(HANDLER)
    first, second = (shown(visitor.post("/account/feed").text) for _ in range(2))
    assert first.startswith("http://127.0.0.1:8000/feeds/")
    assert first.endswith(".ics")
    with Session(office.engine) as session:
        secrets = [address.removesuffix(".ics").rpartition("/")[2] for address in (first, second)]
        assert [find_feed(session, secret, now=web.now) is None for secret in secrets] == [True, False]
    assert "换发地址" in visitor.read("/account")
    assert "日历订阅地址已停用" in visitor.act("/account/feed/revoke")
    assert visitor.post("/account/feed/revoke").status_code == 404


@pytest.mark.parametrize("path", ["password", "sessions/end", "tokens", "tokens/1/revoke", "feed", "feed/revoke"])
def test_a_form_of_another_site_does_nothing(web: Web, path: str) -> None:
    assert web.of(HANDLER).post(f"/account/{path}", csrf=False).status_code == 403


def test_more_has_what_the_bar_of_a_phone_has_no_room_for(web: Web) -> None:
    html = web.of(HANDLER).get("/more").text
    main = html.split('<main id="main"')[1]
    assert re.findall(r'href="(/[a-z]+)"', main) == [
        "/calendar", "/plans", "/ledgers", "/reports", "/scores", "/settings", "/account", "/help",
    ]  # fmt: skip
    assert 'action="/logout"' in main
