"""What people choose of how messages come: above what the office insists on, on record, and told when it changes."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import on_record
from models.errors import BadInputError, ForbiddenError
from models.ladder.letter import Letter
from models.ladder.notice import NoticeKind
from models.people.reach import MessagePreference, PersonAddress
from tasks.notices.reach import reach_of
from tasks.notices.sealed_address import SEALED
from tasks.notices.set_preference import channel_lines, free_kinds, set_addresses, set_preference
from tasks.people.find import find_person
from tests.actors import administrator
from tests.office import HANDLER, HEAD, OUTSIDER, SUPERVISOR, Office, day

ON = "2026-06-01"
URL = "json://host.example.cn/geheim"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(
        any_engine, tmp_path, apprise_schemes="json", apprise_url=SecretStr("json://push.office.test/{to}"),
        message_webhook_url="https://oa.office.test/", message_webhook_secret=SecretStr("whsec_" + "QUJD" * 8),
    )  # fmt: skip


def choose(office: Office, who: str = HANDLER, *, by: str = HANDLER, **chosen: Any) -> None:
    given = {"channels": [], "digest_at": None, "inside_only": []} | chosen
    with on_record(office.engine) as session:
        person = find_person(session, who)
        set_preference(session, person, by=office.by(session, by, ON), settings=office.settings, **given)


def name(office: Office, typed: Mapping[str, str], who: str = HANDLER, *, by: str = HANDLER) -> list[str]:
    with on_record(office.engine) as session:
        person = find_person(session, who)
        return list(set_addresses(session, person, typed, by=office.by(session, by, ON), settings=office.settings))


def test_a_choice_is_kept_in_order_and_may_be_made_anew(office: Office) -> None:
    name(office, {"webhook": "lichengban", "apprise": "li"})
    choose(office, channels=["webhook", "mail"], digest_at=dt.time(9, 30), inside_only=["answer"])
    choose(office, channels=["apprise"], inside_only=["answer"])

    (kept,) = office.rows(MessagePreference)
    assert (kept.channels, kept.digest_at, kept.inside_only) == (["apprise"], None, ["answer"])
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        reach = reach_of(session, [person.id or 0], office.settings)[person.id or 0]
        assert (list(reach.channels), reach.inside_only) == (["apprise", "mail", "webhook"], {"answer"})
        lines = channel_lines(session, person, office.settings)
    assert next((line.channel.name, line.address) for line in lines) == ("apprise", "li")
    assert [entry.action for entry in office.rows(AuditEntry)] == ["set_address", "set_preference", "set_preference"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"channels": ["fax"]}, "“fax”不是可用的渠道；可用：mail、apprise、webhook"),
        ({"channels": ["sms"]}, "“sms”不是可用的渠道"),
        ({"channels": ["mail", "mail"]}, "渠道“mail”写了两次"),
        ({"inside_only": ["fax"]}, "“fax”不是可用的通知种类"),
        ({"inside_only": ["answer", "answer"]}, "通知种类“answer”写了两次"),
        ({"inside_only": ["urge"]}, "“催办”是本单位规定必须发送的"),
    ],
)
def test_what_there_is_none_of_or_is_insisted_on_is_refused(office: Office, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        choose(office, **wrong)
    assert office.rows(MessagePreference) == []


def test_what_is_insisted_on_is_not_offered(office: Office) -> None:
    offered = {kind.value for kind in free_kinds(office.settings)}
    assert offered == {kind.value for kind in NoticeKind} - set(office.settings.insist_on.split(","))


@pytest.mark.parametrize("by", [SUPERVISOR, OUTSIDER])
def test_nobody_chooses_for_another(office: Office, by: str) -> None:
    with pytest.raises(ForbiddenError, match="由本人设置"):
        choose(office, by=by)


def test_an_address_that_changed_is_told_by_mail_once_and_what_did_not_change_is_not(office: Office) -> None:
    assert name(office, {"webhook": " lichengban ", "apprise": "li"}) == ["Webhook", "Apprise"]
    assert name(office, {"webhook": "lichengban", "apprise": ""}, by=SUPERVISOR) == ["Apprise"]
    assert name(office, {"webhook": "lichengban", "apprise": ""}) == []

    assert [(row.channel, row.address) for row in office.rows(PersonAddress)] == [("webhook", "lichengban")]
    texts = [letter.text for letter in office.rows(Letter)]
    assert texts == [
        "您的账户改了接收消息的Webhook、Apprise账号。如果不是您本人办的，请马上告诉本单位的管理人员。",
        f"{SUPERVISOR}改了您接收消息的Apprise账号。",
    ]
    assert [entry.action for entry in office.rows(AuditEntry)] == ["set_address", "staff"]


def test_a_url_is_kept_sealed_and_stands_in_no_table_in_clear(office: Office) -> None:
    name(office, {"apprise": URL})
    (kept,) = office.rows(PersonAddress)
    assert kept.address.startswith(SEALED)
    told = " ".join(
        str(row.model_dump()) for table in (AuditEntry, Letter, PersonAddress) for row in office.rows(table)
    )
    assert "geheim" not in told
    with on_record(office.engine) as session:
        lines = channel_lines(session, find_person(session, HANDLER), office.settings)
    assert [(line.sealed, line.address) for line in lines if line.channel.name == "apprise"] == [(True, None)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"fax": "1"}, "“fax”不是可用的渠道；可用：apprise、webhook"), ({"mail": "li@office.test"}, "不是可用的渠道"),
        ({"webhook": "li ban"}, "账号应由"), ({"webhook": "a" * 65}, "不超过 64 个字符"),
        ({"webhook": "https://host.example.cn/"}, "没有开放个人的接收地址"), ({"apprise": "dbus://"}, "开放的 Apprise"),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_refused(office: Office, typed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        name(office, typed)


@pytest.mark.parametrize("by", [HEAD, OUTSIDER])
def test_only_the_person_and_who_manages_people_names_an_address(office: Office, by: str) -> None:
    with pytest.raises(ForbiddenError):
        name(office, {"webhook": "li"}, by=by)
    assert office.rows(PersonAddress) == []


def test_the_administrator_at_the_machine_names_an_address_and_chooses_for_nobody(office: Office) -> None:
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), administrator(day(ON))
        set_addresses(session, person, {"webhook": "li"}, by=by, settings=office.settings)
        with pytest.raises(ForbiddenError):
            set_preference(
                session, person, by=by, settings=office.settings, channels=[], digest_at=None, inside_only=[]
            )
        assert session.exec(select(PersonAddress.address)).one() == "li"
