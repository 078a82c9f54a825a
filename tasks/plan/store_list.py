"""Writing a list that was found to be in order: new items, changed ones, and what they were before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, delete, update
from sqlmodel import Session, SQLModel, select

from models.batch import ImportBatch
from models.insert_many import insert_many
from models.items.item import Importance, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from tasks.acting.audit import json_value
from tasks.plan.merge_list import Change, PlanAsItStands
from tasks.sheets.rows import keep_changes

_CHUNK = 10_000
_DEFAULTS: dict[str, Any] = {
    "percent": 0, "unconfirmed": False, "importance": Importance.NORMAL, "internal_only": False, "yearly": False,
}  # fmt: skip
_TABLES = SQLModel.metadata.tables
_ITEM, _UNIT, _LEADER = _TABLES["work_item"], _TABLES["item_unit"], _TABLES["item_leader"]
_PROJECT = _TABLES["project"]
_DELETE_UNITS = delete(_UNIT).where(_UNIT.c.item_id == bindparam("the_item"))
_DELETE_LEADERS = delete(_LEADER).where(_LEADER.c.item_id == bindparam("the_item"))

T = TypeVar("T", bound=SQLModel)


def store_list(
    session: Session, plan: AnnualPlan, batch: ImportBatch, changes: list[Change], stands: PlanAsItStands
) -> None:
    """Write what the changes of one import say of new items and drafts, and keep in the batch what every item it
    changes was before; issued ones are left to `tasks.plan.edit_by_list`."""
    projects = _projects(session, plan, changes, stands)
    created = [change for change in changes if change.known is None]
    updated = [(change, change.known) for change in changes if change.known is not None and change.is_change]
    _create(session, plan, batch, created, projects)
    _record(session, batch, updated, stands)
    updated = [(change, known) for change, known in updated if not change.is_issued]
    for change, _ in updated:
        if "project_id" in change.values:
            change.values["project_id"] = projects[change.project]
    rewrite_items(session, {known.id: change.values for change, known in updated})
    replace_units(session, {known.id: change.units for change, known in updated if change.units is not None})
    replace_leaders(session, {known.id: change.leaders for change, known in updated if change.leaders is not None})
    session.expire_all()


def _projects(session: Session, plan: AnnualPlan, changes: list[Change], stands: PlanAsItStands) -> dict[str, int]:
    """The id of every project named; new ones are added in the order in which the list names them."""
    named = dict.fromkeys(change.project for change in changes)
    new = [name for name in named if name not in stands.projects]
    ordinals = range(len(stands.projects) + 1, len(stands.projects) + 1 + len(new))
    insert_many(session.connection(), _PROJECT, {"plan_id": [plan.id] * len(new), "ordinal": ordinals, "name": new})
    query = select(Project.name, Project.id).where(Project.plan_id == plan.id)
    return dict(session.connection().execute(query).tuples().all())


def _create(
    session: Session, plan: AnnualPlan, batch: ImportBatch, created: list[Change], projects: dict[str, int]
) -> None:
    """Inserts the new items with what hangs on them. Columns that no row fills are left out."""
    if not created:
        return
    connection = session.connection()
    said = [change.values for change in created]
    filled = set().union(*said)
    columns: dict[str, Sequence[Any]] = {}
    for name in filled:
        default = _DEFAULTS.get(name)
        columns[name] = [values.get(name, default) for values in said]
    alike = {"plan_id": plan.id, "organ_id": plan.organ_id, "batch_id": batch.id, "state": ItemState.DRAFT}
    alike |= {name: value for name, value in _DEFAULTS.items() if name not in filled}
    columns |= {name: [value] * len(created) for name, value in alike.items()}
    columns["number"] = [change.number for change in created]
    columns["project_id"] = [projects[change.project] for change in created]
    insert_many(connection, _ITEM, columns)
    query = select(WorkItem.number, WorkItem.id).where(WorkItem.batch_id == batch.id)
    ids = dict(connection.execute(query).tuples().all())
    _insert_units(connection, {ids[change.number]: change.units for change in created if change.units})
    _insert_leaders(connection, {ids[change.number]: change.leaders for change in created if change.leaders})


def _execute(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    connection = session.connection()
    for start in range(0, len(rows), _CHUNK):
        connection.execute(statement, rows[start : start + _CHUNK])


def _record(
    session: Session, batch: ImportBatch, updated: list[tuple[Change, Row[Any]]], stands: PlanAsItStands
) -> None:
    """Keeps what each item was before, as far as it is rewritten, so that the batch can be undone."""
    rows = []
    for change, known in updated:
        before: dict[str, Any] = {name: json_value(getattr(known, name)) for name in change.values}
        if change.units is not None:
            before["units"] = [list(unit) for unit in stands.units.get(known.id, ())]
        if change.leaders is not None:
            before["leaders"] = list(stands.leaders.get(known.id, ()))
        rows.append({"table_name": "work_item", "row_id": known.id, "before": before, "after": {}})
    keep_changes(session, batch, rows)


def rewrite_items(session: Session, wanted: Mapping[int, Mapping[str, Any]]) -> None:
    """Set these columns of these items, one statement for all items that change the same columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for item, values in wanted.items():
        alike[tuple(sorted(values))].append({"the_item": item, **values})
    for names, rows in alike.items():
        if names:
            setting = update(_ITEM).where(_ITEM.c.id == bindparam("the_item"))
            _execute(session, setting.values({name: bindparam(name) for name in names}), rows)


def replace_units(session: Session, wanted: Mapping[int, Sequence[tuple[int | None, str]]]) -> None:
    """Set the cooperating units of these items."""
    _execute(session, _DELETE_UNITS, [{"the_item": item} for item in wanted])
    _insert_units(session.connection(), wanted)


def replace_leaders(session: Session, wanted: Mapping[int, Sequence[int]]) -> None:
    """Set the further leaders of these items; the first leader stands in the item itself."""
    _execute(session, _DELETE_LEADERS, [{"the_item": item} for item in wanted])
    _insert_leaders(session.connection(), wanted)


def _insert_units(connection: Connection, wanted: Mapping[int, Sequence[tuple[int | None, str]]]) -> None:
    listed = [unit for units in wanted.values() for unit in units]
    columns: dict[str, Sequence[Any]] = _ranked(wanted, first=1)
    columns["department_id"] = [department_id for department_id, _ in listed]
    columns["text"] = [text for _, text in listed]
    insert_many(connection, _UNIT, columns)


def _insert_leaders(connection: Connection, wanted: Mapping[int, Sequence[int]]) -> None:
    columns = _ranked(wanted, first=2)
    columns["post_id"] = [post_id for posts in wanted.values() for post_id in posts]
    insert_many(connection, _LEADER, columns)


def _ranked(wanted: Mapping[int, Sequence[Any]], *, first: int) -> dict[str, Sequence[Any]]:
    """The item of everything listed, and its place in that item's list."""
    return {
        "item_id": [item for item, listed in wanted.items() for _ in listed],
        "ordinal": [place for listed in wanted.values() for place in range(first, first + len(listed))],
    }


def added(session: Session, row: T) -> T:
    """The row, written, so that it has its number."""
    session.add(row)
    session.flush()
    return row
