"""The daily sweep: which deadlines have reached which rung, written as notices in one set-based statement.

Exactly-once comes from the notice key and from this transaction, never from whoever calls: the sweep may run
late, twice, or in two processes at once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import CursorResult
from sqlmodel import Session

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.engine.shard import EVERYBODY
from models.ladder.escalation import RungFiring, Window, windows
from models.ladder.notice import NoticeKind
from models.ladder.policy import Relation
from models.ladder.succession import Succession
from models.people.person import Role
from tasks.ladder.alone import alone
from tasks.ladder.before import Before, before
from tasks.ladder.conditions import (
    ARMED,
    DUE,
    ISSUED,
    SETTLED,
    TOLD,
    UNPROMISED,
    UNSAID,
    UNSEEN,
    UNSIGNED,
    WATCHED,
    WHY_COLLAPSED,
)
from tasks.ladder.note_sweep import note_sweep
from tasks.ladder.part import WHOLE, Part
from tasks.ladder.roomy import roomy
from tasks.ladder.versions import successions
from tasks.people.address import NEAREST, recipient_by_role, recipient_for_unit, recipient_of_leader

_ALL = 2**62
_MANY = 500
"""More values of a statement than an ordinary day has."""
_Reached = tuple[int, list[Window]]
"""By the policy, the windows of its ladder."""


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
    session: Session, *, on: dt.date, now: dt.datetime, calendar: WorkCalendar, part: Part | None = None
) -> SweepResult:
    """Raise every notice that is due on `on` or was missed since the last sweep, each exactly once.

    The rungs whose own day it is all speak. Those whose day was missed speak as the highest of them, marked late, to
    the people of all; each of the others leaves one row. Whoever several would reach hears the highest.

    With `part` for those items alone, and that the day was swept is for the caller to note (`note_sweep`). The caller
    commits.
    """
    session.flush()
    connection, shard = session.connection(), part.shard if part else EVERYBODY
    if connection.dialect.name == "postgresql":
        connection.execute(alone(shard))
    whole = part is None
    part = part or WHOLE
    there = before(connection, on=on, shard=shard, organ_id=part.organ_id)
    sweep = _Sweep(session, on, calendar, there, part)
    with roomy(connection, there.deadlines):
        # Before the first sweep ever nobody was asked to sign since the first issue; deadlines are looked at whole
        # anyway.
        unsigned_since = min(there.swept or (there.first or on) - DAY, on - DAY, there.slipped or on)
        sweep.daily(min(there.swept or on, on - DAY), unsigned_since=unsigned_since)
        if there.look and (there.look <= on or sweep.rehearsing):
            sweep.look(min(there.look, on))
        if whole:
            note_sweep(session, on=on, now=now, slipped=there.slipped is not None)
        return sweep.written(since=there.newest)


_WRITTEN = """
    SELECT count(*) FILTER (WHERE state = 'pending'),
           count(*) FILTER (WHERE state = 'pending' AND kind = 'reminder'),
           count(*) FILTER (WHERE state = 'pending' AND kind = 'escalation'),
           count(*) FILTER (WHERE state = 'pending' AND late),
           count(*) FILTER (WHERE state = 'pending' AND send_on > :on),
           count(*) FILTER (WHERE state <> 'pending')
    FROM notice WHERE raised_on = :on AND id > """
"""The figures of a `SweepResult`, in its order, from a number on."""


class _Sweep:
    """One day's statements. Windows go in as literal rows but for their days, which are bound by the driver.

    So the statements of two days are the same text, and the second need not be prepared again. Of the items those of
    `part` alone; `rehearsing` is a day before a plan was issued: a trial run for which its items count as issued.
    """

    def __init__(self, session: Session, on: dt.date, calendar: WorkCalendar, there: Before, part: Part) -> None:
        self.connection, self.on, self.calendar = session.connection(), on, calendar
        self.postgres = self.connection.dialect.name == "postgresql"
        self.ours, self.sharded = part.condition, part.shard.parts > 1
        self.ladders = there.ladders
        self.rungs = {rung.id: rung for ladder in there.ladders.values() for rung in ladder.rungs}
        self.send_on = calendar.on_or_after(on)
        self.leaders, self.leaves, self.helpers = there.leaders, there.leaves, there.helpers
        self.rehearsing = bool(there.issued and there.issued > on)
        self.days: dict[str, dt.date | str | int] = {}
        self.reached = False
        self.named: dict[dt.date, str] = {}
        self.today = self._day(on)
        self.again = there.swept == on
        self.late = "w.fire_on < :on" + (f" AND w.fire_on > {self._day(there.swept)}" if there.swept else "")
        # Before the first sweep ever the day of the first issue counts as swept for who is asked to sign: it was given
        # out that day.
        since = there.swept or there.first
        self.same, self.begun = "n.rung_id = w.rung_id", ""
        if there.changed:
            self._go_on([one for policy, one in successions(session).items() if policy in self.ladders])
        self.asked_late = "w.fire_on < :on" + (f" AND w.fire_on > {self._day(since)}" if since else "")

    def _go_on(self, found: Sequence[Succession]) -> None:
        """Know a rung again that went on from an earlier version, and keep what only a later one has from days before.

        What was set since, by the issue or by a moved day, and a broken promise meet the later ladder whole.
        """
        if same := sorted(pair for one in found for pair in one.same):
            self.same = f"({self.same} OR (w.rung_id, n.rung_id) IN ({_values(same)}))"
        for one in found:
            for day, fresh in one.begun.items():
                since = self._day(day)
                self.begun += f""" AND NOT (w.fire_on < {since} AND (w.rung_id, w.height) IN ({_values(sorted(fresh))})
                    AND d.looked_on IS NOT NULL AND NOT d.promised AND NOT EXISTS (SELECT 1 FROM deadline_move m
                    WHERE m.deadline_id = d.id AND m.from_on <> m.to_on
                      AND (m.moved_on >= {since} OR m.moved_on > d.looked_on)))"""

    def daily(self, since: dt.date, *, unsigned_since: dt.date) -> None:
        """Deadlines that the ladder already watches: the narrow windows since the last sweep."""
        due, issued = list[_Reached](), list[_Reached]()
        # After a gap only the days there are: a step of every day between would be a window of its own.
        given = self._days(ISSUED) if unsigned_since < self.on - DAY else None
        for policy_id, (_rungs, by_due, by_issue) in self.ladders.items():
            days = self._days(DUE.format(policy_id)) if since < self.on - DAY else None
            due.append((policy_id, windows(by_due, self.calendar, since=since, on=self.on, days=days)))
            # One day more: what was issued after a day's sweep, whose first rung may be that very day.
            since_issue = unsigned_since - DAY
            issued.append((policy_id, windows(by_issue, self.calendar, since=since_issue, on=self.on, days=given)))
        missed = any(window.fire_on < self.on for _policy_id, ranges in due for window in ranges)
        watched = f"{WATCHED} AND {UNSEEN} AND {UNPROMISED}" if missed else WATCHED
        if self.again:
            watched += f" AND {UNSAID}"
        self._raise(due, watched, late=self.late)
        self._raise(issued, UNSIGNED, late=self.asked_late)
        if self.helpers:
            self._ask_helpers(issued)

    def look(self, earliest: dt.date) -> None:
        """Deadlines whose whole ladder has to be looked at, the first of them from day `earliest` on.

        Of what was reached before its own day to be looked at, only the highest rung of all may speak, at once.
        After a suspension or a return the ladder goes on where it stood: what was told for this very day is not
        told again. A moved day and a broken promise arm it anew.
        """
        waiting = "d.done_on IS NULL AND d.look_on IS NOT NULL AND "
        waiting += (
            "(d.look_on <= :on OR i.issued_on > :on AND (i.start_on IS NULL OR i.start_on <= :on))"
            if self.rehearsing
            else "d.look_on <= :on"
        )
        days = self._days(f"d.due_on FROM deadline d JOIN work_item i ON i.id = d.item_id WHERE {waiting}")
        if not days:
            return
        since = earliest - DAY
        reached = [
            (policy_id, windows(ladder.by_due, self.calendar, since=since, on=self.on, days=days, whole=True))
            for policy_id, ladder in self.ladders.items()
        ]
        self._raise(
            reached,
            f"d.policy_id = w.policy_id AND d.due_on BETWEEN w.first AND w.last AND {waiting}"
            f" AND (w.top OR w.fire_on = :on OR d.look_on <= w.fire_on) AND {ARMED}"
            f" AND (d.promised OR NOT {TOLD})",
            late=f"{self.late} AND (d.look_on <= w.fire_on OR i.issued_on > :on)",
            noted_on=":on",
        )
        self._execute(
            "UPDATE deadline SET looked_on = :on, looked_from = look_on, looked_promised = promised,"
            " look_on = NULL, promised = false WHERE id IN (SELECT d.id FROM deadline d"
            f" JOIN work_item i ON i.id = d.item_id WHERE d.policy_id IS NOT NULL AND {waiting}{self.ours})"
        )

    def written(self, since: int) -> SweepResult:
        """What was written of notices with a higher number."""
        if not self.reached:
            return SweepResult(self.on, 0, 0, 0, 0, 0, 0)
        self.days["since"] = since
        # Beside a shard others write.
        ours = f" AND item_id IN (SELECT i.id FROM work_item i WHERE true{self.ours})" if self.sharded else ""
        figures = self._execute(_WRITTEN + ("%(since)s" if self.postgres else ":since") + ours).one()
        return SweepResult(self.on, *figures)

    def _ask_helpers(self, reached: list[_Reached]) -> None:
        """Cooperating units that have not signed: each rung for handlers or heads reaches the unit's own head.

        Where nobody heads the unit, it reaches whoever is in charge of the item.
        """
        head = recipient_for_unit("r.department_id", leaves=self.leaves)
        self._write(
            reached,
            f"""
            SELECT w.rung_id, '{Role.DEPARTMENT_HEAD}', w.kind, w.height, w.fire_on, w.fire_on, d.id, i.id, u.text,
                   d.due_on, {self.asked_late}, {head}
            FROM w CROSS JOIN receipt r JOIN work_item i ON i.id = r.item_id JOIN item_unit u ON u.id = r.unit_id
            JOIN deadline d ON d.id = (SELECT min(m.id) FROM deadline m
                WHERE m.item_id = i.id AND m.done_on IS NULL AND m.policy_id = w.policy_id)
            WHERE r.issued_on BETWEEN w.first AND w.last AND r.signed_at IS NULL AND r.unit_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM notice n
                  WHERE n.item_id = i.id AND :same AND n.text = u.text
                  AND n.raised_on >= r.issued_on AND n.raised_on < :on AND n.taken_back_on IS NULL)
              AND w.role IN ('{Role.HANDLER}', '{Role.DEPARTMENT_HEAD}'){self.ours}{self.begun}""",
            nobody="配合科室及以上各级均无人在岗",
        )

    def _days(self, what: str) -> list[dt.date]:
        """The different days that the query finds, in rising order."""
        found = self._execute(f"SELECT DISTINCT {what}{self.ours} ORDER BY 1").scalars()
        return [dt.date.fromisoformat(day) if isinstance(day, str) else day for day in found]

    def _day(self, day: dt.date) -> str:
        """What stands for the day in a statement; after a long gap the same for the same day, since a statement takes
        only so many values.
        """
        name = f"day{len(self.days)}"
        if len(self.days) > _MANY:
            name = self.named.setdefault(day, name)
        self.days[name] = day if self.postgres else day.isoformat()
        return f"%({name})s" if self.postgres else f":{name}"

    def _execute(self, statement: str) -> CursorResult[Any]:
        return self.connection.exec_driver_sql(_phrased(statement, self.today, self.same), self.days)

    def _raise(self, reached: list[_Reached], where: str, *, late: str, noted_on: str = "w.fire_on") -> None:
        """Raise what deadlines have reached, each rung for whoever holds one of its roles, under the day `noted_on`."""
        if not any(ranges for _policy_id, ranges in reached):
            return
        where += self.ours + self.begun
        row = f"SELECT w.rung_id, w.role, w.kind, w.height, w.fire_on, {noted_on}, d.id, i.id, NULL, d.due_on, {late}"
        tables = "FROM w CROSS JOIN deadline d JOIN work_item i ON i.id = d.item_id"
        roles = frozenset(Role(role) for rung in self.rungs.values() for role in rung.roles)
        leaders = f"""
            UNION ALL
            {row}, {recipient_of_leader("x.post_id", leaves=self.leaves)} {tables}
            JOIN item_leader x ON x.item_id = i.id WHERE w.role = '{Role.LEADER}' AND {where}"""
        self._write(
            reached,
            f"""
            {row}, {recipient_by_role("w.role", roles, leaves=self.leaves)} {tables} WHERE {where}
            {leaders if self.leaders else ""}""",
            nobody="本级及以上均无人在岗",
        )

    def _write(self, reached: list[_Reached], found: str, *, nobody: str) -> None:
        """Write as notices the rows of the query `found`, which joins the windows `w`.

        Where each deadline lies in one window at most, as on most days, nothing has to be settled between its rungs.
        """
        rows = [row for policy_id, ranges in reached for row in self._rows(policy_id, ranges)]
        if not rows:
            return
        alone = all(window.top for _policy_id, ranges in reached for window in ranges)
        # Whoever is reached twice by one rung of a deadline hears it from the nearest. Sorted rows go in slower.
        once = alone and not self.leaders and all(len(rung.roles) == 1 for rung in self.rungs.values())
        # The limit is a fence: `found` is worked out once, not where it is used, and the rows are not laid aside first.
        self._execute(f"""
            WITH w (policy_id, rung_id, role, kind, height, top, fire_on, first, last) AS (VALUES {", ".join(rows)}),
            due (rung_id, role, kind, height, fire_on, noted_on, deadline_id, item_id, text, due_on, late, found) AS (
                {found} LIMIT {_ALL}
            ){"" if alone else SETTLED}
            INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, text, for_unit, recipient_id, role, via, kind,
                                due_on, raised_on, send_on, late, state, reason)
            SELECT noted_on, deadline_id, item_id, rung_id, text, coalesce(text, ''), found >> 2, role,
                   CASE found & 3 WHEN 0 THEN 'holder' WHEN 1 THEN 'deputy' WHEN 2 THEN 'next_level' ELSE 'nobody' END,
                   kind, due_on, :on, {self._day(self.send_on)}, late,
                   CASE WHEN found IS NULL THEN 'dropped' ELSE {"'pending'" if alone else "state"} END,
                   CASE WHEN found IS NULL THEN '{nobody}'{"" if alone else WHY_COLLAPSED} END
            FROM {"due" if alone else "settled"} WHERE true {"" if once else f"ORDER BY deadline_id, {NEAREST}"}
            ON CONFLICT DO NOTHING""")
        self.reached = True

    def _rows(self, policy_id: int, ranges: list[Window]) -> list[str]:
        return [
            f"({policy_id}, {window.step.rung_id}, '{role}', '{_kind(window.step)}', {window.height}, {window.top},"
            f" {self._day(window.fire_on)}, {self._day(window.first)}, {self._day(window.last)})"
            for window in ranges
            for role in self.rungs[window.step.rung_id].roles
        ]


@lru_cache(maxsize=128)
def _phrased(statement: str, today: str, same: str) -> str:
    """The statement as this database takes it. Those of one day are those of most."""
    return statement.replace(":on", today).replace(":same", same)


def _values(rows: Sequence[tuple[int, int]]) -> str:
    return f"VALUES {', '.join(f'({one:d}, {other:d})' for one, other in rows)}"


def _kind(step: RungFiring) -> NoticeKind:
    return NoticeKind.ESCALATION if step.relation is Relation.AFTER else NoticeKind.REMINDER
