"""What became of a row of a ledger, from the trail: who corrected or withdrew it, when, and what changed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.clock import day_of
from models.errors import ConflictError
from models.items.item import WorkItem
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.people.person import Person
from tasks.ledgers.find_row import trail_name
from tasks.trail.months_away import Lacking, lacking_words

MOST = 100
"""Changes told of one row: the newest."""
_LONGEST = 60
"""Characters of a value in a line."""


@dataclass(frozen=True)
class RowChange:
    """One act upon a row that was there; `lines` say what it changed, field by field."""

    at: dt.datetime
    actor: str
    actor_id: int | None
    action: str
    lines: tuple[str, ...]
    reason: str | None
    revision: int


def row_history(session: Session, kind: Kind, row: Any, *, after: int = 0) -> list[RowChange]:
    """What was done to the row after the revision `after`, oldest first.

    Whoever calls has asked whether the row may be read. What a large file did to its rows is told with the file, not
    one by one.
    """
    name = trail_name(row)
    entries = session.exec(_of_row(row, name).order_by(col(AuditEntry.id))).all()
    revisions = [
        RowChange(
            entry.at, entry.actor, entry.actor_id, entry.action,
            tuple(_lines(session, kind, entry.before[name], entry.after[name])), entry.reason,
            entry.after[name]["revision"],
        )
        for entry in entries
        # An entry that says nothing of before is that of the row's making.
        if "revision" in entry.after[name] and name in entry.before
    ]  # fmt: skip
    return [change for change in revisions if change.revision > after][-MOST:]


def history_lacks(session: Session, row: Any) -> str:
    """What is told beside the history of a row where part of it may lie in an archive; empty where none does."""
    so = "这条记录的更正和撤下这里可能没有列全"
    return lacking_words(session, Lacking.TRAIL, so, first=day_of(row.recorded_at))


def refuse_stale(session: Session, kind: Kind, row: Any, seen: int | None) -> None:
    """Hold the row until the transaction ends. Raises ConflictError, saying who changed what, where it is no longer at
    the revision `seen`.

    Held first and asked then: of two who send at once the second waits, and is told of the first.
    """
    session.flush()
    session.refresh(row, with_for_update=True)
    if seen is None or row.revision == seen:
        return
    raise ConflictError(
        f"{kind.title} {row.id} 在您打开之后已有变化（{who_changed(row_history(session, kind, row, after=seen))}），"
        "您的改动没有保存。请看过变化再定：仍要改的，再提交一次即可。"
    )


def who_changed(changes: Sequence[RowChange]) -> str:
    """Who did what, in a few words."""
    return "、".join(dict.fromkeys(f"{change.actor}：{'；'.join(change.lines)}" for change in changes)) or "由文件更正"


def _of_row(row: Any, name: str) -> Any:
    recorded: dt.datetime = row.recorded_at
    return select(AuditEntry).where(
        AuditEntry.organ_id == row.organ_id,
        # Nothing is said of a row before there is one; a day's slack, for an act may be dated by another clock.
        AuditEntry.at >= recorded - dt.timedelta(days=1),
        cast(col(AuditEntry.after), String).contains(f'"{name}"', autoescape=True),
    )


def _lines(session: Session, kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if "withdrawn_on" in after:
        yield "撤下" if after["withdrawn_on"] else "恢复"
    for field in kind.columns:
        if field.name in after and before.get(field.name) != after[field.name]:
            was, now = (_words(session, field, told.get(field.name)) for told in (before, after))
            yield f"{field.label} {was} → {now}"


def _words(session: Session, field: LedgerField, value: Any) -> str:
    """A value as the trail keeps it, in words."""
    if value in (None, ""):
        return "无"
    if field.takes is FieldType.YES_NO:
        return "是" if value else "否"
    if field.choices is not None:
        return field.choices(value).label
    if field.takes is FieldType.ITEM:
        item = session.get(WorkItem, value)
        return item.number if item else str(value)
    if field.takes is FieldType.PERSON:
        person = session.get(Person, value)
        return person.name if person else str(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
