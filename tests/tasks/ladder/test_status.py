import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.database import reading
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.ladder.light import Light, planned_percent
from models.ladder.policy import Policy
from tasks.items.close import reopen
from tasks.items.milestone import add_milestone
from tasks.items.progress import record_progress
from tasks.items.show_item import show_item
from tasks.ladder.status import By, LightCount, light_values, overall, standing_of, status
from tasks.lists.browse_items import list_items
from tasks.oversight.gather_board import gather_board
from tests.lights import light
from tests.office import HANDLER, HEAD, SUPERVISOR, Office, day

CALENDAR = WorkCalendar()
DAY = dt.timedelta(days=1)
ISSUED = dt.date(2026, 6, 1)


def counted(office: Office, on: str, by: By = "department") -> list[LightCount]:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return status(session, plan, on=day(on), by=by, calendar=CALENDAR)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.assign("逾期的", due="2026-06-10")
    office.report(office.assign("临期的", due="2026-06-25", to=HEAD), on="2026-06-10", percent=95)
    office.report(office.assign("正常的", due="2026-12-01"), on="2026-06-10", percent=20)
    office.assign("未开始的", start="2026-09-01", due="2026-12-01")
    office.close(office.assign("办结的", due="2026-06-30"), on="2026-06-12")
    office.assign("未下达的", due="2026-06-01", issue=False)
    return office


QUIET = {"lagging": 0, "behind": 0, "paused": 0, "cancelled": 0}
"""Lights that few items ever show."""


def test_t16_each_item_is_counted_once_and_the_lights_add_up(office: Office) -> None:
    assert counted(office, "2026-06-23") == [
        LightCount(
            "法规科", green=1, yellow=1, red=1, grey=2, blue=1, lagging=0, behind=0, paused=0, cancelled=0, total=6
        )
    ]
    assert counted(office, "2026-06-11") == [
        LightCount(
            "法规科", green=3, yellow=0, red=1, grey=2, blue=0, lagging=0, behind=0, paused=0, cancelled=0, total=6
        )
    ]


def test_by_person_the_handler_of_the_day_answers(office: Office) -> None:
    assert {row.key: row.total for row in counted(office, "2026-06-23", "person")} == {HANDLER: 5, HEAD: 1}
    office.succeed(HANDLER, "孙接任", on="2026-06-20")
    assert {row.key: row.total for row in counted(office, "2026-06-23", "person")} == {"孙接任": 5, HEAD: 1}


def test_an_earlier_day_shows_what_was_open_then(office: Office) -> None:
    assert overall(counted(office, "2026-06-11")).blue == 0
    assert overall(counted(office, "2026-06-12")).blue == 1


def test_a_recurring_item_is_red_while_one_turn_is_overdue(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", on="2026-01-05")
    assert overall(counted(office, "2026-06-15")).red == 3  # the draft was issued along with it
    office.close(number, on="2026-06-15")
    assert overall(counted(office, "2026-06-16")).red == 2


def test_an_empty_plan_counts_nothing(engine: Engine, tmp_path: Path) -> None:
    assert counted(Office(engine, tmp_path / "home"), "2026-06-23") == []


def lights(office: Office, on: dt.date) -> dict[int, Light]:
    """The light of each item by its id, as the database tells it."""
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        values = light_values(session, plan, on=on, calendar=CALENDAR)
        rows = session.execute(text(f"SELECT id, light FROM {standing_of(session, plan)}"), values)
        return {row.id: Light(row.light) for row in rows}


def shown(office: Office, number: str, on: str) -> Light:
    return lights(office, day(on))[office.item(number).id or 0]


@pytest.fixture
def bare(any_engine: Engine, tmp_path: Path) -> Office:
    """An office that judges all its items by planned progress."""
    office = Office(any_engine, tmp_path / "home")
    with any_engine.begin() as connection:
        connection.execute(text("UPDATE policy SET lag_of = 'all'"))
    return office


def test_an_item_without_stages_is_judged_by_time_alone(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    bare = office.assign("普法宣传", start="2026-06-01", due="2026-09-08", issue=False)
    staged = office.assign("执法检查", start="2026-06-01", due="2026-09-08")
    told = [shown(office, number, "2026-07-20") for number in (bare, staged)]
    assert told == [Light.GREEN, Light.GREEN]
    office.do(SUPERVISOR, add_milestone, staged, on="2026-06-02", title="方案报审", due_on=day("2026-08-01"))
    told = [shown(office, number, "2026-07-20") for number in (bare, staged)]
    assert told == [Light.GREEN, Light.BEHIND]
    with reading(office.engine) as session:
        plan, item = session.get_one(AnnualPlan, office.plan_id), session.get_one(WorkItem, office.item(staged).id)
        by = office.by(session, SUPERVISOR, "2026-07-20")
        board = gather_board(session, plan, by=by, calendar=CALENDAR)
        listed = {one.number: one.light for one in list_items(session, plan, by=by, calendar=CALENDAR)}
        page = show_item(session, item, by=by, calendar=CALENDAR)
    assert (listed, page["light"]) == ({bare: Light.GREEN, staged: Light.BEHIND}, Light.BEHIND)
    assert {light: count for light, count in board.lights.items() if count} == {Light.GREEN: 1, Light.BEHIND: 1}


def test_lag_is_told_as_of_the_day_asked_for(bare: Office) -> None:
    number = bare.assign("普法宣传", start="2026-06-01", due="2026-09-08")  # a hundred days
    bare.report(number, on="2026-06-20", percent=10)
    bare.report(number, on="2026-07-10", percent=40)
    assert {on: shown(bare, number, on) for on in ("2026-06-09", "2026-06-10", "2026-06-30", "2026-07-01")} == {
        "2026-06-09": Light.GREEN,  # 9 points are planned, none reported yet
        "2026-06-10": Light.LAGGING,  # 10
        "2026-06-30": Light.LAGGING,  # 20, for 10 of 30 were reported
        "2026-07-01": Light.LAGGING,
    }
    assert [shown(bare, number, on) for on in ("2026-07-09", "2026-07-10")] == [Light.LAGGING, Light.GREEN]
    bare.report(number, "补录", on="2026-06-30", percent=0)
    assert [shown(bare, number, on) for on in ("2026-06-30", "2026-07-01")] == [Light.LAGGING, Light.BEHIND]
    assert shown(bare, number, "2026-07-10") is Light.GREEN


def test_closing_an_item_does_not_brighten_the_days_before(bare: Office) -> None:
    number = bare.assign("普法宣传", start="2026-06-01", due="2026-09-08")
    bare.report(number, on="2026-06-02", percent=1)
    before = shown(bare, number, "2026-07-20")
    bare.close(number, on="2026-07-21")
    assert (before, shown(bare, number, "2026-07-20"), shown(bare, number, "2026-07-21")) == (
        Light.BEHIND, Light.BEHIND, Light.BLUE,
    )  # fmt: skip


def test_an_item_opened_again_is_measured_by_its_new_end(bare: Office) -> None:
    number = bare.assign("普法宣传", start="2026-06-01", due="2026-12-31")
    bare.close(number, on="2026-06-10")
    bare.do(SUPERVISOR, reopen, number, on="2026-06-11", reason="漏项", due_on=day("2026-07-31"))
    bare.report(number, on="2026-06-12", percent=20)
    assert shown(bare, number, "2026-07-10") is Light.BEHIND  # 40 of 61 days


def test_a_suspended_item_is_paused_for_just_these_days(bare: Office) -> None:
    number = bare.assign("普法宣传", due="2026-06-30")
    bare.report(number, on="2026-06-02", percent=90)
    bare.suspend(number, on="2026-06-22")
    assert shown(bare, number, "2026-12-31") is Light.PAUSED
    bare.resume(number, on="2026-06-29")
    told = {on: shown(bare, number, f"2026-06-{on}") for on in (21, 22, 28, 29, 30)}
    assert told == {
        21: Light.GREEN, 22: Light.PAUSED, 28: Light.PAUSED, 29: Light.GREEN, 30: Light.YELLOW,  # now due on 7 July
    }  # fmt: skip


def test_a_day_claimed_done_counts_as_done_until_it_is_sent_back(bare: Office) -> None:
    number = bare.assign("普法宣传", due="2026-06-30")
    bare.report(number, on="2026-06-02", percent=95)
    bare.ask_closure(number, on="2026-06-30")
    assert [shown(bare, number, on) for on in ("2026-06-29", "2026-06-30", "2026-07-09")] == [
        Light.YELLOW, Light.GREEN, Light.GREEN,
    ]  # fmt: skip
    bare.send_back(number, on="2026-07-09")
    assert shown(bare, number, "2026-07-09") is Light.RED


Act = Callable[[str], object]


@dataclass(frozen=True)
class Life:
    """An item and what became of it, in days from its issue."""

    start: int | None
    length: int
    reports: list[tuple[int, int, bool]]
    """Day, points, and whether a cooperating unit reports."""
    pause: tuple[int, int] | None
    ended: int | None
    accepted: bool
    recurs: bool


days = st.integers(0, 60)
lives = st.builds(
    Life,
    start=st.none() | st.integers(-20, 40),
    length=st.integers(0, 90),
    reports=st.lists(st.tuples(days, st.integers(0, 100), st.booleans()), max_size=3),
    pause=st.none() | st.tuples(days, st.integers(0, 20)),
    ended=st.none() | days,
    accepted=st.booleans(),
    recurs=st.integers(0, 9).map(lambda draw: draw == 0),
)


def live(office: Office, life: Life, helper: int) -> str:
    """The item lives its life in the order of its days; what is out of turn does not happen."""
    start = ISSUED + (life.start or 0) * DAY
    number = office.assign(
        "任务",
        start=str(start) if life.start is not None else None,
        due=None if life.recurs else str(start + life.length * DAY),
        recurrence="FREQ=MONTHLY;BYMONTHDAY=-1" if life.recurs else None,
        helping=(helper,),
    )

    def report(who: str, percent: int) -> Act:
        return lambda at: office.do(who, record_progress, number, on=at, content="推进", percent=percent)

    acts = [(on, 0, report("钱科长" if helps else HANDLER, percent)) for on, percent, helps in life.reports]
    if life.pause is not None:
        first, length = life.pause
        acts.append((first, 1, lambda at: office.suspend(number, on=at)))
        acts.append((first + length, 2, lambda at: office.resume(number, on=at)))
    if life.ended is not None:
        acts.append((life.ended, 3, lambda at: office.ask_closure(number, on=at)))
        if life.accepted:
            acts.append((life.ended, 4, lambda at: office.accept(number, on=at, waive="例证从略")))
    for on, _order, act in sorted(acts, key=lambda act: act[:2]):
        with suppress(ForbiddenError, BadInputError):
            act(str(ISSUED + on * DAY))
    return number


def by_rule(session: Session, item: WorkItem, policy: Policy, on: dt.date) -> Light:
    """The light that `tests.lights` gives, from the item's rows read one by one."""
    own = session.exec(select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.id))).all()
    waiting = [
        one.due_on for one in own if not any(done is not None and done <= on for done in (one.done_on, one.claimed_on))
    ]
    stops = session.exec(select(Suspension).where(Suspension.item_id == item.id)).all()
    entries = [
        entry
        for entry in session.exec(select(ProgressEntry).where(ProgressEntry.item_id == item.id))
        if entry.department_id is None and entry.percent is not None and entry.on <= on
    ]
    newest = max(entries, key=lambda entry: (entry.on, entry.id), default=None)
    ends = [one.due_on for one in own if one.kind is DeadlineKind.FINAL]
    start = item.start_on or item.issued_on or on
    planned = planned_percent(start, ends[-1], on) if ends else 0
    return light(
        on=on,
        near_days=policy.near_days,
        calendar=CALENDAR,
        issued=item.state is not ItemState.DRAFT,
        start_on=item.start_on,
        due_on=min(waiting, default=None),
        closed_on=item.closed_on,
        paused=any(one.from_on <= on and (one.resumed_on is None or one.resumed_on > on) for one in stops),
        behind=planned - (newest.percent or 0 if newest else 0) if ends else 0,
        lag_yellow=policy.lag_yellow,
        lag_red=policy.lag_red,
    )


@given(lived=st.lists(lives, min_size=1, max_size=3), on=st.lists(st.integers(-30, 120), min_size=1, max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_count_in_sql_and_the_rule_say_the_same(bare: Office, lived: list[Life], on: list[int]) -> None:
    with reading(bare.engine) as session:
        helper = session.execute(text("SELECT id FROM department WHERE name = '财务科'")).scalar_one_or_none()
    helper = helper or bare.department("财务科", "钱科长")
    numbers = [live(bare, life, helper) for life in lived]
    for asked in on:
        at = ISSUED + asked * DAY
        with reading(bare.engine) as session:
            [policy] = session.exec(select(Policy).where(col(Policy.frozen_hash).is_not(None))).all()
            items = session.exec(select(WorkItem).where(col(WorkItem.number).in_(numbers))).all()
            expected = {item.id: by_rule(session, item, policy, at) for item in items}
        found = lights(bare, at)
        assert {item: found[item] for item in expected if item is not None} == expected
        assert overall(counted(bare, str(at))).total == len(found)
