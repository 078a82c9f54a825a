from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from models.clock import opening_of
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from tasks.oversight.simulate import simulate
from tests.office import Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def rehearse(office: Office) -> list[tuple[str, str, str | None]]:
    with Session(office.engine, expire_on_commit=False) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        rows = simulate(session, plan, now=opening_of(day("2026-01-01")), calendar=WorkCalendar())
    return [(str(row["fired_on"]), row["rung"], row["recipient"]) for row in rows]


def rows(office: Office) -> list[object]:
    tables = ("notice", "deadline", "work_item", "annual_plan", "last_run", "policy", "rung")
    with office.engine.connect() as connection:
        return [list(connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))) for table in tables]


def test_a_rehearsal_tells_what_a_year_without_action_would_send(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    told = rehearse(office)
    office.today = day("2026-06-01")
    office.fast_forward("2026-07-31", send=False)
    assert [row for row in told if row[0] <= "2026-07-31"] == office.told()


def test_a_rehearsal_writes_nothing_and_can_be_repeated(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-24", send=False)
    before = rows(office)
    assert rehearse(office) == rehearse(office)
    assert rows(office) == before


def test_a_plan_that_is_not_issued_yet_can_be_rehearsed(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", issue=False)
    told = rehearse(office)
    assert told[0] == ("2026-01-04", "下达待签收", "李承办")  # the year's first working day
    assert [row for row in told if row[1] == "到期前7天"] == [("2026-06-23", "到期前7天", "李承办")]
    assert office.notices() == []
