"""What waits is bundled before it is sent: one digest per person and day, and the day's signed end of the trail."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from models.ladder.notice import Digest, DigestState, Notice, NoticeState
from models.people.person import Role

CHANNEL, HEADS = "mail", "head"
"""What a person gets of notices, and the signed end of the trail: a mail of its own, so that it holds up no notice."""
NOTICE, DIGEST = (SQLModel.metadata.tables[str(table.__tablename__)] for table in (Notice, Digest))


def waiting(session: Session) -> int:
    """How many notices wait to be sent."""
    found = session.execute(text("SELECT count(*) FROM notice WHERE state = 'pending'")).scalar_one()
    return int(found)


def release_unreachable(session: Session, day: dt.date) -> int:
    """Notices nobody can be mailed stay readable in the system, and say so."""
    return len(
        session.execute(
            text(
                "UPDATE notice SET state = 'parked', reason = '未登记邮箱,仅可在系统内查看'"
                " WHERE state = 'pending' AND send_on <= :on AND recipient_id IN"
                " (SELECT id FROM person WHERE email IS NULL) RETURNING id"
            ),
            {"on": day},
        ).all()
    )


def bundle(session: Session, day: dt.date, now: dt.datetime) -> None:
    """One digest per person and day; what comes after it has been sent waits for the next day's."""
    ready = (NOTICE.c.state == NoticeState.PENDING) & (NOTICE.c.send_on <= day) & NOTICE.c.digest_id.is_(None)
    values: dict[str, sa.ColumnElement[Any]] = {
        "recipient_id": NOTICE.c.recipient_id,
        "on": sa.literal(day),
        "channel": sa.literal(CHANNEL),
        "next_try_at": sa.literal(now, DIGEST.c.next_try_at.type),
        "attempts": sa.literal(0),
        "state": sa.literal(DigestState.WAITING, DIGEST.c.state.type),
        "message_id": sa.literal(f"<{day:%Y%m%d}.")
        + sa.cast(NOTICE.c.recipient_id, sa.String(20))
        + sa.literal(f".{CHANNEL}@duban.invalid>"),
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(DIGEST).from_select(list(values), sa.select(*values.values()).where(ready).distinct())
    session.execute(made.on_conflict_do_nothing())
    session.execute(
        text("""
        UPDATE notice SET digest_id = (
            SELECT g.id FROM digest g WHERE g.recipient_id = notice.recipient_id AND g."on" = :day
               AND g.channel = :channel)
        WHERE state = 'pending' AND send_on <= :day AND digest_id IS NULL AND recipient_id IN (
            SELECT g.recipient_id FROM digest g WHERE g."on" = :day AND g.channel = :channel
               AND g.state IN ('waiting', 'sending'))"""),
        {"day": day, "channel": CHANNEL},
    )


_HEADS = text("""
    INSERT INTO digest (recipient_id, "on", channel, message_id, state, attempts, next_try_at)
    SELECT DISTINCT p.id, h."on", :channel, :begin || CAST(p.id AS VARCHAR(20)) || :end, 'waiting', 0, :now
    FROM signed_head h
    JOIN tenure t ON t.started_on <= h."on" AND (t.ended_on IS NULL OR t.ended_on >= h."on")
    JOIN post s ON s.id = t.post_id AND s.role IN (:supervisor, :auditor)
    JOIN person p ON p.id = t.person_id AND p.email IS NOT NULL AND (p.left_on IS NULL OR p.left_on >= h."on")
    WHERE h."on" = :day AND h.line <> ''
    ON CONFLICT DO NOTHING
""").bindparams(sa.bindparam("now", type_=DIGEST.c.next_try_at.type))


def bundle_heads(session: Session, day: dt.date, now: dt.datetime) -> None:
    """The day's signed end of the trail, for whoever watches over the work: supervisors and auditors, each once."""
    begin, end = f"<{day:%Y%m%d}.", f".{HEADS}@duban.invalid>"
    roles = {"supervisor": Role.SUPERVISOR.value, "auditor": Role.AUDITOR.value}
    session.execute(_HEADS, {"channel": HEADS, "begin": begin, "end": end, "now": now, "day": day} | roles)
