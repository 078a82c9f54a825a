"""Webhooks of an organ: made, tried, stopped; and what could not be delivered sent again."""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.engine.webhook_event import EVENTS, TEST
from models.errors import BadInputError, ConflictError, NotFoundError
from models.ladder.notice import Notice
from models.people.organ import Organ
from models.people.permission import Action
from tasks.access.office_key import derived
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.notices.web_address import checked
from tasks.trail.changes_since import newest_of_all

MOST = 20
"""Webhooks of one organ."""
LATEST = 50
"""Messages shown of each."""


@dataclass(frozen=True)
class HeldWebhook:
    """A webhook with how its messages fare and the newest of them."""

    webhook: Webhook
    counts: dict[MessageState, int]
    latest: list[WebhookMessage]


def make_webhook(session: Session, organ: Organ, *, by: Actor, url: str, events: Iterable[str]) -> Webhook:
    """Tell `url` of the organ's `events` from now on. Raises BadInputError, ForbiddenError, ConflictError."""
    authorize_organ(session, by, Action.INTEGRATE, organ.id)
    url = checked(url)
    wanted = [event for event in EVENTS if event in set(events)]
    if not wanted:
        raise BadInputError("请选择至少一种事件。")
    running = [one for one in webhooks_of(session, organ) if one.stopped_at is None]
    if url in {one.url for one in running}:
        raise ConflictError(f"已在向“{url}”推送：请先停用它，再重新建立。")
    if len(running) >= MOST:
        raise ConflictError(f"已有 {len(running)} 个推送地址，每个单位至多 {MOST} 个：请先停用不用的。")
    with performing_for(session, by, Action.INTEGRATE, organ.id):
        made = Webhook(
            organ_id=key(organ.id),
            url=url,
            events=wanted,
            salt=secrets.token_hex(16),
            after_entry_id=newest_of_all(session),
            after_notice_id=session.exec(select(func.max(Notice.id))).one() or 0,
            made_by_id=by.person_id,
            made_at=by.now,
        )
        session.add(made)
    return made


def secret_of(home: Path, webhook: Webhook) -> str:
    """The secret by which the receiver proves that a message is ours, as Standard Webhooks writes one."""
    return "whsec_" + base64.b64encode(derived(home, "webhook", webhook.salt)).decode()


def webhooks_of(session: Session, organ: Organ) -> list[Webhook]:
    """The organ's webhooks, newest first."""
    return list(session.exec(select(Webhook).where(Webhook.organ_id == organ.id).order_by(col(Webhook.id).desc())))


def held_webhooks(session: Session, organ: Organ, *, by: Actor) -> list[HeldWebhook]:
    """The organ's webhooks with their messages, by three queries. Raises ForbiddenError."""
    authorize_organ(session, by, Action.INTEGRATE, organ.id)
    webhooks = webhooks_of(session, organ)
    ids = [key(webhook.id) for webhook in webhooks]
    counts: dict[int, dict[MessageState, int]] = {}
    rows = session.exec(
        select(WebhookMessage.webhook_id, WebhookMessage.state, func.count(col(WebhookMessage.id)))
        .where(col(WebhookMessage.webhook_id).in_(ids))
        .group_by(col(WebhookMessage.webhook_id), col(WebhookMessage.state))
    )
    for webhook_id, state, count in rows:
        counts.setdefault(webhook_id, {})[MessageState(state)] = count
    latest: dict[int, list[WebhookMessage]] = {}
    place = func.row_number().over(
        partition_by=col(WebhookMessage.webhook_id), order_by=col(WebhookMessage.id).desc()
    ).label("place")  # fmt: skip
    ranked = select(col(WebhookMessage.id), place).where(col(WebhookMessage.webhook_id).in_(ids)).subquery()
    newest = select(WebhookMessage).join(ranked, ranked.c.id == WebhookMessage.id).where(ranked.c.place <= LATEST)
    for message in session.exec(newest.order_by(col(WebhookMessage.id).desc())):
        latest.setdefault(message.webhook_id, []).append(message)
    return [
        HeldWebhook(webhook, counts.get(key(webhook.id), {}), latest.get(key(webhook.id), [])) for webhook in webhooks
    ]


def find_webhook(session: Session, number: int, organ: Organ, *, by: Actor) -> Webhook:
    """The organ's webhook. Raises NotFoundError, ForbiddenError."""
    authorize_organ(session, by, Action.INTEGRATE, organ.id)
    found = session.get(Webhook, number)
    if found is None or found.organ_id != organ.id:
        raise NotFoundError("没有这个推送地址。")
    return found


def stop_webhook(session: Session, webhook: Webhook, *, by: Actor) -> None:
    """Tell the address of nothing more; what still waits is not sent. Raises ConflictError where it has stopped."""
    session.refresh(webhook, with_for_update=True)
    if webhook.stopped_at is not None:
        raise ConflictError("这个推送地址已经停用。")
    with performing_for(session, by, Action.INTEGRATE, webhook.organ_id):
        webhook.stopped_at = by.now


def send_test(session: Session, webhook: Webhook, *, by: Actor) -> WebhookMessage:
    """Queue a message that tells of nothing, to try the address. Raises ConflictError for one that has stopped."""
    authorize_organ(session, by, Action.INTEGRATE, webhook.organ_id)
    if webhook.stopped_at is not None:
        raise ConflictError("这个推送地址已经停用。")
    source = f"test:{secrets.token_hex(8)}"
    made = WebhookMessage(
        webhook_id=key(webhook.id),
        source=source,
        event=TEST,
        message_id=message_id(webhook.salt, source),
        payload=payload(TEST, by.now, {"said": "这是一条测试消息。", "actor": by.name}),
        made_at=by.now,
        next_try_at=by.now,
    )
    session.add(made)
    session.flush()
    return made


def resend(session: Session, webhook: Webhook, *, by: Actor, message: int | None = None) -> int:
    """Let what was set aside be tried anew: one message, or all of the webhook's. Returns how many."""
    authorize_organ(session, by, Action.INTEGRATE, webhook.organ_id)
    if webhook.stopped_at is not None:
        raise ConflictError("这个推送地址已经停用。")
    parked = select(WebhookMessage).where(
        WebhookMessage.webhook_id == webhook.id, WebhookMessage.state == MessageState.PARKED
    )
    if message is not None:
        parked = parked.where(WebhookMessage.id == message)
    parked_ones = session.exec(parked).all()
    if not parked_ones:
        raise NotFoundError("没有停发的消息。")
    for one in parked_ones:
        one.state, one.attempts, one.next_try_at = MessageState.WAITING, 0, by.now
    session.flush()
    return len(parked_ones)


def message_id(salt: str, source: str) -> str:
    """The same for the same source of the same webhook, so that a repeat can be recognised."""
    return "msg_" + hashlib.sha256(f"{salt}:{source}".encode()).hexdigest()[:32]


def payload(event: str, at: dt.datetime, data: dict[str, object]) -> dict[str, object]:
    """A message as Standard Webhooks lays it out: thin, so that whoever reads it may know of it."""
    return {"type": event, "timestamp": at.astimezone(dt.UTC).isoformat(), "data": data}
