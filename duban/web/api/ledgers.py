"""台账 by their first addresses: three ledgers, to be read. `ledgers_rows` has them all, and takes rows."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, SQLModel, col, select

from duban.web.api_fields import After, Limit
from duban.web.call import Call, Reader
from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.ledgers.leadership_act import Duty, LeadershipAct
from models.ledgers.study_session import StudySession
from models.permission import Action
from models.person import Person
from tasks.acting.authorize import authorize_organ

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
    fine: Decimal = Field(title="罚款(元)")
    outcome: Outcome = Field(title="复议诉讼结果")


class CaseList(BaseModel):
    """一批案件,按编号。"""

    cases: list[CaseShown] = Field(title="案件")
    next: int | None = Field(title="下一页的 after")


class StudyShown(BaseModel):
    """一次学习研讨。"""

    id: int = Field(title="id")
    held_on: dt.date = Field(title="举行日")
    topic: str = Field(title="主题")
    people: int | None = Field(title="人数")


class StudyList(BaseModel):
    """一批学习研讨,按编号。"""

    studies: list[StudyShown] = Field(title="学习研讨")
    next: int | None = Field(title="下一页的 after")


class ActShown(BaseModel):
    """一次履职。"""

    id: int = Field(title="id")
    person: str | None = Field(title="履职人")
    item: int | None = Field(title="任务(id)")
    kind: Duty = Field(title="类别")
    on: dt.date = Field(title="日期")
    text: str = Field(title="内容")
    document_number: str | None = Field(title="文号")


class ActList(BaseModel):
    """一批履职记录,按编号。"""

    acts: list[ActShown] = Field(title="履职记录")
    next: int | None = Field(title="下一页的 after")


@router.get("/ledgers/cases", summary="执法案件台账", operation_id="list_cases", deprecated=True)
def cases(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> CaseList:
    """行政执法案件,按决定日筛选。"""
    found, following = _rows(call, EnforcementCase, "decided_on", from_on, until_on, after, limit)
    return CaseList(cases=[CaseShown.model_validate(row.model_dump()) for row in found], next=following)


@router.get("/ledgers/studies", summary="学习研讨台账", operation_id="list_studies", deprecated=True)
def studies(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> StudyList:
    """中心组学习研讨,按举行日筛选。"""
    found, following = _rows(call, StudySession, "held_on", from_on, until_on, after, limit)
    return StudyList(studies=[StudyShown.model_validate(row.model_dump()) for row in found], next=following)


@router.get("/ledgers/acts", summary="履职记录", operation_id="list_acts", deprecated=True)
def acts(
    call: Reader, from_on: FromOn = None, until_on: UntilOn = None, after: After = 0, limit: Limit = 100
) -> ActList:
    """第一责任人和分管领导的履职记录,按日期筛选。"""
    names: dict[int, str] = {}

    def name(session: Session, rows: list[Any]) -> None:
        wanted = select(Person.id, Person.name).where(col(Person.id).in_({row.person_id for row in rows}))
        names.update({person_id: called for person_id, called in session.exec(wanted) if person_id is not None})

    found, following = _rows(call, LeadershipAct, "on", from_on, until_on, after, limit, name)
    shown = [{**row.model_dump(), "person": names.get(row.person_id), "item": row.item_id} for row in found]
    return ActList(acts=[ActShown.model_validate(row) for row in shown], next=following)


def _rows(
    call: Call,
    table: type[SQLModel],
    day: str,
    from_on: dt.date | None,
    until_on: dt.date | None,
    after: int,
    limit: int,
    also: Callable[[Session, list[Any]], None] | None = None,
) -> tuple[list[Any], int | None]:
    """A page of the organ's rows, where the person may see the whole organ, and where the next one starts."""
    columns: Any = table
    with call.reading() as session:
        authorize_organ(session, call.by, Action.VIEW, call.organ.id)
        call.seen(session)
        query = select(table).where(columns.organ_id == call.organ.id, columns.id > after)
        if from_on is not None:
            query = query.where(getattr(columns, day) >= from_on)
        if until_on is not None:
            query = query.where(getattr(columns, day) <= until_on)
        found: list[Any] = list(session.exec(query.order_by(columns.id).limit(limit + 1)))
        if also is not None:
            also(session, found)
    return found[:limit], found[limit - 1].id if len(found) > limit else None
