"""One item as it stands: facts, people, the day that explains itself, everything recorded, and what may be done now.

The number of questions asked of the database depends neither on the plan's size nor on how much happened to the item.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.audit import AuditEntry
from models.dates.recurrence import describe
from models.dates.workdays import WorkCalendar
from models.items.closure import ClosureRequest, ClosureReview
from models.items.comment import CommentCopy, ItemComment
from models.items.evidence import Evidence
from models.items.explanation import CLAIMED, distance, explain_deadline
from models.items.extension import Extension, ExtensionDecision
from models.items.instruction import Instruction, InstructionCopy, InstructionReply
from models.items.item import Deadline, DeadlineKind, DeadlineMove, ItemUnit, WorkItem
from models.items.lifecycle import OVER
from models.items.objection import Objection
from models.items.plan import Project
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.ladder.light import Light
from models.ladder.notice import Notice
from models.ladder.policy import Rung
from models.papers.document import Document
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.authorize import authorize
from tasks.acting.perform import open_actions
from tasks.items.close import lacking
from tasks.items.dossier import Dossier, dossier_of
from tasks.items.show_comments import tell_comments
from tasks.ladder.status import standing_alone
from tasks.notices.browse_notices import tell_notice
from tasks.people.people_of import filled, holders, unit_named
from tasks.trail.tell_entry import EDITED

ROLES = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE, Role.SUPERVISOR)
_PEOPLE = (
    "person_id",
    "for_id",
    "decided_by_id",
    "resumed_by_id",
    "signed_by_id",
    "closed_by_id",
    "more_by_id",
    "more_for_id",
)

Names = Mapping[int | None, str]


def show_item(session: Session, item: WorkItem, *, by: Actor, calendar: WorkCalendar) -> dict[str, Any]:
    """The item as `by` may see it. Raises NotFoundError for whoever may not know of it."""
    authorize(session, by, Action.READ, item)
    dossier = dossier_of(session, item)
    policy, parent = dossier.policy, dossier.parent
    suspensions, evidence = dossier.of(Suspension), dossier.of(Evidence)
    light, responsible = _today(session, dossier, by.on, calendar)
    people = _names(session, dossier, responsible.values())
    departments, moves = dossier.departments, dossier.parts(DeadlineMove, "deadline_id")
    instructed = {row.deadline_id for row in dossier.of(Instruction)}
    unit = unit_named(item, departments.get(item.department_id))
    # What stands for an instruction alone is closed by its leader's word, on no evidence.
    alone = any(row.id in instructed and row.kind is DeadlineKind.FINAL for row in dossier.of(Deadline))
    away = not (light is Light.BLUE or item.state in OVER)
    return {
        "number": item.number,
        "title": item.title,
        "project": dossier.of(Project)[0].name,
        "state": item.state,
        "light": light,
        "unit": unit,
        "cooperating": [helping.text for helping in dossier.of(ItemUnit)],
        "people": {role.label: people[person] for role, person in responsible.items()},
        "importance": item.importance,
        "yearly": item.yearly,
        "percent": item.percent,
        "recurrence": describe(item.recurrence) if item.recurrence and "FREQ=" in item.recurrence else item.recurrence,
        "missing_evidence": lacking(item, policy, evidence, on=by.on) if away and policy and not alone else "",
        "issued_on": item.issued_on,
        "signed_on": item.signed_on,
        "due_on": item.due_on,
        "distance": distance(item.due_on, on=by.on, calendar=calendar)
        if item.due_on and light not in (Light.BLUE, Light.CANCELLED)
        else None,
        "closed_on": item.closed_on,
        "cancelled_on": item.cancelled_on,
        "source_kind": item.source_kind,
        "source_number": item.source_number,
        "first_closed_on": item.first_closed_on,
        "extensions": item.extensions,
        "returns": item.returns,
        "reopenings": item.reopenings,
        "parent": parent.number if parent else None,
        "children": [
            {"number": child.number, "title": child.title, "state": child.state} for child in dossier.children
        ],
        "deadlines": [
            _deadline(row, moves.get(row.id or 0, []), people, instructed=row.id in instructed)
            | {"distance": distance(row.due_on, on=by.on, calendar=calendar) if away and not row.done_on else None}
            for row in sorted(dossier.of(Deadline), key=lambda row: row.due_on)
        ],
        "receipts": [
            _receipt(row, dossier.departments.get(row.department_id) or unit, people) for row in dossier.of(Receipt)
        ],
        "progress": [_row(row, people, "accepted_at") for row in dossier.of(ProgressEntry)],
        "evidence": [_row(row, people) for row in evidence],
        "extension_requests": _with(dossier, Extension, ExtensionDecision, "extension_id", "decisions", people),
        "closure_requests": _with(dossier, ClosureRequest, ClosureReview, "request_id", "reviews", people),
        "suspensions": [_row(row, people) for row in suspensions],
        "objections": [_row(row, people) for row in dossier.of(Objection)],
        "instructions": _instructions(dossier, people),
        "urges": [_row(row, people) for row in dossier.of(Urge)],
        "comments": tell_comments(dossier.of(ItemComment), dossier.parts(CommentCopy, "comment_id"), people, by=by),
        "acts": [_act(entry, people) for entry in dossier.untold],
        "notices": _notices(dossier, people),
        "documents": [
            {
                "id": document.id,
                "number": document.written_number,
                "title": document.shown_title,
                "on": document.issued_on,
            }
            for document in dossier.of(Document)
        ],
        "may": [{"action": action, "name": action.label} for action in open_actions(session, by, item)],
    }


def _today(session: Session, dossier: Dossier, on: dt.date, calendar: WorkCalendar) -> tuple[Light, dict[Role, int]]:
    """The item's light and who fills which role (ids) on the day."""
    paused = bool(dossier.of(Suspension))
    alone, values = standing_alone(session, dossier.item, dossier.policy, paused=paused, on=on, calendar=calendar)
    light, *answers = session.execute(text(f"SELECT light, {holders(ROLES)} FROM {alone}"), values).one()
    return Light(light), filled(ROLES, answers)


def _names(session: Session, dossier: Dossier, besides: Iterable[int]) -> Names:
    """The people whom the rows of the dossier speak of, and those named besides."""
    named = (*_PEOPLE, "actor_id", "recipient_id")
    wanted = {getattr(row, column, None) for rows in dossier.rows.values() for row in rows for column in named}
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_({*wanted, *besides} - {None})))
    return dict(found.all())


def _row(row: SQLModel, people: Names, *leave_out: str) -> dict[str, Any]:
    """The row's columns, people by name: `person_id` becomes `person`; `at` is when it was recorded."""
    shown: dict[str, Any] = {}
    for name, value in row.model_dump(exclude={"item_id", *leave_out}).items():
        if name in _PEOPLE:
            shown[name.removesuffix("_id")] = people.get(value) if value else None
        elif name == "recorded_at":
            shown["at"] = value
        elif name != "waived_by_id":
            shown[name] = value
    return shown


def _with(
    dossier: Dossier, table: type[SQLModel], part: type[SQLModel], link: str, name: str, people: Names
) -> list[dict[str, Any]]:
    """Rows with what belongs to each under `name`."""
    parts: Mapping[Any, list[Any]] = dossier.parts(part, link)
    rows: Sequence[Any] = dossier.of(table)
    return [_row(row, people) | {name: [_row(one, people, link) for one in parts.get(row.id, [])]} for row in rows]


def _instructions(dossier: Dossier, people: Names) -> list[dict[str, Any]]:
    """With the replies to each, and the names of those it was copied to."""
    copies: Mapping[Any, list[InstructionCopy]] = dossier.parts(InstructionCopy, "instruction_id")
    rows = _with(dossier, Instruction, InstructionReply, "instruction_id", "replies", people)
    return [row | {"copies": [people[one.person_id] for one in copies.get(row["id"], [])]} for row in rows]


def _deadline(deadline: Deadline, moves: Sequence[DeadlineMove], people: Names, *, instructed: bool) -> dict[str, Any]:
    return {
        "id": deadline.id,
        "kind": deadline.kind,
        "title": deadline.title,
        "due_on": deadline.due_on,
        "original_due_on": deadline.original_due_on,
        "lookback": deadline.lookback,
        "claimed_on": deadline.claimed_on,
        "claimed": CLAIMED[instructed],
        "done_on": deadline.done_on,
        "taken_back": any(move.from_on == move.to_on for move in moves),
        "why": explain_deadline(deadline, moves, instructed=instructed),
        "moves": [
            {"from_on": move.from_on, "to_on": move.to_on, "cause": move.cause, "on": move.moved_on,
             "reason": move.reason, "person": people.get(move.person_id), "at": move.moved_at}
            for move in moves
        ],
    }  # fmt: skip


def _act(entry: AuditEntry, people: Names) -> dict[str, Any]:
    """An act that only the trail tells; of a milestone also which, and whether it was reached."""
    action = Action(entry.action)
    told = [name for name in entry.after if name.startswith("deadline:")] if action is Action.MILESTONE else []
    return {
        "action": action,
        "on": entry.on,
        "at": entry.at,
        "person": people.get(entry.actor_id, entry.actor),
        "for": people.get(entry.for_id) if entry.for_id else None,
        "reason": entry.reason,
        "deadline_id": int(told[0].partition(":")[2]) if told else None,
        "until_on": _held_until(entry) if action is Action.SNOOZE else None,
        "was": _was(entry, _SAID_IN[action]) if action in _SAID_IN else "",
        "changes": entry.after.get(EDITED, []),
        "reached": bool(told and told[0] in entry.before),
    }


_SAID_IN = {Action.CORRECT: "text", Action.ACHIEVE: "achievement"}
"""Acts that put an entry of progress right, and the column they are about."""


def _was(entry: AuditEntry, column: str) -> str:
    """What the entry of progress said there before."""
    was = [values for name, values in entry.before.items() if name.startswith("progress_entry:")]
    return str(was[0].get(column) or "") if was else ""


def _held_until(entry: AuditEntry) -> dt.date:
    """The day from which on the person who snoozed is reminded again."""
    [held] = [values for name, values in entry.after.items() if name.startswith("snooze:")]
    return dt.date.fromisoformat(held["until_on"])


def _receipt(receipt: Receipt, unit: str, people: Names) -> dict[str, Any]:
    return {
        "unit": unit,
        "lead": receipt.unit_id is None,
        "assignment": receipt.assignment,
        "issued_on": receipt.issued_on,
        "signed_on": receipt.signed_on,
        "signed_at": receipt.signed_at,
        "person": people.get(receipt.person_id),
        "for": people.get(receipt.for_id),
    }


def _notices(dossier: Dossier, people: Names) -> list[dict[str, Any]]:
    """The item's notices, in the order of their days."""
    item, rungs = dossier.item, {rung.id: rung for rung in dossier.of(Rung)}
    return [
        tell_notice(
            notice, rungs.get(notice.rung_id), number=item.number, title=item.title,
            recipient=people.get(notice.recipient_id),
        )
        for notice in sorted(dossier.of(Notice), key=lambda notice: notice.raised_on)
    ]  # fmt: skip
