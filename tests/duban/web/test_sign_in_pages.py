"""The door as people see it: signing in and out, the first set-up, and passwords set by a one-time address."""

import datetime as dt
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.requests import Request

from duban.web.door import client_address
from duban.web.inside import inside
from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.people.account import Account
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from models.settings import Settings, load_settings
from tasks.access.hash_password import hash_password
from tasks.access.manage_accounts import invite
from tasks.people.find import find_person
from tests.actors import administrator
from tests.office import FIRST, HANDLER, SUPERVISOR, Office
from tests.web import Web, field_value, words_of

PASSWORD = "河湖长制一年四查九次会议"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
WRONG = "登录名或密码不正确。"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path, second_factor="optional")
    with unit_of_work(engine) as session:
        person = find_person(session, HANDLER)
        kept = hash_password(PASSWORD)
        session.add(Account(person_id=person.id or 0, login=HANDLER, password_hash=kept, made_at=NOW))
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def send(client: TestClient, path: str, page: str | None = None, **typed: str) -> Response:
    """Open the page, fill in its form and send it; where it leads to is not followed."""
    html = client.get(page or path).text
    kept = {name: field_value(html, name) for name in ("csrf", "next", "token", "code")}
    sent = {name: value for name, value in kept.items() if value is not None} | typed
    answer: Response = client.post(path, data=sent, follow_redirects=False)
    return answer


def log_in(client: TestClient, *, name: str = HANDLER, password: str = PASSWORD, page: str = "/login") -> Response:
    return send(client, "/login", page, name=name, password=password)


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(web: Web) -> None:
    client = web.anonymous()
    led = client.get("/account?on=2026-06-01", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Faccount%3Fon%3D2026-06-01")
    door = words_of(client.get(led.headers["location"]).text)
    assert door == "登录 · 某局、别局 某局、别局 姓名或登录名 必填 密码 必填 登录"
    answer = log_in(client, page=led.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?on=2026-06-01")
    assert HANDLER in words_of(client.get("/account").text)
    assert client.get("/login?next=/account", follow_redirects=False).headers["location"] == "/account"


def test_the_session_s_cookie_is_out_of_every_script_s_and_other_site_s_reach(web: Web) -> None:
    answer = log_in(web.anonymous())
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("duban_session="))
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly", "samesite=lax", "path=/", "max-age=43200",
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"


def test_behind_tls_cookies_are_held_to_it_and_to_this_host(office: Office) -> None:
    office.settings.office_url = "https://duban.example"
    web = Web(office)
    client = TestClient(web.app, base_url="https://127.0.0.1:8000")
    answer = log_in(client)
    cookies = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" not in line]
    assert len(cookies) == 1
    assert cookies[0].startswith("__Host-duban_session=")
    assert "secure" in cookies[0].lower()
    assert HANDLER in words_of(client.get("/account").text)
    plain = TestClient(web.app, base_url="https://127.0.0.1:8000")
    plain.cookies.set("duban_session", client.cookies["__Host-duban_session"])
    assert plain.get("/account", follow_redirects=False).status_code == 303


def test_the_address_by_which_whoever_manages_people_signs_in_begins_links_from_then_on(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        person = find_person(session, SUPERVISOR)
        kept = hash_password(PASSWORD)
        session.add(Account(person_id=person.id or 0, login=SUPERVISOR, password_hash=kept, made_at=NOW))
    web = Web(office, host="10.0.0.8")
    found = []
    for name, password in ((HANDLER, PASSWORD), (SUPERVISOR, "猜猜看猜猜看猜猜看"), (SUPERVISOR, PASSWORD)):
        client = TestClient(web.app, base_url="http://10.0.0.8:8000")
        log_in(client, name=name, password=password)
        found.append(load_settings(office.settings.home).office_url)

    assert found == ["http://127.0.0.1:8000", "http://127.0.0.1:8000", "http://10.0.0.8:8000"]
    assert web.app.state.served.settings.office_url == "http://10.0.0.8:8000"


def test_a_wrong_password_and_a_name_nobody_has_are_answered_alike_and_the_name_is_kept(web: Web) -> None:
    for name in (HANDLER, FIRST, "无此人"):
        answer = log_in(web.anonymous(), name=name, password="猜猜看猜猜看猜猜看")
        assert answer.status_code == 403
        assert WRONG in words_of(answer.text)
        assert field_value(answer.text, "name") == name
        assert "猜猜看" not in answer.text
    assert "请填写登录名和密码" in words_of(log_in(web.anonymous(), password="").text)


def test_after_five_failures_the_page_says_how_long_to_wait(web: Web) -> None:
    client = web.anonymous()
    for _ in range(5):
        assert log_in(client, password="猜" * 10).status_code == 403
    answer = log_in(client)
    assert (answer.status_code, "请在 15 分钟后再试" in words_of(answer.text)) == (429, True)
    assert field_value(answer.text, "name") == HANDLER


def test_signing_in_always_makes_a_new_session_and_signing_out_ends_it(web: Web) -> None:
    client = web.anonymous()
    client.cookies.set("duban_session", "chosen-by-somebody-else")
    log_in(client)
    token = client.cookies.get("duban_session", domain="127.0.0.1")
    assert token not in (None, "chosen-by-somebody-else")
    client = web.anonymous()
    client.cookies.set("duban_session", str(token))
    html = client.get("/account").text
    out = client.post("/logout", data={"csrf": field_value(html, "csrf") or ""}, follow_redirects=False)
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    client.cookies.set("duban_session", str(token))
    assert client.get("/account", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("headers", "cookie", "carried"),
    [
        pytest.param({"sec-fetch-site": "cross-site"}, True, True, id="sent from another site"),
        pytest.param({"origin": "https://evil.example"}, True, True, id="sent from another origin"),
        pytest.param({}, False, True, id="without the door's cookie"),
        pytest.param({}, True, False, id="without what the form carries"),
    ],
)
def test_a_sign_in_form_of_another_site_is_refused(
    web: Web, headers: dict[str, str], cookie: bool, carried: bool
) -> None:
    client = web.anonymous()
    csrf = field_value(client.get("/login").text, "csrf") or ""
    if not cookie:
        client = web.anonymous()
    sent = {"name": HANDLER, "password": PASSWORD, "csrf": csrf if carried else ""}
    answer = client.post("/login", data=sent, headers=headers, follow_redirects=False)
    assert (answer.status_code, "duban_session" in answer.cookies) == (403, False)
    assert "没有做任何改动" in words_of(answer.text)


@pytest.mark.parametrize(
    ("path", "led"),
    [
        ("/items/3?year=2026", "/items/3?year=2026"), ("//evil.example", "/"), ("/\\evil.example", "/"),
        ("https://evil.example", "/"), ("/\t/evil.example", "/"), ("", "/"), ("javascript:alert(1)", "/"),
    ],
)  # fmt: skip
def test_nobody_is_led_away_from_here(path: str, led: str) -> None:
    assert inside(path) == led


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "found"),
    [
        ("10.0.0.9", "1.1.1.1", "", "10.0.0.9"),
        ("127.0.0.1", "1.1.1.1", "127.0.0.1", "1.1.1.1"),
        ("127.0.0.1", "6.6.6.6, 1.1.1.1", "127.0.0.1", "1.1.1.1"),
        ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.1", "10.0.0.0/24", "1.1.1.1"),
        ("10.0.0.9", "1.1.1.1", "127.0.0.1", "10.0.0.9"),
        ("127.0.0.1", "unknown", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1, ::1", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_whom_a_request_comes_from(
    tmp_path: Path, peer: str, forwarded: str, trusted: str, found: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert client_address(request, Settings(home=tmp_path, trusted_proxy=trusted)) == found


# --- the first set-up ---------------------------------------------------------------------------------------------


def test_the_holder_of_the_token_founds_the_office_and_is_its_administrator(engine: Engine, tmp_path: Path) -> None:
    office = Office.__new__(Office)
    office.engine, office.today = engine, dt.date(2026, 6, 1)
    office.settings = Settings(home=tmp_path, second_factor="optional")
    web = Web(office, setup_token="the-token")
    client = web.anonymous()
    assert "请打开 duban serve 启动时显示的设置地址" in words_of(client.get("/login").text)
    for path in ("/setup", "/setup?token=", "/setup?token=guess"):
        assert client.get(path).status_code == 404
    page = "/setup?token=the-token"
    typed = {
        "organ_name": "青禾县水务局",
        "organ_code": "shuiwu",
        "name": "赵立群",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    for wrong, error in (
        ({"again": "别的"}, "两次输入的密码不一样"), ({"organ_code": "水务"}, "单位代码“水务”不可用"),
        ({"organ_name": ""}, "请填写单位名称"), ({"name": ""}, "请填写姓名"),
        ({"password": "1234567890123", "again": "1234567890123"}, "太常见"),
    ):  # fmt: skip
        answer = send(client, "/setup", page, **(typed | wrong))
        assert (answer.status_code, error in words_of(answer.text)) == (400, True)
        assert field_value(answer.text, "name") == (typed | wrong)["name"]
    answer = send(client, "/setup", page, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "青禾县水务局" in words_of(client.get("/account").text)
    assert "系统管理员（管理员）" in words_of(client.get("/account").text)
    with Session(engine) as session:
        organ, person, post = session.exec(
            select(Organ, Person, Post)
            .join(Person, col(Person.organ_id) == Organ.id)
            .join(Tenure, col(Tenure.person_id) == Person.id)
            .join(Post, col(Post.id) == Tenure.post_id)
        ).one()
        entries = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert (organ.code, person.name, post.role) == ("shuiwu", "赵立群", Role.ADMINISTRATOR)
    assert entries == ["set_up", "sign_in"]
    assert web.anonymous().get(page).status_code == 404


def test_where_there_are_organs_the_administrator_is_of_one_and_may_be_known_already(
    engine: Engine, tmp_path: Path
) -> None:
    office = Office(engine, tmp_path, second_factor="optional")
    web = Web(office, setup_token="the-token")
    client, page = web.anonymous(), "/setup?token=the-token"
    typed = {"name": FIRST, "password": PASSWORD, "again": PASSWORD}
    assert "请选择单位" in words_of(send(client, "/setup", page, organ="nowhere", **typed).text)
    before = len(people(engine))
    assert send(client, "/setup", page, organ="bureau", **typed).status_code == 303
    assert len(people(engine)) == before
    assert "局长（第一责任人） 系统管理员（管理员）" in words_of(client.get("/account").text)


def people(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.exec(select(Person.name)))


# --- one-time addresses -------------------------------------------------------------------------------------------


def test_an_invited_person_sets_a_password_and_is_in(web: Web, office: Office) -> None:
    with on_record(office.engine) as session:
        code = invite(session, find_person(session, FIRST), by=administrator(office.today)).shown
    client, page = web.anonymous(), f"/welcome?code={code}"
    assert f"{FIRST}，请设置密码 某局。以后用登录名“{FIRST}”和这个密码登录。" in words_of(client.get(page).text)
    answer = send(client, "/welcome", page, password="短", again="短")
    assert (answer.status_code, "密码太短" in words_of(answer.text)) == (400, True)
    assert "两次输入的密码不一样" in words_of(send(client, "/welcome", page, password=PASSWORD, again="x").text)
    answer = send(client, "/welcome", page, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert FIRST in words_of(client.get("/account").text)
    used = web.anonymous().get(page)
    assert (used.status_code, "可能已经用过、超过 72 小时" in words_of(used.text)) == (404, True)
    assert log_in(web.anonymous(), name=FIRST).status_code == 303


def test_the_pages_at_the_door_have_no_script_and_label_every_field(web: Web, office: Office) -> None:
    with on_record(office.engine) as session:
        code = invite(session, find_person(session, FIRST), by=administrator(office.today)).shown
    for path in ("/login", f"/welcome?code={code}"):
        answer = web.anonymous().get(path)
        assert "<script" not in answer.text
        fields = re.findall(r'<input id="([^"]+)"', answer.text)
        assert fields == re.findall(r'<label for="([^"]+)"', answer.text)
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
