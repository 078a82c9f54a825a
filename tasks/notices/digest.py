"""The one message a person gets in a day: grouped by urgency, without any confidential body text."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.dates.days import spoken
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance

NEAR_DAYS = 3


@dataclass(frozen=True)
class DigestLine:
    """One item of a digest, with why it is in there."""

    number: str
    title: str
    project: str
    due_on: dt.date
    why: str
    heading: str | None = None
    """Where it stands for another reason than its day."""


def group(line: DigestLine, on: dt.date) -> str:
    """The heading an item stands under."""
    if line.heading is not None:
        return line.heading
    if line.due_on < on:
        return "逾期"
    if line.due_on == on:
        return "今日到期"
    return "三日内" if (line.due_on - on).days <= NEAR_DAYS else "近期"


GROUPS = ("批示", "催办", "逾期", "今日到期", "三日内", "待签收", "待我审批", "近期", "办理结果")


def compose(
    *,
    sender: str,
    recipient: str,
    name: str,
    message_id: str,
    lines: Iterable[DigestLine],
    on: dt.date,
    sent_at: dt.datetime,
    office_url: str,
    calendar: WorkCalendar,
) -> EmailMessage:
    """The mail of one digest. `message_id` is the same each time a digest is tried."""
    grouped: dict[str, dict[tuple[str, str], list[DigestLine]]] = {}
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
    parts += ["", f"查看与填报:{office_url}", "(本邮件由督办系统按督办规则生成,每人每日至多一封。)"]

    return _mail(sender, recipient, f"【督办】{counts}", message_id, sent_at, parts)


def compose_head(
    *,
    sender: str,
    recipient: str,
    name: str,
    message_id: str,
    line: str,
    on: dt.date,
    sent_at: dt.datetime,
    office_url: str,
) -> EmailMessage:
    """The mail of a day's signed end of the trail. `line` as it is to be pasted again."""
    parts = [
        f"{name}:", "", f"{spoken(on)}早上操作记录的链尾:", "", line, "",
        "请保留此邮件。以后在“操作记录—校验”中粘贴上面的一整行(或运行 duban audit verify --head),",
        "可知当时的记录是否都还在:末尾被删去或整链被重写的,会显示不在链中。", "",
        f"校验:{office_url.rstrip('/')}/audit/verify",
        "(本邮件每个工作日发给督办员和监督检查人员,不含任何事项内容。)",
    ]  # fmt: skip
    return _mail(sender, recipient, f"【督办】操作记录链尾 {on}", message_id, sent_at, parts)


def _mail(
    sender: str, recipient: str, subject: str, message_id: str, sent_at: dt.datetime, parts: list[str]
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(sent_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(parts) + "\n", cte="base64")
    return message
