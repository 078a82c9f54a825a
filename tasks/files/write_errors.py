"""The list of what is wrong in a file, as a sheet that can be handed to whoever filled it in."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import CellError
from tasks.files.workbook import Book, Column

_COLUMNS = (
    Column("工作表", 16), Column("行", 8, centred=True), Column("列", 14), Column("值", 36), Column("应填", 70),
)  # fmt: skip


def write_errors(errors: Sequence[CellError], path: Path) -> None:
    """One row per error, in the order given. Raises BadInputError where the file cannot be written."""
    with Book() as book:
        page = book.page(f"导入错误清单（共 {len(errors)} 处）", "错误清单", _COLUMNS)
        for error in errors:
            page.add((error.sheet, error.row, error.column, error.value, error.accepted))
        book.save(path)
