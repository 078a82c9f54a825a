"""What a supervisor does to the list by hand: an item added, changed, its day adjusted, ended."""

from collections.abc import Mapping
from typing import Any

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from duban.acts.item_work import REASON
from models.field import FieldType as Takes
from models.items.item import Importance, ItemState, SourceKind, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.lookback import Lookback
from models.people.permission import Action

_PROGRAMS = Way.PROGRAM | Way.COMMAND
"""The pages have a form of their own."""
_LISTED = "已登记人员的姓名，多位用顿号隔开，第一位为主。"
FIELDS: tuple[Entry, ...] = (
    Entry("title", "任务", Takes.LONG_TEXT, longest=1000, ways=_PROGRAMS, example="开展规范性文件清理"),
    Entry("deliverable", "成果形式", Takes.LONG_TEXT, longest=1000, ways=_PROGRAMS),
    Entry("project", "项目", longest=300, ways=_PROGRAMS),
    Entry("lead", "牵头单位", longest=300, ways=_PROGRAMS, hint="不是本单位科室的，按原文保留。"),
    Entry("cooperating", "配合单位", longest=2000, ways=_PROGRAMS, hint="多个用顿号隔开。"),
    Entry("leaders", "牵头领导", longest=500, ways=_PROGRAMS, hint=_LISTED),
    Entry("handler", "承办人", longest=100, ways=_PROGRAMS, hint="已登记人员的姓名。"),
    Entry("start", "开始时间", longest=100, ways=_PROGRAMS),
    Entry("due", "完成时限", longest=200, ways=_PROGRAMS, hint="如 6月底前、每季度。", example="6月底前"),
    Entry("yearly", "每年", longest=10, ways=_PROGRAMS, hint="每年都做的常设工作写“是”，或不填。"),
    Entry("importance", "重要程度", Takes.CHOICE, choices=Importance, ways=_PROGRAMS),
    Entry("source_kind", "来源类别", Takes.CHOICE, choices=SourceKind, ways=_PROGRAMS),
    Entry("source_number", "文号", longest=200, ways=_PROGRAMS),
    Entry("source", "来源", Takes.LONG_TEXT, longest=4000, ways=_PROGRAMS),
    Entry("target", "目标数量", longest=40, ways=_PROGRAMS, hint="如 4场。"),
    Entry("evidence_rule", "佐证要求", Takes.LONG_TEXT, longest=500, ways=_PROGRAMS),
    Entry("note", "备注", Takes.LONG_TEXT, longest=2000, ways=_PROGRAMS),
    Entry("secrecy", "密级", longest=10, ways=_PROGRAMS, hint="内部，或不填。"),
)  # fmt: skip
"""What an item says of itself, each as it is typed."""


def typed(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an item that were given, as they are typed."""
    return {entry.name: str(given[entry.name]) for entry in FIELDS if given.get(entry.name)}


def _add(deed: Deed[AnnualPlan]) -> ActOutcome:
    from tasks.items.add_item import add_item
    from tasks.items.read_typed import due_in_words, read_typed
    from tasks.plan.issue import issue

    session, plan, by, given = deed.session, deed.upon, deed.by, deed.given
    texts = typed(given)
    item = add_item(session, plan, read_typed(session, plan, texts, by=by), by=by, number=given.get("number"))
    read_as = due_in_words(plan, texts["due"]) if "due" in texts else ""
    said = f"已新增任务 {item.number}" + (f"，时限识别结果：{read_as}" if read_as else "")
    if given.get("issue"):
        issue(session, plan, by=by, lookback=given["past"], only=item)
        said += "，已下达"
    elif item.missing:
        said += f"；拟办，还缺{'、'.join(item.missing)}"
    data = {
        "id": item.id, "item": item.number, "state": item.state, "due_on": item.due_on, "recurrence": item.recurrence,
        "read_as": read_as or None, "missing": item.missing,
    }  # fmt: skip
    return ActOutcome(f"{said}。", [item.id or 0], data)


ADD = Act(
    "add", Action.ADD_ITEM, "新增任务", _add,
    (
        Entry("number", "编号", longest=64, ways=_PROGRAMS, hint="不填则接续计划中的编号。"),
        *FIELDS,
        Entry("issue", "立即下达", Takes.TICK, ways=_PROGRAMS, help="立即下达；不写则存为拟办。"),
        Entry(
            "past", "时限已过时怎样处理", Takes.CHOICE, choices=Lookback, default=Lookback.NONE, ways=_PROGRAMS,
            help="立即下达而时限已过时：不追溯、只提醒、全部。",
        ),
    ),
    help="新增一项任务：存为拟办，或 --issue 立即下达。",
)  # fmt: skip


def _edit(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.edit_item import edit_item
    from tasks.items.read_typed import read_typed

    session, item, by = deed.session, deed.upon, deed.by
    plan = session.get_one(AnnualPlan, item.plan_id)
    wanted = read_typed(session, plan, typed(deed.given), by=by, department_id=item.department_id)
    changes = edit_item(session, item, wanted, by=by, reason=deed.given.get("reason") or "")
    data = {
        "item": item.number, "state": item.state,
        "changes": [{"field": one.name, "from": one.was, "to": one.wanted} for one in changes],
    }  # fmt: skip
    signs = (
        "，待重新签收" if item.state is ItemState.ISSUED and item.assignments > 1 and item.issued_on == by.on else ""
    )
    return ActOutcome(f"任务 {item.number} 已修改{signs}：{'；'.join(map(str, changes))}。", data=data)


EDIT = Act(
    "edit", Action.EDIT, "修改", _edit,
    (
        *FIELDS,
        Entry("reason", "理由", Takes.LONG_TEXT, longest=1000, help="修改的理由；已下达的任务必须写明。"),
    ),
    help="修改任务：只改写明的内容，写 - 清除原有内容；换单位、换承办人须重新签收。",
)  # fmt: skip


def _adjust(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.edit_item import edit_item
    from tasks.items.extend import pending_extension
    from tasks.items.read_typed import read_typed

    session, item, by = deed.session, deed.upon, deed.by
    plan = session.get_one(AnnualPlan, item.plan_id)
    wanted = read_typed(session, plan, {"due": deed.given["due"]}, by=by)
    before = item.due_on
    edit_item(session, item, wanted, by=by, reason=deed.given["reason"], adjust=True)
    asked = pending_extension(session, item)
    if asked is not None:
        said = f"任务 {item.number} 的时限调整已提请审批（{'；'.join(asked.changes)}），批准前时限不变。"
    else:
        said = f"任务 {item.number} 的时限已由 {before} 调整为 {item.due_on}。"
    data = {"item": item.number, "from_on": before, "due_on": item.due_on, "asked": asked.id if asked else None}
    return ActOutcome(said, data=data)


ADJUST = Act(
    "adjust", Action.ADJUST, "调整时限", _adjust,
    (
        Entry(
            "due", "新的完成时限", required=True, longest=200, hint="如 9月30日、9月底前、每季度。", called="时限",
            example="9月30日",
        ),
        REASON,
    ),
    explains="记为计划调整，不占承办人的延期次数；原定时限仍作考核依据。策略要求审批的，批准后才改。",
    help="调整时限（计划调整）：写明理由；策略要求审批的，批准后才改。原定时限仍作考核依据。",
)  # fmt: skip


def _cancel(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.cancel_item import cancel_item

    item = deed.upon
    was_draft = item.state is ItemState.DRAFT
    cancel_item(deed.session, item, by=deed.by, **deed.given)
    said = f"任务 {item.number} 已{'撤销' if was_draft else '终止'}。"
    return ActOutcome(said, data={"item": item.number, "state": item.state, "cancelled_on": item.cancelled_on})


CANCEL = Act(
    "cancel", Action.CANCEL, "终止", _cancel, (REASON,), grave=True,
    explains="不是办结：停止提醒和升级，此后不计逾期；以前已逾期的照记。还是拟办的，即告撤销。",
    help="终止任务（不是办结），停止督办并告知承办人；拟办的即告撤销。",
)  # fmt: skip
