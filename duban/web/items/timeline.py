"""What happened to an item, one line each in the order of its days: read off everything recorded about it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from models.items.closure import ClosureState
from models.items.item import MoveCause
from models.ladder.notice import NoticeKind, NoticeState
from models.people.permission import Action

ISSUED = ("下达",)
ADDED = (Action.ADD_ITEM.label,)
BY_LADDER = (NoticeKind.REMINDER.value, NoticeKind.ESCALATION.value)


@dataclass(frozen=True)
class Moment:
    """One line: when, who, what, in what words. Days among the words are left as days: the page writes them."""

    on: dt.date
    what: tuple[str | dt.date, ...]
    who: str = ""
    words: str = ""
    at: dt.datetime | None = None
    more: tuple[tuple[str, str | dt.date], ...] = ()
    """Labelled texts besides `words`."""
    files: tuple[Mapping[str, Any], ...] = field(default=())
    kind: str = ""
    """How the line is drawn: `notice` for what the system sent, `pressure` for what urges, empty for the rest."""


def timeline(data: Mapping[str, Any]) -> list[Moment]:
    """The item's moments, newest first; `data` is what `tasks.items.show_item` tells."""
    moments = (
        found
        for told in (_given, _done, _extended, _suspended, _pressed, _closed, _moved, _notified)
        for found in told(data)
    )
    return sorted(moments, key=lambda moment: (moment.on, _rank(moment), str(moment.at or "")))[::-1]


def _rank(moment: Moment) -> int:
    """Of one day what the system did in the morning came first, and what has no instant came of what has one."""
    if moment.what == ADDED:
        return -1
    if moment.kind == "notice" or moment.what == ISSUED:
        return 0
    return 1 if moment.at is not None else 2


def _given(data: Mapping[str, Any]) -> Iterator[Moment]:
    """Issue, receipts, objections, transfers and what else the trail tells."""
    issued = [row for row in data["receipts"] if row["assignment"] == 1 and row["lead"]]
    if issued:
        yield Moment(issued[0]["issued_on"], ISSUED, words=issued[0]["unit"])
    for row in data["receipts"]:
        if row["signed_on"]:
            yield Moment(row["signed_on"], (f"签收（{row['unit']}）",), _who(row), at=row["signed_at"])
    for row in data["objections"]:
        more = (("建议承办", row["suggested"]),) if row["suggested"] else ()
        yield Moment(row["on"], ("提出转办异议",), _who(row), row["reason"], row["at"], more)
    named = {deadline["id"]: deadline for deadline in data["deadlines"]}
    for row in data["acts"]:
        what: tuple[str | dt.date, ...] = (row["action"].label,)
        if row["action"] is Action.MILESTONE:
            stage = named.get(row["deadline_id"])
            if stage is None:
                continue
            done = ("完成阶段节点“", stage["title"], "”")
            what = done if row["reached"] else ("设阶段节点“", stage["title"], "”，时限 ", stage["original_due_on"])
        if row["action"] is Action.ADJUST and not row["changes"]:
            continue  # Asked for: told with its answer.
        if row["action"] is Action.SNOOZE:
            what = (Action.SNOOZE.label, "：", row["until_on"], " 起再提醒本人")
        if row["action"] is Action.CANCEL and not data["issued_on"]:
            what = ("撤销拟办的任务",)
        told = [("原为", row["was"])] if row["was"] else [("", change) for change in row["changes"]]
        yield Moment(row["on"], what, _who(row), row["reason"] or "", row["at"], tuple(told))


def _done(data: Mapping[str, Any]) -> Iterator[Moment]:
    """Progress and evidence; files that came with a report stand beside it."""
    for row in data["progress"]:
        percent = f"填报进展 {row['percent']}%" if row["percent"] is not None else "填报进展"
        more = (
            ("存在问题", row["problems"]), ("下一步", row["next_step"]), ("成效", row["achievement"]),
            ("下次填报日", row["next_report_on"]),
        )  # fmt: skip
        told = tuple((label, text) for label, text in more if text)
        yield Moment(row["on"], (percent,), _who(row), row["text"], row["at"], told)
    for (on, at, _, note), rows in groupby(
        data["evidence"], key=lambda row: (row["on"], row["at"], row["person"], row["note"])
    ):
        files = tuple(rows)
        yield Moment(on, ("上传佐证材料",), _who(files[0]), note or "", at, files=files)


def _extended(data: Mapping[str, Any]) -> Iterator[Moment]:
    for row in data["extension_requests"]:
        late = "（逾期申请）" if row["late"] else ""
        adjusted = bool(row["changes"])
        what: tuple[str | dt.date, ...] = ("申请延期：由 ", row["from_on"], " 延至 ", row["proposed_on"], late)
        more: tuple[tuple[str, str | dt.date], ...] = (("目前进展", row["progress"]),)
        if adjusted:
            what, more = ("提请调整时限",), tuple(("", change) for change in row["changes"])
        yield Moment(row["on"], what, _who(row), row["reason"], row["at"], more)
        for one in row["decisions"]:
            level = f"（第 {one['level']} 级）" if len(row["levels"]) > 1 else ""
            answer = ("批准延至 ", one["granted_on"], level) if one["approved"] else ("不批准延期", level)
            if adjusted:
                answer = ("批准调整时限" if one["approved"] else "不批准调整时限", level)
            yield Moment(one["on"], answer, _who(one), one["comment"] or "", one["at"])


def _suspended(data: Mapping[str, Any]) -> Iterator[Moment]:
    for row in data["suspensions"]:
        yield Moment(row["from_on"], ("中止",), _who(row), row["reason"], row["at"])
        if row["resumed_on"]:
            words = f"顺延 {row['days']} {row['unit'].label}" if row["days"] is not None else ""
            yield Moment(row["resumed_on"], ("恢复",), row["resumed_by"] or "", words, row["resumed_at"])


def _pressed(data: Mapping[str, Any]) -> Iterator[Moment]:
    """Instructions with what came of them, and urgings."""
    due = {deadline["id"]: deadline["due_on"] for deadline in data["deadlines"]}
    for row in data["instructions"]:
        until = due.get(row["deadline_id"])
        what = ("批示，", until, " 前办结") if until else ("批示",)
        copied = (("抄送", "、".join(row["copies"])),) if row["copies"] else ()
        yield Moment(row["on"], what, _who(row), row["text"], row["at"], copied, kind="pressure")
        if row["signed_on"] and not any(answer["on"] == row["signed_on"] for answer in row["replies"]):
            yield Moment(row["signed_on"], ("签收批示",), row["signed_by"] or "")
        for answer in row["replies"]:
            yield Moment(answer["on"], ("反馈批示",), _who(answer), answer["text"], answer["at"])
            if answer["more_on"]:
                who = _who({"person": answer["more_by"], "for": answer["more_for"]})
                yield Moment(answer["more_on"], ("要求补充",), who, answer["more"], kind="pressure")
        if row["closed_on"]:
            yield Moment(row["closed_on"], ("办结批示",), row["closed_by"] or "", row["outcome"] or "")
    for row in data["urges"]:
        what = ("催办，", row["reply_by"], " 前回复")
        yield Moment(row["on"], what, _who(row), at=row["at"], kind="pressure")


def _closed(data: Mapping[str, Any]) -> Iterator[Moment]:
    for row in data["closure_requests"]:
        yield Moment(row["on"], ("申请办结",), _who(row), row["statement"], row["at"])
        for review in row["reviews"]:
            last = row["state"] is ClosureState.ACCEPTED and review["level"] == len(row["levels"])
            level = f"（第 {review['level']} 级）" if len(row["levels"]) > 1 else ""
            passed = "审核通过，办结本期" if row["deadline_id"] else "审核通过，销号"
            what = (passed if last else "审核通过", level) if review["passed"] else ("退回办结申请", level)
            more = (("免证理由", row["waiver"]),) if row["waiver"] and row["waived_by"] == review["person"] else ()
            words = "" if more and review["comment"] == row["waiver"] else review["comment"] or ""
            yield Moment(review["on"], what, _who(review), words, review["at"], more)
    accepted = any(row["state"] is ClosureState.ACCEPTED and row["reviews"] for row in data["closure_requests"])
    if data["closed_on"] and not accepted:
        yield Moment(data["closed_on"], ("销号",))


def _moved(data: Mapping[str, Any]) -> Iterator[Moment]:
    """Days that moved without an act that says so itself."""
    for deadline in data["deadlines"]:
        for move in deadline["moves"]:
            taken_back = move["from_on"] == move["to_on"]
            if not move["on"] or move["cause"] is not MoveCause.PLAN or (taken_back and data["cancelled_on"]):
                continue
            what: tuple[str | dt.date, ...] = ("计划调整：取消时限 ", move["from_on"])
            if not taken_back:
                what = (f"{move['cause'].label}：时限由 ", move["from_on"], " 改为 ", move["to_on"])
            yield Moment(move["on"], what, move["person"] or "", move["reason"], move["at"])


def _notified(data: Mapping[str, Any]) -> Iterator[Moment]:
    """What the ladder sent: a line for each day and rung, with all whom it reached."""
    sent = [
        row
        for row in data["notices"]
        if row["state"] == NoticeState.SENT and row["kind"] in BY_LADDER and row["recipient"]
    ]
    for (on, rung, kind), rows in groupby(
        sorted(sent, key=lambda row: (row["fired_on"], row["rung"])),
        key=lambda row: (row["fired_on"], row["rung"], row["kind"]),
    ):
        people = "、".join(dict.fromkeys(row["recipient"] for row in rows))
        yield Moment(on, (f"{NoticeKind(kind).label}（{rung}）",), f"→ {people}", kind="notice")


def _who(row: Mapping[str, Any]) -> str:
    stands_for = row.get("for")
    return f"{row.get('person') or ''}{f'（代{stands_for}）' if stands_for else ''}"
