"""Every figure of a report as a workbook: what it says, what is counted, and the rows behind it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session

from models.report.figure import Figure
from tasks.files.sheet_rows import Value
from tasks.files.workbook import Book, Column
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.compiling.trace_figure import described

FIGURES = (
    Column("序号", 6, centred=True),
    Column("编号", 22, note="历年、各单位相同；引自文字的数字没有。"),
    Column("名称", 24),
    Column("数值", 14, centred=True),
    Column("单位", 8, centred=True),
    Column("约数", 8, centred=True, note="约数只引用，不参与加总。"),
    Column("期间", 26, centred=True),
    Column("口径", 44),
    Column("记录数", 10, centred=True),
    Column("所在部分", 30),
    Column("公开", 10, centred=True),
    Column("记录校验值", 30, note="所据记录的 SHA-256：记录有变，校验值即变。"),
)
ROWS = (
    Column("数字序号", 10, centred=True),
    Column("名称", 24),
    Column("记录", 18),
    Column("日期", 14, centred=True),
    Column("内容", 70),
    Column("计入", 14, centred=True, note="这条记录在数字中计入多少；计数的每条为 1。"),
)


def write_figures(session: Session, report: CompiledReport, path: Path, *, public: bool = False) -> None:
    """Write the workbook, whole or not at all; the same report and rows give the same bytes.

    With `public` the rows stay in the house: only the figures are told, those of them that the edition holds. Raises
    BadInputError where the place cannot be written.
    """
    figures = list(_figures(report))
    with Book() as book:
        page = book.page(f"{report.organ}{report.year}年度报告数字（第{report.version}版）", "数字", FIGURES)
        for number, (figure, part) in enumerate(figures, start=1):
            page.add(_told(number, figure, part))
        if not public:
            listed = book.page("每个数字所据的记录", "依据", ROWS)
            words = {one.row: one for one in described(session, dict.fromkeys(_rows_of(figures)))}
            for number, (figure, _) in enumerate(figures, start=1):
                parts: Sequence[str] = figure.parts or ("1",) * len(figure.rows)
                for row, part in zip(figure.rows, parts, strict=True):
                    on = words[row].on
                    told = (number, figure.name, row, on.isoformat() if on else "", words[row].words, _number(part))
                    listed.add(told)
        book.save(path)


def _figures(report: CompiledReport) -> Iterator[tuple[Figure, str]]:
    """Each figure once, with the part in which it first stands."""
    seen: set[tuple[str, str, str]] = set()
    parts = [("开头", (report.opening,)), *((section.heading, section.blocks) for section in report.sections)]
    for part, blocks in parts:
        for block in blocks:
            for figure in block.figures:
                same = (figure.code or figure.name, figure.written, figure.row_hash)
                if same not in seen:
                    seen.add(same)
                    yield figure, part


def _told(number: int, figure: Figure, part: str) -> tuple[Value, ...]:
    days = [on.isoformat() for on in (figure.first_on, figure.last_on) if on]
    return (
        number, figure.code or "", figure.name, figure.value, figure.unit, "是" if figure.approximate else "",
        " 至 ".join(days), figure.definition or "", len(figure.rows), part,
        f"内部：{figure.internal}" if figure.internal is not None else "公开", figure.row_hash,
    )  # fmt: skip


def _rows_of(figures: Sequence[tuple[Figure, str]]) -> Iterator[str]:
    for figure, _ in figures:
        yield from figure.rows


def _number(text: str) -> Value:
    """What a row contributes; anything but a number stays as it is written."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return text
