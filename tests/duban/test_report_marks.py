"""What is marked in a report is counted alike by every command that tells of it."""

from pathlib import Path

import pytest

from models.database import unit_of_work
from models.migrate import open_current
from models.settings import load_settings
from tasks.report.desk.edit_block import edit_block
from tests.desk import on_the_desk
from tests.homes import lay_home
from tests.terminal import Terminal

KINDS = ("unverified", "unfounded")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A data folder with a compiled report, a number in it that nothing bears out."""
    settings = load_settings(lay_home(tmp_path / "data"))
    engine = open_current(settings)
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="办理案件13起。投入1326.4万元。")
    engine.dispose()
    return Terminal(settings.home)


def test_compile_check_and_status_count_the_same_marks(terminal: Terminal) -> None:
    told = [terminal.data("report", command, "--year", "2025") for command in ("compile", "check", "status")]
    counts = [tuple(one[kind] for kind in KINDS) for one in told]
    assert counts == [counts[0]] * 3
    assert counts[0][0] > 0
    assert counts[0][1] == 1

    said = [terminal.says("report", command, "--year", "2025") for command in ("compile", "check", "status")]
    assert all(f"待核 {counts[0][0]} 处、数字无据 1 处" in one for one in said)
