"""What others did to an item since somebody looked at it, told from the trail: so that a second act is never blind.

Whoever shows a form keeps `newest_entry` in it; whoever takes it calls `refuse_blind` before anything is done.
"""

from collections.abc import Collection

from sqlmodel import Session, col, select
from sqlmodel import func as sql

from models.actor import Actor
from models.audit import AuditEntry
from models.database import key
from models.errors import ConflictError
from models.items.item import WorkItem
from models.items.lifecycle import TALK
from tasks.trail.show_audit import TrailEntry, tell_entries

MOST = 20
"""Entries told; more than that and the page is better read anew."""


def newest_of_all(session: Session) -> int:
    """The number of the newest entry there is, 0 where there is none: nothing of the office's changes without one."""
    return session.exec(select(sql.max(col(AuditEntry.id)))).one() or 0


def newest_entry(session: Session, item: WorkItem) -> int:
    """The number of the item's newest entry that is no comment, 0 where it has none: what a form remembers as seen."""
    return newest_entries(session, [key(item.id)])[key(item.id)]


def newest_entries(session: Session, items: Collection[int]) -> dict[int, int]:
    """`newest_entry` of each of these items (ids): a list with a button on every line asks once."""
    newest = (
        select(AuditEntry.item_id, sql.max(AuditEntry.id))
        .where(col(AuditEntry.item_id).in_(items), col(AuditEntry.action).not_in(TALK))
        .group_by(col(AuditEntry.item_id))
    )
    found = {item_id: entry for item_id, entry in session.exec(newest) if item_id is not None}
    return {item_id: found.get(item_id) or 0 for item_id in items}


def changes_since(session: Session, item: WorkItem, seen: int, *, by: Actor) -> list[TrailEntry]:
    """What others than `by` did to the item after the entry `seen`, oldest first, at most `MOST`; comments are no part.

    Whoever calls has asked whether `by` may view the item.
    """
    since = AuditEntry.item_id == item.id, col(AuditEntry.id) > seen
    query = select(AuditEntry).where(*since, col(AuditEntry.action).not_in(TALK))
    if by.person_id is not None:
        query = query.where(col(AuditEntry.actor_id).is_distinct_from(by.person_id))
    return tell_entries(session, session.exec(query.order_by(col(AuditEntry.id)).limit(MOST)).all())


def refuse_blind(session: Session, item: WorkItem, seen: int, *, by: Actor) -> None:
    """Hold the item until the transaction ends. Raises ConflictError where others did something to it after `seen`.

    Held first and asked then: of two who send at once the second waits, and is told of the first.
    """
    session.refresh(item, with_for_update=True)
    changed = changes_since(session, item, seen, by=by)
    if changed:
        what = "、".join(dict.fromkeys(f"{entry.actor}{entry.action_label}" for entry in changed))
        raise ConflictError(
            f"您打开页面之后，任务 {item.number} 已有变化（{what}），尚未提交。请看过变化再定：仍要办理的，"
            "再提交一次即可。"
        )
