"""Drawing up a brief (一页简报): numbered, one a day and reader."""

import datetime as dt

from sqlmodel import Session

from models.actor import Actor
from models.document import Document, DocumentKind
from models.errors import NotFoundError
from models.organ import Organ
from models.permission import Action
from models.person import Person, Role
from models.plan import AnnualPlan
from models.workdays import WorkCalendar
from tasks.oversight.gather_brief import gather_brief
from tasks.papers.draw_up_once import draw_up_once
from tasks.papers.facts import to_facts
from tasks.people.find import find_role


def compile_brief(
    session: Session, plan: AnnualPlan, person: Person, *, by: Actor, calendar: WorkCalendar, again: bool = False
) -> Document:
    """The person's brief of the plan on the day of the act.

    A day has one; a second call returns the first one's, unless it would say something else by now and `again`
    asks for another. Raises ForbiddenError, and BadInputError for somebody who holds no post on the day.
    """
    content = gather_brief(session, plan, person, on=by.on, calendar=calendar)
    return draw_up_once(
        session,
        plan,
        by=by,
        action=Action.BRIEF,
        kind=DocumentKind.BRIEF,
        about=f"brief:{by.on}:{person.id}",
        title=f"督办工作简报({person.name},{by.on})",
        facts=to_facts(content),
        again=again,
    )


def first_reader(session: Session, organ: Organ, on: dt.date) -> Person:
    """The organ's first responsible person on the day. Raises NotFoundError where the post is vacant."""
    found = find_role(session, organ, Role.FIRST_RESPONSIBLE, on)
    if found is None:
        raise NotFoundError(f"{organ.name}在 {on} 没有在任的{Role.FIRST_RESPONSIBLE.label}。")
    return found
