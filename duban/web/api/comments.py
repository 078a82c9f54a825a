"""留言: what was said about an item, page by page. Saying something is one of the item's acts."""

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel, Field

from duban.web.api_fields import After, Limit, RowId
from duban.web.call import Reader
from tasks.acting.find_seen import seen_item
from tasks.items.show_comments import list_comments

router = APIRouter(tags=["任务"])


class CommentShown(BaseModel):
    """一条留言。"""

    id: int = Field(title="编号")
    on: dt.date = Field(title="日期")
    at: dt.datetime = Field(title="时间")
    person: str = Field(title="留言人")
    stands_for: str | None = Field(title="代何人", validation_alias="for")
    mine: bool = Field(title="本人的留言")
    text: str | None = Field(title="内容", description="已撤回的为 null。")
    mentions: list[str] = Field(title="提到的人")
    copies: list[str] = Field(title="抄送的人")
    taken_back_on: dt.date | None = Field(title="撤回日")


class CommentList(BaseModel):
    """一批留言，按编号。"""

    comments: list[CommentShown] = Field(title="留言")
    next: int | None = Field(title="下一页的 after", description="没有更多时为 null。")


@router.get("/items/{item_id}/comments", summary="一项任务的留言", operation_id="list_comments")
def comments(call: Reader, item_id: RowId, after: After = 0, limit: Limit = 100) -> CommentList:
    """一项任务的留言，按编号逐批给出。留言用 acts/comment，撤回用 acts/withdraw_comment。"""
    with call.reading() as session:
        item = seen_item(session, item_id, by=call.by)
        call.seen(session)
        listed = list_comments(session, item, by=call.by, after=after, limit=limit + 1)
    shown = [CommentShown.model_validate(row) for row in listed[:limit]]
    return CommentList(comments=shown, next=shown[-1].id if len(listed) > limit else None)
