"""Published scores as they stand: the ranking, and each line with what became of an appeal against it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.dates.span import Span
from models.errors import ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.reporting_cycle import Period
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Oversight, Role
from models.scores.score_rules import Subtotal, prices, subtotals
from models.scores.scoring import AppealOutcome, ScoreEvent, ScoreLine, ScoreResult, ScoreRun, ScoringRule
from tasks.acting.authorize import authorize_department, authorize_organ, may_see_organ, organs_within, seats
from tasks.scores.appeal import appeals_of


@dataclass(frozen=True)
class Ranked:
    """One department's result, newest revision; `published` and `published_rank` are what stood before any appeal."""

    department_id: int
    department: str
    deducted: Decimal
    objective: Decimal
    evaluation: Decimal | None
    final: Decimal
    rank: int
    published: Decimal
    published_rank: int


@dataclass(frozen=True)
class PublishedLine:
    """One frozen deduction. `appeal` is the number of the appeal against it, `outcome` none while it waits."""

    id: int
    unit: str
    department_id: int | None
    event: ScoreEvent
    item: str
    title: str
    day: dt.date
    points: Decimal
    words: str
    appeal: int | None
    outcome: AppealOutcome | None
    points_after: Decimal | None
    answer: str | None
    item_id: int


def authorize_scores(session: Session, by: Actor, plan: AnnualPlan, department: Department | None) -> None:
    """Whoever may view the whole organ sees everything; a department's own people, and its leader, see its statement.

    Raises NotFoundError where `by` may not know of the organ at all, ForbiddenError that says what may be seen.
    """
    if not may_see_organ(session, by, plan.organ_id):
        raise NotFoundError("没有找到这个单位的考核，或者它不在您的查看范围内。")
    try:
        authorize_organ(session, by, Action.VIEW, plan.organ_id)
    except ForbiddenError:
        if department is None:
            raise ForbiddenError(
                f"{by.name}不能查看全单位的考核：请写明本科室（或分管的科室）；"
                "全单位的可由第一责任人、督办员、监督检查、管理员查看。"
            ) from None
        authorize_department(session, by, Action.VIEW, department)


def departments_shown(session: Session, by: Actor, plan: AnnualPlan) -> set[int] | None:
    """The departments whose statements `authorize_scores` lets `by` read; None: the whole organ's."""
    if plan.organ_id in organs_within(session, by, Action.VIEW):
        return None
    filled = [seat for seat in seats(session, by) if seat.organ_id == plan.organ_id]
    led = select(Oversight.department_id).where(
        col(Oversight.post_id).in_([seat.post_id for seat in filled if seat.role is Role.LEADER])
    )
    own = {seat.department_id for seat in filled if seat.role in (Role.HANDLER, Role.DEPARTMENT_HEAD)}
    return {department for department in own if department is not None} | set(session.exec(led))


def list_runs(session: Session, plan: AnnualPlan) -> list[ScoreRun]:
    """Every publication of the plan, the latest period first, its newest version first."""
    query = select(ScoreRun).where(ScoreRun.plan_id == plan.id)
    return list(
        session.exec(query.order_by(col(ScoreRun.until_on).desc(), col(ScoreRun.from_on), col(ScoreRun.version).desc()))
    )


def find_run(session: Session, plan: AnnualPlan, span: Span, *, version: int | None = None) -> ScoreRun:
    """The newest publication of the period, or the version named. Raises NotFoundError naming what was published."""
    runs = session.exec(
        select(ScoreRun).where(ScoreRun.plan_id == plan.id).order_by(col(ScoreRun.from_on), col(ScoreRun.version))
    ).all()
    published = [run for run in runs if (run.from_on, run.until_on) == (span.from_on, span.until_on)]
    published = [run for run in published if version in (None, run.version)]
    if published:
        return published[-1]
    known = "、".join(f"{Span(run.from_on, run.until_on).label}第 {run.version} 版" for run in runs) or "无"
    organ = session.get_one(Organ, plan.organ_id)
    which = f"第 {version} 版" if version is not None else ""
    raise NotFoundError(f"{organ.name}没有公布过{span.label}的考核{which}；已公布：{known}。")


def published_parts(session: Session, run: ScoreRun, lines: Sequence[PublishedLine]) -> tuple[Subtotal, ...]:
    """What one unit's lines sum up to by event, with the caps of the run's rule and what appeals left of them."""
    caps = {event: price.cap for event, price in prices(session.get_one(ScoringRule, run.rule_id).events).items()}
    costs = [(line.event, line.points if line.points_after is None else line.points_after) for line in lines]
    return subtotals(costs, caps)


def ranking(session: Session, run: ScoreRun) -> list[Ranked]:
    """The departments by rank, then by name."""
    newest = session.exec(select(func.max(ScoreResult.revision)).where(ScoreResult.run_id == run.id)).one() or 0
    rows = session.exec(
        select(ScoreResult, Department.name)
        .join(Department, col(Department.id) == ScoreResult.department_id)
        .where(ScoreResult.run_id == run.id, col(ScoreResult.revision).in_({0, newest}))
    ).all()
    first = {result.department_id: result for result, _name in rows if result.revision == 0}
    ranked = [
        Ranked(
            result.department_id, name, result.deducted, result.objective, result.evaluation, result.final,
            result.rank, first[result.department_id].final, first[result.department_id].rank,
        )
        for result, name in rows
        if result.revision == newest
    ]  # fmt: skip
    return sorted(ranked, key=lambda row: (row.rank, row.department))


def published_lines(session: Session, run: ScoreRun, *, department: Department | None = None) -> list[PublishedLine]:
    """The lines of a run, or of one department in it, as they were frozen."""
    query = (
        select(ScoreLine, WorkItem.number, WorkItem.title)
        .join(WorkItem, col(WorkItem.id) == ScoreLine.item_id)
        .where(ScoreLine.run_id == run.id)
        .order_by(col(ScoreLine.id))
    )
    if department is not None:
        query = query.where(ScoreLine.department_id == department.id)
    appeals = appeals_of(session, run)
    lines = []
    for line, number, title in session.exec(query):
        made = appeals.get(key(line.id))
        lines.append(
            PublishedLine(
                id=key(line.id),
                unit=line.unit,
                department_id=line.department_id,
                event=line.event,
                item=number,
                title=title,
                day=line.day,
                points=line.points,
                words=line.words,
                appeal=made.id if made is not None else None,
                outcome=made.outcome if made is not None else None,
                points_after=made.points_after if made is not None else None,
                answer=made.answer if made is not None else None,
                item_id=line.item_id,
            )
        )
    return lines


@dataclass(frozen=True)
class Score:
    """A unit's points and rank; none where it has none."""

    points: Decimal | None = None
    rank: int | None = None


def scores_of(session: Session, plan: AnnualPlan, span: Period) -> dict[str, Score]:
    """By department, those of the newest publication for exactly this period; empty where none was published."""
    run = session.exec(
        select(ScoreRun)
        .where(ScoreRun.plan_id == plan.id, ScoreRun.from_on == span.first, ScoreRun.until_on == span.last)
        .order_by(col(ScoreRun.version).desc())
    ).first()
    if run is None:
        return {}
    return {row.department: Score(row.final, row.rank) for row in ranking(session, run)}
