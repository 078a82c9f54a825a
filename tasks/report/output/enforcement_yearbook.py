"""行政执法统计年报 on paper and as a workbook with the rows behind each cell."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from models.people.organ import Organ
from tasks.files.workbook import Book, Column
from tasks.papers.official_document import Block, Heading, OfficialDocument, Paragraph, Table, TextRun
from tasks.report.compiling.trace_figure import described
from tasks.report.figures.enforcement_tables import YearlyTable
from tasks.wording.days import long_day

_NUMERALS = "一二三四"
_CELLS = (
    Column("表", 26), Column("项目", 36), Column("数量", 16, centred=True), Column("记录数", 10, centred=True),
    Column("口径", 44),
)  # fmt: skip
_ROWS = (
    Column("表", 26), Column("项目", 36), Column("记录", 18), Column("日期", 14, centred=True), Column("内容", 70),
    Column("计入", 14, centred=True, note="这条记录在数字中计入多少；计数的每条为 1。"),
)  # fmt: skip


def yearbook(organ: Organ, year: int, tables: Sequence[YearlyTable], *, until: dt.date) -> OfficialDocument:
    """The document as it is published; a year that is not over says up to which day it counts."""
    body: list[Block] = []
    if until < dt.date(year, 12, 31):
        body.append(Paragraph((TextRun(f"数据截至{long_day(until)}。"),)))
    for place, table in enumerate(tables):
        body.append(Heading(1, f"表{_NUMERALS[place]}　", f"{organ.name}{year}年度{table.title}"))
        rows = tuple((cell.heading, cell.said) for cell in table.cells)
        body.append(Table(("项目", "数量"), rows, widths=(12, 4)))
        said = [*table.notes]
        if table.unsaid is not None:
            said.append(f"有{table.unsaid.written}没有填写处罚种类，计入合计，未列入各类。")
        body += [Paragraph((TextRun(f"说明：{said[0]}" if number == 0 else note),)) for number, note in enumerate(said)]
    return OfficialDocument(
        title=f"{organ.name}{year}年度行政执法统计年报", addressee=None, body=tuple(body), signature=None, dated_on=None
    )


def write_yearbook_rows(session: Session, organ: Organ, year: int, tables: Sequence[YearlyTable], path: Path) -> None:
    """Every cell with what it counts, then every row behind it. Raises BadInputError where the place cannot be
    written."""
    cells = [(table, cell) for table in tables for cell in table.cells]
    every = dict.fromkeys(row for _, cell in cells for row in cell.figure.rows)
    words = {one.row: one for one in described(session, every)}
    with Book() as book:
        page = book.page(f"{organ.name}{year}年度行政执法统计年报", "数字", _CELLS)
        for table, cell in cells:
            figure = cell.figure
            page.add((table.title, cell.heading, figure.value, len(figure.rows), figure.definition or ""))
        listed = book.page("每个数字所据的记录", "依据", _ROWS)
        for table, cell in cells:
            figure = cell.figure
            for row, part in zip(figure.rows, figure.parts or ("1",) * len(figure.rows), strict=True):
                on = words[row].on
                listed.add((table.title, cell.heading, row, on.isoformat() if on else "", words[row].words, part))
        book.save(path)
