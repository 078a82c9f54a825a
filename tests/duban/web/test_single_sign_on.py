"""Single sign-on against a real provider: a process of its own, reached over the loopback network."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from duban.web.visit import csrf_of
from models.clock import opening_of
from models.database import key, on_record, unit_of_work
from models.errors import BadInputError
from models.people.account import Account
from models.settings import load_settings
from tasks.access.bind_subject import bind_for, subject_of
from tasks.access.manage_accounts import close_account, invite
from tasks.access.set_password import set_by_code
from tasks.notices.send_letters import send_letters
from tasks.people.find import find_person
from tests import oidc_provider
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, SUPERVISOR, Office
from tests.web import Web, field_value, words_of

UNPROVED = "单点登录返回的身份无法核实"
UNBOUND = "没有账户与它绑定"
PASSWORD = "河湖长制一年四查九次会议"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, oidc_provider.__file__],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


class Provider:
    """What the provider will vouch for, and the way there and back."""

    def __init__(self, web: Web, issuer: str) -> None:
        self.web, self.issuer = web, issuer

    def says(self, **more: Any) -> None:
        claims = {"preferred_username": HANDLER, **more.pop("claims", {})}
        said = {"now": self.web.now.timestamp(), "claims": claims, **more}
        httpx.post(f"{self.issuer}/next", json=said).raise_for_status()

    def way_back(self, client: TestClient, onwards: str = "/") -> str:
        """Where the provider sends the browser back to."""
        away = client.get("/login/sso", params={"next": onwards}, follow_redirects=False)
        assert away.status_code == 303
        assert away.headers["location"].startswith(f"{self.issuer}/authorize?")
        back = httpx.get(away.headers["location"]).headers["location"]
        assert back.startswith("http://127.0.0.1:8000/login/sso/callback?")
        return str(back)

    def sign_on(self, client: TestClient, onwards: str = "/") -> httpx.Response:
        answer: httpx.Response = client.get(self.way_back(client, onwards), follow_redirects=False)
        return answer


@pytest.fixture
def office(engine: Engine, tmp_path: Path, issuer: str) -> Office:
    made = Office(
        engine, tmp_path, oidc_issuer=issuer, oidc_client_id=oidc_provider.CLIENT,
        oidc_client_secret=SecretStr(oidc_provider.SECRET), oidc_label="统一身份认证",
    )  # fmt: skip
    with on_record(engine) as session:
        for name in (HANDLER, HEAD):
            code = invite(session, find_person(session, name), by=administrator(made.today)).shown
            set_by_code(session, code, PASSWORD, now=opening_of(made.today))
    return made


def bound(office: Office, issuer: str, name: str = HANDLER, number: str = "7") -> None:
    """The administrator entered who that is at the provider."""
    with on_record(office.engine) as session:
        person = find_person(session, name)
        bind_for(session, person, subject_of(issuer, number), by=administrator(office.today))


@pytest.fixture
def provider(office: Office, issuer: str) -> Provider:
    made = Provider(Web(office), issuer)
    made.says()
    return made


def subject(office: Office, login: str) -> str | None:
    with Session(office.engine) as session:
        return session.exec(select(Account).where(Account.login == login)).one().subject


def refused(answer: httpx.Response) -> str:
    """Why somebody stands at the door still."""
    assert answer.status_code in (403, 502), answer.status_code
    assert "duban_session" not in answer.cookies
    return words_of(answer.text)


def test_whom_the_provider_vouches_for_gets_in_where_that_one_was_going(provider: Provider, office: Office) -> None:
    bound(office, provider.issuer)
    client = provider.web.anonymous()
    assert "统一身份认证" in words_of(client.get("/login?next=/account").text)
    answer = provider.sign_on(client, "/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert HANDLER in words_of(client.get("/account").text)
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("duban_session"))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": HANDLER}, {"preferred_username": HANDLER, "name": HANDLER, "email": "p@office.test"},
        {"email": "p@office.test", "email_verified": True}, {"email": "p@office.test", "email_verified": "true"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("claim", ["preferred_username", "email"])
def test_no_name_and_no_mail_address_takes_an_account_over(
    provider: Provider, office: Office, claims: dict[str, Any], claim: str
) -> None:
    office.settings.oidc_claim = claim
    with unit_of_work(office.engine) as session:
        session.exec(select(Account).where(Account.login == HEAD)).one().login = "p@office.test"
    provider.says(claims=claims)
    assert UNBOUND in refused(provider.sign_on(provider.web.anonymous()))
    assert subject(office, HANDLER) is subject(office, "p@office.test") is None


@pytest.mark.parametrize(
    ("verified", "called"),
    [(True, "li@office.test"), (False, "未具名"), ("true", "未具名"), (1, "未具名"), (None, "未具名")],
)
def test_an_address_counts_as_a_name_only_where_a_json_true_says_it_is_verified(
    provider: Provider, office: Office, verified: object, called: str
) -> None:
    office.settings.oidc_claim = "email"
    provider.says(claims={"email": "li@office.test", "email_verified": verified})
    assert f"认出您是“{called}”（用户标识 7）" in refused(provider.sign_on(provider.web.anonymous()))


def test_the_subject_decides_and_not_the_name(provider: Provider, office: Office) -> None:
    bound(office, provider.issuer)
    provider.says(claims={"preferred_username": HEAD})
    client = provider.web.anonymous()
    assert provider.sign_on(client).status_code == 303
    assert HANDLER in words_of(client.get("/account").text)
    provider.says(claims={"sub": "8"})
    assert UNBOUND in refused(provider.sign_on(provider.web.anonymous()))


# --- how an account comes to be bound -------------------------------------------------------------------------------


def test_whoever_is_signed_in_binds_the_own_account_and_takes_it_back(provider: Provider, office: Office) -> None:
    mine = provider.web.of(HANDLER)
    assert "单点登录 未绑定" in mine.read("/account")
    away = mine.post("/account/sso")
    assert (away.status_code, away.headers["location"].startswith(f"{provider.issuer}/authorize?")) == (303, True)
    back = httpx.get(away.headers["location"]).headers["location"]
    assert mine.client.get(back, follow_redirects=False).headers["location"] == "/account"
    assert "单点登录 已绑定" in mine.read("/account")
    assert subject(office, HANDLER) == f"{provider.issuer}|7"
    assert provider.sign_on(provider.web.anonymous()).status_code == 303
    assert "绑定已解除" in mine.act("/account/sso/end")
    assert UNBOUND in refused(provider.sign_on(provider.web.anonymous()))
    assert mine.post("/account/sso/end").status_code == 404


def test_the_way_back_binds_nobody_else_s_account(provider: Provider, office: Office) -> None:
    """Neither in a browser that began nothing, nor where another has signed in meanwhile."""
    mine, another = provider.web.of(HANDLER), provider.web.of(HEAD)
    back = httpx.get(mine.post("/account/sso").headers["location"]).headers["location"]
    assert "这次单点登录已失效" in refused(another.client.get(back, follow_redirects=False))
    mine.client.cookies.set("duban_session", another.token)
    assert "这次登录已失效" in refused(mine.client.get(back, follow_redirects=False))
    assert subject(office, HANDLER) is subject(office, HEAD) is None


def test_a_one_time_address_binds_once_instead_of_a_password(provider: Provider, office: Office) -> None:
    with on_record(office.engine) as session:
        code = invite(session, find_person(session, FIRST), by=administrator(office.today)).shown
    office.settings.second_factor = "optional"
    client = provider.web.anonymous()
    html = client.get(f"/welcome?code={code}").text
    assert "或者用统一身份认证" in words_of(html)
    sent = {"csrf": field_value(html, "csrf"), "code": code}
    back = httpx.get(client.post("/welcome/sso", data=sent, follow_redirects=False).headers["location"])
    answer = client.get(back.headers["location"], follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert FIRST in words_of(client.get("/account").text)
    assert subject(office, FIRST) == f"{provider.issuer}|7"
    assert provider.web.anonymous().get(f"/welcome?code={code}").status_code == 404
    assert provider.sign_on(provider.web.anonymous()).status_code == 303
    assert client.post("/account/sso/end", data={"csrf": csrf_of(client.cookies["duban_session"])}).status_code == 409


def test_the_administrator_enters_the_number_and_the_person_is_told(provider: Provider, office: Office) -> None:
    visitor, number = provider.web.of(SUPERVISOR), person_number(office, HANDLER)
    assert "绑定统一身份认证" in visitor.read(f"/people/{number}")
    assert visitor.post(f"/people/{number}/bind", {"subject": "a|b"}).status_code == 400
    assert "已绑定单点登录" in visitor.act(f"/people/{number}/bind", {"subject": "7"})
    assert subject(office, HANDLER) == f"{provider.issuer}|7"
    assert provider.sign_on(provider.web.anonymous()).status_code == 303
    assert visitor.post(f"/people/{person_number(office, HEAD)}/bind", {"subject": "7"}).status_code == 409
    send_letters(office.engine, office.settings, now=provider.web.now)
    office.inbox(HANDLER).expect("账户变动", f"{SUPERVISOR}为您的账户绑定了单点登录")


def person_number(office: Office, name: str) -> int:
    with Session(office.engine) as session:
        return key(find_person(session, name).id)


@pytest.mark.parametrize("trusted", [False, True])
def test_the_second_factor_is_asked_for_here_unless_the_provider_does(
    provider: Provider, office: Office, trusted: bool
) -> None:
    office.settings.oidc_second_factor = trusted
    with on_record(office.engine) as session:
        code = invite(session, find_person(session, SUPERVISOR), by=administrator(office.today)).shown
        set_by_code(session, code, PASSWORD, now=provider.web.now)
    bound(office, provider.issuer, SUPERVISOR)
    answer = provider.sign_on(provider.web.anonymous(), "/account")
    assert answer.headers["location"] == ("/account" if trusted else "/login/enrol?next=%2Faccount")


# --- what proves nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"claims": {"nonce": "another"}}, id="wrong nonce"),
        pytest.param({"claims": {"nonce": None}}, id="no nonce"),
        pytest.param({"claims": {"aud": "another"}}, id="wrong audience"),
        pytest.param({"claims": {"aud": ["duban", "another"], "azp": "another"}}, id="authorized for another"),
        pytest.param({"claims": {"iss": "https://id.example"}}, id="wrong issuer"),
        pytest.param({"claims": {"exp": 1_000_000_000}}, id="expired"),
        pytest.param({"claims": {"exp": None}}, id="never expires"),
        pytest.param({"claims": {"sub": None}}, id="nobody"),
        pytest.param({"foreign": True}, id="foreign signature"),
        pytest.param({"unsigned": True}, id="no signature"),
    ],
)
def test_a_token_that_proves_nothing_lets_nobody_in(provider: Provider, office: Office, wrong: dict[str, Any]) -> None:
    bound(office, provider.issuer)
    provider.says(**wrong)
    assert UNPROVED in refused(provider.sign_on(provider.web.anonymous()))


def test_an_answer_counts_once_and_in_its_own_browser_only(provider: Provider, office: Office) -> None:
    bound(office, provider.issuer)
    mine, another = provider.web.anonymous(), provider.web.anonymous()
    back = provider.way_back(mine)
    again = "这次单点登录已失效"
    assert again in refused(another.get(back, follow_redirects=False))
    provider.way_back(another)
    assert again in refused(another.get(back, follow_redirects=False))
    carried = {"cookie": f"duban_sso={mine.cookies['duban_sso']}"}
    assert mine.get(back, follow_redirects=False).status_code == 303
    thief = provider.web.anonymous()
    assert again in refused(thief.get(back, headers=carried, follow_redirects=False))
    assert again in refused(thief.get("/login/sso/callback?state=x&code=y", follow_redirects=False))
    odd = {"cookie": b"duban_sso=a.b.c.\xff\xe4"}
    assert again in refused(thief.get("/login/sso/callback?state=x&code=y", headers=odd, follow_redirects=False))


def test_a_way_begun_before_a_restart_or_at_another_process_is_taken_back_once(
    provider: Provider, office: Office
) -> None:
    bound(office, provider.issuer)
    mine = provider.web.anonymous()
    back = provider.way_back(mine)
    carried = {"cookie": f"duban_sso={mine.cookies['duban_sso']}"}
    after = Web(office).anonymous()
    assert after.get(back, headers=carried, follow_redirects=False).status_code == 303
    assert "这次单点登录已失效" in refused(mine.get(back, follow_redirects=False))


def test_an_answer_that_comes_too_late_counts_no_more(provider: Provider, office: Office) -> None:
    client = provider.web.anonymous()
    back = provider.way_back(client)
    office.today = office.today.replace(day=2)
    assert "这次单点登录已失效" in refused(client.get(back, follow_redirects=False))


def test_a_code_of_another_attempt_is_refused_by_pkce(provider: Provider) -> None:
    mine, another = provider.web.anonymous(), provider.web.anonymous()
    stolen = parse_qs(urlsplit(provider.way_back(mine)).query)["code"][0]
    state = parse_qs(urlsplit(provider.way_back(another)).query)["state"][0]
    answer = another.get("/login/sso/callback", params={"state": state, "code": stolen}, follow_redirects=False)
    assert "单点登录服务没有确认这次登录" in refused(answer)


def test_whoever_is_unknown_closed_or_unwilling_is_told_so(provider: Provider, office: Office) -> None:
    provider.says(claims={"preferred_username": "无此人"})
    assert "单点登录认出您是“无此人”（用户标识 7），但没有账户与它绑定" in refused(
        provider.sign_on(provider.web.anonymous())
    )
    provider.says(denies=True)
    assert "您没有同意登录" in refused(provider.sign_on(provider.web.anonymous()))
    provider.says(iss="https://id.example")
    assert "不是来自本单位的单点登录服务" in refused(provider.sign_on(provider.web.anonymous()))
    provider.says()
    bound(office, provider.issuer)
    with on_record(office.engine) as session:
        close_account(session, find_person(session, HANDLER), by=administrator(office.today))
    assert "账户已关闭" in refused(provider.sign_on(provider.web.anonymous()))


def test_a_provider_that_is_down_or_speaks_for_another_leaves_the_password(office: Office, issuer: str) -> None:
    web = Web(office)
    Provider(web, issuer).says(speaks_for="https://id.example")
    assert "单点登录服务暂时连不上" in refused(web.anonymous().get("/login/sso"))
    office.settings.oidc_issuer = "http://127.0.0.1:9"
    assert "单点登录服务暂时连不上" in refused(Web(office).anonymous().get("/login/sso"))


def test_nobody_is_led_away_from_here(provider: Provider, office: Office) -> None:
    bound(office, provider.issuer)
    answer = provider.sign_on(provider.web.anonymous(), "//evil.example/")
    assert answer.headers["location"] == "/"


def test_without_a_provider_there_is_no_button_and_no_page(engine: Engine, tmp_path: Path) -> None:
    client = Web(Office(engine, tmp_path)).anonymous()
    assert "/login/sso" not in client.get("/login").text
    assert client.get("/login/sso").status_code == client.get("/login/sso/callback").status_code == 404


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ('oidc_issuer = "https://id.example"', "还须设 oidc_client_id"),
        ('oidc_issuer = "http://id.example"\noidc_client_id = "duban"', "应以 https:// 开头"),
        ('trusted_proxy = "nginx"', "不是 IP 地址或网段"),
    ],
)
def test_settings_that_would_not_be_safe_are_named(tmp_path: Path, written: str, error: str) -> None:
    (tmp_path / "duban.toml").write_text(written, encoding="utf-8")
    with pytest.raises(BadInputError, match=error):
        load_settings(tmp_path)
