"""A sheet of which bytes are missing in the middle, as after a broken transfer: one sentence at every door."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.terminal import Terminal


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    said = Terminal(tmp_path_factory.mktemp("home"))
    said.says("init")
    said.says("people", "import", "examples/people.xlsx")
    return said


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8], ids=["early", "half way", "late"])
@pytest.mark.parametrize(
    "command",
    [
        ("people", "import"),
        ("plan", "import", "--year", "2026"),
        ("ledger", "import", "case"),
        ("calendar", "import"),
        ("indicator", "import", "--system", "示范指标", "--year", "2026"),
        ("report", "read"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_sheet_with_bytes_missing_is_refused_in_one_sentence(
    terminal: Terminal, tmp_path: Path, command: tuple[str, ...], share: float
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(200):
        sheet.append([row, f"第{row}项", "办公室"])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    whole = path.read_bytes()
    at = int(len(whole) * share)
    path.write_bytes(whole[:at] + whole[at + len(whole) // 10 :])

    refusal = terminal.refused(*command, path)

    assert refusal.startswith("错误：")
    assert "台账.xlsx" in refusal
