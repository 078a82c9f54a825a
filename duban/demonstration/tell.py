"""What came of the demonstration: who was told what, and what its report counts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlmodel import Session

from models.items.plan import AnnualPlan
from models.ladder.notice import NoticeKind, NoticeState
from models.people.organ import Organ
from models.people.person import Role
from models.report.report import ReportFigure, SectionKind
from tasks.notices.browse_notices import list_notices
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.figures.gather_figures import figures_in_text


@dataclass(frozen=True)
class PersonTold:
    """What one person was sent in the year."""

    name: str
    reminders: int
    escalations: int
    first_on: dt.date
    last_on: dt.date


def tell_year(session: Session, plan: AnnualPlan) -> tuple[list[PersonTold], list[dict[str, Any]]]:
    """Who was sent how much of the plan, most first; and what was escalated to the first responsible person."""
    sent = [row for row in list_notices(session, plan=plan) if row["state"] == NoticeState.SENT]
    people = []
    for name, group in groupby(sorted(sent, key=lambda row: str(row["recipient"])), key=lambda row: row["recipient"]):
        rows = list(group)
        escalations = sum(row["kind"] == NoticeKind.ESCALATION for row in rows)
        days = [row["fired_on"] for row in rows]
        people.append(PersonTold(name, len(rows) - escalations, escalations, min(days), max(days)))
    people.sort(key=lambda person: (-person.escalations, -person.reminders, person.name))
    top = [row for row in sent if row["role"] == Role.FIRST_RESPONSIBLE and row["kind"] == NoticeKind.ESCALATION]
    return people, top


def report_figures(session: Session, organ: Organ, year: int) -> list[tuple[str, ReportFigure]]:
    """The figures of the year's newest report in its order, each with the heading of its part."""
    report = newest_report(session, organ, year)
    return [(one.part, one.figure) for one in figures_in_text(session, report)] if report else []


def announced_items(session: Session, organ: Organ, year: int) -> int:
    """How many items the year's newest report announces for the next."""
    report = newest_report(session, organ, year)
    sections = read_draft(session, report) if report else []
    coming = [block for section in sections if section.kind is SectionKind.NEXT_YEAR for block in section.blocks]
    return sum(not block.withdrawn for block in coming)


def in_short(rows: Iterable[str]) -> str:
    """Row names with neighbours drawn together: `case:1–4、9`."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        table, _, number = row.partition(":")
        ids[table].append(int(number))
    return "；".join(f"{table}:{'、'.join(_spans(sorted(numbers)))}" for table, numbers in ids.items())


def _spans(numbers: list[int]) -> list[str]:
    spans = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        spans.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return spans
