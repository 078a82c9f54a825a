"""Letters: told at once, each once, whatever the digests do; and no code that waits in the database."""

import datetime as dt
import socket
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import on_record
from models.ladder.letter import Letter, LetterKind
from models.ladder.message import SendState
from models.people.account import OneTimeCode
from models.people.person import Post, Role
from tasks.access.manage_accounts import close_account, invite
from tasks.notices.deliver import deliver
from tasks.notices.send_letters import send_letters
from tasks.people.find import find_person
from tasks.people.write_letter import write_letter
from tasks.staff.change_contact import change_contact
from tasks.staff.hand_over import hand_over, take_leave
from tests.actors import administrator
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

ON = "2026-06-01"
NOW = opening_of(day(ON))
NIGHT = NOW.replace(hour=23)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path)


def sent(office: Office, now: dt.datetime = NOW) -> int:
    return send_letters(office.engine, office.settings, now=now).letters


def letters(office: Office) -> list[Letter]:
    with Session(office.engine) as session:
        return list(session.exec(select(Letter)))


def test_what_others_do_to_a_person_is_told_to_that_person_at_once_and_once(office: Office) -> None:
    office.hire("周承办")
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        person, head = find_person(session, HANDLER), find_person(session, HEAD)
        take_leave(session, person, by=by, from_on=day("2026-06-10"), until_on=day("2026-06-12"), deputy=head)
        post = session.exec(select(Post).where(Post.role == Role.LEADER)).one()
        hand_over(session, post, by=by, to=find_person(session, "周承办"), on=day("2026-07-01"))
        change_contact(session, head, by=by, email="new@office.test", mobile="", deputy=None)
    assert sent(office, NIGHT) == 3  # not in the morning: quiet hours hold digests
    assert sent(office, NIGHT) == 0
    office.inbox(HANDLER).expect("请假", f"{SUPERVISOR}为您登记请假：2026-06-10 至 2026-06-12，由{HEAD}代理")
    office.inbox("周承办").expect("任职", "自 2026-07-01 起，您任副局长（分管领导）")
    assert office.inbox(HEAD).mails == []
    [moved] = [mail for mail in office.mails() if "邮箱变更" in str(mail["Subject"])]
    assert "改为 new@office.test" in moved.get_content()
    assert moved["To"] != "new@office.test"


def test_the_day_s_digest_goes_its_own_way(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        take_leave(session, find_person(session, LEADER), by=by, from_on=day("2026-06-10"), until_on=day("2026-06-10"))
    assert deliver(office.engine, office.settings, now=NIGHT, quiet=True).sent == 0
    assert sent(office, NIGHT) == 1


def test_nobody_is_told_what_he_did_himself_nor_without_an_address(office: Office) -> None:
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        person = find_person(session, HANDLER)
        person.email = None
        for one in (person, find_person(session, SUPERVISOR)):
            take_leave(session, one, by=by, from_on=day("2026-06-10"), until_on=day("2026-06-10"))
    assert letters(office) == []


def test_a_letter_written_twice_is_one(office: Office) -> None:
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        for _ in range(2):
            write_letter(session, person, LetterKind.LEAVE, "请假", subject="leave:1:0", now=NOW)
    assert len(letters(office)) == 1


class Refusing:
    """A mail server that has no time for the first messages."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.taken: list[object] = []

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.times:
            self.times -= 1
            return "451 later"
        self.taken.append(envelope.content)
        return "250 OK"


def test_a_letter_that_is_tried_again_carries_a_new_code_and_the_one_before_is_void(office: Office) -> None:
    with on_record(office.engine) as session:
        invite(session, find_person(session, HANDLER), by=office.by(session, SUPERVISOR, ON))
    handler = Refusing(1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings = office.settings.model_copy(
            update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
        )
        assert send_letters(office.engine, settings, now=NOW).failed == 1
        with Session(office.engine) as session:
            [before] = [row.code_hash for row in session.exec(select(OneTimeCode))]
        assert send_letters(office.engine, settings, now=NOW).letters == 0  # not before its time
        later = NOW + dt.timedelta(minutes=1)
        assert send_letters(office.engine, settings, now=later).letters == 1
    finally:
        controller.stop()
    with Session(office.engine) as session:
        [kept] = [row.code_hash for row in session.exec(select(OneTimeCode))]
    assert kept != before
    assert len(handler.taken) == 1


def test_a_server_that_is_down_keeps_what_waits_and_a_crash_is_made_good(office: Office) -> None:
    with on_record(office.engine) as session:
        invite(session, find_person(session, HANDLER), by=office.by(session, SUPERVISOR, ON))
    down = office.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 9, "delivery_attempts": 2})
    for hours in range(4):
        assert send_letters(office.engine, down, now=NOW + dt.timedelta(hours=hours)).failed == 1
    assert [(one.state, one.attempts) for one in letters(office)] == [(SendState.WAITING, 0)]
    assert send_letters(office.engine, office.settings, now=NOW + dt.timedelta(hours=3, minutes=1)).letters == 0
    assert send_letters(office.engine, office.settings, now=NOW + dt.timedelta(hours=4)).letters == 1


def test_what_is_no_longer_wanted_does_not_leave(office: Office) -> None:
    with on_record(office.engine) as session:
        invite(session, find_person(session, HANDLER), by=office.by(session, SUPERVISOR, ON))
        invite(session, find_person(session, HEAD), by=office.by(session, SUPERVISOR, ON))
    with on_record(office.engine) as session:
        close_account(session, find_person(session, HANDLER), by=administrator(day(ON)))
    assert sent(office) == 1
    assert office.inbox(HANDLER).mails == []
    assert "您的账户" not in office.inbox(HEAD).expect("开通账户", "/welcome?code=")
