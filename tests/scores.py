"""What stories about scores share: an office without noise, its statements, and those who score."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.span import span_named
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy, ReportingCycle
from models.people.organ import Department, Organ
from models.scores.scoring import ScoreRun, ScoringRule
from tasks.items.transfer import transfer
from tasks.people.find import find_department
from tasks.scores.evaluate import evaluate
from tasks.scores.publish_scores import publish_scores
from tasks.scores.score import Preview, Statement, preview, statement
from tasks.scores.set_scoring_rule import find_rule, set_rule
from tests.office import FIRST, SUPERVISOR, Office, day

OWN, OTHER, HELPER = "法规科", "财务科", "钱科长"
"""The cast's department, a further one, and who heads it."""
YEAR = span_named("2026")


def quiet_office(engine: Engine, home: Path, cycle: ReportingCycle = ReportingCycle.NONE) -> Office:
    """Two departments; nothing is filed periodically, so that a story has no deductions but its own."""
    made = Office(engine, home)
    made.department(OTHER, head=HELPER)
    with unit_of_work(engine) as session:
        session.exec(select(Policy).where(Policy.name == made.preset)).one().filling = cycle
    return made


def department_of(office: Office, name: str) -> Department:
    with reading(office.engine) as session:
        return find_department(session, session.get_one(Organ, office.organ_id), name)


def pass_on(office: Office, number: str, *, on: str) -> None:
    """The item goes to the other department."""
    office.do(SUPERVISOR, transfer, number, on=on, reason="职责调整", department=department_of(office, OTHER))


def stated(office: Office, period: str = "2026", *, on: str | None = None, **more: Any) -> Statement:
    with reading(office.engine) as session:
        return statement(session, office_plan(session, office), **asked(session, office, period, on), **more)


def tried(office: Office, overrides: dict[str, Any]) -> Preview:
    with reading(office.engine) as session:
        plan = office_plan(session, office)
        return preview(session, plan, **asked(session, office, "2026", None), overrides=overrides)


def asked(session: Session, office: Office, period: str, on: str | None) -> dict[str, Any]:
    span = span_named(period)
    return {
        "from_on": span.from_on,
        "until_on": span.until_on,
        "rule": find_rule(session, office.organ_id),
        "calendar": office_calendar(session),
        "on": day(on) if on else None,
    }


def office_plan(session: Session, office: Office) -> AnnualPlan:
    return session.get_one(AnnualPlan, office.plan_id)


def lost(office: Office, period: str = "2026", *, unit: str = OWN, on: str | None = None) -> list[tuple[str, str]]:
    """What a unit lost: the event and its day, a line each."""
    score = stated(office, period, on=on).of(unit)
    assert score is not None
    return [(line.fact.event.value, str(line.fact.day)) for line in score.lines]


def words(office: Office, unit: str = OWN, *, on: str | None = None) -> list[str]:
    """What a unit's lines say."""
    score = stated(office, on=on).of(unit)
    assert score is not None
    return [line.words for line in score.lines]


def publish(
    office: Office, period: str, *, on: str, who: str = SUPERVISOR, version: int = 1, rule: ScoringRule | None = None
) -> ScoreRun:
    span = span_named(period)
    with unit_of_work(office.engine) as session:
        return publish_scores(
            session, office_plan(session, office), by=office.by(session, who, on), from_on=span.from_on,
            until_on=span.until_on, rule=rule or find_rule(session, office.organ_id), version=version,
        )  # fmt: skip


def give_points(office: Office, unit: str, points: str, *, who: str = FIRST, on: str = "2026-12-31") -> None:
    with unit_of_work(office.engine) as session:
        evaluate(
            session,
            department_of(office, unit),
            YEAR,
            by=office.by(session, who, on),
            points=Decimal(points),
            comment="勤恳",
        )


def change(office: Office, *, who: str = SUPERVISOR, on: str = "2026-03-01", **more: Any) -> ScoringRule:
    with unit_of_work(office.engine) as session:
        return set_rule(session, office.organ_id, by=office.by(session, who, on), **more)
