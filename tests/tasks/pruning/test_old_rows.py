"""What has outlived its term goes, on both databases; what people recorded, the trail, and how they were told stays."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, func, select

from models.audit import LEDGERS
from models.database import key, reading, unit_of_work
from models.engine.job import Job, JobState
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.ladder.message import DeliveryAttempt, Message, MessageKind, SendState
from models.ladder.notice import Notice
from models.people.account import Account, CodeWay, OneTimeCode, RecoveryCode
from models.people.keyed_request import KeyedRequest
from models.people.person import Person
from models.people.web_session import WebSession
from tasks.pruning import old_rows
from tasks.pruning.old_rows import OLD_ROWS, prune_rows, weigh_rows
from tests.office import HANDLER, Office

NOW = dt.datetime(2027, 1, 10, 2, tzinfo=dt.UTC)
BEFORE = NOW - dt.timedelta(days=100)
OLD, NEW = BEFORE - dt.timedelta(days=1), BEFORE + dt.timedelta(days=1)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path)


def prune(office: Office, *tables: str) -> dict[str, int]:
    """Prune to the end, batch by batch; what went of these tables, by their names."""
    gone = {}
    for kind in OLD_ROWS:
        if kind.table.name not in tables:
            continue
        with reading(office.engine) as session:
            count, size = weigh_rows(session, kind, BEFORE)
        assert (size > 0) == (count > 0)
        gone[kind.table.name] = 0
        while True:
            with unit_of_work(office.engine) as session:
                taken = prune_rows(session, kind, BEFORE)
            gone[kind.table.name] += taken
            if not taken:
                break
        assert gone[kind.table.name] == count
    return gone


def handler(session: Session) -> int:
    return key(session.exec(select(Person).where(Person.name == HANDLER)).one().id)


def add(office: Office, *rows: SQLModel) -> None:
    with unit_of_work(office.engine) as session:
        session.add_all(rows)


def test_only_what_the_engine_keeps_for_itself_is_ever_pruned() -> None:
    codes = {"one_time_code", "recovery_code"}
    tables = {kind.table.name for kind in OLD_ROWS}
    assert tables - codes <= LEDGERS
    assert not tables & {"audit_entry", "notice", "returned_mail", "receipt", "signed_head"}


def test_ended_sessions_go_but_for_the_last_of_each(office: Office) -> None:
    with reading(office.engine) as session:
        person = handler(session)

    def signed_in(token: str, started: dt.datetime, ended: dt.datetime | None, expires: dt.datetime) -> WebSession:
        return WebSession(
            person_id=person, token_hash=token, address="", agent="", started_at=started, proved_at=started,
            seen_at=started, expires_at=expires, ended_at=ended,
        )  # fmt: skip

    far = NOW + dt.timedelta(days=1)
    add(
        office, signed_in("ended", OLD, OLD, far), signed_in("ran out", OLD, None, OLD),
        signed_in("lately", OLD, NEW, far), signed_in("open", OLD, None, far), signed_in("last", OLD, OLD, far),
    )  # fmt: skip
    assert prune(office, "web_session") == {"web_session": 2}
    with reading(office.engine) as session:
        assert set(session.exec(select(WebSession.token_hash))) == {"lately", "open", "last"}


def test_codes_keys_and_work_go_once_they_have_served(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_rows, "BATCH", 2)
    with unit_of_work(office.engine) as session:
        person = handler(session)
        account = Account(person_id=person, login="h", made_at=OLD)
        session.add(account)
        session.flush()
        number = key(account.id)

    def code(name: str, used: dt.datetime | None, until: dt.datetime) -> OneTimeCode:
        return OneTimeCode(
            account_id=number, code_hash=name, handed=next(iter(CodeWay)), made_at=OLD, expires_at=until, used_at=used
        )

    def work(state: JobState, ended: dt.datetime | None) -> Job:
        return Job(
            kind="x", title="x", organ_id=office.organ_id, person_id=person, parameters={}, state=state, made_at=OLD,
            ended_at=ended,
        )  # fmt: skip

    def request(name: str, made: dt.datetime) -> KeyedRequest:
        return KeyedRequest(person_id=person, key=name, fingerprint="f", status=200, body="好", made_at=made)

    add(
        office,
        code("used", OLD, NEW), code("ran out", None, OLD), code("open", None, NOW),
        RecoveryCode(account_id=number, code_hash="used", used_at=OLD),
        RecoveryCode(account_id=number, code_hash="open"),
        work(JobState.DONE, OLD), work(JobState.FAILED, OLD), work(JobState.DONE, NEW), work(JobState.RUNNING, None),
        *(request(f"old {place}", OLD) for place in range(5)), request("new", NEW),
    )  # fmt: skip
    assert prune(office, "one_time_code", "recovery_code", "job", "keyed_request") == {
        "one_time_code": 2, "recovery_code": 1, "job": 2, "keyed_request": 5,
    }  # fmt: skip


def test_what_webhooks_were_told_goes_and_what_waits_stays(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        hook = Webhook(organ_id=office.organ_id, url="https://a.test", events=[], salt="s", made_at=OLD)
        session.add(hook)
        session.flush()
        for place, state in enumerate(MessageState):
            for made in (OLD, NEW):
                session.add(
                    WebhookMessage(
                        webhook_id=key(hook.id), source=f"{place}{made}", event="e", message_id="m", payload={},
                        made_at=made, state=state, next_try_at=made,
                    )
                )  # fmt: skip
    assert prune(office, "webhook_message") == {"webhook_message": 2}


def test_how_a_notice_was_delivered_stays_for_good(office: Office) -> None:
    """A message that carries notices, the try that delivered it and the notices are evidence; failed tries are none."""
    office.assign("普法宣传", due="2026-06-12")
    office.fast_forward("2026-06-16")
    with unit_of_work(office.engine) as session:
        sent = session.exec(select(Message).where(Message.state == SendState.SENT)).first()
        assert sent is not None
        carried, person = key(sent.id), sent.recipient_id
        notices = session.exec(select(func.count()).select_from(Notice)).one()
        ends = Message(
            recipient_id=person, on=OLD.date(), kind=MessageKind.HEAD, reference="end", channels=[], channel="mail",
            state=SendState.SENT, next_try_at=OLD, made_at=OLD,
        )  # fmt: skip
        session.add(ends)
        session.flush()
        tried: dict[str, Any] = {"channel": "mail", "started_at": OLD, "ended_at": OLD}
        session.add_all(
            [
                DeliveryAttempt(message_id=carried, delivered=False, answer="busy", **tried),
                DeliveryAttempt(message_id=key(ends.id), delivered=True, **tried),
            ]
        )
    with reading(office.engine) as session:
        told = session.exec(select(func.count()).where(col(DeliveryAttempt.delivered).is_(True))).one()

    assert prune(office, "delivery_attempt", "message") == {"delivery_attempt": 2, "message": 1}

    with reading(office.engine) as session:
        assert session.exec(select(func.count()).select_from(Notice)).one() == notices
        assert session.exec(select(func.count()).where(col(DeliveryAttempt.delivered).is_(True))).one() == told - 1
        assert session.get(Message, carried) is not None
