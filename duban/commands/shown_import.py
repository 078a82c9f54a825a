"""What an import of a plan's list did or would do, as the terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from duban.commands.errand import Shown
from duban.edge import table, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from models.errors import CellError
    from tasks.plan.import_list import ImportReport

LISTED = 200
"""So many rows are shown to a person; programs and files get all."""


def show_import(report: ImportReport, errors: Path | None) -> Iterator[Shown]:
    """What an import did or would do; `errors` is the file that has all that is wrong."""
    if report.dry_run and report.changes:
        yield from _show_understood(report)
    yield from report.notes
    if report.ignored_columns:
        yield f"未导入的列：{'、'.join(report.ignored_columns)}。"
    if report.ignored_sheets:
        yield f"没有表头、未读取的工作表：{'、'.join(report.ignored_sheets)}。"
    if report.errors:
        yield from _show_errors(report.errors)
        where = f"全部错误见 {errors}。" if errors else ""
        warn(f"错误：未导入。发现 {len(report.errors)} 处错误，未写入任何数据。{where}")
        return
    counts = "、".join(
        f"{word} {count} 项"
        for word, action in (("新增", "create"), ("更新", "update"), ("未变", "keep"))
        if (count := report.count(action))
    )
    did = "预览（未写入）" if report.dry_run else "已导入" if report.batch else "没有变化，未写入"
    yield f"{did} {report.plan}：项目 {report.projects} 个，任务 {len(report.changes)} 项（{counts}）。"
    gaps = report.incomplete
    if gaps:
        yield f"其中 {len(gaps)} 项要素不全，补齐前不能下达；可用 duban plan export 导出补填后再导入。"
    if report.dry_run and report.issued:
        yield f"其中 {len(report.issued)} 项已下达：正式导入须加 --reason 写明理由，逐项留痕。"
    if report.asking:
        asked = "已提请审批" if report.batch is not None else "导入后提请审批"
        yield f"其中 {report.asking} 项的时限调整{asked}，批准前时限不变。"
    if report.batch is not None and report.issued:
        yield f"批次 {report.batch}；改动了已下达的任务，不能整批撤销。"
    elif report.batch is not None:
        yield f"批次 {report.batch}；如需撤销：duban plan undo {report.batch}"


def _show_understood(report: ImportReport) -> Iterator[Shown]:
    shown = table(
        "行", "编号", "项目", "任务", "时限的理解", "牵头/配合单位", "领导", "承办人", "缺少", title=report.plan
    )
    for change in report.changes[:LISTED]:
        row = change.understood()
        units = ["/".join(filter(None, (row["lead"], "、".join(row["cooperating"]))))]
        shown.add_row(
            str(row["row"] or ""), row["number"], cut(row["project"], 12),
            cut(row["title"] or "", 30), row["note"] or "", cut(units[0], 24),
            "、".join(row["leaders"]), row["handler"] or "", "、".join(row["missing"]),
        )  # fmt: skip
    yield from show_whole(shown)
    if len(report.changes) > LISTED:
        yield f"其余 {len(report.changes) - LISTED} 项未列出；加 --json 可得到全部。"
    changed = [change for change in report.changes if change.cells and not change.is_issued]
    for title, changes in (("改动的拟办任务", changed), ("改动已下达的任务（须写明理由）", report.issued)):
        if changes:
            shown = table("编号", "任务", "原 → 新", title=title)
            for change in changes[:LISTED]:
                cells = "\n".join(map(str, change.cells))
                shown.add_row(change.number, cut(change.called, 30), cells)
            yield from show_whole(shown)


def _show_errors(errors: Sequence[CellError]) -> Iterator[Shown]:
    shown = table("工作表", "行", "列", "值", "说明", title="错误")
    for error in errors[:50]:
        shown.add_row(
            error.sheet or "", str(error.row or ""), error.column or "",
            cut(error.value, 30), error.accepted,
        )  # fmt: skip
    yield from show_whole(shown)
    if len(errors) > 50:
        yield f"其余 {len(errors) - 50} 处未列出；加 --errors 错误清单.xlsx 可得到全部。"


def show_whole(shown: Table) -> Iterator[Shown]:
    """The table with long cells folded: what is wrong has to be readable to its end."""
    for column in shown.columns:
        column.overflow = "fold"
    yield shown


def cut(text: str, length: int) -> str:
    """The text, no longer than this."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
