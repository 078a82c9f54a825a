"""Workbooks: whatever is written stands there as it was, in no more memory for many rows than for few."""

import datetime as dt
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from models.typed_text import writable
from tasks.files import sheet_rows
from tasks.files.sheet_rows import Value, look_of
from tasks.files.workbook import BODY, CENTRED, EXAMPLE, TO_FILL, Book, Column

COLUMNS = (Column("编号", 9, centred=True), Column("内容", 40), Column("金额", 14, form="#,##0.00"))


def written(path: Path, rows: Iterator[tuple[Value, ...]] | list[tuple[Value, ...]]) -> Path:
    with Book() as book:
        page = book.page("台账", "清单", COLUMNS)
        for row in rows:
            page.add(row)
        book.save(path)
    return path


def test_every_kind_of_value_stands_as_what_it_is(tmp_path: Path) -> None:
    rows: list[tuple[Value, ...]] = [
        ("1.10", "〔2026〕1号 <甲&乙>", 3000),
        (7, "=SUM(A1)", Decimal("0.10")),
        (None, "第一行\n第二行\r  ", 2.5),
        ("", "\x07钟\ufffe", None),
    ]
    sheet = load_workbook(written(tmp_path / "a.xlsx", rows))["清单"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["1.10", "〔2026〕1号 <甲&乙>", 3000],
        [7, "=SUM(A1)", 0.1],
        [None, "第一行\n第二行\r  ", 2.5],
        [None, "钟", None],
    ]
    assert [(cell.data_type, cell.number_format, cell.quotePrefix) for cell in sheet[4]] == [
        ("n", "General", False), ("s", "@", True), ("n", "#,##0.00", False),
    ]  # fmt: skip
    assert [cell.style for cell in sheet[5]] == [CENTRED, BODY, BODY]
    assert sheet.dimensions == "A1:C6"


@given(st.lists(st.text(min_size=1).filter(lambda text: text.strip()), min_size=1, max_size=5))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_as_it_was_but_for_what_no_sheet_may_hold(tmp_path: Path, texts: list[str]) -> None:
    path = written(tmp_path / "a.xlsx", [("1", text, None) for text in texts])
    read = load_workbook(path)["清单"]
    assert [read.cell(row, 2).value or "" for row in range(3, len(texts) + 3)] == [writable(text) for text in texts]


def test_a_day_is_a_day(tmp_path: Path) -> None:
    with Book() as book:
        sheet = book.frame.create_sheet("日期")
        sheet["A1"] = "日期"
        book.rows_of(sheet).add([dt.date(2026, 6, 30)], [look_of(sheet, form="yyyy-mm-dd")])
        book.save(tmp_path / "a.xlsx")
    with CalamineWorkbook.from_path(tmp_path / "a.xlsx") as read:
        assert read.get_sheet_by_index(0).to_python() == [["日期"], [dt.date(2026, 6, 30)]]


def test_a_row_is_all_of_one_style_or_has_cells_that_want_filling_in(tmp_path: Path) -> None:
    with Book() as book:
        page = book.page("台账", "清单", COLUMNS)
        page.add(("示例", "甲", 1), style=EXAMPLE)
        page.add(("2", None, None), to_fill=["内容"])
        book.save(tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx")["清单"]
    assert [[cell.style for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        [EXAMPLE] * 3, [CENTRED, TO_FILL, BODY],
    ]  # fmt: skip


def test_rows_that_break_off_leave_what_was_there(tmp_path: Path) -> None:
    before = written(tmp_path / "a.xlsx", [("1", "甲", None)]).read_bytes()

    def broken() -> Iterator[tuple[Value, ...]]:
        yield "2", "乙", None
        raise RuntimeError

    with pytest.raises(RuntimeError):
        written(tmp_path / "a.xlsx", broken())
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == before


def test_many_rows_take_no_more_memory_than_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_rows, "HELD", 64 * 1024)

    def peak(rows: int) -> int:
        tracemalloc.start()
        try:
            written(tmp_path / "a.xlsx", ((str(row), f"第{row}项任务", row) for row in range(rows)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)  # what is loaded once
    assert peak(10_000) < 1.5 * peak(1_000)
