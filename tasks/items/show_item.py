"""One item as it stands: facts, people, the day that explains itself, everything recorded, and what may be done now.

The number of questions asked of the database depends neither on the plan's size nor on how much happened to the item.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.audit import AuditEntry
from models.closure import ClosureRequest, ClosureReview
from models.document import Document
from models.evidence import Evidence
from models.explanation import distance, explain_deadline
from models.extension import Extension, ExtensionDecision
from models.instruction import Instruction, InstructionReply
from models.item import Deadline, DeadlineMove, ItemState, ItemUnit, WorkItem
from models.light import Light
from models.objection import Objection
from models.organ import Department
from models.permission import Action
from models.person import Person, Role
from models.plan import AnnualPlan, Project
from models.progress import ProgressEntry
from models.receipt import Receipt
from models.recurrence import describe
from models.suspension import Suspension
from models.urge import Urge
from models.workdays import WorkCalendar
from tasks.acting.authorize import authorize
from tasks.acting.perform import open_actions
from tasks.items.close import missing_evidence
from tasks.ladder.status import light_of
from tasks.notices.browse_notices import list_notices
from tasks.people.people_of import holders_of, unit_of

ROLES = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE, Role.SUPERVISOR)
UNTOLD = (Action.TRANSFER, Action.SPLIT, Action.MILESTONE, Action.REOPEN)
"""Acts that leave no row of their own that says who did them and why: the trail tells them."""
_PEOPLE = ("person_id", "for_id", "decided_by_id", "resumed_by_id", "signed_by_id", "closed_by_id")

Names = Mapping[int | None, str]


def show_item(session: Session, item: WorkItem, *, by: Actor, calendar: WorkCalendar) -> dict[str, Any]:
    """The item as `by` may see it. Raises NotFoundError for whoever may not know of it."""
    authorize(session, by, Action.VIEW, item)
    plan = session.get_one(AnnualPlan, item.plan_id)
    light = light_of(session, plan, item, on=by.on, calendar=calendar)
    holders = holders_of(session, item, ROLES, by.on)
    receipts, progress, evidence = (_of(session, table, item) for table in (Receipt, ProgressEntry, Evidence))
    extensions, closures = _of(session, Extension, item), _of(session, ClosureRequest, item)
    instructions, suspensions = _of(session, Instruction, item), _of(session, Suspension, item)
    objections, urges = _of(session, Objection, item), _of(session, Urge, item)
    decisions = _parts(session, ExtensionDecision, "extension_id", extensions)
    reviews = _parts(session, ClosureReview, "request_id", closures)
    replies = _parts(session, InstructionReply, "instruction_id", instructions)
    deadlines = session.exec(
        select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.due_on), col(Deadline.id))
    ).all()
    moves = _parts(session, DeadlineMove, "deadline_id", deadlines)
    acts = session.exec(
        select(AuditEntry)
        .where(AuditEntry.item_id == item.id, col(AuditEntry.action).in_(UNTOLD))
        .order_by(col(AuditEntry.id))
    ).all()
    people = _names(
        session,
        (*receipts, *progress, *evidence, *extensions, *closures, *instructions, *suspensions, *objections, *urges),
        (part for found in (decisions, reviews, replies, moves) for parts in found.values() for part in parts),
        acts,
    )
    away = not (light is Light.BLUE or item.state is ItemState.CLOSED)
    return {
        "number": item.number,
        "title": item.title,
        "project": session.get_one(Project, item.project_id).name,
        "state": item.state,
        "light": light,
        "unit": unit_of(session, item),
        "cooperating": [unit.text for unit in _of(session, ItemUnit, item)],
        "people": {role.label: holders[role].name for role in ROLES if role in holders},
        "importance": item.importance,
        "percent": item.percent,
        "recurrence": describe(item.recurrence) if item.recurrence and "FREQ=" in item.recurrence else item.recurrence,
        "missing_evidence": missing_evidence(session, item, on=by.on) if away and plan.policy_id else "",
        "issued_on": item.issued_on,
        "signed_on": item.signed_on,
        "due_on": item.due_on,
        "distance": distance(item.due_on, on=by.on, calendar=calendar)
        if item.due_on and light is not Light.BLUE
        else None,
        "closed_on": item.closed_on,
        "first_closed_on": item.first_closed_on,
        "extensions": item.extensions,
        "returns": item.returns,
        "reopenings": item.reopenings,
        "parent": _number(session, item.parent_id),
        "children": [
            {"number": child.number, "title": child.title, "state": child.state}
            for child in session.exec(select(WorkItem).where(WorkItem.parent_id == item.id).order_by(col(WorkItem.id)))
        ],
        "deadlines": [
            _deadline(row, moves.get(row.id or 0, []), people)
            | {"distance": distance(row.due_on, on=by.on, calendar=calendar) if away and not row.done_on else None}
            for row in deadlines
        ],
        "receipts": _receipts(session, item, receipts, people),
        "progress": [_row(row, people, "accepted_at") for row in progress],
        "evidence": [_row(row, people) for row in evidence],
        "extension_requests": _with(extensions, decisions, "extension_id", "decisions", people),
        "closure_requests": _with(closures, reviews, "request_id", "reviews", people),
        "suspensions": [_row(row, people) for row in suspensions],
        "objections": [_row(row, people) for row in objections],
        "instructions": _with(instructions, replies, "instruction_id", "replies", people),
        "urges": [_row(row, people) for row in urges],
        "acts": [_act(entry, people) for entry in acts],
        "notices": list_notices(session, item=item),
        "documents": [
            {"id": document.id, "number": document.written_number, "title": document.title, "on": document.issued_on}
            for document in _of(session, Document, item)
        ],
        "may": [{"action": action, "name": action.label} for action in open_actions(session, by, item)],
    }


def _of(session: Session, table: type[Any], item: WorkItem) -> list[Any]:
    return list(session.exec(select(table).where(table.item_id == item.id).order_by(table.id)))


def _parts(session: Session, table: type[Any], link: str, rows: Sequence[Any]) -> dict[int, list[Any]]:
    """What belongs to each of the rows, by their ids."""
    column, found = getattr(table, link), dict[int, list[Any]]()
    for part in session.exec(select(table).where(column.in_([row.id for row in rows])).order_by(table.id)):
        found.setdefault(getattr(part, link), []).append(part)
    return found


def _names(session: Session, *rows: Iterable[SQLModel]) -> Names:
    """The people whom the rows speak of."""
    wanted = {
        getattr(row, column, None) for several in rows for row in several for column in (*_PEOPLE, "actor_id")
    } - {None}
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(wanted)))
    return dict(found.all())


def _number(session: Session, item_id: int | None) -> str | None:
    return session.get_one(WorkItem, item_id).number if item_id else None


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
    rows: Iterable[Any], parts: Mapping[int, Iterable[Any]], link: str, name: str, people: Names
) -> list[dict[str, Any]]:
    """Rows with what belongs to each under `name`."""
    return [_row(row, people) | {name: [_row(part, people, link) for part in parts.get(row.id, [])]} for row in rows]


def _deadline(deadline: Deadline, moves: Sequence[DeadlineMove], people: Names) -> dict[str, Any]:
    return {
        "id": deadline.id,
        "kind": deadline.kind,
        "title": deadline.title,
        "due_on": deadline.due_on,
        "original_due_on": deadline.original_due_on,
        "claimed_on": deadline.claimed_on,
        "done_on": deadline.done_on,
        "why": explain_deadline(deadline, moves),
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
        "reached": bool(told and told[0] in entry.before),
    }


def _receipts(session: Session, item: WorkItem, receipts: Sequence[Receipt], people: Names) -> list[dict[str, Any]]:
    wanted = {receipt.department_id for receipt in receipts} - {None}
    found = session.exec(select(Department.id, Department.name).where(col(Department.id).in_(wanted)))
    departments = dict(found.all())
    return [
        {
            "unit": departments.get(receipt.department_id) or unit_of(session, item),
            "lead": receipt.unit_id is None,
            "assignment": receipt.assignment,
            "issued_on": receipt.issued_on,
            "signed_on": receipt.signed_on,
            "signed_at": receipt.signed_at,
            "person": people.get(receipt.person_id),
            "for": people.get(receipt.for_id),
        }
        for receipt in receipts
    ]
