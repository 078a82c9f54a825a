"""`duban score`: what departments lost in a period, published and appealed against; what another rule would mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.score_page import (
    preview_data,
    run_data,
    show_changes,
    show_lines,
    show_ranking,
    show_statement,
    show_units,
)
from duban.edge import (
    AsOption,
    JsonOption,
    OnOption,
    OrganOption,
    YearOption,
    edge,
    print_json,
    say,
    today,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.dates.span import Span
    from models.items.plan import AnnualPlan
    from models.people.organ import Department

scores = typer.Typer(help="考核:扣分规则、试算、公布、领导评价、申诉。", no_args_is_help=True)

DepartmentArgument = Annotated[str | None, typer.Argument(metavar="科室", help="逐条看一个科室;缺省为全单位排名。")]
PeriodOption = Annotated[
    str | None,
    typer.Option("--period", metavar="期间", help="如 2026、2026-H1、2026-Q2、2026-06;缺省为计划全年。"),
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="日期", help="期间的第一天,与 --until 同用。")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="日期", help="期间的最后一天(含)。")]
RuleOption = Annotated[str | None, typer.Option("--rule", metavar="名称", help="考核规则;缺省为 常规考核 的最新一版。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    from duban.commands import score_rule

    score_rule.register(scores)
    app.add_typer(scores, name="score")


@contextmanager
def _scoring(
    context: typer.Context,
    as_: str | None,
    on: str | None,
    year: int | None,
    organ: str | None,
    dates: tuple[str | None, str | None, str | None],
    *,
    writing: bool = False,
) -> Iterator[tuple[Session, AnnualPlan, Actor, Span]]:
    """A session with the plan, who acts or looks, and the period named by `dates` (period, from, until)."""
    from models.dates.span import span_named

    named = _span(*dates)
    reach = edge(context)
    with reach.writing() if writing else reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        plan = reach.plan_for(session, by, year or (named.until_on.year if named else None), organ)
        yield session, plan, by, named or span_named(str(plan.year))


def _span(period: str | None, first: str | None, last: str | None) -> Span | None:
    from models.dates.span import span_between, span_named
    from models.errors import BadInputError

    if (first is None) != (last is None) or (period is not None and first is not None):
        raise BadInputError("期间请写 --period(如 2026-Q2),或同时写 --from 和 --until,两者取一。")
    if first is not None and last is not None:
        return span_between(today(first), today(last))
    return span_named(period) if period is not None else None


def _department(session: Session, plan: AnnualPlan, name: str | None) -> Department | None:
    from models.people.organ import Organ
    from tasks.people.find import find_department

    return find_department(session, session.get_one(Organ, plan.organ_id), name) if name is not None else None


@scores.command()
def preview(
    context: typer.Context,
    department: DepartmentArgument = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="事项=分值", help="试用别的分值,如 late=3;可写多个。")
    ] = None,
    rule: RuleOption = None,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """试算到 --on 为止的扣分和名次;--set 比较改动分值前后的差别。不写入任何数据。"""
    from models.dates.day_override import office_calendar
    from models.scores.score_rules import typed_entry
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.score import preview as tried
    from tasks.scores.set_scoring_rule import find_rule
    from tasks.scores.show_scores import authorize_scores

    points = {entry["event"]: entry["points"] for entry in map(typed_entry, changes or ())}
    with _scoring(context, as_, on, year, organ, (period, first, last)) as (session, plan, by, span):
        chosen = _department(session, plan, department)
        authorize_scores(session, by, plan, chosen)
        made = tried(
            session, plan, from_on=span.from_on, until_on=span.until_on, on=by.on, overrides=points,
            rule=find_rule(session, plan.organ_id, rule or DEFAULT_RULE),
            calendar=office_calendar(session, organ_id=plan.organ_id),
        )  # fmt: skip
    if as_json:
        print_json(preview_data(made, department, with_changes=bool(points)))
        return
    stated = made.after if points else made.before
    score = stated.of(department) if department is not None else None
    title = f"{plan.title} {span.label}考核试算({stated.rule.name}第 {stated.rule.version} 版,截至 {by.on})"
    if score is not None:
        show_statement(score, title)
    elif not points:
        show_units(stated, title)
    if points:
        show_changes(made, department, title)


@scores.command()
def publish(
    context: typer.Context,
    rule: RuleOption = None,
    version: Annotated[int, typer.Option("--version", metavar="版次", min=1, help="同一期间重新公布时写下一版。")] = 1,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """公布一个已结束期间的考核:扣分逐条固定,此后只能经申诉改分。"""
    from models.dates.day_override import office_calendar
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.appeal import APPEAL_DAYS
    from tasks.scores.publish_scores import publish_scores
    from tasks.scores.set_scoring_rule import find_rule
    from tasks.scores.show_scores import published_lines, ranking

    with _scoring(context, as_, on, year, organ, (period, first, last), writing=True) as (session, plan, by, span):
        run = publish_scores(
            session, plan, by=by, from_on=span.from_on, until_on=span.until_on, version=version,
            rule=find_rule(session, plan.organ_id, rule or DEFAULT_RULE),
        )  # fmt: skip
        lines, ranked = published_lines(session, run), ranking(session, run)
        until = office_calendar(session, organ_id=plan.organ_id).add(by.on, APPEAL_DAYS)
    if as_json:
        print_json({"run": run_data(run, span), "lines": len(lines), "ranked": len(ranked), "appeal_until": until})
        return
    say(
        f"已公布{span.label}考核(第 {run.version} 版):扣分 {len(lines)} 条,{len(ranked)} 个科室参加排名;"
        f"科室负责人可在 {until} 前(含当日)申诉。"
    )


@scores.command()
def show(
    context: typer.Context,
    department: DepartmentArgument = None,
    version: Annotated[int | None, typer.Option("--version", metavar="版次", help="缺省为最新一版。")] = None,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """已公布的考核:全单位排名,或一个科室的逐条扣分和申诉结果。"""
    from tasks.scores.show_scores import authorize_scores, find_run, published_lines, published_parts, ranking

    with _scoring(context, as_, on, year, organ, (period, first, last)) as (session, plan, by, span):
        chosen = _department(session, plan, department)
        authorize_scores(session, by, plan, chosen)
        run = find_run(session, plan, span, version=version)
        ranked, lines = ranking(session, run), published_lines(session, run, department=chosen)
        parts = published_parts(session, run, lines) if chosen is not None else ()
    if chosen is not None:
        ranked = [row for row in ranked if row.department_id == chosen.id]
    waiting = [line for line in lines if line.appeal is not None and line.outcome is None]
    if as_json:
        data: dict[str, Any] = {"run": run_data(run, span), "ranking": ranked}
        if chosen is not None:
            print_json(data | {"lines": lines, "parts": parts})
            return
        others = [line for line in lines if line.department_id is None]
        print_json(data | {"others": others, "appeals": [line.appeal for line in waiting]})
        return
    title = f"{plan.title} {span.label}考核(第 {run.version} 版,{run.published_on} 公布)"
    show_ranking(ranked, title)
    if chosen is not None:
        show_lines(lines, parts)
        return
    others = [line for line in lines if line.department_id is None]
    if others:
        units = "、".join(dict.fromkeys(line.unit for line in others))
        say(f"另有 {len(others)} 条扣分属于非本单位科室或未明确的责任单位({units}),不参加排名。")
    if waiting:
        listed = "、".join(f"{line.appeal}({line.unit})" for line in waiting)
        say(f"待裁定的申诉:{listed}。用 duban score decide 编号 裁定。")


@scores.command()
def evaluate(
    context: typer.Context,
    department: Annotated[str, typer.Argument(metavar="科室", help="评价哪个科室。")],
    points: Annotated[str, typer.Option("--points", metavar="0-100", help="评价分。")],
    comment: Annotated[str | None, typer.Option("--comment", metavar="文字", help="评语。")] = None,
    period: PeriodOption = None,
    first: FromOption = None,
    last: UntilOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """领导对一个科室在一个期间的评价,计入同一期间的考核;再评以新的为准。"""
    from models.people.organ import Organ
    from models.scores.score_rules import written
    from tasks.people.find import find_department
    from tasks.scores.evaluate import evaluate as give

    with _scoring(context, as_, on, year, organ, (period, first, last), writing=True) as (session, plan, by, span):
        chosen = find_department(session, session.get_one(Organ, plan.organ_id), department)
        made = give(session, chosen, span, by=by, points=points, comment=comment)
    if as_json:
        print_json(
            {"department": chosen.name, "points": made.points, "from_on": made.from_on, "until_on": made.until_on}
        )
        return
    say(f"已记录{by.name}对{chosen.name}{span.label}的评价:{written(made.points)} 分。")


@scores.command()
def appeal(
    context: typer.Context,
    line: Annotated[int, typer.Argument(metavar="条目", help="扣分条目的编号,见 score show 科室。")],
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="申诉理由。")],
    as_: AsOption = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """科室负责人对一条已公布的扣分提出申诉;每条一次,公布后10个工作日内。"""
    from tasks.scores.appeal import appeal as complain
    from tasks.scores.appeal import find_line

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on))
        made = complain(session, find_line(session, line, by=by), by=by, reason=reason)
    if as_json:
        print_json({"id": made.id, "line": line, "on": made.on})
        return
    say(f"已对第 {line} 条扣分提出申诉,申诉编号 {made.id},待第一责任人裁定。")


@scores.command()
def decide(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="申诉", help="申诉编号。")],
    uphold: Annotated[bool, typer.Option("--uphold/--dismiss", help="采纳,或不予采纳。")],
    answer: Annotated[str, typer.Option("--answer", metavar="文字", help="裁定意见。")],
    points: Annotated[str | None, typer.Option("--points", metavar="分值", help="采纳时:此条改扣几分。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """第一责任人裁定一件申诉;采纳的改分后重新排名,公布的条目保持原样。"""
    from models.scores.score_rules import written
    from tasks.scores.appeal import decide_appeal, find_appeal

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on))
        made = decide_appeal(
            session, find_appeal(session, number, by=by), by=by, uphold=uphold, answer=answer, points=points
        )
    if as_json:
        print_json({"id": number, "line": made.line_id, "outcome": made.outcome, "points_after": made.points_after})
        return
    changed = f",第 {made.line_id} 条改扣 {written(made.points_after)} 分" if made.points_after is not None else ""
    say(f"申诉 {number} 已裁定:{made.outcome.label if made.outcome else ''}{changed}。")
