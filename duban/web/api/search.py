"""查找: everything of the organ that holds certain words, counted by groups."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from duban.web.api_fields import PLAIN, Named, named
from duban.web.call import Reader
from models.words import LONGEST
from tasks.search.find import search
from tasks.search.sources import SearchGroup

router = APIRouter(tags=["查找"])


class FindShown(BaseModel):
    """找到的一项。"""

    what: str = Field(title="是什么", examples=["进展填报"])
    id: int = Field(title="编号")
    title: str = Field(title="名称或所在的文字")
    text: str | None = Field(title="另一处所在的文字")
    who: str | None = Field(title="何人或牵头单位")
    on: dt.date | None = Field(title="日期")
    item_id: int | None = Field(title="有关任务的 id")
    item: str | None = Field(title="有关任务的编号和名称")
    ledger: str | None = Field(title="台账代码")


class GroupShown(BaseModel):
    """一种内容。"""

    group: Named = Field(title="种类")
    total: int = Field(title="共有几项")
    page: int = Field(title="第几页")
    pages: int = Field(title="共几页")
    finds: list[FindShown] = Field(title="找到的")


class FoundAll(BaseModel):
    """找到的内容，按种类。"""

    total: int = Field(title="共有几项")
    groups: list[GroupShown] = Field(title="各种内容")


@router.get("/search", summary="查找", operation_id="search")
def find(
    call: Reader,
    q: Annotated[
        str,
        Query(
            title="要找的词", description="几个词用空格分开，先后不论，最多 8 个。", max_length=LONGEST, pattern=PLAIN
        ),
    ],
    group: Annotated[SearchGroup | None, Query(title="种类", description="缺省为各种都给出前几项。")] = None,
    page: Annotated[int, Query(title="页", description="与 group 同用。", ge=1, le=10_000)] = 1,
) -> FoundAll:
    """本人可以查看、含有全部这些词的内容；看不到的不计数。"""
    with call.reading() as session:
        call.seen(session)
        found = search(session, call.organ, q, by=call.by, group=group, page=page)
    return FoundAll(
        total=found.total,
        groups=[
            GroupShown(
                group=named(one.group), total=one.total, page=one.page, pages=one.pages,
                finds=[FindShown.model_validate(each.data()) for each in one.finds],
            )
            for one in found.groups
            if group in (None, one.group)
        ],
    )  # fmt: skip
