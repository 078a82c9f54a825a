"""Days and pressure: extensions asked for and decided, suspension, urging."""

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from duban.acts.item_work import REASON, has_pieces
from models.actor import Actor
from models.field import FieldType as Takes
from models.items.extension import ExtensionState
from models.items.item import WorkItem
from models.people.permission import Action


def _extend(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.extend import extend

    item = deed.upon
    asked = extend(deed.session, item, by=deed.by, **deed.given)
    said = f"已申请由 {asked.from_on} 延至 {asked.proposed_on}{'（逾期申请）' if asked.late else ''}，待"
    levels = len(asked.levels)
    return ActOutcome(
        f"{said}审批。",
        [asked.id or 0],
        {
            "id": asked.id, "item": item.number, "from_on": asked.from_on, "proposed_on": asked.proposed_on,
            "late": asked.late, "levels": levels,
        },
        f"任务 {item.number} {said} {levels} 级审批。",
    )  # fmt: skip


def _is_due(session: Session, item: WorkItem, by: Actor) -> bool:
    from tasks.items.extend import current_deadline

    return by.on >= current_deadline(session, item).due_on


def _snooze(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.snooze import snooze

    item = deed.upon
    made = snooze(deed.session, item, by=deed.by, **deed.given)
    said = f"任务 {item.number} 的提醒 {made.until_on} 起再发给您。"
    return ActOutcome(said, data={"item": item.number, "until_on": made.until_on})


SNOOZE = Act(
    "snooze", Action.SNOOZE, "稍后提醒", _snooze,
    (
        Entry(
            "until_on", "何日起再提醒", Takes.DAY, required=True, called="提醒日",
            hint="工作日，最远 10 个工作日，不晚于时限。", help="何日起再提醒：工作日，最远 10 个工作日，不晚于时限。",
        ),
    ),
    explains="只推迟发给您本人的提醒，每个时限一次；升级督办、催办和批示照发。督办员在任务页上看得到。",
    help="稍后提醒：推迟发给本人的提醒，每个时限一次；升级督办、催办和批示照发。",
    # The command stands beside the others about notices.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


EXTEND = Act(
    "extend", Action.EXTEND, "申请延期", _extend,
    (
        Entry("to", "延至", Takes.DAY, required=True, called="新时限", help="申请延至哪一天。"),
        Entry("reason", "原因", Takes.LONG_TEXT, required=True, longest=1000, help="理由。"),
        Entry("progress", "目前进展", Takes.LONG_TEXT, required=True, longest=2000),
        Entry("evidence", "依据的材料", Takes.PIECES, shown=has_pieces, help="可写几个。"),
        Entry(
            "late", "时限已到，确需补办（将记为逾期申请）", Takes.TICK, shown=_is_due,
            help="时限已到，确需补办；将记为逾期申请。",
        ),
    ),
    explains="须在到期前提出；原定时限仍作考核依据。", help="申请延期：到期前提出，写明原因、新时限和进展。",
)  # fmt: skip


def _approve(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.extend import decide_extension

    item = deed.upon
    decided = decide_extension(deed.session, item, by=deed.by, approve=True, **deed.given)
    if decided.state is ExtensionState.APPROVED:
        said = f"延期已批准，新的时限 {decided.granted_on}。"
    else:
        said = f"延期已通过第 {decided.level} 级，待下一级审批。"
    return ActOutcome(
        said,
        data={
            "id": decided.id, "item": item.number, "state": decided.state, "level": decided.level,
            "granted_on": decided.granted_on, "due_on": item.due_on,
        },
        words=f"任务 {item.number} 的{said}",
    )  # fmt: skip


APPROVE = Act(
    "approve", Action.DECIDE_EXTENSION, "批准延期", _approve,
    (
        Entry(
            "to", "批准的时限", Takes.DAY, hint="不填则为申请的或上一级批准的日期。", called="批准的时限",
            help="批准的新时限；缺省为上一级批准的或申请的日期。",
        ),
        Entry("comment", "批复意见", Takes.LONG_TEXT, longest=1000),
    ),
    explains="最后一级批准后时限即改；原定时限仍作考核依据。", address="approve_extension",
    help="批准延期（逐级）；最后一级批准后时限即改，原时限仍作考核依据。",
)  # fmt: skip


def _refuse(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.extend import decide_extension

    item = deed.upon
    decided = decide_extension(deed.session, item, by=deed.by, approve=False, comment=deed.given["reason"])
    said = f"延期未批准，时限仍为 {item.due_on}。"
    data = {"id": decided.id, "item": item.number, "state": decided.state, "due_on": item.due_on}
    return ActOutcome(said, data=data, words=f"任务 {item.number} 的{said}")


REFUSE = Act(
    "refuse", Action.DECIDE_EXTENSION, "不批准延期", _refuse, (REASON,), approve=False,
    explains="时限不变。", address="refuse_extension", help="不批准延期；时限不变。",
)  # fmt: skip


def _decide_adjustment(deed: Deed[WorkItem], *, approve: bool, comment: str | None) -> ActOutcome:
    from tasks.items.extend import decide_extension

    item = deed.upon
    decided = decide_extension(
        deed.session, item, by=deed.by, approve=approve, comment=comment, action=Action.DECIDE_ADJUSTMENT
    )
    said = {
        ExtensionState.APPROVED: f"时限调整已批准，时限 {item.due_on}。",
        ExtensionState.REFUSED: f"时限调整未批准，时限仍为 {item.due_on}。",
    }.get(decided.state, f"时限调整已通过第 {decided.level} 级，待下一级审批。")
    data = {"id": decided.id, "item": item.number, "state": decided.state, "level": decided.level,
            "due_on": item.due_on}  # fmt: skip
    return ActOutcome(said, data=data, words=f"任务 {item.number} 的{said}")


def _approve_adjustment(deed: Deed[WorkItem]) -> ActOutcome:
    return _decide_adjustment(deed, approve=True, comment=deed.given["comment"])


def _refuse_adjustment(deed: Deed[WorkItem]) -> ActOutcome:
    return _decide_adjustment(deed, approve=False, comment=deed.given["reason"])


APPROVE_ADJUSTMENT = Act(
    "approve-adjustment", Action.DECIDE_ADJUSTMENT, "批准调整", _approve_adjustment,
    (Entry("comment", "批复意见", Takes.LONG_TEXT, longest=1000),),
    explains="最后一级批准后时限即按所提请的改；原定时限仍作考核依据。",
    help="批准督办员提请的时限调整（逐级）；最后一级批准后时限即改。",
)  # fmt: skip

REFUSE_ADJUSTMENT = Act(
    "refuse-adjustment", Action.DECIDE_ADJUSTMENT, "不批准调整", _refuse_adjustment, (REASON,), approve=False,
    explains="时限不变。", help="不批准督办员提请的时限调整；时限不变。",
)  # fmt: skip


def _urge(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.urge import urge

    slip = urge(deed.session, [deed.upon], by=deed.by, **deed.given)
    return ActOutcome(f"已催办：{slip.written_number}。", [slip.id or 0])


URGE = Act(
    "urge", Action.URGE, "催办", _urge,
    (
        Entry(
            "demand", "催办要求", Takes.LONG_TEXT, longest=500, hint="不填则为“请抓紧办理，在回复期限前填报进展”。"
        ),
        Entry("reply_by", "回复期限", Takes.DAY, hint="不填为 3 个工作日内。", called="回复期限"),
    ),
    explains="出一张催办单，列入文书。",
    # `duban item urge` takes several items at once.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _suspend(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.suspend import suspend

    item, by = deed.upon, deed.by
    suspend(deed.session, item, by=by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 已中止：停止计时和提醒。",
        data={"item": item.number, "state": item.state, "from_on": by.on},
        words=f"任务 {item.number} 自 {by.on} 中止。",
    )


SUSPEND = Act(
    "suspend", Action.SUSPEND, "中止", _suspend, (REASON,), grave=True,
    explains="停止计时和提醒，恢复后时限按策略顺延。", help="中止：停止计时和提醒，恢复后时限按策略顺延。",
)  # fmt: skip


def _resume(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.suspend import resume

    item = deed.upon
    span = resume(deed.session, item, by=deed.by)
    return ActOutcome(
        f"任务 {item.number} 已恢复，顺延 {span.days} {span.unit.label}，时限 {item.due_on}。",
        data={"item": item.number, "state": item.state, "days": span.days, "unit": span.unit, "due_on": item.due_on},
    )


RESUME = Act(
    "resume", Action.RESUME, "恢复", _resume,
    explains="从今天起恢复计时和提醒，时限按中止的天数顺延。", help="恢复：时限按中止的天数顺延。",
)  # fmt: skip
