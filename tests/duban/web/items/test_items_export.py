import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from duban.web.background.jobs import jobs_of, stop_jobs
from tests.duban.web.items.test_items_page import titles
from tests.office import HEAD, SUPERVISOR, Office, day
from tests.web import Web


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path)
    office.assign("普法宣传", due="2026-06-10", number="1")
    office.assign('=HYPERLINK("http://x")', due="2026-06-25", number="2", to=HEAD)
    for at in range(3, 70):
        office.assign(f"第 {at} 项", due="2026-12-01", number=str(at), issue=at == 69)
    office.today = day("2026-06-23")
    return Web(office)


def sheet(content: bytes) -> list[list[object]]:
    """The cells as Excel would show them, days as text."""
    read = load_workbook(io.BytesIO(content))["任务清单"].iter_rows(values_only=True)
    return [[str(cell.date()) if isinstance(cell, dt.datetime) else cell for cell in row] for row in read]


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_holds_every_page_of_what_is_shown_in_its_order_and_columns(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    query = "sort=number&desc=1&column=number&column=title&column=due&column=distance&column=light"
    shown = titles(visitor.get(f"/items?{query}&size=200").text)
    answer = visitor.get(f"/items/export.xlsx?{query}")
    assert answer.headers["content-disposition"].endswith(
        "filename*=UTF-8''%E6%9F%90%E5%B1%802026%E5%B9%B4%E5%BA%A6%E4%BB%BB%E5%8A%A1%E6%B8%85%E5%8D%952026-06-23.xlsx"
    )
    written = sheet(answer.content)
    assert written[0] == ["亮灯", "编号", "任务", "当前时限", "距时限"]
    assert [row[2] for row in written[1:]] == [title.replace("&#34;", '"') for title in shown]
    assert written[-1] == ["逾期", "1", "普法宣传", "2026-06-10", "逾期8个工作日"]
    assert rows(visitor.get(f"/items/export.csv?{query}").content)[-1] == [
        "逾期", "1", "普法宣传", "2026-06-10", "逾期8个工作日"
    ]  # fmt: skip


def test_the_filter_is_the_files_too_and_ticked_rows_alone_where_there_are_some(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    assert [row[1] for row in rows(visitor.get("/items/export.csv?light=red").content)] == ["编号", "1"]
    assert [row[1] for row in rows(visitor.get("/items/export.csv?item=5&item=4&sort=number").content)] == [
        "编号", "4", "5"
    ]  # fmt: skip


def test_no_cell_is_ever_worked_out_by_a_spreadsheet(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    query = "item=2&column=title"
    assert rows(visitor.get(f"/items/export.csv?{query}").content)[1] == ['\'=HYPERLINK("http://x")']
    book = load_workbook(io.BytesIO(visitor.get(f"/items/export.xlsx?{query}").content))
    cell = book["任务清单"]["A2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


def test_other_kinds_of_file_there_are_not(web: Web) -> None:
    assert web.of(SUPERVISOR).get("/items/export.pdf").status_code == 404


def test_a_long_list_is_written_in_the_background(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.web.pages.items.export.AT_ONCE", 50)
    visitor = web.of(SUPERVISOR)
    begun = visitor.client.get("/items/export.csv?sort=number&column=number", follow_redirects=False)
    assert (begun.status_code, begun.headers["location"]) == (303, "/jobs/1")
    assert jobs_of(web.app.state.served).settle()
    assert "已导出 69 项任务" in visitor.read("/jobs/1")
    made = rows(visitor.get("/jobs/1/file").content)
    assert [row[0] for row in made] == ["编号", *(str(at) for at in range(1, 70))]
    stop_jobs(web.app.state.served)
