"""Every act upon an item as a form: what is asked and what will happen.

One table for all pages: an act is an entry here and a function in `duban.web.deeds`, since permission, state and
record are the business of `tasks.acting.perform`.
"""

import datetime as dt
from collections.abc import Callable

from sqlmodel import Session

from duban.web.act_form import Act, Entry, Options
from models.actor import Actor
from models.errors import NotFoundError
from models.evidence import Category
from models.item import ItemState, WorkItem
from models.ledgers.leadership_act import Duty
from models.lifecycle import LIFECYCLE
from models.permission import Action, Scope
from tasks.acting.authorize import standings
from tasks.items.attach import pieces_of
from tasks.items.extend import current_deadline
from tasks.items.milestone import open_milestones
from tasks.people.find import departments_of
from tasks.people.roster import people_in_office

__all__ = ["ACTS", "BY_VERB", "Act", "act_named"]


def _departments(session: Session, item: WorkItem, _on: dt.date) -> Options:
    return [(row.name, row.name) for row in departments_of(session, item.organ_id)]


def _people(session: Session, item: WorkItem, on: dt.date) -> Options:
    return [(str(person_id), words) for person_id, words in people_in_office(session, item.organ_id, on=on)]


def _pieces(session: Session, item: WorkItem, _on: dt.date) -> Options:
    return [(str(piece.id), f"{piece.name}(第 {piece.revision} 版)") for piece in pieces_of(session, item)]


def _milestones(session: Session, item: WorkItem, _on: dt.date) -> Options:
    return [(row.title or "", f"{row.title}({row.due_on})") for row in open_milestones(session, item)]


def _labels(kind: type[Category] | type[Duty]) -> Callable[[Session, WorkItem, dt.date], Options]:
    return lambda _session, _item, _on: [(member.label, member.label) for member in kind]


def _may_attach(session: Session, item: WorkItem, by: Actor) -> bool:
    """Files may come with a report once the item is in work; the lead's own first report puts it there."""
    if not standings(session, by, Action.ATTACH, item):
        return False
    leads = any(one.scope is not Scope.COOPERATING for one in standings(session, by, Action.REPORT, item))
    return item.state in LIFECYCLE[Action.ATTACH].sources or (item.state is ItemState.ISSUED and leads)


def _has_pieces(session: Session, item: WorkItem, by: Actor) -> bool:
    return bool(_pieces(session, item, by.on))


def _is_due(session: Session, item: WorkItem, by: Actor) -> bool:
    return by.on >= current_deadline(session, item).due_on


def _recurs(_session: Session, item: WorkItem, _by: Actor) -> bool:
    return item.recurrence is not None


_REASON = Entry("reason", "理由", "textarea", required=True, longest=1000)
_CATEGORY = Entry("category", "材料类别", "choice", options=_labels(Category), value=Category.ROUTINE.label)

ACTS: tuple[Act, ...] = (
    Act("sign", Action.SIGN, "签收", explains="签收后任务在办;配合科室各自签收。"),
    Act(
        "report", Action.REPORT, "填报进展",
        (
            Entry("content", "进展情况", "textarea", required=True, longest=4000),
            Entry("percent", "进度(%)", "number", hint="0 至 100 的整数;没有变化可不填。"),
            Entry("problems", "存在问题", "textarea", longest=2000),
            Entry("next_step", "下一步打算", "textarea", longest=2000),
            Entry("achievement", "成效", "textarea", longest=2000, hint="可写入年度报告的成效。"),
            Entry(
                "next_report_on", "下次填报日", "date", called="下次报告日",
                hint="最远 10 个工作日;到这一天之前不再提醒,过了这一天没有填报,恢复提醒。",
            ),
            Entry("file", "佐证材料", "files", shown=_may_attach),
            Entry(
                "category", "材料类别", "choice", options=_labels(Category), value=Category.ROUTINE.label,
                shown=_may_attach, hint="选了文件才用到。",
            ),
        ),
    ),
    Act(
        "evidence", Action.ATTACH, "上传佐证材料",
        (
            Entry("file", "文件", "files", required=True),
            _CATEGORY,
            Entry("note", "说明", longest=500),
            Entry("expires_on", "有效期", "date", hint="证照等到期作废的材料才需要填。", called="有效期"),
            Entry("replaces", "替换哪一份", "choice", options=_pieces, none="不替换,作为新材料", shown=_has_pieces),
            Entry("public", "可在公开的报告中提到", "tick"),
        ),
    ),
    Act(
        "request-close", Action.REQUEST_CLOSE, "申请办结",
        (
            Entry("statement", "办结情况", "textarea", required=True, longest=2000),
            Entry("whole", "其余各期一并办结", "tick", shown=_recurs),
        ),
        explains="通过后以今天为办结日;审核期间不再提醒。",
    ),
    Act(
        "extend", Action.EXTEND, "申请延期",
        (
            Entry("to", "延至", "date", required=True, called="新时限"),
            Entry("reason", "原因", "textarea", required=True, longest=1000),
            Entry("progress", "目前进展", "textarea", required=True, longest=2000),
            Entry("evidence", "依据的材料", "choices", options=_pieces, shown=_has_pieces),
            Entry("late", "时限已到,确需补办(将记为逾期申请)", "tick", shown=_is_due),
        ),
        explains="须在到期前提出;原定时限仍作考核依据。",
    ),
    Act(
        "object", Action.OBJECT, "转办异议",
        (_REASON, Entry("suggested", "建议承办", "choice", options=_departments, none="不建议")),
        explains="认为不属于本科室职责的,由督办员转办或退回;其间照常计时。",
    ),
    Act(
        "milestone", Action.MILESTONE, "设阶段节点",
        (
            Entry("title", "节点名称", required=True, longest=300, called="节点名称“"),
            Entry("due_on", "时限", "date", required=True, called="节点"),
        ),
        explains="节点同样按策略提醒和升级。",
    ),
    Act(
        "reached", Action.MILESTONE, "完成阶段节点",
        (Entry("title", "节点", "choice", required=True, options=_milestones),),
        explains="以今天为完成日。",
    ),
    Act(
        "approve", Action.DECIDE_EXTENSION, "批准延期",
        (
            Entry("to", "批准的时限", "date", hint="不填则为申请的或上一级批准的日期。", called="批准的时限"),
            Entry("comment", "批复意见", "textarea", longest=1000),
        ),
        explains="最后一级批准后时限即改;原定时限仍作考核依据。",
    ),
    Act(
        "refuse", Action.DECIDE_EXTENSION, "不批准延期", (_REASON,), approve=False, explains="时限不变。",
    ),
    Act(
        "accept", Action.ACCEPT, "审核通过",
        (
            Entry("comment", "审核意见", "textarea", longest=1000),
            Entry(
                "waive", "免证理由", "textarea", longest=1000, hint="佐证材料不足而同意办结时填写,记在您名下。",
                called="免证理由",
            ),
        ),
        explains="最后一级通过即销号。",
    ),
    Act("return", Action.RETURN, "退回", (_REASON,), explains="办结申请被退回的,计入退回次数,恢复计时。"),
    Act(
        "urge", Action.URGE, "催办",
        (
            Entry("demand", "催办要求", "textarea", longest=500, hint="不填则为“请抓紧办理,在回复期限前填报进展”。"),
            Entry("reply_by", "回复期限", "date", hint="不填为 3 个工作日内。", called="回复期限"),
        ),
        explains="出一张催办单,列入文书。",
    ),
    Act(
        "instruct", Action.INSTRUCT, "批示",
        (
            Entry("content", "批示内容", "textarea", required=True, longest=2000),
            Entry("due_on", "办理时限", "date", required=True, called="批示时限"),
            Entry("kind", "履职类别", "choice", options=_labels(Duty), value=Duty.SUPERVISE.label),
        ),
        explains="批示有自己的时限、督办单和反馈,逾期同样升级,并记为履职。",
    ),
    Act("sign-instruction", Action.SIGN_INSTRUCTION, "签收批示", of_instruction=True),
    Act(
        "reply", Action.REPLY, "反馈批示",
        (Entry("content", "办理情况", "textarea", required=True, longest=4000),),
        of_instruction=True,
    ),
    Act(
        "close-instruction", Action.CLOSE_INSTRUCTION, "办结批示",
        (Entry("outcome", "办理结果", "textarea", required=True, longest=1000),),
        of_instruction=True,
    ),
    Act(
        "transfer", Action.TRANSFER, "转办",
        (
            Entry("department", "转给科室", "choice", options=_departments, none="不变"),
            Entry("handler", "转给承办人", "choice", options=_people, none="由科室确定", called="承办"),
            _REASON,
        ),
        explains="任务重新待签收,原来的签收记录保留,时限不变。", reaches="新的承办人", grave=True,
    ),
    Act(
        "split", Action.SPLIT, "分办",
        (Entry("due_on", "子任务时限", "date", hint="不填则与任务相同。", called="子任务"),),
        explains="每个配合科室得到一个待签收的子任务;子任务都销号后,本任务才能申请办结。",
    ),
    Act(
        "suspend", Action.SUSPEND, "挂起", (_REASON,),
        explains="停止计时和提醒,恢复后时限按策略顺延。", grave=True,
    ),
    Act("resume", Action.RESUME, "恢复", explains="从今天起恢复计时和提醒,时限按挂起的天数顺延。"),
    Act(
        "reopen", Action.REOPEN, "重开",
        (_REASON, Entry("due_on", "新的时限", "date", required=True, called="时限")),
        explains="首次办结日、逾期、延期、退回的记录都保留。", grave=True,
    ),
)  # fmt: skip
"""In the order in which an item page offers them."""

BY_VERB = {act.verb: act for act in ACTS}


def act_named(verb: str) -> Act:
    """The act an address names. Raises NotFoundError."""
    found = BY_VERB.get(verb)
    if found is None:
        raise NotFoundError("没有这个页面。")
    return found
