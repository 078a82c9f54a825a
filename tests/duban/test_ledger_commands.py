"""Ledgers at the command line: every kind by the same commands, for people and for programs."""

import shutil
from pathlib import Path

import pytest

from models.clock import today
from tests.homes import lay_home
from tests.ledger_rows import write_rows
from tests.terminal import Terminal

STAFF = "单位,部门,姓名,职务,角色,邮箱\n某局,法规科,陈督办,科员,督办员,\n某局,法规科,李承办,科员,承办人,\n"
CREDIT_CODE = "11330000002491234T"
HEAD = ["案号", "决定日期", "程序", "罚款（元）", "经办"]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = lay_home(tmp_path_factory.mktemp("office") / "data")
    (home / "名册.csv").write_text(STAFF, encoding="utf-8")
    Terminal(home).says("people", "import", home / "名册.csv")
    return home


@pytest.fixture
def duban(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


def test_a_row_is_added_shown_corrected_withdrawn_and_restored(duban: Terminal) -> None:
    added = duban.data("ledger", "add", "case", "--set", "程序=简易", "--fine", "1.2万", "--on", "2026-03-05")
    assert {name: added[name] for name in ("id", "decided_on", "procedure", "fine", "revision")} == {
        "id": 1, "decided_on": "2026-03-05", "procedure": "simple", "fine": 12000, "revision": 0,
    }  # fmt: skip
    assert "已更正执法案件 1：公开日期。" in duban.says(
        "ledger", "correct", "执法案件", "1", "--set", "公开日期=2026-03-09"
    )
    shown = duban.data("ledger", "show", "case", "1")
    assert [(term["code"], term["due_on"], term["done_on"]) for term in shown["terms"]] == [
        ("publish", "2026-03-16", "2026-03-09")
    ]
    assert [change["lines"] for change in shown["history"]] == [["公开日期 无 → 2026-03-09"]]
    words = duban.says("ledger", "show", "case", "1")
    assert "时限 行政处罚决定公开：2026-03-16，2026-03-09 按期完成" in words
    assert "罚款（元）：12,000.00" in words
    stale = duban.refused("ledger", "correct", "case", "1", "--set", "案号=1号", "--revision", "0")
    assert "已有变化" in stale
    duban.says("ledger", "withdraw", "case", "1", "--reason", "误录")
    assert duban.data("ledger", "list", "case") == []
    assert [row["withdrawn_reason"] for row in duban.data("ledger", "list", "case", "--withdrawn")] == ["误录"]
    duban.says("ledger", "reinstate", "case", "1")
    assert [row["id"] for row in duban.data("ledger", "list", "case", "--year", "2026")] == [1]


def test_what_is_not_taken_says_what_would_be(duban: Terminal) -> None:
    for words, said in (
        (("add", "gifts"), "没有名为“gifts”的台账，可用：study（学习研讨）"),
        (("add", "case", "--set", "颜色=红"), "执法案件没有“颜色”这一项，可用：决定日期（decided_on）"),
        (("add", "case", "--set", "程序"), "应写成 --set 项=值"),
        (("add", "case", "--set", "程序=速裁"), "程序“速裁”不可用：可用：简易程序、普通程序。"),
        (("add", "case"), "程序不能为空。"),
        (("add", "case", "--procedure", "简易", "--as", "李承办"), "李承办不能登记台账"),
        (("add", "study", "--procedure", "简易"), "学习研讨没有“procedure”这一项"),
        (("correct", "case", "1", "--set", "案号=1"), "没有编号为 1 的记录"),
        (("correct", "case", "1"), "请用 --set 项=值"),
        (("undo", "7"), "没有编号为 7 的台账导入批次"),
    ):
        assert said in duban.refused("ledger", *words), words


def test_every_kind_is_listed_with_how_it_stands(duban: Terminal) -> None:
    duban.says("ledger", "add", "case", "--procedure", "简易", "--on", "2026-03-05")
    duban.says("act", "add", "--kind", "部署", "--text", "部署年度工作", "--on", "2026-03-06")
    duban.says("deficiency", "add", "--text", "渠道单一", "--on", "2026-03-06")
    told = {one["kind"]: one for one in duban.data("ledger", "kinds", "--year", "2026")}
    overdue = int(today().isoformat() > "2026-03-16")
    assert (told["case"]["rows"], told["case"]["open_terms"], told["case"]["overdue_terms"]) == (1, 1, overdue)
    assert [told[code]["rows"] for code in ("act", "deficiency", "study")] == [1, 1, 0]
    assert "执法案件" in duban.says("ledger", "kinds")
    listed = duban.data("ledger", "list")
    assert [listed[code][0]["id"] for code in ("case", "act", "deficiency")] == [1, 1, 1]
    assert "学习研讨：没有。" in duban.says("ledger", "list")
    assert "渠道单一" in duban.says("deficiency", "list")


def test_a_file_comes_in_goes_out_and_is_taken_back(duban: Terminal, tmp_path: Path) -> None:
    wrong = write_rows(tmp_path / "错.xlsx", HEAD, [["1号", "2026-03-05", "速裁", 1, "甲"]])
    said = duban.run("ledger", "import", "case", wrong, "--errors", tmp_path / "错误.xlsx")
    assert said.exit_code == 2
    assert said.stderr.splitlines() == [
        "Sheet 第 2 行 程序 “速裁” 可用：简易程序、普通程序。",
        "错误：导入未执行：发现 1 处错误，未写入任何数据。",
    ]
    assert (tmp_path / "错误.xlsx").exists()
    right = write_rows(
        tmp_path / "对.xlsx", HEAD, [["1号", "2026-03-05", "简易", 1, "甲"], ["合计", None, None, 1, None]]
    )
    assert "可以导入执法案件：新增 1 起。还没有写入。" in duban.says("ledger", "import", "case", right, "--dry-run")
    words = duban.says("ledger", "import", "case", right)
    assert "已导入执法案件：新增 1 起（批次 2）。" in words
    assert "没有导入的列：经办。" in words
    assert "没有导入第 3 行“合计”：合计行。" in words
    out = tmp_path / "出.xlsx"
    assert duban.data("ledger", "export", "case", "--out", out, "--year", "2026")["rows"] == 1
    assert duban.data("ledger", "import", "case", out)["unchanged"] == 1
    assert duban.data("ledger", "undo", "2") == {
        "batch": 2, "kind": "case", "file": "对.xlsx", "withdrawn": 1, "restored": 0,
    }  # fmt: skip
    duban.says("ledger", "template", "study", "--out", tmp_path / "空.xlsx")
    assert "表头下没有任何记录" in duban.run("ledger", "import", "study", tmp_path / "空.xlsx").stderr


def test_permits_are_written_for_the_credit_system_with_what_they_miss(duban: Terminal, tmp_path: Path) -> None:
    duban.says(
        "ledger", "add", "credit", "--set", "类别=许可", "--set", "决定日期=2026-03-05", "--set", "决定文书号=7号"
    )
    out = tmp_path / "报送表.xlsx"
    refused = duban.run("ledger", "credit", "--out", out)
    assert (refused.exit_code, "不是统一社会信用代码" in refused.stderr, out.exists()) == (2, True, False)
    told = duban.data("ledger", "credit", "--out", out, "--credit-code", CREDIT_CODE, "--unsent")
    assert (told["permits"], told["penalties"], told["missing"][0]["called"]) == (0, 0, "7号")
    said = duban.run("ledger", "credit", "--out", out, "--credit-code", CREDIT_CODE)
    assert "1 条内容不全，没有写入，列在“待补内容”表中" in said.stdout
    assert "第 1 号 7号：应补填行政相对人、行政相对人类别、决定内容、行政许可决定文书名称" in said.stderr
