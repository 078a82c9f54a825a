"""Sending to a real receiver on loopback that checks every signature with the library of Standard Webhooks."""

import datetime as dt
import json
import socket
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from standardwebhooks import Webhook as Verifier

from models import clock
from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.errors import NotFoundError
from models.people.organ import Organ
from models.people.person import Role
from models.settings import Settings
from tasks.access.office_key import office_key
from tasks.webhooks.hold_webhooks import held_webhooks, make_webhook, resend, secret_of, send_test
from tasks.webhooks.queue_webhooks import queue_webhooks
from tasks.webhooks.send_webhooks import RETRIES, SendResult, send_webhooks
from tests.office import Office

ADMIN, INSIDE = "钱管理", "10.0.0.8"


class Receiver:
    """Another system: answers as told, and keeps what it got."""

    def __init__(self) -> None:
        self.status, self.headers = 200, dict[str, str]()
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.dialled: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"told")

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """It stands at INSIDE as far as this process knows: no webhook may reach the loopback it is really at."""
    made = Receiver()
    dial = httpcore.SyncBackend.connect_tcp

    def connect(backend: httpcore.SyncBackend, host: str, port: int, **more: Any) -> Any:
        made.dialled.append(host)
        return dial(backend, "127.0.0.1" if host == INSIDE else host, port, **more)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    yield made
    made.close()


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home", webhook_private="10.0.0.0/24")
    made.hire(ADMIN, Role.ADMINISTRATOR, "管理员")
    made.assign("普法宣传", due="2026-06-30", sign=False)
    return made


def make(office: Office, url: str) -> Webhook:
    with on_record(office.engine) as session:
        by = office.by(session, ADMIN, "2026-06-01")
        return make_webhook(session, session.get_one(Organ, office.organ_id), by=by, url=url, events=["item.reported"])


def run(office: Office, after: dt.timedelta = dt.timedelta(), settings: Settings | None = None) -> SendResult:
    now = clock.now() + after
    with unit_of_work(office.engine) as session:
        queue_webhooks(session, now=now)
    return send_webhooks(office.engine, settings or office.settings, now=now)


def messages(office: Office) -> list[tuple[MessageState, int, str | None]]:
    return [(one.state, one.attempts, one.answer) for one in office.rows(WebhookMessage)]


def test_a_message_arrives_signed_and_once(office: Office, receiver: Receiver) -> None:
    webhook = make(office, f"http://{INSIDE}:{receiver.port}/hook?k=1")
    office.report("1", "办理中", on="2026-06-02")

    assert (run(office), run(office)) == (SendResult(sent=1), SendResult())
    ((headers, body),) = receiver.got
    verified = Verifier(secret_of(office.settings.home, webhook)).verify(body, headers)
    assert verified["type"] == "item.reported"
    (message,) = office.rows(WebhookMessage)
    assert (message.state, message.attempts, message.answer) == (MessageState.SENT, 1, "200 OK")
    assert headers["webhook-id"] == message.message_id
    assert json.loads(body) == message.payload


def test_each_webhook_has_a_secret_of_its_own_from_a_key_only_its_owner_reads(office: Office) -> None:
    one, two = make(office, "http://a.example/1"), make(office, "http://a.example/2")
    home = office.settings.home

    assert secret_of(home, one) == secret_of(home, one) != secret_of(home, two)
    assert secret_of(home, one).startswith("whsec_")
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert len(office_key(home)) == 32
    assert [file.name for file in home.iterdir() if "key" in file.name] == ["secret.key"]
    with Session(office.engine) as session:
        kept = " ".join(str(row) for row in session.exec(select(Webhook.salt, Webhook.url)).all())
    assert secret_of(home, one).removeprefix("whsec_") not in kept


def test_a_failure_is_tried_again_later_and_at_last_set_aside(office: Office, receiver: Receiver) -> None:
    receiver.status = 500
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")

    after, results = dt.timedelta(), []
    for wait in (*RETRIES, dt.timedelta(days=1)):
        results.append(run(office, after))
        assert run(office, after) == SendResult()
        after += wait
    assert results == [SendResult(failed=1)] * len(RETRIES) + [SendResult(parked=1)]
    assert messages(office) == [(MessageState.PARKED, len(RETRIES) + 1, "500 Internal Server Error")]
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1

    receiver.status = 204
    with on_record(office.engine) as session:
        by = office.by(session, ADMIN, "2026-06-02")
        (held,) = held_webhooks(session, session.get_one(Organ, office.organ_id), by=by)
        assert held.counts == {MessageState.PARKED: 1}
        assert resend(session, held.webhook, by=by) == 1
        with pytest.raises(NotFoundError):
            resend(session, held.webhook, by=by)
    assert run(office, after) == SendResult(sent=1)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("7200", dt.timedelta(hours=2)), ("9999999", dt.timedelta(days=1)), ("30", RETRIES[0]), ("soon", RETRIES[0])],
    ids=["two hours", "a day at most", "less than by our own rule", "no time"],
)
def test_a_receiver_that_asks_to_wait_is_left_alone_so_long(
    office: Office, receiver: Receiver, asked: str, waits: dt.timedelta
) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": asked}
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")
    office.report("1", "快办完了", on="2026-06-03")
    assert run(office) == SendResult(failed=1)
    assert len(receiver.got) == 1

    receiver.status = 200
    # Whoever asked to wait is not tried with the next message meanwhile.
    early = run(office, waits - dt.timedelta(seconds=31))
    assert early == (SendResult(sent=1) if asked == "soon" else SendResult())
    run(office, waits + dt.timedelta(seconds=1))
    assert [state for state, _, _ in messages(office)] == [MessageState.SENT] * 2


def test_an_address_that_moved_is_not_followed(office: Office, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": f"http://{INSIDE}:{receiver.port}/elsewhere"}
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")

    assert run(office) == SendResult(failed=1)
    assert messages(office) == [(MessageState.WAITING, 1, "302 Found（不跟随转向，请改用新的地址）")]
    assert len(receiver.got) == 1


def test_a_receiver_that_is_gone_is_told_of_nothing_more_and_that_is_on_record(
    office: Office, receiver: Receiver
) -> None:
    receiver.status = 410
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "一", on="2026-06-02")
    office.report("1", "二", on="2026-06-03")

    assert run(office) == SendResult(parked=1, stopped=1)
    assert run(office, dt.timedelta(days=1)) == SendResult()
    (webhook,) = office.rows(Webhook)
    assert webhook.stopped_at is not None
    with Session(office.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "stop_webhook")).one()
    assert (entry.actor, entry.reason) == ("接口推送", "对方答复 410：不再接收")


def test_one_that_fails_holds_up_nobody_else(office: Office, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    make(office, f"http://{INSIDE}:{port}/")
    make(office, f"http://{INSIDE}:{receiver.port}/")
    for day in (2, 3):
        office.report("1", "办理中", on=f"2026-06-0{day}")

    assert run(office) == SendResult(sent=2, failed=1)
    assert [answer for state, _, answer in messages(office) if state is MessageState.WAITING] == [
        "无法连接：ConnectError",
        None,
    ]


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("10.0.1.8", "在内部网络"), ("192.168.1.1", "在内部网络"), ("[fd00::8]", "在内部网络"),
        ("127.0.0.1", "任何时候都不推送"), ("localhost", "任何时候都不推送"), ("[::1]", "任何时候都不推送"),
        ("169.254.169.254", "任何时候都不推送"), ("[::]", "任何时候都不推送"),
        ("[::ffff:10.0.0.8]", "任何时候都不推送"), ("[64:ff9b::10.0.0.8]", "任何时候都不推送"),
        ("2130706433", "任何时候都不推送"), ("0x7f.1", "任何时候都不推送"),
    ],
)  # fmt: skip
def test_addresses_inside_are_not_reached_unless_the_office_lists_them_and_some_never(
    office: Office, receiver: Receiver, host: str, words: str
) -> None:
    """In whatever way an address is written: what it resolves to is looked at."""
    make(office, f"http://{host}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")

    assert run(office) == SendResult(failed=1)
    ((_, _, answer),) = messages(office)
    assert words in (answer or "")
    assert (receiver.dialled, receiver.got) == ([], [])


def test_a_name_that_stands_for_a_good_and_a_bad_address_is_not_reached(office: Office, receiver: Receiver) -> None:
    make(office, f"http://oa.example.gov.cn:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")
    now = clock.now()
    with unit_of_work(office.engine) as session:
        queue_webhooks(session, now=now)

    sent = send_webhooks(office.engine, office.settings, now=now, resolve=lambda *_: [INSIDE, "127.0.0.1"])

    assert (sent, receiver.dialled) == (SendResult(failed=1), [])


def test_what_the_other_side_says_is_neither_kept_nor_shown(office: Office, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 403, {"Retry-After": "told", "X-Told": "told"}
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")

    run(office)

    assert messages(office) == [(MessageState.WAITING, 1, "403 Forbidden")]


def test_a_name_that_leads_inside_only_at_the_second_look_reaches_what_was_looked_at(
    office: Office, receiver: Receiver
) -> None:
    """The connection goes to the very address that was checked: no second look is taken."""
    looks: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looks.append(host)
        return [INSIDE]

    make(office, f"http://oa.example.gov.cn:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")
    now = clock.now()
    with unit_of_work(office.engine) as session:
        queue_webhooks(session, now=now)

    assert send_webhooks(office.engine, office.settings, now=now, resolve=resolve) == SendResult(sent=1)
    assert (looks, receiver.dialled) == (["oa.example.gov.cn"], [INSIDE])
    assert receiver.got[0][0]["Host"] == f"oa.example.gov.cn:{receiver.port}"


def test_a_name_nobody_knows_is_said(office: Office) -> None:
    make(office, "https://nowhere.invalid/")
    office.report("1", "办理中", on="2026-06-02")

    assert run(office) == SendResult(failed=1)
    assert messages(office) == [(MessageState.WAITING, 1, "域名“nowhere.invalid”无法解析")]


def test_a_message_claimed_by_a_process_that_died_is_sent_after_a_while(office: Office, receiver: Receiver) -> None:
    make(office, f"http://{INSIDE}:{receiver.port}/")
    office.report("1", "办理中", on="2026-06-02")
    now = clock.now()
    with unit_of_work(office.engine) as session:
        queue_webhooks(session, now=now)
        message = session.exec(select(WebhookMessage)).one()
        message.state, message.attempts, message.next_try_at = MessageState.SENDING, 1, now + dt.timedelta(minutes=10)

    assert run(office) == SendResult()
    assert run(office, dt.timedelta(minutes=11)) == SendResult(sent=1)


def test_a_test_message_tries_the_address(office: Office, receiver: Receiver) -> None:
    webhook = make(office, f"http://{INSIDE}:{receiver.port}/")
    with on_record(office.engine) as session:
        held = session.get_one(Webhook, webhook.id)
        send_test(session, held, by=office.by(session, ADMIN, "2026-06-02"))

    assert run(office) == SendResult(sent=1)
    headers, body = receiver.got[0]
    assert Verifier(secret_of(office.settings.home, webhook)).verify(body, headers)["data"]["said"] == (
        "这是一条测试消息。"
    )
