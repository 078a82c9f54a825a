"""Putting right what one did oneself: a request taken back, a report corrected."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry
from duban.acts.item_work import REASON, REPORT
from models.actor import Actor
from models.field import FieldType as Takes
from models.items.item import WorkItem
from models.people.permission import Action


def _withdraw(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.withdraw import withdraw

    item = deed.upon
    withdraw(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} 的申请已撤回，现为“{item.state.label}”。", data={"item": item.number, "state": item.state}
    )


WITHDRAW = Act(
    "withdraw", Action.WITHDRAW, "撤回申请", _withdraw, (REASON,),
    explains="还没有人办理的办结申请、延期申请、时限调整和转办异议可以撤回；不计入退回次数，照常计时。",
    help="撤回本人提出、还没有人办理的办结申请、延期申请、时限调整或转办异议；照常计时。",
)  # fmt: skip


def _correct(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.correct_progress import correct_progress
    from tasks.wording.days import short_day

    item = deed.upon
    entry = correct_progress(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} {short_day(entry.on, beside=deed.by.on)}的进展已更正，原来的内容留在操作记录中。",
        [entry.id or 0],
        {"id": entry.id, "item": item.number, "on": entry.on, "percent": item.percent},
    )


def _reported(column: str) -> Callable[[Session, Any, Actor], str]:
    """What the actor's own newest entry says there."""

    def found(session: Session, item: WorkItem, by: Actor) -> str:
        from tasks.items.correct_progress import own_entry

        entry = own_entry(session, item, by)
        value = getattr(entry, column) if entry is not None else None
        return "" if value is None else str(value)

    return found


_TOLD = {"content": "text", "percent": "percent", "problems": "problems", "next_step": "next_step",
         "achievement": "achievement"}  # fmt: skip
"""What of an entry can be corrected, and where it is kept."""

CORRECT = Act(
    "correct", Action.CORRECT, "更正进展", _correct,
    (
        *(replace(entry, stands=_reported(_TOLD[entry.name])) for entry in REPORT.entries if entry.name in _TOLD),
        replace(REASON, label="更正理由", called="更正理由"),
    ),
    explains="更正您本人最近一次填报；填报日期和承诺的下次报告日不变。",
    help="更正本人最近一次填报的进展；填报日期不变，原来的内容留在操作记录中。不写的各项即为空。",
)  # fmt: skip


def _achieve(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.achieve import achieve

    item = deed.upon
    entry = achieve(deed.session, item, by=deed.by, **deed.given)
    deed.session.flush()
    return ActOutcome(
        f"任务 {item.number} 的成效已写明，编制年度报告时采用；任务仍为“{item.state.label}”。",
        [entry.id or 0],
        {"id": entry.id, "item": item.number, "achievement": entry.achievement},
    )


def _to_be_told(session: Session, item: Any, _by: Actor) -> str:
    from tasks.items.achieve import said_of

    return said_of(session, item)


ACHIEVE = Act(
    "achieve", Action.ACHIEVE, "补记成效", _achieve,
    (
        Entry(
            "achievement", "成效", Takes.LONG_TEXT, longest=2000, stands=_to_be_told, flag="text",
            hint="写入年度报告的话；不填的，取最近一次进展的内容。", metavar="一句话",
            help="写入年度报告的话；不写的，取最近一次进展的内容。",
        ),
    ),
    explains="写明年度报告怎样说这项任务。任务不重开，时限、考核都不变；原来的成效留在操作记录中。",
    help="办结前后补记或者改写成效，写入年度报告；任务不重开，时限、考核都不变。",
)  # fmt: skip
