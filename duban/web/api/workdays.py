"""工作日: which days an office works, and why."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from duban.web.call import Reader
from models.dates.day_override import office_calendar
from models.dates.days import days_from
from models.errors import BadInputError

router = APIRouter(tags=["工作日"])

MOST = 400
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2199, 12, 31)


class WorkdayShown(BaseModel):
    """一天。"""

    on: dt.date = Field(title="日期")
    working: bool = Field(title="上班")
    provisional: bool = Field(title="暂定", description="当年放假安排尚未公布。")
    why: str = Field(title="说明", examples=["工作日"])


class WorkdayList(BaseModel):
    """逐日的安排。"""

    days: list[WorkdayShown] = Field(title="各日")


@router.get("/workdays", summary="工作日", operation_id="list_workdays")
def workdays(
    call: Reader,
    from_on: Annotated[dt.date | None, Query(title="从哪天起", description="缺省为今天。")] = None,
    until_on: Annotated[
        dt.date | None, Query(title="到哪天为止", description=f"含当日，最多 {MOST} 天；缺省为其后 30 天。")
    ] = None,
) -> WorkdayList:
    """各日是否上班和原因：法定节假日、调休和本单位安排。"""
    first = from_on or call.on
    last = until_on or min(first, LATEST) + dt.timedelta(days=30)
    if not EARLIEST <= first <= last <= LATEST or (last - first).days >= MOST:
        raise BadInputError(f"从 {first} 到 {last} 不可用：应为 {EARLIEST} 至 {LATEST} 之间先后两天，最多 {MOST} 天。")
    with call.reading() as session:
        call.seen(session)
        calendar = office_calendar(session, organ_id=call.organ.id)
    days = days_from(first, last)
    return WorkdayList(
        days=[
            WorkdayShown(
                on=day, working=calendar.is_working(day), provisional=calendar.is_provisional(day),
                why=calendar.why(day),
            )
            for day in days
        ]
    )  # fmt: skip
