"""The documents an office has issued, as far as a person may see them; and the one that is named."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import tuple_
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.papers.document import SERIES, Document, DocumentKind
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ, permitted

_WRITTEN = re.compile(rf"(.*?)({'|'.join(SERIES.values())})\s*[〔\[(（]?(\d{{4}})[〕\])）]?\s*(\d{{1,9}})号?")


@dataclass(frozen=True)
class ListedDocument:
    """One line of the list; `item` is the number of the item it was drawn up for."""

    id: int
    kind: DocumentKind
    number: str
    title: str
    item: str | None
    issued_on: date
    item_id: int | None


def list_documents(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    year: int | None = None,
    kind: DocumentKind | None = None,
    behind: tuple[date, int] | None = None,
    most: int | None = None,
) -> list[ListedDocument]:
    """The organ's documents, newest first: those of items `by` may view, and the rest where it may view the organ.

    `behind` is the day and id of the last one told before, `most` how many are told at most.
    """
    readable = permitted(session, by, Action.VIEW)
    try:
        authorize_organ(session, by, Action.VIEW, organ.id)
        readable = or_(readable, col(Document.item_id).is_(None))
    except ForbiddenError:
        pass
    query = (
        select(Document, WorkItem.number)
        .join(WorkItem, col(WorkItem.id) == Document.item_id, isouter=True)
        .where(Document.organ_id == organ.id, readable)
        .order_by(col(Document.issued_on).desc(), col(Document.id).desc())
    )
    if behind is not None:
        query = query.where(tuple_(col(Document.issued_on), col(Document.id)) < behind)
    if year is not None:
        query = query.where(Document.year == year)
    if kind is not None:
        query = query.where(Document.kind == kind)
    return [
        ListedDocument(row.id or 0, row.kind, row.written_number, row.shown_title, item, row.issued_on, row.item_id)
        for row, item in session.exec(query.limit(most))
    ]


def find_document(session: Session, organ: Organ, named: str) -> Document:
    """The organ's document with this id or written number (督办〔2026〕3号, the organ's name before it or not).

    Raises NotFoundError, BadInputError for what is neither.
    """
    query = select(Document).where(Document.organ_id == organ.id)
    written = _WRITTEN.fullmatch(named.strip())
    if named.strip().isdecimal() and len(named.strip()) < 10:
        query = query.where(Document.id == int(named))
    elif written is not None:
        kind = next(kind for kind, series in SERIES.items() if series == written[2])
        query = query.where(Document.kind == kind, Document.year == int(written[3]), Document.number == int(written[4]))
    else:
        raise BadInputError(
            f"“{named}”不是文书的编号或文号：请写 12 或 督办〔2026〕3号，可用 duban document list 查看。"
        )
    document = session.exec(query).first()
    if document is None:
        raise NotFoundError(f"{organ.name}没有文书“{named}”；可用 duban document list 查看。")
    return document
