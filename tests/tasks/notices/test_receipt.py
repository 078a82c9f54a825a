"""Receipts: how far each notice got, and why it got no further."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from models.actor import Actor, Channel
from models.clock import day_of, opening_of
from models.database import reading, unit_of_work
from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.snooze import Snooze
from models.people.person import Person
from models.people.reach import MessagePreference
from tasks.notices.channel_health import note_down
from tasks.notices.deliver import deliver
from tasks.notices.receipts.receipt import NoticeReceipt, ToldReceipt, how_long, tell_receipts
from tests.office import HANDLER, Office, day
from tests.web import statements

FRIDAY = day("2026-06-26")


def at(hour: int, minute: int = 0, on: dt.date = FRIDAY) -> dt.datetime:
    return opening_of(on).replace(hour=hour, minute=minute)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """The handler is reminded today of what is due today."""
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-26")
    made.sweep(FRIDAY)
    with unit_of_work(made.engine) as session:
        session.execute(delete(Notice).where(col(Notice.state) == NoticeState.COLLAPSED))
    return made


def mine() -> SelectOfScalar[Notice]:
    """What is for the handler."""
    return select(Notice).join(Person, col(Person.id) == Notice.recipient_id).where(Person.name == HANDLER)


def told(office: Office, kind: NoticeKind = NoticeKind.REMINDER, now: dt.datetime | None = None) -> ToldReceipt:
    """The receipt of the handler's newest notice of the kind."""
    now = now or at(9)
    with reading(office.engine) as session:
        rows = [
            (notice, session.get(Message, notice.message_id) if notice.message_id else None)
            for notice in session.exec(mine().where(Notice.kind == kind).order_by(col(Notice.id).desc()))
        ]
        by = Actor("陈督办", Channel.WEB, day_of(now), now, None)
        return tell_receipts(session, rows, office.settings, by=by)[rows[0][0].id or 0]


def change(office: Office, done: Callable[[Notice, Message | None], None]) -> None:
    """Let something become of every notice of the handler and its message."""
    with unit_of_work(office.engine) as session:
        for notice in session.exec(mine()):
            done(notice, session.get(Message, notice.message_id) if notice.message_id else None)


def run(office: Office, now: dt.datetime) -> None:
    deliver(office.engine, office.settings, now=now, on=day_of(now), quiet=True)


def add(office: Office, **row: object) -> None:
    """A snooze or a preference of the handler."""
    with unit_of_work(office.engine) as session:
        notice = session.exec(mine().where(Notice.kind == NoticeKind.REMINDER)).first()
        assert notice is not None
        kind = Snooze if "until_on" in row else MessagePreference
        more = {"deadline_id": notice.deadline_id, "made_on": FRIDAY} if kind is Snooze else {}
        session.add(kind.model_validate({"person_id": notice.recipient_id} | more | row))


def test_what_waits_for_nothing_is_planned_and_what_left_is_sent_then_read(office: Office) -> None:
    assert told(office) == ToldReceipt(NoticeReceipt.PLANNED, words="等待下一次发送")
    run(office, at(9))
    assert told(office) == ToldReceipt(NoticeReceipt.SENT, at(9))
    change(office, lambda notice, _: setattr(notice, "read_at", at(10)))
    assert told(office) == ToldReceipt(NoticeReceipt.READ, at(10))


def test_what_the_provider_says_arrived_is_delivered(office: Office) -> None:
    run(office, at(9))
    change(office, lambda _, message: setattr(message, "delivered_at", at(9, 5)))
    assert told(office) == ToldReceipt(NoticeReceipt.DELIVERED, at(9, 5))


def test_what_is_held_says_why(office: Office) -> None:
    assert told(office, now=at(23)).words == "静默时段（20:00 至 08:00）内不发，之后发送"
    add(office, digest_at=dt.time(14, 30))
    assert told(office, now=at(9)) == ToldReceipt(NoticeReceipt.HELD, words="每日汇总在 14:30 发送")
    add(office, until_on=day("2026-06-29"))
    assert told(office).words == "本人选择了稍后提醒，2026-06-29 起发送"
    monday = at(9, on=day("2026-06-29"))
    assert told(office, now=monday).words == "等当天的督办运行以后发送"
    change(office, lambda notice, _: setattr(notice, "send_on", day("2026-06-29")))
    assert told(office) == ToldReceipt(NoticeReceipt.HELD, words="当天休息，2026-06-29 起发送")


def test_what_comes_after_the_days_digest_waits_for_the_next(office: Office) -> None:
    run(office, at(9))
    with unit_of_work(office.engine) as session:
        sent = session.exec(mine().where(Notice.kind == NoticeKind.REMINDER)).first()
        assert sent is not None
        values = sent.model_dump(exclude={"id", "message_id"}) | {"kind": NoticeKind.APPROVAL, "rung_id": None}
        session.add(Notice.model_validate(values | {"state": NoticeState.PENDING, "subject": "extension:1"}))
    found = told(office, NoticeKind.APPROVAL, at(10))
    assert found == ToldReceipt(NoticeReceipt.HELD, words="当天的汇总已经发出，随下一次汇总发送")


def test_beyond_the_hours_measure_urgent_ones_are_held_to_be_merged(office: Office) -> None:
    most = office.settings.urgent_per_hour
    for minute in range(most + 1):
        office.instruct("1", f"第{minute}条", due="2026-07-10", on="2026-06-26")
        run(office, at(9, minute))
    found = told(office, NoticeKind.INSTRUCTION, at(9, 30))
    assert found == ToldReceipt(NoticeReceipt.HELD, words=f"本小时已发 {most} 封，合并后发")


def test_what_waits_for_a_channel_says_since_when_and_why(office: Office) -> None:
    run(office, at(9))
    change(office, back_to_waiting)
    with unit_of_work(office.engine) as session:
        note_down(session, "mail", "连不上邮件服务器", now=at(9, 1), pause=None)
    found = told(office, now=at(9, 1))
    assert (found.receipt, found.at) == (NoticeReceipt.HELD, at(9, 1))
    assert found.words == "邮件不通（连不上邮件服务器），06-26 09:02 再试，通了即发"


def back_to_waiting(notice: Notice, message: Message | None) -> None:
    assert message is not None
    notice.state, message.state, message.sent_at = NoticeState.PENDING, SendState.WAITING, None
    message.next_try_at = at(9, 10)


def test_what_failed_says_how_often_and_when_it_is_tried_again_and_by_what(office: Office) -> None:
    run(office, at(9))
    change(office, back_to_waiting)
    with unit_of_work(office.engine) as session:
        for one in session.exec(select(DeliveryAttempt)):
            one.delivered, one.answer = False, "451 稍后再试"
    found = told(office)
    assert (found.receipt, found.at) == (NoticeReceipt.FAILED, at(9))
    assert found.words == "已试 1 次未成（451 稍后再试），2026-06-26 09:10 后再试"
    change(office, lambda _, message: setattr(message, "channel", "pager"))
    assert told(office).words == "邮件送不到（451 稍后再试），改由pager发送"
    change(office, lambda _, message: setattr(message, "state", SendState.SENDING))
    assert told(office).receipt is NoticeReceipt.SENDING


@pytest.mark.parametrize(
    ("state", "receipt"),
    [
        (NoticeState.COLLAPSED, NoticeReceipt.MERGED),
        (NoticeState.DROPPED, NoticeReceipt.DROPPED),
        (NoticeState.PARKED, NoticeReceipt.PARKED),
    ],
)
def test_what_does_not_leave_says_why(office: Office, state: NoticeState, receipt: NoticeReceipt) -> None:
    change(office, lambda notice, _: setattr(notice, "state", state))
    change(office, lambda notice, _: setattr(notice, "reason", "缘故"))
    assert told(office) == ToldReceipt(receipt, words="缘故")


def test_an_escalation_says_for_how_long_nobody_opened_it(office: Office) -> None:
    run(office, at(9))
    change(office, lambda notice, _: setattr(notice, "kind", NoticeKind.ESCALATION))
    assert told(office, NoticeKind.ESCALATION, at(11)).words == "没有打开过，已 2 小时"
    change(office, lambda _, message: setattr(message, "state", SendState.WAITING))
    assert told(office, NoticeKind.ESCALATION, at(11)).words == "一直没有打开，改由邮件再发"
    change(office, lambda notice, _: setattr(notice, "message_id", None))
    assert told(office, NoticeKind.ESCALATION, at(11)).words == "没有打开过"


def test_a_span_is_told_in_whole_days_or_hours() -> None:
    spans = [dt.timedelta(minutes=59), dt.timedelta(hours=23.9), dt.timedelta(days=2, hours=5)]
    assert [how_long(span) for span in spans] == ["不到 1 小时", " 23 小时", " 2 天"]


def test_however_many_notices_it_is_at_most_ten_questions(office: Office) -> None:
    def ask() -> int:
        with reading(office.engine) as session:
            by = Actor("陈督办", Channel.WEB, FRIDAY, at(9), None)
            rows = [(row, session.get(Message, row.message_id or 0)) for row in session.exec(select(Notice)).all()]
            return statements(office.engine, lambda: tell_receipts(session, rows, office.settings, by=by))

    asked = []
    office.instruct("1", "请抓紧", due="2026-07-10", on="2026-06-26")
    run(office, at(9))
    change(office, back_to_waiting)
    for number in range(12):
        asked.append(ask())
        office.instruct("1", f"第 {number} 件", due="2026-07-10", on="2026-06-26")
    assert (asked[1] <= 10, set(asked[1:])) == (True, {asked[1]})
