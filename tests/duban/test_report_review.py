"""`duban report review` and the page of it: what somebody would strike, and striking it."""

from pathlib import Path

import pytest

from models.database import unit_of_work
from models.migrate import open_current
from models.settings import load_settings
from tasks.report.desk.edit_block import edit_block
from tests.desk import on_the_desk
from tests.homes import lay_home
from tests.terminal import Terminal

CODE = "word:ledger:case"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A data folder with a compiled report, a word in it that no report uses."""
    settings = load_settings(lay_home(tmp_path / "data"))
    engine = open_current(settings)
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="办理案件13起。处罚均记录在案。")
    engine.dispose()
    return Terminal(settings.home)


def test_a_remark_is_listed_with_its_code_and_done_in_one_step(terminal: Terminal) -> None:
    asked = ("report", "review", "--year", "2025")
    assert CODE in terminal.says(*asked)
    [remark] = [one for one in terminal.data(*asked)["remarks"] if one["code"] == CODE]
    assert (remark["kind"], remark["verb"], remark["step"]) == ("word", "edit", "删去这一句")

    assert "删去这一句" in terminal.says(*asked, "--take", CODE)
    assert CODE not in {one["code"] for one in terminal.data(*asked)["remarks"]}
    refused = terminal.run(*asked, "--take", CODE)
    assert (refused.exit_code, f"没有可一步办理的“{CODE}”" in refused.stderr) == (2, True)
