"""`duban init` and `duban people`, as somebody at a terminal or a program sees them."""

import json
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from models.migrate import revisions
from tests.homes import lay_home
from tests.terminal import Terminal

STAFF = [
    ["某县司法局", "", "周建国", "局长", "第一责任人", "zhou@example.cn", "", ""],
    ["某县司法局", "法规科", "王敏", "副局长", "分管领导", "", "", "周建国"],
    ["某县司法局", "法规科", "李伟", "科长", "科室负责人", "", "13800000003", "张静"],
    ["某县司法局", "法规科", "张静", "科员", "", "", "", ""],
]


def staff(path: Path, rows: list[list[str]]) -> Path:
    workbook = Workbook()
    for row in [["单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"], *rows]:
        workbook.worksheets[0].append(row)
    workbook.save(path)
    return path


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(lay_home(tmp_path / "data"))
    made.says("people", "import", staff(tmp_path / "staff.xlsx", STAFF), "--on", "2026-01-01")
    return made


def test_init_says_where_the_data_lies_and_what_comes_next_and_can_be_repeated(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")

    first = terminal.says("init")

    assert str(tmp_path / "data" / "duban.db") in first
    assert "duban people import" in first
    assert terminal.says("init") == first
    assert terminal.data("init") == {
        "home": str(tmp_path / "data"),
        "database": f"sqlite:///{tmp_path / 'data' / 'duban.db'}",
        "schema": revisions()[-1],
        "version": terminal.data("init")["version"],
    }


def test_commands_before_init_say_to_run_it(tmp_path: Path) -> None:
    assert re.search("尚未初始化：请先运行 duban init", Terminal(tmp_path / "data").refused("people", "list"))


def test_an_import_counts_what_the_list_holds(tmp_path: Path) -> None:
    terminal = Terminal(lay_home(tmp_path / "data"))
    file = staff(tmp_path / "staff.xlsx", STAFF)

    assert terminal.data("people", "import", file) == {
        "organs": 1, "departments": 1, "people": 4, "posts": 4,
        "new": {"organs": 1, "departments": 1, "people": 4, "posts": 4}, "updated": 0, "proposed": 0, "batch": 1,
        "dry_run": False,
        "errors": [], "notes": [],
    }  # fmt: skip
    assert terminal.says("people", "import", file) == (
        "已导入：单位 1 个（新增 0），部门 1 个（新增 0），人员 4 个（新增 0），岗位 4 个（新增 0）。\n"
    )


def test_a_list_is_tried_brought_in_and_taken_back(terminal: Terminal, tmp_path: Path) -> None:
    before = terminal.data("people", "list", "--on", "2026-05-01")
    newcomer = ["某县司法局", "办公室", "孙丽", "主任", "科室负责人", "", "", ""]
    more = [newcomer, [*STAFF[2][:5], "li@example.cn", "", ""]]
    file = staff(tmp_path / "more.xlsx", more)

    counted = "单位 1 个（新增 0），部门 2 个（新增 1），人员 2 个（新增 1），岗位 2 个（新增 1）。"
    assert terminal.says("people", "import", file, "--dry-run") == f"预览（未写入）：{counted}\n"
    tried = terminal.data("people", "import", file, "--dry-run")
    assert (tried["new"]["people"], tried["updated"], tried["batch"], tried["dry_run"]) == (1, 1, None, True)
    assert terminal.data("people", "list", "--on", "2026-05-01") == before
    assert terminal.says("people", "import", file).splitlines() == [
        f"已导入：{counted}", "批次 2；如需撤销：duban people undo 2",
    ]  # fmt: skip
    assert len(terminal.data("people", "list", "--on", "2026-05-01")) == len(before) + 1

    assert re.search("批次 1 之后又导入过：请先撤销批次 2", terminal.refused("people", "undo", "1"))
    assert terminal.says("people", "undo") == (
        "已撤销批次 2（“more.xlsx”）：删去人员 1 个、岗位 1 个、部门 1 个，恢复 1 处。\n"
    )
    assert terminal.data("people", "list", "--on", "2026-05-01") == before
    assert re.search("批次 2 已经撤销过了", terminal.refused("people", "undo", "2"))
    assert terminal.data("people", "undo", "1") == {
        "batch": 1, "file_name": "staff.xlsx", "restored": 0,
        "deleted": {"people": 4, "posts": 4, "departments": 1, "organs": 0},
    }  # fmt: skip
    assert re.search("没有可以撤销的名册导入批次", terminal.refused("people", "undo"))
    assert re.search("没有编号为 9 的名册导入批次", terminal.refused("people", "undo", "9"))


def test_a_refused_import_lists_the_cells_exits_with_2_and_writes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    file = staff(tmp_path / "wrong.xlsx", [["某县司法局", "", "孙丽", "", "总管", "", "", "外人"]])
    before = terminal.data("people", "list", "--on", "2026-05-01")

    refused = terminal.run("people", "import", file, "--json")

    assert refused.exit_code == 2
    document = json.loads(refused.stdout)
    assert {name: document[name] for name in ("organs", "departments", "people", "posts")} == dict.fromkeys(
        ("organs", "departments", "people", "posts"), 0
    )
    assert [(error["sheet"], error["row"], error["column"], error["value"]) for error in document["errors"]] == [
        ("Sheet", 2, "角色", "总管"),
        ("Sheet", 2, "代理人", "外人"),
    ]
    shown = terminal.run("people", "import", file, "--errors", tmp_path / "errors.xlsx")
    assert shown.exit_code == 2
    assert "总管" in shown.stdout
    assert shown.stderr.startswith("错误：导入未执行：发现 2 处错误，未写入任何数据。")
    assert load_workbook(tmp_path / "errors.xlsx").worksheets[0]["D3"].value == "总管"
    assert terminal.data("people", "list", "--on", "2026-05-01") == before


def test_a_file_that_is_no_sheet_is_one_line(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "staff.xlsx").write_text("not a sheet")

    assert re.search("里面是没有分列的文字，不是表格", terminal.refused("people", "import", tmp_path / "staff.xlsx"))


def test_the_list_shows_who_holds_what_on_a_day(terminal: Terminal) -> None:
    rows = terminal.data("people", "list", "--on", "2026-05-01")

    assert [(row["name"], row["departments"], row["title"], row["role"], row["state"]) for row in rows] == [
        ("周建国", [], "局长", "first_responsible", "在岗"),
        ("王敏", ["法规科"], "副局长", "leader", "在岗"),
        ("李伟", ["法规科"], "科长", "department_head", "在岗"),
        ("张静", ["法规科"], "科员", "handler", "在岗"),
    ]
    shown = terminal.says("people", "list", "--on", "2026-05-01")
    assert shown.startswith("2026-05-01 名册")
    assert [line.split()[0] for line in shown.splitlines()[4:-1]] == ["1", "2", "3", "4"]


def test_a_post_passes_to_its_successor(terminal: Terminal) -> None:
    assert terminal.says("people", "succeed", "--from", "李伟", "--to", "张静", "--on", "2026-07-01") == (
        "2026-07-01 起，“科长”由张静任职。\n"
    )
    assert terminal.data("people", "succeed", "--post", "局长", "--to", "王敏", "--on", "2026-07-01") == [
        {"post": 1, "title": "局长", "to": "王敏", "on": "2026-07-01", "proposal": None}
    ]

    holders = {row["title"]: row["name"] for row in terminal.data("people", "list", "--on", "2026-07-01")}
    assert (holders["科长"], holders["局长"]) == ("张静", "王敏")
    assert re.search("请用 --from 姓名 或 --post 岗位", terminal.refused("people", "succeed", "--to", "张静"))


def test_leave_names_who_stands_in(terminal: Terminal) -> None:
    days = ("--from", "2026-05-06", "--until", "2026-05-09")

    assert terminal.says("people", "leave", "李伟", *days) == "李伟 2026-05-06 至 2026-05-09 请假，由张静代理。\n"
    assert terminal.says("people", "leave", "张静", *days) == (
        "张静 2026-05-06 至 2026-05-09 请假，没有代理人，期间的通知送上一级。\n"
    )
    assert terminal.data("people", "leave", "李伟", *days, "--deputy", "王敏") == {
        "name": "李伟", "from": "2026-05-06", "until": "2026-05-09", "deputy": "王敏",
    }  # fmt: skip
    states = {row["name"]: row["state"] for row in terminal.data("people", "list", "--on", "2026-05-09")}
    assert states == {"周建国": "在岗", "王敏": "在岗", "李伟": "请假", "张静": "请假"}


def test_who_departs_leaves_vacant_posts_that_are_named(terminal: Terminal) -> None:
    assert terminal.says("people", "depart", "李伟", "--on", "2026-06-30").splitlines() == [
        "李伟在任至 2026-06-30。",
        "空缺的岗位：科长。可用 duban people succeed --from 李伟 --to 接任者 --on 日期 补上。",
    ]
    assert terminal.data("people", "depart", "张静", "--on", "2026-06-30", "--organ", "某县司法局") == {
        "name": "张静", "on": "2026-06-30", "vacant": [{"post": 4, "title": "科员"}],
    }  # fmt: skip
    shown = terminal.says("people", "list", "--on", "2026-07-01", "--organ", "organ-1")
    assert shown.count("（空缺）") == 2
    assert shown.count("已离任") == 2
