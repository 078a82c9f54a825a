"""Finding what somebody may know of, by its number: what does not exist and what is not for them read alike."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.database import LARGEST_ID, key
from models.errors import ForbiddenError, NotFoundError
from models.items.evidence import Evidence
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ledgers.leadership_act import LeadershipAct
from models.papers.document import Document
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import authorize, authorize_document, authorize_organ, may_see_organ, permitted

Row = TypeVar("Row", bound=SQLModel)


def seen_item(session: Session, number: int, *, by: Actor) -> WorkItem:
    """The item. Raises NotFoundError."""
    with _alike("没有这项任务，或者它不在您的查看范围内。"):
        item = _row(session, WorkItem, number)
        if item.ledger is not None:
            raise NotFoundError
        authorize(session, by, Action.READ, item)
    return item


def seen_items(
    session: Session, numbers: Collection[int], *, by: Actor, organ_id: int | None = None
) -> dict[int, WorkItem]:
    """Those of the items, of this organ where one is named, that `by` may view: by id, in one statement."""
    query = select(WorkItem).where(
        col(WorkItem.id).in_(numbers), of_plan(), permitted(session, by, Action.VIEW, organ_id=organ_id)
    )
    if organ_id is not None:
        query = query.where(WorkItem.organ_id == organ_id)
    return {key(item.id): item for item in session.exec(query)}


def seen_children(session: Session, item: WorkItem, *, by: Actor) -> dict[str, int]:
    """The ids of the sub-items that `by` may view, by their numbers in the plan."""
    query = select(WorkItem).where(WorkItem.parent_id == item.id, permitted(session, by, Action.VIEW))
    return {child.number: key(child.id) for child in session.exec(query)}


def seen_numbered(session: Session, plan: AnnualPlan, number: str, *, by: Actor) -> WorkItem | None:
    """The item with just this number in the plan; None where there is none that `by` may read."""
    seen = permitted(session, by, Action.READ, organ_id=plan.organ_id)
    numbered = select(WorkItem).where(WorkItem.plan_id == plan.id, WorkItem.number == number, of_plan(), seen)
    return session.exec(numbered).first()


def seen_document(session: Session, number: int, *, by: Actor) -> Document:
    """The document. Raises NotFoundError."""
    with _alike("没有这件文书，或者它不在您的查看范围内。"):
        document = _row(session, Document, number)
        authorize_document(session, by, document)
    return document


def seen_evidence(session: Session, number: int, *, by: Actor) -> Evidence:
    """The piece of evidence, of an item or of a leader's act; also one that was replaced. Raises NotFoundError."""
    with _alike("没有这份佐证材料，或者它不在您的查看范围内。"):
        piece = _row(session, Evidence, number)
        if piece.item_id is not None:
            authorize(session, by, Action.READ, session.get_one(WorkItem, piece.item_id))
        else:
            authorize_organ(session, by, Action.VIEW, session.get_one(LeadershipAct, piece.act_id).organ_id)
    return piece


def seen_organ(session: Session, named: str, *, by: Actor) -> Organ:
    """The organ with this code or name. Raises NotFoundError."""
    organ = session.exec(select(Organ).where((Organ.code == named) | (Organ.name == named))).first()
    if organ is None or not may_see_organ(session, by, key(organ.id)):
        raise NotFoundError(f"没有代码为“{named}”的单位，或者它不在您的查看范围内。")
    return organ


@contextmanager
def _alike(words: str) -> Iterator[None]:
    try:
        yield
    except (ForbiddenError, NotFoundError) as error:
        raise NotFoundError(words) from error


def _row(session: Session, table: type[Row], number: int) -> Row:
    """Raises NotFoundError; a number larger than any row's is not asked of the database, which would complain."""
    found = session.get(table, number) if 0 < number <= LARGEST_ID else None
    if found is None:
        raise NotFoundError
    return found
