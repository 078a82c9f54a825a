"""消息设置: what a person chooses and is called there, and a message tried from the own page or somebody's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.people.person import Person
from models.people.reach import MessagePreference, PersonAddress
from tasks.notices.sealed_address import SEALED
from tests.office import HANDLER, HEAD, OUTSIDER, SUPERVISOR, Office
from tests.tasks.notices.http_peer import HttpPeer, http_peer
from tests.web import Visitor, Web, words_of

PATH = "/account/messages"


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as made:
        yield made


@pytest.fixture
def office(engine: Engine, tmp_path: Path, peer: HttpPeer) -> Office:
    return Office(
        engine, tmp_path, apprise_schemes="json", message_webhook_url=peer.url, message_webhook_own=True,
        message_webhook_secret=SecretStr("whsec_" + "QUJD" * 8),
    )  # fmt: skip


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def told(visitor: Visitor, path: str, typed: dict[str, str], back: str = PATH) -> str:
    """What the page that follows says."""
    assert visitor.post(path, typed).status_code == 303
    return visitor.read(back)


def test_what_is_chosen_stands_on_the_page_again(office: Office, web: Web) -> None:
    mine = web.of(HANDLER)
    assert "本单位规定必须发送的：" in mine.read(PATH)
    ranks = {"channel_01": "webhook", "channel_02": "", "channel_03": "mail"}
    chosen = ranks | {"digest_at": "09:30", "inside_only": "answer"}
    assert "消息设置已保存。" in told(mine, PATH, chosen)

    (kept,) = office.rows(MessagePreference)
    assert (kept.channels, str(kept.digest_at), kept.inside_only) == (["webhook", "mail"], "09:30:00", ["answer"])
    page = mine.get(PATH).text
    assert 'value="09:30"' in page
    assert page.index('<th scope="row">Webhook') < page.index('<th scope="row">邮件')
    assert page.count("selected") == 2
    assert page.count("checked") == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"channel_01": "fax"}, "不是可用的渠道"), ({"digest_at": "25:00"}, "请写成 08:30 的形式"),
     ({"inside_only": "urge"}, "不能只在系统内看"), ({"channel_01": "mail", "channel_02": "mail"}, "写了两次")],
)  # fmt: skip
def test_a_wrong_choice_is_told_and_not_kept(office: Office, web: Web, typed: dict[str, str], words: str) -> None:
    answer = web.of(HANDLER).post(PATH, typed)
    assert (answer.status_code, words in words_of(answer.text)) == (400, True)
    assert office.rows(MessagePreference) == []


def test_an_account_is_kept_and_a_sealed_url_stays_until_another_is_typed_or_it_is_dropped(
    office: Office, web: Web
) -> None:
    mine, url = web.of(HANDLER), "json://host.example.cn/geheim"

    def save(**typed: str) -> str:
        return told(mine, f"{PATH}/addresses", {"to_webhook": "li", "to_apprise": "", **typed})

    assert "Apprise、Webhook账号已保存" in save(to_apprise=url)
    sealed = {row.channel: row.address for row in office.rows(PersonAddress)}["apprise"]
    assert sealed.startswith(SEALED)
    page = mine.get(PATH).text
    assert "已登记，不显示" in page
    assert "geheim" not in page + sealed
    assert "账号没有变化" in save()
    assert "Webhook账号已保存" in save(to_webhook="")
    assert "Apprise账号已保存" in save(to_webhook="", drop_apprise="yes")
    assert office.rows(PersonAddress) == []
    refused = mine.post(f"{PATH}/addresses", {"to_apprise": "dbus://"})
    assert "开放的 Apprise 地址只有" in words_of(refused.text)


def test_a_receiver_of_my_own_is_shown_its_secret(web: Web) -> None:
    mine = web.of(HANDLER)
    mine.post(f"{PATH}/addresses", {"to_webhook": "https://host.example.cn/hook"})
    assert "接收方验证签名的密钥：whsec_" in mine.read(PATH)
    assert "whsec_" not in web.of(HEAD).read(PATH)


def test_a_try_shows_what_the_provider_answered(office: Office, web: Web, peer: HttpPeer) -> None:
    mine = web.of(HANDLER)
    assert "测试已发出，对方答复：maildir" in told(mine, f"{PATH}/try", {"channel": "mail"})
    assert "没有登记Webhook所用的账号" in told(mine, f"{PATH}/try", {"channel": "webhook"})
    mine.post(f"{PATH}/addresses", {"to_webhook": "li"})
    peer.status = 401
    assert "测试没有发出：Webhook 接收方答复 401" in told(mine, f"{PATH}/try", {"channel": "webhook"})
    assert [entry.action for entry in office.rows(AuditEntry)] == ["try_channel", "set_address", "try_channel"]


def test_who_runs_the_office_tries_for_others_and_nobody_else_does(office: Office, web: Web) -> None:
    at = f"/people/{ {row.name: row.id for row in office.rows(Person)}[HANDLER] }"
    assert "发一条测试消息" in web.of(SUPERVISOR).read(at)
    assert "发一条测试消息" not in web.of(HEAD).read(at)
    said = told(web.of(SUPERVISOR), f"{at}/try-channel", {"channel": "mail"}, at)
    assert "测试已发出" in said
    assert web.of(HEAD).post(f"{at}/try-channel", {"channel": "mail"}).status_code == 403
    assert web.of(OUTSIDER).post(f"{at}/try-channel", {"channel": "mail"}).status_code == 404
    assert len(office.mails()) == 1
