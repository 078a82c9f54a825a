"""For very many mails the process that talks to the server takes them ahead of its answers, in their order."""

import datetime as dt
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine

from models.ladder.message import Message, SendState
from tasks.notices import claim, deliver
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tasks.notices.mail.smtp_line import MailServer
from tasks.notices.mail.smtp_process import AHEAD, SmtpProcess
from tests.office import Office

TAKEN = Handed("250 accepted")
LARGE = 3 << 20
"""Bytes; more than a pipe holds, and of three more than may be ahead."""


class Post:
    """A server that hangs up on some, and refuses a sender on its own request."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.hangs_up_on: set[str] = set()
        self.closes_after = 1_000

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return "550 enough" if len(self.taken) >= self.closes_after else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if envelope.rcpt_tos[0] in self.hangs_up_on:
            assert server.transport is not None
            server.transport.close()
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    server = Controller(post, hostname="127.0.0.1", port=number)
    server.start()
    yield number
    server.stop()


@pytest.fixture
def process(port: int) -> Iterator[SmtpProcess]:
    with closing(SmtpProcess(MailServer("127.0.0.1", port, "none", "", "", "", "duban@office.test", 5))) as made:
        yield made


def people(number: int) -> list[str]:
    return [f"p{place}@office.test" for place in range(number)]


def hand(process: SmtpProcess, to: list[str], size: int = 10) -> None:
    for one in to:
        process.hand(one, b"Subject: x\r\n\r\n" + (b"x" * 900 + b"\r\n") * (1 + size // 900))


def test_all_are_taken_in_their_order_ahead_of_their_answers(process: SmtpProcess, post: Post) -> None:
    hand(process, people(AHEAD))
    assert process.full
    assert [process.answer() for _ in range(AHEAD)] == [TAKEN] * AHEAD
    assert post.taken == people(AHEAD)
    assert not process.full


def test_mails_larger_than_the_pipe_pass(process: SmtpProcess, post: Post) -> None:
    hand(process, people(3), LARGE)
    assert process.full
    assert [process.answer() for _ in range(3)] == [TAKEN] * 3


def test_a_broken_connection_is_of_its_own_mail(process: SmtpProcess, post: Post) -> None:
    post.hangs_up_on = {"p1@office.test"}
    hand(process, people(3))
    assert process.answer() == TAKEN
    with pytest.raises(BrokenOffError, match="连接中断"):
        process.answer()
    assert process.answer() == TAKEN


def test_where_none_can_pass_nothing_more_is_tried(process: SmtpProcess, post: Post) -> None:
    post.closes_after = 2
    hand(process, people(5))
    assert [process.answer(), process.answer()] == [TAKEN] * 2
    with pytest.raises(ChannelDownError, match="拒绝发件人"):
        process.answer()
    with pytest.raises(ChannelDownError, match="意外结束"):
        process.answer()
    assert post.taken == people(2)


def test_what_a_killed_process_had_is_told_as_not_passed(process: SmtpProcess, post: Post) -> None:
    hand(process, people(1))
    assert process.answer() == TAKEN
    os.kill(process._process.pid, signal.SIGKILL)
    process._process.wait()
    hand(process, people(1))
    with pytest.raises(ChannelDownError, match="意外结束"):
        process.answer()


def test_nothing_more_is_sent_once_nobody_listens(process: SmtpProcess, post: Post) -> None:
    """What becomes of it could not be written down any more."""
    hand(process, people(AHEAD))
    assert process.answer() == TAKEN
    process.close()
    assert len(post.taken) < AHEAD


def test_a_full_claim_goes_by_it_and_a_stop_in_the_middle_loses_nothing(
    engine: Engine, tmp_path: Path, port: int, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people's digests; the server wants no more after the first. What had been given ahead waits on, untried."""
    office = Office(engine, tmp_path / "home", smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    office.assign("普法宣传", due="2026-06-30")
    office.sweep("2026-06-26")
    monkeypatch.setattr(claim, "BATCH", 2)
    monkeypatch.setattr(deliver, "APART_FROM", 2)
    started: list[SmtpProcess] = []

    def start(server: MailServer) -> SmtpProcess:
        started.append(SmtpProcess(server))
        return started[-1]

    monkeypatch.setattr("tasks.notices.channels.mail.SmtpProcess", start)

    post.closes_after = 1
    first = office.send("2026-06-26")
    assert (first.sent, first.failed, len(started)) == (1, 0, 1)
    assert first.problem is not None
    left = [(one.state, one.attempts) for one in sorted(office.rows(Message), key=lambda one: one.id or 0)]
    assert left == [(SendState.SENT, 1), (SendState.WAITING, 0)]

    post.closes_after = 1_000
    again = office.send("2026-06-26", at=dt.time(11, 0))
    assert (again.sent, again.held, len(post.taken)) == (1, 0, 2)
