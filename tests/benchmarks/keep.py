"""Keeps what a run of the benchmarks measured, and writes the table and the picture anew."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.plot import plot
from tests.benchmarks.records import Record, appended, as_csv, from_csv, table, written_into

ROOT = Path(__file__).resolve().parents[2]
CODE = ("duban", "flows", "models", "tasks", "tests")


def keep(measured: Sequence[Record], folder: Path = ROOT / "docs") -> None:
    """Append to performance.csv in `folder`; performance.svg and the table in performance.md follow from it."""
    kept, page = folder / "performance.csv", folder / "performance.md"
    before = from_csv(kept.read_text(encoding="utf-8")) if kept.exists() else []
    records = appended(before, measured)
    kept.write_text(as_csv(records), encoding="utf-8")
    (folder / "performance.svg").write_text(plot(records), encoding="utf-8")
    page.write_text(written_into(page.read_text(encoding="utf-8"), table(records)), encoding="utf-8")


def commit() -> str:
    """The short name of what is checked out, with a + where the code is another by now."""
    name = _git("rev-parse", "--short=8", "HEAD")
    return f"{name}+" if _git("status", "--porcelain", "--", *CODE) else name


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout.strip()
