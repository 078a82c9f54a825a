"""Sending what waits for webhooks: claimed before it is sent, signed by Standard Webhooks, tried again for a day.

As in `tasks.notices.deliver`, a message is claimed by a conditional update and committed before the network is
spoken to; a repeat because of a crash in between carries the same webhook-id.
"""

from __future__ import annotations

import datetime as dt
import http
import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select
from standardwebhooks import Webhook as Signer

from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key, on_record, reading
from models.engine.problem import OrganProblem, note_problem
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.later import later
from models.people.organ import Organ
from models.settings import Settings
from tasks.acting.audit import recorded
from tasks.notices.http_line import TIMEOUT, pause_of
from tasks.notices.reachable import UnreachableError, aimed, resolve
from tasks.webhooks.hold_webhooks import secret_of

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

_MESSAGE: sa.Table = SQLModel.metadata.tables[str(WebhookMessage.__tablename__)]
CLAIM = dt.timedelta(minutes=10)
"""A claim older than this is taken to be a crash, and tried again."""
RETRIES = (
    dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30), dt.timedelta(hours=2),
    dt.timedelta(hours=5), dt.timedelta(hours=10),
)  # fmt: skip
"""How long after each failure it is tried again; after the last it is set aside."""
AT_ONCE = dt.timedelta(seconds=45)
"""How long one run may send; what is left waits for the next."""
STOP = 410
"""The receiver wants nothing more."""


@dataclass
class SendResult:
    """What one run did: messages sent, failed (tried again later), set aside; webhooks stopped by their receiver."""

    sent: int = 0
    failed: int = 0
    parked: int = 0
    stopped: int = 0
    problems: list[OrganProblem] = field(default_factory=list)
    """The organs with a message that failed in a way nobody foresaw; it is tried again like any other."""


@dataclass(frozen=True)
class ReceiverAnswer:
    """What came of one try."""

    delivered: bool
    words: str
    stop: bool = False
    pause: dt.timedelta | None = None
    """How long the other side asks to be left alone (Retry-After), a day at most."""


@dataclass
class Sender:
    """One run's connection to the outside, and what it found not to answer."""

    settings: Settings
    resolve: Callable[[str, int], list[str]]
    _client: httpx.Client | None = None

    @property
    def client(self) -> httpx.Client:
        """Made for the first message: most runs have none, and it loads every certificate that is trusted."""
        if self._client is None:
            self._client = httpx.Client(follow_redirects=False, trust_env=False)
        return self._client

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            self._client.close()

    def send(self, webhook: Webhook, message: WebhookMessage, *, now: dt.datetime) -> ReceiverAnswer:
        """Sign and send one message. Never raises for what the other side does."""
        body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":"))
        at = now.astimezone(dt.UTC)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "duban-webhooks/1",
            "webhook-id": message.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Signer(secret_of(self.settings.home, webhook)).sign(message.message_id, at, body),
        }
        try:
            request = aimed(
                webhook.url, body.encode(), headers, listed=self.settings.webhook_networks, resolve=self.resolve
            )
            request.extensions["timeout"] = TIMEOUT
            # Beyond its status and how long to wait, what the other side says is neither read nor shown: it may be
            # anything's page.
            answer = self.client.send(request, stream=True)
            answer.close()
        except UnreachableError as error:
            return ReceiverAnswer(False, str(error))
        except httpx.TimeoutException:
            return ReceiverAnswer(False, "对方超时未答复")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return ReceiverAnswer(False, f"无法连接：{type(error).__name__}")
        words = _status_words(answer.status_code)
        if answer.is_redirect:
            words += "（不跟随转向，请改用新的地址）"
        return ReceiverAnswer(answer.is_success, words, answer.status_code == STOP, pause_of(answer.headers))


def _status_words(code: int) -> str:
    """The status as its standard names it, whatever the other side calls it."""
    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def send_webhooks(
    engine: Engine,
    settings: Settings,
    *,
    now: dt.datetime,
    resolve: Callable[[str, int], list[str]] = resolve,
) -> SendResult:
    """Send every message that waits. One address that fails keeps its own messages waiting and nobody else's."""
    result, failing = SendResult(), set[int]()
    sender, began = Sender(settings, resolve), time.monotonic()
    with closing(sender):
        while time.monotonic() - began < AT_ONCE.total_seconds():
            claimed = _claim(engine, now, failing)
            if claimed is None:
                break
            webhook, message = claimed
            try:
                answer = sender.send(webhook, message, now=now)
            except Exception as error:
                # Whatever it is about this message, the next one is for somebody else.
                failed = _name_problem(engine, webhook, error)
                result.problems.append(failed)
                answer = ReceiverAnswer(False, failed.problem)
            if not answer.delivered:
                failing.add(key(webhook.id))
            with on_record(engine) as session:
                _note(session, message, answer, result, now)
                if answer.stop:
                    result.stopped += _stop(session, webhook, now)
    return result


def _name_problem(engine: Engine, webhook: Webhook, error: Exception) -> OrganProblem:
    with reading(engine) as session:
        organ = session.get_one(Organ, webhook.organ_id)
    return note_problem("接口推送", organ.id, organ.name, error)


def _claim(engine: Engine, now: dt.datetime, failing: set[int]) -> tuple[Webhook, WebhookMessage] | None:
    """Take the oldest message that is due, of a running webhook that has not failed in this run."""
    with on_record(engine) as session:
        running = sa.select(col(Webhook.id)).where(col(Webhook.stopped_at).is_(None))
        due = (
            _MESSAGE.c.state.in_([MessageState.WAITING, MessageState.SENDING]),
            _MESSAGE.c.next_try_at <= now,
        )
        free = (
            sa.select(_MESSAGE.c.id)
            .where(*due, _MESSAGE.c.webhook_id.in_(running), _MESSAGE.c.webhook_id.not_in(sorted(failing)))
            .order_by(_MESSAGE.c.id)
            .limit(1)
        )
        taken = session.execute(
            sa.update(_MESSAGE)
            .where(_MESSAGE.c.id.in_(free), *due)
            .values(state=MessageState.SENDING, next_try_at=now + CLAIM, attempts=_MESSAGE.c.attempts + 1)
            .returning(_MESSAGE.c.id)
        ).scalar_one_or_none()
        if taken is None:
            return None
        message = session.get_one(WebhookMessage, taken)
        return session.get_one(Webhook, message.webhook_id), message


def _note(
    session: Session, message: WebhookMessage, answer: ReceiverAnswer, result: SendResult, now: dt.datetime
) -> None:
    """Write down what came of it, unless somebody else has taken the message meanwhile."""
    values: dict[str, Any] = {"answer": answer.words[:500]}
    if answer.delivered:
        result.sent += 1
        values |= {"state": MessageState.SENT, "sent_at": now}
    elif message.attempts > len(RETRIES) or answer.stop:
        result.parked += 1
        values |= {"state": MessageState.PARKED}
    else:
        result.failed += 1
        again = now + max(RETRIES[message.attempts - 1], answer.pause or dt.timedelta())
        values |= {"state": MessageState.WAITING, "next_try_at": again}
        if answer.pause:
            # Who asks to be left alone is not tried with the next message either.
            session.execute(
                sa.update(_MESSAGE)
                .where(_MESSAGE.c.webhook_id == message.webhook_id, _MESSAGE.c.state == MessageState.WAITING)
                .where(_MESSAGE.c.next_try_at < now + answer.pause)
                .values(next_try_at=now + answer.pause)
            )
    session.execute(
        sa.update(_MESSAGE)
        .where(_MESSAGE.c.id == message.id, _MESSAGE.c.attempts == message.attempts)
        .where(_MESSAGE.c.state == MessageState.SENDING)
        .values(**values)
    )


def _stop(session: Session, webhook: Webhook, now: dt.datetime) -> int:
    """The receiver answered that it is gone: it is told of nothing more, and the administrator finds it on record."""
    held = session.exec(select(Webhook).where(Webhook.id == webhook.id).with_for_update()).one()
    if held.stopped_at is not None:
        return 0
    by = Actor("接口推送", Channel.RHYTHM, day_of(now), now)
    with recorded(session, by, "stop_webhook", organ_id=held.organ_id, reason="对方答复 410：不再接收"):
        held.stopped_at = now
    return 1
