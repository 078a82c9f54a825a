"""Comments (留言): what people say to each other about an item. None changes a state, a day or a number."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row

LONGEST = 2000


class ItemComment(Row, table=True):
    """One comment, in plain words. What was said stays on record, whatever becomes of it."""

    __tablename__ = "item_comment"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    text: str = Field(max_length=LONGEST)
    taken_back_on: dt.date | None = None
    """The day on which its author took it back: from then on nobody is shown what it said."""
    recorded_at: dt.datetime


class CommentCopy(Row, table=True):
    """A person who is named in a comment (`mentioned`) or was sent a copy of it: hears of it, and may read the item for
    as long as it is not taken back."""

    __tablename__ = "comment_copy"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="item_comment.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    mentioned: bool
