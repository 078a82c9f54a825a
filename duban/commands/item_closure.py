"""`duban item`: asking for closure, reviewing it, opening again."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.commands.acting import Number, Reason, acting, done
from duban.edge import AsOption, JsonOption, OnOption, OrganOption, YearOption, today


def register(items: typer.Typer) -> None:
    """Add these commands to `duban item`."""
    items.command("request-close")(request_close)
    items.command()(accept)
    items.command("return")(return_)
    items.command()(reopen)


def request_close(
    context: typer.Context,
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="办结情况。")],
    whole: Annotated[bool, typer.Option("--all", help="周期任务:其余各期一并办结。")] = False,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """申请办结;通过后以申请当日为办结日。周期任务办结最早未办结的一期。"""
    from tasks.items.close import request_close as ask

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        request = ask(session, item, by=by, statement=text, whole=whole)
        data = {"id": request.id, "item": number, "state": item.state, "levels": len(request.levels)}
    done(as_json, data, f"任务 {number} 已申请办结,待 {len(request.levels)} 级审核。")


def accept(
    context: typer.Context,
    number: Number,
    waive: Annotated[
        str | None, typer.Option("--waive", metavar="理由", help="佐证材料不足而同意办结的理由,记在您名下。")
    ] = None,
    comment: Annotated[str | None, typer.Option("--comment", metavar="文字", help="审核意见。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """审核通过(逐级);最后一级通过即销号。"""
    from dataclasses import asdict

    from models.item import ItemState
    from tasks.items.close import accept as pass_on

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        closure = pass_on(session, item, by=by, waive=waive, comment=comment)
    data = asdict(closure)
    if closure.state is ItemState.REVIEWED:
        done(as_json, data, f"任务 {number} 本级审核通过,待下一级审核。")
        return
    timely = "按期" if closure.on_time else "逾期"
    rest = f",下一期 {closure.next_due_on}" if closure.next_due_on else ""
    what = "销号" if closure.state is ItemState.CLOSED else "办结本期"
    done(as_json, data, f"任务 {number} 已{what}({closure.done_on} {timely}办结){rest}。")


def return_(
    context: typer.Context,
    number: Number,
    reason: Reason,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """退回办结申请(计入退回次数)或转办异议,须写明理由。"""
    from tasks.items.close import send_back

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        send_back(session, item, by=by, reason=reason)
        data = {"item": number, "state": item.state, "returns": item.returns}
    done(as_json, data, f"任务 {number} 已退回,现为“{item.state.label}”。")


def reopen(
    context: typer.Context,
    number: Number,
    reason: Reason,
    due: Annotated[str, typer.Option("--due", metavar="日期", help="新的时限。")],
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """重开已销号的任务;首次办结日、逾期、延期、退回都保留。"""
    from tasks.items.close import reopen as open_again

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        open_again(session, item, by=by, reason=reason, due_on=today(due))
        data = {"item": number, "state": item.state, "due_on": item.due_on, "reopenings": item.reopenings}
    done(as_json, data, f"任务 {number} 已重开,时限 {item.due_on}。")
