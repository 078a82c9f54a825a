"""Putting into the queue what webhooks are to be told: derived from the trail and the notice ledger, each event once.

Since every act leaves an entry, no act can be forgotten here, whoever writes it and whenever. A cursor says how far
a webhook has been told; the unique key of webhook and source stands behind it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, col, select

from models.audit import AuditEntry
from models.engine.problem import OrganProblem, note_problem
from models.engine.webhook import MessageState, Webhook, WebhookMessage
from models.engine.webhook_event import RAISED, SENT, event_of
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.organ import Organ
from models.people.person import Person
from tasks.trail.changes_since import newest_of_all
from tasks.webhooks.hold_webhooks import message_id, payload

_MESSAGE: sa.Table = SQLModel.metadata.tables[str(WebhookMessage.__tablename__)]
BATCH = 2_000
"""Rows told of in one run of one webhook; what is beyond waits for the next."""
LOOK_BACK = dt.timedelta(days=1)
"""A delivery is looked for this long after it began: it is committed after the instant it bears."""
LOCK_TIMEOUT = "2s"


def queue_webhooks(session: Session, *, now: dt.datetime, problems: list[OrganProblem] | None = None) -> int:
    """Queue what happened since the last time for every running webhook; returns the number of messages.

    Run twice, or by two at once, nothing is queued twice. A webhook for which this fails keeps its place, whole, and
    its organ is told to `problems`; the others are told of what happened.
    """
    running = session.exec(
        select(Webhook).where(col(Webhook.stopped_at).is_(None)).order_by(col(Webhook.id)).with_for_update()
    ).all()
    if not running:
        return 0
    newest_notice = _settled_notice(session)
    queued = 0
    for organ_id, webhook in [(webhook.organ_id, webhook) for webhook in running]:
        try:
            with session.begin_nested():
                events = [*_of_trail(session, webhook), *_of_ledger(session, webhook, newest_notice, now)]
                queued += _insert(session, webhook, events, now)
        except Exception as error:
            failed = note_problem("接口推送", organ_id, session.get_one(Organ, organ_id).name, error)
            if problems is not None:
                problems.append(failed)
    return queued


Told = tuple[str, str, dict[str, object]]
"""The source, the event and what is sent."""


def _of_trail(session: Session, webhook: Webhook) -> Iterator[Told]:
    """Entries are committed in the order of their ids, one transaction at a time: the cursor alone is enough."""
    newest = newest_of_all(session)
    rows = session.exec(
        select(AuditEntry, WorkItem.number, AnnualPlan.year)
        .outerjoin(WorkItem, col(WorkItem.id) == AuditEntry.item_id)
        .outerjoin(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .where(AuditEntry.organ_id == webhook.organ_id)
        .where(col(AuditEntry.id) > webhook.after_entry_id, col(AuditEntry.id) <= newest)
        .order_by(col(AuditEntry.id))
        .limit(BATCH)
    ).all()
    webhook.after_entry_id = (rows[-1][0].id or newest) if len(rows) == BATCH else newest
    for entry, number, year in rows:
        event = event_of(entry.action, of_item=entry.item_id is not None)
        if event is None or event not in webhook.events:
            continue
        data: dict[str, object] = {"entry": entry.id, "action": entry.action, "on": entry.on.isoformat(),
                                   "actor": entry.actor}  # fmt: skip
        if entry.item_id is not None:
            changed = entry.after.get(f"work_item:{entry.item_id}")
            data |= {"item": entry.item_id, "number": number, "year": year}
            if isinstance(changed, dict) and "state" in changed:
                data["state"] = changed["state"]
        else:
            data |= {name: entry.after[name] for name in ("issued",) if name in entry.after}
        yield f"audit_entry:{entry.id}", event, payload(event, entry.at, data)


def _of_ledger(session: Session, webhook: Webhook, newest: int | None, now: dt.datetime) -> Iterator[Told]:
    """What was raised up to `newest`, and what was delivered since."""
    shown = (
        select(Notice, WorkItem.number, AnnualPlan.year, Person.name)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .outerjoin(Person, col(Person.id) == Notice.recipient_id)
        .where(WorkItem.organ_id == webhook.organ_id)
        .order_by(col(Notice.id))
        .limit(BATCH)
    )
    if newest is not None and newest > webhook.after_notice_id:
        raised = shown.where(col(Notice.id) > webhook.after_notice_id, col(Notice.id) <= newest)
        rows = session.exec(raised).all() if RAISED in webhook.events else []
        webhook.after_notice_id = (rows[-1][0].id or newest) if len(rows) == BATCH else newest
        for notice, number, year, name in rows:
            yield f"notice:{notice.id}", RAISED, _notice(RAISED, now, notice, number, year, name)
    if SENT in webhook.events:
        told = (
            select(WebhookMessage.id)
            .where(
                WebhookMessage.webhook_id == webhook.id,
                WebhookMessage.source
                == sa.literal("notice:") + sa.cast(Notice.id, sa.String(20)) + sa.literal(":sent"),
            )
            .exists()
        )
        since = max(webhook.made_at, now - LOOK_BACK)
        delivered = (
            shown.join(Message, col(Message.id) == Notice.message_id)
            .where(Message.state == SendState.SENT, col(Message.sent_at) >= since, Notice.state == NoticeState.SENT)
            .where(~told)
        )
        for notice, number, year, name in session.exec(delivered).all():
            yield f"notice:{notice.id}:sent", SENT, _notice(SENT, now, notice, number, year, name)


def _notice(event: str, now: dt.datetime, notice: Notice, number: str, year: int, name: str | None) -> dict[str, Any]:
    return payload(
        event,
        now,
        {
            "notice": notice.id, "kind": notice.kind.value, "item": notice.item_id, "number": number, "year": year,
            "recipient": name, "role": notice.role.value, "due_on": notice.due_on.isoformat(),
            "on": notice.raised_on.isoformat(), "late": notice.late,
        },
    )  # fmt: skip


def _insert(session: Session, webhook: Webhook, events: Iterable[Told], now: dt.datetime) -> int:
    rows = [
        {
            "webhook_id": webhook.id,
            "source": source,
            "event": event,
            "message_id": message_id(webhook.salt, source),
            "payload": said,
            "made_at": now,
            "state": MessageState.WAITING,
            "attempts": 0,
            "next_try_at": now,
        }
        for source, event, said in events
    ]
    if not rows:
        return 0
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.execute(insert(_MESSAGE).on_conflict_do_nothing().returning(_MESSAGE.c.id), rows)
    return len(made.all())


def _settled_notice(session: Session) -> int | None:
    """The newest notice below which none is still to be committed; None where that cannot be known just now.

    Ids are given before they are committed, and a sweep takes long. PostgreSQL says so by a lock that waits for
    whoever is writing notices, held as long as this takes; SQLite writes one transaction at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        try:
            with session.begin_nested():
                session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                session.execute(sa.text("LOCK TABLE notice IN SHARE MODE"))
                session.execute(sa.text("SET LOCAL lock_timeout = 0"))
        except OperationalError:
            return None
    return session.exec(select(sa.func.max(col(Notice.id)))).one() or 0
