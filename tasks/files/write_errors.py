"""The list of what is wrong in a file, as a sheet that can be handed to whoever filled it in."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import CellError
from tasks.files.workbook import HEADER_ROW, Column, add_row, new_sheet, save

_COLUMNS = (
    Column("工作表", 16), Column("行", 8, centred=True), Column("列", 14), Column("值", 36), Column("应填", 70),
)  # fmt: skip


def write_errors(errors: Sequence[CellError], path: Path) -> None:
    """One row per error, in the order given. Raises BadInputError where the file cannot be written."""
    workbook, sheet = new_sheet(f"导入错误清单（共 {len(errors)} 处）", "错误清单", _COLUMNS)
    for place, error in enumerate(errors, HEADER_ROW + 1):
        add_row(sheet, place, (error.sheet, error.row, error.column, error.value, error.accepted), _COLUMNS)
    save(workbook, path)
