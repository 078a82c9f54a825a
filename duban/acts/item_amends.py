"""Putting right what one did oneself: a request taken back, a report corrected."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed
from duban.acts.item_work import REASON, REPORT
from models.actor import Actor
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

    item = deed.upon
    entry = correct_progress(deed.session, item, by=deed.by, **deed.given)
    return ActOutcome(
        f"任务 {item.number} {entry.on} 的进展已更正，原来的内容留在操作记录中。",
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
