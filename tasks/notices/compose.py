"""What a message says: grouped by urgency, without any confidential body text."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from models.dates.days import spoken
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.ladder.notice import NoticeKind
from models.settings import Settings
from tasks.notices.channel import Enclosure
from tasks.notices.gather_lines import NoticeLine

NEAR_DAYS = 3
GROUPS = ("批示", "退回", "催办", "转办", "逾期", "今日到期", "三日内", "待签收", "待我审批", "近期", "办理结果")
_HEADINGS = {
    NoticeKind.APPROVAL: "待我审批",
    NoticeKind.INSTRUCTION: "批示",
    NoticeKind.URGE: "催办",
    NoticeKind.ANSWER: "办理结果",
    NoticeKind.RETURNED: "退回",
    NoticeKind.TRANSFERRED: "转办",
}
"""What comes from a person's act stands under a heading of its own, whenever the item is due."""


@dataclass(frozen=True)
class Wording:
    """What one message says, in every form (`Parcel`)."""

    subject: str
    brief: str
    plain: str
    html: str | None = None
    files: tuple[Enclosure, ...] = ()


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


def compose(
    lines: Sequence[NoticeLine], *, name: str, on: dt.date, settings: Settings, calendar: WorkCalendar
) -> Wording:
    """The wording of a message with these lines (at least one) to a person of this name, for day `on`."""
    grouped: dict[str, dict[tuple[str, str], list[NoticeLine]]] = {}
    for line in lines:
        grouped.setdefault(group(line, on), {}).setdefault((line.number, line.title), []).append(line)
    present = [heading for heading in GROUPS if heading in grouped]
    counts = "、".join(f"{heading}{len(grouped[heading])}项" for heading in present)
    parts = [f"{name}:", "", f"截至{spoken(on)},需要您关注的督办事项:{counts}。"]
    for heading in present:
        parts += ["", f"【{heading}】"]
        ordered = sorted(grouped[heading].values(), key=lambda same: (same[0].due_on, same[0].number))
        for place, same in enumerate(ordered, 1):
            first = same[0]
            away = distance(first.due_on, on=on, calendar=calendar)
            parts.append(f"{place}. {first.title}(任务{first.number},{first.project})")
            parts.append(f"   时限:{spoken(first.due_on)},{away}")
            parts += [f"   为何收到此消息:{why}" for why in dict.fromkeys(line.why for line in same)]
    parts += ["", f"查看与填报:{settings.office_url}", "(本消息由督办系统按督办规则生成。)"]
    return Wording(subject=f"【督办】{counts}", brief=f"督办事项:{counts}", plain="\n".join(parts) + "\n")


def compose_head(line: str, *, name: str, on: dt.date, settings: Settings) -> Wording:
    """The wording of a day's signed end of the trail. `line` as it is to be pasted again."""
    parts = [
        f"{name}:", "", f"{spoken(on)}早上操作记录的链尾:", "", line, "",
        "请保留此邮件。以后在“操作记录—校验”中粘贴上面的一整行(或运行 duban audit verify --head),",
        "可知当时的记录是否都还在:末尾被删去或整链被重写的,会显示不在链中。", "",
        f"校验:{settings.address('/audit/verify')}",
        "(本邮件每个工作日发给督办员和监督检查人员,不含任何事项内容。)",
    ]  # fmt: skip
    subject = f"【督办】操作记录链尾 {on}"
    return Wording(subject=subject, brief=subject, plain="\n".join(parts) + "\n")
