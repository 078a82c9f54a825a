"""`duban plan`, as somebody at a terminal or a program sees it."""

import json
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.homes import lay_home
from tests.ledgers import HEADER, YEAR, write_xlsx
from tests.terminal import Terminal

STAFF = [
    ["青水县国动办", "", "陆明", "主任", "第一责任人"],
    ["青水县国动办", "法规科", "俞悦", "副主任", "分管领导"],
    ["青水县国动办", "法规科", "李四", "科员", "承办人"],
]
ROWS = [
    [80, "法治学习", "组织专题研讨", "俞悦", "法规科", "县各有关单位", "李四", "6月底前"],
    [81, "法治学习", "完善制度[修订]", "陆 明俞 悦", "法规科", None, None, "每季度"],
    [85, "普法", "检查", None, None, None, None, "定期"],
]
Y = ("--year", str(YEAR))
DAY = ("--on", f"{YEAR}-01-05")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(lay_home(tmp_path / "data"))
    workbook = Workbook()
    for row in [["单位", "部门", "姓名", "职务", "角色"], *STAFF]:
        workbook.worksheets[0].append(row)
    workbook.save(tmp_path / "staff.xlsx")
    made.says("people", "import", tmp_path / "staff.xlsx", "--on", f"{YEAR}-01-01")
    return made


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "ledger.xlsx", [HEADER, *ROWS])


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "wrong.xlsx", [HEADER, *ROWS, [80, "甲", "乙", "鱼悦", None, None, None, "2月30日"]])


def test_a_program_gets_the_promised_keys(terminal: Terminal, ledger: Path) -> None:
    data = terminal.data("plan", "import", ledger, *Y, *DAY)

    assert {"batch", "plan", "projects", "items", "incomplete", "errors", "understood"} <= data.keys()
    assert (data["batch"], data["projects"], data["items"], data["incomplete"], data["errors"]) == (2, 2, 3, 1, [])
    first = data["understood"][0]
    promised = "row number project title due_text due_on recurrence leaders lead cooperating handler"
    assert set(promised.split()) <= first.keys()
    assert (first["row"], first["due_on"], first["leaders"], first["handler"]) == (2, "2026-06-30", ["俞悦"], "李四")


def test_a_dry_run_shows_what_was_understood_and_writes_nothing(terminal: Terminal, ledger: Path) -> None:
    screen = terminal.says("plan", "import", ledger, *Y, *DAY, "--dry-run")

    assert "最后一天为6月30日（含当日）" in screen
    assert "陆明、俞悦" in screen
    assert "完善制度[修订]" in screen
    assert "预览（未写入） 青水县国动办2026年度工作计划：项目 2 个，任务 3 项（新增 3 项）。" in screen
    assert re.search("还没有年度计划", terminal.refused("plan", "show"))


def test_errors_come_as_a_table_as_data_and_as_a_sheet(terminal: Terminal, wrong: Path, tmp_path: Path) -> None:
    result = terminal.run("plan", "import", wrong, *Y, *DAY, "--errors", tmp_path / "errors.xlsx")

    assert result.exit_code == 2
    assert "不存在2月30日" in result.stdout
    assert "发现 3 处错误，未写入任何数据" in result.stderr
    cells = [[cell.value for cell in row] for row in load_workbook(tmp_path / "errors.xlsx").worksheets[0].rows]
    assert ["台账", 5, "完成时限", "2月30日"] in [row[:4] for row in cells]

    refused = terminal.run("plan", "import", wrong, *Y, *DAY, "--json")
    assert refused.exit_code == 2
    data = json.loads(refused.stdout)
    assert [(error["row"], error["column"], error["value"]) for error in data["errors"]] == [
        (5, "完成时限", "2月30日"),
        (5, "序号", "80"),
        (5, "牵头领导", "鱼悦"),
    ]
    assert {"sheet", "row", "column", "value", "accepted"} == data["errors"][0].keys()
    assert data["batch"] is None


def test_the_plan_is_shown_as_it_stands(terminal: Terminal, ledger: Path) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)

    data = terminal.data("plan", "show", *Y, *DAY)
    assert (data["plan"], data["year"], data["state"]) == ("青水县国动办2026年度工作计划", YEAR, "draft")
    assert [project["name"] for project in data["projects"]] == ["法治学习", "普法"]
    (item, *_) = data["projects"][0]["items"]
    assert item == {
        "number": "80", "title": "组织专题研讨", "start_on": None, "due_on": "2026-06-30", "due_text": "6月底前",
        "recurrence": None, "lead": "法规科", "cooperating": ["县各有关单位"], "leaders": ["俞悦"], "handler": "李四",
        "state": "draft", "missing": [], "source": None, "percent": 0,
    }  # fmt: skip
    screen = terminal.says("plan", "show", *Y, *DAY)
    assert "青水县国动办2026年度工作计划（未下达）" in screen
    assert "完善制度[修订]" in screen


def test_square_brackets_are_shown_wherever_a_title_stands(terminal: Terminal, tmp_path: Path) -> None:
    title = "清理文件[红头][/red]"
    row = [80, "学习[甲]", title, "俞悦", "法规科", None, "李四", "1月20日"]
    terminal.says("plan", "import", write_xlsx(tmp_path / "l.xlsx", [HEADER, row]), *Y, *DAY)
    terminal.says("plan", "issue", *Y, *DAY)
    terminal.says("supervise", "--on", f"{YEAR}-01-21")

    for command in (("plan", "show", *Y), ("item", "list"), ("notice", "list"), ("item", "show", "80")):
        assert title in re.sub(r"\s", "", terminal.says(*command, "--on", f"{YEAR}-01-21")), command


def test_an_import_is_undone_by_its_batch(terminal: Terminal, ledger: Path) -> None:
    assert "如需撤销：duban plan undo 2" in terminal.says("plan", "import", ledger, *Y, *DAY)

    assert "删去任务 3 项" in terminal.says("plan", "undo", "2")
    assert terminal.data("plan", "show", *Y)["projects"] == []


def test_issuing_lists_what_is_incomplete(terminal: Terminal, ledger: Path) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)

    data = terminal.data("plan", "issue", *Y, *DAY)

    assert data == {
        "issued": 2,
        "finished": 0,
        "left_out": 0,
        "lookback": "none",
        "past": [],
        "incomplete": [{"number": "85", "title": "检查", "missing": ["完成时限", "责任人", "周期待确认"]}],
    }
    assert terminal.data("plan", "show", *Y, *DAY)["state"] == "issued"
    assert "还有 1 项缺少要素" in terminal.says("plan", "issue", *Y, *DAY)
    assert re.search("任务 80、81已下达", terminal.refused("plan", "undo", "2"))


def test_what_is_incomplete_is_exported_filled_in_and_issued(terminal: Terminal, ledger: Path, tmp_path: Path) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)
    sheet = tmp_path / "out.xlsx"
    assert "已导出 3 项任务" in terminal.says("plan", "export", sheet, *Y, *DAY)
    workbook = load_workbook(sheet)
    filled = workbook.worksheets[0]
    headings = {str(cell.value): cell.column for line in filled.iter_rows(max_row=5) for cell in line if cell.value}
    (row,) = [cells for cells in filled.iter_rows() if str(cells[0].value) == "85"]
    for heading, value in (("完成时限", "每季度"), ("承办人", "李四")):
        row[headings[heading] - 1].value = value
    workbook.save(sheet)

    data = terminal.data("plan", "import", sheet, *Y, *DAY)

    assert (data["updated"], data["unchanged"], data["incomplete"]) == (1, 2, 0)
    done = terminal.data("plan", "issue", *Y, *DAY)
    assert (done["issued"], done["left_out"], done["incomplete"]) == (3, 0, [])


def test_days_past_at_issue_are_named_and_treated_as_asked(terminal: Terminal, ledger: Path) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)
    assert re.search("none（不追溯）、notice（只提醒）", terminal.refused("plan", "issue", *Y, "--past", "皆可"))

    screen = terminal.says("plan", "issue", *Y, "--on", "2026-12-30", "--past", "只提醒")

    assert "下达前已过的时限" in screen
    assert "只提醒：告知承办人一次，改定时限以前不升级" in screen


def test_a_template_is_written_before_and_after_anything_is_registered(terminal: Terminal, tmp_path: Path) -> None:
    for home in (tmp_path / "nothing", terminal.home):
        out = tmp_path / f"{home.name}.xlsx"
        assert "已写出模板" in Terminal(home).says("plan", "template", out, *Y)
        result = terminal.run("plan", "import", out, *Y, "--dry-run", "--json")
        assert [error["accepted"] for error in json.loads(result.stdout)["errors"]] == [
            "表头下没有任何任务：请至少填写一行。"
        ]
    assert "选项" in load_workbook(tmp_path / "data.xlsx").sheetnames


def test_a_file_that_is_no_table_is_one_line(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"hello")

    assert re.search(r"“a\.xlsx”：里面是没有分列的文字", terminal.refused("plan", "import", tmp_path / "a.xlsx", *Y))


def test_an_issue_that_would_tell_very_many_asks_first_and_goes_through_when_one_is_sure(
    terminal: Terminal, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)
    monkeypatch.setenv("DUBAN_ASK_ABOVE", "1")
    asked = terminal.refused("plan", "issue", *Y, *DAY)
    assert "这次操作今天将引出 2 封消息" in asked
    assert "李四 1 条、陆明 1 条。尚未保存" in asked
    assert "已下达" not in terminal.says("plan", "show", *Y, *DAY)
    assert "已下达" in terminal.says("plan", "issue", *Y, *DAY, "--sure")


def test_a_plan_that_runs_takes_another_policy_after_a_look_at_what_moves(terminal: Terminal, ledger: Path) -> None:
    terminal.says("plan", "import", ledger, *Y, *DAY)
    terminal.says("plan", "issue", *Y, *DAY)
    adopt = ("plan", "adopt", "三级预警", *Y, *DAY)

    shown = json.loads(terminal.says(*adopt, "--dry-run", "--json"))
    assert (shown["version"], shown["from_on"], shown["dry_run"]) == (2, f"{YEAR}-01-05", True)
    assert shown["rungs"][0]["after"] == "到期前10个工作日：承办人、科室负责人，蓝色"
    assert {(one["before"] is None, one["after"] is None) for one in shown["rungs"]} >= {(True, False), (False, True)}
    assert "试看（未写入）" in terminal.says(*adopt, "--dry-run")
    assert "理由不能为空" in terminal.refused(*adopt)
    assert f"策略“三级预警”，第 2 版，自 {YEAR}-01-05 起" in terminal.says(*adopt, "--reason", "上级要求")
    assert "没有要改的" in terminal.refused(*adopt, "--reason", "上级要求")
