"""Whose a row of a ledger is: the post of whoever keeps it, whose holder its days are told to."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.people.organ import Organ
from models.people.person import Post, Role, Tenure
from tasks.acting.authorize import seats

_KEEPING = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR)
"""The roles that keep ledgers; a leader who writes a row down leaves it to the supervisor."""


def owner_of(session: Session, organ: Organ, *, by: Actor) -> Callable[[Mapping[str, Any]], int | None]:
    """Answers for the values of a row which post it belongs to: the one they hold already, else that of the keeper they
    name, else that of whoever writes it down; None is the supervisor's."""
    organ_id = key(organ.id)

    @cache
    def own() -> int | None:
        mine = (one.post_id for one in seats(session, by) if one.organ_id == organ_id and one.role in _KEEPING)
        return next(mine, None)

    @cache
    def held_by(person_id: int) -> int | None:
        held = session.exec(
            select(Post)
            .join(Tenure, col(Tenure.post_id) == Post.id)
            .where(Tenure.person_id == person_id, Post.organ_id == organ_id, col(Tenure.started_on) <= by.present)
            .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= by.present))
            .order_by(col(Post.id))
        ).all()
        keeping = [post for post in held if post.role in _KEEPING]
        return next((post.id for post in (*keeping, *held)), None)

    def owner(values: Mapping[str, Any]) -> int | None:
        if "post_id" in values:
            found: int | None = values["post_id"]
            return found
        keeper = values.get("keeper_id")
        return own() if keeper is None else held_by(keeper)

    return owner
