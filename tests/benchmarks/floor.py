"""The floor of a sweep: the rows it has to write, by one statement written by hand for the data of `populate`.

The windows are found by trying every day of the year, with no rule of `models.ladder.escalation`; recipients are scalar
subqueries. The statement knows what the general one cannot: who can be absent here and who stands in.
"""

import datetime as dt
from functools import cache

from models.dates.unit import Unit
from models.ladder.policy import Relation
from tests.benchmarks.populate import CALENDAR, DAY, RUNGS, WORKING_DAYS

WRITTEN = (
    "fire_on, deadline_id, item_id, rung_id, recipient_id, role, via, kind,"
    " due_on, raised_on, send_on, late, state, reason"
)
"""All a sweep writes of a notice."""

_KINDS = {Relation.BEFORE: "reminder", Relation.AFTER: "escalation"}


def fires_on(rung: int, due: dt.date) -> dt.date:
    """The day on which a rung speaks for a due day, counted step by step."""
    relation, offset, unit, _role = RUNGS[rung - 1]
    step = DAY if relation is Relation.AFTER else -DAY
    day = due
    while offset:
        day += step
        offset -= unit is Unit.CALENDAR or CALENDAR.is_working(day)
    while not CALENDAR.is_working(day):
        day += step
    return day


@cache
def _fire_days() -> dict[dt.date, list[tuple[int, dt.date]]]:
    found: dict[dt.date, list[tuple[int, dt.date]]] = {}
    for rung in range(1, len(RUNGS) + 1):
        for due in WORKING_DAYS:
            found.setdefault(fires_on(rung, due), []).append((rung, due))
    return found


def windows_of(on: dt.date) -> list[tuple[int, dt.date, dt.date]]:
    """The due days that reach a rung on `on`, as (rung, first, last); between them lie rest days only."""
    reached = _fire_days().get(on, [])
    return [
        (rung, min(due for other, due in reached if other == rung), max(due for other, due in reached if other == rung))
        for rung in sorted({rung for rung, _due in reached})
    ]


def sweep_statement(on: dt.date, dialect: str) -> str | None:
    """All notices of the day in one statement; None where nothing is due."""
    windows = windows_of(on)
    if not windows:
        return None
    typed = "DATE " if dialect == "postgresql" else ""
    values = ", ".join(
        f"({rung}, '{RUNGS[rung - 1][3]}', '{_KINDS[RUNGS[rung - 1][0]]}', {typed}'{first}', {typed}'{last}')"
        for rung, first, last in windows
    )
    handler = holder_on(on, "tenure t", "t.post_id = i.handler_post_id")
    seat, overseer = "post p JOIN tenure t ON t.post_id = p.id", "oversight o JOIN tenure t ON t.post_id = o.post_id"
    head = holder_on(on, seat, "p.department_id = i.department_id AND p.role = 'department_head'")
    leader = holder_on(on, overseer, "o.department_id = i.department_id")
    return f"""
        WITH w (rung_id, role, kind, first, last) AS (VALUES {values}),
        due AS (
            SELECT d.id AS deadline_id, d.item_id, w.rung_id, w.role, w.kind, d.due_on,
                   CASE w.role WHEN 'handler' THEN coalesce({handler}, {head} / 4 * 4 + 2)
                               WHEN 'department_head' THEN {head} ELSE {leader} END AS found
            FROM w CROSS JOIN deadline d JOIN work_item i ON i.id = d.item_id
            WHERE d.policy_id = 1 AND d.due_on BETWEEN w.first AND w.last AND d.done_on IS NULL AND d.look_on IS NULL
            LIMIT 1000000000
        )
        INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, recipient_id, role, via, kind,
                            due_on, raised_on, send_on, late, state)
        SELECT {typed}'{on}', deadline_id, item_id, rung_id, found / 4, role,
               CASE found % 4 WHEN 0 THEN 'holder' WHEN 1 THEN 'deputy' ELSE 'next_level' END, kind,
               due_on, {typed}'{on}', {typed}'{on}', false, 'pending'
        FROM due WHERE true ON CONFLICT DO NOTHING"""


def holder_on(on: dt.date, tables: str, condition: str) -> str:
    """Who holds the post, or the deputy of one on leave; deputies are never on leave with them."""
    return f"""(SELECT coalesce(
            (SELECT h.deputy_id * 4 + 1 FROM leave l JOIN person h ON h.id = l.person_id
             WHERE l.person_id = t.person_id AND l.from_on <= '{on}' AND l.until_on >= '{on}'), t.person_id * 4)
        FROM {tables} WHERE {condition} AND t.started_on <= '{on}' AND (t.ended_on IS NULL OR t.ended_on >= '{on}'))"""
