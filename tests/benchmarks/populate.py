"""Offices in a database, filled by set-based SQL in seconds: what the benchmarks run on.

One organ has a thousand items, four departments and twenty-eight people. Due days are spread evenly over the
working days of the year, about a quarter of the items are done, all plans run by one frozen policy of four
rungs that judges every item by planned progress. On any day one person in forty is on leave, and one handler's
seat in fifty is empty. Every ladder has been looked at, and the sweep has run on every day before `ON`.
"""

import datetime as dt

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import unit_of_work
from models.dates.unit import Unit
from models.dates.workdays import WorkCalendar
from models.engine.rhythm import LastRun
from models.ladder.policy import LagScope, Policy, Relation, Rung
from models.tables import METADATA
from tasks.ladder.note_sweep import SLUG

ON = dt.date(2026, 6, 17)
NOW = dt.datetime(2026, 6, 17, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DAYS = [dt.date(2026, 1, 1) + number * DAY for number in range(365)]
CALENDAR = WorkCalendar()
WORKING_DAYS = [day for day in DAYS if CALENDAR.is_working(day)]
ITEMS_PER_ORGAN = 1000
RUNGS = (
    (Relation.BEFORE, 7, Unit.CALENDAR, "handler"),
    (Relation.BEFORE, 0, Unit.CALENDAR, "handler"),
    (Relation.AFTER, 1, Unit.WORKING, "department_head"),
    (Relation.AFTER, 3, Unit.WORKING, "leader"),
)
"""One role a rung, so four notices in the life of an item that nobody finishes; a rung's id is its place from 1."""

# Seats 0 to 19 of an organ handle, five in each department; 20 to 23 head one, 24 and 25 lead two each, 26 is
# first responsible, 27 supervises. A person has the number of the post.
_ROWS = (
    ("organ (id, code, name, joined_officers)", 1, "i + 1, 'organ' || (i + 1), '第' || (i + 1) || '局', false"),
    ("department (id, organ_id, name)", 4, "i + 1, i / 4 + 1, '第' || (i % 4 + 1) || '科'"),
    (
        "person (id, organ_id, name, email)",
        28,
        "i + 1, i / 28 + 1, '职员' || (i + 1), 'person' || (i + 1) || '@office.test'",
    ),
    (
        "post (id, organ_id, department_id, title, role)",
        28,
        "i + 1, i / 28 + 1, CASE WHEN i % 28 < 24 THEN i / 28 * 4 + i % 28 % 4 + 1 END, '职务',"
        " CASE WHEN i % 28 < 20 THEN 'handler' WHEN i % 28 < 24 THEN 'department_head'"
        " WHEN i % 28 < 26 THEN 'leader' WHEN i % 28 = 26 THEN 'first_responsible' ELSE 'supervisor' END",
    ),
    (
        "tenure (post_id, person_id, started_on, ended_on)",
        28,
        "i + 1, i + 1, :long_ago, CASE WHEN i % 28 < 20 AND i % 50 = 0 THEN :opening END",
    ),
    ("annual_plan (id, organ_id, year, title, policy_id, issued_on)", 1, "i + 1, i + 1, 2026, '工作要点', 1, :opening"),
    ("project (id, plan_id, ordinal, name)", 10, "i + 1, i / 10 + 1, i % 10 + 1, '项目' || (i % 10 + 1)"),
    (
        "enforcement_case (organ_id, kind, procedure, decided_on, fine, confiscated, outcome, revision, recorded_at)",
        13,
        "i / 13 + 1, 'penalty', CASE WHEN i % 13 < 4 THEN 'simple' ELSE 'ordinary' END, :opening, 2000, 0, 'stands',"
        " 0, :now",
    ),
    (
        "study_session (organ_id, held_on, topic, people, revision, recorded_at)",
        2,
        "i / 2 + 1, :opening, '集中学习', 20, 0, :now",
    ),
)
_OVERSIGHT = (
    "INSERT INTO oversight (department_id, post_id)"
    " SELECT id, (id - 1) / 4 * 28 + 25 + (id - 1) % 4 / 2 FROM department"
)
_DEPUTIES = "UPDATE person SET deputy_id = CASE WHEN (id - 1) % 28 % 2 = 0 THEN id + 1 ELSE id - 1 END"
_LEAVES = (
    "INSERT INTO leave (person_id, from_on, until_on)"
    " SELECT p.id, d.day, d.day_after FROM person p JOIN busy_day d ON d.place = p.id * 37 % :year"
)
_ITEMS = (
    "INSERT INTO work_item (id, plan_id, organ_id, project_id, number, title, department_id, handler_post_id,"
    " due_on, unconfirmed, importance, state, percent, issued_on, signed_on, closed_on)"
    " SELECT i + 1, organ + 1, organ + 1, organ * 10 + i % 10 + 1, '' || (i % 1000 + 1),"
    " '第' || (i % 1000 + 1) || '项任务：完成年度工作安排并按要求报送进展情况',"
    " organ * 4 + seat % 4 + 1, organ * 28 + seat + 1, b.day, false, 'normal',"
    " CASE WHEN done THEN 'closed' ELSE 'active' END, CASE WHEN done THEN 100 ELSE 20 END, :opening, :opening,"
    " CASE WHEN done THEN :opening END"
    " FROM (SELECT i, i / 1000 AS organ, i / 3 % 20 AS seat, i / :year * 257 % 1000 < 257 AS done FROM n) m"
    " JOIN busy_day b ON b.place = i % :year"
)
_DEADLINES = (
    "INSERT INTO deadline (id, item_id, kind, due_on, original_due_on, policy_id, promised, done_on)"
    " SELECT id, id, 'final', due_on, due_on, 1, false, closed_on FROM work_item ORDER BY id"
)


def populate(engine: Engine, items: int) -> None:
    """Make all tables and fill them with `items` work items, a thousand to an organ."""
    METADATA.create_all(engine)
    organs = items // ITEMS_PER_ORGAN
    days = {"opening": dt.date(2026, 1, 4), "long_ago": dt.date(2020, 1, 1), "now": NOW}
    with unit_of_work(engine) as session:
        _add_policy(session)
        _run(session, "CREATE TEMPORARY TABLE busy_day (place integer PRIMARY KEY, day date, day_after date)")
        for place, day in enumerate(WORKING_DAYS):
            values = {"place": place, "day": day, "day_after": day + 9 * DAY}
            session.execute(text("INSERT INTO busy_day VALUES (:place, :day, :day_after)"), values)
        for table, each, columns in _ROWS:
            _run(session, f"INSERT INTO {table} {_series(organs * each)} SELECT {columns} FROM n", **days)
        head, rest = _ITEMS.split(" SELECT ", 1)
        for statement in (_OVERSIGHT, _DEPUTIES, _LEAVES, f"{head} {_series(items)} SELECT {rest}", _DEADLINES):
            _run(session, statement, year=len(WORKING_DAYS), **days)
        _run(session, "DROP TABLE busy_day")
        session.add(LastRun(slug=SLUG, on=ON - DAY, ended_at=NOW - DAY))
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _add_policy(session: Session) -> None:
    session.add(Policy(id=1, name="常规", lag_of=LagScope.ALL, frozen_hash="benchmark"))
    session.flush()
    session.add_all(
        Rung(id=place, policy_id=1, ordinal=place, relation=relation, offset=offset, unit=unit, roles=[role])
        for place, (relation, offset, unit, role) in enumerate(RUNGS, 1)
    )
    session.flush()


def _series(size: int) -> str:
    return f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {size - 1})"


def _run(session: Session, statement: str, **values: object) -> None:
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    session.execute(text(statement), used)
