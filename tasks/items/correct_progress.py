"""Correcting what one reported (更正进展): the words as they should have been, what stood there kept in the trail."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.people.permission import Action
from models.typed_text import words, words_or_none
from tasks.acting.perform import performing


def correct_progress(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    content: str,
    reason: str,
    percent: int | None = None,
    problems: str | None = None,
    next_step: str | None = None,
    achievement: str | None = None,
) -> ProgressEntry:
    """Put the actor's own newest entry of the item right; what is empty is empty from then on.

    Its day and what was promised in it stay. Raises ForbiddenError where the actor has reported nothing there,
    BadInputError without a reason, for an empty text, a percentage outside 0 to 100, or where nothing would change.
    """
    with performing(session, by, Action.CORRECT, item, reason=reason) as deed:
        words(reason, "更正理由", longest=1000)
        entry = own_entry(session, item, by)
        if entry is None:
            raise ForbiddenError(f"任务 {item.number} 没有您本人填报的进展，不能更正。")
        if percent is not None and not 0 <= percent <= 100:
            raise BadInputError(f"进度 {percent} 不在 0 到 100 之间。")
        right = {
            "text": words(content, "进展内容", longest=4000),
            "percent": percent,
            "problems": words_or_none(problems, "问题", longest=2000),
            "next_step": words_or_none(next_step, "下一步", longest=2000),
            "achievement": words_or_none(achievement, "成效", longest=2000),
        }
        if all(getattr(entry, name) == value for name, value in right.items()):
            raise BadInputError("与原来填报的相同，没有要更正的内容。")
        for name, value in right.items():
            setattr(entry, name, value)
        entry.corrected_at = by.now
        if entry.department_id is None:
            session.flush()
            item.percent = _newest_percent(session, item)
        deed.record.for_id = deed.for_id
    return entry


def own_entry(session: Session, item: WorkItem, by: Actor) -> ProgressEntry | None:
    """The newest entry of the item that the person recorded."""
    mine = select(ProgressEntry).where(ProgressEntry.item_id == item.id, ProgressEntry.person_id == by.person_id)
    return session.exec(mine.order_by(col(ProgressEntry.on).desc(), col(ProgressEntry.id).desc())).first()


def _newest_percent(session: Session, item: WorkItem) -> int:
    """What the lead said last, by the day it is for."""
    said = select(ProgressEntry.percent).where(
        ProgressEntry.item_id == key(item.id),
        col(ProgressEntry.department_id).is_(None),
        col(ProgressEntry.percent).is_not(None),
    )
    newest = session.exec(said.order_by(col(ProgressEntry.on).desc(), col(ProgressEntry.id).desc())).first()
    return newest or 0
