"""Delivery against a real SMTP server: one connection, exact records, retries, and nobody stopped by another."""

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, text

from models.clock import opening_of
from models.errors import DeliveryError
from models.ladder.message import SendState
from models.settings import Settings
from tasks.notices.channel import Parcel
from tasks.notices.channels.mail import MaildirMail
from tasks.notices.claim import CLAIM
from tasks.notices.deliver import FIRST_RETRY, deliver, is_quiet
from tasks.notices.handed import ChannelDownError
from tasks.notices.mail.mail_text import as_mail
from tests.office import HANDLER, HEAD, Office, day
from tests.tasks.notices.parcels import parcel

pytestmark = pytest.mark.usefixtures("either_way")


class Post:
    """A server's side of the story: what arrived, over how many connections, and whom it refuses."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[bytes] = []
        self.connections = 0
        self.refused: dict[str, str] = {}

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content if isinstance(envelope.content, bytes) else b"")
        return "250 OK"


@pytest.fixture
def post() -> Iterator[Post]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler = Post(free.getsockname()[1])
    server = Controller(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    yield handler
    server.stop()


@pytest.fixture
def office(engine: Engine, tmp_path: Path, post: Post) -> Office:
    return Office(
        engine,
        tmp_path / "home",
        smtp_host="127.0.0.1",
        smtp_port=post.port,
        smtp_security="none",
        mail_from="duban@office.test",
    )


def raised(office: Office) -> Office:
    """Two people have something waiting on 26 June."""
    office.assign("普法宣传", due="2026-06-30")
    office.today = day("2026-06-22")
    office.sweep("2026-06-25")
    office.sweep("2026-06-26")
    return office


def address_of(office: Office, name: str) -> str:
    with office.engine.connect() as connection:
        found = connection.execute(text("SELECT email FROM person WHERE name = :name"), {"name": name}).scalar_one()
    return str(found)


def rows(office: Office, query: str) -> list[Any]:
    with office.engine.connect() as connection:
        return list(connection.execute(text(query)))


def test_a_delivery_uses_one_connection_and_records_the_servers_answer(office: Office, post: Post) -> None:
    result = raised(office).send("2026-06-26")
    assert (result.sent, result.failed, result.parked) == (2, 0, 0)
    assert (len(post.mails), post.connections) == (2, 1)
    assert rows(office, "SELECT delivered, answer FROM delivery_attempt") == [(1, "250 accepted")] * 2
    assert {row["state"] for row in office.notices(on="2026-06-26")} == {"sent"}


def test_a_second_delivery_sends_nothing(office: Office, post: Post) -> None:
    raised(office).send("2026-06-26")
    assert office.send("2026-06-26").sent == 0
    assert len(post.mails) == 2


def test_t14_one_bad_address_stops_nobody_else(office: Office, post: Post) -> None:
    raised(office)
    post.refused[address_of(office, HANDLER)] = "550 no such user"
    result = office.send("2026-06-26")
    assert (result.sent, result.parked) == (1, 1)
    parked = [row for row in office.notices() if row["state"] == "parked"]
    assert {row["recipient"] for row in parked} == {HANDLER}
    assert all("550 no such user" in row["why"] for row in parked)


def test_a_passing_refusal_is_tried_again_later_each_time_twice_as_late_and_parked_in_the_end(
    office: Office, post: Post
) -> None:
    raised(office)
    post.refused[address_of(office, HANDLER)] = "450 greylisted"
    now = opening_of(day("2026-06-26"))
    waits = []
    for attempt in range(1, office.settings.delivery_attempts + 1):
        result = deliver(office.engine, office.settings, now=now, on=day("2026-06-26"))
        assert (result.failed, result.parked) == ((1, 0) if attempt < office.settings.delivery_attempts else (0, 1))
        wait = FIRST_RETRY * 2 ** (attempt - 1)
        early = deliver(office.engine, office.settings, now=now + wait / 2, on=day("2026-06-26"))
        assert (early.failed, early.parked) == (0, 0)
        waits.append(wait)
        now += wait
    assert rows(office, "SELECT count(*) FROM delivery_attempt WHERE delivered = 0") == [(len(waits),)]
    assert rows(office, f"SELECT count(*) FROM message WHERE state = '{SendState.PARKED.value}'") == [(1,)]


def test_a_mail_repeated_after_a_crash_carries_the_same_message_id(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(office)
    now = opening_of(day("2026-06-26"))

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("tasks.notices.deliver.settle", crash)
        with pytest.raises(KeyboardInterrupt):
            deliver(office.engine, office.settings, now=now, on=day("2026-06-26"))
    assert deliver(office.engine, office.settings, now=now + CLAIM / 2, on=day("2026-06-26")).sent == 0
    assert deliver(office.engine, office.settings, now=now + CLAIM, on=day("2026-06-26")).sent == 2
    ids = sorted(line for mail in post.mails for line in mail.splitlines() if line.startswith(b"Message-ID"))
    assert len(ids) > len(set(ids)) == 2


def test_a_claim_half_spent_ends_the_run_and_loses_nothing(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(office)
    with monkeypatch.context() as slow:
        slow.setattr("tasks.notices.deliver.CLAIM", dt.timedelta(seconds=-1))
        assert office.send("2026-06-26").sent == 0
    assert office.send("2026-06-26").sent == 2
    assert len(post.mails) == 2


def test_a_server_that_is_away_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    office = raised(Office(engine, tmp_path / "home", smtp_host="127.0.0.1", smtp_port=1))
    result = office.send("2026-06-26")
    assert (result.sent, result.failed, result.parked) == (0, 0, 0)
    assert result.problem is not None
    assert "127.0.0.1:1 连接失败" in result.problem
    assert result.held == len(office.told(on="2026-06-26")) + len(office.told(on="2026-06-25"))


def test_a_mail_that_cannot_be_made_up_stops_none_that_was_made_up_before_or_is_after_it(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(office)
    bad = address_of(office, HANDLER)

    def fail(parcel: Parcel, mail_from: str) -> bytes:
        if parcel.to == bad:
            raise ZeroDivisionError
        return as_mail(parcel, mail_from)

    monkeypatch.setattr("tasks.notices.channels.mail.as_mail", fail)
    result = office.send("2026-06-26")
    assert (result.sent, result.failed, len(result.problems), len(post.mails)) == (1, 1, 1, 1)


def test_quiet_hours_hold_and_never_drop(office: Office) -> None:
    raised(office)
    held = office.send("2026-06-26", at=dt.time(6, 30), quiet=True)
    assert (held.sent, held.held > 0) == (0, True)
    assert office.send("2026-06-26", at=dt.time(8, 0), quiet=True).sent == 2


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("19:59", False), ("20:00", True), ("23:30", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_hours_reach_over_midnight(office: Office, at: str, quiet: bool) -> None:
    now = dt.datetime.combine(day("2026-06-26"), dt.time.fromisoformat(at), opening_of(day("2026-06-26")).tzinfo)
    assert is_quiet(office.settings, now) is quiet


def test_somebody_without_an_address_is_left_to_the_system_and_it_says_so(office: Office) -> None:
    raised(office)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE person SET email = NULL WHERE name = :name"), {"name": HEAD})
    result = office.send("2026-06-26")
    assert (result.sent, result.unreachable) == (1, 1)
    told = [row for row in office.notices() if row["recipient"] == HEAD]
    assert {row["state"] for row in told} == {"sent"}
    assert any("未登记可用的发送渠道" in row["why"] for row in told)


def test_without_a_server_mail_lands_in_a_maildir(engine: Engine, tmp_path: Path) -> None:
    office = raised(Office(engine, tmp_path / "home"))
    assert office.send("2026-06-26").sent == 2
    assert office.inbox(HANDLER).expect("普法宣传", "为何收到此消息")
    assert office.inbox(HEAD).expect("普法宣传")
    office.expect_nothing_else()


def test_an_unwritable_maildir_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    maildir = MaildirMail(Settings(home=tmp_path / "mail"))
    packed = maildir.pack(parcel())
    with pytest.raises(ChannelDownError, match="邮件目录"):
        maildir.send(packed)


def test_a_delivery_error_says_whether_to_try_again() -> None:
    assert DeliveryError("550", permanent=True).permanent
