"""`duban notice`: the ledger of notices and their messages, sending again, parking, snoozing, taking a sweep back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from duban.acts.item_terms import SNOOZE
from duban.commands.acts import ITEM, add_command
from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import table

if TYPE_CHECKING:
    from models.ladder.message import DeliveryAttempt

notices = typer.Typer(help="通知台账。", no_args_is_help=True)

Letter = Annotated[int, typer.Argument(metavar="信", help="通知信的编号，见 duban notice list 的“信”一列。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(notices, name="notice")


@notices.command("list")
@looking("on as json")
def list_(
    errand: Errand,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="只看此人的通知。")] = None,
) -> Answer:
    """列出通知：何时、依哪条规则、发给谁、结果如何、为何。"""
    from tasks.notices.browse_notices import list_notices
    from tasks.people.find import find_person
    from tasks.trail.months_away import away_words

    session = errand.session
    who = find_person(session, person) if person else None
    by = errand.by
    day = errand.day if errand.said["on"] else None
    rows = list_notices(session, on=day, person=who, by=by, settings=errand.edge.settings)
    away = away_words(session, "通知", since=day)

    return answer(rows, lambda: show_notices(rows, f"{len(rows)} 条通知"), *([away] if away else []))


@notices.command()
@looking("as on organ json")
def show(errand: Errand, number: Letter) -> Answer:
    """一封通知信：现在怎样，每次发送的经过，其中的通知和各自的回执。"""
    from models.clock import local
    from tasks.notices.browse_notices import attempts_of, list_notices
    from tasks.notices.find_channels import channel_label
    from tasks.notices.receipts.find_message import read_message

    session = errand.session
    message, recipient = read_message(session, number, by=errand.by)
    attempts = attempts_of(session, message)
    rows = list_notices(session, message=message, by=errand.by, settings=errand.edge.settings)

    def screen() -> Iterator[Shown]:
        yield f"第 {number} 封，给{recipient.name}，{message.on} {message.kind.label}：{message.state.label}。"
        made = table("何时", "渠道", "结果", "答复", title=f"{len(attempts)} 次发送")
        for one in attempts:
            when = f"{local(one.started_at):%Y-%m-%d %H:%M}"
            made.add_row(when, channel_label(one.channel), _ended(one), one.answer or "")
        yield made
        yield from show_notices(rows, f"其中的 {len(rows)} 条通知")

    times = {name: getattr(message, name) for name in ("made_at", "sent_at", "delivered_at", "read_at")}
    data = {
        "number": number, "recipient": recipient.name, "on": message.on, "kind": message.kind, "state": message.state,
        "channel": message.channel, "tries": message.attempts,
        **{name: local(at) if at is not None else None for name, at in times.items()},
        "attempts": [one.model_dump(exclude={"id", "message_id"}) for one in attempts],
        "notices": rows,
    }  # fmt: skip
    return answer(data, screen)


def _ended(attempt: DeliveryAttempt) -> str:
    if attempt.ended_at is None:
        return "正在发送，或中途停止"
    return {True: "已送出", False: "没有送出", None: "没有结果"}[attempt.delivered]


@notices.command()
@acting("as on organ json")
def retry(
    errand: Errand,
    number: Annotated[int | None, typer.Argument(metavar="信", help="通知信的编号；全部重发时不写。")] = None,
    every: Annotated[bool, typer.Option("--all", help="本单位已停发的全部重发。")] = False,
) -> Answer:
    """重发已停发的通知信，下一次发送时发出；发送前再核一遍，已经办结、撤回的不发。"""
    from models.errors import BadInputError
    from tasks.notices.receipts.find_message import read_message
    from tasks.notices.resend import resend, resend_all

    if (number is None) == (not every):
        raise BadInputError("请写一封信的编号，或写 --all（全部重发），两者取一。")
    session, by = errand.session, errand.by
    if number is None:
        count = resend_all(session, errand.organ.id or 0, by=by)
        return answer({"messages": count}, f"停发的 {count} 封通知将在下一次发送时重发。")
    message, recipient = read_message(session, number, by=by)
    count = resend(session, message, by=by)
    return answer({"number": number, "notices": count}, f"给{recipient.name}的 {count} 条通知将在下一次发送时重发。")


@notices.command()
@acting("as on organ json")
def park(
    errand: Errand,
    number: Letter,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="为何不发；收件人也看得到。")],
) -> Answer:
    """停发一封待发的通知信：不发送，以后可用 duban notice retry 重发；其中的通知仍可在系统内查看。"""
    from tasks.notices.receipts.find_message import read_message
    from tasks.notices.receipts.park import park as park_message

    message, recipient = read_message(errand.session, number, by=errand.by)
    count = park_message(errand.session, message, reason=reason, by=errand.by)
    return answer({"number": number, "notices": count}, f"给{recipient.name}的 {count} 条通知已停发，不发送。")


add_command(notices, SNOOZE, ITEM)


@notices.command("take-back")
@acting("as on organ json")
def take_back(
    errand: Errand,
    day: Annotated[str, typer.Argument(metavar="督办的日子", help="误做的是哪一天的督办，如 2036-01-02。")],
    reason: Annotated[str, typer.Option("--reason", help="为何撤回。")],
) -> Answer:
    """撤回误做的某一天的督办：未发出的通知取消、督办单作废，其间各日由下一次督办重新补齐；已发出的列明，不动。"""
    from models.clock import local
    from models.typed_text import day as typed_day
    from tasks.oversight.take_back_sweep import take_back_sweep

    done = take_back_sweep(errand.session, typed_day(day, "督办的日子"), by=errand.by, reason=reason)

    def screen() -> Iterator[Shown]:
        yield (
            f"已撤回 {done.on} 的督办：取消通知 {done.notices} 条，作废督办单 {len(done.sheets)} 张"
            + (f"（{'、'.join(done.sheets)}）" if done.sheets else "")
            + "。"
        )
        if done.sent:
            made = table(
                "收件人", "任务", "规则", "发出", title=f"已经发出、不能撤回的 {len(done.sent)} 条，请另行说明"
            )
            for one in done.sent:
                left = f"{local(one.sent_at):%Y-%m-%d %H:%M}" if one.sent_at else ""
                made.add_row(one.recipient, f"{one.item} {one.title[:20]}", one.rung, left)
            yield made
        yield f"现在督办到 {done.swept}，其后各日由下一次督办补齐。" if done.swept else "现在如同还没有督办过。"

    return answer(asdict(done), screen)


def show_notices(rows: list[dict[str, object]], title: str) -> Iterator[Shown]:
    """Notices as a table, with their receipts where those were told."""
    from models.ladder.notice import NoticeKind

    made = table("编号", "日期", "收件人", "类别", "任务", "规则", "时限", "状态", "信", "原因", title=title)
    words = {kind.value: kind.label for kind in NoticeKind}
    states = {"pending": "待发送", "sent": "已发送", "collapsed": "已并入", "dropped": "已取消", "parked": "停发"}
    for row in rows:
        made.add_row(
            str(row["id"]),
            str(row["fired_on"]),
            str(row["recipient"] or "无人"),
            words[str(row["kind"])],
            f"{row['item']} {str(row['title'])[:20]}",
            str(row["rung"]),
            str(row["due_on"]),
            str(row.get("receipt_name") or states[str(row["state"])]) + ("（补发）" if row["late"] else ""),
            str(row.get("message") or ""),
            "；".join(str(words) for words in (row["why"], row.get("receipt_why")) if words),
        )
    yield made
