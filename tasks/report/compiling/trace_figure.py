"""From a figure in the report back to the rows it was counted from (打开依据)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, null, select
from sqlmodel import Session, col

from models.errors import NotFoundError
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.ledgers.field import FieldType
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.report.received_report import ReceivedReport
from models.report.report import Report, describe_row
from tasks.report.compiling.compile_report import newest_report
from tasks.report.figures.gather_figures import figures_in_text

MOST_FIELDS = 5
"""Of a ledger's row that are told: enough to know it again."""

_BATCH = 500
"""Rows asked for at a time: databases limit how many values a statement may carry."""


@dataclass(frozen=True)
class TracedRow:
    """A row as a person knows it again; one that is gone has no words."""

    row: str
    on: dt.date | None
    words: str


@dataclass(frozen=True)
class TracedFigure:
    """A figure of the report, the sentence it stands in and the rows behind it."""

    name: str
    value: Decimal
    unit: str
    approximate: bool
    text: str
    rows: list[TracedRow]


def trace_figure(session: Session, organ: Organ, year: int, name: str) -> list[TracedFigure]:
    """Every figure of that name in the newest compiled report of the year.

    Raises NotFoundError where no report was compiled, or none of its figures bears the name.
    """
    report = newest_report(session, organ, year)
    if report is None:
        raise NotFoundError(
            f"{organ.name} {year} 年度报告尚未编制：请先在“年度报告”中编制（duban report compile --year {year}）。"
        )
    figures = figures_in_text(session, report)
    wanted = [one for one in figures if one.figure.name == name.strip()]
    if not wanted:
        names = "、".join(dict.fromkeys(one.figure.name for one in figures))
        raise NotFoundError(f"报告第 {report.version} 版中没有名为“{name}”的数字；现有：{names or '无'}。")
    words = _words_of(session, {row for one in wanted for row in one.figure.rows})
    return [
        TracedFigure(
            one.figure.name,
            one.figure.value,
            one.figure.unit,
            one.figure.approximate,
            one.block.text,
            [words.get(row, TracedRow(row, None, "（该记录已不存在）")) for row in one.figure.rows],
        )
        for one in wanted
    ]


def described(session: Session, rows: Iterable[str]) -> list[TracedRow]:
    """Sources as a person knows them again, in their order: rows, laws, and the office's own standing phrases."""
    listed = list(rows)
    words = _words_of(session, [row for row in listed if row.partition(":")[0] in _TABLES])
    return [words.get(row) or TracedRow(row, None, _besides(row)) for row in listed]


def _besides(row: str) -> str:
    """What a source is that is no row of a table; a row that is gone says so."""
    kind, _, rest = row.partition(":")
    if kind in _TABLES:
        return "（该记录已不存在）"
    return f"法律法规：{rest}" if kind == "law" else "固定文字，不据记录" if kind == "template" else rest or row


def _words_of(session: Session, rows: Iterable[str]) -> dict[str, TracedRow]:
    """Each row in words, one statement a table and batch."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        table, _, row_id = row.partition(":")
        ids[table].append(int(row_id))
    traced: dict[str, TracedRow] = {}
    for table, wanted in ids.items():
        key, day, *columns = _TABLES[table]
        for start in range(0, len(wanted), _BATCH):
            query = select(key, day, *columns).where(key.in_(wanted[start : start + _BATCH]))
            for row_id, on, *values in session.execute(query):
                said = " ".join(str(getattr(value, "label", value)) for value in values if value not in (None, ""))
                traced[describe_row(table, row_id)] = TracedRow(describe_row(table, row_id), on, said)
    return traced


def _of_ledger(kind: Kind) -> tuple[Any, ...]:
    """The first fields of a ledger that say something by themselves; a withdrawn row says so."""
    table: Any = kind.table
    pointing = {FieldType.ITEM, FieldType.PERSON, FieldType.YES_NO}
    usual = [field.name for field in kind.fields if field.name != kind.day and field.takes not in pointing]
    told = kind.tells or usual[:MOST_FIELDS]
    withdrawn = case((col(table.withdrawn_on).is_not(None), "（已撤销）"))
    return (col(table.id), getattr(table, kind.day), *(getattr(table, name) for name in told), withdrawn)


_TABLES: dict[str, tuple[Any, ...]] = {
    "item": (col(WorkItem.id), col(WorkItem.closed_on), WorkItem.number, WorkItem.title, WorkItem.state),
    "progress": (col(ProgressEntry.id), col(ProgressEntry.on), ProgressEntry.achievement, ProgressEntry.text),
    "received": (col(ReceivedReport.id), col(ReceivedReport.received_on), ReceivedReport.title),
    "report": (col(Report.id), null(), Report.title),
    **{kind.code: _of_ledger(kind) for kind in KINDS.values()},
}
"""Per table its key, its day and what tells a person which row it is."""
