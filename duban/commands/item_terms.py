"""`duban item`: days and pressure: extensions, suspension, urging, who has not filed, who is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.commands.acting import Number, Reason, acting, done, looking
from duban.edge import (
    AsOption,
    JsonOption,
    OnOption,
    OrganOption,
    YearOption,
    edge,
    print_json,
    say,
    show_table,
    table,
    today,
)


def register(items: typer.Typer) -> None:
    """Add these commands to `duban item`."""
    for command in (extend, approve, refuse, suspend, resume, urge, unfiled, problems):
        items.command()(command)


def extend(
    context: typer.Context,
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="日期", help="申请延至哪一天。")],
    reason: Reason,
    progress: Annotated[str, typer.Option("--progress", metavar="文字", help="目前进展。")],
    evidence: Annotated[list[int] | None, typer.Option("--evidence", metavar="材料编号", help="可写几个。")] = None,
    late: Annotated[bool, typer.Option("--late", help="时限已到,确需补办;将记为逾期申请。")] = False,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """申请延期:到期前提出,写明原因、新时限和进展。"""
    from tasks.items.extend import extend as ask

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        asked = ask(
            session, item, by=by, to=today(to), reason=reason, progress=progress, evidence=evidence or (), late=late
        )
        data = {
            "id": asked.id, "item": number, "from_on": asked.from_on, "proposed_on": asked.proposed_on,
            "late": asked.late, "levels": len(asked.levels),
        }  # fmt: skip
    words = f"任务 {number} 已申请由 {asked.from_on} 延至 {asked.proposed_on}" + ("(逾期申请)" if asked.late else "")
    done(as_json, data, f"{words},待 {len(asked.levels)} 级审批。")


def approve(
    context: typer.Context,
    number: Number,
    to: Annotated[
        str | None, typer.Option("--to", metavar="日期", help="批准的新时限;缺省为上一级批准的或申请的日期。")
    ] = None,
    comment: Annotated[str | None, typer.Option("--comment", metavar="文字", help="批复意见。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """批准延期(逐级);最后一级批准后时限即改,原时限仍作考核依据。"""
    from models.extension import ExtensionState
    from tasks.items.extend import decide_extension

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        decided = decide_extension(session, item, by=by, approve=True, to=today(to) if to else None, comment=comment)
        data = {
            "id": decided.id, "item": number, "state": decided.state, "level": decided.level,
            "granted_on": decided.granted_on, "due_on": item.due_on,
        }  # fmt: skip
    if decided.state is ExtensionState.APPROVED:
        done(as_json, data, f"任务 {number} 的延期已批准,新的时限 {decided.granted_on}。")
    else:
        done(as_json, data, f"任务 {number} 的延期已通过第 {decided.level} 级,待下一级审批。")


def refuse(
    context: typer.Context,
    number: Number,
    reason: Reason,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """不批准延期;时限不变。"""
    from tasks.items.extend import decide_extension

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        decided = decide_extension(session, item, by=by, approve=False, comment=reason)
        data = {"id": decided.id, "item": number, "state": decided.state, "due_on": item.due_on}
    done(as_json, data, f"任务 {number} 的延期未批准,时限仍为 {item.due_on}。")


def suspend(
    context: typer.Context,
    number: Number,
    reason: Reason,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """挂起:停止计时和提醒,恢复后时限按策略顺延。"""
    from tasks.items.suspend import suspend as stop

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        stop(session, item, by=by, reason=reason)
        data = {"item": number, "state": item.state, "from_on": by.on}
    done(as_json, data, f"任务 {number} 自 {by.on} 挂起。")


def resume(
    context: typer.Context,
    number: Number,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """恢复:时限按挂起的天数顺延。"""
    from tasks.items.suspend import resume as go_on

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        span = go_on(session, item, by=by)
        data = {"item": number, "state": item.state, "days": span.days, "unit": span.unit, "due_on": item.due_on}
    done(as_json, data, f"任务 {number} 已恢复,顺延 {span.days} {span.unit.label},时限 {item.due_on}。")


def urge(
    context: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="编号…", help="一项或几项任务的编号。")],
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="催办要求。")] = None,
    reply_by: Annotated[
        str | None, typer.Option("--reply-by", metavar="日期", help="回复期限;缺省为 3 个工作日内。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """催办一项或几项任务,出一张催办单;同一任务在策略规定的间隔内不重复催。"""
    from tasks.items.urge import urge as press
    from tasks.people.find import find_item

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.actor(session, as_, day, organ)
        plan = reach.plan_for(session, by, year, organ)
        chosen = [find_item(session, plan, number) for number in dict.fromkeys(numbers)]
        document = press(session, chosen, by=by, demand=text, reply_by=today(reply_by) if reply_by else None)
        data = {"document": document.id, "number": document.written_number, "items": numbers}
    done(as_json, data, f"已催办 {len(chosen)} 项任务:{document.written_number}(duban document export {document.id})。")


def unfiled(
    context: typer.Context,
    press: Annotated[bool, typer.Option("--urge", help="催办的正是这些任务(近日催过的除外)。")] = False,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """谁本期还没有填报进展;加 --urge 一次催办这些任务。"""
    from models.item import WorkItem
    from models.organ import Organ
    from models.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.items.urge import urge as ask
    from tasks.items.urge import urgeable
    from tasks.lists.list_unreported import unreported as missing

    with looking(context, as_, on, year, organ) as (session, plan, by):
        authorize_organ(session, by, Action.VIEW, plan.organ_id)
        rows = missing(session, plan, on=by.on, calendar=edge(context).calendar(session))
        title = f"{session.get_one(Organ, plan.organ_id).name} {rows[0].period if rows else ''} 未填报 {len(rows)} 项"
    number = None
    if press and rows:
        with edge(context).writing() as session:
            by = edge(context).actor(session, as_, today(on), organ)
            chosen = urgeable(session, [session.get_one(WorkItem, row.item.id) for row in rows], on=by.on)
            if chosen:
                number = ask(session, chosen, by=by, demand="本期进展尚未填报,请补报。").written_number
    if as_json:
        print_json({"unfiled": [row.as_dict() for row in rows], "urged": number})
        return
    made = table("牵头单位", "编号", "任务", "承办人", "填报期", "填报截止", title=title)
    for row in rows:
        item = row.item
        made.add_row(item.unit, item.number, item.title[:30], item.handler or "-", row.period, str(row.due_on))
    show_table(made)
    if press:
        say(f"已催办:{number}。" if number else "没有可催办的任务(没有未填报的,或近日都已催过)。")


def problems(
    context: typer.Context,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """哪些任务现在没有人承办:岗位空缺、离任无人接任、请假无人代理、未明确责任人。"""
    from models.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.lists.find_gaps import gaps

    with looking(context, as_, on, year, organ) as (session, plan, by):
        authorize_organ(session, by, Action.VIEW, plan.organ_id)
        found = gaps(session, plan, on=by.on)
    if as_json:
        print_json([gap.as_dict() for gap in found])
        return
    made = table("编号", "任务", "牵头单位", "问题", "通知现送", title=f"无人承办的任务 {len(found)} 项")
    for gap in found:
        made.add_row(gap.item.number, gap.item.title[:30], gap.item.unit, gap.words, gap.instead or "无人")
    show_table(made)
