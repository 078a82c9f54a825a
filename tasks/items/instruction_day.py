"""By which day an instruction is to be answered: a day that is named, or a preset of the policy counted from today."""

import datetime as dt

from sqlmodel import Session

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.dates.rest_day import RestDay
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from tasks.wording.days import short_day


def instruction_day(
    session: Session, plan: AnnualPlan, *, by: Actor, due_on: dt.date | None, term: str | None, rest: RestDay | None
) -> dt.date:
    """The day meant. On a day of rest a preset means the working day after, where `rest` says nothing else.

    Raises BadInputError for both or neither, a day that is past, a preset there is not, and for a day of rest that
    was named without `rest`: the working days before and after are offered.
    """
    if (due_on is None) == (not term):
        raise BadInputError(f"请写明批示时限：一个日期{by.hint('--due')}，或一个档次{by.hint('--term')}，二者取一。")
    calendar = office_calendar(session, organ_id=plan.organ_id)
    if due_on is None:
        policy = session.get_one(Policy, plan.policy_id)
        days = {one["name"]: one["days"] for one in policy.instruction_terms}
        if term not in days:
            raise BadInputError(f"没有名为“{term}”的档次；可用：{'、'.join(days) or '无，请写日期'}。")
        return _working(policy.instruction_unit.later(by.on, days[term], calendar), rest or RestDay.AFTER, by, calendar)
    if due_on < by.on:
        raise BadInputError(f"批示时限 {due_on} 不可用：不能早于 {by.on}。")
    if rest is None and not calendar.is_working(due_on):
        earlier, later = calendar.on_or_before(due_on), calendar.on_or_after(due_on)
        offered = f"之前的工作日是 {earlier}，之后的是 {later}" if earlier >= by.on else f"之后的工作日是 {later}"
        raise BadInputError(
            f"批示时限 {due_on} 不是工作日（{calendar.why(due_on)}）：{offered}。"
            f"请改定，或写明遇休息日取哪一天{by.hint('--rest')}。"
        )
    return _working(due_on, rest or RestDay.KEEP, by, calendar)


def terms_from(policy: Policy, on: dt.date, calendar: WorkCalendar) -> list[tuple[str, str]]:
    """The presets of the policy by name, each with the day it means today, in words."""
    offered = []
    for one in policy.instruction_terms:
        day = policy.instruction_unit.later(on, one["days"], calendar)
        due_on = calendar.on_or_after(day)
        said = "" if due_on == day else f"，{short_day(day, beside=on)}休息"
        words = f"{one['name']}：{one['days']}{policy.instruction_unit.label}，{short_day(due_on, beside=on)}前{said}"
        offered.append((one["name"], words))
    return offered


def _working(day: dt.date, rest: RestDay, by: Actor, calendar: WorkCalendar) -> dt.date:
    match rest:
        case RestDay.KEEP:
            return day
        case RestDay.AFTER:
            return calendar.on_or_after(day)
    before = calendar.on_or_before(day)
    if before < by.on:
        raise BadInputError(
            f"批示时限 {day} 之前的工作日 {before} 已过：请取之后的工作日 {calendar.on_or_after(day)}。"
        )
    return before
