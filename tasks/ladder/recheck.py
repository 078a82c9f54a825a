"""The second look at what waits, before it leaves: closed, moved, promised or reassigned matters are dropped."""

import datetime as dt

from sqlalchemy import text
from sqlmodel import Session

from models.ladder.notice import BY_PERSON
from models.people.person import Role
from tasks.people.address import AS_WRITTEN, NEAREST, VIA, recipient_by_role, recipient_for_unit, recipient_of_leader

_WAITING = "notice.state = 'pending' AND notice.recipient_id IS NOT NULL"
_BY_RUNG = "notice.rung_id IS NOT NULL"
"""A notice that a person's act brought about is settled by the act that answers it."""
_OF_INSTRUCTION = "EXISTS (SELECT 1 FROM instruction g WHERE g.deadline_id = d.id)"
_UNSIGNED = "EXISTS (SELECT 1 FROM rung r WHERE r.id = notice.rung_id AND r.relation = 'unsigned')"
_OF_UNIT = f"{_BY_RUNG} AND notice.text IS NOT NULL"
"""A notice about a cooperating unit carries its name as text."""
_SIGNED = (
    "CASE WHEN notice.text IS NULL THEN w.state <> 'issued' ELSE NOT EXISTS (SELECT 1 FROM receipt c"
    " JOIN item_unit u ON u.id = c.unit_id WHERE c.item_id = w.id AND u.text = notice.text AND c.signed_at IS NULL) END"
)
"""Whether the unit that is asked has nothing open any more."""
_BY_PERSON = ", ".join(f"'{via}'" for via in BY_PERSON)
_TO_PERSON = f"notice.via IN ({_BY_PERSON})"
_ITS_OWN = (
    f"{_TO_PERSON} OR notice.kind IN ('answer', 'returned', 'changed') AND EXISTS"
    " (SELECT 1 FROM person q WHERE q.id = notice.recipient_id AND (q.left_on IS NULL OR q.left_on >= :on))"
)
"""An answer belongs to whoever asked, as long as that person serves, whoever handles the item; a copy to its person
alone."""
_LEFT = "EXISTS (SELECT 1 FROM person q WHERE q.id = notice.recipient_id AND q.left_on < :on)"
_ROLES = text(
    "SELECT DISTINCT role, EXISTS (SELECT 1 FROM leave WHERE from_on <= :on AND until_on >= :on) AS leaves"
    f" FROM notice WHERE {_WAITING}"
)
"""What the question to whom each belongs has to reckon with, so that it is no longer than it must be."""

_RAISED_ANEW = text(
    "INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, subject, text, for_unit, recipient_id, role, via,"
    " kind, due_on, raised_on, send_on, late, state)"
    " SELECT fire_on, deadline_id, item_id, rung_id, subject, text, for_unit, :person, role, :via, kind, due_on,"
    " raised_on, send_on, late, 'pending' FROM notice WHERE id = :id ON CONFLICT DO NOTHING"
)


def recheck(session: Session, *, on: dt.date) -> int:
    """Drop with a reason every waiting notice that is no longer true on `on`; returns how many.

    A notice whose recipient changed is raised anew for the successor, on the same fire day.
    """
    return sum(
        _drop(session, on, reason, untrue)
        for reason, untrue in (
            ("任务已办结", f"d.done_on IS NOT NULL AND {_BY_RUNG}"),
            ("批示已反馈，待办结", f"d.claimed_on IS NOT NULL AND {_BY_RUNG} AND {_OF_INSTRUCTION}"),
            ("已申请办结，待审核", f"d.claimed_on IS NOT NULL AND {_BY_RUNG}"),
            ("督办已停止（中止或撤回）", f"d.policy_id IS NULL AND {_BY_RUNG}"),
            ("时限已变更", f"d.due_on <> notice.due_on AND {_BY_RUNG}"),
            ("已承诺再次报告，届时再提醒", f"d.promised AND d.look_on > :on AND {_BY_RUNG} AND NOT {_UNSIGNED}"),
            ("收件人已离任", f"{_TO_PERSON} AND {_LEFT}"),
            ("已签收", f"{_UNSIGNED} AND EXISTS (SELECT 1 FROM work_item w WHERE w.id = d.item_id AND {_SIGNED})"),
        )
    ) + _reassign(session, on)


def _drop(session: Session, on: dt.date, reason: str, untrue: str) -> int:
    return len(
        session.execute(
            text(
                f"UPDATE notice SET state = 'dropped', reason = :reason WHERE {_WAITING}"
                f" AND EXISTS (SELECT 1 FROM deadline d WHERE d.id = notice.deadline_id AND {untrue}) RETURNING id"
            ),
            {"reason": reason, "on": on} if ":on" in untrue else {"reason": reason},
        ).all()
    )


def _reassign(session: Session, on: dt.date) -> int:
    """Find the recipients of waiting notices again. A leader named second or later answers for his own post.

    A cooperating unit is answered for by its own head, or whoever is in charge where it has none.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT {AS_WRITTEN}"))
    waiting = session.execute(_ROLES, {"on": on}).all()
    if not waiting:
        return 0
    leaves = bool(waiting[0].leaves)
    recipient = recipient_by_role("notice.role", frozenset(Role(row.role) for row in waiting), leaves=leaves)
    further = recipient_of_leader("x.post_id", leaves=leaves)
    unit = recipient_for_unit("u.department_id", leaves=leaves)
    moved = session.execute(
        text(f"""
        SELECT id, found FROM (
            SELECT notice.id, notice.recipient_id, notice.role,
                   CASE WHEN {_OF_UNIT} THEN (
                       SELECT {unit} FROM item_unit u
                       WHERE u.item_id = notice.item_id AND u.text = notice.text ORDER BY u.id LIMIT 1)
                   ELSE {recipient} END AS found,
                   notice.role = '{Role.LEADER.value}' AND EXISTS (
                       SELECT 1 FROM item_leader x
                       WHERE x.item_id = notice.item_id AND {further} / 4 = notice.recipient_id) AS further
            FROM notice JOIN work_item i ON i.id = notice.item_id WHERE {_WAITING} AND NOT ({_ITS_OWN})
        ) waiting WHERE NOT further AND (found IS NULL OR found / 4 <> recipient_id)
        ORDER BY {NEAREST}"""),
        {"on": on},
    ).all()
    leaders = text(f"""
        SELECT {further} AS found FROM notice JOIN work_item i ON i.id = notice.item_id
        JOIN item_leader x ON x.item_id = i.id
        WHERE notice.id = :id AND notice.role = '{Role.LEADER.value}' AND {_BY_RUNG} AND NOT ({_OF_UNIT})
        ORDER BY x.ordinal""")
    for notice_id, first in moved:
        session.execute(
            text("UPDATE notice SET state = 'dropped', reason = '责任人已变更，改送接任者' WHERE id = :id"),
            {"id": notice_id},
        )
        # Which of several leaders it was for is not kept: whoever of them has it not yet is the successor.
        for found in (first, *session.execute(leaders, {"id": notice_id, "on": on}).scalars()):
            if found is None:
                continue
            session.execute(_RAISED_ANEW, {"person": found // 4, "via": VIA[found % 4].value, "id": notice_id})
    return len(moved)
