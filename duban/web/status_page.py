"""What the status page shows: how the plan stands on a day, who was last told what, and the rhythms."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from flows.embedded_clock import EmbeddedClock, Run
from flows.schedules import Schedule
from flows.slots import slots
from models.day_override import office_calendar
from models.item import WorkItem
from models.light import Light
from models.notice import Notice, NoticeKind
from models.organ import Organ
from models.plan import AnnualPlan
from models.rhythm import LastRun
from tasks.explain import distance
from tasks.find import find_organ, find_plan
from tasks.list_notices import list_notices
from tasks.status import LightCount, lights_shown, overall, status

NOTICES_SHOWN = 6


@dataclass(frozen=True)
class RhythmLine:
    """One schedule: its next slot and what is known of the last run of its rhythm."""

    schedule: Schedule
    next_at: dt.datetime
    ended_at: dt.datetime | None
    run: Run | None
    """The last run this process started, if that is the last run there was."""


@dataclass(frozen=True)
class PlanPart:
    """How one plan stands on the page's day."""

    plan: AnnualPlan
    total: LightCount
    lights: Sequence[Light]
    """The columns: those of the lights that everybody knows, and further ones that some item shows."""
    departments: Sequence[LightCount]
    raised_on: dt.date | None
    """The last day, up to the page's, on which notices were raised."""
    notices: Sequence[dict[str, Any]]
    notice_count: int


@dataclass(frozen=True)
class StatusPage:
    """All the page shows; without an organ or a plan it says what to do next."""

    on: dt.date
    working: str
    """Why the day is a working day or not; says so itself where that is provisional."""
    rest: bool
    organ: Organ | None
    organs: Sequence[Organ]
    years: Sequence[int]
    part: PlanPart | None
    rhythms: Sequence[RhythmLine]


def status_page(
    session: Session, clock: EmbeddedClock, *, on: dt.date, now: dt.datetime, organ_code: str | None, year: int | None
) -> StatusPage:
    """The page for day `on`: of the organ named (else the first), its plan of `year` (else of `on`'s year, else
    the newest). Raises NotFoundError for an organ or a year that is not there."""
    organs = session.exec(select(Organ).order_by(col(Organ.parent_id).is_not(None), col(Organ.id))).all()
    organ = find_organ(session, organ_code) if organ_code else next(iter(organs), None)
    calendar = office_calendar(session, organ_id=organ.id if organ else None)
    plan, years = _plan(session, organ, year, on)
    return StatusPage(
        on=on,
        working=calendar.why(on),
        rest=not calendar.is_working(on),
        organ=organ,
        organs=organs,
        years=years,
        part=_plan_part(session, plan, on) if plan else None,
        rhythms=[_rhythm_line(session, clock, schedule, now) for schedule in clock.schedules],
    )


def _plan(
    session: Session, organ: Organ | None, year: int | None, on: dt.date
) -> tuple[AnnualPlan | None, Sequence[int]]:
    if organ is None:
        return None, []
    query = select(AnnualPlan.year).where(AnnualPlan.organ_id == organ.id).order_by(col(AnnualPlan.year).desc())
    years = session.exec(query).all()
    if year is None and not years:
        return None, years
    return find_plan(session, organ, on.year if year is None and on.year in years else year), years


def _plan_part(session: Session, plan: AnnualPlan, on: dt.date) -> PlanPart:
    calendar = office_calendar(session, organ_id=plan.organ_id)
    departments = status(session, plan, on=on, by="department", calendar=calendar)
    raised_on = session.exec(
        select(col(Notice.raised_on))
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .where(WorkItem.plan_id == plan.id, Notice.raised_on <= on)
        .order_by(col(Notice.raised_on).desc())
        .limit(1)
    ).first()
    notices = list_notices(session, plan=plan, on=raised_on) if raised_on else []
    total = overall(departments)
    return PlanPart(
        plan=plan,
        total=total,
        lights=lights_shown(total),
        departments=departments,
        raised_on=raised_on,
        notices=[
            {
                **notice,
                # A notice speaks to its recipient, this page speaks of them.
                "why": notice["why"].replace("您是", "").replace("由您", "由其"),
                "kind_label": NoticeKind(notice["kind"]).label,
                "distance": distance(notice["due_on"], on=on, calendar=calendar),
            }
            # Escalations first: they are what a reader with twenty seconds has to see.
            for notice in sorted(notices, key=lambda notice: notice["kind"] != NoticeKind.ESCALATION)[:NOTICES_SHOWN]
        ],
        notice_count=len(notices),
    )


def _rhythm_line(session: Session, clock: EmbeddedClock, schedule: Schedule, now: dt.datetime) -> RhythmLine:
    last = session.get(LastRun, schedule.rhythm)
    ended_at = last.ended_at if last else None
    run = clock.runs.get(schedule.rhythm)
    mine = run is not None and (ended_at is None or run.ended_at >= ended_at)
    return RhythmLine(schedule, next(slots(schedule, now)), ended_at, run if mine else None)
