"""系统设置 in the browser, the first steps on the desk, and the warning before mails that would lead nowhere."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import unit_of_work
from models.people.organ import Organ
from models.people.person import Person, Role
from models.settings import OFFICE_FILE, load_settings
from tests.office import SUPERVISOR, Office
from tests.web import Web, words_of

ADMINISTRATOR = "管网络"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PATH = "/settings/office"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.settings.home.mkdir(parents=True, exist_ok=True)
    made.hire(ADMINISTRATOR, Role.ADMINISTRATOR, "管理员")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_the_administrator_sets_name_address_mail_and_quiet_hours(office: Office, web: Web) -> None:
    shown = web.of(ADMINISTRATOR).act(
        PATH, {"site_name": "某县督办系统", "office_url": "http://10.0.0.8:8000/", "smtp_host": "mail.test",
               "smtp_port": "465", "smtp_security": "tls", "smtp_user": "duban", "smtp_password": "geheim",
               "mail_from": "duban@mail.test", "quiet_from": "20:00", "quiet_until": "07:30"},
    )  # fmt: skip
    held = load_settings(office.settings.home)
    kept = json.loads((office.settings.home / OFFICE_FILE).read_text(encoding="utf-8"))

    assert "设置已保存" in shown
    assert "quiet_from" not in kept
    assert "某县督办系统" in shown
    assert (held.office_url, held.smtp_port, f"{held.quiet_until:%H:%M}") == ("http://10.0.0.8:8000", 465, "07:30")
    assert "geheim" not in web.of(ADMINISTRATOR).get(PATH).text
    assert "某县督办系统" in words_of(web.anonymous().get("/login").text)
    # The password stays where nothing is typed.
    web.of(ADMINISTRATOR).act(PATH, {"smtp_password": "", "site_name": "另一个名称"})
    assert load_settings(office.settings.home).smtp_password.get_secret_value() == "geheim"


def test_what_is_wrong_is_said_in_the_form_with_all_that_was_typed(web: Web) -> None:
    answer = web.of(ADMINISTRATOR).post(PATH, {"smtp_host": "mail.test", "smtp_port": "99999"})

    assert (answer.status_code, "mail.test" in answer.text, "99999" in answer.text) == (400, True, True)


def test_what_the_deployment_sets_is_shown_and_cannot_be_typed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_SMTP_HOST", "fixed.test")
    page = web.of(ADMINISTRATOR).get(PATH).text

    assert "由 DUBAN_SMTP_HOST 设定" in page
    assert 'name="smtp_host"' not in page


def test_nobody_else_opens_it(web: Web) -> None:
    assert web.of(SUPERVISOR).get(PATH).status_code == 403
    assert web.of(SUPERVISOR).post(PATH, {"site_name": "某县"}).status_code == 403


def test_the_logo_stands_in_the_frame_and_at_the_door(web: Web) -> None:
    assert web.anonymous().get("/logo").status_code == 404
    web.of(ADMINISTRATOR).act(f"{PATH}/upload", files={"logo": ("标志.png", io.BytesIO(PNG), "image/png")})
    answer = web.anonymous().get("/logo")

    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert 'src="/logo?v=logo-' in web.anonymous().get("/login").text
    assert 'src="/logo?v=logo-' in web.of(SUPERVISOR).get("/").text
    web.of(ADMINISTRATOR).act(PATH, {"drop_logo": "yes"})
    assert "/logo?" not in web.of(SUPERVISOR).get("/").text


def test_the_first_steps_are_ticked_as_they_are_done_and_go_when_all_are(office: Office, web: Web) -> None:
    visitor = web.of(ADMINISTRATOR)
    first = visitor.read("/")

    # People and plan the office has; nobody of it has an account, and nothing of mail and address is set.
    assert "起步清单 2/5" in first
    assert "只有服务器自己打得开" in first
    visitor.act(PATH, {"office_url": "http://10.0.0.8:8000"})
    assert "起步清单 3/5" in visitor.read("/")
    assert "起步清单" not in web.of(SUPERVISOR).read("/")


def test_put_away_they_stay_away_on_record(office: Office, web: Web) -> None:
    assert web.of(SUPERVISOR).post("/first-steps/away").status_code == 403
    assert "起步清单已收起" in web.of(ADMINISTRATOR).act("/first-steps/away")
    assert "起步清单 2/5" not in web.of(ADMINISTRATOR).read("/")
    with unit_of_work(office.engine) as session:
        assert session.get_one(Organ, office.organ_id).steps_done_at is not None
        assert session.exec(select(AuditEntry.actor).where(AuditEntry.action == "put_steps_away")).all() == [
            ADMINISTRATOR
        ]


def test_before_accounts_are_opened_it_is_said_that_the_links_lead_nowhere(web: Web) -> None:
    assert "收信人打不开" in web.of(SUPERVISOR).read("/people/accounts")
    web.of(ADMINISTRATOR).act(PATH, {"office_url": "http://10.0.0.8:8000"})
    assert "收信人打不开" not in web.of(SUPERVISOR).read("/people/accounts")


def test_a_test_mail_goes_to_oneself_at_once(office: Office, web: Web) -> None:
    assert "测试邮件已发到" in web.of(ADMINISTRATOR).act(f"{PATH}/try")
    with unit_of_work(office.engine) as session:
        session.exec(select(Person).where(Person.name == ADMINISTRATOR)).one().email = None

    assert "测试邮件没有发出" in web.of(ADMINISTRATOR).act(f"{PATH}/try")
    assert "您还没有登记邮箱" in web.of(ADMINISTRATOR).read(PATH)
    assert web.of(SUPERVISOR).post(f"{PATH}/try").status_code == 403
