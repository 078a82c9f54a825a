"""`duban calendar`: the working days of the office, where they come from, and how many there are."""  # noqa: A005 - inside a package it shadows nothing

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart
from duban.edge import (
    Edge,
    YearOption,
    print_json,
    show_table,
    table,
    today,
    warn,
)

if TYPE_CHECKING:
    from rich.table import Table

    from models.dates.workdays import WorkCalendar

calendar = typer.Typer(help="工作日历：查某天是否上班、数工作日、导入放假安排。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `duban calendar` to `app`."""
    app.add_typer(calendar, name="calendar")


# Click would take -3 for an option.
@calendar.command(context_settings={"ignore_unknown_options": True})
@apart("json")
def check(
    errand: Errand,
    day: Annotated[str, typer.Argument(metavar="日期", help="如 2026-10-01。")],
    plus: Annotated[str | None, typer.Argument(metavar="[+N]", help="其后（+N）或其前（-N）第 N 个工作日。")] = None,
) -> Answer:
    """某天是否工作日，为什么；加 +N 得出其后第 N 个工作日（次日起算）。"""
    on = today(day)
    count = _count(plus)
    days = _calendar(errand.edge)
    found = days.add(on, count) if count is not None else None
    # What is counted over may be a guess although the day itself is known.
    provisional = days.is_provisional(on) or (found is not None and days.is_provisional(found))

    def screen() -> Iterator[Shown]:
        yield f"{_spoken(on)}{'是' if days.is_working(on) else '不是'}工作日{_because(days, on)}。"
        if found is not None and count is not None:
            yield f"其{'前' if count < 0 else '后'}第 {abs(count)} 个工作日：{_spoken(found)}{_because(days, found)}。"
        if provisional:
            warn(
                "注意：涉及的年份尚无放假安排，按法定节日和周一至周五暂定；安排公布后请用 duban calendar import 导入。"
            )

    return answer(
        {"on": on, "working": days.is_working(on), "provisional": provisional, "why": days.why(on), "plus": found},
        screen,
    )


@calendar.command()
@apart("json")
def show(
    errand: Errand,
    year: YearOption = None,
    month: Annotated[int | None, typer.Option("--month", metavar="月份", min=1, max=12, help="只看一个月。")] = None,
) -> Answer:
    """一年或一月的日历：“休”是放假，“班”是调休上班，并数出工作日。"""
    wanted = year or today(None).year
    days = _calendar(errand.edge)
    months = [month] if month else list(range(1, 13))
    laid_out = [_month(days, wanted, number) for number in months]
    total = sum(row["working_days"] for row in laid_out)
    provisional = any(row["provisional"] for row in laid_out)

    def screen() -> Iterator[Shown]:
        yield from _show_months(laid_out)
        yield f"{wanted}年{f'{month}月' if month else ''}共 {total} 个工作日。" + ("（暂定）" if provisional else "")
        if provisional:
            warn("注意：放假安排未公布的日子按法定节日和周一至周五暂定。")

    return answer({"year": wanted, "working_days": total, "provisional": provisional, "months": laid_out}, screen)


@calendar.command("import")
@apart("as on json")
def import_(
    errand: Errand,
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="放假安排（.xlsx、.csv 的 日期、类型、名称，或 .ics 日历、.json）。")
    ],
) -> Answer:
    """导入放假和调休安排，列出改变的日子和随之移动的提醒、升级；任务的时限不改，已发的不重发。"""
    from models.errors import ImportRefusedError
    from tasks.workdays.import_calendar import import_calendar

    try:
        with errand.writing() as session:
            changed = import_calendar(session, file, by=errand.by)
    except ImportRefusedError as refused:
        _show_refusal(refused, errand.json)
        raise typer.Exit(refused.exit_code) from refused
    done, after, moved, notices = changed.done, changed.calendar, changed.moved, changed.notices
    data = {
        "added": done.added, "changed": done.changed, "unchanged": done.unchanged, "moved": moved,
        "notices": [asdict(notice) for notice in notices], "terms": [asdict(term) for term in changed.terms],
        "errors": [],
    }  # fmt: skip

    def screen() -> Iterator[Shown]:
        counted = f"新增 {len(done.added)} 天，改变 {len(done.changed)} 天，未变 {len(done.unchanged)} 天"
        yield f"已导入“{file.name}”：{counted}。"
        for day in moved:
            yield f"  {_spoken(day)}改为{'上班' if after.is_working(day) else '休息'}：{after.why(day)}"
        if not moved:
            yield "与原来的日历相比，没有一天的上班、休息有变化。"
        if notices:
            shown = table("任务", "时限", "规则", "原定", "改为", title=f"随之移动的提醒和升级 {len(notices)} 条")
            for notice in notices:
                days = (str(notice.due_on), notice.rung, str(notice.from_on), str(notice.to_on))
                shown.add_row(f"{notice.item} {notice.title[:20]}", *days)
            yield shown
        if changed.terms:
            shown = table("台账时限", "原定", "改为", title=f"重新计算的台账时限 {len(changed.terms)} 条")
            for term in changed.terms:
                shown.add_row(term.title[:60], str(term.from_on), str(term.to_on))
            yield shown

    return answer(data, screen)


def _calendar(reached: Edge) -> WorkCalendar:
    """The office's calendar; before `duban init` the official one, since nothing has been set yet."""
    from models.dates.workdays import WorkCalendar
    from models.errors import NotFoundError

    try:
        with reached.reading() as session:
            return reached.calendar(session)
    except NotFoundError:
        return WorkCalendar()


def _count(plus: str | None) -> int | None:
    from models.errors import BadInputError

    if plus is None:
        return None
    try:
        return int(plus)
    except ValueError as error:
        raise BadInputError(f"“{plus}”不是天数：应写成 +3 或 -3。") from error


def _because(days: WorkCalendar, day: dt.date) -> str:
    why = days.why(day)
    return "" if why == "工作日" else f"，{why}"


def _spoken(day: dt.date) -> str:
    from models.dates.days import weekday_name

    return f"{day}（{weekday_name(day)}）"


def _month(days: WorkCalendar, year: int, month: int) -> dict[str, Any]:
    from models.dates.days import days_from, last_of

    first = dt.date(year, month, 1)
    dates = days_from(first, last_of("month", first))
    working = [day for day in dates if days.is_working(day)]
    marked = [day for day in dates if days.is_working(day) != (day.weekday() < 5)]
    return {
        "month": month,
        "working_days": len(working),
        "provisional": any(days.is_provisional(day) for day in dates),
        "rest": [day for day in marked if not days.is_working(day)],
        "work": [day for day in marked if days.is_working(day)],
        "days": [{"on": day, "working": day in working, "why": days.why(day)} for day in dates],
    }


def _show_months(rows: list[dict[str, Any]]) -> Iterator[Shown]:
    """As many months beside each other as the terminal is wide."""
    from rich.columns import Columns
    from rich.table import Table

    beside = Table.grid()
    beside.add_row(Columns([_grid(row) for row in rows], padding=(0, 3)))
    yield beside


def _grid(row: dict[str, Any]) -> Table:
    dates = [day["on"] for day in row["days"]]
    marks = dict.fromkeys(row["rest"], "休") | dict.fromkeys(row["work"], "班")
    guess = "（暂定）" if row["provisional"] else ""
    shown = table(*"一二三四五六日", title=f"{row['month']}月  {row['working_days']} 个工作日{guess}")
    shown.box, shown.padding = None, (0, 1, 0, 0)
    cells = [""] * dates[0].weekday() + [f"{day.day:>2}{marks.get(day, '  ')}" for day in dates]
    cells += [""] * (-len(cells) % 7 + (7 if len(cells) <= 35 else 0))
    for start in range(0, len(cells), 7):
        shown.add_row(*cells[start : start + 7])
    return shown


def _show_refusal(refused: Any, as_json: bool) -> None:
    if as_json:
        nothing: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "moved": []}
        print_json({**nothing, "errors": [fault.as_dict() for fault in refused.errors]})
        return
    shown = table("工作表", "行", "列", "值", "应填")
    for fault in refused.errors:
        shown.add_row(fault.sheet, str(fault.row or ""), fault.column, fault.value, fault.accepted)
    show_table(shown)
    warn(f"错误：{refused.message}")
