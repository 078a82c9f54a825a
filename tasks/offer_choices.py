"""What the form of an act offers where a department, a piece of evidence or a stage of the item is to be chosen."""

from sqlmodel import Session, col, select

from models.evidence import Evidence, EvidenceState
from models.item import Deadline, DeadlineKind, WorkItem
from models.organ import Department

Choices = list[tuple[str, str]]
"""What is sent, and what a person reads."""


def departments_of(session: Session, organ_id: int) -> Choices:
    """The organ's departments, by name."""
    found = session.exec(select(Department.name).where(Department.organ_id == organ_id).order_by(col(Department.id)))
    return [(name, name) for name in found]


def standing_pieces(session: Session, item: WorkItem) -> Choices:
    """The item's pieces of evidence that no newer one replaces, by id."""
    query = select(Evidence).where(Evidence.item_id == item.id, Evidence.state != EvidenceState.REPLACED)
    found = session.exec(query.order_by(col(Evidence.id)))
    return [(str(piece.id), f"{piece.name}(第 {piece.revision} 版)") for piece in found]


def open_milestones(session: Session, item: WorkItem) -> Choices:
    """The item's stages that are not reached, by title, the nearest first."""
    query = select(Deadline).where(
        Deadline.item_id == item.id, Deadline.kind == DeadlineKind.MILESTONE, col(Deadline.done_on).is_(None)
    )
    found = session.exec(query.order_by(col(Deadline.due_on)))
    return [(row.title or "", f"{row.title}({row.due_on})") for row in found]
