"""A day's supervision: what is due is raised, and a rung that carries a sheet (督办单) has it drawn up, once.

The work goes in steps, between which its caller may commit, let others write, or stop: whoever goes on later does what
is left, by the keys of what was done. A step takes all organs at once. Where that fails, each is taken by itself:
whoever it fails for is left as before and named; the others have their day.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from itertools import groupby

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem, note_problem
from models.engine.rhythm import LastRun
from models.engine.shard import EVERYBODY, Shard
from models.faults import fault_of
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from tasks.acting.audit import recorded
from tasks.ladder.alone import alone
from tasks.ladder.note_sweep import SLUG, note_sweep, slug_of
from tasks.ladder.part import Part, parts
from tasks.ladder.remind import SweepResult, remind
from tasks.oversight.remind_leaders import remind_leaders
from tasks.papers.draw_up import draw_up
from tasks.papers.facts import to_facts
from tasks.papers.write_sheet import escalation_sheet

log = logging.getLogger(__name__)

SHEETS = 10
"""Sheets of a step."""
Reached = tuple[int, int, dt.date]
"""A turn of a rung with a sheet: deadline, rung and fire day."""


@dataclass(frozen=True)
class DayResult:
    """The sweep of a day, the sheets it drew up, and the organs it failed for."""

    swept: SweepResult
    sheets: list[Document]
    problems: tuple[OrganProblem, ...] = ()


def supervise(
    session: Session,
    *,
    by: Actor,
    calendar: WorkCalendar,
    between: Callable[[Session], None] = lambda _session: None,
    shard: Shard = EVERYBODY,
) -> DayResult:
    """Sweep the day for the shard's organs, remind leaders of answers that wait, and draw up the sheets of the rungs
    reached; run again, nothing new comes of it.

    What fails for an organ leaves nothing of that step and stops no other; the organ is named, and taken up by the
    next run. `between` is called between two steps, and may commit; what it raises ends the work there.
    """
    since = session.exec(select(func.max(LastRun.on)).where(col(LastRun.slug).in_({SLUG, slug_of(shard)}))).one()
    done, problems = list[SweepResult](), list[OrganProblem]()
    for place, part in enumerate(parts(session, on=by.on, swept=since, shard=shard)):
        if place:
            between(session)
        done += _swept(session, by, calendar, part, problems)
    remind_leaders(session, by=by, calendar=calendar, problems=problems, shard=shard)
    sheets = draw_up_sheets(session, by=by, since=since, problems=problems, between=between, shard=shard)
    note_sweep(session, on=by.on, now=by.now, problems=problems, shard=shard)
    return DayResult(_together(by.on, done), sheets, tuple(problems))


def _swept(
    session: Session, by: Actor, calendar: WorkCalendar, part: Part, problems: list[OrganProblem]
) -> list[SweepResult]:
    """One part of the items, on record; where it fails, by each organ with a plan that runs, in savepoints.

    Raises OutsideError where the database itself fails: no organ would fare better alone.
    """
    try:
        with session.begin_nested():
            done = [remind(session, on=by.on, now=by.now, calendar=calendar, part=part)]
    except Exception as error:
        if fault := fault_of(error):
            raise fault from error
        log.exception("每日督办未能一次完成，改为逐单位进行", extra={"action": "sweep_failed"})
        running = select(Organ.id, Organ.name).join(AnnualPlan, col(AnnualPlan.organ_id) == Organ.id)
        running = running.where(col(AnnualPlan.policy_id).is_not(None), part.shard.holds(Organ.id))
        organs = session.exec(running.distinct().order_by(col(Organ.id)))
        done = []
        for organ_id, name in organs.all():
            try:
                with session.begin_nested():
                    own = part.of(key(organ_id))
                    done.append(remind(session, on=by.on, now=by.now, calendar=calendar, part=own))
            except Exception as error:
                _note(problems, key(organ_id), name, error)
    swept = _together(by.on, done)
    if swept.raised or swept.skipped:
        with recorded(session, by, "supervise", organ_id=None) as record:
            record.after |= {"raised": swept.raised, "skipped": swept.skipped}
            if problems:
                record.after["failed"] = [problem.organ for problem in problems]
    return done


def _together(on: dt.date, done: list[SweepResult]) -> SweepResult:
    counts = [field.name for field in fields(SweepResult) if field.name != "on"]
    return SweepResult(on, **{name: sum(getattr(one, name) for one in done) for name in counts})


def _note(problems: list[OrganProblem], organ_id: int, name: str, error: Exception) -> None:
    """An organ is named once, however many steps fail for it."""
    problem = note_problem("每日督办", organ_id, name, error)
    if name not in {known.organ for known in problems}:
        problems.append(problem)


def draw_up_sheets(
    session: Session,
    *,
    by: Actor,
    since: dt.date | None,
    problems: list[OrganProblem],
    between: Callable[[Session], None] = lambda _session: None,
    shard: Shard = EVERYBODY,
) -> list[Document]:
    """A numbered sheet for each item whose ladder reached a rung with one after day `since` and up to today: one a
    deadline, rung and turn.

    An organ for which one cannot be drawn up joins the problems, and its further ones wait for the next run.
    """
    sheets: list[Document] = []
    for organ_id, name, few in _undrawn(session, by, since, shard):
        between(session)
        if name in {problem.organ for problem in problems}:
            continue
        if session.get_bind().dialect.name == "postgresql":
            session.execute(alone(shard))
        try:
            with session.begin_nested():
                sheets += [sheet for one in few if (sheet := _sheet(session, one, by)) is not None]
        except Exception as error:
            _note(problems, organ_id, name, error)
    return sheets


def _undrawn(
    session: Session, by: Actor, since: dt.date | None, shard: Shard
) -> Iterator[tuple[int, str, list[Reached]]]:
    """The sheets that are owed, organ by organ and few at a time."""
    first = dt.date.min if since is None else min(since + DAY, by.on)
    reached = session.exec(
        select(  # type: ignore[call-overload]
            col(WorkItem.organ_id), Organ.name, col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on)
        )
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Organ, col(Organ.id) == WorkItem.organ_id)
        .where(col(Notice.raised_on).between(first, by.on), col(Rung.document).is_not(None))
        .where(Notice.state != NoticeState.COLLAPSED, col(Notice.taken_back_on).is_(None))
        .where(shard.holds(WorkItem.organ_id))
        .distinct()
        .order_by(col(WorkItem.organ_id), col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on))
    ).all()
    drawn = select(Document.about).where(
        Document.kind == DocumentKind.SHEET, col(Document.about).like("rung:%"), col(Document.void_on).is_(None)
    )
    known = set(session.exec(drawn.where(Document.issued_on >= first))) if reached else set()
    owed = [row for row in reached if _about(row[2:]) not in known]
    for (organ_id, name), rows in groupby(owed, lambda row: row[:2]):
        turns = [row[2:] for row in rows]
        for place in range(0, len(turns), SHEETS):
            yield organ_id, name, turns[place : place + SHEETS]


def _about(turn: Reached) -> str:
    return "rung:{}:{}:{}".format(*turn)


def _sheet(session: Session, turn: Reached, by: Actor) -> Document | None:
    """The sheet, unless it has been drawn up meanwhile."""
    deadline, rung = session.get_one(Deadline, turn[0]), session.get_one(Rung, turn[1])
    item = session.get_one(WorkItem, deadline.item_id)
    known = select(Document.id).where(
        Document.organ_id == item.organ_id, Document.kind == DocumentKind.SHEET,
        Document.about == _about(turn), col(Document.void_on).is_(None),
    )  # fmt: skip
    if session.exec(known).first() is not None:
        return None
    kind = rung.document or DocumentKind.SHEET.label
    with recorded(session, by, "draw_up", organ_id=item.organ_id, item_id=item.id):
        return draw_up(
            session,
            organ_id=item.organ_id,
            kind=DocumentKind.SHEET,
            title=f"{kind}：{item.title}",
            issued_on=by.on,
            by=by,
            item_id=key(item.id),
            about=_about(turn),
            facts=to_facts(escalation_sheet(session, item, deadline, kind=kind, colour=rung.colour, by=by)),
        )
