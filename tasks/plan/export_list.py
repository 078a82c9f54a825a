"""A plan as a sheet that can be filled in and imported again, matched by number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, or_, select

from models.among import among
from models.items.arrival import Arrival
from models.items.item import ItemLeader, ItemState, ItemUnit, WorkItem, gaps_of
from models.items.lifecycle import OVER
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan
from models.people.organ import Organ
from models.people.person import Person, Role, Tenure
from tasks.files.sheet_rows import Value
from tasks.files.workbook import Column
from tasks.people.find import departments_of
from tasks.people.find_posts import HANDLING, LEADING, Roster
from tasks.reading.cells import PENDING
from tasks.reading.plan_columns import LIST
from tasks.sheets.template import write_rows

_BESIDE = (
    Column("缺少", 16, note="补齐后才能下达的内容，对应的格子已着色。导入时不读。"),
    Column("来源类别", 12, centred=True, note="在任务页修改，导入时不读。"),
    Column("文号", 18, note="在任务页修改，导入时不读。"),
    Column("来源原文", 40, note="从文件中提取的任务出自哪一句。"),
)
"""What the plan knows beside the columns of a list."""

_WHERE_MISSING = {"完成时限": ("完成时限",), "责任人": ("牵头领导", "牵头单位", "承办人"), "周期待确认": ("完成时限",)}
"""Which cells fill the gaps that `WorkItem.missing` names."""

_AT_ONCE = 2000
"""Items fetched at a time."""
_OF_ITEM = (
    *(getattr(WorkItem, name) for name in (
        "id", "number", "title", "deliverable", "leader_post_id", "department_id", "lead_text", "handler_post_id",
        "start_on", "due_on", "due_text", "recurrence", "unconfirmed", "yearly", "importance", "target_count",
        "target_unit", "evidence_rule", "state", "signed_on", "closed_on", "note", "source_kind", "source_number",
        "source",
    )),
    col(Project.name).label("project"),
)  # fmt: skip


def export_list(session: Session, plan: AnnualPlan, path: Path, *, on: dt.date) -> int:
    """Write every item of the plan, in the order of the list; returns how many. Names are those of `on`.

    Importing the file again changes nothing. A post that no name leads back to (nobody holds it, or its
    holder's other post would be found) is left blank, which leaves it as it is.
    Raises BadInputError where the file cannot be written.
    """
    names = _Names(session, plan, on)
    return write_rows(
        path,
        LIST,
        names.rows(session, plan),
        title=plan.title,
        beside=_BESIDE,
        departments=list(names.departments.values()),
        people=sorted(names.people),
    )


class _Names:
    """The words for what items point to: posts by their holders on a day, departments, cooperating units."""

    def __init__(self, session: Session, plan: AnnualPlan, on: dt.date) -> None:
        organ = session.get(Organ, plan.organ_id)
        self.roster = Roster(session, organ, on=on)
        self.departments = {found.id: found.name for found in departments_of(session, plan.organ_id)}
        held = (
            select(Tenure.post_id, Person.name)
            .join(Person, col(Person.id) == Tenure.person_id)
            .where(Tenure.started_on <= on, or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        )
        self.holders = dict(session.exec(held).all())
        own = select(Person.name).where(Person.organ_id == plan.organ_id, col(Person.left_on).is_(None))
        self.people = set(session.exec(own))
        self._spelt: dict[tuple[Any, ...], str | None] = {}

    def rows(self, session: Session, plan: AnnualPlan) -> Iterator[tuple[tuple[Value, ...], list[str]]]:
        """Each item in words, with the headings of what it lacks; fetched as they are asked for."""
        query = select(*_OF_ITEM).join(Project).where(WorkItem.plan_id == plan.id, of_plan())
        in_order = query.order_by(col(Project.ordinal), col(WorkItem.id)).execution_options(yield_per=_AT_ONCE)
        for items in session.connection().execute(in_order).partitions():
            ids = [item.id for item in items]
            leaders = _by_item(session, ItemLeader.item_id, ItemLeader.post_id, ItemLeader.ordinal, ids)
            units = _by_item(session, ItemUnit.item_id, ItemUnit.text, ItemUnit.ordinal, ids)
            for item in items:
                missing = [] if item.state in OVER else gaps_of(item)
                told = self._told(item, leaders.get(item.id, ()), units.get(item.id, ()), "、".join(missing))
                yield told, [heading for gap in missing for heading in _WHERE_MISSING[gap]]

    def _told(self, item: Any, further: Sequence[int], helping: Sequence[str], missing: str) -> tuple[Value, ...]:
        """By the columns of a list, then those beside them."""
        first = [item.leader_post_id] if item.leader_post_id else []
        return (
            item.number,
            item.project,
            item.title,
            item.deliverable,
            self._named((*first, *further), LEADING, item.department_id),
            item.lead_text or self.departments.get(item.department_id),
            "、".join(helping),
            self._named((item.handler_post_id,) if item.handler_post_id else (), HANDLING, item.department_id),
            str(item.start_on or ""),
            _due(item),
            "是" if item.yearly else None,
            item.importance.label,
            item.target_count,
            item.target_unit,
            item.evidence_rule,
            _arrival(item) or item.state.label,
            str(item.closed_on or ""),
            item.note,
            missing,
            item.source_kind.label if item.source_kind else None,
            item.source_number,
            item.source,
        )

    def _named(self, posts: tuple[int, ...], roles: tuple[Role, ...], department_id: int | None) -> str | None:
        asked = posts, roles, department_id
        if asked not in self._spelt:
            text = "、".join(self.holders.get(post, "") for post in posts)
            found = self.roster.find(text, roles, department_id)
            self._spelt[asked] = text if found.posts == posts else None
        return self._spelt[asked]


def _by_item(session: Session, item: Any, told: Any, ordinal: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    """What further rows tell of these items, in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for item_id, one in session.connection().execute(select(item, told).where(among(item, ids)).order_by(ordinal)):
        found[item_id].append(one)
    return found


def _arrival(item: Any) -> str | None:
    """What a draft says of itself that was begun or done before it came in."""
    if item.state is not ItemState.DRAFT:
        return None
    return Arrival.DONE.label if item.closed_on else Arrival.IN_WORK.label if item.signed_on else None


def _due(item: Any) -> str:
    text = item.due_text or str(item.due_on or "")
    return text + PENDING if text and item.unconfirmed else text
