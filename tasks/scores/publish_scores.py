"""Publishing scores: every line and result of a period is frozen, and can be appealed against from that day on."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import insert
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.dates.span import Span, span_between
from models.errors import BadInputError, ForbiddenError
from models.items.plan import AnnualPlan
from models.people.permission import Action
from models.scores.scoring import AppealOutcome, ScoreAppeal, ScoreLine, ScoreResult, ScoreRun, ScoringRule
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ
from tasks.scores.gather_score_events import score_lacks
from tasks.scores.score import LineKey, Statement, statement


def publish_scores(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    from_on: dt.date,
    until_on: dt.date,
    rule: ScoringRule,
    version: int = 1,
) -> ScoreRun:
    """Freeze the statement of a period that is over, as it stands on the day.

    A period is published once; again only as the next version, when no appeal is open, and points corrected on
    appeal stay corrected. Raises ForbiddenError for that, for a plan that was not issued and where the trail of the
    period lies in an archive, BadInputError for a period that is not over, a version out of turn or another organ's
    rule.
    """
    standing = authorize_organ(session, by, Action.SCORE, plan.organ_id)
    span = span_between(from_on, until_on)
    if by.on <= until_on:
        raise BadInputError(
            f"期间 {span.label} 到 {until_on} 才结束，{until_on + DAY} 起才能公布；"
            f"此前可以试算{by.hint('duban score preview')}。"
        )
    if plan.policy_id is None:
        raise ForbiddenError(f"{plan.year} 年度计划尚未下达，没有可以公布的考核：请先在“年度计划”中下达。")
    if rule.organ_id not in (None, plan.organ_id):
        raise BadInputError(f"考核规则“{rule.name}”是别的单位的：请用本单位的规则。")
    # Held, so that of two who publish at once the second finds what the first published.
    session.refresh(plan, with_for_update=True)
    earlier = _runs(session, plan, span)
    _check_turn(session, span, earlier, version, by)
    if lacks := score_lacks(session, plan, span, on=by.on):
        raise ForbiddenError(f"没有公布。{lacks}")
    with recorded(session, by, Action.SCORE, organ_id=plan.organ_id, for_id=standing.seat.for_id) as record:
        run = ScoreRun(
            organ_id=plan.organ_id,
            plan_id=key(plan.id),
            from_on=from_on,
            until_on=until_on,
            version=version,
            rule_id=key(rule.id),
            published_on=by.on,
            # The grant is a person's alone.
            person_id=key(by.person_id),
            for_id=standing.seat.for_id,
            recorded_at=by.now,
        )
        session.add(run)
        session.flush()
        stated = _stated(session, plan, span, rule, earlier, by.on)
        record.after["lines"] = _freeze(session, run, stated)
    return run


def to_publish(
    session: Session, plan: AnnualPlan, span: Span, rule: ScoringRule, *, on: dt.date
) -> tuple[Statement, int]:
    """What publishing on the day would freeze, and as which version. Nothing is written."""
    earlier = _runs(session, plan, span)
    return _stated(session, plan, span, rule, earlier, on), len(earlier) + 1


def _stated(
    session: Session, plan: AnnualPlan, span: Span, rule: ScoringRule, earlier: list[ScoreRun], on: dt.date
) -> Statement:
    return statement(
        session, plan, from_on=span.from_on, until_on=span.until_on, rule=rule, on=on,
        calendar=office_calendar(session, organ_id=plan.organ_id),
        mended=_mended(session, earlier),
    )  # fmt: skip


def _runs(session: Session, plan: AnnualPlan, span: Span) -> list[ScoreRun]:
    query = select(ScoreRun).where(
        ScoreRun.plan_id == plan.id, ScoreRun.from_on == span.from_on, ScoreRun.until_on == span.until_on
    )
    return list(session.exec(query.order_by(col(ScoreRun.version))))


def _check_turn(session: Session, span: Span, earlier: list[ScoreRun], version: int, by: Actor) -> None:
    following = len(earlier) + 1
    if version > following or version < 1:
        raise BadInputError(f"{span.label}的下一版是第 {following} 版，不能公布第 {version} 版。")
    if version < following:
        last = earlier[-1]
        raise ForbiddenError(
            f"{span.label}的考核已于 {last.published_on} 公布（第 {last.version} 版），不重复公布。"
            f"确需重新公布的，请作为第 {following} 版公布{by.hint(f'--version {following}')}。"
        )
    if earlier:
        waiting = session.exec(
            select(ScoreAppeal.id)
            .join(ScoreLine, col(ScoreLine.id) == ScoreAppeal.line_id)
            .where(ScoreLine.run_id == earlier[-1].id, col(ScoreAppeal.outcome).is_(None))
            .order_by(col(ScoreAppeal.id))
        ).all()
        if waiting:
            raise ForbiddenError(
                f"{span.label}第 {earlier[-1].version} 版还有 {len(waiting)} 件申诉未裁定"
                f"（编号 {'、'.join(map(str, waiting))}）：请裁定后再公布新版。"
            )


def _mended(session: Session, earlier: list[ScoreRun]) -> dict[LineKey, Decimal]:
    """The points of lines that an appeal corrected in an earlier version: what was won stays won."""
    rows = session.exec(
        select(ScoreLine, ScoreAppeal)
        .join(ScoreAppeal, col(ScoreAppeal.line_id) == ScoreLine.id)
        .where(col(ScoreLine.run_id).in_([run.id for run in earlier]), ScoreAppeal.outcome == AppealOutcome.UPHELD)
        .order_by(col(ScoreAppeal.id))
    )
    return {
        (line.event, line.source, line.day): appeal.points_after
        for line, appeal in rows
        if appeal.points_after is not None
    }


def _freeze(session: Session, run: ScoreRun, stated: Statement) -> int:
    """Write the lines and results of a run; returns how many lines."""
    rows = [
        {
            "run_id": run.id,
            "department_id": score.unit.department_id,
            "unit": score.unit.name,
            "event": line.fact.event,
            "item_id": line.fact.item_id,
            "day": line.fact.day,
            "points": line.points,
            "source": line.fact.source,
            "words": line.words[:500],
        }
        for score in stated.units
        for line in score.lines
    ]
    if rows:
        session.execute(insert(ScoreLine), rows)
    for score in stated.units:
        if score.total is not None and score.rank is not None and score.unit.department_id is not None:
            session.add(
                ScoreResult(
                    run_id=key(run.id),
                    department_id=score.unit.department_id,
                    deducted=score.total.deducted,
                    objective=score.total.objective,
                    evaluation=score.total.evaluation,
                    final=score.total.final,
                    rank=score.rank,
                )
            )
    session.flush()
    return len(rows)
