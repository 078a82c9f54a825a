"""年度计划: which years an organ has, and one plan with its projects."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from duban.web.call import Reader
from models.database import key
from models.items.item import ItemState
from tasks.people.find import plans_of
from tasks.plan.show_plan import show_plan

router = APIRouter(tags=["年度计划"])


class PlanLine(BaseModel):
    """一个年度。"""

    year: int = Field(title="年度")
    title: str = Field(title="标题")
    issued_on: dt.date | None = Field(title="下达日", description="null 为尚未下达。")


class PlanList(BaseModel):
    """各年度计划，新的在前。"""

    organ: str = Field(title="单位")
    plans: list[PlanLine] = Field(title="年度计划")


class PlannedItem(BaseModel):
    """计划中的一项任务。"""

    number: str = Field(title="编号")
    title: str = Field(title="任务")
    start_on: dt.date | None = Field(title="开始日")
    due_on: dt.date | None = Field(title="时限")
    due_text: str | None = Field(title="时限原文")
    recurrence: str | None = Field(title="周期规则", description="RFC 5545 的 RRULE。")
    lead: str | None = Field(title="牵头单位")
    cooperating: list[str] = Field(title="配合单位")
    leaders: list[str] = Field(title="责任领导")
    handler: str | None = Field(title="承办人")
    state: ItemState = Field(title="状态")
    missing: list[str] = Field(title="缺项")
    source: str | None = Field(title="来源")
    percent: int = Field(title="进度（%）")


class PlannedProject(BaseModel):
    """一个项目。"""

    name: str = Field(title="项目")
    items: list[PlannedItem] = Field(title="任务")


class PlanShown(BaseModel):
    """一个年度计划。"""

    plan: str = Field(title="标题")
    year: int = Field(title="年度")
    state: str = Field(title="状态", description="draft 未下达，issued 已下达。")
    issued_on: dt.date | None = Field(title="下达日")
    projects: list[PlannedProject] = Field(title="项目")


@router.get("/plans", summary="各年度计划", operation_id="list_plans")
def plans(call: Reader) -> PlanList:
    """本单位有哪些年度的计划。"""
    with call.reading() as session:
        call.seen(session)
        rows = plans_of(session, key(call.organ.id))
    shown = [PlanLine(year=row.year, title=row.title, issued_on=row.issued_on) for row in rows]
    return PlanList(organ=call.organ.name, plans=shown)


@router.get("/plans/{year}", summary="一个年度计划", operation_id="show_plan")
def plan(call: Reader, year: Annotated[int, Path(title="年度", ge=1990, le=2200)]) -> PlanShown:
    """一个年度的项目和任务，限本人可以查看的。"""
    with call.reading() as session:
        call.seen(session)
        found = call.plan(session, year)
        return PlanShown.model_validate(show_plan(session, found, on=call.on, by=call.by))
