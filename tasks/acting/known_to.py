"""What somebody may see, worked out once for as long as nobody changes anything in the database.

Who looks, and by which seats at present, is part of what an answer is kept under and is asked at every look: a right
that was taken away takes its answers with it, even if the state of the database were ever mistaken.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlmodel import Session

from models.actor import Actor
from models.database import known_while_unchanged
from tasks.acting.authorize import seats

Found = TypeVar("Found")


def known_to(session: Session, by: Actor, name: tuple[Hashable, ...], find: Callable[[], Found]) -> Found:
    """What `find` tells `by` on its day, as `known_while_unchanged`; the name says what else it depends on."""
    looks = (by.person_id, by.channel, by.on, by.present, tuple(seats(session, by)))
    return known_while_unchanged(session, (*name, *looks), find)
