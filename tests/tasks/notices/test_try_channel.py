"""Trying a channel: one message for real, by oneself or by who runs the office, on record, and few an hour."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.ladder.channel_state import ChannelState
from models.people.person import Role
from models.people.reach import PersonAddress
from tasks.notices.channel_health import note_down
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.try_channel import MOST, WITHIN, try_channel
from tasks.people.find import find_person
from tests.actors import administrator
from tests.office import HANDLER, HEAD, OUTSIDER, SUPERVISOR, Office, day
from tests.tasks.notices.http_peer import HttpPeer, http_peer

ON, ADMIN = "2026-06-01", "钱管理"


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as made:
        yield made


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path, peer: HttpPeer) -> Office:
    made = Office(
        any_engine, tmp_path, message_webhook_url=peer.url, message_webhook_secret=SecretStr("whsec_" + "QUJD" * 8)
    )
    made.hire(ADMIN, Role.ADMINISTRATOR, "管理员")
    return made


def attempt(
    office: Office, channel: str = "mail", *, by: str | None = HANDLER, after: dt.timedelta | None = None
) -> Handed:
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        actor = office.by(session, by, ON) if by else administrator(day(ON))
    if after is not None:
        actor = type(actor)(actor.name, actor.channel, actor.on, actor.now + after, actor.person_id)
    return try_channel(office.engine, office.settings, person.id or 0, channel, by=actor)


def entries(office: Office) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.actor, entry.after["channel"]) for entry in office.rows(AuditEntry)]


@pytest.mark.parametrize("by", [HANDLER, SUPERVISOR, ADMIN, None])
def test_a_message_leaves_at_once_and_the_try_is_on_record(office: Office, by: str | None) -> None:
    assert attempt(office, by=by).answer.startswith("maildir ")
    text_of = office.inbox(HANDLER).expect("渠道测试", "收到就说明这条渠道能用")
    assert f"发起：{by or '本机管理员'}"[:5] in text_of
    assert [(action, channel) for action, _, channel in entries(office)] == [("try_channel", "mail")]


@pytest.mark.parametrize("by", [HEAD, OUTSIDER])
def test_nobody_else_sends_one(office: Office, by: str) -> None:
    with pytest.raises(ForbiddenError):
        attempt(office, by=by)
    assert entries(office) == []
    assert office.mails() == []


def test_what_went_wrong_is_told_and_the_try_counts_all_the_same(office: Office, peer: HttpPeer) -> None:
    with pytest.raises(BadInputError, match=f"{HANDLER}没有登记Webhook所用的账号"):
        attempt(office, "webhook")
    with unit_of_work(office.engine) as session:
        session.add(PersonAddress(person_id=find_person(session, HANDLER).id or 0, channel="webhook", address="li"))
    assert attempt(office, "webhook") == Handed("200 OK")
    peer.status = 503
    with pytest.raises(ChannelDownError, match="503 Service Unavailable"):
        attempt(office, "webhook")
    with pytest.raises(BadInputError, match="“sms”不是可用的渠道；可用：mail、webhook"):
        attempt(office, "sms")
    assert len(entries(office)) == 2


def test_a_channel_that_took_it_is_not_down_any_more(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        note_down(session, "mail", "坏了", now=office.by(session, HANDLER, ON).now, pause=dt.timedelta(hours=1))
    attempt(office)
    assert [state.down_since for state in office.rows(ChannelState)] == [None]


def test_an_hour_has_so_many_and_no_more(office: Office) -> None:
    for _ in range(MOST):
        attempt(office)
    with pytest.raises(ForbiddenError, match=f"至多测试 {MOST} 次"):
        attempt(office)
    attempt(office, by=SUPERVISOR)
    attempt(office, after=WITHIN)
    assert len(entries(office)) == MOST + 2
