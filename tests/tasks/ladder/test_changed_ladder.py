"""Any ladder changed into any other, on any day: each day speaks by the ladder that decides it, and nothing twice."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import open_engine, unit_of_work
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Policy, Rung
from tasks.plan.change_policy import change_policy
from tests.databases import lay_sqlite
from tests.office import SUPERVISOR, Office
from tests.tasks.ladder.test_remind import (
    AFTER,
    BEFORE,
    CALENDAR,
    DAY,
    ROLES,
    WORKING,
    Case,
    Step,
    distinct,
    fires_on,
    latest,
    plain,
    repeated,
    turns,
)

START = dt.date(2026, 9, 21)
LAST = 32
Row = tuple[dt.date, str, int, str]
"""When, the policy, the rung by its place, to whom."""

plain_ladders = st.lists(plain, min_size=1, max_size=5).map(tuple).filter(distinct)
ladders = (
    st.tuples(st.lists(plain, min_size=1, max_size=4), st.lists(repeated, max_size=1))
    .map(lambda parts: tuple(parts[0] + parts[1]))
    .filter(distinct)
)


@dataclass(frozen=True)
class Year:
    """A year begun by the ladder `old`, and gone on by `new` from a day on: before the sweep of that day or after it.

    Days are counted from that of issue. The clock of the first item stands from one day of `stop` to the other.
    """

    old: tuple[Step, ...]
    new: tuple[Step, ...]
    dues: tuple[int, ...]
    changed: int
    swept: bool
    stop: tuple[int, int] | None = None

    @property
    def decides(self) -> dt.date:
        return START + (self.changed + self.swept) * DAY


def lived(engine: Engine, home: Path, year: Year) -> Office:
    office = Office(engine, home)
    office.today = START
    for name, ladder in (("新例", year.new), ("旧例", year.old)):
        office.ladder(*[(step.relation, step.offset, step.unit, list(step.roles)) for step in ladder], name=name)
        with unit_of_work(engine) as session:
            own = select(Rung).join(Policy, col(Policy.id) == Rung.policy_id).where(Policy.name == name)
            for rung, step in zip(session.exec(own.order_by(col(Rung.ordinal))).all(), ladder, strict=True):
                rung.every, rung.times = step.every, step.times
    for due in year.dues:
        office.assign(f"{due}日后", due=str(START + due * DAY), issue=False)
    office.issue(on=str(START))
    for number in range(LAST):
        on = START + number * DAY
        if year.stop and number == year.stop[0]:
            office.suspend("1", on=str(on))
        if year.stop and number == year.stop[1]:
            office.resume("1", on=str(on))
        if number != year.changed or year.swept:
            office.sweep(on)
        if number == year.changed:
            with unit_of_work(engine) as session:
                plan = session.get_one(AnnualPlan, office.plan_id)
                change_policy(session, plan, "新例", by=office.by(session, SUPERVISOR, on), reason="办法已修订")
        if number == year.changed:
            office.sweep(on)
    return office


def told(office: Office) -> list[tuple[Notice, Rung, Policy, str]]:
    """What is to be sent."""
    with unit_of_work(office.engine) as session:
        query = (
            select(Notice, Rung, Policy)
            .join(Rung, col(Rung.id) == Notice.rung_id)
            .join(Policy, col(Policy.id) == Rung.policy_id)
            .where(Notice.state == NoticeState.PENDING)
        )
        rows = list(session.exec(query))
    return [(notice, rung, policy, office.name_of(notice.recipient_id) or "") for notice, rung, policy in rows]


def foretold(year: Year) -> list[Row]:
    """Day by day after that of issue: each person hears the highest rung of the ladder that decides the day."""
    rows = []
    for due in year.dues:
        for number in range(1, LAST):
            on = START + number * DAY
            name, ladder = ("旧例", year.old) if on < year.decides else ("新例", year.new)
            steps = turns(Case(START, ladder, (), ()), START + due * DAY, unsigned=False)
            heard: dict[str, tuple[float, int]] = {}
            for one in latest([one for one in steps if one.fire_on == on]):
                for role in ladder[one.rung - 1].roles:
                    heard[ROLES[role]] = max(heard.get(ROLES[role], (-1e9, 0)), (one.height, one.rung))
            rows += [(on, name, place, who) for who, (_height, place) in heard.items()]
    return sorted(rows)


changes = st.tuples(st.integers(0, LAST - 2), st.booleans())
dues = st.lists(st.integers(0, 25), min_size=1, max_size=3, unique=True).map(tuple)
stops = st.tuples(st.integers(1, 20), st.integers(0, 10)).map(lambda one: (one[0], one[0] + one[1]))


@given(old=ladders, new=ladders, dues=dues, change=changes)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_day_speaks_by_the_ladder_that_decides_it(
    tmp_path: Path, old: tuple[Step, ...], new: tuple[Step, ...], dues: tuple[int, ...], change: tuple[int, bool]
) -> None:
    agree(tmp_path, Year(old, new, dues, *change))


def agree(tmp_path: Path, year: Year) -> None:
    engine = open_engine(lay_sqlite(tmp_path / "case.db"))
    try:
        check_days(lived(engine, tmp_path, year), year)
    finally:
        engine.dispose()


def check_days(office: Office, year: Year) -> None:
    rows = [(notice.raised_on, policy.name, rung.ordinal, who) for notice, rung, policy, who in told(office)]
    assert sorted(row for row in rows if row[0] > START) == foretold(year)


@given(old=plain_ladders, new=plain_ladders, due=st.integers(0, 25), change=changes, stop=stops)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_told_twice_nor_after_its_day_where_the_clock_stood(
    tmp_path: Path,
    old: tuple[Step, ...],
    new: tuple[Step, ...],
    due: int,
    change: tuple[int, bool],
    stop: tuple[int, int],
) -> None:
    engine = open_engine(lay_sqlite(tmp_path / "case.db"))
    try:
        year = Year(old, new, (due,), *change, stop)
        check_once(lived(engine, tmp_path, year), year)
    finally:
        engine.dispose()


def check_once(office: Office, year: Year) -> None:
    spoken = [(notice.due_on, moment(rung), who) for notice, rung, _policy, who in told(office)]
    assert len(spoken) == len(set(spoken))
    before = {moment(step) for step in year.old}
    for notice, rung, policy, _who in told(office):
        if policy.name == "新例" and moment(rung) not in before and notice.due_on == START + year.dues[0] * DAY:
            assert fires_on(year.new[rung.ordinal - 1], 0, notice.due_on) >= year.decides


def moment(rung: Rung | Step) -> tuple[str, int, str | None]:
    return str(rung.relation), rung.offset, str(rung.unit) if rung.offset else None


H, D, L, F = ROLES
OLD = (
    Step(BEFORE, 7, CALENDAR, (H,)), Step(BEFORE, 0, CALENDAR, (H, L)), Step(AFTER, 1, WORKING, (L,)),
    Step(AFTER, 3, CALENDAR, (H,), 2, 3),
)  # fmt: skip
NEW = (
    Step(BEFORE, 9, CALENDAR, (D,)), Step(BEFORE, 7, CALENDAR, (H, D)), Step(BEFORE, 2, WORKING, (H,)),
    Step(AFTER, 1, WORKING, (D, L)), Step(AFTER, 4, CALENDAR, (F,)),
)  # fmt: skip


@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after it"])
@pytest.mark.parametrize("changed", [7, 12, 15])
def test_both_databases_agree(any_engine: Engine, tmp_path: Path, changed: int, *, swept: bool) -> None:
    year = Year(OLD, NEW, (9, 14, 16), changed, swept)
    check_days(lived(any_engine, tmp_path, year), year)


@pytest.mark.parametrize("changed", [12, 18])
def test_both_databases_keep_silent_of_what_was_told_before_the_clock_stood(
    any_engine: Engine, tmp_path: Path, changed: int
) -> None:
    year = Year(OLD[:-1], NEW, (9,), changed, swept=True, stop=(13, 20))
    check_once(lived(any_engine, tmp_path, year), year)
