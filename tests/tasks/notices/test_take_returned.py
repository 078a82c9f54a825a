"""What comes back by mail marks the message it speaks of, once; what somebody makes up marks nothing."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import key, unit_of_work
from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.ladder.returned_mail import MailboxPlace, ReturnedMail, ReturnKind
from models.people.person import Person
from tasks.notices.read_mailbox import Batch
from tasks.notices.take_returned import ReturnedResult, mailbox_place, take_returned
from tests.office import HANDLER, HEAD, Office
from tests.outside.returned_mails import recipient, report, written

DAY = dt.date(2026, 6, 23)
NOW = opening_of(DAY)
REFERENCE = "<20260623.1.digest.0.5f1c@duban.invalid>"
REFUSED = "退信：550 5.1.1 User unknown"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """The handler has been sent a mail, with a reminder in it."""
    made = Office(any_engine, tmp_path / "home", imap_host="mail.test", imap_user="duban")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.sweep(DAY)
    send(made, HANDLER, REFERENCE, ["mail"])
    return made


def send(office: Office, name: str, reference: str, channels: list[str], ordinal: int = 0, **more: Any) -> int:
    """A message to the person with what waits for him, taken by the mail server."""
    with unit_of_work(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        message = Message(
            recipient_id=key(person.id), on=DAY, reference=reference, channels=channels, channel=channels[0],
            state=SendState.SENT, attempts=1, next_try_at=NOW, made_at=NOW, sent_at=NOW, ordinal=ordinal, **more,
        )  # fmt: skip
        session.add(message)
        session.flush()
        tried = DeliveryAttempt(
            message_id=key(message.id), channel="mail", started_at=NOW, ended_at=NOW, delivered=True, answer="250 ok"
        )
        session.add(tried)
        for notice in session.exec(select(Notice).where(Notice.recipient_id == person.id)):
            notice.state, notice.message_id = NoticeState.SENT, message.id
        return key(message.id)


def address(office: Office, name: str = HANDLER) -> str:
    with Session(office.engine) as session:
        return session.exec(select(Person).where(Person.name == name)).one().email or ""


def returned(reference: str) -> str:
    return f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {reference}\r\n"


def bounce(office: Office, reference: str = REFERENCE, to: str | None = None, **more: str) -> bytes:
    return report(recipient(to or address(office), **more), returned=returned(reference))


def take(office: Office, *mails: bytes, validity: int = 7, first: int = 1) -> ReturnedResult:
    batch = Batch(validity, dict(enumerate(mails, first)))
    with unit_of_work(office.engine) as session:
        return take_returned(session, office.settings, batch, now=NOW)


def told(office: Office) -> list[tuple[str, str | None]]:
    """The handler's notices: what became of each, and why."""
    return [(notice.state.value, notice.reason) for notice in office.rows(Notice) if notice.message_id]


def test_a_bounce_is_what_a_refusal_at_once_would_have_been(office: Office) -> None:
    assert take(office, bounce(office)) == ReturnedResult(failed=1)

    [message], [attempt], [kept] = office.rows(Message), office.rows(DeliveryAttempt), office.rows(ReturnedMail)
    assert (message.state, message.sent_at) == (SendState.PARKED, None)
    assert (attempt.delivered, attempt.answer) == (False, REFUSED)
    assert (kept.kind, kept.words) == (ReturnKind.FAILED, "550 5.1.1 User unknown")
    assert told(office) == [("parked", REFUSED)]


def test_the_next_channel_that_is_set_up_takes_over_what_bounced(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(office.engine) as session:
        message = session.exec(select(Message)).one()
        message.channels = ["gone", "mail", "gone", "mobile"]
    usable = [FakeChannel("mail"), FakeChannel("mobile")]
    monkeypatch.setattr("tasks.notices.take_returned.channels_set", lambda _settings: usable)

    take(office, bounce(office))

    [message] = office.rows(Message)
    assert (message.state, message.channel, message.attempts, message.sent_at) == (SendState.WAITING, "mobile", 0, None)
    assert told(office) == [("pending", None)]


class FakeChannel:
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.mark.parametrize(
    ("mail", "result", "reason"),
    [
        pytest.param(lambda office: bounce(office, action="delayed", status="4.2.2", said="452 4.2.2 full"),
                     ReturnedResult(delayed=1), "投递延迟：452 4.2.2 full", id="delayed"),
        pytest.param(lambda office: written(address(office), "自动回复：【督办】", "出差", reference=REFERENCE),
                     ReturnedResult(away=1), "自动回复：自动回复：【督办】：出差", id="away"),
    ],
)  # fmt: skip
def test_what_may_still_arrive_is_noted_and_changes_nothing_else(
    office: Office, mail: Any, result: ReturnedResult, reason: str
) -> None:
    assert take(office, mail(office)) == result

    [message] = office.rows(Message)
    assert message.state is SendState.SENT
    assert told(office) == [("sent", reason)]


def test_a_mail_is_taken_once_wherever_it_lies(office: Office) -> None:
    mail = written(address(office), "自动回复", "出差", reference=REFERENCE)

    assert take(office, mail, mail) == ReturnedResult(away=1)
    assert take(office, mail, validity=8) == ReturnedResult()
    assert len(office.rows(ReturnedMail)) == 1


def test_it_is_read_on_from_where_it_was_left(office: Office) -> None:
    with Session(office.engine) as session:
        assert mailbox_place(session, office.settings) is None
    take(office, b"", b"", first=4_000_000_000)
    take(office)

    [place] = office.rows(MailboxPlace)
    assert (place.mailbox, place.validity, place.uid) == ("duban@mail.test:993/INBOX", 7, 4_000_000_001)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda office: bounce(office, "<20260623.1.digest.0.0000@duban.invalid>"), id="a message unknown"),
        pytest.param(lambda office: bounce(office, to=address(office, HEAD)), id="another's message"),
        pytest.param(lambda office: bounce(office, to="x@elsewhere.test"), id="a stranger's address"),
        pytest.param(lambda office: report(recipient(address(office)), returned=returned("")), id="no message named"),
        pytest.param(lambda _: written("x@elsewhere.test", "自动回复", "x", reference=REFERENCE), id="a stranger away"),
    ],
)
def test_what_somebody_makes_up_changes_nothing(office: Office, forged: Any) -> None:
    assert take(office, forged(office)) == ReturnedResult(others=1)

    assert told(office) == [("sent", None)]
    assert office.rows(ReturnedMail) == []


@pytest.mark.parametrize("change", [{"read_at": NOW}, {"channel": "mobile"}, {"state": SendState.WAITING}])
def test_a_bounce_of_what_was_opened_or_has_moved_on_is_kept_and_changes_nothing(
    office: Office, change: dict[str, Any]
) -> None:
    with unit_of_work(office.engine) as session:
        message = session.exec(select(Message)).one()
        for name, value in change.items():
            setattr(message, name, value)

    assert take(office, bounce(office)) == ReturnedResult(failed=1)

    assert told(office) == [("sent", None)]
    assert [attempt.delivered for attempt in office.rows(DeliveryAttempt)] == [True]


def test_a_mail_that_breaks_something_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever it is about: what it did is undone whole."""

    def breaking(session: Session, message: Message, *given: Any, **more: Any) -> bool:
        message.state = SendState.PARKED
        session.flush()
        raise KeyError

    away = written(address(office), "自动回复", "出差", reference=REFERENCE)
    with monkeypatch.context() as broken:
        broken.setattr("tasks.notices.take_returned.fail_message", breaking)
        take(office, bounce(office), away)

    [message] = office.rows(Message)
    assert message.state is SendState.SENT
    assert [kept.kind for kept in office.rows(ReturnedMail)] == [ReturnKind.AWAY]
    assert [getattr(record, "action", "") for record in caplog.records] == ["returned_failed"]
