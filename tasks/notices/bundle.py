"""What waits is put into messages before it is sent: one digest per person and day, what cannot wait at once and by
itself, and the day's signed end of the trail.
"""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from models.among import among
from models.clock import local
from models.ladder.message import Message, MessageKind, SendState
from models.ladder.notice import AT_ONCE, Notice, NoticeState
from models.people.person import Role
from models.settings import Settings
from tasks.notices.reach import PersonReach, reach_of

MAIL = "mail"
WAITED = dt.timedelta(minutes=10)
"""Urgent messages of one person that waited longer than this become one when they leave."""
INSIDE = "未登记可用的发送渠道，仅可在系统内查看"
CHOSEN = "按本人设置，此类通知仅在系统内查看"
NOTICE, MESSAGE = (SQLModel.metadata.tables[str(table.__tablename__)] for table in (Notice, Message))


def waiting(session: Session) -> int:
    """How many notices wait to be sent."""
    found = session.execute(text("SELECT count(*) FROM notice WHERE state = 'pending'")).scalar_one()
    return int(found)


def bundle(session: Session, settings: Settings, day: dt.date, now: dt.datetime, *, digests: bool, hours: bool) -> int:
    """Put what is ready on `day` into messages; returns how many notices stay in the system alone.

    Without `digests` only what cannot wait; with `hours` a digest waits for its person's hour.
    """
    ready = _ready(session, day)
    reach = reach_of(session, {row.recipient_id for row in ready}, settings)
    inside = _keep_inside(session, ready, reach)
    left = [row for row in ready if row.id not in inside]
    _at_once(session, settings, [row for row in left if row.kind in AT_ONCE], reach, day, now)
    if digests:
        at = local(now).time()
        due = {row.recipient_id for row in left if row.kind not in AT_ONCE}
        _digests(session, {one for one in due if not hours or reach[one].digest_at <= at}, reach, day, now)
    return len(inside)


_READY = """notice.state = 'pending' AND notice.send_on <= :day AND notice.message_id IS NULL
    AND notice.recipient_id IS NOT NULL AND NOT (notice.kind = 'reminder' AND EXISTS (
        SELECT 1 FROM snooze s WHERE s.person_id = notice.recipient_id
           AND s.deadline_id = notice.deadline_id AND s.until_on > :day))"""
"""What may leave on the day and is in no message yet; what a person snoozed is held."""


def _ready(session: Session, day: dt.date) -> Sequence[Any]:
    """The notices that are ready: (id, recipient_id, kind), in their order."""
    # Put in order here: asked for it, SQLite would read every notice there ever was, in that order.
    query = text(f"SELECT id, recipient_id, kind FROM notice WHERE {_READY}")
    return sorted(session.execute(query, {"day": day}), key=lambda row: row.id)


def _keep_inside(session: Session, ready: Sequence[Any], reach: Mapping[int, PersonReach]) -> set[int]:
    """What reaches its recipient in the system alone is sent by lying there, and says so."""
    because: dict[str, list[int]] = defaultdict(list)
    for row in ready:
        if not reach[row.recipient_id].channels:
            because[INSIDE].append(row.id)
        elif row.kind in reach[row.recipient_id].inside_only:
            because[CHOSEN].append(row.id)
    for reason, ids in because.items():
        kept = sa.update(Notice).where(col(Notice.id) == sa.bindparam("notice"))
        session.connection().execute(
            kept.values(state=NoticeState.SENT, reason=reason), [{"notice": one} for one in ids]
        )
    return {one for ids in because.values() for one in ids}


def _digests(
    session: Session, people: Iterable[int], reach: Mapping[int, PersonReach], day: dt.date, now: dt.datetime
) -> None:
    """One digest per person and day; what comes after it has been sent waits for the next day's.

    An older one that never left (a channel was down, a rest day came between) becomes part of it.
    """
    made = [_message(one, MessageKind.DIGEST, 0, reach[one], day, now) for one in sorted(people)]
    _insert(session, made)
    words = {"day": day, "at_once": [kind.value for kind in AT_ONCE]}
    today = (
        'SELECT g.id FROM message g WHERE g.recipient_id = notice.recipient_id AND g."on" = :day'
        " AND g.kind = 'digest' AND g.state IN ('waiting', 'sending')"
    )
    session.execute(
        text(f"""
        UPDATE notice SET message_id = ({today})
        WHERE state = 'pending' AND EXISTS ({today}) AND (
            {_READY} AND kind NOT IN :at_once
            OR message_id IN (SELECT o.id FROM message o WHERE o.kind = 'digest' AND o."on" < :day
                              AND o.state = 'waiting' AND o.attempts = 0))""").bindparams(
            sa.bindparam("at_once", expanding=True)
        ),
        words,
    )
    session.execute(
        text("""
        UPDATE message SET state = 'merged' WHERE kind = 'digest' AND "on" < :day AND state = 'waiting'
           AND attempts = 0 AND EXISTS (SELECT 1 FROM message g WHERE g.recipient_id = message.recipient_id
               AND g."on" = :day AND g.kind = 'digest' AND g.state IN ('waiting', 'sending'))"""),
        {"day": day},
    )


def _at_once(
    session: Session, settings: Settings, ready: Sequence[Any], reach: Mapping[int, PersonReach], day: dt.date,
    now: dt.datetime,
) -> None:  # fmt: skip
    """All that is ready for a person in a message of its own, at most so many in an hour: then it waits and is merged.

    What waited long for its channel becomes one message a person too.
    """
    by_person: dict[int, list[int]] = defaultdict(list)
    for row in ready:
        by_person[row.recipient_id].append(row.id)
    if by_person:
        lately = urgent_lately(session, by_person, day, now)
        ordinals = {
            person: lately[person][1] + 1 if person in lately else 1
            for person in by_person
            if person not in lately or lately[person][0] < settings.urgent_per_hour
        }
        _insert(
            session,
            [_message(one, MessageKind.URGENT, ordinal, reach[one], day, now) for one, ordinal in ordinals.items()],
        )
        _fill(session, {one: (ordinals[one], by_person[one]) for one in ordinals}, day)
    _join_what_waited(session, now)


def urgent_lately(
    session: Session, people: Iterable[int], day: dt.date, now: dt.datetime
) -> dict[int, tuple[int, int]]:
    """How many urgent messages each person was given in the last hour, and how many on the day."""
    since = now - dt.timedelta(hours=1)
    query = (
        sa.select(
            MESSAGE.c.recipient_id,
            sa.func.count().filter(MESSAGE.c.made_at > since),
            sa.func.max(sa.case((MESSAGE.c.on == day, MESSAGE.c.ordinal), else_=0)),
        )
        .where(MESSAGE.c.kind == MessageKind.URGENT, among(MESSAGE.c.recipient_id, people))
        .where(sa.or_(MESSAGE.c.on == day, MESSAGE.c.made_at > since))
        .group_by(MESSAGE.c.recipient_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _fill(session: Session, filled: Mapping[int, tuple[int, Sequence[int]]], day: dt.date) -> None:
    """Put notices into the messages just made, unless another sender was faster."""
    made = select(Message.recipient_id, Message.ordinal, Message.id).where(
        Message.on == day, Message.kind == MessageKind.URGENT, among(Message.recipient_id, filled)
    )
    found = {(person, ordinal): message for person, ordinal, message in session.exec(made)}
    rows = [
        {"notice": one, "message": found[person, ordinal]} for person, (ordinal, ids) in filled.items() for one in ids
    ]
    if rows:
        put = sa.update(Notice).where(col(Notice.id) == sa.bindparam("notice"), col(Notice.message_id).is_(None))
        session.connection().execute(put.values(message_id=sa.bindparam("message")), rows)


def _join_what_waited(session: Session, now: dt.datetime) -> None:
    """Of the urgent messages of a person that waited longer than WAITED the newest takes what is in the others."""
    session.execute(
        text("""
        UPDATE message SET state = 'merged' WHERE kind = 'urgent' AND state = 'waiting' AND attempts = 0
           AND made_at <= :since AND EXISTS (
               SELECT 1 FROM message n WHERE n.recipient_id = message.recipient_id AND n.kind = 'urgent'
                  AND n.state = 'waiting' AND n.attempts = 0 AND n.id > message.id)""").bindparams(
            sa.bindparam("since", now - WAITED, MESSAGE.c.made_at.type)
        )
    )
    session.execute(
        text("""
        UPDATE notice SET message_id = (
            SELECT max(n.id) FROM message n WHERE n.recipient_id = notice.recipient_id AND n.kind = 'urgent'
               AND n.state = 'waiting' AND n.attempts = 0)
        WHERE state = 'pending' AND EXISTS (SELECT 1 FROM message m
            WHERE m.id = notice.message_id AND m.kind = 'urgent' AND m.state = 'merged')""")
    )


def _message(
    person: int, kind: MessageKind, ordinal: int, reach: PersonReach, day: dt.date, now: dt.datetime
) -> dict[str, Any]:
    return {
        "recipient_id": person, "on": day, "kind": kind, "ordinal": ordinal,
        "reference": f"<{day:%Y%m%d}.{person}.{kind}.{ordinal}.{secrets.token_hex(8)}@duban.invalid>",
        "channels": list(reach.channels), "channel": reach.channels[0], "state": SendState.WAITING, "attempts": 0,
        "next_try_at": now, "made_at": now,
    }  # fmt: skip


def _insert(session: Session, made: Sequence[Mapping[str, Any]]) -> None:
    if made:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.connection().execute(insert(MESSAGE).on_conflict_do_nothing(), made)


_WATCHING = text("""
    SELECT DISTINCT p.id FROM signed_head h
    JOIN tenure t ON t.started_on <= h."on" AND (t.ended_on IS NULL OR t.ended_on >= h."on")
    JOIN post s ON s.id = t.post_id AND s.role IN (:supervisor, :auditor)
    JOIN person p ON p.id = t.person_id AND p.email IS NOT NULL AND (p.left_on IS NULL OR p.left_on >= h."on")
    WHERE h."on" = :day AND h.line <> ''
      AND NOT EXISTS (SELECT 1 FROM message m WHERE m.recipient_id = p.id AND m."on" = h."on" AND m.kind = 'head')
    ORDER BY p.id
""")


def bundle_heads(session: Session, day: dt.date, now: dt.datetime) -> None:
    """The day's signed end of the trail, for whoever watches over the work: supervisors and auditors, each once.

    By mail alone: it is kept outside the system to be compared later.
    """
    roles = {"supervisor": Role.SUPERVISOR.value, "auditor": Role.AUDITOR.value}
    people = session.execute(_WATCHING, {"day": day} | roles).scalars()
    _insert(session, [_message(one, MessageKind.HEAD, 0, PersonReach([MAIL], dt.time()), day, now) for one in people])
