"""Living the demonstration day by day: each morning the sweep and the mail, then what people do."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Engine

from duban.demonstration.acts import ACTS, Office, Script
from models.actor import Actor, Channel
from models.clock import day_of, opening_of
from models.database import key, on_record, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.days import DAY, days_from
from models.engine.rhythm import LastRun
from models.errors import DubanError
from models.settings import Settings
from tasks.access.manage_accounts import invite_all
from tasks.access.set_password import set_by_code
from tasks.engine.show_system import record_run
from tasks.notices.deliver import deliver
from tasks.oversight.supervise import supervise
from tasks.people.find import find_organ, find_plan, plans_of, top_organs
from tasks.trail.close_day import close_day

SLUG = "demonstration"
"""Under this name the last lived day is remembered, apart from the rhythms that a served office has."""


def year_lived(engine: Engine) -> int | None:
    """The year of the story that was begun in this database."""
    with reading(engine) as session:
        plans = [plan.year for organ in top_organs(session, most=1) for plan in plans_of(session, key(organ.id))]
    return min(plans, default=None)


def open_accounts(engine: Engine, day: dt.date, password: str) -> int:
    """Everybody who holds a post on the day gets an account with this password; how many got one."""
    now = opening_of(day)
    with on_record(engine) as session:
        made = invite_all(session, find_organ(session, None), by=Actor("本机管理员", Channel.COMMAND, day_of(now), now))
        for account in made:
            set_by_code(session, account.shown, password, now=now)
    return len(made)


def days_to_live(engine: Engine, year: int, *, before: dt.date) -> list[dt.date]:
    """The days before `before` that have not been lived yet: from the issue of the year's plan on, or after the last
    one lived.

    Raises DubanError for a plan that was not issued.
    """
    with reading(engine) as session:
        lived = session.get(LastRun, SLUG)
        issued_on = find_plan(session, find_organ(session, None), year).issued_on
    if issued_on is None:
        raise DubanError(f"{year} 年度计划尚未下达。")
    return days_from(lived.on + DAY if lived else issued_on, before - DAY)


def live(engine: Engine, settings: Settings, year: int, script: Script, days: Iterable[dt.date]) -> None:
    """Each morning the sweep, the trail's end signed and the mail, then what people do that day.

    A day's acts and the note that it was lived are one transaction and the morning repeats itself harmlessly, so
    a year that was broken off goes on where it stopped, with nothing done twice.
    """
    for day in days:
        rhythm = Actor("每日督办", Channel.RHYTHM, day, opening_of(day))
        with unit_of_work(engine) as session:
            supervise(session, by=rhythm, calendar=office_calendar(session))
        close_day(engine, settings.home, by=rhythm)
        deliver(engine, settings, now=opening_of(day), on=day)
        with on_record(engine) as session:
            organ = find_organ(session, None)
            office = Office(session, organ, find_plan(session, organ, year), office_calendar(session), day, settings)
            for name, more in script.get(day, []):
                ACTS[name](office, **more)
            record_run(session, SLUG, on=day, now=opening_of(day))
