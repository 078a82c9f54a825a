"""`duban supervise`, `deliver`, `notice list`, `simulate`, `status`: the daily rhythm by hand."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from duban.edge import (
    AsOption,
    JsonOption,
    OnOption,
    OrganOption,
    YearOption,
    edge,
    print_json,
    progress,
    say,
    show_table,
    table,
    today,
)

notices = typer.Typer(help="通知台账。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(supervise)
    app.command()(deliver)
    app.command()(simulate)
    app.command()(status)
    app.add_typer(notices, name="notice")


def supervise(context: typer.Context, on: OnOption = None, as_json: JsonOption = False) -> None:
    """按日历和督办策略生成当日应发的提醒与升级,应出督办单的一并出单(可重复运行,不会重复生成)。"""
    from tasks.oversight.supervise import supervise as supervise_day

    reach, day = edge(context), today(on)
    with reach.sweeping() as session:
        result = supervise_day(session, by=reach.actor(session, None, day), calendar=reach.calendar(session))
        swept, sheets = result.swept, [document.written_number for document in result.sheets]
    if as_json:
        print_json({**asdict(swept), "sheets": sheets})
        return
    say(
        f"{swept.on}:生成通知 {swept.raised} 条(提醒 {swept.reminders},升级 {swept.escalations};"
        f"其中补发 {swept.late},待工作日发送 {swept.held});不发送 {swept.skipped} 条;督办单 {len(sheets)} 张。"
    )


def deliver(
    context: typer.Context,
    on: OnOption = None,
    quiet: Annotated[bool, typer.Option("--quiet-hours", help="遵守静默时段(后台发送总是遵守)。")] = False,
    as_json: JsonOption = False,
) -> None:
    """把待发通知汇成每人每日一封,经邮件发出(未配置邮件服务器时写入数据目录的 mail)。"""
    from models.clock import now
    from models.errors import DubanError
    from tasks.notices.deliver import deliver as send

    reach = edge(context)
    result = send(reach.engine, reach.settings, now=now(), on=today(on) if on else None, quiet=quiet)
    if as_json:
        print_json(asdict(result))
    else:
        say(
            f"{result.on}:已发 {result.sent} 封,稍后重试 {result.failed},搁置 {result.parked};"
            f"复核取消 {result.dropped} 条,未登记邮箱 {result.unreachable} 条,仍待发 {result.held} 条。"
        )
    if result.problem:
        raise DubanError(result.problem)


def simulate(
    context: typer.Context, year: YearOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """预演全年:若无人办理,每天会向谁发出哪些通知(不写入任何数据)。"""
    from models.clock import now
    from tasks.oversight.simulate import simulate as rehearse

    reach = edge(context)
    with reach.scratch() as session, progress("预演") as track:
        plan = reach.plan(session, year, organ)
        rows = rehearse(session, plan, now=now(), calendar=reach.calendar(session), track=track)
    if as_json:
        print_json(rows)
        return
    _show_notices(rows, f"{len(rows)} 条通知(预演,未写入)")


@notices.command("list")
def list_(
    context: typer.Context,
    on: OnOption = None,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="只看此人的通知。")] = None,
    as_: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出通知:何时、依哪条规则、发给谁、结果如何、为何。"""
    from tasks.notices.browse_notices import list_notices
    from tasks.people.find import find_person

    reach = edge(context)
    with reach.reading() as session:
        who = find_person(session, person) if person else None
        by = reach.actor(session, as_, today(on))
        rows = list_notices(session, on=today(on) if on else None, person=who, by=by)
    if as_json:
        print_json(rows)
        return
    _show_notices(rows, f"{len(rows)} 条通知")


def status(
    context: typer.Context,
    on: OnOption = None,
    by: Annotated[
        Literal["department", "project", "person"], typer.Option("--by", help="按科室、项目或责任人汇总。")
    ] = "department",
    as_: AsOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """某日的亮灯汇总:正常、临期、逾期、未开始、已办结。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.ladder.status import lights_shown, overall
    from tasks.ladder.status import status as count

    reach, day = edge(context), today(on)
    with reach.reading() as session:
        actor = reach.actor(session, as_, day, organ)
        plan = reach.plan_for(session, actor, year, organ)
        authorize_organ(session, actor, Action.VIEW, plan.organ_id)
        counts = count(session, plan, on=day, by=by, calendar=reach.calendar(session))
    if as_json:
        print_json([row.as_dict() for row in counts])
        return
    heads = {"department": "科室", "project": "项目", "person": "责任人"}
    lights = lights_shown(overall(counts))
    made = table(heads[by], *(light.label for light in lights), "合计", title=f"{plan.title} {day}")
    for row in [*counts, overall(counts)]:
        made.add_row(row.key, *(str(getattr(row, light.value)) for light in lights), str(row.total))
    show_table(made)


def _show_notices(rows: list[dict[str, object]], title: str) -> None:
    from models.ladder.notice import NoticeKind

    made = table("编号", "日期", "收件人", "类别", "任务", "规则", "时限", "状态", "原因", title=title)
    words = {kind.value: kind.label for kind in NoticeKind}
    states = {"pending": "待发送", "sent": "已发送", "collapsed": "已并入", "dropped": "已取消", "parked": "搁置"}
    for row in rows:
        made.add_row(
            str(row["id"]),
            str(row["fired_on"]),
            str(row["recipient"] or "无人"),
            words[str(row["kind"])],
            f"{row['item']} {str(row['title'])[:20]}",
            str(row["rung"]),
            str(row["due_on"]),
            states[str(row["state"])] + ("(补发)" if row["late"] else ""),
            str(row["why"]),
        )
    show_table(made)
