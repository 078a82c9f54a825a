"""Asking for an item's closure, reviewing it, opening it again."""

from dataclasses import asdict

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry
from duban.acts.item_work import REASON
from models.actor import Actor
from models.field import FieldType as Takes
from models.items.item import ItemState, WorkItem
from models.people.permission import Action


def _request(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.close import request_close

    item = deed.upon
    asked = request_close(deed.session, item, by=deed.by, **deed.given)
    levels = len(asked.levels)
    return ActOutcome(
        f"任务 {item.number} 已申请办结，待审核。",
        [asked.id or 0],
        {"id": asked.id, "item": item.number, "state": item.state, "levels": levels},
        f"任务 {item.number} 已申请办结，待 {levels} 级审核。",
    )


def _recurs(_session: Session, item: WorkItem, _by: Actor) -> bool:
    return item.recurrence is not None


REQUEST_CLOSE = Act(
    "request-close", Action.REQUEST_CLOSE, "申请办结", _request,
    (
        Entry("statement", "办结情况", Takes.LONG_TEXT, required=True, longest=2000, flag="text"),
        Entry(
            "whole", "其余各期一并办结", Takes.TICK, shown=_recurs, hint="周期任务。", flag="all",
            help="周期任务：其余各期一并办结。",
        ),
    ),
    explains="通过后以今天为办结日；审核期间不再提醒。",
    help="申请办结；通过后以申请当日为办结日。周期任务办结最早未办结的一期。",
)  # fmt: skip


def _accept(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.close import accept

    number = deed.upon.number
    closure = accept(deed.session, deed.upon, by=deed.by, **deed.given)
    if closure.state is ItemState.REVIEWED:
        said = "本级审核通过，待下一级审核。"
        return ActOutcome(said, data=asdict(closure), words=f"任务 {number} {said}")
    what = "销号" if closure.state is ItemState.CLOSED else "办结本期"
    rest = f"，下一期 {closure.next_due_on}" if closure.next_due_on else ""
    timely = "按期" if closure.on_time else "逾期"
    return ActOutcome(f"任务 {number} 已{what}（{closure.done_on} {timely}办结）{rest}。", data=asdict(closure))


ACCEPT = Act(
    "accept", Action.ACCEPT, "审核通过", _accept,
    (
        Entry("comment", "审核意见", Takes.LONG_TEXT, longest=1000),
        Entry(
            "waive", "免证理由", Takes.LONG_TEXT, longest=1000, called="免证理由", metavar="理由",
            hint="佐证材料不足而同意办结时填写，记在您名下。", help="佐证材料不足而同意办结的理由，记在您名下。",
        ),
    ),
    explains="最后一级通过即销号。", help="审核通过（逐级）；最后一级通过即销号。",
)  # fmt: skip


def _return(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.close import send_back

    item = deed.upon
    send_back(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 已退回，现为“{item.state.label}”。",
        data={"item": item.number, "state": item.state, "returns": item.returns},
    )


RETURN = Act(
    "return", Action.RETURN, "退回", _return, (REASON,),
    explains="办结申请被退回的，计入退回次数，恢复计时。",
    help="退回办结申请（计入退回次数）或转办异议，须写明理由。",
)  # fmt: skip


def _reopen(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.close import reopen

    item = deed.upon
    reopen(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 已重开，时限 {item.due_on}。",
        data={"item": item.number, "state": item.state, "due_on": item.due_on, "reopenings": item.reopenings},
    )


REOPEN = Act(
    "reopen", Action.REOPEN, "重开", _reopen,
    (REASON, Entry("due_on", "新的时限", Takes.DAY, required=True, called="时限")), grave=True,
    explains="首次办结日、逾期、延期、退回的记录都保留。", help=("重开已销号的任务；首次办结日、逾期、延期、"
"退回都保留。"),
)  # fmt: skip
