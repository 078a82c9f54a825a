"""Every kind of file that is read, by every command that reads files: one cell of the table in docs, one case here."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import pytest

from tasks.containers import office_helper
from tasks.containers.formats import ENDINGS
from tasks.reading import document, sheet
from tests.sent.as_they_come import (
    BY_HELPER,
    CASES,
    PARAGRAPHS,
    PEOPLE,
    TABLE_ONLY,
    TASKS,
    TITLE,
    WHOLE,
    html_table,
    page,
    saved_as,
)  # fmt: skip
from tests.terminal import Terminal

COMMANDS = ("report read", "plan import", "people import", "ledger import")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    home = tmp_path_factory.mktemp("home")
    said = Terminal(home)
    said.says("init")
    said.says("people", "import", written(home / "先有.csv", TABLE_ONLY[".csv"](PEOPLE)))
    return said


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read_report(terminal: Terminal, path: Path) -> None:
    found = terminal.data("report", "read", path)
    assert found["title"] == TITLE
    assert [(figure["value"], figure["unit"]) for figure in found["figures"]][:3] == [
        (16, "次"), (320, "人次"), (13, "件"),
    ]  # fmt: skip
    assert [item["title"] for item in found["items"]] == ["编制年度普法计划", "每季度组织开展行政执法案卷评查"]


def read_tasks(terminal: Terminal, path: Path) -> None:
    found = terminal.data("report", "read", path)
    assert [item["title"] for item in found["items"]] == ["编制年度普法计划", "组织开展行政执法案卷评查"]


def import_plan(terminal: Terminal, path: Path) -> None:
    found = terminal.data("plan", "import", path, "--year", "2026", "--dry-run")
    assert (found["items"], found["errors"]) == (2, [])


def import_people(terminal: Terminal, path: Path) -> None:
    found = terminal.data("people", "import", path, "--dry-run")
    assert (found["people"], found["departments"], found["new"]["people"]) == (2, 2, 0)


def import_cases(terminal: Terminal, path: Path) -> None:
    found = terminal.data("ledger", "import", "case", path, "--dry-run")
    assert (found["created"], found["errors"]) == (2, [])


BY_COMMAND: Mapping[str, Callable[[Terminal, Path], None]] = {
    "report read": read_report, "plan import": import_plan, "people import": import_people,
    "ledger import": import_cases,
}  # fmt: skip
ROWS = {"report read": TASKS, "plan import": TASKS, "people import": PEOPLE, "ledger import": CASES}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ending", WHOLE)
def test_a_document_is_read_by_every_command(terminal: Terminal, tmp_path: Path, ending: str, command: str) -> None:
    BY_COMMAND[command](terminal, written(tmp_path / f"文件{ending}", WHOLE[ending]()))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ending", TABLE_ONLY)
def test_a_table_is_read_by_every_command(terminal: Terminal, tmp_path: Path, ending: str, command: str) -> None:
    by = {**BY_COMMAND, "report read": read_tasks}[command]
    by(terminal, written(tmp_path / f"文件{ending}", TABLE_ONLY[ending](ROWS[command])))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_text_is_read_by_every_command(terminal: Terminal, tmp_path: Path, command: str) -> None:
    rows = ["\t".join(row) for row in ROWS[command]] if command in ("people import", "ledger import") else PARAGRAPHS
    BY_COMMAND[command](terminal, written(tmp_path / "文件.txt", "\n".join(rows).encode()))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_renamed_xls_is_read_by_every_command(terminal: Terminal, tmp_path: Path, command: str) -> None:
    by = {**BY_COMMAND, "report read": read_tasks}[command]
    content = f'<html><head><meta charset="gb2312"></head><body>{html_table(ROWS[command])}</body></html>'
    by(terminal, written(tmp_path / "导出.xls", content.encode("gb18030")))


@pytest.fixture(scope="module")
def old_documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    if office_helper.find_helper() is None:
        pytest.skip("这台机器上没有 LibreOffice (LibreOffice is not installed)")
    return saved_as(tmp_path_factory.mktemp("office"), sorted(set(BY_HELPER.values())))


@lru_cache
def converted_once(content: bytes, name: str, what: str, into: str) -> bytes:
    """Each file is converted once for all commands: that takes seconds."""
    return office_helper.converted(content, "文件", what, into)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ending", BY_HELPER)
def test_an_older_document_is_read_by_every_command_through_the_helper(
    terminal: Terminal,
    old_documents: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    command: str,
) -> None:
    for reader in (document, sheet):
        monkeypatch.setattr(reader, "converted", lambda content, _name, *asked: converted_once(content, "", *asked))

    BY_COMMAND[command](terminal, written(tmp_path / f"文件{ending}", old_documents[BY_HELPER[ending]]))


def test_the_table_names_every_ending_that_is_read() -> None:
    tried = {*WHOLE, *TABLE_ONLY, *BY_HELPER, ".txt"}

    assert set(ENDINGS) - tried == {".mhtml", ".xml"}, "the same kind as .mht; what Office 2003 wrote, by the helper"


def test_a_name_says_nothing_of_the_kind(terminal: Terminal, tmp_path: Path) -> None:
    read_report(terminal, written(tmp_path / "报告.xlsx", WHOLE[".docx"]()))
    import_plan(terminal, written(tmp_path / "清单.docx", TABLE_ONLY[".et"](TASKS)))
    read_report(terminal, written(tmp_path / "报告", page("".join(f"<p>{one}</p>" for one in PARAGRAPHS)).encode()))
