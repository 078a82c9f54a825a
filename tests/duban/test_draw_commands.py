"""The draw at the command line: from sheets, for people and for programs, and verified by exit code."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from models.draws.inspection_draw import InspectionDraw
from models.migrate import open_current
from models.settings import load_settings
from tests.homes import lay_home
from tests.ledger_rows import write_rows
from tests.terminal import Terminal

STAFF = "单位,部门,姓名,职务,角色,邮箱\n某局,法规科,陈督办,科员,督办员,\n某局,法规科,李承办,科员,承办人,\n"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = lay_home(tmp_path_factory.mktemp("office") / "data")
    (home / "名册.csv").write_text(STAFF, encoding="utf-8")
    Terminal(home).says("people", "import", home / "名册.csv")
    write_rows(home / "对象.xlsx", ["企业名称"], [[f"{number}号公司"] for number in range(1, 11)])
    write_rows(home / "人员.xlsx", ["姓名", "科室"], [["张一", "执法科"], ["李二", "执法科"], ["王三", "执法科"]])
    write_rows(home / "回避.xlsx", ["检查人员", "检查对象"], [["张一", "1号公司"]])
    return home


@pytest.fixture
def duban(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


def line(duban: Terminal, *more: str) -> tuple[str | Path, ...]:
    home = duban.home
    return (
        "inspect", "draw", "--plan", "年度抽查", "--objects", home / "对象.xlsx", "--inspectors", home / "人员.xlsx",
        "--ratio", "30%", "--on", "2026-03-02", "--as", "陈督办", *more,
    )  # fmt: skip


def test_it_is_drawn_listed_shown_and_verified(duban: Terminal) -> None:
    made = duban.data(*line(duban, "--seed", "公告第1号", "--conflicts", str(duban.home / "回避.xlsx")))

    assert (made["seed"], made["seed_given"], made["percent"], len(made["objects"])) == ("公告第1号", True, 30, 10)
    assert [len(one["inspectors"]) for one in made["result"]] == [2, 2, 2]
    assert made["conflicts"] == [["张一", "1号公司"]]
    assert duban.data("inspect", "list", "--as", "陈督办") == [made]
    assert duban.data("inspect", "list", "--year", "2025", "--as", "陈督办") == []
    assert duban.data("inspect", "show", "1", "--as", "陈督办") == made
    shown = duban.says("inspect", "show", "1", "--as", "陈督办")
    assert "从 10 户中抽取 3 户(30%),每户 2 人。" in shown
    assert made["content_hash"] in shown
    assert duban.says("inspect", "verify", "1", "--as", "陈督办").count("相符 ") == 4
    rows = duban.data("ledger", "list", "inspection")
    assert sorted(row["target"] for row in rows) == sorted(one["object"] for one in made["result"])
    assert "年度抽查" in duban.says("inspect", "list", "--as", "陈督办")


def test_a_changed_draw_is_told_by_the_exit_code(duban: Terminal) -> None:
    duban.says(*line(duban))
    engine = open_current(load_settings(duban.home))
    with engine.begin() as connection:
        connection.execute(update(InspectionDraw).values(seed="选出来的"))
    engine.dispose()

    said = duban.run("inspect", "verify", "1", "--as", "陈督办")
    assert said.exit_code == 1
    assert "不符 种子的来历" in said.stdout
    told = duban.run("inspect", "verify", "1", "--as", "陈督办", "--json")
    assert (told.exit_code, '"holds": false' in told.stdout) == (1, True)


def test_what_is_refused_says_why(duban: Terminal) -> None:
    assert "应为百分比" in duban.refused(*line(duban), "--ratio", "一成")
    assert "应为 1 至 3 的整数" in duban.refused(*line(duban), "--per-object", "4")
    assert "没有编号为 1 的双随机抽取" in duban.refused("inspect", "show", "1", "--as", "陈督办")
    duban.says(*line(duban))
    assert "同一计划一天只抽取一次" in duban.refused(*line(duban))
    for words in (("list",), ("show", "1"), ("verify", "1")):
        assert "李承办" in duban.refused("inspect", *words, "--as", "李承办")
