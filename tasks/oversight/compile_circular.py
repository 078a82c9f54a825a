"""Drawing up a circular (通报), numbered and once a period: how a plan stands as of a day, gathered from rows, with no
word that no row bears out.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.extension import Extension, ExtensionState
from models.items.item import Deadline, DeadlineMove, MoveCause, WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.suspension import Suspension
from models.ladder.light import Light
from models.ladder.notice import Notice, NoticeKind
from models.ladder.reporting_cycle import Period, periods
from models.papers.circular import CircularKind, span_of
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import LADDER
from tasks.ladder.status import light_values
from tasks.lists.item_line import ItemLine
from tasks.lists.list_standing import list_standing, open_days, overdue_days, titled
from tasks.lists.list_unreported import Unreported, Unsigned, reporting_policy, unreported, unsigned
from tasks.oversight.days_kept import DaysKept, days_kept, trend
from tasks.oversight.levels_away import levels_away
from tasks.papers.circular import (
    ChangedRow,
    Circular,
    DepartmentRow,
    NextDeadlineRow,
    OverdueRow,
    Totals,
    UnreportedRow,
)
from tasks.papers.draw_up import draw_up_once
from tasks.papers.facts import to_facts
from tasks.people.people_of import UNASSIGNED
from tasks.scores.show_scores import Score, scores_of

ADDRESSEE = "各科室、有关单位"


def compile_circular(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    kind: CircularKind,
    until: dt.date,
    calendar: WorkCalendar,
    again: bool = False,
) -> Document:
    """The circular of the week, month or quarter that `until` lies in, as of that day, dated the day of the act.

    A period has one: a second call returns the first one's, unless it would say something else by now and `again`
    asks for another number. Raises ForbiddenError, also where it would tell of levels that lie in an archive.
    """
    content = gather_circular(session, plan, kind=kind, until=until, issued_on=by.on, calendar=calendar)
    lacking = circular_lacks(session, plan, content, today=by.on)
    return draw_up_once(
        session,
        plan,
        by=by,
        action=Action.CIRCULATE,
        kind=DocumentKind.CIRCULAR,
        about=f"circular:{kind}:{span_of(kind, until, calendar).first}",
        title=content.title,
        facts=to_facts(content),
        again=again,
        passing=frozenset({"issued_on"}),
        lacking=f"通报没有编号留存。{lacking}" if lacking else "",
    )


def circular_lacks(session: Session, plan: AnnualPlan, content: Circular, *, today: dt.date) -> str:
    """What is told beside a circular whose levels are not whole, for months lie in archives; empty where they are."""
    return levels_away(session, plan, on=content.until_on, today=today) if content.overdue else ""


@dataclass(frozen=True)
class _Look:
    """Everything the parts of one circular are made of."""

    session: Session
    plan: AnnualPlan
    calendar: WorkCalendar
    kind: CircularKind
    span: Period
    until: dt.date
    lines: Sequence[ItemLine]
    kept: dict[int, DaysKept]
    unfiled: Sequence[Unreported]
    unsigned: Sequence[Unsigned]
    near: dt.date
    """The last day that is near its item."""

    @cached_property
    def of(self) -> dict[int, ItemLine]:
        return {line.id: line for line in self.lines}


def gather_circular(
    session: Session,
    plan: AnnualPlan,
    *,
    kind: CircularKind,
    until: dt.date,
    issued_on: dt.date,
    calendar: WorkCalendar,
) -> Circular:
    """The circular of the week, month or quarter that `until` lies in, as of the end of that day; without a number.

    What was done later counts for nothing, however late it is gathered. A plan without items gives a circular
    without rows.
    """
    span = span_of(kind, until, calendar)
    look = _Look(
        session,
        plan,
        calendar,
        kind,
        span,
        until,
        lines=list_standing(session, plan, on=until, calendar=calendar),
        kept=days_kept(session, plan, span.first, until),
        unfiled=_not_filed(session, plan, span.first, until, calendar),
        unsigned=unsigned(session, plan, on=until),
        near=light_values(session, plan, on=until, calendar=calendar)["near"],
    )
    organ = session.get_one(Organ, plan.organ_id)
    totals, departments = _totals(look), _departments(look)
    following = _next(look)
    return Circular(
        organ=organ.name,
        issue="",
        title=f"{organ.name}关于{span.label}督办事项办理情况的通报",
        number="",
        period_words=span.label,
        from_on=span.first,
        until_on=until,
        issued_on=issued_on,
        addressee=ADDRESSEE,
        totals=totals,
        departments=departments,
        overdue=_overdue(look),
        unfiled=_missing_reports(look, departments),
        changed=(*_moved(look), *_suspended(look)),
        next_deadlines=following,
        praise=_praise(look, departments),
        criticism=_criticism(departments),
        demands=_demands(look, totals, following),
        trend=trend(session, plan, kind=kind, until=until, calendar=calendar, now=totals),
    )


def _not_filed(
    session: Session, plan: AnnualPlan, first: dt.date, until: dt.date, calendar: WorkCalendar
) -> list[Unreported]:
    """The reports due from `first` to `until` that have not come by the end of that day."""
    policy = reporting_policy(session, plan)
    if policy is None:
        return []
    due = periods(policy.filling, since=first, until=until, day=policy.filling_day, calendar=calendar)
    return [row for period in due for row in unreported(session, plan, on=until, calendar=calendar, at=period.due_on)]


def _share(look: _Look) -> Decimal | None:
    """Days kept in time among those kept or missed, suspended items aside; none where no day had come."""
    running = [look.kept.get(line.id, DaysKept()) for line in look.lines if line.light is not Light.PAUSED]
    timely = sum(kept.timely for kept in running)
    due = timely + sum(kept.late + kept.missed for kept in running)
    return round(Decimal(timely) / due, 10) if due else None


def _place(line: ItemLine, near: dt.date) -> str:
    """The one column of the table an item is counted in: progress that lags does not change how its day stands."""
    match line.light:
        case Light.BLUE:
            return "closed"
        case Light.PAUSED:
            return "suspended"
        case Light.GREY:
            return "not_started"
        case Light.RED:
            return "overdue"
        case Light.YELLOW:
            return "near"
        case Light.BEHIND if line.open_on is not None and line.open_on <= near:
            return "near"
        case _:
            return "on_track"


def _totals(look: _Look) -> Totals:
    places = Counter(_place(line, look.near) for line in look.lines)
    closed_now = [line for line in look.lines if line.light is Light.BLUE and _within(line.closed_on, look)]
    return Totals(
        items=len(look.lines),
        closed_in_period=len(closed_now),
        closed=places["closed"],
        overdue=places["overdue"],
        near=places["near"],
        on_track=places["on_track"],
        not_started=places["not_started"],
        suspended=places["suspended"],
        in_review=sum(line.in_review and line.light is not Light.BLUE for line in look.lines),
        on_time_share=_share(look),
    )


def _within(day: dt.date | None, look: _Look) -> bool:
    return day is not None and look.span.first <= day <= look.until


def _departments(look: _Look) -> tuple[DepartmentRow, ...]:
    """A row for every unit that leads an item or has one to sign for: the organ's departments, then others."""
    places: dict[str, Counter[str]] = defaultdict(Counter)
    order: dict[str, tuple[bool, int]] = {}
    for line in look.lines:
        order.setdefault(line.unit, (line.unit == UNASSIGNED, line.department_id or 1 << 60))
        counted = places[line.unit]
        counted[_place(line, look.near)] += 1
        counted["total"] += 1
        counted["lagging"] += line.light in (Light.LAGGING, Light.BEHIND)
    for receipt in look.unsigned:
        order.setdefault(receipt.item.unit, (False, receipt.item.department_id or 1 << 60))
        places[receipt.item.unit]["unsigned"] += 1
    for report in look.unfiled:
        places[report.item.unit]["not_filed"] += 1
    scores = scores_of(look.session, look.plan, look.span)
    columns = ("closed", "overdue", "near", "lagging", "not_filed", "unsigned", "on_track", "not_started", "suspended")
    return tuple(
        DepartmentRow(
            name=unit,
            total=places[unit]["total"],
            score=scores.get(unit, Score()).points,
            rank=scores.get(unit, Score()).rank,
            **{column: places[unit][column] for column in columns},
        )
        for unit in sorted(order, key=lambda name: (order[name], name))
    )


def _missing_reports(look: _Look, departments: Sequence[DepartmentRow]) -> tuple[UnreportedRow, ...]:
    """Unit by unit, in the order of the table."""
    order = {row.name: place for place, row in enumerate(departments)}
    return tuple(
        UnreportedRow(row.item.unit, row.item.number, row.item.title, row.item.handler or "", row.period, row.due_on)
        for row in sorted(look.unfiled, key=lambda row: order[row.item.unit])
    )


def _overdue(look: _Look) -> tuple[OverdueRow, ...]:
    """Longest overdue first, each with the highest level that its escalations have reached."""
    reached = _reached(look)
    late = overdue_days(look.session, look.plan, on=look.until)
    red = [(late[line.id], line) for line in look.lines if line.light is Light.RED]
    return tuple(
        OverdueRow(
            line.number,
            titled(line, day),
            line.unit,
            line.handler or "",
            day.due_on,
            distance(day.due_on, on=look.until, calendar=look.calendar),
            reached.get(line.id, ""),
        )
        for day, line in sorted(red, key=lambda pair: (pair[0].due_on, pair[1].id))
    )


def _reached(look: _Look) -> dict[int, str]:
    rows = look.session.exec(
        select(Notice.item_id, Notice.role)
        .join(Deadline, col(Deadline.id) == Notice.deadline_id)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .where(WorkItem.plan_id == look.plan.id, Notice.kind == NoticeKind.ESCALATION, Notice.raised_on <= look.until)
        # Of the day that is open now: what an older day had reached ended with it.
        .where(Notice.due_on == Deadline.due_on, col(Notice.recipient_id).is_not(None))
        .where(or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > look.until))
        .distinct()
    )
    highest: dict[int, int] = {}
    for item_id, role in rows:
        if role in LADDER:
            highest[item_id] = max(highest.get(item_id, 0), LADDER.index(role))
    return {item_id: LADDER[place].label for item_id, place in highest.items()}


def _moved(look: _Look) -> list[ChangedRow]:
    """Days put off in the period: by approval, or because the clock had stood still; of an item's turns the first."""
    granted = sa.and_(
        col(Extension.deadline_id) == col(DeadlineMove.deadline_id),
        col(Extension.state) == ExtensionState.APPROVED,
        col(Extension.from_on) == col(DeadlineMove.from_on),
        col(Extension.granted_on) == col(DeadlineMove.to_on),
    )
    rows = look.session.execute(
        sa.select(
            col(Deadline.item_id), col(DeadlineMove.cause), col(DeadlineMove.from_on), col(DeadlineMove.to_on),
            sa.func.coalesce(col(Extension.reason), col(DeadlineMove.reason)),
        )
        .join(Deadline, col(Deadline.id) == DeadlineMove.deadline_id)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .outerjoin(Extension, granted)
        .where(col(WorkItem.plan_id) == look.plan.id, of_plan(), col(DeadlineMove.cause) != MoveCause.PLAN)
        .where(col(DeadlineMove.moved_on).between(look.span.first, look.until))
        .order_by(col(DeadlineMove.moved_on), col(DeadlineMove.id))
    ).all()  # fmt: skip
    changed: dict[tuple[Any, ...], ChangedRow] = {}
    for item_id, cause, from_on, to_on, reason in rows:
        line, extended = look.of[item_id], cause is MoveCause.EXTENSION
        changed.setdefault(
            (item_id, cause, from_on if extended else None),
            ChangedRow("延期" if extended else "顺延", line.number, line.title, line.unit, from_on, to_on, reason),
        )
    return list(changed.values())


def _suspended(look: _Look) -> Iterable[ChangedRow]:
    rows = look.session.execute(
        sa.select(col(Suspension.item_id), col(Suspension.reason))
        .join(WorkItem, col(WorkItem.id) == Suspension.item_id)
        .where(col(WorkItem.plan_id) == look.plan.id, of_plan(), col(Suspension.from_on) <= look.until)
        .where(or_(col(Suspension.resumed_on).is_(None), col(Suspension.resumed_on) > look.until))
        .order_by(col(Suspension.from_on), col(Suspension.id))
    )
    for item_id, reason in rows:
        line = look.of[item_id]
        yield ChangedRow("中止", line.number, line.title, line.unit, line.open_on, None, reason)


def _next(look: _Look) -> tuple[NextDeadlineRow, ...]:
    """Every open day from the day after up to the end of the next period; a suspended item has none."""
    last = span_of(look.kind, look.span.last + DAY, look.calendar).last
    days = open_days(look.session, look.plan, first=look.until + DAY, last=last, on=look.until)
    return tuple(
        NextDeadlineRow(line.number, titled(line, day), line.unit, line.handler or "", day.due_on)
        for day in days
        if (line := look.of[day.item_id]).runs
    )


def _praise(look: _Look, departments: Sequence[DepartmentRow]) -> tuple[str, ...]:
    """The units with work under way, or closed in the period, that missed no day, filed all and lag with nothing."""
    slipped = {line.unit for line in look.lines if look.kept.get(line.id, DaysKept()).slipped}
    closed = Counter(line.unit for line in look.lines if line.light is Light.BLUE and _within(line.closed_on, look))
    good = [
        row.name + (f"（按期办结{closed[row.name]}项）" if closed[row.name] else "")
        for row in departments
        if row.on_track + row.near + closed[row.name]
        and not (row.overdue or row.lagging or row.not_filed or row.unsigned or row.name in slipped)
        and row.name != UNASSIGNED
    ]
    if not good:
        return ()
    filed = "进展填报齐全，" if reporting_policy(look.session, look.plan) else ""
    return (f"{'、'.join(good)}承办的事项均按时限推进，{filed}予以表扬。",)


def _criticism(departments: Sequence[DepartmentRow]) -> tuple[str, ...]:
    """A sentence for each unit with a day overdue or a report missing, the worst first."""
    bad = [row for row in departments if (row.overdue or row.not_filed) and row.name != UNASSIGNED]
    return tuple(
        f"{row.name}{'，'.join(_failings(row))}，予以批评。"
        for row in sorted(bad, key=lambda row: (-row.overdue, -row.not_filed))
    )


def _failings(row: DepartmentRow) -> Iterable[str]:
    if row.overdue:
        yield f"{row.overdue}项事项逾期"
    if row.not_filed:
        yield f"{row.not_filed}项次进展未按期填报"


def _demands(look: _Look, totals: Totals, following: Sequence[NextDeadlineRow]) -> tuple[str, ...]:
    wanted = [
        (totals.overdue, "逾期事项的牵头单位要逐项查明原因，倒排工期，尽快办结。"),
        (len(look.unfiled), "未按期填报的单位要立即补报进展。"),
        (len(look.unsigned), f"尚有{len(look.unsigned)}项次任务未签收，有关单位要即行签收。"),
        (len(following), "下期到期事项的牵头单位要提前安排，确保按期办结。"),
    ]
    return tuple(sentence for count, sentence in wanted if count)
