"""考核: what was published by period and unit, each deduction with its item; evaluations, appeals, publication."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.scores import APPEAL, DECIDE, EVALUATE, PUBLISH
from duban.web.acts.act_form import do, refusal
from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.span import Span, span_named
from models.errors import BadInputError, DubanError, NotFoundError
from models.items.plan import AnnualPlan
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person, Role
from models.scores.score_rules import written
from models.scores.scoring import DEFAULT_RULE, ScoreAppeal, ScoreLine, ScoreRun, ScoringRule
from tasks.acting.authorize import authorize_organ, organs_within, seats, standings_on
from tasks.acting.find_seen import seen_items
from tasks.items.attach import pieces_of
from tasks.scores.appeal import APPEAL_DAYS, appeal_until, find_appeal, find_line
from tasks.scores.evaluate import departments_to_evaluate
from tasks.scores.gather_score_events import score_lacks
from tasks.scores.publish_scores import to_publish
from tasks.scores.set_scoring_rule import find_rule, list_rules
from tasks.scores.show_scores import (
    authorize_scores,
    departments_shown,
    list_runs,
    published_lines,
    published_parts,
    ranking,
)

router = APIRouter()


@router.get("/scores")
def scores(visit: Signed, run: RowNumber = None) -> HTMLResponse:
    """What was published, and the ranking of one publication: of the whole organ, or of one's own departments."""
    with visit.reading() as session:
        plan = visit.plan_or_none(session)
        if plan is None:
            return visit.page(session, "scores/scores.html", menu="/scores", plan=None)
        shown = departments_shown(session, visit.looking, plan)
        runs = list_runs(session, plan)
        chosen = next((one for one in runs if run in (None, one.id)), None)
        if run is not None and chosen is None:
            raise NotFoundError("没有公布过这次考核。")
        rows = (
            [row for row in ranking(session, chosen) if shown is None or row.department_id in shown] if chosen else []
        )
        lines = published_lines(session, chosen) if chosen and shown is None else []
        return visit.page(
            session,
            "scores/scores.html",
            menu="/scores",
            plan=plan,
            whole=shown is None,
            runs=[(one, _span(one).label) for one in runs],
            chosen=chosen,
            period=_span(chosen).label if chosen else "",
            rule=session.get_one(ScoringRule, chosen.rule_id) if chosen else None,
            rows=rows,
            others=[line for line in lines if line.department_id is None],
            waiting=[line for line in lines if line.appeal is not None and line.outcome is None],
            until=appeal_until(session, chosen) if chosen else None,
            written=written,
            may_score=plan.organ_id in organs_within(session, visit.by, Action.SCORE),
            may_evaluate=bool(departments_to_evaluate(session, plan, by=visit.by)),
        )


@router.get("/scores/runs/{run_id:row}/units/{department_id:row}")
def unit(visit: Signed, run_id: int, department_id: int) -> HTMLResponse:
    """One unit's deductions, line by line, with what became of appeals. 0 is what belongs to no department."""
    with visit.reading() as session:
        run, plan = _run(session, visit, run_id)
        department = session.get(Department, department_id) if department_id else None
        if department_id and (department is None or department.organ_id != plan.organ_id):
            raise NotFoundError("没有这个科室。")
        authorize_scores(session, visit.looking, plan, department)
        lines = published_lines(session, run, department=department)
        if department is None:
            lines = [line for line in lines if line.department_id is None]
        ranked = [row for row in ranking(session, run) if row.department_id == department_id]
        readable = standings_on(session, visit.looking, Action.VIEW, {line.item_id for line in lines})
        until = appeal_until(session, run)
        newest = next(one for one in list_runs(session, plan) if _span(one) == _span(run))
        return visit.page(
            session,
            "scores/scores_unit.html",
            menu="/scores",
            run=run,
            period=_span(run).label,
            unit=department.name if department else "不属本单位科室的",
            ranked=ranked[0] if ranked else None,
            lines=lines,
            parts=published_parts(session, run, lines) if department else (),
            readable=readable.keys(),
            written=written,
            until=until,
            may_appeal=department is not None
            and _heads(session, visit, department_id)
            and visit.by.on <= until
            and newest.id == run.id,
        )


@router.get("/scores/lines/{line_id:row}/appeal")
def appeal_form(visit: Signed, line_id: int) -> HTMLResponse:
    """The form of an appeal, with the evidence there is."""
    with visit.reading() as session:
        return _appeal_form(session, visit, _line(session, visit, line_id), {})


@router.post("/scores/lines/{line_id:row}/appeal")
def appealed(sent: Sent, line_id: int) -> Response:
    """Appeal."""
    visit = sent.visit
    with attempt(
        visit,
        lambda session, error: _appeal_form(session, visit, _line(session, visit, line_id), sent.typed, error),
        beyond=NotFoundError,
    ) as session:
        line = _line(session, visit, line_id)
        where = visit.link(f"/scores/runs/{line.run_id}/units/{line.department_id}")
        said = do(session, line, APPEAL, sent).said
    return visit.go(where, said)


@router.get("/scores/appeals/{number:row}")
def one_appeal(visit: Signed, number: int) -> HTMLResponse:
    """An appeal as it stands, and its decision for whoever decides."""
    with visit.reading() as session:
        return _appeal_page(session, visit, _appeal(session, visit, number), {})


@router.post("/scores/appeals/{number:row}")
def decided(sent: Sent, number: int) -> Response:
    """Decide an appeal."""
    visit = sent.visit
    with attempt(
        visit,
        lambda session, error: _appeal_page(session, visit, _appeal(session, visit, number), sent.typed, error),
        beyond=NotFoundError,
    ) as session:
        said = do(session, _appeal(session, visit, number), DECIDE, sent).said
    return visit.go(visit.link(f"/scores/appeals/{number}"), said)


@router.get("/scores/evaluate")
def evaluation_form(visit: Signed, period: str = "", department: str = "") -> HTMLResponse:
    """The form of a leader's evaluation."""
    with visit.reading() as session:
        return _evaluation_form(session, visit, {"period": period, "department": department})


@router.post("/scores/evaluate")
def evaluated(sent: Sent) -> Response:
    """Evaluate a department for a period."""
    visit = sent.visit
    with attempt(visit, lambda session, error: _evaluation_form(session, visit, sent.typed, error)) as session:
        allowed = departments_to_evaluate(session, visit.plan(session), by=visit.by)
        number = sent.number("department", "科室")
        found = next((one for one in allowed if one.id == number), None)
        if found is None:
            raise BadInputError("请选择要评价的科室：只能评价本人分管的科室。")
        said = do(session, found, EVALUATE, sent, span_named(sent.text("period"))).said
    return visit.go(visit.link("/scores"), said)


@router.get("/scores/preview")
def preview(visit: Signed, period: str = "", rule: str = DEFAULT_RULE) -> HTMLResponse:
    """What publishing would say, before anything is published."""
    with visit.reading() as session:
        return _preview(session, visit, {"period": period, "rule": rule})


@router.post("/scores/publish")
def published(sent: Sent) -> Response:
    """Publish what the preview showed."""
    visit = sent.visit
    with attempt(
        visit, lambda session, error: _preview(session, visit, sent.typed, error), beyond=NotFoundError
    ) as session:
        done = do(session, visit.plan(session), PUBLISH, sent, span_named(sent.text("period")))
    return visit.go(visit.link("/scores", run=done.rows[0]), done.said)


def periods(plan: AnnualPlan) -> list[tuple[str, str]]:
    """The periods of a plan's year that are scored, by the name people type and its label."""
    year = plan.year
    names = [str(year), *(f"{year}-H{half}" for half in (1, 2)), *(f"{year}-Q{quarter}" for quarter in range(1, 5))]
    return [(name, span_named(name).label) for name in [*names, *(f"{year}-{month:02}" for month in range(1, 13))]]


def _preview(session: Session, visit: Visit, asked: Mapping[str, str], error: DubanError | None = None) -> HTMLResponse:
    plan = visit.plan(session)
    authorize_scores(session, visit.by, plan, None)
    span = span_named(asked.get("period") or str(plan.year))
    rule = find_rule(session, plan.organ_id, asked.get("rule") or DEFAULT_RULE)
    stated, version = to_publish(session, plan, span, rule, on=visit.on)
    return visit.page(
        session,
        "scores/scores_preview.html",
        menu="/scores",
        **refusal(PUBLISH, error),
        plan=plan,
        span=span,
        period=asked.get("period") or str(plan.year),
        periods=periods(plan),
        rule=rule,
        rules=[(name, name) for name in dict.fromkeys(one.name for one in list_rules(session, plan.organ_id))],
        stated=stated,
        lacks=score_lacks(session, plan, span, on=visit.on),
        version=version,
        lines=sum(len(score.lines) for score in stated.units),
        ranked=sum(score.rank is not None for score in stated.units),
        over=visit.by.on > span.until_on,
        until=office_calendar(session, organ_id=plan.organ_id).add(visit.by.on, APPEAL_DAYS),
        may_score=plan.organ_id in organs_within(session, visit.by, Action.SCORE),
        written=written,
    )


def _appeal_form(
    session: Session, visit: Visit, line: ScoreLine, typed: Mapping[str, str], error: DubanError | None = None
) -> HTMLResponse:
    run = session.get_one(ScoreRun, line.run_id)
    return visit.page(
        session,
        "scores/scores_appeal.html",
        menu="/scores",
        **refusal(APPEAL, error),
        typed=typed,
        line=line,
        run=run,
        period=_span(run).label,
        until=appeal_until(session, run),
        written=written,
        **_item(session, visit, line),
    )


def _appeal_page(
    session: Session, visit: Visit, made: ScoreAppeal, typed: Mapping[str, str], error: DubanError | None = None
) -> HTMLResponse:
    line = session.get_one(ScoreLine, made.line_id)
    run = session.get_one(ScoreRun, line.run_id)
    may_decide = run.organ_id in organs_within(session, visit.by, Action.DECIDE_APPEAL)
    return visit.page(
        session,
        "scores/scores_decide.html",
        menu="/scores",
        **refusal(DECIDE, error),
        typed=typed,
        made=made,
        asker=session.get_one(Person, made.person_id).name,
        decider=session.get_one(Person, made.decided_by_id).name if made.decided_by_id else None,
        line=line,
        run=run,
        period=_span(run).label,
        may_decide=may_decide and made.outcome is None and made.person_id != visit.person.id,
        written=written,
        **_item(session, visit, line),
    )


def _item(session: Session, visit: Visit, line: ScoreLine) -> dict[str, Any]:
    """The item of a line and its evidence, where the person may see it."""
    item = seen_items(session, [line.item_id], by=visit.looking).get(line.item_id)
    return {"item": item, "pieces": pieces_of(session, item) if item is not None else []}


def _evaluation_form(
    session: Session, visit: Visit, typed: Mapping[str, str], error: DubanError | None = None
) -> HTMLResponse:
    plan = visit.plan(session)
    allowed = departments_to_evaluate(session, plan, by=visit.by)
    if not allowed:
        authorize_organ(session, visit.by, Action.EVALUATE, plan.organ_id)
    return visit.page(
        session,
        "scores/scores_evaluate.html",
        menu="/scores",
        **refusal(EVALUATE, error),
        typed=typed,
        departments=[(one.id, one.name) for one in allowed],
        periods=periods(plan),
    )


def _heads(session: Session, visit: Visit, department_id: int) -> bool:
    """Whether the person may appeal for the department."""
    return any(
        seat.department_id == department_id and seat.role is Role.DEPARTMENT_HEAD for seat in seats(session, visit.by)
    )


def _run(session: Session, visit: Visit, run_id: int) -> tuple[ScoreRun, AnnualPlan]:
    """The publication, of the organ looked at. Raises NotFoundError."""
    run = session.get(ScoreRun, run_id)
    if run is None or run.organ_id != key(visit.organ.id):
        raise NotFoundError("没有公布过这次考核。")
    return run, session.get_one(AnnualPlan, run.plan_id)


def _line(session: Session, visit: Visit, line_id: int) -> ScoreLine:
    """The deduction, where the person may read its unit's. Raises NotFoundError."""
    line = find_line(session, line_id, by=visit.by)
    _check_shown(session, visit, line)
    return line


def _appeal(session: Session, visit: Visit, number: int) -> ScoreAppeal:
    """The appeal, where the person may read its unit's deductions. Raises NotFoundError."""
    made = find_appeal(session, number, by=visit.by)
    _check_shown(session, visit, session.get_one(ScoreLine, made.line_id))
    return made


def _check_shown(session: Session, visit: Visit, line: ScoreLine) -> None:
    run = session.get_one(ScoreRun, line.run_id)
    shown = departments_shown(session, visit.by, session.get_one(AnnualPlan, run.plan_id))
    if shown is not None and line.department_id not in shown:
        raise NotFoundError("没有这条扣分，或者它不在您的查看范围内。")


def _span(run: ScoreRun) -> Span:
    return Span(run.from_on, run.until_on)
