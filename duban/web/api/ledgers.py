"""台账 by their first addresses: three ledgers, to be read. `ledgers_rows` has them all, and takes rows."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.web.api_fields import After, Limit
from duban.web.call import Call, Reader
from models.ledgers.enforcement_case import Outcome, Procedure
from models.ledgers.kinds import KINDS
from models.people.permission import Action
from models.people.person import Person
from models.people.personal_duty import Duty
from tasks.acting.authorize import authorize_organ
from tasks.ledgers.browse import rows_after
from tasks.people.find import names_of

router = APIRouter(tags=["台账"])

FromOn = Annotated[dt.date | None, Query(title="从哪天起")]
UntilOn = Annotated[dt.date | None, Query(title="到哪天为止", description="含当日。")]


class CaseShown(BaseModel):
    """一起行政执法案件。"""

    id: int = Field(title="id")
    number: str | None = Field(title="案号")
    title: str | None = Field(title="案件")
    procedure: Procedure = Field(title="程序")
    decided_on: dt.date = Field(title="决定日")
    fine: Decimal = Field(title="罚款（元）")
    outcome: Outcome = Field(title="复议诉讼结果")


class CaseList(BaseModel):
    """一批案件，按编号。"""

    cases: list[CaseShown] = Field(title="案件")
    next: int | None = Field(title="下一页的 after")


class StudyShown(BaseModel):
    """一次学习研讨。"""

    id: int = Field(title="id")
    held_on: dt.date = Field(title="举行日")
    topic: str = Field(title="主题")
    people: int | None = Field(title="人数")


class StudyList(BaseModel):
    """一批学习研讨，按编号。"""

    studies: list[StudyShown] = Field(title="学习研讨")
    next: int | None = Field(title="下一页的 after")


class ActShown(BaseModel):
    """一次履职。"""

    id: int = Field(title="id")
    person: str | None = Field(title="履职人")
    item: int | None = Field(title="任务（id）")
    kind: Duty = Field(title="类别")
    on: dt.date = Field(title="日期")
    text: str = Field(title="内容")
    document_number: str | None = Field(title="文号")


class ActList(BaseModel):
    """一批履职记录，按编号。"""

    acts: list[ActShown] = Field(title="履职记录")
    next: int | None = Field(title="下一页的 after")


@router.get("/ledgers/cases", summary="执法案件台账", operation_id="list_cases", deprecated=True)
def cases(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> CaseList:
    """行政执法案件，按决定日筛选。"""
    with call.reading() as session:
        found, following = _rows(session, call, "case", from_on, until_on, after, limit)
    return CaseList(cases=[CaseShown.model_validate(row.model_dump()) for row in found], next=following)


@router.get("/ledgers/studies", summary="学习研讨台账", operation_id="list_studies", deprecated=True)
def studies(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> StudyList:
    """中心组学习研讨，按举行日筛选。"""
    with call.reading() as session:
        found, following = _rows(session, call, "study", from_on, until_on, after, limit)
    return StudyList(studies=[StudyShown.model_validate(row.model_dump()) for row in found], next=following)


@router.get("/ledgers/acts", summary="履职记录", operation_id="list_acts", deprecated=True)
def acts(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> ActList:
    """第一责任人和分管领导的履职记录，按日期筛选。"""
    with call.reading() as session:
        found, following = _rows(session, call, "act", from_on, until_on, after, limit)
        names = names_of(session, Person, [row.person_id for row in found])
    shown = [{**row.model_dump(), "person": names.get(row.person_id), "item": row.item_id} for row in found]
    return ActList(acts=[ActShown.model_validate(row) for row in shown], next=following)


def _rows(
    session: Session,
    call: Call,
    code: str,
    from_on: dt.date | None,
    until_on: dt.date | None,
    after: int,
    limit: int,
) -> tuple[list[Any], int | None]:
    """A page of the organ's rows, where the person may see the whole organ, and where the next one starts."""
    authorize_organ(session, call.by, Action.VIEW, call.organ.id)
    call.seen(session)
    return rows_after(session, call.organ, KINDS[code], after, limit=limit, from_on=from_on, until_on=until_on)
