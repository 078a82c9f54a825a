"""`duban supervise`, `deliver`, `simulate`, `status`: the daily rhythm by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart, looking
from duban.commands.notice import show_notices
from duban.edge import (
    progress,
    table,
)

if TYPE_CHECKING:
    from models.engine.problem import OrganProblem
    from models.errors import DubanError


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(supervise)
    app.command()(deliver)
    app.command()(simulate)
    app.command()(status)


@apart("on json")
def supervise(
    errand: Errand,
    for_good: Annotated[
        bool,
        typer.Option("--for-good", help="正式运行：日期在今天以后或离上次督办太远的，不加只预览，加了才生成并保存。"),
    ] = False,
) -> Answer:
    """按日历和督办策略生成当日应发的提醒与升级，应出督办单的一并出单（可重复运行，不会重复生成）。"""
    from flows.steps import between
    from models.clock import today
    from tasks.oversight.doubt_day import doubt_day, stand_by
    from tasks.oversight.supervise import supervise as supervise_day
    from tasks.trail.close_day import close_day

    day = errand.day

    with errand.edge.reading() as session:
        doubt = doubt_day(session, on=day, today=today(), most=errand.edge.settings.days_ahead)
    if doubt is not None and not for_good:
        return _rehearse(errand, doubt)
    with errand.edge.sweeping() as session:
        by = errand.edge.actor(session, None, day)
        if doubt is not None:
            stand_by(session, doubt, by=by)
        result = supervise_day(session, by=by, calendar=errand.edge.calendar(session), between=between)
        swept, sheets = result.swept, [document.written_number for document in result.sheets]
    close_day(errand.edge.engine, errand.edge.settings.home, by=by)
    problems = result.problems
    return answer(
        {**asdict(swept), "sheets": sheets, "problems": [problem.as_dict() for problem in problems]},
        f"{swept.on}：生成通知 {swept.raised} 条（提醒 {swept.reminders}，升级 {swept.escalations}；"
        f"其中补发 {swept.late}，待工作日发送 {swept.held}）；不发送 {swept.skipped} 条；督办单 {len(sheets)} 张。",
        then=_failed_for(problems, "其他单位已完成；查明原因后再运行 duban supervise，即行补齐"),
    )


def _rehearse(errand: Errand, doubt: str) -> Answer:
    """What the day would bring, and how to have it in earnest."""
    from tasks.oversight.rehearse_day import rehearse_day

    day = errand.day
    with errand.edge.scratch() as session:
        by = errand.edge.actor(session, None, day)
        result, rows = rehearse_day(session, by=by, calendar=errand.edge.calendar(session))
    swept, sheets = result.swept, len(result.sheets)

    def screen() -> Iterator[Shown]:
        yield from show_notices(rows, f"{len(rows)} 条通知（预览，未写入）")
        yield (
            f"预览，什么也没有写入：{doubt}。正式运行将在 {swept.on} 生成通知 {swept.raised} 条"
            f"（提醒 {swept.reminders}，升级 {swept.escalations}），督办单 {sheets} 张。"
        )
        yield f"请先核对日期和本机时钟；确实要按这一天督办的：duban supervise --on {day} --for-good"

    return answer({**asdict(swept), "sheets": sheets, "rehearsal": doubt, "notices": rows}, screen)


def _failed_for(problems: Sequence[OrganProblem], then: str) -> DubanError | None:
    """What is raised once everything else is told, where something failed for an organ."""
    from models.errors import DubanError

    named = "；".join(problem.words for problem in problems)
    return DubanError(f"以下单位未能完成：{named}。{then}。") if problems else None


@apart("on json")
def deliver(
    errand: Errand,
    quiet: Annotated[bool, typer.Option("--quiet-hours", help="遵守静默时段（后台发送总是遵守）。")] = False,
) -> Answer:
    """发送待发通知：不能等的即时发出，其余汇成每人每日一封（未配置邮件服务器时写入数据目录的 mail）。"""
    from models.clock import now
    from models.errors import DubanError
    from tasks.notices.deliver import deliver as send
    from tasks.notices.send_letters import send_letters

    letters = send_letters(errand.edge.engine, errand.edge.settings, now=now())
    result = send(
        errand.edge.engine, errand.edge.settings, now=now(), on=errand.day if errand.said["on"] else None, quiet=quiet
    )
    return answer(
        asdict(result) | {"letters": letters.letters, "problems": [*letters.problems, *result.problems]},
        f"{result.on}：已发 {result.sent} 封，稍后重试 {result.failed}，停发 {result.parked}；"
        + (f"另发账户信件 {letters.letters} 封；" if letters.letters else "")
        + f"复核取消 {result.dropped} 条，仅在系统内 {result.unreachable} 条，仍待发 {result.held} 条。"
        + ("今天的督办还没有运行（duban supervise）：当日的通知在督办以后汇成一封发出。" if result.early else ""),
        then=DubanError(result.problem)
        if result.problem
        else _failed_for([*letters.problems, *result.problems], "其他单位的已发；这些稍后自动重试"),
    )


@apart("year organ json")
def simulate(errand: Errand) -> Answer:
    """预览全年：若无人办理，每天会向谁发出哪些通知（不写入任何数据）。"""
    from models.clock import now
    from tasks.oversight.simulate import simulate as rehearse

    with errand.edge.scratch() as session, progress("预览") as track:
        plan = errand.edge.plan(session, errand.year, errand.said["organ"])
        rows = rehearse(session, plan, now=now(), calendar=errand.edge.calendar(session), track=track)

    return answer(rows, lambda: show_notices(rows, f"{len(rows)} 条通知（预览，未写入）"))


@looking("on as year organ json")
def status(
    errand: Errand,
    by: Annotated[
        Literal["department", "project", "person"], typer.Option("--by", help="按科室、项目或责任人汇总。")
    ] = "department",
) -> Answer:
    """某日的亮灯汇总：正常、临期、逾期、未开始、已办结。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.ladder.status import lights_shown, overall
    from tasks.ladder.status import status as count

    day = errand.day
    session = errand.session
    actor = errand.by
    plan = errand.plan
    authorize_organ(session, actor, Action.VIEW, plan.organ_id)
    counts = count(session, plan, on=day, by=by, calendar=errand.calendar)

    def screen() -> Iterator[Shown]:
        heads = {"department": "科室", "project": "项目", "person": "责任人"}
        lights = lights_shown(overall(counts))
        made = table(heads[by], *(light.label for light in lights), "合计", title=f"{plan.title} {day}")
        for row in [*counts, overall(counts)]:
            made.add_row(row.key, *(str(getattr(row, light.value)) for light in lights), str(row.total))
        yield made

    return answer([row.as_dict() for row in counts], screen)
