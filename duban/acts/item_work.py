"""What those who do an item do: sign, report, bring evidence, set stages, object; and giving it to others."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Uploads, Way
from models.actor import Actor
from models.field import FieldType as Takes
from models.items.evidence import Category
from models.items.item import ItemState, WorkItem
from models.items.lifecycle import LIFECYCLE
from models.people.permission import Action, Scope
from models.people.person import Person

REASON = Entry("reason", "理由", Takes.LONG_TEXT, required=True, longest=1000)


def _sign(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.sign import sign

    item, by = deed.upon, deed.by
    receipt = sign(deed.session, item, by=by)
    stands_for = deed.session.get_one(Person, receipt.for_id).name if receipt.for_id else None
    whose, lead = f"（代{stands_for}）" if stands_for else "", receipt.unit_id is None
    return ActOutcome(
        f"任务 {item.number} 已签收{whose}，现为“{item.state.label}”。",
        [receipt.id or 0],
        {
            "item": item.number,
            "state": item.state,
            "lead": lead,
            "person": by.name,
            "for": stands_for,
            "signed_on": by.on,
        },
        f"任务 {item.number} 已由{by.name}{whose}于 {by.on} 签收（{'牵头' if lead else '配合'}），"
        f"现为“{item.state.label}”。",
    )


SIGN = Act(
    "sign", Action.SIGN, "签收", _sign,
    explains="签收后任务在办；配合科室各自签收。",
    help="签收：牵头单位签收后任务在办；配合科室各自签收；代理人签收时两人的姓名都记下。",
)  # fmt: skip


def _report(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.progress import record_progress

    item, given = deed.upon, {**deed.given}
    files, category, vouched = given.pop("file", None), given.pop("category", None), given.pop("vouched", False)
    entry = record_progress(deed.session, item, by=deed.by, **given)
    deed.session.flush()
    said = f"任务 {item.number} 的进展已记录"
    if files is not None and files.files:
        said += f"，附材料 {_attach(deed, files, category=category, vouched=vouched)} 份"
    planned = f"，序时进度 {entry.planned}%" if entry.planned is not None else ""
    return ActOutcome(
        f"{said}。",
        [entry.id or 0],
        {"id": entry.id, "item": item.number, "state": item.state, "percent": item.percent, "planned": entry.planned},
        f"已记录任务 {item.number} 的进展（{item.state.label}，进度 {item.percent}%{planned}）。",
    )


def _may_attach(session: Session, item: WorkItem, by: Actor) -> bool:
    """Files may come with a report once the item is in work; the lead's own first report puts it there."""
    from tasks.acting.authorize import standings

    if not standings(session, by, Action.ATTACH, item):
        return False
    leads = any(one.scope is not Scope.COOPERATING for one in standings(session, by, Action.REPORT, item))
    return item.state in LIFECYCLE[Action.ATTACH].sources or (item.state is ItemState.ISSUED and leads)


_CATEGORY = Entry(
    "category", "材料类别", Takes.CHOICE, choices=Category, default=Category.ROUTINE, ways=Way.PAGE,
)  # fmt: skip
_VOUCHED = Entry(
    "vouched", "不涉密，本人负责（扫描件、图片、旧版文件等无法检查的，须勾选）", Takes.TICK, ways=Way.PAGE,
)  # fmt: skip

REPORT = Act(
    "report", Action.REPORT, "填报进展", _report,
    (
        Entry(
            "content", "进展情况", Takes.LONG_TEXT, required=True, longest=4000, flag="text",
            example="已完成初稿，正在征求意见。",
        ),
        Entry(
            "percent", "进度（%）", Takes.WHOLE, most=Decimal(100), hint="0 至 100 的整数；没有变化可不填。",
            metavar="0-100", help="完成进度。", example=60,
        ),
        Entry("problems", "存在问题", Takes.LONG_TEXT, longest=2000, help="存在的困难或问题。"),
        Entry("next_step", "下一步打算", Takes.LONG_TEXT, longest=2000, help="下一步安排。"),
        Entry(
            "achievement", "成效", Takes.LONG_TEXT, longest=2000, hint="可写入年度报告的成效。", metavar="一句话",
            help="可写入年度报告的成效。",
        ),
        Entry(
            "next_report_on", "下次填报日", Takes.DAY, called="下次报告日", help="承诺的下次报告日；此前不再催。",
            hint="最远 10 个工作日；到这一天之前不再提醒，过了这一天没有填报，恢复提醒。",
        ),
        Entry("file", "佐证材料", Takes.FILES, shown=_may_attach, ways=Way.PAGE),
        replace(_VOUCHED, shown=_may_attach),
        replace(_CATEGORY, shown=_may_attach, hint="选了文件才用到。"),
    ),
    command="progress", help="填报进展；牵头单位首次填报即视为签收。",
)  # fmt: skip


def _bring(deed: Deed[WorkItem]) -> ActOutcome:
    given = {**deed.given}
    count = _attach(deed, given.pop("file"), **given)
    return ActOutcome(f"任务 {deed.upon.number} 已上传佐证材料 {count} 份。")


def _attach(deed: Deed[WorkItem], sent: Uploads, **about: Any) -> int:
    """Every file that was sent becomes a piece of evidence; one that may not come in stops them all."""
    from tasks.items.attach import attach_all

    about["category"] = about.get("category") or Category.ROUTINE
    pieces = attach_all(
        deed.session, deed.upon, by=deed.by, store=sent.store, limits=sent.limits, files=sent.files, **about
    )
    return len(pieces)


def has_pieces(session: Session, item: WorkItem, _by: Actor) -> bool:
    """Whether the item has evidence to choose from."""
    from tasks.items.offer_choices import standing_pieces

    return bool(standing_pieces(session, item))


EVIDENCE = Act(
    "evidence", Action.ATTACH, "上传佐证材料", _bring,
    (
        Entry("file", "文件", Takes.FILES, required=True),
        _VOUCHED,
        _CATEGORY,
        Entry("note", "说明", longest=500),
        Entry("expires_on", "有效期", Takes.DAY, hint="证照等到期作废的材料才需要填。", called="有效期"),
        Entry("replaces", "替换哪一份", Takes.PIECE, none="不替换，作为新材料", shown=has_pieces),
        Entry("public", "可在公开的报告中提到", Takes.TICK),
    ),
    # Programs send a file by an address of its own (`api/evidence.py`); `duban item evidence` also fetches one.
    ways=Way.PAGE,
)  # fmt: skip


def _object(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.object_to import object_to

    item, hint = deed.upon, deed.by.hint
    made = object_to(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 的转办异议已提出，等待督办员转办{hint('item transfer')}或退回{hint('item return')}。",
        [made.id or 0],
        {"id": made.id, "item": item.number, "state": item.state},
    )


OBJECT = Act(
    "object", Action.OBJECT, "转办异议", _object,
    (
        REASON,
        Entry("suggested", "建议承办", Takes.UNIT, longest=200, none="不建议", flag="suggest", help="建议由谁承办。"),
    ),
    explains="认为不属于本科室职责的，由督办员转办或退回；其间照常计时。",
    help="转办异议：认为不属于本科室职责的，在策略规定的工作日内提出；由督办员转办或退回。",
)  # fmt: skip


def _milestone(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.milestone import add_milestone

    item = deed.upon
    made = add_milestone(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 已设阶段节点“{made.title}”，时限 {made.due_on}。",
        [made.id or 0],
        {"item": item.number, "title": made.title, "due_on": made.due_on},
        f"任务 {item.number} 的节点“{made.title}”已设，时限 {made.due_on}。",
    )


MILESTONE = Act(
    "milestone", Action.MILESTONE, "设阶段节点", _milestone,
    (
        Entry("title", "节点名称", required=True, longest=300, called="节点名称“"),
        Entry("due_on", "时限", Takes.DAY, required=True, called="节点"),
    ),
    explains="节点同样按策略提醒和升级。",
    # One command sets a stage and tells that it is reached.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _reached(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.milestone import reach_milestone

    item, title, by = deed.upon, deed.given["title"], deed.by
    timely = reach_milestone(deed.session, item, by=by, title=title)
    how = f"{'按期' if timely else '逾期'}完成"
    return ActOutcome(
        f"阶段节点“{title}”已{how}。",
        data={"item": item.number, "title": title, "done_on": by.on, "on_time": timely},
        words=f"任务 {item.number} 的节点“{title}”已于 {by.on} {how}。",
    )


REACHED = Act(
    "reached", Action.MILESTONE, "完成阶段节点", _reached,
    (Entry("title", "节点", Takes.MILESTONE, required=True, longest=300),),
    explains="以今天为完成日。", address="reach_milestone", ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _transfer(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.transfer import transfer

    item, given = deed.upon, deed.given
    transfer(deed.session, item, by=deed.by, **given)
    to = "".join(given[name].name for name in ("department", "handler") if given[name] is not None)
    return ActOutcome(
        f"任务 {item.number} 已转办，待签收。",
        data={"item": item.number, "state": item.state, "assignment": item.assignments},
        words=f"任务 {item.number} 已转{to}，待签收。",
    )


TRANSFER = Act(
    "transfer", Action.TRANSFER, "转办", _transfer,
    (
        Entry(
            "department", "转给科室", Takes.DEPARTMENT, none="不变", hint="科室和承办人至少写一个。",
            help="转给哪个科室。",
        ),
        Entry(
            "handler", "转给承办人", Takes.PERSON, none="由科室确定", called="承办", flag="to", help="转给哪位承办人。"
        ),
        REASON,
    ),
    explains="任务重新待签收，原来的签收记录保留，时限不变。", reaches="新的承办人", grave=True,
    help="转办：任务重新待签收，原来的签收记录保留，时限不变。",
)  # fmt: skip


def _split(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.split import split

    item = deed.upon
    made = split(deed.session, item, by=deed.by, **deed.given)
    numbers = "、".join(child.number for child in made)
    return ActOutcome(
        f"任务 {item.number} 已分办为 {len(made)} 个子任务：{numbers}。",
        [child.id or 0 for child in made],
        {"item": item.number, "children": [{"number": child.number, "title": child.title} for child in made]},
        f"任务 {item.number} 已分办为 {numbers}。",
    )


SPLIT = Act(
    "split", Action.SPLIT, "分办", _split,
    (
        Entry(
            "due_on", "子任务时限", Takes.DAY, hint="不填则与任务相同。", called="子任务",
            help="子任务的时限；缺省与任务相同。",
        ),
    ),
    explains="每个配合科室得到一个待签收的子任务；子任务都销号后，本任务才能申请办结。",
    help="分办：为每个配合科室立一项子任务；子任务都销号后，任务才能申请办结。",
)  # fmt: skip
