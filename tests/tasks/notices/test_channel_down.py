"""A channel that is down is tried as a channel, for days; what waited leaves when it is back. And one mail on which the
server hangs up stops nobody else's.
"""

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection
from sqlalchemy import Engine, text
from sqlmodel import Session

from models.clock import day_of, opening_of
from models.ladder.channel_state import ChannelState
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from tasks.notices.channel_health import PAUSES, channels_down
from tasks.notices.deliver import DeliveryResult, deliver
from tests.office import HANDLER, HEAD, LEADER, Office, day

pytestmark = pytest.mark.usefixtures("either_way")

FRIDAY = day("2026-06-26")


class Relay:
    """A mail server that can be away, and that hangs up on some."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.mails: list[tuple[str, bytes]] = []
        self.hangs_up_on: set[str] = set()
        self._server: Controller | None = None

    async def handle_DATA(self, server: SMTP, session: Connection, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        to = envelope.rcpt_tos[0]
        if to in self.hangs_up_on:
            assert server.transport is not None
            server.transport.close()
            return "421 gone"
        self.mails.append((to, envelope.content if isinstance(envelope.content, bytes) else b""))
        return "250 OK"

    def start(self) -> None:
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay()
    yield made
    made.stop()


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path, relay: Relay) -> Office:
    made = Office(any_engine, tmp_path / "home", smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none")
    made.assign("普法宣传", due="2026-06-30")
    made.today = day("2026-06-22")
    made.sweep("2026-06-26")
    return made


def at(hours: float, on: dt.date = FRIDAY) -> dt.datetime:
    """So many hours after that day's opening."""
    return opening_of(on) + dt.timedelta(hours=hours)


def send(office: Office, now: dt.datetime) -> DeliveryResult:
    return deliver(office.engine, office.settings, now=now, on=day_of(now))


def counted(office: Office, table: str, where: str = "true") -> int:
    with office.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


def test_days_without_a_mail_server_use_up_no_message_and_everything_leaves_when_it_is_back(
    office: Office, relay: Relay
) -> None:
    tried = 0
    for minutes in range(0, 3 * 24 * 60, 20):
        now = at(0) + dt.timedelta(minutes=minutes)
        tried += send(office, now).problem is not None
    assert counted(office, "message", "state = 'parked'") == 0
    assert counted(office, "message", "attempts > 0") == 0
    assert counted(office, "notice", "state = 'parked'") == 0
    assert len(PAUSES) < tried < 3 * 24 * 2 + len(PAUSES)
    assert counted(office, "delivery_attempt") == tried

    relay.start()
    office.sweep("2026-06-29")
    result = send(office, at(1, day("2026-06-29")))
    assert (result.problem, result.parked) == (None, 0)
    assert {row.state for row in office.rows(Notice)} <= {NoticeState.SENT, NoticeState.DROPPED, NoticeState.COLLAPSED}
    reached = [to for to, _mail in relay.mails]
    assert sorted(reached) == sorted(set(reached))
    assert {row.state for row in office.rows(Message)} <= {SendState.SENT, SendState.MERGED}


def test_what_was_settled_while_the_server_was_away_is_not_sent_afterwards(office: Office, relay: Relay) -> None:
    send(office, at(0))
    office.close("1", on="2026-06-26")
    relay.start()
    send(office, at(1))
    assert not [mail for _to, mail in relay.mails if b"2026-06-30" in mail]
    dropped = {row.reason for row in office.rows(Notice) if row.state is NoticeState.DROPPED}
    assert dropped == {"任务已办结", "已处理"}


def test_while_it_is_down_that_is_known_and_it_is_left_alone_in_growing_pauses(office: Office, relay: Relay) -> None:
    send(office, at(0))
    send(office, at(0) + PAUSES[0])
    with Session(office.engine) as session:
        [down] = channels_down(session)
    assert (down.name, down.down_since, down.tries) == ("mail", at(0), 2)
    assert down.reason is not None
    assert "连接失败" in down.reason
    assert down.next_try_at == at(0) + PAUSES[0] + PAUSES[1]
    relay.start()
    assert send(office, at(0) + PAUSES[0] + PAUSES[1] / 2).sent == 0
    assert send(office, at(0) + PAUSES[0] + PAUSES[1]).sent == 2
    with Session(office.engine) as session:
        assert channels_down(session) == []
    assert {row.tries for row in office.rows(ChannelState)} == {0}


def address_of(office: Office, name: str) -> str:
    with office.engine.connect() as connection:
        found = connection.execute(text("SELECT email FROM person WHERE name = :name"), {"name": name}).scalar_one()
    return str(found)


def test_a_mail_on_which_the_server_hangs_up_stops_and_delays_nobody_else_and_goes_last(
    office: Office, relay: Relay
) -> None:
    relay.start()
    relay.hangs_up_on.add(address_of(office, HANDLER))
    result = send(office, at(0))
    assert (result.sent, result.failed, result.problem) == (1, 1, None)
    assert [to for to, _mail in relay.mails] == [address_of(office, HEAD)]
    office.assign("案卷评查", due="2026-12-31", to=HEAD)
    now = at(0)
    for _try in range(office.settings.delivery_attempts):
        now += dt.timedelta(days=1)
        office.instruct("2", "请抓紧", due="2026-12-30", on=str(day_of(now)))
        send(office, now)
    states = {(office.name_of(row.recipient_id), row.state) for row in office.rows(Message)}
    assert states == {(HANDLER, SendState.PARKED), (HEAD, SendState.SENT)}


def test_a_server_that_hangs_up_on_everybody_parks_nobody(office: Office, relay: Relay) -> None:
    office.instruct("1", "请抓紧", due="2026-06-30", on="2026-06-26")
    office.urge("1", on="2026-06-26")
    office.extend("1", to="2026-07-30", on="2026-06-26")
    relay.start()
    relay.hangs_up_on |= {address_of(office, name) for name in (HANDLER, HEAD, LEADER)}
    now = at(0)
    for _try in range(60):
        send(office, now)
        now += dt.timedelta(hours=1)
    assert counted(office, "message", "state = 'parked'") == 0
    relay.hangs_up_on.clear()
    send(office, now)
    assert counted(office, "message", "state IN ('waiting', 'sending')") == 0
    assert {to for to, _mail in relay.mails} == {address_of(office, name) for name in (HANDLER, HEAD, LEADER)}
