"""The templates and what all of them may call."""

import datetime as dt
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from duban.web.acts.form_key import new_key
from duban.web.dates import day_text, instant_text
from models.dates.days import weekday_name

TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """The environment of all pages, one a process: whatever is shown is escaped, whatever is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(day_text=day_text, instant_text=instant_text, form_key=new_key)
    made.filters.update(day=_day, weekday=weekday_name, instant=_instant)
    return made


@pass_context
def _day(context: Context, day: dt.date | None) -> str:
    """`due_on|day`: the day as pages write it, seen from the page's own; nothing where there is none."""
    return day_text(day, on=context["visit"].on) if day else ""


@pass_context
def _instant(context: Context, at: dt.datetime | None) -> str:
    """`sent_at|instant`: 今天 08:30, else the day and the time; nothing where there is none."""
    return instant_text(at, now=context["visit"].now) if at else ""
