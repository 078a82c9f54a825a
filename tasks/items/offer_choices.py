"""What the form of an act offers where a department, a piece of evidence or a stage of the item is to be chosen."""

from sqlmodel import Session

from models.items.item import WorkItem
from tasks.items.attach import pieces_of
from tasks.items.milestone import open_milestones
from tasks.people.find import departments_of

Choices = list[tuple[str, str]]
"""What is sent, and what a person reads."""


def department_names(session: Session, organ_id: int) -> Choices:
    """The organ's departments, by name."""
    return [(department.name, department.name) for department in departments_of(session, organ_id)]


def standing_pieces(session: Session, item: WorkItem) -> Choices:
    """The item's pieces of evidence that no newer one replaces, by id."""
    return [(str(piece.id), f"{piece.name}(第 {piece.revision} 版)") for piece in pieces_of(session, item)]


def milestone_names(session: Session, item: WorkItem) -> Choices:
    """The item's stages that are not reached, by title, the nearest first."""
    return [(row.title or "", f"{row.title}({row.due_on})") for row in open_milestones(session, item)]
