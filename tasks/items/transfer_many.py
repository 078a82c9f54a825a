"""Giving several items to another unit or person: each for itself, so that what is refused stops nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.database import key
from models.errors import DubanError
from models.item import WorkItem
from models.organ import Department
from models.person import Person
from tasks.items.transfer import transfer


@dataclass(frozen=True)
class Outcome:
    """What became of one item: done, or refused and why."""

    item_id: int
    number: str
    title: str
    refused: str | None


def transfer_many(
    session: Session,
    items: Sequence[WorkItem],
    *,
    by: Actor,
    reason: str,
    department: Department | None = None,
    handler: Person | None = None,
) -> list[Outcome]:
    """`tasks.items.transfer` of each item in turn, by the same rules and on record each; one entry for every item.

    In a session that only looks it tells what would become of them.
    """
    # In one order, so that two who give away overlapping selections wait for each other and not in a circle.
    outcomes = []
    for item in sorted(items, key=lambda item: key(item.id)):
        refused = None
        about = key(item.id), item.number, item.title
        try:
            with session.begin_nested():
                transfer(session, item, by=by, reason=reason, department=department, handler=handler)
        except DubanError as error:
            refused = error.message
        outcomes.append(Outcome(*about, refused))
    return outcomes
