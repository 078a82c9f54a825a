"""The templates and what all of them may call."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from duban.web.acts.form_key import new_key
from duban.web.dates import day_text, instant_text
from duban.web.frame import GROUPS, MENU
from duban.web.items.called import called
from models.dates.days import weekday_name
from tasks.containers.formats import ACCEPTED, ENDINGS

TEMPLATES = Path(__file__).parent / "templates"
_WAY = Markup('<a href="{}">{}</a>')


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
    made.globals.update(readable=",".join(ENDINGS), accepted=ACCEPTED)
    made.filters.update(day=_day, weekday=weekday_name, instant=_instant, ways=_ways, called=called)
    return made


@cache
def named_pages() -> Mapping[str, str]:
    """The pages that a sentence may name, as the menu and the settings call them: title and path."""
    settings = [(line.title, line.path) for _, lines in GROUPS for line in lines]
    return dict(settings) | {line.title: line.path for line in MENU}


def _ways(message: str) -> Markup:
    """`error|ways`: the message; where it says 在“人员”中 the name leads to that page, as no other quoted word does."""
    pages, parts = named_pages(), re.split(r"(?<=在“)([^“”]+)(?=”中)", message)
    named = [_WAY.format(pages[part], part) if part in pages else part for part in parts[1::2]]
    parts[1::2] = named
    return Markup("").join(parts)


@pass_context
def _day(context: Context, day: dt.date | None) -> str:
    """`due_on|day`: the day as pages write it, seen from the page's own; nothing where there is none."""
    return day_text(day, on=context["visit"].on) if day else ""


@pass_context
def _instant(context: Context, at: dt.datetime | None) -> str:
    """`sent_at|instant`: 今天 08:30, else the day and the time; nothing where there is none."""
    return instant_text(at, now=context["visit"].now) if at else ""
