"""`duban item`: what a person does with one item."""

from dataclasses import asdict
from typing import Annotated

import typer

from duban.edge import JsonOption, OnOption, OrganOption, YearOption, edge, print_json, say, today

items = typer.Typer(help="办理任务:填报进展、销号。", no_args_is_help=True)
Number = Annotated[str, typer.Argument(metavar="编号", help="任务编号(序号)。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(items, name="item")


@items.command()
def progress(
    context: typer.Context,
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="进展情况。")],
    percent: Annotated[int | None, typer.Option("--percent", metavar="0-100", help="完成进度。")] = None,
    achievement: Annotated[
        str | None, typer.Option("--achievement", metavar="一句话", help="可写入年度报告的成效。")
    ] = None,
    next_report: Annotated[
        str | None, typer.Option("--next-report", metavar="日期", help="承诺的下次报告日;此前不再催。")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="填报人。")] = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """填报进展;首次填报即视为签收。"""
    from models.clock import now
    from tasks.find import find_item, find_person
    from tasks.progress import record_progress

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        plan = reach.plan_of_day(session, day, year, organ)
        item = find_item(session, plan, number)
        entry = record_progress(
            session,
            item,
            content=text,
            on=day,
            now=now(),
            calendar=reach.calendar(session),
            percent=percent,
            achievement=achievement,
            next_report_on=today(next_report) if next_report else None,
            person=find_person(session, person) if person else None,
        )
        data = {"id": entry.id, "item": item.number, "state": item.state, "percent": item.percent}
    if as_json:
        print_json(data)
        return
    say(f"已记录任务 {item.number} 的进展({item.state.label},进度 {item.percent}%)。")


@items.command()
def close(
    context: typer.Context,
    number: Number,
    whole: Annotated[bool, typer.Option("--all", help="周期任务:其余各期一并销号。")] = False,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """销号;周期任务销去最早未办结的一期。"""
    from tasks.close import close_item
    from tasks.find import find_item

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        item = find_item(session, reach.plan_of_day(session, day, year, organ), number)
        closure = close_item(session, item, on=day, whole=whole)
        data = {**asdict(closure), "state": item.state}
    if as_json:
        print_json(data)
        return
    timely = "按期" if closure.on_time else "逾期"
    rest = f";下一期 {closure.next_due_on}" if closure.next_due_on else ""
    say(f"任务 {number} 已于 {day} {timely}{'办结本期' if rest else '销号'}{rest}。")


@items.command()
def milestone(
    context: typer.Context,
    number: Number,
    title: Annotated[str, typer.Option("--title", metavar="名称", help="节点名称,如 方案报审。")],
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="设节点:它的时限。")] = None,
    done: Annotated[bool, typer.Option("--done", help="节点已完成(完成日为 --on)。")] = False,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """设一个阶段节点(--due),或记它已完成(--done);节点同样按策略提醒和升级。"""
    from models.errors import BadInputError
    from tasks.find import find_item
    from tasks.milestone import add_milestone, reach_milestone

    if (due is None) == (not done):
        raise BadInputError("请写 --due 日期(设节点)或 --done(节点已完成),两者取一。")
    reach, day = edge(context), today(on)
    with reach.writing() as session:
        item = find_item(session, reach.plan_of_day(session, day, year, organ), number)
        if due is not None:
            set_for = today(due)
            add_milestone(session, item, title=title, due_on=set_for, on=day)
            data = {"item": number, "title": title, "due_on": set_for}
        else:
            data = {
                "item": number,
                "title": title,
                "done_on": day,
                "on_time": reach_milestone(session, item, title=title, on=day),
            }
    if as_json:
        print_json(data)
        return
    say(
        f"任务 {number} 的节点“{title}”"
        + (f"已设,时限 {data['due_on']}。" if due else f"已于 {day} {'按期' if data['on_time'] else '逾期'}完成。")
    )
