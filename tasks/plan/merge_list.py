"""Holds a list that came in against the plan as it stands: what would be created, what changed, what is wrong."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, select

from models.errors import CellError
from models.items.arrival import Arrival
from models.items.item import ItemLeader, ItemState, ItemUnit, WorkItem
from models.items.lifecycle import OVER
from models.items.plan import NO_PROJECT, AnnualPlan, Project
from models.people.organ import Department, Organ
from tasks.items.edit_item import FieldChange
from tasks.people.find_posts import HANDLING, LEADING, NamedPosts, Roster
from tasks.reading.item_list import ItemList, ListRow
from tasks.reading.plan_columns import Field

COLUMNS = (
    "project_id", "title", "deliverable", "department_id", "lead_text", "leader_post_id", "handler_post_id", "start_on",
    "due_on", "due_text", "recurrence", "unconfirmed", "importance", "internal_only", "yearly", "target_count",
    "target_unit", "evidence_rule", "note", "source", "percent", "signed_on", "closed_on",
)  # fmt: skip
"""What a list can say about an item in its own row."""

TIMES = {"start_on", "due_on", "due_text", "recurrence"}
"""A change to these moves the deadlines of an item that is issued."""

_CLEARS: dict[Field, dict[str, Any]] = {
    "deliverable": {"deliverable": None}, "evidence_rule": {"evidence_rule": None}, "note": {"note": None},
    "source": {"source": None}, "lead": {"department_id": None, "lead_text": None},
    "leaders": {"leader_post_id": None}, "handler": {"handler_post_id": None}, "start": {"start_on": None},
    "target": {"target_count": None, "target_unit": None}, "secrecy": {"internal_only": False},
    "yearly": {"yearly": False},
    "due": {"due_on": None, "due_text": None, "recurrence": None, "unconfirmed": False}, "percent": {"percent": 0},
    "state": {"signed_on": None, "closed_on": None},
}  # fmt: skip
_NOBODY = NamedPosts((), ())

Units = tuple[tuple[int | None, str], ...]
"""Cooperating units in order: the department where the name is one, and the text as written."""


@dataclass(slots=True)
class Change:
    """What one row of a list does to the plan. `values` holds only the columns that it sets or changes."""

    row: ListRow
    number: str
    project: str
    known: Row[Any] | None
    """The item as it stands; None where the row creates one."""
    values: dict[str, Any]
    units: Units | None
    """New cooperating units; None leaves them alone."""
    leaders: tuple[int, ...] | None
    """Posts of the further leaders; None leaves them alone."""
    missing: tuple[str, ...]
    """What will still keep the item from being issued."""
    named_leaders: tuple[str, ...]
    named_handlers: tuple[str, ...]
    cells: tuple[FieldChange, ...] = ()
    """What it changes of a known item, cell by cell in words; filled in by `tasks.plan.edit_by_list.tell_cells`."""

    @property
    def arrives(self) -> str:
        """How far the row says that a draft is, in words; nothing where it says nothing."""
        if self.values.get("closed_on"):
            return f"{Arrival.DONE.label}（{self.values['closed_on']}），下达后即为销号"
        return f"{Arrival.IN_WORK.label}，下达后不再要求签收" if self.values.get("signed_on") else ""

    @property
    def called(self) -> str:
        """The task as it is called now, a new one as the row calls it."""
        return self.known.title if self.known is not None else self.row.title or ""

    @property
    def is_issued(self) -> bool:
        """It changes an item that is issued: with a reason only, as `tasks.items.edit_item` does."""
        return self.known is not None and self.known.state is not ItemState.DRAFT and self.is_change

    @property
    def is_change(self) -> bool:
        return bool(self.values) or self.units is not None or self.leaders is not None

    @property
    def action(self) -> str:
        """create, update or keep."""
        return "create" if self.known is None else "update" if self.is_change else "keep"

    def understood(self) -> dict[str, Any]:
        """How the row was understood, for the dry run."""
        row, due = self.row, self.row.due
        notes = [due.note] if due else []
        if how := self.arrives:
            notes.append(how)
        if len(self.named_handlers) > 1:
            notes.append(f"责任人有多位，以首位“{self.named_handlers[0]}”为承办人")
        return {
            "row": row.row,
            "number": self.number,
            "project": self.project,
            "title": row.title,
            "due_text": due.text if due else None,
            "due_on": due.due_on if due else None,
            "recurrence": due.recurrence if due else None,
            "leaders": list(self.named_leaders),
            "lead": row.lead,
            "cooperating": list(row.cooperating or ()),
            "handler": self.named_handlers[0] if self.named_handlers else None,
            "start_on": row.start_on or (due.start_on if due else None),
            "note": "；".join(notes) or None,
            "missing": list(self.missing),
            "action": self.action,
            "changes": [str(cell) for cell in self.cells],
            "sheet": row.place.sheet,
        }


class PlanAsItStands:
    """Everything a list is held against, read once: items by number, projects, departments, people."""

    def __init__(
        self, session: Session, organ: Organ | None, plan: AnnualPlan | None, *, on: dt.date, hint: str = ""
    ) -> None:
        self.on, self.plan = on, plan
        self.roster = Roster(session, organ, on=on, hint=hint)
        self.departments: dict[str, int] = {}
        self.projects: dict[str, int] = {}
        self.items: dict[str, Row[Any]] = {}
        self.units: dict[int, Units] = {}
        self.leaders: dict[int, tuple[int, ...]] = {}
        if organ is not None:
            departments = session.exec(select(Department).where(Department.organ_id == organ.id))
            self.departments = {_compact(found.name): found.id for found in departments if found.id is not None}
        if plan is not None:
            self._load(session, plan)
        self.project_names = {number: name for name, number in self.projects.items()}

    def _load(self, session: Session, plan: AnnualPlan) -> None:
        projects = session.exec(select(Project).where(Project.plan_id == plan.id))
        self.projects = {found.name: found.id for found in projects if found.id is not None}
        columns = [getattr(WorkItem, name) for name in ("id", "number", "state", *COLUMNS)]
        query = select(*columns).where(WorkItem.plan_id == plan.id).order_by(col(WorkItem.id))
        self.items = {row.number: row for row in session.connection().execute(query)}
        connection = session.connection()
        units: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
        helping = select(ItemUnit.item_id, ItemUnit.department_id, ItemUnit.text).join(WorkItem)
        in_order = helping.where(WorkItem.plan_id == plan.id).order_by(col(ItemUnit.item_id), col(ItemUnit.ordinal))
        for item, department_id, text in connection.execute(in_order).tuples():
            units[item].append((department_id, text))
        leaders: dict[int, list[int]] = defaultdict(list)
        seconds = select(ItemLeader.item_id, ItemLeader.post_id).join(WorkItem).where(WorkItem.plan_id == plan.id)
        by_rank = seconds.order_by(col(ItemLeader.item_id), col(ItemLeader.ordinal))
        for item, post_id in connection.execute(by_rank).tuples():
            leaders[item].append(post_id)
        self.units = {item: tuple(found) for item, found in units.items()}
        self.leaders = {item: tuple(found) for item, found in leaders.items()}


def merge(found: ItemList, plan: PlanAsItStands) -> tuple[list[Change], list[CellError]]:
    """What each row of the list does, and everything that forbids it. Nothing is written.

    A row is matched by its number; one without a number by project and title (a draft from a document by
    title alone), else it gets the next number not in use: the same file maps to the same items every time.
    """
    merging = _Merging(plan)
    changes = [merging.change(row, number) for row, number in _numbered(found.rows, plan)]
    return changes, merging.errors


def _numbered(rows: Sequence[ListRow], plan: PlanAsItStands) -> Iterator[tuple[ListRow, str]]:
    if all(row.number is not None for row in rows):
        yield from ((row, row.number) for row in rows if row.number is not None)
        return
    written = {row.number for row in rows if row.number is not None}
    taken = [int(number) for number in {*written, *plan.items} if number.isascii() and number.isdigit()]
    following = max(taken, default=0) + 1
    by_title: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for number, item in plan.items.items():
        for project in (plan.project_names[item.project_id], None):
            by_title[project, _compact(item.title)].append(number)
    seen: Counter[tuple[str | None, str]] = Counter()
    for row in rows:
        if row.number is not None:
            yield row, row.number
            continue
        key = None if row.row is None else row.project or NO_PROJECT, _compact(row.title or "")
        same = [number for number in by_title.get(key, ()) if number not in written]
        if seen[key] < len(same):
            yield row, same[seen[key]]
        else:
            yield row, str(following)
            following += 1
        seen[key] += 1


class _Merging:
    """One list on its way into one plan; people and units that come again are looked up once."""

    def __init__(self, plan: PlanAsItStands) -> None:
        self.plan = plan
        self.errors: list[CellError] = []
        self._assigned: dict[tuple[str | None, str | None, str | None, int | None], _Assignment] = {}
        self._units: dict[tuple[str, ...], Units] = {}

    def change(self, row: ListRow, number: str) -> Change:
        """What the row does; whatever forbids it is added to the errors."""
        plan, known = self.plan, self.plan.items.get(number)
        assigned = self._assign(row, known)
        if row.row is not None:
            if assigned.leaders.problem:
                self.errors.append(row.error("leaders", row.leaders or "", assigned.leaders.problem))
            if assigned.handlers.problem:
                self.errors.append(row.error("handler", row.handler or "", assigned.handlers.problem))
        values = _said(row, assigned.values) | self._arrival(row, number, known)
        units = self._named_units(row.cooperating) if row.cooperating else None
        further = assigned.leaders.posts[1:] if assigned.leaders.posts else None
        if row.cleared:
            units = () if "cooperating" in row.cleared else units
            further = () if "leaders" in row.cleared else further
        project = row.project or (plan.project_names[known.project_id] if known else NO_PROJECT)
        if known is None:
            if row.title is None:
                self.errors.append(row.error("title", "", f"编号 {number} 是新任务，任务内容不能为空。"))
            missing = _missing(values)
        else:
            values = _differences(row, values, known)
            if row.row is not None and project != plan.project_names[known.project_id]:
                values["project_id"] = plan.projects.get(project)
            if units == (standing := plan.units.get(known.id, ())) or (row.row is None and standing):
                units = None
            if further == (also := plan.leaders.get(known.id, ())) or (row.row is None and also):
                further = None
            over = known.state in OVER
            missing = () if over else _missing({name: getattr(known, name) for name in COLUMNS} | values)
        names = assigned.leaders.names, assigned.handlers.names
        change = Change(row, number, project, known, values, units, further, missing, *names)
        if known is not None:
            _check_state(change, known, self.errors)
        if "start_on" in values or known is not None:
            _check_span(change, self.errors)
        return change

    def _arrival(self, row: ListRow, number: str, known: Row[Any] | None) -> dict[str, Any]:
        """How far a new item or a draft is; an issued one goes its own way, which no list shortens."""
        if row.arrival is None and row.done_on is None:
            return {}
        done = row.arrival is Arrival.DONE or row.arrival is None
        if known is not None and known.state is not ItemState.DRAFT:
            if done and known.state not in OVER:
                why = (
                    f"任务 {number} 已下达，现为“{known.state.label}”：办结须申请、审核，清单不能改。请改回或清空此格。"
                )
                self.errors.append(row.error("state", Arrival.DONE.label, why))
            return {}
        if done and row.done_on is None:
            said = f"写了“{Arrival.DONE.label}”，请在“办结日”写明是哪一天。"
            self.errors.append(row.error("done_on", "", said))
        if row.done_on is not None and row.done_on > self.plan.on:
            self.errors.append(row.error("done_on", str(row.done_on), f"办结日 {row.done_on} 还没有到。"))
        if done:
            return {"closed_on": row.done_on, "signed_on": None}
        began = known.signed_on if known is not None and known.signed_on else self.plan.on
        return {"closed_on": None, "signed_on": began if row.arrival is Arrival.IN_WORK else None}

    def _assign(self, row: ListRow, known: Row[Any] | None) -> "_Assignment":
        department_id = known.department_id if known is not None and row.lead is None else None
        key = row.lead, row.leaders, row.handler, department_id
        found = self._assigned.get(key)
        if found is None:
            if row.lead is not None:
                department_id = self.plan.departments.get(_compact(row.lead))
            leaders = self.plan.roster.find(row.leaders, LEADING, department_id) if row.leaders else _NOBODY
            handlers = self.plan.roster.find(row.handler, HANDLING, department_id) if row.handler else _NOBODY
            values: dict[str, Any] = {}
            if row.lead is not None:
                values |= {"department_id": department_id, "lead_text": row.lead}
            if leaders.posts:
                values["leader_post_id"] = leaders.posts[0]
            if handlers.posts:
                values["handler_post_id"] = handlers.posts[0]
            found = self._assigned[key] = _Assignment(leaders, handlers, values)
        return found

    def _named_units(self, texts: tuple[str, ...]) -> Units:
        if texts not in self._units:
            self._units[texts] = tuple((self.plan.departments.get(_compact(text)), text) for text in texts)
        return self._units[texts]


@dataclass(frozen=True, slots=True)
class _Assignment:
    """Who leads and who does an item, and what that puts into its columns."""

    leaders: NamedPosts
    handlers: NamedPosts
    values: dict[str, Any]


def _said(row: ListRow, assigned: dict[str, Any]) -> dict[str, Any]:
    """The columns that a row says something about; those of people are looked up already."""
    values = dict(assigned)
    if row.title is not None:
        values["title"] = row.title
    if row.due is not None:
        values["due_text"], values["due_on"] = row.due.text, row.due.due_on
        values["recurrence"], values["unconfirmed"] = row.due.recurrence, row.due.unconfirmed
        if row.due.start_on is not None:
            values["start_on"] = row.due.start_on
    if row.start_on is not None:
        values["start_on"] = row.start_on
    if row.target is not None:
        values["target_count"], values["target_unit"] = row.target
    for name in ("percent", "importance", "internal_only", "yearly", "deliverable", "evidence_rule", "source", "note"):
        value = getattr(row, name)
        if value is not None:
            values[name] = value
    for field in row.cleared:
        values |= _CLEARS.get(field, {})
    return values


def _differences(row: ListRow, values: dict[str, Any], known: Row[Any]) -> dict[str, Any]:
    """What of `values` is new to an item. A draft read from a document again only fills what is still empty.

    A due text that reads as before leaves the days alone: an extension may have moved them since. It does
    confirm a rule that was still to be confirmed.
    """
    if row.row is None:
        timed = known.due_text is not None or known.due_on is not None
        return {
            name: value
            for name, value in values.items()
            if value is not None and getattr(known, name) is None and not (timed and name in TIMES)
        }
    written = known.due_text or str(known.due_on)  # as `tasks.plan.export_list` writes it
    if row.due is not None and row.due.text == written and (row.due.unconfirmed or not known.unconfirmed):
        values = {name: value for name, value in values.items() if name not in TIMES or name == "start_on"}
        values.pop("unconfirmed", None)
        if row.start_on is None:
            values.pop("start_on", None)
    if known.lead_text is None and values.get("department_id") == known.department_id is not None:
        values.pop("lead_text", None)  # a unit that was named by choosing it, not by writing it
    return {name: value for name, value in values.items() if getattr(known, name) != value}


def _check_state(change: Change, known: Row[Any], errors: list[CellError]) -> None:
    row = change.row
    if not change.is_change:
        return
    if known.state in OVER:
        accepted = f"任务 {change.number} {known.state.label}，不能再改：请删去此行，或恢复原来的内容。"
        errors.append(row.error("number", change.number, accepted))
    elif known.state is not ItemState.DRAFT and change.missing:
        accepted = f"任务 {change.number} 已下达，不能改成缺{'、'.join(change.missing)}：请补全此行。"
        errors.append(row.error("number", change.number, accepted))


def _check_span(change: Change, errors: list[CellError]) -> None:
    """Both ends may come from different files, so they are compared as they will stand together."""
    known, values = change.known, change.values
    start = values.get("start_on", known.start_on if known else None)
    due = values.get("due_on", known.due_on if known else None)
    if start and due and due < start and not values.keys().isdisjoint({"start_on", "due_on"}):
        text = change.row.due.text if change.row.due else str(due)
        error = change.row.error("due", text, f"完成时限 {due} 早于开始时间 {start}：请更正其中之一。")
        errors.append(error)


def _missing(values: dict[str, Any]) -> tuple[str, ...]:
    get = values.get
    answered = get("leader_post_id") or get("handler_post_id") or get("department_id")
    return _gaps(
        get("due_on") is not None, get("recurrence") is not None, answered is not None, bool(get("unconfirmed"))
    )


@lru_cache
def _gaps(due: bool, rule: bool, answered: bool, unconfirmed: bool) -> tuple[str, ...]:
    """`WorkItem.missing` for values that are no object yet; there are only 16 cases."""
    item = WorkItem(
        plan_id=0, organ_id=0, project_id=0, number="", title="", unconfirmed=unconfirmed,
        due_on=dt.date.min if due else None, recurrence="" if rule else None, department_id=0 if answered else None,
    )  # fmt: skip
    return tuple(item.missing)


@lru_cache(maxsize=10_000)
def _compact(text: str) -> str:
    return re.sub(r"\s", "", text)
