"""The comments on an item as people and programs read them; of one that was taken back all but its words."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.items.comment import CommentCopy, ItemComment
from models.items.item import WorkItem
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import authorize
from tasks.people.find import names_of


def list_comments(
    session: Session, item: WorkItem, *, by: Actor, after: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """Those with a larger id than `after`, the oldest first, at most `limit`. Raises NotFoundError."""
    authorize(session, by, Action.READ, item)
    asked = select(ItemComment).where(ItemComment.item_id == item.id, col(ItemComment.id) > after)
    comments = session.exec(asked.order_by(col(ItemComment.id)).limit(limit)).all()
    copies: dict[int, list[CommentCopy]] = {}
    for copy in session.exec(
        select(CommentCopy)
        .where(col(CommentCopy.comment_id).in_([one.id for one in comments]))
        .order_by(col(CommentCopy.id))
    ):
        copies.setdefault(copy.comment_id, []).append(copy)
    people = {one.person_id for rows in copies.values() for one in rows}
    people |= {person for one in comments for person in (one.person_id, one.for_id) if person}
    return tell_comments(comments, copies, names_of(session, Person, people), by=by)


def tell_comments(
    comments: Sequence[ItemComment],
    copies: Mapping[int, Sequence[CommentCopy]],
    people: Mapping[int | None, str],
    *,
    by: Actor,
) -> list[dict[str, Any]]:
    """Comments with the names of those they call and of those they were copied to; `mine`: written by whoever asks."""
    return [
        {
            "id": one.id,
            "on": one.on,
            "at": one.recorded_at,
            "person": people[one.person_id],
            "for": people.get(one.for_id) if one.for_id else None,
            "mine": one.person_id == by.person_id,
            "text": one.text if one.taken_back_on is None else None,
            "mentions": [people[copy.person_id] for copy in copies.get(key(one.id), ()) if copy.mentioned],
            "copies": [people[copy.person_id] for copy in copies.get(key(one.id), ()) if not copy.mentioned],
            "taken_back_on": one.taken_back_on,
        }
        for one in comments
    ]
