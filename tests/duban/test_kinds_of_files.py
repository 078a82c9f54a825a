"""Every kind of file that is read, by every command that reads files: one cell of the table in docs, one case here."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tasks.containers import office_helper
from tasks.containers.formats import ENDINGS
from tests.sent.as_they_come import (
    BY_HELPER,
    CASES,
    PARAGRAPHS,
    PEOPLE,
    TABLE_ONLY,
    TASKS,
    TITLE,
    WHOLE,
    convert_once,
    html_table,
    old_documents,
    page,
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


def test_the_helper_that_the_settings_name_is_used(terminal: Terminal, tmp_path: Path) -> None:
    program = tmp_path / "office"
    (tmp_path / "made.docx").write_bytes(WHOLE[".docx"]())
    program.write_text(
        f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\ncp "{tmp_path}/made.docx" "$2/in.docx"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    (terminal.home / "duban.toml").write_text(f'soffice = "{program}"\n', encoding="utf-8")
    try:
        BY_COMMAND["report read"](terminal, written(tmp_path / "旧.rtf", b"{\\rtf1 }"))
    finally:
        office_helper.use_helper("")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ending", BY_HELPER)
def test_an_older_document_is_read_by_every_command_through_the_helper(
    terminal: Terminal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    command: str,
) -> None:
    convert_once(monkeypatch)

    BY_COMMAND[command](terminal, written(tmp_path / f"文件{ending}", old_documents()[ending]))


def test_the_table_names_every_ending_that_is_read() -> None:
    tried = {*WHOLE, *TABLE_ONLY, *BY_HELPER, ".txt"}

    assert set(ENDINGS) - tried == {".mhtml"}, "the same kind as .mht"


def test_a_name_says_nothing_of_the_kind(terminal: Terminal, tmp_path: Path) -> None:
    read_report(terminal, written(tmp_path / "报告.xlsx", WHOLE[".docx"]()))
    import_plan(terminal, written(tmp_path / "清单.docx", TABLE_ONLY[".et"](TASKS)))
    read_report(terminal, written(tmp_path / "报告", page("".join(f"<p>{one}</p>" for one in PARAGRAPHS)).encode()))
