"""Recording, correcting and withdrawing one row of a ledger: checked whole, on record, never blindly.

Whoever writes down must be allowed to on the day it is written down, whatever day the row belongs to. Raises
ForbiddenError otherwise.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, select

import models.tables  # noqa: F401 - whatever table a row may point to has to be known
from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import ForbiddenError
from models.ledgers.kind import Kind
from models.ledgers.term import TermUnit
from models.people.organ import Organ
from models.typed_text import words
from tasks.ledgers.keep_terms import keep_terms
from tasks.ledgers.ledger_reach import keep_within, recording
from tasks.ledgers.own_terms import amounts
from tasks.ledgers.read_values import FieldProblem, Known, ValuesRefusedError, check_values, read_values
from tasks.ledgers.row_history import refuse_stale
from tasks.ledgers.row_owner import owner_of

LONGEST_REASON = 500


def record_row(session: Session, organ: Organ, kind: Kind, given: Mapping[str, Any], *, by: Actor) -> Any:
    """A new row from what is given, by column: texts as typed, or values. What is not given has its default.

    Raises ValuesRefusedError with everything that is wrong, a number that is on record already included.
    """
    with recording(session, organ, kind, by=by) as record:
        values = _whole(session, organ, kind, {field.name: None for field in kind.columns} | dict(given), by=by)
        row = kind.table(
            organ_id=key(organ.id),
            recorded_at=by.now,
            recorded_by_id=by.person_id,
            **values,
        )
        session.add(row)
        session.flush()
        record.item_id = row.item_id
        _keep(session, organ, kind, row, by)
    return row


def correct_row(
    session: Session,
    organ: Organ,
    kind: Kind,
    row: Any,
    given: Mapping[str, Any],
    *,
    by: Actor,
    seen: int | None = None,
) -> list[str]:
    """Set the fields given; answers the labels of those that changed. A field given empty loses what it held.

    `seen` is the revision that was looked at. Raises ConflictError where others changed the row since, ForbiddenError
    for a withdrawn row, ValuesRefusedError as `record_row` does.
    """
    with recording(session, organ, kind, row, by=by):
        refuse_stale(session, kind, row, seen)
        _refuse_withdrawn(kind, row)
        values = _whole(session, organ, kind, given, row, by=by)
        changed = [field.label for field in kind.columns if values[field.name] != getattr(row, field.name)]
        if changed:
            for name, value in values.items():
                setattr(row, name, value)
            row.revision += 1
            _keep(session, organ, kind, row, by)
    return changed


def withdraw_row(
    session: Session, organ: Organ, kind: Kind, row: Any, reason: str, *, by: Actor, seen: int | None = None
) -> None:
    """Take the row out of every figure; it stays to be read, with the reason.

    Raises BadInputError without a reason, ForbiddenError for one withdrawn already, ConflictError as `correct_row`.
    """
    with recording(session, organ, kind, row, by=by, reason=words(reason, "撤下的理由", longest=LONGEST_REASON)):
        refuse_stale(session, kind, row, seen)
        _refuse_withdrawn(kind, row)
        row.withdrawn_on, row.withdrawn_reason = by.on, reason.strip()
        row.revision += 1
        _keep(session, organ, kind, row, by)


def reinstate_row(session: Session, organ: Organ, kind: Kind, row: Any, *, by: Actor, seen: int | None = None) -> None:
    """Let a withdrawn row count again.

    Raises ForbiddenError for one that was not withdrawn, ValuesRefusedError where another row has its number by now.
    """
    with recording(session, organ, kind, row, by=by):
        refuse_stale(session, kind, row, seen)
        if row.withdrawn_on is None:
            raise ForbiddenError(f"{kind.title} {row.id} 没有撤下，不必恢复。")
        problems = _refuse_known(session, organ, kind, {name: getattr(row, name) for name in kind.identity}, row)
        if problems:
            raise ValuesRefusedError(problems)
        row.withdrawn_on = row.withdrawn_reason = None
        row.revision += 1
        _keep(session, organ, kind, row, by)


def deriver(session: Session, organ: Organ, kind: Kind, *, by: Actor) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Adds to the values of a row what the kind works out from them, by the office's calendar and terms, and whose it
    is when `by` writes it down."""
    calendar, own = office_calendar(session, organ_id=organ.id), amounts(session, key(organ.id))

    def amount(code: str) -> tuple[int, TermUnit]:
        return own[kind.code, code]

    owner = owner_of(session, organ, by=by)
    return lambda values: dict(kind.derive(values, calendar, amount)) | {"post_id": owner(values)}


def identity_of(kind: Kind, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What the row is known again by; None where it is known by nothing."""
    found = tuple(values.get(name) for name in kind.identity)
    return found if found and None not in found else None


def hold_identities(session: Session, organ: Organ, kind: Kind) -> None:
    """Until the transaction ends nobody else gives a number of the organ's ledger: two who try wait for each other."""
    if kind.identity:
        session.exec(select(Organ.id).where(Organ.id == organ.id).with_for_update()).one()


def _keep(session: Session, organ: Organ, kind: Kind, row: Any, by: Actor) -> None:
    """The row stays within the actor's reach, and the days that it sets follow what it says."""
    session.flush()
    keep_within(session, organ, kind, row, by=by)
    keep_terms(session, organ, kind, [row], by=by, calendar=office_calendar(session, organ_id=organ.id))


def _whole(
    session: Session, organ: Organ, kind: Kind, given: Mapping[str, Any], row: Any = None, *, by: Actor
) -> dict[str, Any]:
    """The values of the whole row as it is to be. Raises ValuesRefusedError."""
    day = getattr(row, kind.day, None)
    # An item is looked for in the year of the day, also where only the item is given.
    read, problems = read_values(kind, given, Known(session, organ), year=day.year if day else None)
    values = {field.name: getattr(row, field.name) for field in kind.columns} if row is not None else {}
    values |= read
    problems += check_values(kind, values, wrong=[problem.name for problem in problems])
    if not problems:
        hold_identities(session, organ, kind)
        problems = _refuse_known(session, organ, kind, values, row)
    if problems:
        raise ValuesRefusedError(problems)
    if row is not None and values["keeper_id"] == row.keeper_id:
        values["post_id"] = row.post_id
    return deriver(session, organ, kind, by=by)(values)


def _refuse_known(
    session: Session, organ: Organ, kind: Kind, values: Mapping[str, Any], row: Any
) -> list[FieldProblem]:
    identity = identity_of(kind, values)
    if identity is None:
        return []
    table: Any = kind.table
    same = [getattr(table, name) == value for name, value in zip(kind.identity, identity, strict=True)]
    query = select(table.id).where(table.organ_id == organ.id, table.withdrawn_on.is_(None), *same)
    if row is not None:
        query = query.where(table.id != row.id)
    known = session.exec(query.limit(1)).first()
    if known is None:
        return []
    field = kind.field(kind.identity[-1])
    called = "、".join(str(getattr(value, "label", value)) for value in identity)
    label = "、".join(kind.field(name).label for name in kind.identity)
    said = f"{label}“{called}”已经登记过（编号 {known}），未重复登记。"
    return [FieldProblem(field.name, field.label, called, said, whole=True)]


def _refuse_withdrawn(kind: Kind, row: Any) -> None:
    if row.withdrawn_on is not None:
        raise ForbiddenError(
            f"{kind.title} {row.id} 已于 {row.withdrawn_on} 撤下（{row.withdrawn_reason}）：要改动，请先恢复。"
        )
