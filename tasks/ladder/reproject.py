"""What a changed calendar moves: fire days of open deadlines, listed, none of them sent twice and none lost."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Date, Integer, bindparam, column, text
from sqlmodel import Session, col, select

from models.database import key
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.engine.rhythm import LastRun
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.escalation import RungFiring, steps
from models.ladder.policy import Rung
from tasks.ladder.conditions import ISSUED
from tasks.ladder.note_sweep import SLUG, look_back
from tasks.ladder.versions import successions


@dataclass(frozen=True)
class MovedFire:
    """One rung of one deadline that fires on another day than before; due days themselves never move."""

    item: str
    title: str
    due_on: dt.date
    rung: str
    from_on: dt.date
    to_on: dt.date


def reproject(
    session: Session, *, before: WorkCalendar, after: WorkCalendar, on: dt.date, now: dt.datetime
) -> list[MovedFire]:
    """List every fire day still ahead that moves from the calendar `before` to `after`.

    A rung that has fired, and has a later day now, is kept from being raised a second time; one whose day now lies in
    the past is raised by the next sweep. So it is of who is asked to sign, which is not listed: it has no due day.
    """
    last = session.get(LastRun, SLUG)
    swept = last.on if last else on - DAY
    rungs = session.exec(select(Rung).order_by(col(Rung.policy_id))).all()
    labels = {rung.id: rung.label for rung in rungs}
    ladders = {policy: steps(group) for policy, group in groupby(rungs, lambda rung: rung.policy_id)}
    earlier = defaultdict[int, list[int]](list)
    for one in successions(session).values():
        for rung_id, before_it in one.same:
            earlier[rung_id].append(before_it)
    watched = (
        select(col(AnnualPlan.policy_id), col(Deadline.due_on))
        .join(WorkItem, col(WorkItem.plan_id) == AnnualPlan.id)
        .join(Deadline, col(Deadline.item_id) == WorkItem.id)
        .where(col(Deadline.done_on).is_(None))
        .distinct()
        .order_by(col(Deadline.due_on))
    )
    moved = []
    for policy_id, due_on in session.exec(watched).all():
        for step in ladders[key(policy_id)][0]:
            old, new = step.fires_on(due_on, before), step.fires_on(due_on, after)
            if old == new or new < old <= swept:
                continue
            if old <= swept:
                _keep_from_coming_again(session, key(policy_id), due_on, step, earlier[step.rung_id], old, new, swept)
            elif new <= swept:
                _look_again(session, key(policy_id), due_on, swept)
            if max(old, new) > swept:
                moved += [
                    MovedFire(number, title, due_on, labels[step.rung_id], old, new)
                    for number, title in _items(session, key(policy_id), due_on)
                ]
    slipped = [
        step.fires_on(issued_on, after)
        for policy_id, issued_on in session.execute(_ASKED).all()
        for step in ladders[policy_id][1]
        if step.fires_on(issued_on, after) <= swept < step.fires_on(issued_on, before)
    ]
    if slipped:
        look_back(session, min(slipped), now=now)
    return moved


_ASKED = text(f"""
    SELECT DISTINCT (SELECT p.policy_id FROM annual_plan p WHERE p.id = i.plan_id) AS policy_id, {ISSUED}
""").columns(column("policy_id", Integer), column("day", Date))
"""By their ladders, the days on which was issued what somebody has yet to sign for."""


def _items(session: Session, policy_id: int, due_on: dt.date) -> list[tuple[str, str]]:
    query = (
        select(WorkItem.number, WorkItem.title)
        .join(Deadline, col(Deadline.item_id) == WorkItem.id)
        .where(Deadline.policy_id == policy_id, Deadline.due_on == due_on, col(Deadline.done_on).is_(None))
        .order_by(col(WorkItem.id))
    )
    return list(session.exec(query).all())


def _keep_from_coming_again(
    session: Session,
    policy_id: int,
    due_on: dt.date,
    step: RungFiring,
    earlier: list[int],
    old: dt.date,
    new: dt.date,
    swept: dt.date,
) -> None:
    """Put what was raised on the old fire day under the new one too, as already said, of what is suspended as well.

    The `earlier` rungs are those of other versions of the copy that said the same.
    """
    session.execute(
        text(
            "INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, recipient_id, role, via, kind, due_on,"
            " raised_on, send_on, late, state, reason)"
            " SELECT :new, n.deadline_id, n.item_id, :rung, n.recipient_id, n.role, n.via, n.kind, n.due_on,"
            " :swept, n.send_on, n.late, 'collapsed', '日历调整前已发'"
            " FROM notice n JOIN deadline d ON d.id = n.deadline_id JOIN work_item i ON i.id = d.item_id"
            " JOIN annual_plan p ON p.id = i.plan_id"
            " WHERE p.policy_id = :policy AND d.due_on = :due AND d.done_on IS NULL"
            " AND n.rung_id IN :rungs AND n.fire_on = :old ON CONFLICT DO NOTHING"
        ).bindparams(bindparam("rungs", expanding=True)),
        {
            "new": new, "old": old, "swept": swept, "policy": policy_id, "due": due_on, "rung": step.rung_id,
            "rungs": [step.rung_id, *earlier],
        },
    )  # fmt: skip


def _look_again(session: Session, policy_id: int, due_on: dt.date, swept: dt.date) -> None:
    """Have the next sweep look at the whole ladder of these deadlines, since a fire day slipped behind the last one."""
    session.execute(
        text(
            "UPDATE deadline SET look_on = :on"
            " WHERE policy_id = :policy AND due_on = :due AND done_on IS NULL AND look_on IS NULL"
        ),
        {"on": swept + DAY, "policy": policy_id, "due": due_on},
    )
