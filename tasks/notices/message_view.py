"""What the templates of messages are filled with: lines put together by item, grouped by urgency, in words.

The names of these fields are what an office may use in its own templates (docs/howto/messages.md).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from models.dates.days import spoken
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.ladder.notice import AT_ONCE, NoticeKind
from tasks.notices.gather_lines import Contact, NoticeLine
from tasks.wording.days import short_day

NEAR_DAYS = 3
GROUPS = (
    "批示", "退回", "催办", "转办", "任务变更", "逾期", "今日到期", "三日内", "待签收", "待我审批", "近期", "办理结果",
    "抄送", "留言",
)  # fmt: skip
"""The headings, the most pressing first: an item that stands under several is told once, under the first of them."""
_HEADINGS = {
    NoticeKind.APPROVAL: "待我审批",
    NoticeKind.INSTRUCTION: "批示",
    NoticeKind.URGE: "催办",
    NoticeKind.ANSWER: "办理结果",
    NoticeKind.RETURNED: "退回",
    NoticeKind.TRANSFERRED: "转办",
    NoticeKind.CHANGED: "任务变更",
    NoticeKind.COPIED: "抄送",
    NoticeKind.COMMENT: "留言",
}
"""What comes from a person's act stands under a heading of its own, whenever the item is due."""
_BY_TIME = ("逾期", "三日内", "近期")
PROGRESS = 80
"""Characters of the last progress that are told."""
SUBJECT = 60


@dataclass(frozen=True, slots=True)
class StepLink:
    """A link to what can be done now."""

    words: str
    url: str


@dataclass(slots=True)
class MessageEntry:
    """One item with one of its days, with all that is said of it in this message."""

    heading: str
    number: str
    title: str
    project: str
    due: str
    away: str
    overdue: bool
    who: str
    progress: str
    progress_on: str
    internal: bool
    place: int = 0
    said: list[str] = field(default_factory=list)
    steps: list[StepLink] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """In a word why it is told: 逾期3个工作日, 今日到期, 批示."""
        return self.away if self.heading in _BY_TIME else self.heading


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """The entries under one heading."""

    heading: str
    entries: list[MessageEntry]


@dataclass(frozen=True, slots=True)
class MessageView:
    """A whole message. `what`, `title` and `step` are those of its first entry; `urgent`: nothing of it could wait."""

    name: str
    on: str
    groups: list[MessageGroup]
    counts: str
    total: int
    urgent: bool
    what: str
    title: str
    step: str
    contacts: list[Contact]
    url: str
    sheets_left: int = 0
    """Sheets (督办单) that did not go along for their number or size."""


def group(line: NoticeLine, on: dt.date) -> str:
    """The heading a line stands under."""
    if line.unsigned:
        return "待签收"
    if line.kind in _HEADINGS:
        return _HEADINGS[line.kind]
    if line.due_on < on:
        return "逾期"
    if line.due_on == on:
        return "今日到期"
    return "三日内" if (line.due_on - on).days <= NEAR_DAYS else "近期"


def view_of(
    lines: Sequence[NoticeLine], *, name: str, on: dt.date, url: str, calendar: WorkCalendar, sheets_left: int = 0
) -> MessageView:
    """The message with these lines, at least one. Links begin with `url`."""
    groups = _grouped(lines, on, url, calendar)
    total, first = sum(len(one.entries) for one in groups), groups[0].entries[0]
    counts = "、".join(f"{one.heading}{len(one.entries)}项" for one in groups)
    return MessageView(
        name=one_line(name),
        on=_spoken(on),
        groups=groups,
        counts=counts,
        total=total,
        urgent=all(line.kind in AT_ONCE for line in lines),
        what=first.what,
        title=_title_for_subject(first, total, counts),
        step=first.steps[0].words,
        contacts=list(dict.fromkeys(line.contact for line in lines if line.contact is not None)),
        url=url,
        sheets_left=sheets_left,
    )


def one_line(text: str) -> str:
    """The text on one line, without what nobody sees: no line of a person's text is taken for one of ours."""
    joined = " ".join(text.split())
    return joined if joined.isprintable() else "".join(sign for sign in joined if sign.isprintable())


def shortened(text: str, most: int) -> str:
    """At most so many characters of the text, on one line."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _grouped(lines: Sequence[NoticeLine], on: dt.date, url: str, calendar: WorkCalendar) -> list[MessageGroup]:
    ranked = sorted(
        _folded(lines), key=lambda line: (GROUPS.index(group(line, on)), line.due_on, line.number, line.notice_id)
    )
    entries: dict[tuple[int, int], MessageEntry] = {}
    for line in ranked:
        place = (line.item_id, line.deadline_id)
        entry = entries.get(place)
        if entry is None:
            entry = entries[place] = _entry(line, on, calendar)
        _add(entry, line, url)
    groups: dict[str, list[MessageEntry]] = {}
    for entry in entries.values():
        same = groups.setdefault(entry.heading, [])
        same.append(entry)
        entry.place = len(same)
    return [MessageGroup(heading, same) for heading, same in groups.items()]


def _folded(lines: Sequence[NoticeLine]) -> Iterator[NoticeLine]:
    """The lines, with all comments on one item in the place of the newest: how many, and what that says."""
    said: dict[int, list[NoticeLine]] = {}
    for line in lines:
        if line.kind is NoticeKind.COMMENT:
            said.setdefault(line.item_id, []).append(line)
        else:
            yield line
    for same in said.values():
        newest = max(same, key=lambda line: line.notice_id)
        more = f"{len(same)}条新留言，最近一条：" if len(same) > 1 else ""
        yield replace(newest, said=f"{more}{newest.said}")


def _entry(line: NoticeLine, on: dt.date, calendar: WorkCalendar) -> MessageEntry:
    due, away = _due(line.due_on, on, calendar)
    shown = not line.internal
    who = f"{line.handler}（{line.unit}）" if line.handler else line.unit
    return MessageEntry(
        heading=group(line, on),
        number=line.number,
        title=one_line(line.title) if shown else "",
        project=one_line(line.project) if shown else "",
        due=due,
        away=away,
        overdue=line.due_on < on,
        who=one_line(who) if shown else "",
        progress=shortened(line.progress, PROGRESS) if shown else "",
        progress_on=short_day(line.progress_on, beside=on) if shown else "",
        internal=line.internal,
    )


def _add(entry: MessageEntry, line: NoticeLine, url: str) -> None:
    """What a line says of an entry, as far as none before it did."""
    if all(step.words != line.step.words for step in entry.steps):
        entry.steps.append(StepLink(line.step.words, f"{url}{line.open_path}"))
    if line.internal:
        return
    said, why = one_line(line.said), one_line(line.why)
    if said and said not in entry.said:
        entry.said.append(said)
    if why not in entry.reasons:
        entry.reasons.append(why)


def _title_for_subject(first: MessageEntry, total: int, counts: str) -> str:
    """The title as far as the subject has room for it; of an internal item its number."""
    rest = len(f"【督办】{first.what}：") + (len(f" 等{total}项（{counts}）") if total > 1 else 0)
    return shortened(first.title or f"任务{first.number}", max(SUBJECT - rest, 12))


@lru_cache(maxsize=256)
def _due(due_on: dt.date, on: dt.date, calendar: WorkCalendar) -> tuple[str, str]:
    return spoken(due_on, beside=on), distance(due_on, on=on, calendar=calendar)


@lru_cache(maxsize=1024)
def _spoken(day: dt.date) -> str:
    return spoken(day)
