"""Drawing up a document: its number taken and its facts kept in one transaction, so that no number is lost. What
tells of a period or day is drawn up once, and again only where it would say something else.
"""

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.plan import AnnualPlan
from models.papers.document import Document, DocumentKind
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for


def next_number(session: Session, *, organ_id: int, year: int, kind: DocumentKind) -> int:
    """The next number of a series, held until the transaction ends: of two at once the second waits for the first."""
    session.flush()
    taken = session.execute(
        text(
            "INSERT INTO number_series (organ_id, year, kind, last) VALUES (:organ, :year, :kind, 1)"
            " ON CONFLICT (organ_id, year, kind) DO UPDATE SET last = number_series.last + 1 RETURNING last"
        ),
        {"organ": organ_id, "year": year, "kind": kind.value},
    ).scalar_one()
    return int(taken)


def draw_up(
    session: Session,
    *,
    organ_id: int,
    kind: DocumentKind,
    title: str,
    issued_on: dt.date,
    by: Actor,
    facts: dict[str, Any],
    item_id: int | None = None,
    about: str | None = None,
) -> Document:
    """Issue a document with the next number of its year and kind. Its facts hold no number: the row has it."""
    number = next_number(session, organ_id=organ_id, year=issued_on.year, kind=kind)
    document = Document(
        organ_id=organ_id,
        year=issued_on.year,
        kind=kind,
        number=number,
        title=title[:300],
        item_id=item_id,
        about=about,
        issued_on=issued_on,
        person_id=by.person_id,
        facts=facts,
        recorded_at=by.now,
    )
    session.add(document)
    session.flush()
    return document


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
    lacking: str = "",
) -> Document:
    """The document of the plan's organ about this: the one there is, else a new one, on record as `action` of `by`.

    With `again`, a new one with a number of its own where the facts are other than those of the newest, the ones
    named in `passing` aside. Of two who draw it up at once the second gets the first's. Raises ForbiddenError, also
    with `lacking`, what the facts were gathered without, where there is none to give instead.
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
    if lacking:
        raise ForbiddenError(lacking)
    with performing_for(session, by, action, plan.organ_id):
        return draw_up(
            session, organ_id=plan.organ_id, kind=kind, title=title, issued_on=by.on, by=by, facts=facts,
            about=f"{about}:{len(known) + 1}" if known else about,
        )  # fmt: skip


def _without(facts: dict[str, Any], passing: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in passing}
