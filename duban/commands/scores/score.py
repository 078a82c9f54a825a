"""`duban score`: what departments lost in a period, published and appealed against; what another rule would mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.scores import APPEAL, DECIDE, EVALUATE, PUBLISH, run_data
from duban.commands.acts import Subject, add_command
from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.commands.scores.score_page import (
    preview_data,
    show_changes,
    show_lines,
    show_ranking,
    show_statement,
    show_units,
)
from duban.edge import (
    today,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.dates.span import Span
    from models.items.plan import AnnualPlan
    from models.people.organ import Department

scores = typer.Typer(help="考核：扣分规则、试算、公布、领导评价、申诉。", no_args_is_help=True)

DepartmentArgument = Annotated[str | None, typer.Argument(metavar="科室", help="逐条看一个科室；缺省为全单位排名。")]
PeriodOption = Annotated[
    str | None,
    typer.Option("--period", metavar="期间", help="如 2026、2026-H1、2026-Q2、2026-06；缺省为计划全年。"),
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="日期", help="期间的第一天，与 --until 同用。")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="日期", help="期间的最后一天（含）。")]
RuleOption = Annotated[
    str | None, typer.Option("--rule", metavar="名称", help="考核规则；缺省为 常规考核 的最新一版。")
]

PERIOD = (("period", PeriodOption), ("first", FromOption), ("last", UntilOption))


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    from duban.commands.scores import score_rule

    score_rule.register(scores)
    app.add_typer(scores, name="score")


def _scored(errand: Errand, period: str | None, first: str | None, last: str | None) -> tuple[AnnualPlan, Span]:
    """The plan, and the period named by its name, or by its first day and its last."""
    from models.dates.span import span_named

    named = _span(period, first, last)
    plan = errand.plan_of(errand.year or (named.until_on.year if named else None))
    return plan, named or span_named(str(plan.year))


def _span(period: str | None, first: str | None, last: str | None) -> Span | None:
    from models.dates.span import span_between, span_named
    from models.errors import BadInputError

    if (first is None) != (last is None) or (period is not None and first is not None):
        raise BadInputError("期间请写 --period（如 2026-Q2），或同时写 --from 和 --until，两者取一。")
    if first is not None and last is not None:
        return span_between(today(first), today(last))
    return span_named(period) if period is not None else None


def _department(session: Session, plan: AnnualPlan, name: str | None) -> Department | None:
    from models.people.organ import Organ
    from tasks.people.find import find_department

    return find_department(session, session.get_one(Organ, plan.organ_id), name) if name is not None else None


@scores.command()
@looking()
def preview(
    errand: Errand,
    department: DepartmentArgument = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="事项=分值", help="试用别的分值，如 late=3；可写多个。")
    ] = None,
    rule: RuleOption = None,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
) -> Answer:
    """试算到 --on 为止的扣分和名次；--set 比较改动分值前后的差别。不写入任何数据。"""
    from models.dates.day_override import office_calendar
    from models.scores.score_rules import typed_entry
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.gather_score_events import score_lacks
    from tasks.scores.score import preview as tried
    from tasks.scores.set_scoring_rule import find_rule
    from tasks.scores.show_scores import authorize_scores

    points = {entry["event"]: entry["points"] for entry in map(typed_entry, changes or ())}
    session, by = errand.session, errand.by
    plan, span = _scored(errand, period, first, last)
    chosen = _department(session, plan, department)
    authorize_scores(session, by, plan, chosen)
    made = tried(
        session, plan, from_on=span.from_on, until_on=span.until_on, on=by.on, overrides=points,
        rule=find_rule(session, plan.organ_id, rule or DEFAULT_RULE),
        calendar=office_calendar(session, organ_id=plan.organ_id),
    )  # fmt: skip

    lacks = score_lacks(session, plan, span, on=by.on)

    def screen() -> Iterator[Shown]:
        stated = made.after if points else made.before
        score = stated.of(department) if department is not None else None
        title = f"{plan.title} {span.label}考核试算（{stated.rule.name}第 {stated.rule.version} 版，截至 {by.on}）"
        if score is not None:
            yield from show_statement(score, title)
        elif not points:
            yield from show_units(stated, title)
        if points:
            yield from show_changes(made, department, title)
        if lacks:
            yield lacks

    return answer(preview_data(made, department, with_changes=bool(points)) | {"lacks": lacks}, screen)


add_command(scores, PUBLISH, Subject(_scored, named=PERIOD))


@scores.command()
@looking()
def show(
    errand: Errand,
    department: DepartmentArgument = None,
    version: Annotated[int | None, typer.Option("--version", metavar="版次", help="缺省为最新一版。")] = None,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
) -> Answer:
    """已公布的考核：全单位排名，或一个科室的逐条扣分和申诉结果。"""
    from tasks.scores.show_scores import authorize_scores, find_run, published_lines, published_parts, ranking

    session, by = errand.session, errand.by
    plan, span = _scored(errand, period, first, last)
    chosen = _department(session, plan, department)
    authorize_scores(session, by, plan, chosen)
    run = find_run(session, plan, span, version=version)
    ranked, lines = ranking(session, run), published_lines(session, run, department=chosen)
    parts = published_parts(session, run, lines) if chosen is not None else ()
    if chosen is not None:
        ranked = [row for row in ranked if row.department_id == chosen.id]
    waiting = [line for line in lines if line.appeal is not None and line.outcome is None]
    data: dict[str, Any] = {"run": run_data(run, span), "ranking": ranked}
    title = f"{plan.title} {span.label}考核（第 {run.version} 版，{run.published_on} 公布）"
    shown: list[Shown] = [lambda: show_ranking(ranked, title)]
    if chosen is not None:
        return answer(data | {"lines": lines, "parts": parts}, *shown, lambda: show_lines(lines, parts))
    others = [line for line in lines if line.department_id is None]
    if others:
        units = "、".join(dict.fromkeys(line.unit for line in others))
        shown.append(f"另有 {len(others)} 条扣分属于非本单位科室或未明确的责任单位（{units}），不参加排名。")
    if waiting:
        listed = "、".join(f"{line.appeal}（{line.unit}）" for line in waiting)
        shown.append(f"待裁定的申诉：{listed}。用 duban score decide 编号 裁定。")
    return answer(data | {"others": others, "appeals": [line.appeal for line in waiting]}, *shown)


def _scored_department(errand: Errand, department: str, **period: str | None) -> tuple[Any, Any]:
    plan, span = _scored(errand, **period)
    return _department(errand.session, plan, department), span


def _line(errand: Errand, line: int) -> tuple[Any, Any]:
    from tasks.scores.appeal import find_line

    return find_line(errand.session, line, by=errand.by), None


def _appeal(errand: Errand, number: int) -> tuple[Any, Any]:
    from tasks.scores.appeal import find_appeal

    return find_appeal(errand.session, number, by=errand.by), None


DEPARTMENT = Annotated[str, typer.Argument(metavar="科室", help="评价哪个科室。")]
LINE = Annotated[int, typer.Argument(metavar="条目", help="扣分条目的编号，见 score show 科室。")]
NUMBER = Annotated[int, typer.Argument(metavar="申诉", help="申诉编号。")]

add_command(scores, EVALUATE, Subject(_scored_department, ("department", DEPARTMENT), named=PERIOD))
add_command(scores, APPEAL, Subject(_line, ("line", LINE), options="as on json"))
add_command(scores, DECIDE, Subject(_appeal, ("number", NUMBER), options="as on json"))
