"""Drawing up a circular (通报): numbered, and once a period."""

import datetime as dt

from sqlmodel import Session

from models.actor import Actor
from models.circular import CircularKind, span_of
from models.document import Document, DocumentKind
from models.permission import Action
from models.plan import AnnualPlan
from models.workdays import WorkCalendar
from tasks.oversight.gather_circular import gather_circular
from tasks.papers.draw_up_once import draw_up_once
from tasks.papers.facts import to_facts


def compile_circular(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    kind: CircularKind,
    until: dt.date,
    calendar: WorkCalendar,
    again: bool = False,
) -> Document:
    """The circular of the week, month or quarter that `until` lies in, as of that day, dated the day of the act.

    A period has one: a second call returns the first one's, unless it would say something else by now and `again`
    asks for another number. Raises ForbiddenError.
    """
    content = gather_circular(session, plan, kind=kind, until=until, issued_on=by.on, calendar=calendar)
    return draw_up_once(
        session,
        plan,
        by=by,
        action=Action.CIRCULATE,
        kind=DocumentKind.CIRCULAR,
        about=f"circular:{kind}:{span_of(kind, until, calendar).first}",
        title=content.title,
        facts=to_facts(content),
        again=again,
        passing=frozenset({"issued_on"}),
    )
