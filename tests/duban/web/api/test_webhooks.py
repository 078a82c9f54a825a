"""接口推送: made, tried and stopped by the administrator, and no page for anybody else."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine
from standardwebhooks import Webhook as Verifier

from models.database import unit_of_work
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.engine.webhook_event import EVENTS
from models.people.person import Role
from tests.office import FIRST, HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of

ADMIN = "钱管理"
URL = "https://oa.example.gov.cn/duban"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.hire(ADMIN, Role.ADMINISTRATOR, "管理员")
    made.assign("普法宣传", due="2026-06-30")
    return made


@pytest.fixture
def admin(office: Office) -> Visitor:
    return Web(office).of(ADMIN)


def test_an_empty_page_says_what_to_do(admin: Visitor) -> None:
    page = admin.read("/webhooks")

    assert "还没有推送地址。在下面填写对方系统的地址，选好事件，就开始推送。" in page
    assert all(word in page for word in EVENTS.values())


def test_a_webhook_is_made_and_its_secret_shown_once(office: Office, admin: Visitor) -> None:
    made = admin.post("/webhooks", {"url": URL, "events": ["item.signed", "notice.sent"]})

    assert made.status_code == 200
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", made.text))
    Verifier(secret)
    assert made.headers["cache-control"] == "no-store"
    assert secret not in admin.get("/webhooks").text
    (webhook,) = office.rows(Webhook)
    assert (webhook.url, webhook.events) == (URL, ["item.signed", "notice.sent"])
    assert [message.event for message in office.rows(WebhookMessage)] == ["test"]
    assert "签收、通知已发送" in admin.read("/webhooks")


def test_what_was_typed_stays_when_it_is_refused(admin: Visitor) -> None:
    refused = admin.post("/webhooks", {"url": "oa.example.gov.cn", "events": ["item.signed"]})

    assert refused.status_code == 400
    assert "地址“oa.example.gov.cn”不可用：应为 https:// 或 http:// 开头的完整地址" in words_of(refused.text)
    assert 'value="oa.example.gov.cn"' in refused.text
    assert re.findall(r'value="([\w.]+)" checked', refused.text) == ["item.signed"]
    assert admin.post("/webhooks", {"url": URL}).status_code == 400


def test_a_webhook_is_tried_and_what_was_set_aside_sent_again(office: Office, admin: Visitor) -> None:
    admin.post("/webhooks", {"url": URL, "events": ["item.signed"]})
    with unit_of_work(office.engine) as session:
        message = session.get_one(WebhookMessage, 1)
        message.state, message.attempts, message.answer = MessageState.PARKED, 7, "500 Internal Server Error"

    page = admin.read("/webhooks")
    assert "重新推送停发的 1 条" in page
    assert "500 Internal Server Error" in page
    assert "1 条停发的消息将重新推送。" in admin.act("/webhooks/1/resend")
    assert "测试消息已排入" in admin.act("/webhooks/1/test")
    assert [message.state for message in office.rows(WebhookMessage)] == [MessageState.WAITING] * 2


def test_a_webhook_is_stopped_for_good(office: Office, admin: Visitor) -> None:
    admin.post("/webhooks", {"url": URL, "events": ["item.signed"]})

    assert f"已停止向“{URL}”推送。" in admin.act("/webhooks/1/stop")
    assert admin.post("/webhooks/1/test").status_code == 409
    assert "还没有推送地址" in admin.read("/webhooks")
    assert "已停用" in admin.read("/webhooks")


def test_nobody_else_has_such_a_page(office: Office, admin: Visitor) -> None:
    admin.post("/webhooks", {"url": URL, "events": ["item.signed"]})
    web = Web(office)

    for name in (HANDLER, FIRST, SUPERVISOR):
        visitor = web.of(name)
        assert visitor.get("/webhooks").status_code == 404
        assert visitor.post("/webhooks", {"url": URL + "2", "events": ["item.signed"]}).status_code == 404
        assert visitor.post("/webhooks/1/stop").status_code in (403, 404)
    assert [webhook.stopped_at for webhook in office.rows(Webhook)] == [None]
