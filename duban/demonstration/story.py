"""The story of the demonstration: an invented office's year, written for one year and told for any.

A demonstration shows an office as it stands today. It tells the running year as far as it has gone; until the end of
March, while reports are owed, the year before, whole and with its report.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from models.dates.workdays import WorkCalendar
from models.errors import DubanError

STAFF, LEDGER, FILLED, SCRIPT = "people.xlsx", "ledger-2026.xlsx", "ledger-2026-filled.xlsx", "records.toml"
LAST_REPORT, WORK_POINTS = "2025年度法治政府建设情况报告.txt", "2026年法治政府建设工作要点.txt"
FILES = (STAFF, LEDGER, FILLED, SCRIPT, LAST_REPORT, WORK_POINTS)

_WRITTEN_FOR = 2026
_NEW_STORY_IN = 4
"""The month from which the running year has enough to show."""


def year_shown(today: dt.date) -> int:
    """The year that a demonstration begun on this day tells."""
    return today.year if today.month >= _NEW_STORY_IN else today.year - 1


def example(name: str) -> Path:
    """A file of `examples/`: beside the packages in a checkout, inside `duban` where a wheel was installed.

    Raises DubanError if there is none.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "examples", package / "examples"):
        if (folder / name).is_file():
            return folder / name
    raise DubanError(f"没有找到演示文件 examples/{name}：请重新安装本程序，或在源代码目录中运行。")


@dataclass(frozen=True)
class Story:
    """The story as told for one year, and where copies of its files are written if that is not the year written for."""

    year: int
    copies: Path

    @property
    def in_post_from(self) -> dt.date:
        """The day from which the office's people hold their posts."""
        return dt.date(self.year, 1, 1)

    @property
    def issued_on(self) -> dt.date:
        """The working day on which the plan is issued."""
        return WorkCalendar().on_or_after(dt.date(self.year, 1, 6))

    @property
    def filed_on(self) -> dt.date:
        """The working day of the year after on which the report is drawn up."""
        return WorkCalendar().on_or_after(dt.date(self.year + 1, 1, 15))

    @property
    def report(self) -> str:
        """The name of the report's file."""
        return f"{self.year}年度法治政府建设情况报告.docx"

    def named(self, name: str) -> str:
        """What a file of the story is called in its year."""
        return self._told(name)

    def file(self, name: str) -> Path:
        """A file of the story: the example itself, or its copy with the years moved."""
        written = example(name)
        if self.year == _WRITTEN_FOR:
            return written
        copy = self.copies / self.named(name)
        if not copy.exists():
            self.copies.mkdir(parents=True, exist_ok=True)
            if copy.suffix == ".xlsx":
                self._copy_sheets(written, copy)
            else:
                copy.write_text(self._told(written.read_text(encoding="utf-8")), encoding="utf-8")
        return copy

    def _told(self, text: str) -> str:
        """The text with the year written for, and those beside it, moved."""
        moved = self.year - _WRITTEN_FOR
        return re.sub(r"(?<!\d)202[567](?!\d)", lambda year: str(int(year[0]) + moved), text)

    def _copy_sheets(self, written: Path, copy: Path) -> None:
        from openpyxl import load_workbook

        book = load_workbook(written)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.value = self._told(cell.value)
        book.save(copy)
