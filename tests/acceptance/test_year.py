"""The main job by commands alone: a ledger in, a year of notices, a report out, and next year's plan from it."""

from pathlib import Path
from typing import Any

import docx
import pytest

from duban.cli import home_first, main
from tests.homes import lay_home
from tests.ledgers import HEADER, write_xlsx
from tests.terminal import Terminal

STAFF = [
    ("单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"),
    ("青水县国动办", "", "陆明", "主任", "第一责任人", "lu@office.test", "", ""),
    ("青水县国动办", "法规科", "俞悦", "副主任", "分管领导", "yu@office.test", "", ""),
    ("青水县国动办", "法规科", "张三", "科长", "科室负责人", "zhang@office.test", "", ""),
    ("青水县国动办", "法规科", "李四", "科员", "承办人", "li@office.test", "", "张三"),
    ("青水县国动办", "综合科", "赵六", "主任", "督办员", "zhao@office.test", "", ""),
]
LEDGER = [
    ("青水县国动办2026年重点任务清单",),
    HEADER,
    (1, "普法宣传", "开展国家宪法日宣传活动", "俞悦", "法规科", "县各有关单位", "李四", "12月4日前"),
    (3, "行政执法", "开展案卷自查自纠", "俞悦", "法规科", "", "李四", "6月底前"),
    (4, "行政执法", "报送执法数据", "俞悦", "法规科", "", "李四", "每季度"),
]


@pytest.fixture
def office(tmp_path: Path) -> Terminal:
    terminal = Terminal(lay_home(tmp_path / "data"))
    terminal.says("people", "import", write_xlsx(tmp_path / "people.xlsx", STAFF))
    terminal.says("plan", "import", write_xlsx(tmp_path / "ledger.xlsx", LEDGER), "--year", "2026")
    return terminal


def test_a_year_from_one_list_to_one_report_and_back(office: Terminal, tmp_path: Path) -> None:
    assert "已下达 3 项任务" in office.says("plan", "issue", "--year", "2026", "--on", "2026-01-05")
    office.data("supervise", "--on", "2026-06-22")
    swept = office.data("supervise", "--on", "2026-06-23")
    assert swept["on"] == "2026-06-23"
    assert (swept["raised"], swept["reminders"], swept["escalations"], swept["late"]) == (2, 2, 0, 0)
    assert office.data("supervise", "--on", "2026-06-23")["raised"] == 0

    notices = office.data("notice", "list", "--on", "2026-06-23")
    keys = {"item", "title", "rung", "kind", "recipient", "due_on", "fired_on", "late", "state", "why"}
    assert keys <= notices[0].keys()
    assert sorted((row["item"], row["recipient"], row["due_on"]) for row in notices) == [
        ("3", "李四", "2026-06-30"),
        ("4", "李四", "2026-06-30"),
    ]
    assert office.data("notice", "list", "--person", "陆明") == office.data(
        "notice", "list", "--on", "2026-06-22", "--person", "陆明"
    )
    assert office.data("deliver", "--on", "2026-06-23")["sent"] >= 1
    assert (office.home / "mail" / "new").is_dir()

    said = ("--text", "方案已定", "--percent", "30", "--achievement", "开展宪法宣传10余次。", "--on", "2026-05-08")
    assert "现为“在办”" not in office.refused("item", "progress", "1", *said)
    office.says("item", "progress", "1", *said, "--as", "李四")
    for number, day, answer in (("3", "2026-06-30", "按期办结"), ("4", "2026-03-31", "下一期 2026-06-30")):
        office.says("item", "sign", number, "--as", "李四", "--on", "2026-03-02")
        office.says("item", "request-close", number, "--text", "已办完", "--as", "李四", "--on", day)
        assert answer in office.says("item", "accept", number, "--waive", "现场核实", "--as", "赵六", "--on", day)
    lights = office.data("status", "--on", "2026-07-02", "--by", "department")
    assert [{name: count for name, count in row.items() if count} for row in lights] == [
        {"key": "法规科", "green": 1, "red": 1, "blue": 1, "total": 3}
    ]

    office.says("act", "add", "--kind", "deploy", "--on", "2026-02-10", "--text", "主持召开法治建设部署会")
    office.says("ledger", "add", "case", "--procedure", "simple", "--on", "2026-04-02", "--fine", "10000")
    office.says("ledger", "add", "case", "--procedure", "ordinary", "--on", "2026-05-02", "--fine", "20000")
    office.says("deficiency", "add", "--text", "普法形式不够多样", "--cause", "新媒体运用不足", "--on", "2026-11-02")

    paper = tmp_path / "report.docx"
    report = office.data("report", "compile", "--year", "2026", "--out", paper)
    assert [section["kind"] for section in report["sections"]] == [
        "achievements",
        "deficiencies",
        "first_responsible",
        "next_year",
    ]
    figures = [figure for section in report["sections"] for block in section["blocks"] for figure in block["figures"]]
    fines = next(figure for figure in figures if (figure["value"], figure["unit"]) == (3, "万元"))
    assert len(fines["rows"]) == 2
    about = next(figure for figure in figures if (figure["value"], figure["unit"]) == (10, "次"))
    assert about["approximate"]
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(paper)).paragraphs)
    assert "3万元" in text
    assert "10余次" in text

    read = office.data("report", "read", paper)
    assert [section["kind"] for section in read["sections"]] == [section["kind"] for section in report["sections"]]
    again = office.data("plan", "import", paper, "--year", "2027")
    assert again["errors"] == []
    shown = office.data("plan", "show", "--year", "2027")
    titles = [item["title"] for project in shown["projects"] for item in project["items"]]
    assert again["items"] == len(titles) == len(read["items"])
    assert len(set(titles)) == len(titles)
    for words in ("国家宪法日", "执法数据"):
        assert any(words in title for title in titles), (words, titles)


def test_a_rehearsal_writes_nothing(office: Terminal) -> None:
    rows = office.data("simulate", "--year", "2026")
    assert {"2026-06-23", "2026-07-09"} <= {row["fired_on"] for row in rows}
    assert office.data("notice", "list") == []
    assert "草" in office.says("plan", "show", "--year", "2026") or office.data("plan", "show", "--year", "2026")


@pytest.mark.parametrize("args", [["--help"], ["plan", "--help"], ["item", "accept", "--help"], ["serve", "--help"]])
def test_help_is_chinese_and_answers_without_a_data_folder(tmp_path: Path, args: list[str]) -> None:
    said = Terminal(tmp_path / "nowhere").run(*args)
    assert said.exit_code == 0
    assert any("一" <= character <= "鿿" for character in said.stdout)
    assert not (tmp_path / "nowhere").exists()


def test_every_command_that_prints_data_speaks_json(office: Terminal) -> None:
    office.says("plan", "issue", "--year", "2026", "--on", "2026-01-05")
    commands: list[list[str]] = [
        ["people", "list"],
        ["plan", "show", "--year", "2026"],
        ["calendar", "check", "2026-10-01", "+3"],
        ["supervise", "--on", "2026-06-23"],
        ["notice", "list"],
        ["deliver", "--on", "2026-06-23"],
        ["status", "--on", "2026-06-23", "--by", "project"],
        ["status", "--on", "2026-06-23", "--by", "person"],
        ["item", "list", "--as", "李四", "--on", "2026-06-23"],
        ["item", "show", "3", "--as", "李四", "--on", "2026-06-23"],
        ["item", "sign", "3", "--as", "李四", "--on", "2026-06-23"],
        ["item", "progress", "1", "--text", "推进", "--as", "李四", "--on", "2026-06-23"],
        ["item", "request-close", "3", "--text", "已办", "--as", "李四", "--on", "2026-06-23"],
        ["item", "accept", "3", "--waive", "已核", "--as", "赵六", "--on", "2026-06-23"],
        ["item", "milestone", "1", "--title", "方案报审", "--due", "2026-10-30", "--as", "李四", "--on", "2026-06-23"],
        ["item", "milestone", "1", "--title", "方案报审", "--done", "--as", "李四", "--on", "2026-10-30"],
        [
            "instruct",
            "add",
            "--item",
            "1",
            "--text",
            "抓紧",
            "--due",
            "2026-12-01",
            "--as",
            "陆明",
            "--on",
            "2026-10-30",
        ],
        ["instruct", "list", "--on", "2026-10-30"],
        ["item", "unfiled", "--on", "2026-10-30"],
        ["item", "problems", "--on", "2026-10-30"],
        ["item", "rules"],
        ["policy", "list"],
        ["document", "list", "--on", "2026-10-30"],
        ["audit", "verify"],
        ["audit", "show"],
        ["act", "list"],
        ["deficiency", "list"],
        ["ledger", "list"],
        ["schedules"],
        ["report", "compile", "--year", "2026"],
    ]
    for command in commands:
        found: Any = office.data(*command)
        assert isinstance(found, dict | list), command


@pytest.mark.parametrize(
    "words",
    [["--home", "{}", "init"], ["init", "--home", "{}"], ["init", "--home={}"], ["init", "--json", "--home", "{}"]],
)
def test_the_data_folder_may_be_named_before_or_after_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_first([word.format("office") for word in words])[0].startswith("--home")
    monkeypatch.setattr("sys.argv", ["duban", *(word.format("office") for word in words)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert (tmp_path / "office" / "duban.db").is_file()
