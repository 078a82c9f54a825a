import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from models.database import open_engine, reading, sqlite_url
from models.item import WorkItem
from models.light import Light, light
from models.plan import AnnualPlan
from models.tables import METADATA
from models.workdays import WorkCalendar
from tasks.status import By, LightCount, overall, status
from tests.office import HANDLER, HEAD, Office, day

CALENDAR = WorkCalendar()


def counted(office: Office, on: str, by: By = "department") -> list[LightCount]:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return status(session, plan, on=day(on), by=by, calendar=CALENDAR)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.assign("逾期的", due="2026-06-10")
    office.assign("临期的", due="2026-06-25", to=HEAD)
    office.assign("正常的", due="2026-12-01")
    office.assign("未开始的", start="2026-09-01", due="2026-12-01")
    office.close(office.assign("办结的", due="2026-06-30"), on="2026-06-12")
    office.assign("未下达的", due="2026-06-01", issue=False)
    return office


def test_t16_each_item_is_counted_once_and_the_lights_add_up(office: Office) -> None:
    assert counted(office, "2026-06-23") == [LightCount("法规科", green=1, yellow=1, red=1, grey=2, blue=1, total=6)]


def test_by_person_the_handler_of_the_day_answers(office: Office) -> None:
    assert {row.key: row.total for row in counted(office, "2026-06-23", "person")} == {HANDLER: 5, HEAD: 1}
    office.succeed(HANDLER, "孙接任", on="2026-06-20")
    assert {row.key: row.total for row in counted(office, "2026-06-23", "person")} == {"孙接任": 5, HEAD: 1}


def test_an_earlier_day_shows_what_was_open_then(office: Office) -> None:
    assert overall(counted(office, "2026-06-11")).blue == 0
    assert overall(counted(office, "2026-06-12")).blue == 1


def test_a_recurring_item_is_red_while_one_turn_is_overdue(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1")
    assert overall(counted(office, "2026-06-15")).red == 3  # the draft was issued along with it
    office.close(number, on="2026-06-15")
    assert overall(counted(office, "2026-06-16")).red == 2


def test_an_empty_plan_counts_nothing(engine: Engine, tmp_path: Path) -> None:
    assert counted(Office(engine, tmp_path / "home"), "2026-06-23") == []


@given(
    on=st.dates(dt.date(2026, 5, 1), dt.date(2026, 8, 1)),
    items=st.lists(
        st.tuples(st.dates(dt.date(2026, 5, 1), dt.date(2026, 8, 1)), st.integers(-20, 20), st.booleans()),
        min_size=1,
        max_size=5,
    ),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_count_in_sql_and_the_rule_say_the_same(
    tmp_path: Path, on: dt.date, items: list[tuple[dt.date, int, bool]]
) -> None:
    engine = open_engine(sqlite_url(tmp_path / "property.db"))
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    office = Office(engine, tmp_path / "home")
    for due, offset, closed in items:
        number = office.assign("任务", due=str(due), start=str(min(due, due + dt.timedelta(days=offset))))
        if closed:
            office.close(number, on=str(due))
    expected = dict.fromkeys(Light, 0)
    with reading(engine) as session:
        for item in session.exec(select(WorkItem)):
            shown = light(
                on=on,
                near_days=5,
                calendar=CALENDAR,
                issued=True,
                start_on=item.start_on,
                due_on=item.due_on,
                closed_on=item.closed_on,
            )
            expected[shown] += 1
    total = overall(counted(office, str(on)))
    assert {shown: getattr(total, shown.value) for shown in Light} == expected
    assert total.total == len(items)
    engine.dispose()
