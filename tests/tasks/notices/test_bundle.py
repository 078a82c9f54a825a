"""Which comes when, and by which channel: at once or in the day's digest, at a person's hour, by what the person chose
above what the office insists on, and by the next channel where one fails or nobody reads.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, select

from models.clock import day_of, opening_of
from models.database import unit_of_work
from models.errors import BadInputError, DeliveryError
from models.ladder.message import DeliveryAttempt, Message, MessageKind, SendState
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.snooze import Snooze
from models.people.person import Person
from models.people.reach import MessagePreference, PersonAddress
from models.settings import Settings
from tasks.notices import find_channels
from tasks.notices.channel import AddressKind, MessageChannel, Parcel, Rate
from tasks.notices.channels import mail
from tasks.notices.deliver import DeliveryResult, deliver
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.read_mailbox import Batch
from tasks.notices.take_returned import take_returned
from tests.office import HANDLER, HEAD, LEADER, Office, day
from tests.outside.returned_mails import recipient, report

FRIDAY = day("2026-06-26")


@dataclass
class Pager:
    """A channel of its own making: takes what it is given, unless the story says otherwise."""

    taken: list[Parcel] = field(default_factory=list)
    refuses: Mapping[str, DeliveryError | ChannelDownError] = field(default_factory=dict)

    @contextmanager
    def open(self, _settings: Settings) -> Iterator["Pager"]:
        yield self

    def pack(self, parcel: Parcel) -> Parcel:
        return parcel

    def send(self, packed: Parcel) -> Handed:
        if packed.to in self.refuses:
            raise self.refuses[packed.to]
        self.taken.append(packed)
        return Handed("ok", delivered=True)


@pytest.fixture
def pager() -> Pager:
    return Pager()


def offer(monkeypatch: pytest.MonkeyPatch, pager: Pager, rate: Rate | None = None) -> None:
    """From now on there are two channels: mail and the pager."""
    there = MessageChannel("pager", "寻呼", AddressKind.OWN, lambda _settings: True, pager.open, rate)
    monkeypatch.setattr(find_channels, "every_channel", lambda: {"mail": mail.CHANNEL, "pager": there})


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-26")
    made.assign("案卷评查", due="2026-07-30")
    made.sweep(FRIDAY)
    return made


def at(hour: int, minute: int = 0, on: dt.date = FRIDAY) -> dt.datetime:
    return opening_of(on).replace(hour=hour, minute=minute)


def run(office: Office, now: dt.datetime, *, urgent_only: bool = False) -> DeliveryResult:
    """As the rhythms do it."""
    return deliver(office.engine, office.settings, now=now, on=day_of(now), quiet=True, urgent_only=urgent_only)


def person(session: Session, name: str) -> int:
    return session.exec(select(Person).where(Person.name == name)).one().id or 0


def prefer(office: Office, name: str, **chosen: Any) -> None:
    with unit_of_work(office.engine) as session:
        session.add(MessagePreference(person_id=person(session, name), **chosen))


def page(office: Office, *names: str) -> None:
    with unit_of_work(office.engine) as session:
        for name in names:
            session.add(PersonAddress(person_id=person(session, name), channel="pager", address=name))


def kinds(office: Office, name: str) -> list[MessageKind]:
    return [row.kind for row in office.rows(Message) if office.name_of(row.recipient_id) == name]


def test_an_instruction_of_the_same_day_arrives_although_the_days_mail_has_gone(office: Office) -> None:
    run(office, at(8, 40))
    office.instruct("1", "今天下班前报我", due="2026-06-26", on="2026-06-26")
    run(office, at(8, 42), urgent_only=True)
    office.inbox(HANDLER).expect("今日到期", "普法宣传")
    office.inbox(HANDLER).expect("批示", "今天下班前报我")
    office.urge("1", on="2026-06-26")
    run(office, at(14), urgent_only=True)
    office.inbox(HANDLER).expect("催办")
    assert kinds(office, HANDLER) == [MessageKind.DIGEST, MessageKind.URGENT, MessageKind.URGENT]


def test_an_hour_has_room_for_so_many_and_what_is_more_comes_merged(office: Office) -> None:
    most = office.settings.urgent_per_hour
    for minute in range(most + 3):
        office.instruct("1", f"第{minute}条", due="2026-07-10", on="2026-06-26")
        run(office, at(9, minute), urgent_only=True)
    assert kinds(office, HANDLER).count(MessageKind.URGENT) == most
    run(office, at(9, 59), urgent_only=True)
    assert kinds(office, HANDLER).count(MessageKind.URGENT) == most
    run(office, at(10, 1), urgent_only=True)
    office.inbox(HANDLER).expect(*(f"第{minute}条" for minute in range(most, most + 3)))


def test_a_digest_leaves_at_its_persons_hour_what_is_urgent_does_not_wait_for_it(office: Office) -> None:
    prefer(office, HANDLER, digest_at=dt.time(14, 30))
    office.instruct("1", "请抓紧", due="2026-07-10", on="2026-06-26")
    run(office, at(9))
    assert kinds(office, HANDLER) == [MessageKind.URGENT]
    run(office, at(14, 29))
    assert kinds(office, HANDLER) == [MessageKind.URGENT]
    run(office, at(14, 30))
    assert kinds(office, HANDLER) == [MessageKind.URGENT, MessageKind.DIGEST]


def test_what_a_person_wants_in_the_system_alone_stays_there_but_not_what_the_office_insists_on(office: Office) -> None:
    prefer(office, HANDLER, inside_only=["reminder", "instruction"])
    office.instruct("1", "请抓紧", due="2026-07-10", on="2026-06-26")
    assert run(office, at(9)).unreachable > 0
    mine = [row for row in office.rows(Notice) if office.name_of(row.recipient_id) == HANDLER]
    assert {row.kind for row in mine if row.message_id is None} == {NoticeKind.REMINDER}
    reminded = [row for row in mine if row.kind is NoticeKind.REMINDER and row.state is not NoticeState.COLLAPSED]
    assert {(row.state, row.reason) for row in reminded} == {(NoticeState.SENT, "按本人设置，此类通知仅在系统内查看")}
    office.inbox(HANDLER).expect("请抓紧")


def test_the_persons_order_comes_before_the_offices(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager)
    page(office, HANDLER, HEAD)
    prefer(office, HANDLER, channels=["pager"])
    office.urge("1", on="2026-06-26")
    run(office, at(9))
    assert {parcel.to for parcel in pager.taken} == {HANDLER}
    ways = {(office.name_of(row.recipient_id), *row.channels, row.delivered_at) for row in office.rows(Message)}
    assert ways == {(HANDLER, "pager", "mail", at(9)), (HEAD, "mail", "pager", None)}


def test_an_order_that_names_no_channel_is_refused_in_words(office: Office) -> None:
    office.settings.channels = "mail,brieftaube"
    with pytest.raises(BadInputError, match="“brieftaube”不是已知的渠道"):
        run(office, at(9))


def test_what_can_never_arrive_by_one_channel_goes_by_the_next_in_the_same_run(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager)
    page(office, HANDLER)
    prefer(office, HANDLER, channels=["pager"])
    pager.refuses = {HANDLER: DeliveryError("60111 用户不存在", permanent=True)}
    result = run(office, at(9))
    assert (result.sent, result.parked) == (2, 0)
    office.inbox(HANDLER).expect("普法宣传")
    mine = {row.id for row in office.rows(Message) if office.name_of(row.recipient_id) == HANDLER}
    tries = [(row.channel, row.delivered) for row in office.rows(DeliveryAttempt) if row.message_id in mine]
    assert tries == [("pager", False), ("mail", True)]


def test_a_channel_that_is_down_stops_no_other(office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, pager)
    office.instruct("2", "请抓紧", due="2026-07-10", on="2026-06-26")
    office.extend("2", to="2026-09-30", on="2026-06-26")
    page(office, HANDLER)
    prefer(office, HANDLER, channels=["pager"])
    pager.refuses = {HANDLER: ChannelDownError("45009 接口调用超过限制", pause=dt.timedelta(minutes=30))}
    result = run(office, at(9))
    assert result.problem == "45009 接口调用超过限制"
    office.inbox(LEADER).expect("待我审批")
    pager.refuses = {}
    assert run(office, at(9, 29)).sent == 0
    assert run(office, at(9, 30)).sent == 2


def test_what_nobody_opened_in_time_goes_by_the_next_channel_once(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager)
    page(office, HANDLER)
    office.instruct("2", "请抓紧", due="2026-07-10", on="2026-06-26")
    run(office, at(9))
    monday = day("2026-06-29")
    run(office, at(8, 55, day("2026-06-27")))
    assert pager.taken == []
    for minute in (0, 1, 2):
        run(office, at(9, minute, monday), urgent_only=True)
    assert [("请抓紧" in parcel.plain, parcel.reference) for parcel in pager.taken] == [
        (True, next(row.reference for row in office.rows(Message) if row.kind is MessageKind.URGENT))
    ]
    assert {row.state for row in office.rows(Message)} == {SendState.SENT}


def test_what_was_read_or_dealt_with_goes_by_no_further_channel(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager)
    page(office, HANDLER)
    office.instruct("2", "请抓紧", due="2026-07-10", on="2026-06-26")
    run(office, at(9))
    with unit_of_work(office.engine) as session:
        for message in session.exec(select(Message)):
            message.read_at = at(10)
    run(office, at(10, 0, day("2026-06-29")), urgent_only=True)
    assert pager.taken == []


def test_a_published_limit_is_kept_whoever_sends_and_what_is_beyond_it_follows(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager, Rate(messages=2, seconds=60))
    office.settings.channels = "pager"
    for name in ("甲", "乙", "丙", "丁", "戊"):
        office.hire(name)
        office.assign(f"{name}的事", due="2026-06-26", to=name)
    page(office, HANDLER, HEAD, "甲", "乙", "丙", "丁", "戊")
    office.sweep("2026-06-26")
    waiting = len({row.recipient_id for row in office.rows(Notice) if row.state is NoticeState.PENDING})
    sent = [run(office, at(9) + dt.timedelta(seconds=seconds)).sent for seconds in (0, 0, 30, 60, 120)]
    assert sent == [2, 0, 1, 1, 2]
    assert sum(sent) == min(waiting, 6)


PLANS = ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize")
"""Without these PostgreSQL asks what stands in an `IN` anew for each row, as it may by itself on a table it knows
little of.
"""


def test_a_limit_is_kept_however_the_database_plans(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, pager, Rate(messages=2, seconds=60))
    office.settings.channels = "pager"
    names = ("甲", "乙", "丙", "丁", "戊")
    for name in names:
        office.hire(name)
        office.assign(f"{name}的事", due="2026-06-26", to=name)
    page(office, HANDLER, HEAD, *names)
    office.sweep("2026-06-26")

    @event.listens_for(office.engine, "begin")
    def plan_badly(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            for plan in PLANS:
                connection.exec_driver_sql(f"SET LOCAL enable_{plan} = off")

    assert [run(office, at(9) + dt.timedelta(seconds=seconds)).sent for seconds in (0, 30, 60)] == [2, 1, 1]


def test_a_snoozed_reminder_waits_until_its_day_and_an_escalation_does_not(office: Office) -> None:
    deadline = next(row.deadline_id for row in office.rows(Notice) if row.kind is NoticeKind.REMINDER)
    with unit_of_work(office.engine) as session:
        session.add(
            Snooze(person_id=person(session, HANDLER), deadline_id=deadline, until_on=day("2026-07-02"), made_on=FRIDAY)
        )
    run(office, at(9))
    assert kinds(office, HANDLER) == []
    office.sweep("2026-06-29")
    run(office, at(9, 0, day("2026-06-29")))
    assert kinds(office, HANDLER) == [MessageKind.URGENT]


def test_what_bounced_after_it_was_taken_arrives_by_the_next_channel(
    office: Office, monkeypatch: pytest.MonkeyPatch, pager: Pager
) -> None:
    offer(monkeypatch, pager)
    page(office, HANDLER)
    run(office, at(8, 40))
    office.inbox(HANDLER).expect("普法宣传")
    assert pager.taken == []
    [sent] = [row for row in office.rows(Message) if office.name_of(row.recipient_id) == HANDLER]

    named = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent.reference}\r\n"
    with unit_of_work(office.engine) as session:
        address = session.exec(select(Person.email).where(Person.name == HANDLER)).one() or ""
        bounce = report(recipient(address), returned=named)
        take_returned(session, office.settings, Batch(1, {1: bounce}), now=at(8, 45))
    run(office, at(8, 50))

    assert ["普法宣传" in parcel.plain for parcel in pager.taken] == [True]
    [moved] = [row for row in office.rows(Message) if row.id == sent.id]
    assert (moved.state, moved.channel, moved.reference) == (SendState.SENT, "pager", sent.reference)
    tried = [(row.channel, row.delivered) for row in office.rows(DeliveryAttempt) if row.message_id == sent.id]
    assert tried == [("mail", False), ("pager", True)]


def test_what_waits_for_a_channel_that_is_set_up_no_more_goes_by_another_or_is_parked(
    office: Office, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.instruct("2", "请抓紧", due="2026-07-10", on="2026-06-26")
    with monkeypatch.context() as there:
        offer(there, pager)
        page(office, HANDLER, HEAD)
        office.settings.channels = "pager"
        pager.refuses = dict.fromkeys((HANDLER, HEAD), ChannelDownError("停机"))
        assert run(office, at(9)).sent == 0
    office.settings.channels = "mail"
    with unit_of_work(office.engine) as session:
        session.exec(select(Person).where(Person.name == HEAD)).one().email = None
    result = run(office, at(10))
    assert result.sent == 2
    office.inbox(HANDLER).expect("请抓紧")
    states = {(office.name_of(row.recipient_id), row.state) for row in office.rows(Message)}
    assert states == {(HANDLER, SendState.SENT), (HEAD, SendState.PARKED)}
    assert "渠道“pager”已停用，没有别的渠道" in {row.reason for row in office.rows(Notice)}
