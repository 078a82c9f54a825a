"""What waits for somebody's decision: closures, extensions, adjustments, objections; one rule for lists and briefs."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from models.actor import Actor
from models.coded import Coded
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.item import WorkItem
from models.items.lifecycle import LIFECYCLE
from models.items.objection import Objection
from models.ladder.notice import Via
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.authorize import Standing, permitted, standings_on
from tasks.ladder.extent import Extent, organ_of, within
from tasks.people.address import VIA, recipient_by_role
from tasks.people.people_in_lists import ITEM, answer


class Decision(Coded):
    """What is asked for."""

    EXTENSION = "extension", "延期审批"
    ADJUSTMENT = "adjustment", "时限调整审批"
    CLOSURE = "closure", "办结审核"
    OBJECTION = "objection", "转办异议"

    @property
    def action(self) -> Action:
        """By which it is answered."""
        return {
            Decision.EXTENSION: Action.DECIDE_EXTENSION,
            Decision.ADJUSTMENT: Action.DECIDE_ADJUSTMENT,
            Decision.CLOSURE: Action.ACCEPT,
            Decision.OBJECTION: Action.RETURN,
        }[self]


_OBJECTIONS = [[str(Role.SUPERVISOR)]]
"""Who answers an objection: one level, as `tasks.items.object_to` tells it."""


@dataclass(frozen=True)
class Waiting:
    """One request that waits for somebody: `standings` are the ways in which it is that person's turn, at least one."""

    kind: Decision
    id: int
    item_id: int
    title: str
    asked_by: str | None
    since: dt.date
    words: str
    """Why it was asked for, in the words of whoever asked."""
    proposed_on: dt.date | None
    """The day an extension asks for."""
    changes: tuple[str, ...]
    """What an adjustment would change, field by field in words."""
    standings: tuple[Standing, ...]


def waiting(session: Session, extent: Extent, *, by: Actor) -> list[Waiting]:
    """What waits for `by` among the items of a plan, or of all plans of an organ, longest waiting first; a
    constant number of queries.

    It waits for whoever fills a role of the level whose turn it is, for the item it is about; never for whoever asked
    or decided at another level, nor for who stands in for them. The first responsible person may decide at any level,
    but it waits for that person only where nobody else can; and for whoever else may decide where not even that helps.
    """
    asked = [one for kind in Decision for one in _open(session, extent, kind, by)]
    if not asked:
        return []
    decided = _decided(session, asked)
    hands = {one.key: {one.asker, one.asked_for, *decided.get(one.key, ())} - {None} for one in asked}
    asked = [one for one in asked if by.person_id is not None and by.person_id not in hands[one.key]]
    mine = {
        kind: standings_on(session, by, kind.action, {one.item_id for one in asked if one.kind is kind})
        for kind in Decision
    }
    rows: list[Waiting] = []
    without: list[tuple[_Asked, list[Standing]]] = []
    for one in asked:
        standings = [way for way in mine[one.kind].get(one.item_id, ()) if way.seat.for_id not in hands[one.key]]
        fitting = [standing for standing in standings if standing.role in one.roles]
        if fitting:
            rows.append(one.waits(fitting))
        elif standings:
            without.append((one, standings))
    holders = _holders(session, [one for one, _ in without], by.on)
    for one, ways in without:
        filled = {role for role, holder in holders[one.item_id].items() if holder not in (None, *hands[one.key])}
        first = [way for way in ways if way.role is Role.FIRST_RESPONSIBLE]
        if filled.isdisjoint(one.roles) and (first or Role.FIRST_RESPONSIBLE not in filled):
            rows.append(one.waits(first or ways))
    return sorted(rows, key=lambda row: (row.since, row.item_id))


def awaiting(session: Session, extent: Extent, *, by: Actor) -> ColumnElement[bool]:
    """The condition on `WorkItem` that holds for the items of the extent on which something waits for `by`."""
    ids = sorted({one.item_id for one in waiting(session, extent, by=by)})
    # Written out: a database takes only so many values beside a statement.
    return col(WorkItem.id).in_(sa.bindparam("awaiting", ids, expanding=True, literal_execute=True, unique=True))


@dataclass(frozen=True)
class _Asked:
    """A request that is open, and at whose turn."""

    kind: Decision
    id: int
    item_id: int
    title: str
    asker: int | None
    asked_for: int | None
    asked_by: str | None
    since: dt.date
    words: str
    proposed_on: dt.date | None
    levels: list[list[str]] | None
    level: int
    changes: list[str] | None

    @property
    def key(self) -> tuple[Decision, int]:
        return self.kind, self.id

    @property
    def roles(self) -> list[Role]:
        levels = self.levels or _OBJECTIONS
        return [Role(role) for role in levels[self.level]] if self.level < len(levels) else []

    def waits(self, standings: Iterable[Standing]) -> Waiting:
        return Waiting(
            self.kind, self.id, self.item_id, self.title, self.asked_by, self.since, self.words, self.proposed_on,
            tuple(self.changes or ()), tuple(standings),
        )  # fmt: skip


def _open(session: Session, extent: Extent, kind: Decision, by: Actor) -> list[_Asked]:
    """The requests of a kind on items where `by` may answer them at all, and now."""
    nothing, first = sa.null(), sa.literal(0)
    table: Any
    more: tuple[Any, ...]
    is_open: Any
    match kind:
        case Decision.EXTENSION:
            table = Extension
            more = (Extension.reason, Extension.proposed_on, Extension.levels, Extension.level, nothing)
            is_open = sa.and_(col(Extension.state) == ExtensionState.PENDING, col(Extension.adjusts).is_(None))
        case Decision.ADJUSTMENT:
            table = Extension
            more = (Extension.reason, nothing, Extension.levels, Extension.level, Extension.changes)
            is_open = sa.and_(col(Extension.state) == ExtensionState.PENDING, col(Extension.adjusts).is_not(None))
        case Decision.CLOSURE:
            table = ClosureRequest
            more = (ClosureRequest.statement, nothing, ClosureRequest.levels, ClosureRequest.level, nothing)
            is_open = ClosureRequest.state == ClosureState.PENDING
        case Decision.OBJECTION:
            table, more = Objection, (Objection.reason, nothing, nothing, first, nothing)
            is_open = col(Objection.upheld).is_(None)
    columns: list[Any] = [
        table.id,
        WorkItem.id,
        WorkItem.title,
        table.person_id,
        table.for_id,
        Person.name,
        table.on,
        *more,
    ]
    rows = session.execute(
        sa.select(*columns)
        .join(WorkItem, col(WorkItem.id) == table.item_id)
        .outerjoin(Person, col(Person.id) == table.person_id)
        .where(within(extent), is_open, table.on <= by.on)
        .where(col(WorkItem.state).in_(LIFECYCLE[kind.action].sources))
        .where(permitted(session, by, kind.action, organ_id=organ_of(extent)))
        .order_by(table.id)
    )
    return [_Asked(kind, *row) for row in rows]


def _decided(session: Session, asked: Collection[_Asked]) -> dict[tuple[Decision, int], set[int]]:
    """Who decided already, by request."""
    deciders: dict[tuple[Decision, int], set[int]] = {}
    kinds: tuple[tuple[Decision, Any, Any], ...] = (
        (Decision.CLOSURE, ClosureReview, ClosureReview.request_id),
        (Decision.EXTENSION, ExtensionDecision, ExtensionDecision.extension_id),
        (Decision.ADJUSTMENT, ExtensionDecision, ExtensionDecision.extension_id),
    )
    for kind, table, request in kinds:
        ids = [one.id for one in asked if one.kind is kind]
        query = sa.select(request, table.person_id, table.for_id).where(col(request).in_(ids))
        for number, *people in session.execute(query) if ids else ():
            deciders.setdefault((kind, number), set()).update(one for one in people if one is not None)
    return deciders


def _holders(session: Session, asked: Collection[_Asked], on: dt.date) -> dict[int, dict[Role, int | None]]:
    """Who fills each role that is asked for each item on the day, deputies included; none where a post is vacant."""
    if not asked:
        return {}
    roles = sorted({Role.FIRST_RESPONSIBLE, *(role for one in asked for role in one.roles)})
    columns = [
        answer(recipient_by_role(f"'{role}'", frozenset({role}), leaves=True), on).label(str(role)) for role in roles
    ]
    rows = session.execute(sa.select(col(ITEM.id), *columns).where(col(ITEM.id).in_({one.item_id for one in asked})))
    return {
        row[0]: {
            role: recipient // 4 if recipient is not None and VIA[recipient % 4] is not Via.NEXT_LEVEL else None
            for role, recipient in zip(roles, row[1:], strict=True)
        }
        for row in rows
    }
