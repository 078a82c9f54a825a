import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.dates.unit import Unit
from models.dates.workdays import DayRule
from models.ladder.policy import Relation
from models.people.person import Role
from tasks.ladder.reproject import MovedFire, reproject
from tasks.workdays.import_calendar import import_overrides
from tests.actors import administrator
from tests.office import HANDLER, HEAD, LEADER, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.ladder(
        (Relation.BEFORE, 3, Unit.CALENDAR, [Role.HANDLER]), (Relation.AFTER, 1, Unit.WORKING, [Role.HANDLER])
    )
    office.assign("普法宣传", due="2026-06-25")
    return office


def notice(office: Office, *rules: tuple[str, bool], on: str) -> list[MovedFire]:
    """The office hears that some days rest or work otherwise than thought."""
    with unit_of_work(office.engine) as session:
        by, before = administrator(day(on)), office_calendar(session)
        made = [DayRule(day(text), working, "临时安排") for text, working in rules]
        import_overrides(session, made, by=by, source="通知")
        return reproject(session, before=before, after=office_calendar(session), on=by.on, now=by.now)


def test_a_day_of_rest_moves_what_would_have_fired_on_it_and_is_listed(office: Office) -> None:
    office.fast_forward("2026-06-10")
    moved = notice(office, ("2026-06-22", False), on="2026-06-10")
    assert moved == [
        MovedFire("1", "普法宣传", dt.date(2026, 6, 25), "到期前3天", dt.date(2026, 6, 22), dt.date(2026, 6, 18))
    ]
    office.fast_forward("2026-06-25")
    assert office.told() == [("2026-06-18", "到期前3天", HANDLER)]  # 19 to 21 June rest as well


def test_what_slips_behind_the_last_sweep_is_raised_by_the_next_one(office: Office) -> None:
    office.fast_forward("2026-06-19")
    notice(office, ("2026-06-22", False), on="2026-06-19")
    office.fast_forward("2026-06-25")
    assert [when for when, *_ in office.told()] == ["2026-06-20"]
    assert [str(mail["To"]) for mail in office.inbox(HANDLER).mails] != []


def test_what_has_been_sent_is_not_sent_again_when_its_day_moves_ahead(office: Office) -> None:
    notice(office, ("2026-06-22", False), on="2026-06-01")
    office.fast_forward("2026-06-18")
    assert len(office.told()) == 1
    moved = notice(office, ("2026-06-22", True), on="2026-06-18")
    assert [(fire.from_on, fire.to_on) for fire in moved] == [(day("2026-06-18"), day("2026-06-22"))]
    office.fast_forward("2026-06-25")
    assert office.told() == [("2026-06-18", "到期前3天", HANDLER)]


def test_a_calendar_that_changes_nothing_moves_nothing(office: Office) -> None:
    assert notice(office, ("2026-06-20", False), on="2026-06-01") == []


def unsigned(engine: Engine, home: Path, *, issued: str, after: int) -> Office:
    """An office whose one item nobody signs for; it asks so many working days after the issue."""
    office = Office(engine, home)
    office.ladder((Relation.UNSIGNED, after, Unit.WORKING, [Role.HANDLER]))
    office.today = day(issued)
    office.assign("制度清理", due="2026-12-31", on=issued, sign=False)
    return office


def test_who_was_asked_to_sign_is_not_asked_again_when_the_day_moves(any_engine: Engine, tmp_path: Path) -> None:
    office = unsigned(any_engine, tmp_path / "home", issued="2026-06-08", after=2)
    office.fast_forward("2026-06-10")
    asked = office.told()
    assert [one[0] for one in asked] == ["2026-06-10"]
    notice(office, ("2026-06-09", False), on="2026-06-10")
    office.fast_forward("2026-06-12")
    assert office.told() == asked


def test_a_past_day_that_counts_as_worked_afterwards_loses_no_request_to_sign(
    any_engine: Engine, tmp_path: Path
) -> None:
    office = unsigned(any_engine, tmp_path / "home", issued="2026-06-05", after=5)
    office.fast_forward("2026-06-11")
    assert office.told() == []
    # The fifth working day was Friday the 12th. Now it is Wednesday: the day before the last sweep.
    notice(office, ("2026-06-06", True), ("2026-06-07", True), on="2026-06-11")
    office.sweep("2026-06-12")
    asked = office.told()
    assert [one[0] for one in asked] == ["2026-06-12"]
    office.fast_forward("2026-06-16")
    assert office.told() == asked


def test_a_late_notice_about_the_calendar_leaves_nobody_out_whose_rung_was_missed_beside(
    any_engine: Engine, tmp_path: Path
) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.ladder(
        (Relation.BEFORE, 4, Unit.CALENDAR, [Role.HANDLER]), (Relation.BEFORE, 2, Unit.CALENDAR, [Role.LEADER]),
        (Relation.BEFORE, 1, Unit.CALENDAR, [Role.DEPARTMENT_HEAD]), (Relation.AFTER, 1, Unit.CALENDAR, [Role.HANDLER]),
    )  # fmt: skip
    office.assign("普法宣传", due="2026-06-12")
    office.fast_forward("2026-06-05")
    # 8 June was to remind the handler, and turns out to be a day of rest; 10 and 11 June are missed beside.
    notice(office, ("2026-06-08", False), on="2026-06-11")
    office.sweep("2026-06-12")

    assert {who for _when, _rung, who in office.told()} == {HEAD, LEADER}


def test_what_was_told_on_a_day_of_rest_after_all_is_not_told_again_after_a_suspension(office: Office) -> None:
    office.fast_forward("2026-06-29")
    told = office.told()
    notice(office, ("2026-06-26", False), on="2026-06-29")  # on which it was told that it is overdue
    office.suspend("1", on="2026-06-30")
    office.resume("1", on="2026-07-01")
    office.fast_forward("2026-07-02")

    assert office.told() == told


def test_what_was_told_is_not_told_again_where_its_day_moves_during_a_suspension(office: Office) -> None:
    office.fast_forward("2026-06-29")
    told = office.told()
    office.suspend("1", on="2026-06-30")
    notice(office, ("2026-06-26", False), on="2026-06-30")
    office.resume("1", on="2026-07-01")
    office.fast_forward("2026-07-02")

    assert office.told() == told
