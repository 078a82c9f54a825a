"""Drawing up a document: its number taken and its facts kept in one transaction, so that no number is lost."""

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.document import Document, DocumentKind


def next_number(session: Session, *, organ_id: int, year: int, kind: DocumentKind) -> int:
    """The next number of a series, held until the transaction ends: of two at once the second waits for the first."""
    session.flush()
    found = session.execute(
        text(
            "INSERT INTO number_series (organ_id, year, kind, last) VALUES (:organ, :year, :kind, 1)"
            " ON CONFLICT (organ_id, year, kind) DO UPDATE SET last = number_series.last + 1 RETURNING last"
        ),
        {"organ": organ_id, "year": year, "kind": kind.value},
    ).scalar_one()
    return int(found)


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
