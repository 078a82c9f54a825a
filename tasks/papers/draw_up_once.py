"""A document of a period or day is drawn up once; drawn up again only where it would say something else."""

from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.document import Document, DocumentKind
from models.permission import Action
from models.plan import AnnualPlan
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.papers.draw_up import draw_up


def draw_up_once(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    action: Action,
    kind: DocumentKind,
    about: str,
    title: str,
    facts: dict[str, Any],
    again: bool = False,
    passing: frozenset[str] = frozenset(),
) -> Document:
    """The document of the plan's organ about this: the one there is, else a new one, on record as `action` of `by`.

    With `again`, a new one with a number of its own where the facts are other than those of the newest, the ones
    named in `passing` aside. Of two who draw it up at once the second gets the first's. Raises ForbiddenError.
    """
    authorize_organ(session, by, action, plan.organ_id)
    session.flush()
    # Held until the transaction ends; it keeps nobody from adding to the plan meanwhile.
    session.refresh(plan, with_for_update={"key_share": True})
    known = session.exec(
        select(Document)
        .where(Document.organ_id == plan.organ_id, Document.kind == kind)
        .where(or_(col(Document.about) == about, col(Document.about).like(f"{about}:%")))
        .order_by(col(Document.id))
    ).all()
    if known and not (again and _without(known[-1].facts, passing) != _without(facts, passing)):
        return known[-1]
    with performing_for(session, by, action, plan.organ_id):
        return draw_up(
            session, organ_id=plan.organ_id, kind=kind, title=title, issued_on=by.on, by=by, facts=facts,
            about=f"{about}:{len(known) + 1}" if known else about,
        )  # fmt: skip


def _without(facts: dict[str, Any], passing: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in passing}
