"""What the report is to say of something done (成效): written or put right when the work is over, at no cost."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.people.permission import Action
from models.typed_text import words, words_or_none
from tasks.acting.perform import performing


def achieve(session: Session, item: WorkItem, *, by: Actor, achievement: str | None = None) -> ProgressEntry:
    """Write down what was achieved, in place of what stood there; without words the last progress is taken for it.

    Nothing else of the item changes: neither its state nor a day nor a score. Raises BadInputError where there is no
    progress to take the words from, or where the same words stand already.
    """
    with performing(session, by, Action.ACHIEVE, item):
        entry = _told_in(session, item)
        given = words_or_none(achievement, "成效", longest=2000) or (entry.text if entry else None)
        if given is None:
            raise BadInputError(f"任务 {item.number} 没有填报过进展：请写明成效。")
        said = words(given, "成效", longest=2000)
        if entry is None:
            entry = ProgressEntry(
                item_id=key(item.id), person_id=by.person_id, on=by.on, text=said, achievement=said,
                recorded_at=by.now, accepted_at=by.now,
            )  # fmt: skip
            session.add(entry)
        elif entry.achievement == said:
            raise BadInputError("与原来的成效相同，没有要改写的内容。")
        else:
            entry.achievement, entry.corrected_at = said, by.now
    return entry


def said_of(session: Session, item: WorkItem) -> str:
    """What the report says of the item by now, else the last progress, to begin with; empty without either."""
    entry = _told_in(session, item)
    return (entry.achievement or entry.text) if entry else ""


def _told_in(session: Session, item: WorkItem) -> ProgressEntry | None:
    """The newest entry with an achievement, else the lead's newest, else a cooperating unit's."""
    entries = select(ProgressEntry).where(ProgressEntry.item_id == item.id)
    order = (
        col(ProgressEntry.achievement).is_(None), col(ProgressEntry.department_id).is_not(None),
        col(ProgressEntry.on).desc(), col(ProgressEntry.id).desc(),
    )  # fmt: skip
    return session.exec(entries.order_by(*order)).first()
