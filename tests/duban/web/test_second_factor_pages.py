"""The second factor as people meet it: after the password, set up at the door, changed on the own account page."""

import datetime as dt
import re
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import unit_of_work
from models.people.account import Account
from tasks.access.hash_password import hash_password
from tasks.people.find import find_person
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, field_value, words_of

PASSWORD = "河湖长制一年四查九次会议"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


class LaterWeb(Web):
    """The pages at a moment that a test moves on."""

    later = dt.timedelta()

    @property
    def now(self) -> dt.datetime:
        return super().now + self.later


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    with unit_of_work(engine) as session:
        kept = hash_password(PASSWORD)
        for name in (HANDLER, SUPERVISOR):
            person = find_person(session, name)
            session.add(Account(person_id=person.id or 0, login=name, password_hash=kept, made_at=NOW))
    return made


@pytest.fixture
def web(office: Office) -> LaterWeb:
    return LaterWeb(office)


def send(client: TestClient, path: str, html: str, **typed: str) -> Response:
    kept = {name: field_value(html, name) for name in ("csrf", "next", "sealed")}
    sent = {name: value for name, value in kept.items() if value is not None} | typed
    answer: Response = client.post(path, data=sent, follow_redirects=False)
    return answer


def comes(web: Web, name: str, onwards: str = "/account") -> tuple[TestClient, Response]:
    client = web.anonymous()
    html = client.get(f"/login?next={onwards}").text
    return client, send(client, "/login", html, name=name, password=PASSWORD)


def secret_on(html: str) -> pyotp.TOTP:
    found = re.search(r"secret=([A-Z2-7]+)", html)
    assert found is not None
    return pyotp.TOTP(found[1])


def codes_on(html: str) -> list[str]:
    found = re.search(r'aria-label="恢复码">([^<]+)<', html)
    assert found is not None
    return found[1].split()


def enrolled(visitor: Visitor, web: Web) -> tuple[pyotp.TOTP, list[str]]:
    html = visitor.post("/account/second-factor/begin").text
    totp = secret_on(html)
    typed = {"sealed": field_value(html, "sealed"), "code": totp.at(web.now)}
    return totp, codes_on(visitor.post("/account/second-factor", typed).text)


def test_a_supervisor_sets_it_up_at_the_door_and_gets_in_with_it_from_then_on(web: LaterWeb) -> None:
    client, led = comes(web, SUPERVISOR)
    assert (led.status_code, led.headers["location"]) == (303, "/login/enrol?next=%2Faccount")
    assert client.get("/account", follow_redirects=False).headers["location"].startswith("/login")
    html = client.get(led.headers["location"]).text
    assert "请先设置第二因素" in words_of(html)
    assert "<svg" in html
    assert "otpauth://totp/" in words_of(html)
    assert " style=" not in html.split("<svg")[1].split("</svg>")[0]  # the policy of the pages allows none
    totp = secret_on(html)
    wrong = send(client, "/login/enrol", html, code="000000")
    assert (wrong.status_code, "动态码不正确" in words_of(wrong.text)) == (400, True)
    assert secret_on(wrong.text).secret == totp.secret  # nothing has to be photographed twice
    taken = send(client, "/login/enrol", wrong.text, code=totp.at(web.now))
    assert (taken.status_code, len(codes_on(taken.text))) == (200, 10)
    assert 'href="/account"' in taken.text
    assert SUPERVISOR in words_of(client.get("/account").text)

    web.later = dt.timedelta(minutes=1)
    client, led = comes(web, SUPERVISOR)
    assert led.headers["location"] == "/login/code?next=%2Faccount"
    html = client.get(led.headers["location"]).text
    wrong = send(client, "/login/code", html, code="000000")
    assert (wrong.status_code, "动态码不正确" in words_of(wrong.text)) == (403, True)
    answer = send(client, "/login/code", wrong.text, code=totp.at(web.now))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert SUPERVISOR in words_of(client.get("/account").text)


def test_whose_post_asks_for_none_chooses(web: LaterWeb) -> None:
    assert comes(web, HANDLER)[1].headers["location"] == "/account"
    visitor = web.of(HANDLER)
    assert "第二因素 未启用" in visitor.read("/account")
    totp, codes = enrolled(visitor, web)
    assert len(codes) == 10
    assert "还有 10 个恢复码没有用过" in visitor.read("/account/second-factor")
    assert comes(web, HANDLER)[1].headers["location"] == "/login/code?next=%2Faccount"
    assert visitor.post("/account/second-factor/end", {"present": "000000"}).status_code == 403
    web.later = dt.timedelta(minutes=1)
    assert "第二因素已解除" in visitor.act("/account/second-factor/end", {"present": totp.at(web.now)})
    assert comes(web, HANDLER)[1].headers["location"] == "/account"


def test_a_new_phone_is_taken_up_with_a_code_of_the_old_one(web: LaterWeb, office: Office) -> None:
    visitor = web.of(HANDLER)
    _, codes = enrolled(visitor, web)
    html = visitor.post("/account/second-factor/begin").text
    fresh = secret_on(html)
    typed = {"sealed": str(field_value(html, "sealed")), "code": fresh.at(web.now)}
    assert visitor.post("/account/second-factor", typed).status_code == 403
    assert len(codes_on(visitor.post("/account/second-factor", typed | {"present": codes[0]}).text)) == 10
    with Session(office.engine) as session:
        assert session.exec(select(Account).where(Account.login == HANDLER)).one().otp_secret == typed["sealed"]


def test_a_post_that_asks_for_one_keeps_it(web: LaterWeb) -> None:
    visitor = web.of(SUPERVISOR)
    _, codes = enrolled(visitor, web)
    assert "不能解除" in visitor.read("/account/second-factor")
    answer = visitor.post("/account/second-factor/end", {"present": codes[0]})
    assert (answer.status_code, "您的岗位须有第二因素" in words_of(answer.text)) == (403, True)


def test_it_is_asked_of_nobody_where_the_settings_say_so(web: LaterWeb, office: Office) -> None:
    office.settings.second_factor = "optional"
    assert comes(web, SUPERVISOR)[1].headers["location"] == "/account"


def test_half_a_sign_in_shows_the_door(web: LaterWeb) -> None:
    for path in ("/login/code", "/login/enrol"):
        assert words_of(web.anonymous().get(path).text).startswith("登录")
        assert words_of(web.of(HANDLER).client.get(path).text).startswith("登录")
    client, led = comes(web, SUPERVISOR)
    html = client.get(led.headers["location"]).text
    web.later = dt.timedelta(minutes=11)
    late = send(client, "/login/enrol", html, code="000000")
    assert (late.status_code, "这次登录已失效" in words_of(late.text)) == (403, True)
