"""Reading: a notice counts as read once its recipient opened it, by the link in a message or in the system.

Nobody else's look counts. When it was opened stands in the notice and its message: that is the record.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import text
from sqlmodel import Session, SQLModel, col

from models.ladder.message import Message
from models.ladder.notice import Notice

NOTICE, MESSAGE = (SQLModel.metadata.tables[str(table.__tablename__)] for table in (Notice, Message))

MOST = 99
"""More unread notices than these are not counted."""

_UNREAD = sa.text("notice.state = 'sent' AND notice.read_at IS NULL")
"""In words of its own, so that the database sees that the index of the unread serves."""


def count_unread(session: Session, person_id: int, *, on: dt.date) -> int:
    """How many notices that were raised until the day and sent to the person wait to be opened, up to MOST + 1."""
    query = text(
        "SELECT count(*) FROM (SELECT 1 FROM notice WHERE recipient_id = :person AND state = 'sent'"
        " AND read_at IS NULL AND raised_on <= :on LIMIT :most) unread"
    )
    return int(session.execute(query, {"person": person_id, "on": on, "most": MOST + 1}).scalar_one())


def any_unread(session: Session, person_id: int, *, notice: int | None = None, message: int | None = None) -> bool:
    """Whether anything would be marked: asked first, for to look is far more frequent than to mark."""
    found = sa.select(NOTICE.c.id).where(*_mine(person_id, notice, None, message)).limit(1)
    return session.execute(found).first() is not None


def mark_read(
    session: Session, person_id: int, *, at: dt.datetime, notice: int | None = None, item: int | None = None,
    message: int | None = None,
) -> int:  # fmt: skip
    """Mark what was sent to the person as read at `at`: one notice, those about an item, those in a message, or all.

    Returns how many. What was read before keeps its time. The messages count as opened too, except where an item was
    opened: that somebody saw the item does not say that he saw the message.
    """
    chosen = sa.update(NOTICE).where(*_mine(person_id, notice, item, message)).values(read_at=at)
    marked = session.execute(chosen.returning(NOTICE.c.message_id)).scalars().all()
    opened = {one for one in marked if one is not None}
    if opened and item is None:
        session.execute(
            sa.update(MESSAGE).where(MESSAGE.c.id.in_(opened), MESSAGE.c.read_at.is_(None)).values(read_at=at)
        )
    return len(marked)


def _mine(
    person_id: int, notice: int | None, item: int | None, message: int | None
) -> list[sa.ColumnElement[bool] | sa.TextClause]:
    named = ((col(Notice.id), notice), (col(Notice.item_id), item), (col(Notice.message_id), message))
    return [
        col(Notice.recipient_id) == person_id,
        _UNREAD,
        *(column == number for column, number in named if number is not None),
    ]
