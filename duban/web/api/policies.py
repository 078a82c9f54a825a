"""督办策略: the ladders of reminders and escalations with their terms."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from duban.web.api_fields import PLAIN
from duban.web.call import Reader
from models.dates.unit import Unit
from models.errors import NotFoundError
from models.ladder.policy import Colour, LagScope, Relation, ReportingCycle
from models.people.person import Role
from tasks.ladder.set_policy import list_policies, show_policy

router = APIRouter(tags=["督办策略"])


class PolicyList(BaseModel):
    """可用的策略。"""

    policies: list[str] = Field(title="名称")


class EvidenceRule(BaseModel):
    """办结所需的佐证材料。"""

    pieces: int = Field(title="件数")
    categories: list[str] = Field(title="须有的类别")


class RungShown(BaseModel):
    """一级提醒或升级。"""

    relation: Relation = Field(title="先后")
    offset: int = Field(title="天数")
    unit: Unit = Field(title="单位")
    roles: list[Role] = Field(title="通知谁")
    colour: Colour = Field(title="颜色")
    document: str | None = Field(title="文书")
    every: int | None = Field(title="每隔", description="其后每隔多少天重复。")
    times: int = Field(title="最多重复次数")


class InstructionTerm(BaseModel):
    """批示时限的一档。"""

    name: str = Field(title="名称", examples=["急件"])
    days: int = Field(title="天数")


class PolicyShown(BaseModel):
    """一个策略的全部。"""

    name: str = Field(title="名称")
    near_days: int = Field(title="临期天数（工作日）")
    lag_yellow: int | None = Field(title="滞后线")
    lag_red: int | None = Field(title="严重滞后线")
    lag_of: LagScope = Field(title="按进度判断哪些任务")
    objection_days: int = Field(title="异议期限（工作日）")
    extension_limit: int = Field(title="延期次数上限")
    extension_levels: list[list[Role]] = Field(title="延期审批层级")
    adjustment_levels: list[list[Role]] = Field(title="调整时限审批层级，空的不需审批")
    closure_levels: list[list[Role]] = Field(title="办结审核层级")
    evidence_rules: dict[str, EvidenceRule] = Field(title="佐证规则", description="按任务的重要程度。")
    urge_gap: int = Field(title="催办间隔（工作日）")
    instruction_close_days: int = Field(title="批示办结期限（工作日）")
    instruction_terms: list[InstructionTerm] = Field(title="批示时限档次")
    instruction_unit: Unit = Field(title="档次的单位")
    filling: ReportingCycle = Field(title="填报周期")
    filling_day: int = Field(title="填报日")
    suspension_unit: Unit = Field(title="中止顺延的单位")
    rungs: list[RungShown] = Field(title="各级")


@router.get("/policies", summary="督办策略", operation_id="list_policies")
def policies(call: Reader) -> PolicyList:
    """可用的策略。"""
    with call.reading() as session:
        call.seen(session)
        return PolicyList(policies=[policy.name for policy in list_policies(session)])


@router.get("/policies/{name}", summary="一个督办策略", operation_id="show_policy")
def policy(call: Reader, name: Annotated[str, Path(title="名称", max_length=100, pattern=PLAIN)]) -> PolicyShown:
    """一个策略：各级提醒升级，亮灯、延期、办结、填报的规定。"""
    with call.reading() as session:
        call.seen(session)
        for found in list_policies(session):
            if found.name == name:
                return PolicyShown.model_validate(show_policy(session, found))
    raise NotFoundError(f"没有名为“{name}”的督办策略。")
