"""A ladder ahead of time agrees with the year a plan really lives."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.clock import opening_of
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from models.ladder.firing import firings
from models.ladder.policy import PRESETS, Policy, Relation, Rung
from tasks.oversight.simulate import simulate
from tests.office import Office, day

CALENDAR = WorkCalendar()
NEW_YEAR, YEAR_END = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
NOBODY_HIGHER = {"handler": "李承办", "department_head": "王科长", "leader": "张副局", "first_responsible": "刘局长"}


def ladder(name: str) -> list[Rung]:
    return [Rung(policy_id=1, ordinal=place, **rung) for place, rung in enumerate(PRESETS[name], 1)]


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("due", ["2026-01-05", "2026-02-20", "2026-06-30", "2026-10-04", "2026-10-10", "2026-12-31"])
def test_what_is_foretold_is_what_a_simulated_year_sends(engine: Engine, tmp_path: Path, preset: str, due: str) -> None:
    office = Office(engine, tmp_path / "home", preset=preset)
    office.assign("普法宣传", due=due, issue=False)
    with Session(engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        # A rehearsal issues a plan by the default ladder unless it was issued already.
        plan.policy_id = session.exec(
            select(Policy.id).where(Policy.name == preset, col(Policy.frozen_hash).is_(None))
        ).one()
        lived = simulate(session, plan, now=opening_of(NEW_YEAR), calendar=CALENDAR)
    sent = [(row["fired_on"], row["rung"], row["recipient"]) for row in lived if row["state"] == "pending"]

    foretold = firings(ladder(preset), issued_on=NEW_YEAR, due_on=day(due), until=YEAR_END, calendar=CALENDAR)

    assert sorted(sent) == sorted(
        (firing.on, firing.rung.label, NOBODY_HIGHER[role]) for firing in foretold for role in firing.to
    )


@given(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
def test_nothing_speaks_before_the_item_is_issued_and_each_turn_only_once(issued: dt.date, due: dt.date) -> None:
    found = firings(ladder("常规"), issued_on=issued, due_on=due, until=dt.date(2027, 12, 31), calendar=CALENDAR)

    assert all(issued <= firing.on <= firing.send_on for firing in found)
    assert len({(firing.rung.ordinal, firing.turn) for firing in found}) == len(found)
    for day_of in {firing.on for firing in found}:
        for line in (True, False):
            to = [
                role
                for firing in found
                if firing.on == day_of and (firing.rung.relation is Relation.UNSIGNED) is line
                for role in firing.to
            ]
            assert len(to) == len(set(to)), "somebody hears two rungs of one line on one day"
    assert [firing.on for firing in found] == sorted(firing.on for firing in found)


def test_a_day_moved_by_rest_says_from_where() -> None:
    found = firings(
        ladder("常规"), issued_on=day("2026-06-01"), due_on=day("2026-10-10"), until=day("2026-10-09"),
        calendar=CALENDAR,
    )  # fmt: skip
    told = {firing.rung.label: (str(firing.on), str(firing.set_on), firing.moved) for firing in found}

    assert told["到期前3天"] == ("2026-09-30", "2026-10-07", True)
    assert "到期前7天" not in told  # the same day, and the handler alone: the higher rung speaks for both
    assert told["未签收满2个工作日"] == ("2026-06-03", "2026-06-03", False)


def test_rungs_of_one_working_day_all_speak_each_to_whom_no_higher_one_reaches() -> None:
    found = firings(
        ladder("常规"), issued_on=day("2026-06-01"), due_on=day("2026-10-05"), until=day("2026-10-07"),
        calendar=CALENDAR,
    )  # fmt: skip

    assert [(str(one.on), one.rung.label, one.roles) for one in found if str(one.on) > "2026-06-05"] == [
        ("2026-09-28", "到期前7天", ["承办人"]),
        ("2026-09-30", "到期前3天", ["科室负责人"]),
        ("2026-09-30", "到期当日", ["承办人"]),
    ]


def test_an_item_issued_late_hears_only_the_highest_rung_it_has_missed() -> None:
    found = firings(
        ladder("常规"), issued_on=day("2026-06-29"), due_on=day("2026-06-30"), until=day("2026-07-01"),
        calendar=CALENDAR,
    )  # fmt: skip

    assert [(str(one.on), one.rung.label, one.caught_up) for one in found] == [
        ("2026-06-29", "到期前3天", True),
        ("2026-06-29", "下达待签收", False),
        ("2026-06-30", "到期当日", False),
        ("2026-07-01", "逾期1个工作日", False),
        ("2026-07-01", "未签收满2个工作日", False),
    ]
