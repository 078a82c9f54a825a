"""A day's supervision: what is due is raised, and a rung that carries a sheet (督办单) has it drawn up, once.

All organs are swept at once. Where that fails, each is swept by itself: whoever it fails for is left as before, whole,
and named; the others have their day.
"""

import logging
from dataclasses import dataclass, fields

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem, note_problem
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from tasks.acting.audit import recorded
from tasks.ladder.remind import SweepResult, note_sweep, remind
from tasks.papers.draw_up import draw_up
from tasks.papers.facts import to_facts
from tasks.papers.write_sheet import escalation_sheet

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DayResult:
    """The sweep of a day, the sheets it drew up, and the organs it failed for."""

    swept: SweepResult
    sheets: list[Document]
    problems: tuple[OrganProblem, ...] = ()


def supervise(session: Session, *, by: Actor, calendar: WorkCalendar) -> DayResult:
    """Sweep the day and draw up the sheets of the rungs reached; run again, nothing new comes of it.

    What fails for an organ leaves nothing of it and stops no other; the organ is named, and swept by the next run.
    """
    try:
        with session.begin_nested():
            result = _sweep(session, by, calendar)
    except Exception:
        log.exception("每日督办未能一次完成,改为逐单位进行", extra={"action": "sweep_failed"})
        result = _sweep_each(session, by, calendar)
    swept = result.swept
    if swept.raised or swept.skipped:
        with recorded(session, by, "supervise", organ_id=None) as record:
            record.after |= {"raised": swept.raised, "skipped": swept.skipped, "sheets": len(result.sheets)}
            if result.problems:
                record.after["failed"] = [problem.organ for problem in result.problems]
    return result


def _sweep(session: Session, by: Actor, calendar: WorkCalendar, organ_id: int | None = None) -> DayResult:
    swept = remind(session, on=by.on, now=by.now, calendar=calendar, organ_id=organ_id)
    return DayResult(swept, draw_up_sheets(session, by=by, organ_id=organ_id) if swept.raised else [])


def _sweep_each(session: Session, by: Actor, calendar: WorkCalendar) -> DayResult:
    """Every organ with a plan that runs, each in a savepoint of its own."""
    running = select(Organ.id, Organ.name).join(AnnualPlan, col(AnnualPlan.organ_id) == Organ.id)
    organs = session.exec(running.where(col(AnnualPlan.policy_id).is_not(None)).distinct().order_by(col(Organ.id)))
    done, problems = list[DayResult](), list[OrganProblem]()
    for organ_id, name in organs.all():
        try:
            with session.begin_nested():
                done.append(_sweep(session, by, calendar, organ_id))
        except Exception as error:
            problems.append(note_problem("每日督办", organ_id, name, error))
    note_sweep(session, on=by.on, now=by.now, problems=problems)
    counts = [field.name for field in fields(SweepResult) if field.name != "on"]
    together = {name: sum(getattr(one.swept, name) for one in done) for name in counts}
    return DayResult(SweepResult(by.on, **together), [sheet for one in done for sheet in one.sheets], tuple(problems))


def draw_up_sheets(session: Session, *, by: Actor, organ_id: int | None = None) -> list[Document]:
    """A numbered sheet for each item whose ladder reached a rung with one on the day: one a deadline, rung and turn.

    With `organ_id` for the items of that organ alone.
    """
    query = (
        select(col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on))
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .where(Notice.raised_on == by.on, col(Rung.document).is_not(None), Notice.state != NoticeState.COLLAPSED)
        .where(col(Notice.taken_back_on).is_(None))
        .distinct()
        .order_by(col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on))
    )
    if organ_id is not None:
        query = query.join(WorkItem, col(WorkItem.id) == Notice.item_id).where(WorkItem.organ_id == organ_id)
    reached = session.exec(query).all()
    drawn = []
    for deadline_id, rung_id, fire_on in reached:
        deadline, rung = session.get_one(Deadline, deadline_id), session.get_one(Rung, rung_id)
        item = session.get_one(WorkItem, deadline.item_id)
        about = f"rung:{deadline_id}:{rung_id}:{fire_on}"
        known = select(Document.id).where(
            Document.organ_id == item.organ_id,
            Document.kind == DocumentKind.SHEET,
            Document.about == about,
            col(Document.void_on).is_(None),
        )
        if session.exec(known).first() is not None:
            continue
        kind = rung.document or DocumentKind.SHEET.label
        with recorded(session, by, "draw_up", organ_id=item.organ_id, item_id=item.id):
            drawn.append(
                draw_up(
                    session,
                    organ_id=item.organ_id,
                    kind=DocumentKind.SHEET,
                    title=f"{kind}:{item.title}",
                    issued_on=by.on,
                    by=by,
                    item_id=key(item.id),
                    about=about,
                    facts=to_facts(escalation_sheet(session, item, deadline, kind=kind, colour=rung.colour, by=by)),
                )
            )
    return drawn
