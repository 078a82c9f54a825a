"""A draw at the command line: bound from sheets, seeded by two, for people and for programs, verified by exit code."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.clock import today
from models.migrate import open_current
from models.settings import load_settings
from tests.draws import NUMBER, unguarded
from tests.homes import lay_home
from tests.ledger_rows import write_rows
from tests.terminal import Terminal

STAFF = (
    "单位,部门,姓名,职务,角色,邮箱\n某局,法规科,陈督办,科员,督办员,\n某局,法规科,李承办,科员,承办人,\n"
    "某局,,赵监督,组长,监督检查,\n"
)  # fmt: skip
BY, SECOND = ("--as", "陈督办"), ("--as", "赵监督")


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
        "inspect", "bind", "--plan", "年度抽查", "--objects", home / "对象.xlsx", "--inspectors", home / "人员.xlsx",
        "--ratio", "30%", *BY, *more,
    )  # fmt: skip


def drawn(duban: Terminal) -> None:
    duban.says(*line(duban))
    duban.says("inspect", "pledge", "1", "--number", NUMBER, *SECOND)
    duban.says("inspect", "reveal", "1", "--number", NUMBER, *SECOND)
    duban.says("inspect", "draw", "1", *BY)


def test_it_is_bound_pledged_revealed_drawn_shown_and_verified(duban: Terminal) -> None:
    bound = duban.data(*line(duban, "--conflicts", str(duban.home / "回避.xlsx")))
    assert (bound["stage"], bound["ordinal"], bound["percent"], len(bound["objects"])) == ("pledge", 1, 30, 10)
    assert bound["conflicts"] == [["张一", "1号公司"]]
    assert "待第二人承诺" in duban.refused("inspect", "draw", "1", *BY)
    assert "已绑定名单，不能办理“参与随机抽取”" in duban.refused("inspect", "pledge", "1", "--number", NUMBER, *BY)
    assert "系统随机数的哈希值" in duban.says("inspect", "pledge", "1", "--number", NUMBER, *SECOND)
    assert "不是同一个数字" in duban.refused("inspect", "reveal", "1", "--number", NUMBER[::-1], *SECOND)
    duban.says("inspect", "reveal", "1", "--number", NUMBER, *SECOND)
    made = duban.data("inspect", "draw", "1", "--witness", "周某", *BY)

    assert [len(one["inspectors"]) for one in made["draw"]["result"]] == [2, 2, 2]
    assert (made["stage"], made["draw"]["number"], made["draw"]["witness"]) == ("drawn", NUMBER, "周某")
    assert duban.data("inspect", "list", *BY) == [made]
    assert duban.data("inspect", "list", "--year", "2001", *BY) == []
    assert duban.data("inspect", "show", "1", *BY) == made
    shown = duban.says("inspect", "show", "1", *BY)
    assert "检查对象 10 户，抽取 3 户（30%），每户 2 人。" in shown
    assert made["binding_hash"] in shown
    assert duban.says("inspect", "verify", "1", *BY).count("相符 ") == 6
    rows = duban.data("ledger", "list", "inspection")
    assert sorted(row["target"] for row in rows) == sorted(one["object"] for one in made["draw"]["result"])


def test_a_public_number_is_named_in_advance(duban: Terminal) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    ball = ("--source", "某期", "--digits", "9", "--source-on")
    assert "应晚于" in duban.refused(*line(duban, *ball, str(today())))
    bound = duban.data(*line(duban, *ball, str(tomorrow)))
    assert (bound["way"], bound["source_on"], bound["stage"]) == ("public", str(tomorrow), "number")
    assert "才公布" in duban.refused("inspect", "draw", "1", "--number", "123456789", *BY)
    assert "某期" in duban.says("inspect", "show", "1", *BY)


def test_a_plan_bound_three_times_shows_three(duban: Terminal) -> None:
    drawn(duban)
    assert "再次绑定须写明理由" in duban.refused(*line(duban))
    for reason in ("名单有误", "名单又有误"):
        duban.says(*line(duban, "--reason", reason))

    found = duban.data("inspect", "list", *BY)
    assert [(one["ordinal"], one["bindings_of_plan"], one["draws_of_plan"]) for one in found] == [
        (3, 3, 1), (2, 3, 1), (1, 3, 1),
    ]  # fmt: skip
    assert "共绑定 3 次，抽取 1 次，2 次没有抽取" in duban.says("inspect", "verify", "1", *BY)
    out = duban.home / "绑定.xlsx"
    duban.says("inspect", "export", "--out", out, *BY)
    sheet = load_workbook(out).active
    assert sheet is not None
    assert [row[2] for row in sheet.iter_rows(min_row=3, values_only=True)] == [3, 2, 1]
    duban.says("inspect", "record", "1", "--out", duban.home / "记录.docx", *BY)
    assert (duban.home / "记录.docx").read_bytes()[:2] == b"PK"


def test_a_changed_draw_is_told_by_the_exit_code(duban: Terminal) -> None:
    drawn(duban)
    engine = open_current(load_settings(duban.home))
    unguarded(engine, "UPDATE inspection_draw SET seed = '选出来的'")
    engine.dispose()

    said = duban.run("inspect", "verify", "1", *BY)
    assert said.exit_code == 1
    assert "不符 种子的来历" in said.stdout
    told = duban.run("inspect", "verify", "1", *BY, "--json")
    assert (told.exit_code, '"holds": false' in told.stdout) == (1, True)


def test_what_is_refused_says_why(duban: Terminal) -> None:
    assert "应为百分比" in duban.refused(*line(duban), "--ratio", "一成")
    assert "应为 1 至 3 的整数" in duban.refused(*line(duban), "--per-object", "4")
    assert "没有编号为 1 的双随机抽取" in duban.refused("inspect", "show", "1", *BY)
    drawn(duban)
    assert "一次绑定只抽取一次" in duban.refused("inspect", "draw", "1", *BY)
    for words in (("list",), ("show", "1"), ("verify", "1"), ("record", "1", "--out", "x.docx")):
        assert "李承办" in duban.refused("inspect", *words, "--as", "李承办")
