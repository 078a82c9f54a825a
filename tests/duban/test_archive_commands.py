"""`duban archive`: months put into files and back, as a person at a terminal or a program sees it."""

import datetime as dt
from pathlib import Path

import pytest

from models.migrate import open_current
from models.settings import load_settings
from tests.homes import lay_home
from tests.office import SUPERVISOR
from tests.tasks.archiving.archived_office import lived
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    settings = load_settings(lay_home(tmp_path / "data"))
    engine = open_current(settings)
    lived(engine, settings.home)
    engine.dispose()
    # What is old by the machine's clock depends on the day of the test: the shortest term there is.
    (settings.home / "duban.toml").write_text("[keep_days]\narchive = 365\n", encoding="utf-8")
    monkeypatch.setattr("models.clock.today", lambda: dt.date(2028, 9, 1))
    return Terminal(settings.home)


def test_months_go_into_a_folder_are_listed_proved_and_come_back(terminal: Terminal, tmp_path: Path) -> None:
    place = tmp_path / "archives"
    assert "没有文件夹" in terminal.refused("archive", "detach", place, "--before", "2026-08")
    place.mkdir()
    assert "请写月份和文件" in terminal.refused("archive", "detach", place)
    assert terminal.data("archive", "list") == []
    assert "还没有归档过。" in terminal.says("archive", "list")

    said = terminal.says("archive", "detach", place, "--before", "2026-08")

    assert said.startswith("已归档 2026-06：通知 ")
    assert "请另存一份到别处并核对哈希值" in said
    rows = terminal.data("archive", "list")
    assert [row["month"] for row in rows] == ["2026-06", "2026-07"]
    assert {row["attached_at"] for row in rows} == {None}
    files = [place / row["file"] for row in rows]
    assert terminal.says("archive", "detach", "2026-07", place) == "没有可归档的。\n"
    assert "2026-06" in terminal.says("archive", "list")
    sealed = terminal.data("audit", "verify")
    assert [one["month"] for one in sealed["sealed"]] == ["2026-06", "2026-07"]
    opened = terminal.data("audit", "verify", "--archive", files[0])
    assert (opened["opened"], opened["sealed"]) == (sealed["sealed"][:1], sealed["sealed"][1:])
    for look in (("audit", "show"), ("notice", "list")):
        assert "2026-06 至 2026-07 的" in terminal.says(*look)
        assert "已归档到文件，这里没有列出" in terminal.says(*look)
    assert "在 2026-06 的归档中，以封条为准" in terminal.says("audit", "verify", "--whole")

    week = ("brief", "circular", "--period", "week", "--until", "2026-06-17", "--organ", "bureau")
    half = ("score", "preview", "--period", "2026-H1", "--organ", "bureau")
    back = "请管理员用 duban archive attach 接回 duban-archive-2026-06.zip"
    assert (back in terminal.says(*week, "--preview"), back in terminal.data(*week, "--preview")["lacks"]) == (
        True,
        True,
    )
    paper = tmp_path / "通报.docx"
    assert (back in terminal.refused(*week, "--preview", "--out", paper), paper.exists()) == (True, False)
    assert back in terminal.refused(*week, "--as", SUPERVISOR)
    assert (back in terminal.says(*half), back in terminal.data(*half)["lacks"]) == (True, True)
    assert back in terminal.refused("score", "publish", "--period", "2026-H1", "--organ", "bureau", "--as", SUPERVISOR)

    for file in files:
        assert terminal.says("archive", "attach", file).startswith(f"已接回 {file.stem[-7:]}：通知 ")
        assert "已经在数据库里" in terminal.refused("archive", "attach", file)
    assert terminal.data("audit", "verify", "--whole")["sealed"] == []
    assert (terminal.data(*week, "--preview")["lacks"], terminal.data(*half)["lacks"]) == ("", "")
    assert "已归档" not in terminal.says("notice", "list")
    assert [one["action_label"] for one in terminal.data("audit", "show")][-4:] == ["归档"] * 2 + ["接回归档"] * 2
