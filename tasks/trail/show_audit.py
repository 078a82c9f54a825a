"""The trail as people read it: who did what, when, for whom, why, and what changed, as far as one may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, SQLModel, col, or_, select

from models.actor import Actor
from models.audit import AuditEntry
from models.database import key
from models.errors import BadInputError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan, Project
from models.ladder.policy import Policy
from models.people.account import Account
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Post
from tasks.acting.authorize import authorize_everywhere, authorize_organ, organs_within
from tasks.people.find import unknown_item
from tasks.trail.tell_entry import MACHINE_ACTIONS, OWN_ACTIONS, WATCHED_ACTIONS, action_label, changes

MOST = 1_000
"""Entries shown at a time."""


@dataclass(frozen=True)
class TrailEntry:
    """One entry in words; `changes` is a line for each row it touched, `before` and `after` the same as data."""

    id: int
    at: dt.datetime
    on: dt.date
    actor: str
    stands_for: str | None
    channel: str
    action: str
    action_label: str
    organ: str | None
    item: str | None
    item_id: int | None
    reason: str | None
    changes: list[str]
    before: dict[str, Any]
    after: dict[str, Any]
    hash: str


def show_audit(
    session: Session,
    *,
    by: Actor,
    organ: Organ | None = None,
    item: WorkItem | None = None,
    person: Person | None = None,
    action: str | None = None,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[TrailEntry]:
    """The newest entries that fit, at most `limit`, newest last; with `before` those with a smaller id than that.

    `person` did it or was stood in for; the days are those an act counts for, both included. Entries of no organ
    (the calendar of all, a day's sweep) are shown to whoever may see the trail of every organ. Raises ForbiddenError,
    NotFoundError for an item of an organ whose trail `by` may not see.
    """
    if not 0 < limit <= MOST:
        raise BadInputError(f"一次可显示 1 至 {MOST} 条，再早的请用 --before 编号 继续。")
    seen = _seen(session, by, organ)
    if item is not None and item.organ_id not in seen:
        raise unknown_item(session.get_one(AnnualPlan, item.plan_id), item.number)
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)
    mine = col(AuditEntry.organ_id).in_(seen)
    whole = organ is None and seen.issuperset(_numbers(session.exec(select(col(Organ.id)))))
    query = query.where(or_(mine, col(AuditEntry.organ_id).is_(None)) if whole else mine)
    if item is not None:
        query = query.where(AuditEntry.item_id == item.id)
    if person is not None:
        query = query.where((AuditEntry.actor_id == person.id) | (AuditEntry.for_id == person.id))
    if action is not None:
        query = query.where(AuditEntry.action == action)
    if from_on is not None:
        query = query.where(AuditEntry.on >= from_on)
    if until_on is not None:
        query = query.where(AuditEntry.on <= until_on)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    return tell_entries(session, session.exec(query).all()[::-1])


def tell_entries(session: Session, found: Sequence[AuditEntry]) -> list[TrailEntry]:
    """Entries in words. Whoever calls has asked whether they may be seen."""
    names = _Names(session, found)
    return [_told(entry, names) for entry in found]


def action_named(word: str) -> str:
    """The code of an action by its code or its label. Raises BadInputError naming what is accepted."""
    known = {action.value: action.label for action in Action}
    known |= {**MACHINE_ACTIONS, **OWN_ACTIONS, **WATCHED_ACTIONS}
    for code, label in known.items():
        if word.strip() in (code, label):
            return code
    raise BadInputError(f"“{word}”不是操作；可用：{'、'.join(f'{code}（{label}）' for code, label in known.items())}。")


def _seen(session: Session, by: Actor, organ: Organ | None) -> set[int]:
    if organ is not None:
        authorize_organ(session, by, Action.AUDIT, organ.id)
        return {key(organ.id)}
    seen = organs_within(session, by, Action.AUDIT)
    if not seen and by.person_id is None:
        authorize_everywhere(session, by, Action.AUDIT)
    elif not seen and by.person_id is not None:
        authorize_organ(session, by, Action.AUDIT, session.get_one(Person, by.person_id).organ_id)
    return seen


def _told(entry: AuditEntry, names: "_Names") -> TrailEntry:
    return TrailEntry(
        id=key(entry.id),
        at=entry.at,
        on=entry.on,
        actor=entry.actor,
        stands_for=names("person", entry.for_id) if entry.for_id else None,
        channel=entry.channel.label,
        action=entry.action,
        action_label=action_label(entry.action),
        organ=names("organ", entry.organ_id) if entry.organ_id else None,
        item=names("work_item", entry.item_id) if entry.item_id else None,
        item_id=entry.item_id,
        reason=entry.reason,
        changes=list(changes(entry.before, entry.after, names)),
        before=entry.before,
        after=entry.after,
        hash=entry.hash,
    )


_NAMED: dict[str, Any] = {
    "account": Account.login,
    "annual_plan": AnnualPlan.title,
    "department": Department.name,
    "organ": Organ.name,
    "person": Person.name,
    "policy": Policy.name,
    "post": Post.title,
    "project": Project.name,
    "work_item": WorkItem.number,
}
"""The tables whose rows people know by a name."""


class _Names:
    """What the rows that some entries speak of are called, asked for at once for each table."""

    def __init__(self, session: Session, entries: Sequence[AuditEntry]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            for table, number in _spoken_of(entry):
                if table in _NAMED:
                    wanted[table].add(number)
        self._names: dict[tuple[str, int], str] = {}
        for table, numbers in wanted.items():
            row_id = SQLModel.metadata.tables[table].c.id
            for number, called in session.execute(select(row_id, _NAMED[table]).where(row_id.in_(numbers))):
                self._names[table, number] = called

    def __call__(self, table: str, number: int) -> str | None:
        return self._names.get((table, number))


def _spoken_of(entry: AuditEntry) -> Iterable[tuple[str, int]]:
    """Every row an entry names, by its own name or by a column that points to it."""
    for table, number in (
        ("organ", entry.organ_id), ("work_item", entry.item_id), ("person", entry.actor_id), ("person", entry.for_id),
    ):  # fmt: skip
        if number is not None:
            yield table, number
    for told in (entry.before, entry.after):
        for name, values in told.items():
            table, _, number_text = name.partition(":")
            if number_text.isdecimal():
                yield table, int(number_text)
            if isinstance(values, dict) and table in SQLModel.metadata.tables:
                for column in SQLModel.metadata.tables[table].columns:
                    value = values.get(column.name)
                    if isinstance(value, int):
                        yield from ((pointed.column.table.name, value) for pointed in column.foreign_keys)


def _numbers(found: Iterable[int | None]) -> set[int]:
    return {number for number in found if number is not None}
