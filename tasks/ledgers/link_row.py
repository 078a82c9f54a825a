"""Linking rows of a ledger to what they rest on: items of the organ's plans and pieces of its evidence."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import LARGEST_ID, key
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.evidence import Evidence, EvidenceState
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ledgers import duty, indicator
from models.ledgers.kind import Kind
from models.ledgers.leadership_act import LeadershipAct
from models.ledgers.ledger_link import LedgerLink
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words_or_none
from tasks.acting.perform import performing_for
from tasks.people.find import find_item, find_plan

LONGEST_NOTE = 500
LINKED = (indicator.KIND, duty.KIND)
"""The ledgers whose rows are linked."""


@dataclass(frozen=True)
class Link:
    """A standing link as people read it. `counts` is False where the evidence was rejected."""

    link_id: int
    item_id: int | None
    evidence_id: int | None
    name: str
    year: int | None
    counts: bool
    note: str | None
    linked_on: dt.date


def link_row(
    session: Session, organ: Organ, kind: Kind, row: Any, to: WorkItem | Evidence, *, by: Actor, note: str | None = None
) -> LedgerLink:
    """Link the row to an item or a piece of evidence of the organ; a link that stands already is answered as it is.

    Raises ForbiddenError for whoever may not record and for a withdrawn row, BadInputError for a ledger without links,
    for a duty with evidence, for an item that only carries a ledger's days, and for what belongs to another organ.
    """
    with performing_for(session, by, Action.RECORD, organ.id):
        # Of two who link at once the second waits, and finds the first one's link.
        session.refresh(row, with_for_update=True)
        _refuse(session, organ, kind, row, to)
        leads: dict[str, Any] = {"item_id": to.id} if isinstance(to, WorkItem) else {"evidence_id": to.id}
        query = select(LedgerLink).where(
            LedgerLink.kind == kind.code, LedgerLink.row_id == row.id, col(LedgerLink.removed_on).is_(None)
        )
        same = session.exec(query.filter_by(**leads)).first()
        if same is not None:
            return same
        made = LedgerLink(
            organ_id=key(organ.id), kind=kind.code, row_id=key(row.id), linked_on=by.on, linked_by_id=by.person_id,
            note=words_or_none(note, "说明", longest=LONGEST_NOTE), **leads,
        )  # fmt: skip
        session.add(made)
        session.flush()
    return made


def unlink_row(session: Session, organ: Organ, kind: Kind, link_id: int, *, by: Actor) -> LedgerLink:
    """End a link; it stays on record. Raises ForbiddenError, and NotFoundError where no such link stands."""
    with performing_for(session, by, Action.RECORD, organ.id):
        found = session.get(LedgerLink, link_id, with_for_update=True) if 0 < link_id <= LARGEST_ID else None
        if found is None or (found.organ_id, found.kind) != (organ.id, kind.code) or found.removed_on is not None:
            raise NotFoundError(f"{organ.name}的{kind.title}没有编号为 {link_id} 的关联，或者它已经取消。")
        found.removed_on = by.on
        session.add(found)
        session.flush()
    return found


def links_of(session: Session, kind: Kind, rows: Iterable[int]) -> Mapping[int, list[Link]]:
    """The standing links of these rows, by row, oldest first. Whoever calls has asked whether they may be read."""
    query: Any = (
        select(LedgerLink, WorkItem, AnnualPlan.year, Evidence)
        .outerjoin(WorkItem, col(WorkItem.id) == col(LedgerLink.item_id))
        .outerjoin(AnnualPlan, col(AnnualPlan.id) == col(WorkItem.plan_id))
        .outerjoin(Evidence, col(Evidence.id) == col(LedgerLink.evidence_id))
        .where(LedgerLink.kind == kind.code, col(LedgerLink.removed_on).is_(None))
        .where(col(LedgerLink.row_id).in_(list(rows)))
        .order_by(col(LedgerLink.id))
    )
    by_row: dict[int, list[Link]] = defaultdict(list)
    for link, item, year, piece in session.exec(query):
        name = f"任务 {item.number} {item.title}" if item is not None else f"佐证材料 {piece.name}"
        counts = piece is None or piece.state is not EvidenceState.REJECTED
        by_row[link.row_id].append(
            Link(
                key(link.id), link.item_id, link.evidence_id, name, year, counts, link.note, link.linked_on
            )
        )  # fmt: skip
    return by_row


def item_to_link(session: Session, organ: Organ, number: str, year: int) -> WorkItem:
    """The item of that number in the organ's plan of the year. Raises NotFoundError."""
    return find_item(session, find_plan(session, organ, year), number)


def evidence_to_link(session: Session, organ: Organ, number: int) -> Evidence:
    """The organ's piece of evidence of that number. Raises NotFoundError, alike for another organ's."""
    found = session.get(Evidence, number) if 0 < number <= LARGEST_ID else None
    if found is None or _organ_of(session, found) != organ.id:
        raise NotFoundError(f"{organ.name}没有编号为 {number} 的佐证材料。")
    return found


def kind_to_link(kind: Kind) -> Kind:
    """The same ledger, where its rows are linked. Raises NotFoundError that names those that are."""
    if kind not in LINKED:
        raise NotFoundError(f"{kind.title}没有关联；可以关联的台账：{'、'.join(one.title for one in LINKED)}。")
    return kind


def _refuse(session: Session, organ: Organ, kind: Kind, row: Any, to: WorkItem | Evidence) -> None:
    kind_to_link(kind)
    if row.withdrawn_on is not None:
        raise ForbiddenError(f"{kind.title} {row.id} 已于 {row.withdrawn_on} 撤下：要关联，请先恢复。")
    if isinstance(to, Evidence):
        if kind is duty.KIND:
            raise BadInputError("职责只关联年度任务：请填写任务编号。")
        if _organ_of(session, to) != organ.id:
            raise BadInputError(f"佐证材料 {to.id} 不是{organ.name}的。")
        return
    if to.organ_id != organ.id:
        raise BadInputError(f"任务 {to.number} 不是{organ.name}的任务。")
    if to.ledger is not None:
        raise BadInputError(f"任务 {to.number} 只承载台账时限，不是计划中的工作：请关联计划中的任务。")


def _organ_of(session: Session, piece: Evidence) -> int:
    """A piece belongs to an item or to a leader's act, and so to its organ."""
    if piece.item_id is not None:
        return session.get_one(WorkItem, piece.item_id).organ_id
    return session.get_one(LeadershipAct, piece.act_id).organ_id
