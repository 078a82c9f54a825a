"""What an import would do, kept beside the file that waits, page by page: a long list is looked through once only."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.errors import CellError, NotFoundError
from tasks.plan.preview_list import ListPreview

PAGE = 200
"""Rows of a page."""
_COUNTS = (("create", "新增"), ("update", "更新"), ("keep", "未变"))


@dataclass(frozen=True)
class KeptPreview:
    """A list that was looked through, read back from its file."""

    path: Path
    summary: dict[str, Any]

    @property
    def errors(self) -> int:
        return int(self.summary["errors"])

    @property
    def ways(self) -> dict[str, Any]:
        """How the person has the file read: `dues`, `columns`, `visible_only`."""
        return dict(self.summary["ways"])

    @property
    def dues(self) -> dict[str, str]:
        """How the person reads due texts of the file."""
        return dict(self.summary["ways"]["dues"])

    def pages(self, shown: str) -> int:
        """How many pages there are of `wrong` or `all` rows."""
        return -(-int(self.summary["rows"][shown]) // PAGE)

    def page(self, shown: str, number: int) -> list[dict[str, Any]]:
        """The rows of a page, counted from 1; none beyond the last."""
        if not 1 <= number <= self.pages(shown):
            return []
        rows: list[dict[str, Any]] = _read(self.path, f"{shown}-{number}.json")
        return rows

    def all_errors(self) -> list[CellError]:
        return [CellError(**error) for error in _read(self.path, "errors.json")]


def keep(found: ListPreview, path: Path, *, year: int, ways: Mapping[str, Any]) -> None:
    """Write down what was found, all of it or nothing."""
    done = found.report
    wrong = [row for row in found.rows if row["wrong"]]
    summary = {
        "organ": done.organ, "plan": done.plan, "year": year, "ways": dict(ways),
        "projects": done.projects, "items": len(done.changes),
        "counts": [(words, done.count(action)) for action, words in _COUNTS if done.count(action)],
        "incomplete": len(done.incomplete), "errors": len(done.errors),
        "ignored_columns": done.ignored_columns, "ignored_sheets": done.ignored_sheets, "notes": done.notes,
        "unseen": done.unseen, "unnamed": list(dict.fromkeys(found.unnamed))[:PAGE],
        "headings": found.headings, "rows": {"all": len(found.rows), "wrong": len(wrong)},
        "dues": [asdict(reading) for reading in found.dues], "more_dues": found.more_dues, "units": found.units,
        "issued": [
            {"number": change.number, "title": change.called, "state": change.known.state.label,
             "changes": [str(cell) for cell in change.cells]}
            for change in done.issued[:PAGE] if change.known is not None
        ],
        "issued_count": len(done.issued), "asking": done.asking,
        "general": [error.as_dict() for error in found.general[:PAGE]],
    }  # fmt: skip
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _write(archive, "summary.json", summary)
        _write(archive, "errors.json", [error.as_dict() for error in done.errors])
        for shown, rows in (("all", found.rows), ("wrong", wrong)):
            for number, start in enumerate(range(0, len(rows), PAGE), 1):
                _write(archive, f"{shown}-{number}.json", rows[start : start + PAGE])
    draft.replace(path)


def find(path: Path) -> KeptPreview:
    """What was found before. Raises NotFoundError where nothing was, or not any more."""
    if not path.is_file():
        raise NotFoundError("待导入的文件已不在：可能已经导入，或放得太久。请重新选择文件。")
    return KeptPreview(path, _read(path, "summary.json"))


def _write(archive: zipfile.ZipFile, name: str, data: Sequence[Any] | Mapping[str, Any]) -> None:
    archive.writestr(name, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _read(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))
