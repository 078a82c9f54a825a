"""任务: the list, page by page, and one item with everything recorded of it."""

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.acts.declaration import Way
from duban.acts.item import ACTS
from duban.web.api_fields import LARGEST, PLAIN, Limit, Named, RowId, Year, named, of_table
from duban.web.call import Call, Reader
from duban.web.items.offers import offers
from models.coded import Coded
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.items.closure import ClosureRequest, ClosureReview
from models.items.evidence import Evidence
from models.items.extension import Extension, ExtensionDecision
from models.items.instruction import Instruction, InstructionReply
from models.items.item import DeadlineKind, Importance, ItemState, MoveCause, WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.ladder.light import Light
from models.ladder.lookback import Lookback
from tasks.acting.find_seen import seen_children, seen_item
from tasks.items.show_item import show_item
from tasks.lists.browse_items import USUAL, ItemListing
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.item_line import ItemLine
from tasks.lists.order_items import Order, Sorting, place_of
from tasks.people.find import find_department, people_named
from tasks.trail.changes_since import newest_entry

router = APIRouter(tags=["任务"])


class ListedLine(BaseModel):
    """列表中的一项任务。"""

    id: int = Field(title="id")
    number: str = Field(title="编号", examples=["3"])
    title: str = Field(title="任务")
    project: str = Field(title="项目")
    unit: str = Field(title="牵头单位")
    handler: str | None = Field(title="承办人")
    leader: str | None = Field(title="分管领导")
    state: Named = Field(title="状态")
    light: Named = Field(title="亮灯")
    colour: str = Field(title="颜色", description="red、yellow、green、grey、blue。")
    due_on: dt.date | None = Field(title="时限")
    distance: str = Field(title="距时限", examples=["还有5个工作日"])
    percent: int = Field(title="进度（%）")
    reported_on: dt.date | None = Field(title="最近填报日")
    importance: Named = Field(title="重要程度")
    source: str = Field(title="来源和文号")
    closed_on: dt.date | None = Field(title="销号日")
    parent: str | None = Field(title="上级任务的编号")
    mine: bool = Field(title="由本人填报")


class ListedItems(BaseModel):
    """一页任务。"""

    year: int = Field(title="年度")
    total: int = Field(title="符合条件的任务数")
    items: list[ListedLine] = Field(title="任务")
    next: str | None = Field(title="下一页的 cursor", description="没有下一页时为 null；也在 Link 头中。")
    previous: str | None = Field(title="上一页的 cursor", description="与 back=true 一起用。")


class DayMove(BaseModel):
    """时限的一次变更。"""

    from_on: dt.date = Field(title="原为")
    to_on: dt.date = Field(title="改为")
    cause: MoveCause = Field(title="原因")
    on: dt.date | None = Field(title="变更日")
    reason: str = Field(title="理由")
    person: str | None = Field(title="经办人")


class DeadlineShown(BaseModel):
    """一个时限，自己说明来历。"""

    id: int = Field(title="id")
    kind: DeadlineKind = Field(title="类别")
    title: str | None = Field(title="名称")
    due_on: dt.date = Field(title="时限")
    original_due_on: dt.date = Field(title="原定时限")
    lookback: Lookback | None = Field(title="下达时已过的，怎样处理")
    claimed_on: dt.date | None = Field(title="申请办结日")
    done_on: dt.date | None = Field(title="完成日")
    taken_back: bool = Field(title="已取消", description="计划改变或任务终止而取消的，不是完成。")
    why: str = Field(title="说明")
    moves: list[DayMove] = Field(title="历次变更")


class ReceiptShown(BaseModel):
    """一个单位的签收。"""

    unit: str = Field(title="单位")
    lead: bool = Field(title="牵头")
    assignment: int = Field(title="交办次序")
    issued_on: dt.date = Field(title="下达日")
    signed_on: dt.date | None = Field(title="签收日")
    signed_at: dt.datetime | None = Field(title="签收时间")
    person: str | None = Field(title="签收人")
    stands_for: str | None = Field(title="代何人", validation_alias="for")


class ChildShown(BaseModel):
    """一个子任务；不在查看范围内的没有 id。"""

    id: int | None = Field(title="id")
    number: str = Field(title="编号")
    title: str = Field(title="任务")
    state: ItemState = Field(title="状态")


class DocumentOfItem(BaseModel):
    """一件文书。"""

    id: int = Field(title="id")
    number: str = Field(title="文号")
    title: str = Field(title="标题")
    on: dt.date = Field(title="成文日")


class OfferedAct(BaseModel):
    """现在可以做的一件事。"""

    act: str = Field(title="办理代码", examples=["sign"])
    name: str = Field(title="办理")
    path: str = Field(title="地址", examples=["/api/v1/items/1/acts/sign"])


_Progress = of_table("ProgressShown", ProgressEntry, "一次进展填报。", ["recorded_at", "accepted_at"])
_Evidence = of_table("EvidenceShown", Evidence, "一份佐证材料的一版。", ["recorded_at"])
_Decision = of_table("DecisionShown", ExtensionDecision, "一级的审批。", ["extension_id", "recorded_at"])
_Extension = of_table(
    "ExtensionShown",
    Extension,
    "一次延期申请，或须审批的时限调整（有 changes 的）。",
    ["recorded_at", "adjusts"],
    {"decisions": list[_Decision]},  # type: ignore[valid-type]
)
_Review = of_table("ReviewShown", ClosureReview, "一级的审核。", ["request_id", "recorded_at"])
_Closure = of_table(
    "ClosureShown",
    ClosureRequest,
    "一次办结申请。",
    ["recorded_at"],
    {"reviews": list[_Review]},  # type: ignore[valid-type]
)
_Suspension = of_table("SuspensionShown", Suspension, "一次中止。", ["recorded_at", "resumed_at"])
_Objection = of_table("ObjectionShown", Objection, "一次转办异议。", ["recorded_at"])
_Reply = of_table("ReplyShown", InstructionReply, "一次反馈。", ["instruction_id", "recorded_at"])
_Instruction = of_table(
    "InstructionShown",
    Instruction,
    "一件批示。",
    ["recorded_at"],
    {"replies": list[_Reply], "copies": list[str]},  # type: ignore[valid-type]
)
_Urge = of_table("UrgeShown", Urge, "一次催办。", ["recorded_at"])


class ItemShown(BaseModel):
    """一项任务的全部。"""

    id: int = Field(title="id")
    year: int = Field(title="年度")
    entry: int = Field(title="最新记录", description="最近一次办理在操作记录中的编号。")
    number: str = Field(title="编号")
    title: str = Field(title="任务")
    project: str = Field(title="项目")
    state: ItemState = Field(title="状态代码")
    state_name: str = Field(title="状态")
    light: Light = Field(title="亮灯代码")
    light_name: str = Field(title="亮灯")
    colour: str = Field(title="颜色")
    unit: str = Field(title="牵头单位")
    cooperating: list[str] = Field(title="配合单位")
    people: dict[str, str] = Field(title="人员", description="角色 → 姓名，按今天在任和请假代理的情况。")
    importance: Importance = Field(title="重要程度代码")
    importance_name: str = Field(title="重要程度")
    yearly: bool = Field(title="每年", description="每年都做的常设工作。")
    percent: int = Field(title="进度（%）")
    issued_on: dt.date | None = Field(title="下达日")
    signed_on: dt.date | None = Field(title="签收日")
    due_on: dt.date | None = Field(title="时限")
    distance: str | None = Field(title="距时限")
    closed_on: dt.date | None = Field(title="销号日")
    first_closed_on: dt.date | None = Field(title="首次销号日")
    cancelled_on: dt.date | None = Field(title="终止日", description="不是办结；拟办的为撤销日。")
    source_kind: Named | None = Field(title="来源类别")
    source_number: str | None = Field(title="文号")
    extensions: int = Field(title="延期次数")
    returns: int = Field(title="退回次数")
    reopenings: int = Field(title="重开次数")
    parent: str | None = Field(title="上级任务的编号")
    children: list[ChildShown] = Field(title="子任务")
    deadlines: list[DeadlineShown] = Field(title="时限")
    receipts: list[ReceiptShown] = Field(title="签收")
    progress: list[_Progress] = Field(title="进展")  # type: ignore[valid-type]
    evidence: list[_Evidence] = Field(title="佐证材料")  # type: ignore[valid-type]
    extension_requests: list[_Extension] = Field(title="延期申请")  # type: ignore[valid-type]
    closure_requests: list[_Closure] = Field(title="办结申请")  # type: ignore[valid-type]
    suspensions: list[_Suspension] = Field(title="中止")  # type: ignore[valid-type]
    objections: list[_Objection] = Field(title="转办异议")  # type: ignore[valid-type]
    instructions: list[_Instruction] = Field(title="批示")  # type: ignore[valid-type]
    urges: list[_Urge] = Field(title="催办")  # type: ignore[valid-type]
    documents: list[DocumentOfItem] = Field(title="文书")
    may: list[OfferedAct] = Field(title="现在可以办理的", description="按本人权限、任务状态和已知的条件。")


@router.get("/items", summary="任务列表", operation_id="list_items")
def items(
    call: Reader,
    year: Year = None,
    q: Annotated[str, Query(title="编号或文字", max_length=100, pattern=PLAIN)] = "",
    standing: Annotated[
        NamedList | None, Query(title="哪些", description="未办结、我承办的、待签收、待我审批、逾期、抄送我的。")
    ] = None,
    state: Annotated[list[ItemState] | None, Query(title="状态", max_length=10)] = None,
    light: Annotated[list[Light] | None, Query(title="亮灯", max_length=10)] = None,
    importance: Annotated[Importance | None, Query(title="重要程度")] = None,
    project: Annotated[int | None, Query(title="项目（id）", ge=1, le=LARGEST)] = None,
    department: Annotated[str | None, Query(title="牵头科室的名称", max_length=200, pattern=PLAIN)] = None,
    person: Annotated[str | None, Query(title="承办人或分管领导的姓名", max_length=64, pattern=PLAIN)] = None,
    due_from: Annotated[dt.date | None, Query(title="时限不早于")] = None,
    due_until: Annotated[dt.date | None, Query(title="时限不晚于")] = None,
    sort: Annotated[Order, Query(title="排序")] = Order.DUE,
    falling: Annotated[bool, Query(title="降序")] = False,
    cursor: Annotated[str | None, Query(title="从哪里继续", description="上一页给出的 next。", max_length=4000)] = None,
    back: Annotated[bool, Query(title="往前翻")] = False,
    limit: Limit = USUAL,
) -> ListedItems:
    """本人可以查看的任务，按条件筛选、排序，逐页给出。

    翻页按位置（keyset），不按页数：翻到多深都一样快，翻页期间有增减也不漏不重。
    """
    sorting = Sorting(sort, falling)
    with call.reading() as session:
        plan = call.plan(session, year)
        call.seen(session)
        place = place_of(cursor, sorting, back=back) if cursor else None
        if cursor and place is None:
            raise BadInputError("cursor 不是在这种排序下得到的：请从第一页重新翻页，翻页时不要改变 sort 和 falling。")
        choice = Choice(
            text=q.strip(),
            standing=standing,
            states=frozenset(state or ()),
            lights=frozenset(light or ()),
            importance=importance,
            project=project,
            department=find_department(session, call.organ, department).id if department else None,
            person=_person(session, call, person) if person else None,
            due_from=due_from,
            due_until=due_until,
        )
        calendar = office_calendar(session, organ_id=call.organ.id)
        listing = ItemListing(session, plan, by=call.by, calendar=calendar, choice=choice, sorting=sorting)
        page = listing.page(place, size=limit)
    _link(call, page.next, page.previous)
    lines = [_line(line) for line in page.lines]
    return ListedItems(year=plan.year, total=page.total, items=lines, next=page.next, previous=page.previous)


@router.get("/items/{item_id}", summary="一项任务", operation_id="show_item")
def item(call: Reader, item_id: RowId) -> ItemShown:
    """一项任务的全部：人员、说明来历的时限、所有记录、本人现在可以办理的。

    答复带 ETag；办理时放在 If-Match 中带回，别人已有办理的就不会盲目覆盖。
    """
    with call.reading() as session:
        found = seen_item(session, item_id, by=call.by)
        entry = newest_entry(session, found)
        call.seen(session, prefix=f"{entry}-")
        return _shown(session, call, found, entry)


def _person(session: Session, call: Call, name: str) -> int:
    found = people_named(session, call.organ, name)
    if len(found) != 1:
        raise BadInputError(f"{call.organ.name}有 {len(found)} 位“{name}”：请写在册的姓名，且不重名。")
    return key(found[0].id)


def _line(line: ItemLine) -> ListedLine:
    values: dict[str, Any] = {name: value for name, value in vars(line).items() if not isinstance(value, Coded)}
    return ListedLine(
        **values,
        state=named(line.state),
        light=named(line.light),
        colour=line.light.colour,
        importance=named(line.importance),
    )


def _link(call: Call, following: str | None, previous: str | None) -> None:
    """The ways on, as RFC 8288 has them."""
    kept = [(name, value) for name, value in call.request.query_params.multi_items() if name not in ("cursor", "back")]
    ways = [("next", following, []), ("prev", previous, [("back", "true")])]
    links = [
        f'<{call.request.url.path}?{urlencode([*kept, ("cursor", token), *more])}>; rel="{way}"'
        for way, token, more in ways
        if token
    ]
    if links:
        call.response.headers["Link"] = ", ".join(links)


def _shown(session: Session, call: Call, item: WorkItem, entry: int) -> ItemShown:
    calendar = office_calendar(session, organ_id=item.organ_id)
    data = show_item(session, item, by=call.by, calendar=calendar)
    known = seen_children(session, item, by=call.by)
    open_now = {offer.act.code for offer in offers(session, call.by, item)}
    data |= {
        "id": item.id,
        "year": session.get_one(AnnualPlan, item.plan_id).year,
        "entry": entry,
        "state_name": item.state.label,
        "light_name": data["light"].label,
        "colour": data["light"].colour,
        "importance_name": item.importance.label,
        "source_kind": named(item.source_kind) if item.source_kind else None,
        "children": [{**child, "id": known.get(child["number"])} for child in data["children"]],
        "may": [
            OfferedAct(act=act.code, name=act.title, path=f"/api/v1/items/{item.id}/acts/{act.code}")
            for act in ACTS
            if Way.PROGRAM in act.ways and act.code in open_now
        ],
    }
    return ItemShown.model_validate(data)
