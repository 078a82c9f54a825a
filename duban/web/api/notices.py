"""通知: what was sent to whom, by which rung, with what result."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from duban.web.api_fields import After, Limit, Year
from duban.web.call import Reader
from models.ladder.notice import NoticeKind, NoticeState
from models.ladder.policy import Colour
from models.people.person import Role
from tasks.notices.browse_notices import list_notices
from tasks.notices.receipts.receipt import NoticeReceipt

router = APIRouter(tags=["通知"])


class NoticeShown(BaseModel):
    """一条通知。"""

    id: int = Field(title="id")
    item: str = Field(title="任务编号")
    title: str = Field(title="任务")
    rung: str = Field(title="触发规则", examples=["到期前7天"])
    kind: NoticeKind = Field(title="类别")
    recipient: str | None = Field(title="接收人", description="null 为无人可送。")
    role: Role = Field(title="接收人的角色")
    due_on: dt.date = Field(title="时限")
    fired_on: dt.date = Field(title="生成日")
    late: bool = Field(title="补发")
    state: NoticeState = Field(title="状态")
    colour: Colour = Field(title="颜色")
    why: str = Field(title="为何收到")
    message: int | None = Field(title="所在的信", description="还没有编入任何一封的为 null。")
    receipt: NoticeReceipt = Field(title="回执代码")
    receipt_name: str = Field(title="回执", examples=["已读"])
    receipt_at: dt.datetime | None = Field(title="回执时间", description="从何时起是这样；没有时刻的为 null。")
    receipt_why: str = Field(title="回执说明", description="还没有发出或不再发出的，为何。")


class NoticeList(BaseModel):
    """一批通知，按编号。"""

    notices: list[NoticeShown] = Field(title="通知")
    next: int | None = Field(title="下一页的 after", description="没有更多时为 null。")


@router.get("/notices", summary="通知", operation_id="list_notices")
def notices(
    call: Reader,
    year: Year = None,
    on: Annotated[dt.date | None, Query(title="生成日")] = None,
    mine: Annotated[bool, Query(title="只要发给本人的")] = False,
    after: After = 0,
    limit: Limit = 100,
) -> NoticeList:
    """本人可以查看的任务的通知，按编号逐批给出：记住最后一个编号，下次从它之后读，就不漏不重。"""
    with call.reading() as session:
        plan = call.plan(session, year)
        person = call.person if mine else None
        listed = list_notices(
            session, plan=plan, on=on, person=person, by=call.by, settings=call.served.settings, after=after,
            limit=limit + 1,
        )  # fmt: skip
        # What a delivery did and who read what is no entry of the trail: what is told dates the answer itself.
        call.seen(session, listed)
    shown = [NoticeShown.model_validate(row) for row in listed[:limit]]
    return NoticeList(notices=shown, next=shown[-1].id if len(listed) > limit else None)
