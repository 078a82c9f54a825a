"""One item as it stands: facts, people, the day that explains itself, everything recorded, and what may be done now."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.closure import ClosureRequest, ClosureReview
from models.document import Document
from models.evidence import Evidence
from models.extension import Extension, ExtensionDecision
from models.instruction import Instruction, InstructionReply
from models.item import Deadline, DeadlineMove, ItemUnit, WorkItem
from models.light import Light
from models.objection import Objection
from models.organ import Department
from models.permission import Action
from models.person import Person, Role
from models.plan import AnnualPlan, Project
from models.progress import ProgressEntry
from models.receipt import Receipt
from models.suspension import Suspension
from models.urge import Urge
from models.workdays import WorkCalendar
from tasks.authorize import authorize
from tasks.explain import distance, explain_deadline
from tasks.list_items import list_items
from tasks.people_of import holder_of, unit_of
from tasks.perform import open_actions


def show_item(session: Session, item: WorkItem, *, by: Actor, calendar: WorkCalendar) -> dict[str, Any]:
    """The item as `by` may see it. Raises NotFoundError for whoever may not know of it."""
    authorize(session, by, Action.VIEW, item)
    people = {row.id: row.name for row in session.exec(select(Person))}
    plan = session.get_one(AnnualPlan, item.plan_id)
    listed = {row.number: row for row in list_items(session, plan, by=by, calendar=calendar)}
    light = listed[item.number].light
    roles = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE, Role.SUPERVISOR)
    holders = {role.label: holder_of(session, item, role, by.on) for role in roles}
    return {
        "number": item.number,
        "title": item.title,
        "project": session.get_one(Project, item.project_id).name,
        "state": item.state,
        "light": light,
        "unit": unit_of(session, item),
        "cooperating": [unit.text for unit in _of(session, ItemUnit, item)],
        "people": {role: holder.name for role, holder in holders.items() if holder is not None},
        "importance": item.importance,
        "percent": item.percent,
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
        "deadlines": _deadlines(session, item, people),
        "receipts": _receipts(session, item, people),
        "progress": _rows(_of(session, ProgressEntry, item), people, "recorded_at", "accepted_at"),
        "evidence": _rows(_of(session, Evidence, item), people, "recorded_at"),
        "extension_requests": _with(
            session, _of(session, Extension, item), ExtensionDecision, "extension_id", "decisions", people
        ),
        "closure_requests": _with(
            session, _of(session, ClosureRequest, item), ClosureReview, "request_id", "reviews", people
        ),
        "suspensions": _rows(_of(session, Suspension, item), people, "recorded_at", "resumed_at"),
        "objections": _rows(_of(session, Objection, item), people, "recorded_at"),
        "instructions": _with(
            session, _of(session, Instruction, item), InstructionReply, "instruction_id", "replies", people
        ),
        "urges": _rows(_of(session, Urge, item), people, "recorded_at"),
        "documents": [
            {"id": document.id, "number": document.written_number, "title": document.title, "on": document.issued_on}
            for document in _of(session, Document, item)
        ],
        "may": [{"action": action, "name": action.label} for action in open_actions(session, by, item)],
    }


def _of(session: Session, table: type[Any], item: WorkItem) -> list[Any]:
    return list(session.exec(select(table).where(table.item_id == item.id).order_by(table.id)))


def _number(session: Session, item_id: int | None) -> str | None:
    return session.get_one(WorkItem, item_id).number if item_id else None


def _row(row: SQLModel, people: Mapping[int | None, str], leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """The row's columns, people by name: `person_id` becomes `person`."""
    shown: dict[str, Any] = {}
    for name, value in row.model_dump(exclude={"item_id", *leave_out}).items():
        if name in ("person_id", "for_id", "decided_by_id", "resumed_by_id", "signed_by_id", "closed_by_id"):
            shown[name.removesuffix("_id")] = people.get(value) if value else None
        elif name != "waived_by_id":
            shown[name] = value
    return shown


def _rows(rows: Iterable[SQLModel], people: Mapping[int | None, str], *leave_out: str) -> list[dict[str, Any]]:
    return [_row(row, people, leave_out) for row in rows]


def _with(
    session: Session,
    rows: list[Any],
    table: type[Any],
    link: str,
    name: str,
    people: Mapping[int | None, str],
) -> list[dict[str, Any]]:
    """Rows with what belongs to each under `name`."""
    column = getattr(table, link)
    parts: dict[int, list[dict[str, Any]]] = {}
    for part in session.exec(select(table).where(column.in_([row.id for row in rows])).order_by(table.id)):
        parts.setdefault(getattr(part, link), []).append(_row(part, people, {link, "recorded_at"}))
    return [_row(row, people, {"recorded_at"}) | {name: parts.get(row.id, [])} for row in rows]


def _deadlines(session: Session, item: WorkItem, people: Mapping[int | None, str]) -> list[dict[str, Any]]:
    shown = []
    for deadline in session.exec(
        select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.due_on), col(Deadline.id))
    ):
        moves = session.exec(
            select(DeadlineMove).where(DeadlineMove.deadline_id == deadline.id).order_by(col(DeadlineMove.id))
        ).all()
        shown.append(
            {
                "kind": deadline.kind,
                "title": deadline.title,
                "due_on": deadline.due_on,
                "original_due_on": deadline.original_due_on,
                "claimed_on": deadline.claimed_on,
                "done_on": deadline.done_on,
                "why": explain_deadline(deadline, moves),
                "moves": [
                    {"from_on": move.from_on, "to_on": move.to_on, "cause": move.cause, "on": move.moved_on,
                     "reason": move.reason, "person": people.get(move.person_id)}
                    for move in moves
                ],
            }
        )  # fmt: skip
    return shown


def _receipts(session: Session, item: WorkItem, people: Mapping[int | None, str]) -> list[dict[str, Any]]:
    departments = {row.id: row.name for row in session.exec(select(Department))}
    shown = []
    for receipt in _of(session, Receipt, item):
        unit = departments.get(receipt.department_id) or unit_of(session, item)
        shown.append(
            {
                "unit": unit,
                "lead": receipt.unit_id is None,
                "assignment": receipt.assignment,
                "issued_on": receipt.issued_on,
                "signed_on": receipt.signed_on,
                "signed_at": receipt.signed_at,
                "person": people.get(receipt.person_id),
                "for": people.get(receipt.for_id),
            }
        )
    return shown
