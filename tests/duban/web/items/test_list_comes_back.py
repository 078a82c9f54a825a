"""The list as the page gives it out, brought in as a plan: it is told what it is, and nothing changes."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.items.item import Deadline, WorkItem
from tasks.lists.item_columns import USUAL_COLUMNS, ItemColumn
from tasks.plan.import_list import import_list
from tests.office import SUPERVISOR, Office, day
from tests.web import Web, words_of

NO_PLAN = (
    "这是“任务清单”页面导出的清单，写的是查看当天的时限和状态，不是计划：不作为计划导入，任何任务都不改动。"
    "要用文件修改任务，请用年度计划页面的“导出”（命令 duban plan export），改好后再导入。"
)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "columns",
    [USUAL_COLUMNS, tuple(ItemColumn), (ItemColumn.NUMBER, ItemColumn.TITLE, ItemColumn.UNIT, ItemColumn.DUE)],
    ids=["usual", "all", "few"],
)
def test_the_list_of_the_page_brought_in_as_a_plan_says_so_and_changes_nothing(
    engine: Engine, tmp_path: Path, kind: str, columns: tuple[ItemColumn, ...]
) -> None:
    office = Office(engine, tmp_path / "home")
    office.today = day("2026-01-06")
    office.assign("报送统计数据", recurrence="FREQ=MONTHLY;BYMONTHDAY=25")
    office.assign("制度清理", due="2026-03-31")
    office.assign("普法宣传", due="2026-09-30")
    office.assign("案卷评查", due="2026-05-15")
    office.report("1", on="2026-05-18", percent=40)
    office.close("4", on="2026-05-12")
    office.today = day("2026-05-21")
    asked = "&".join(f"column={column}" for column in columns)
    visitor = Web(office).of(SUPERVISOR)
    file = tmp_path / f"任务清单.{kind}"
    file.write_bytes(visitor.get(f"/items/export.{kind}?{asked}").content)
    before = [row.model_dump() for table in (WorkItem, Deadline) for row in office.rows(table)]

    sent = visitor.post("/plans/import", {"plan_year": "2026"}, files={"file": (file.name, file.read_bytes())})
    shown = words_of(visitor.get(sent.headers["location"]).text)
    assert NO_PLAN in shown
    assert "可以导入" not in shown

    with unit_of_work(engine) as session:
        by = office.by(session, SUPERVISOR, "2026-05-21")
        told = import_list(session, file, year=2026, organ_code="bureau", by=by)

    assert told.changes == []
    assert [(one.row, one.accepted) for one in told.errors] == [(None, NO_PLAN)]
    assert [row.model_dump() for table in (WorkItem, Deadline) for row in office.rows(table)] == before
