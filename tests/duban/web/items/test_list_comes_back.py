"""The list as the page gives it out, brought in again: nothing changes, whatever it leaves out."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.items.item import Deadline, WorkItem
from tasks.plan.import_list import import_list
from tests.office import SUPERVISOR, Office, day
from tests.web import Web


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_of_the_page_brought_in_again_changes_nothing(engine: Engine, tmp_path: Path, kind: str) -> None:
    office = Office(engine, tmp_path / "home")
    office.today = day("2026-01-06")
    office.assign("报送统计数据", recurrence="FREQ=MONTHLY;BYMONTHDAY=25")
    office.assign("制度清理", due="2026-03-31")
    office.assign("普法宣传", due="2026-09-30")
    office.assign("案卷评查", due="2026-05-15")
    office.report("1", on="2026-05-18", percent=40)
    office.close("4", on="2026-05-12")
    office.today = day("2026-05-21")
    file = tmp_path / f"任务清单.{kind}"
    file.write_bytes(Web(office).of(SUPERVISOR).get(f"/items/export.{kind}").content)
    before = [row.model_dump() for table in (WorkItem, Deadline) for row in office.rows(table)]

    with unit_of_work(engine) as session:
        by = office.by(session, SUPERVISOR, "2026-05-21")
        told = import_list(session, file, year=2026, organ_code="bureau", by=by)

    assert (told.errors, [(one.action, one.cells) for one in told.changes]) == ([], [("keep", ())] * 4)
    assert [row.model_dump() for table in (WorkItem, Deadline) for row in office.rows(table)] == before
