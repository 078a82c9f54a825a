"""The 督办单 that an escalation to a leader carries: drawn up by the sweep, written once however many it goes to."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.papers.document import Document, DocumentKind
from models.people.permission import Action
from tasks.acting.authorize import standings_on
from tasks.notices.channel import Enclosure
from tasks.papers.write_document import document_bytes

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class AttachedSheet:
    """A 督办单 as it is known before it is written: what it says, and of which item it is."""

    organ_id: int
    item_id: int | None
    year: int
    number: int
    title: str
    issued_on: dt.date
    recorded_at: dt.datetime
    facts: str

    def pack(self) -> Enclosure:
        """The Word file; of the sheets asked for lately, the one that was written then."""
        return _written(self)


def sheets_of(
    session: Session, notices: Collection[Any], *, on: dt.date
) -> dict[tuple[int | None, int | None], AttachedSheet]:
    """The sheets that the rungs of these notices drew up, by notice and recipient: for whoever may read the item.

    Of a notice, or a row that stands for one, it takes what it is about and to whom it goes.
    """
    about = {f"rung:{one.deadline_id}:{one.rung_id}:{one.fire_on}": one.item_id for one in notices}
    if not about:
        return {}
    found = session.exec(
        select(Document).where(
            Document.kind == DocumentKind.SHEET,
            col(Document.about).in_(about),
            col(Document.item_id).in_(about.values()),
            col(Document.void_on).is_(None),
        )
    )
    sheets = {row.about: _known(row) for row in found}
    items: dict[int | None, set[int]] = defaultdict(set)
    for one in notices:
        items[one.recipient_id].add(one.item_id)
    readable = {person: _readable(session, person, theirs, on) for person, theirs in items.items()}
    attached = {}
    for one in notices:
        sheet = sheets.get(f"rung:{one.deadline_id}:{one.rung_id}:{one.fire_on}")
        if sheet is not None and one.item_id in readable[one.recipient_id]:
            attached[one.id, one.recipient_id] = sheet
    return attached


def _readable(session: Session, person_id: int | None, items: Collection[int], on: dt.date) -> set[int]:
    """Those of the items that the person may view on the day."""
    if person_id is None:
        return set()
    by = Actor("", Channel.RHYTHM, on, opening_of(on), person_id)
    return {item for item, standings in standings_on(session, by, Action.VIEW, items).items() if standings}


def _known(row: Document) -> AttachedSheet:
    facts = json.dumps(row.facts, ensure_ascii=False, sort_keys=True)
    return AttachedSheet(
        row.organ_id, row.item_id, row.year, row.number, row.title, row.issued_on, row.recorded_at, facts
    )


@lru_cache(maxsize=64)
def _written(sheet: AttachedSheet) -> Enclosure:
    document = Document(
        organ_id=sheet.organ_id, item_id=sheet.item_id, year=sheet.year, number=sheet.number, title=sheet.title,
        issued_on=sheet.issued_on, recorded_at=sheet.recorded_at, kind=DocumentKind.SHEET,
        facts=json.loads(sheet.facts),
    )  # fmt: skip
    return Enclosure(f"{document.written_number}.docx", DOCX, document_bytes(document))
