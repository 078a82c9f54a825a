"""A plan as a sheet that can be filled in and imported again, matched by number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter
from sqlmodel import Session, col, or_, select

from models.database import key
from models.item import ItemLeader, ItemUnit, WorkItem
from models.organ import Organ
from models.person import Person, Role, Tenure
from models.plan import AnnualPlan, Project
from tasks.files.workbook import HEADER_ROW, TO_FILL, Column, Value, add_row, new_sheet, save
from tasks.people.find import departments_of
from tasks.people.find_posts import HANDLING, LEADING, Roster
from tasks.plan.write_template import LIST_COLUMNS, offer_choices
from tasks.reading.cells import PENDING

EXPORT_COLUMNS = (
    *LIST_COLUMNS,
    Column("状态", 10, centred=True, note="只供查看,导入时不读。"),
    Column("缺少", 16, note="补齐后才能下达的内容,对应的格子已着色。导入时不读。"),
    Column("来源原文", 40, note="从文件中提取的任务出自哪一句。"),
)
"""The columns of a list and what the plan knows beside them."""

_WHERE_MISSING = {"完成时限": ("完成时限",), "责任人": ("牵头领导", "牵头单位", "承办人"), "周期待确认": ("完成时限",)}
"""Which cells fill the gaps that `WorkItem.missing` names."""


def export_list(session: Session, plan: AnnualPlan, path: Path, *, on: dt.date) -> int:
    """Write every item of the plan, in the order of the list; returns how many. Names are those of `on`.

    Importing the file again changes nothing. A post that no name leads back to (nobody holds it, or its
    holder's other post would be found) is left blank, which leaves it as it is.
    Raises BadInputError where the file cannot be written.
    """
    workbook, sheet = new_sheet(plan.title, "任务清单", EXPORT_COLUMNS)
    names = _Names(session, plan, on)
    query = select(WorkItem, Project.name).join(Project).where(WorkItem.plan_id == plan.id)
    headings = [column.heading for column in EXPORT_COLUMNS]
    place = HEADER_ROW
    for item, project in session.exec(query.order_by(col(Project.ordinal), col(WorkItem.id))):
        place += 1
        row = names.row(item, project)
        add_row(sheet, place, [row[heading] for heading in headings], EXPORT_COLUMNS)
        for heading in {heading for gap in item.missing for heading in _WHERE_MISSING[gap]}:
            sheet.cell(place, headings.index(heading) + 1).style = TO_FILL
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(headings))}{place}"
    if place > HEADER_ROW:
        people, departments = sorted(names.people), list(names.departments.values())
        offer_choices(workbook, sheet, departments=departments, people=people, last_row=place)
    save(workbook, path)
    return place - HEADER_ROW


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
        self.leaders: dict[int, list[int]] = defaultdict(list)
        further = select(ItemLeader).join(WorkItem).where(WorkItem.plan_id == plan.id)
        for leader in session.exec(further.order_by(col(ItemLeader.ordinal))):
            self.leaders[leader.item_id].append(leader.post_id)
        self.units: dict[int, list[str]] = defaultdict(list)
        helping = select(ItemUnit).join(WorkItem).where(WorkItem.plan_id == plan.id)
        for unit in session.exec(helping.order_by(col(ItemUnit.ordinal))):
            self.units[unit.item_id].append(unit.text)

    def row(self, item: WorkItem, project: str) -> dict[str, Value]:
        first = [item.leader_post_id] if item.leader_post_id else []
        item_id = key(item.id)
        return {
            "序号": item.number,
            "项目": project,
            "任务内容": item.title,
            "预期成果": item.deliverable,
            "牵头领导": self._named([*first, *self.leaders[item_id]], LEADING, item.department_id),
            "牵头单位": item.lead_text or self.departments.get(item.department_id),
            "配合单位": "、".join(self.units[item_id]),
            "承办人": self._named([item.handler_post_id] if item.handler_post_id else [], HANDLING, item.department_id),
            "开始时间": str(item.start_on or ""),
            "完成时限": _due(item),
            "重要程度": item.importance.label,
            "目标数量": item.target_count,
            "计量单位": item.target_unit,
            "佐证要求": item.evidence_rule,
            "备注": item.note,
            "状态": item.state.label,
            "缺少": "、".join(item.missing),
            "来源原文": item.source,
        }

    def _named(self, posts: Sequence[int], roles: tuple[Role, ...], department_id: int | None) -> str | None:
        text = "、".join(self.holders.get(post, "") for post in posts)
        found = self.roster.find(text, roles, department_id)
        return text if list(found.posts) == list(posts) else None


def _due(item: WorkItem) -> str:
    text = item.due_text or str(item.due_on or "")
    return text + PENDING if text and item.unconfirmed else text
