"""Rungs of one working day all speak; only missed ones are made good as one, to everybody whom they would have told."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.dates.unit import Unit
from models.ladder.policy import Relation
from models.people.person import Role
from tests.office import FIRST, HANDLER, HEAD, LEADER, Office

BEFORE, AFTER = Relation.BEFORE, Relation.AFTER
CALENDAR, WORKING = Unit.CALENDAR, Unit.WORKING


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def states(office: Office, on: str) -> set[tuple[str, str, str, bool]]:
    return {(row["rung"], row["recipient"], row["state"], row["late"]) for row in office.notices(on=on)}


def test_before_a_feast_the_head_is_told_three_days_ahead_and_the_handler_that_it_is_due(office: Office) -> None:
    office.today = day = office.today.replace(month=9, day=22)
    office.assign("节中到期", due="2026-10-05", on=str(day))
    office.fast_forward("2026-10-07")

    assert sorted(office.told()) == [
        ("2026-09-28", "到期前7天", HANDLER),
        ("2026-09-30", "到期前3天", HEAD),
        ("2026-09-30", "到期当日", HANDLER),
    ]
    assert ("到期前3天", HANDLER, "collapsed", False) in states(office, "2026-09-30")
    assert office.sweep("2026-09-30").raised == 0
    assert office.inbox(HEAD).expect("节中到期")


def test_a_person_whom_two_rungs_of_a_day_reach_hears_the_higher_one(office: Office) -> None:
    office.ladder(
        (BEFORE, 1, WORKING, [Role.HANDLER, Role.LEADER]), (BEFORE, 0, CALENDAR, [Role.HANDLER, Role.FIRST_RESPONSIBLE])
    )
    office.assign("周末到期", due="2026-06-14")  # a Sunday: both fall on Friday the 12th
    office.fast_forward("2026-06-12")

    assert set(office.told()) == {
        ("2026-06-12", "到期前1个工作日", LEADER),
        ("2026-06-12", "到期当日", HANDLER),
        ("2026-06-12", "到期当日", FIRST),
    }
    (silent,) = [row for row in office.notices() if row["state"] == "collapsed"]
    assert (silent["rung"], silent["recipient"]) == ("到期前1个工作日", HANDLER)
    assert "并入更高一级" in silent["why"]
    assert "错过" not in silent["why"]


def test_a_stand_in_for_two_hears_one_rung_of_the_day(office: Office) -> None:
    office.ladder((BEFORE, 1, WORKING, [Role.DEPARTMENT_HEAD]), (BEFORE, 0, CALENDAR, [Role.LEADER]))
    office.assign("周末到期", due="2026-06-14")
    office.leave(HEAD, first="2026-06-10", last="2026-06-19")  # nobody is deputy: the next level hears instead
    office.fast_forward("2026-06-12")

    assert office.told() == [("2026-06-12", "到期当日", LEADER)]


def test_missed_rungs_speak_as_the_highest_of_them_to_the_people_of_all(office: Office) -> None:
    office.ladder(
        (BEFORE, 7, CALENDAR, [Role.HANDLER]), (BEFORE, 3, CALENDAR, [Role.FIRST_RESPONSIBLE]),
        (BEFORE, 0, CALENDAR, [Role.LEADER]),
    )  # fmt: skip
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    late = office.sweep("2026-06-29")

    assert (late.raised, late.late) == (2, 2)
    assert states(office, "2026-06-29") == {
        ("到期前7天", HANDLER, "collapsed", True),
        ("到期前3天", HANDLER, "pending", True),
        ("到期前3天", FIRST, "pending", True),
    }
    assert office.sweep("2026-06-29").raised == 0
    office.fast_forward("2026-06-30")
    assert office.told(on="2026-06-30") == [("2026-06-30", "到期当日", LEADER)]


def test_whom_a_rung_of_the_day_reaches_hears_no_missed_one_beside_it(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    office.sweep("2026-06-30")

    assert states(office, "2026-06-30") == {
        ("到期当日", HANDLER, "pending", False),
        ("到期前3天", HEAD, "pending", True),
        ("到期前3天", HANDLER, "collapsed", True),
        ("到期前7天", HANDLER, "collapsed", True),
    }


def test_a_long_gap_leaves_one_row_of_each_rung_below_the_highest(office: Office) -> None:
    office.preset = "三级预警"
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-12")
    office.sweep("2026-11-20")

    rows = [row for row in office.notices() if row["state"] == "collapsed"]
    assert sorted(row["rung"] for row in rows) == ["到期前10个工作日", "到期前3个工作日", "到期前5个工作日"]
    told = [row for row in office.notices() if row["state"] == "pending"]
    assert {row["recipient"] for row in told} == {HANDLER, HEAD, LEADER, FIRST}
    assert len(told) == 4


def test_turns_that_fall_on_one_day_are_told_once(office: Office) -> None:
    """Every calendar day: those of a weekend all fall on the Monday."""
    office.ladder((AFTER, 1, CALENDAR, [Role.HANDLER]), every=1, times=9)
    office.assign("周五到期", due="2026-06-12")
    office.fast_forward("2026-06-17")

    assert [when for when, *_ in office.told()] == ["2026-06-15", "2026-06-16", "2026-06-17"]
    assert {row["state"] for row in office.notices()} == {"sent"}


def test_on_the_day_of_issue_all_rungs_of_that_day_speak(office: Office) -> None:
    office.assign("节中到期", due="2026-10-05", on="2026-09-30")
    office.sweep("2026-09-30")

    assert {(rung, who) for _, rung, who in office.told()} == {("到期前3天", HEAD), ("到期当日", HANDLER)}


def test_when_the_day_of_issue_was_missed_its_people_are_told_late(office: Office) -> None:
    office.assign("节前到期", due="2026-06-30", on="2026-06-26")
    office.sweep("2026-06-30")

    assert states(office, "2026-06-30") == {
        ("到期当日", HANDLER, "pending", False),
        ("到期前3天", HEAD, "pending", True),
        ("到期前3天", HANDLER, "collapsed", True),
    }
