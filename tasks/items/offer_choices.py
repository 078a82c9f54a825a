"""What the form of an act offers where a department, a piece of evidence or a stage of the item is to be chosen."""

import datetime as dt

from sqlmodel import Session

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from tasks.items.attach import pieces_of
from tasks.items.comment import own_comments
from tasks.items.instruction_day import terms_from
from tasks.items.milestone import open_milestones
from tasks.people.find import departments_of

Choices = list[tuple[str, str]]
"""What is sent, and what a person reads."""
COMMENT = 60
"""Characters of a comment that a choice shows."""


def department_names(session: Session, organ_id: int) -> Choices:
    """The organ's departments, by name."""
    return [(department.name, department.name) for department in departments_of(session, organ_id)]


def standing_pieces(session: Session, item: WorkItem) -> Choices:
    """The item's pieces of evidence that no newer one replaces, by id."""
    return [(str(piece.id), f"{piece.name}（第 {piece.revision} 版）") for piece in pieces_of(session, item)]


def comments_of(session: Session, item: WorkItem, by: Actor) -> Choices:
    """What the person said about the item and may take back, by id, the newest first."""
    return [(str(one.id), f"{one.on} {one.text[:COMMENT]}") for one in own_comments(session, item, by)]


def instruction_terms(session: Session, upon: WorkItem | AnnualPlan, on: dt.date) -> Choices:
    """The presets for the day of an instruction by name, each with the day it means; none before the issue."""
    plan = upon if isinstance(upon, AnnualPlan) else session.get_one(AnnualPlan, upon.plan_id)
    policy = session.get(Policy, plan.policy_id) if plan.policy_id else None
    return terms_from(policy, on, office_calendar(session, organ_id=plan.organ_id)) if policy else []


def milestone_names(session: Session, item: WorkItem) -> Choices:
    """The item's stages that are not reached, by title, the nearest first."""
    return [(row.title or "", f"{row.title}（{row.due_on}）") for row in open_milestones(session, item)]
