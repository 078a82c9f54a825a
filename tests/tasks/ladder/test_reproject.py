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
from tests.office import HANDLER, Office, day


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
        before = office_calendar(session)
        made = [DayRule(day(text), working, "临时安排") for text, working in rules]
        import_overrides(session, made, by=administrator(day(on)), source="通知")
        return reproject(session, before=before, after=office_calendar(session), on=day(on))


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
