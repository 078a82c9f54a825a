"""The daily sweep: which deadlines have reached which rung, written as notices in one set-based statement.

Exactly-once comes from the notice key and from this transaction, never from whoever calls: the sweep may run
late, twice, or in two processes at once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, bindparam, text
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem
from models.engine.rhythm import LastRun
from models.items.item import Deadline
from models.items.plan import AnnualPlan
from models.ladder.escalation import RungFiring, Window, steps, windows
from models.ladder.notice import NoticeKind, NoticeState
from models.ladder.policy import Relation, Rung
from models.people.person import Role
from tasks.people.address import AS_WRITTEN, recipient_by_role, recipient_for_unit, recipient_of_leader

SLUG = "daily_supervision"
_ALL = 2**62


@dataclass(frozen=True)
class SweepResult:
    """What one sweep wrote: `raised` counts notices that will be sent, `held` those of them that wait for a
    working day, `late` those whose day was missed; `skipped` were recorded but not sent (collapsed, nobody)."""

    on: dt.date
    raised: int
    reminders: int
    escalations: int
    late: int
    held: int
    skipped: int


def remind(
    session: Session, *, on: dt.date, now: dt.datetime, calendar: WorkCalendar, organ_id: int | None = None
) -> SweepResult:
    """Raise every notice that is due on `on` or was missed since the last sweep, each exactly once.

    A missed day collapses into the highest rung reached and is marked late. With `organ_id` for the items of that
    organ alone, and that the day was swept is for the caller to note (`note_sweep`). The caller commits.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE)
    swept, newest, first, issued, look, leaders, leaves, helpers = session.execute(
        _BEFORE, {"slug": SLUG, "on": on}
    ).one()
    sweep = _Sweep(
        session, on, calendar, leaders=leaders, leaves=leaves, helpers=helpers,
        rehearsing=bool(issued and issued > on), organ_id=organ_id,
    )  # fmt: skip
    # Before the first sweep ever nobody was asked to sign since the first issue; deadlines are looked at whole anyway.
    sweep.daily(min(swept or on, on - DAY), unsigned_since=min(swept or (first or on) - DAY, on - DAY))
    if look and (look <= on or sweep.rehearsing):
        sweep.look()
    if organ_id is None:
        note_sweep(session, on=on, now=now)
    return SweepResult(on, *session.execute(_WRITTEN, {"on": on, "newest": newest}).one())


def note_sweep(session: Session, *, on: dt.date, now: dt.datetime, problems: Sequence[OrganProblem] = ()) -> None:
    """Write down that the day was swept. Where it was not for every organ the day stays where it was: the next sweep
    looks back as far as this one did, and what was raised already it finds there.
    """
    told, whole = [problem.as_dict() for problem in problems], not problems
    swept = on if whole else on - DAY
    session.execute(_AFTERWARDS, {"slug": SLUG, "on": swept, "now": now, "problems": told, "whole": whole})


# Few statements: in a small office each costs more than the rows of a day.
_ALONE = text(f"SELECT pg_advisory_xact_lock(hashtext('duban.remind')), {AS_WRITTEN}")
"""One sweep at a time."""

_BEFORE = text("""
    SELECT (SELECT "on" FROM last_run WHERE slug = :slug) AS swept,
           (SELECT coalesce(max(id), 0) FROM notice) AS newest,
           (SELECT min(issued_on) FROM annual_plan) AS first,
           (SELECT max(issued_on) FROM annual_plan) AS issued,
           (SELECT min(look_on) FROM deadline WHERE done_on IS NULL AND look_on IS NOT NULL) AS look,
           EXISTS (SELECT 1 FROM item_leader) AS leaders,
           EXISTS (SELECT 1 FROM leave WHERE from_on <= :on AND until_on >= :on) AS leaves,
           EXISTS (SELECT 1 FROM receipt WHERE signed_at IS NULL AND unit_id IS NOT NULL) AS helpers
""").columns(
    swept=Date, newest=Integer, first=Date, issued=Date, look=Date, leaders=Boolean, leaves=Boolean, helpers=Boolean
)

_AFTERWARDS = text("""
    INSERT INTO last_run (slug, "on", ended_at, problems) VALUES (:slug, :on, :now, :problems)
    ON CONFLICT (slug) DO UPDATE SET ended_at = excluded.ended_at, problems = excluded.problems,
        "on" = CASE WHEN :whole AND excluded."on" > last_run."on" THEN excluded."on" ELSE last_run."on" END
""").bindparams(
    bindparam("now", type_=LastRun.metadata.tables["last_run"].c.ended_at.type),
    bindparam("problems", type_=JSON),
    bindparam("whole", type_=Boolean),
)

_WRITTEN = text("""
    SELECT count(*) FILTER (WHERE state = 'pending'),
           count(*) FILTER (WHERE state = 'pending' AND kind = 'reminder'),
           count(*) FILTER (WHERE state = 'pending' AND kind = 'escalation'),
           count(*) FILTER (WHERE state = 'pending' AND late),
           count(*) FILTER (WHERE state = 'pending' AND send_on > :on),
           count(*) FILTER (WHERE state <> 'pending')
    FROM notice WHERE id > :newest AND raised_on = :on
""")
"""The figures of a `SweepResult`, in its order."""


class _Sweep:
    """One day's statements. Windows go in as literal rows but for their days, which are bound by the driver.

    So the statements of two days are the same text, and the second need not be prepared again.
    `leaders`: some item names several. `leaves`: somebody is away. `helpers`: some cooperating unit has not signed.
    `rehearsing`: the day is before a plan was
    issued, a trial run for which its items count as issued already. `organ_id`: the items of that organ alone.
    """

    def __init__(
        self,
        session: Session,
        on: dt.date,
        calendar: WorkCalendar,
        *,
        leaders: bool,
        leaves: bool,
        helpers: bool,
        rehearsing: bool,
        organ_id: int | None,
    ) -> None:
        self.session, self.on, self.calendar = session, on, calendar
        self.postgres = session.get_bind().dialect.name == "postgresql"
        used = select(AnnualPlan.policy_id).distinct()
        used = used if organ_id is None else used.where(AnnualPlan.organ_id == organ_id)
        self.ours = "" if organ_id is None else f" AND i.organ_id = {organ_id:d}"
        rungs = session.exec(select(Rung).where(col(Rung.policy_id).in_(used)).order_by(col(Rung.policy_id))).all()
        self.ladders = {key: list(group) for key, group in groupby(rungs, lambda rung: rung.policy_id)}
        self.rungs = {rung.id: rung for rung in rungs}
        self.send_on = calendar.on_or_after(on)
        self.leaders, self.leaves, self.helpers, self.rehearsing = leaders, leaves, helpers, rehearsing
        self.days: dict[str, dt.date | str] = {}
        self.today = self._day(on)

    def daily(self, since: dt.date, *, unsigned_since: dt.date) -> None:
        """Deadlines that the ladder already watches: the narrow windows since the last sweep."""
        rows, unsigned = [], []
        for policy_id, rungs in self.ladders.items():
            by_due, by_issue = steps(rungs)
            rows += self._rows(policy_id, windows(by_due, self.calendar, since=since, on=self.on))
            # One day more: what was issued after a day's sweep, whose first rung may be that very day.
            reached = windows(by_issue, self.calendar, since=unsigned_since - DAY, on=self.on)
            unsigned += self._rows(policy_id, [w for w in reached if w.top or w.fire_on > unsigned_since])
        self._raise(
            rows,
            "d.policy_id = w.policy_id AND d.due_on BETWEEN w.first AND w.last"
            " AND d.done_on IS NULL AND d.look_on IS NULL",
            late="w.fire_on < :on",
            fire_on="w.fire_on",
        )
        late = "w.fire_on < :on AND i.issued_on < w.fire_on"
        self._raise(unsigned, _UNSIGNED, late=late, fire_on="w.fire_on")
        if self.helpers:
            self._ask_helpers(unsigned)

    def look(self) -> None:
        """Deadlines whose whole ladder has to be looked at: only the highest rung reached speaks, at once.

        After a suspension or a return the ladder goes on where it stood: what was told for this very day is not
        told again. A moved day and a broken promise arm it anew.
        """
        waiting = "d.done_on IS NULL AND d.look_on IS NOT NULL AND "
        waiting += (
            "(d.look_on <= :on OR i.issued_on > :on AND (i.start_on IS NULL OR i.start_on <= :on))"
            if self.rehearsing
            else "d.look_on <= :on"
        )
        earliest = self._execute(
            f"SELECT min(d.due_on) FROM deadline d JOIN work_item i ON i.id = d.item_id WHERE {waiting}{self.ours}"
        ).scalar_one()
        if earliest is None:
            return
        first = dt.date.fromisoformat(earliest) if isinstance(earliest, str) else earliest
        rows = []
        for policy_id, rungs in self.ladders.items():
            reached = windows(steps(rungs)[0], self.calendar, since=self.on, on=self.on, first=first)
            # A lower rung of this very day goes on record too, or the day's next sweep would find it missing.
            rows += self._rows(policy_id, [window for window in reached if window.top or window.fire_on == self.on])
        self._raise(
            rows,
            f"d.policy_id = w.policy_id AND d.due_on BETWEEN w.first AND w.last AND {waiting}"
            f" AND (d.promised OR NOT {_TOLD})",
            late="w.fire_on < :on AND (d.look_on <= w.fire_on OR i.issued_on > :on)",
            fire_on=":on",
        )
        self._execute(
            "UPDATE deadline SET look_on = NULL, promised = false WHERE id IN (SELECT d.id FROM deadline d"
            f" JOIN work_item i ON i.id = d.item_id WHERE d.policy_id IS NOT NULL AND {waiting}{self.ours})"
        )

    def _ask_helpers(self, rows: list[str]) -> None:
        """Cooperating units that have not signed: each rung for handlers or heads reaches the unit's own head.

        Where nobody heads the unit, it reaches whoever is in charge of the item.
        """
        if not rows:
            return
        head = recipient_for_unit("r.department_id", leaves=self.leaves)
        self._execute(f"""
            WITH w (policy_id, rung_id, role, kind, fire_on, first, last, state) AS (VALUES {", ".join(rows)}),
            due AS (
                SELECT w.fire_on, d.id AS deadline_id, i.id AS item_id, w.rung_id, w.kind, d.due_on, w.state,
                       u.text AS unit, w.fire_on < :on AND r.issued_on < w.fire_on AS late, {head} AS found
                FROM w CROSS JOIN receipt r JOIN work_item i ON i.id = r.item_id JOIN item_unit u ON u.id = r.unit_id
                JOIN deadline d ON d.id = (SELECT min(m.id) FROM deadline m
                    WHERE m.item_id = i.id AND m.done_on IS NULL AND m.policy_id = w.policy_id)
                WHERE r.issued_on BETWEEN w.first AND w.last AND r.signed_at IS NULL AND r.unit_id IS NOT NULL
                  AND NOT (w.fire_on < :on AND EXISTS (SELECT 1 FROM notice n WHERE n.fire_on = w.fire_on
                      AND n.deadline_id = d.id AND n.rung_id = w.rung_id AND n.text IS NOT NULL))
                  AND w.role IN ('{Role.HANDLER}', '{Role.DEPARTMENT_HEAD}'){self.ours} LIMIT {_ALL}
            )
            INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, text, recipient_id, role, via, kind, due_on,
                                raised_on, send_on, late, state, reason)
            SELECT DISTINCT fire_on, deadline_id, item_id, rung_id, unit, found >> 2, '{Role.DEPARTMENT_HEAD}',
                   CASE found & 3 WHEN 0 THEN 'holder' WHEN 1 THEN 'deputy' WHEN 2 THEN 'next_level' ELSE 'nobody' END,
                   kind, due_on, :on, {self._day(self.send_on)}, late,
                   CASE WHEN found IS NULL THEN 'dropped' ELSE state END,
                   CASE WHEN found IS NULL THEN '配合科室及以上各级均无人在岗' END
            FROM due WHERE true
            ON CONFLICT DO NOTHING""")

    def _rows(self, policy_id: int, reached: list[Window]) -> list[str]:
        return [
            f"({policy_id}, {window.step.rung_id}, '{role}', '{_kind(window.step)}', {self._day(window.fire_on)},"
            f" {self._day(window.first)}, {self._day(window.last)}, '{state}')"
            for window in reached
            for role in self.rungs[window.step.rung_id].roles
            for state in [NoticeState.PENDING if window.top else NoticeState.COLLAPSED]
        ]

    def _day(self, day: dt.date) -> str:
        """What stands for the day in a statement."""
        name = f"day{len(self.days)}"
        self.days[name] = day if self.postgres else day.isoformat()
        return f"%({name})s" if self.postgres else f":{name}"

    def _execute(self, statement: str) -> CursorResult[Any]:
        return self.session.connection().exec_driver_sql(statement.replace(":on", self.today), self.days)

    def _raise(self, rows: list[str], where: str, *, late: str, fire_on: str) -> None:
        if not rows:
            return
        where += self.ours
        roles = frozenset(Role(role) for rung in self.rungs.values() for role in rung.roles)
        leaders = f"""
            UNION ALL
            SELECT w.*, d.id, d.item_id, d.due_on, {late}, {recipient_of_leader("x.post_id", leaves=self.leaves)}
            FROM w CROSS JOIN deadline d JOIN work_item i ON i.id = d.item_id
            JOIN item_leader x ON x.item_id = i.id
            WHERE w.role = '{Role.LEADER}' AND {where}"""
        # The limit is a fence: `found` is worked out once, not where it is used, and the rows are not laid aside first.
        self._execute(f"""
            WITH w (policy_id, rung_id, role, kind, fire_on, first, last, state) AS (VALUES {", ".join(rows)}),
            due (policy_id, rung_id, role, kind, fire_on, first, last, state,
                 deadline_id, item_id, due_on, late, found) AS (
                SELECT w.*, d.id, d.item_id, d.due_on, {late}, {recipient_by_role("w.role", roles, leaves=self.leaves)}
                FROM w CROSS JOIN deadline d JOIN work_item i ON i.id = d.item_id WHERE {where}
                {leaders if self.leaders else ""} LIMIT {_ALL}
            )
            INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, recipient_id, role, via, kind,
                                due_on, raised_on, send_on, late, state, reason)
            SELECT {fire_on.replace("w.", "due.")}, deadline_id, item_id, rung_id, found >> 2, role,
                   CASE found & 3 WHEN 0 THEN 'holder' WHEN 1 THEN 'deputy' WHEN 2 THEN 'next_level' ELSE 'nobody' END,
                   kind, due_on, :on, {self._day(self.send_on)}, late,
                   CASE WHEN found IS NULL THEN 'dropped' ELSE state END,
                   CASE WHEN found IS NULL THEN '本级及以上均无人在岗'
                        WHEN state = 'collapsed' THEN '错过当日,并入更高一级' END
            FROM due WHERE true
            ON CONFLICT DO NOTHING""")


_UNSIGNED = f"""i.issued_on BETWEEN w.first AND w.last AND i.state = 'issued'
    AND NOT (w.fire_on < :on AND EXISTS (SELECT 1 FROM notice n
        WHERE n.fire_on = w.fire_on AND n.deadline_id = d.id AND n.rung_id = w.rung_id))
    AND d.id = (SELECT min(m.id) FROM {Deadline.__tablename__} m
                WHERE m.item_id = i.id AND m.done_on IS NULL AND m.policy_id = w.policy_id)"""


_TOLD = f"""EXISTS (SELECT 1 FROM notice n WHERE n.deadline_id = d.id AND n.rung_id = w.rung_id AND n.due_on = d.due_on
    AND n.fire_on >= w.fire_on AND n.state <> '{NoticeState.DROPPED}'
    AND NOT EXISTS (SELECT 1 FROM deadline_move m
        WHERE m.deadline_id = d.id AND m.from_on <> m.to_on AND m.moved_on >= n.raised_on))"""
"""Whether the rung spoke for deadline `d` since the day that window `w` sets, and the deadline was not moved since."""


def _kind(step: RungFiring) -> NoticeKind:
    return NoticeKind.ESCALATION if step.relation is Relation.AFTER else NoticeKind.REMINDER
