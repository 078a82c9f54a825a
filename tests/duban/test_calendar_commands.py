"""`duban calendar`: works before anything is set up, and with the office's own days afterwards."""

import json
import re
from pathlib import Path

import pytest

from tests.homes import lay_home
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


@pytest.mark.parametrize(
    ("day", "plus", "working", "provisional", "reached"),
    [
        ("2026-02-13", None, True, False, None),
        ("2026-02-13", "+1", True, False, "2026-02-14"),
        ("2026-02-13", "+3", True, False, "2026-02-25"),
        ("2026-02-13", "3", True, False, "2026-02-25"),
        ("2026-02-13", "-3", True, False, "2026-02-10"),
        ("2026-02-15", None, False, False, None),
        ("2026-10-01", "0", False, False, "2026-10-01"),
        ("2026-12-25", "+3", True, False, "2026-12-30"),
        ("2026-12-25", "+7", True, True, "2027-01-06"),
        ("2027-03-03", None, True, True, None),
    ],
)
def test_a_day_is_checked_and_working_days_are_counted_from_the_next(
    terminal: Terminal, day: str, plus: str | None, working: bool, provisional: bool, reached: str | None
) -> None:
    answer = terminal.data("calendar", "check", day, *([plus] if plus else []))

    assert answer.pop("why")
    assert answer == {"on": day, "working": working, "provisional": provisional, "plus": reached}
    assert not terminal.home.exists()


def test_a_check_reads_like_a_sentence(terminal: Terminal) -> None:
    assert terminal.run("calendar", "check", "2026-02-13", "+1").stdout == (
        "2026-02-13（周五）是工作日。\n其后第 1 个工作日：2026-02-14（周六），调休上班（春节）。\n"
    )
    guessed = terminal.run("calendar", "check", "2027-03-06", "-1")
    assert guessed.stdout == (
        "2027-03-06（周六）不是工作日，2027年放假安排未公布，按法定节日和周一至周五暂定：周六休息。\n"
        "其前第 1 个工作日：2027-03-05（周五），2027年放假安排未公布，按法定节日和周一至周五暂定：工作日。\n"
    )
    assert guessed.stderr.startswith("注意：涉及的年份尚无放假安排")


@pytest.mark.parametrize(
    ("args", "words"), [(["2026-02-30"], "须是存在的一天"), (["2026-02-13", "three"], "应写成 \\+3 或 -3")]
)
def test_what_is_no_day_or_count_is_refused(terminal: Terminal, args: list[str], words: str) -> None:
    assert re.search(words, terminal.refused("calendar", "check", *args))


def test_a_month_shows_its_rest_and_make_up_days(terminal: Terminal) -> None:
    shown = terminal.run("calendar", "show", "--year", "2026", "--month", "2").stdout

    assert [" ".join(line.split()) for line in shown.splitlines() if line.strip()] == [
        "2月 16 个工作日",
        "一 二 三 四 五 六 日",
        "1",
        "2 3 4 5 6 7 8",
        "9 10 11 12 13 14班 15",
        "16休 17休 18休 19休 20休 21 22",
        "23休 24 25 26 27 28班",
        "2026年2月共 16 个工作日。",
    ]


def test_a_year_counts_its_working_days(terminal: Terminal) -> None:
    year = terminal.data("calendar", "show", "--year", "2026")

    assert (year["working_days"], year["provisional"]) == (248, False)
    assert sum(month["working_days"] for month in year["months"]) == 248
    assert year["months"][1]["work"] == ["2026-02-14", "2026-02-28"]
    assert len([day for month in year["months"] for day in month["days"]]) == 365
    guessed = terminal.run("calendar", "show", "--year", "2027")
    assert "2027年共 254 个工作日。（暂定）" in guessed.stdout
    assert guessed.stderr == "注意：放假安排未公布的日子按法定节日和周一至周五暂定。\n"


def test_imported_days_count_from_then_on_and_changes_are_listed(terminal: Terminal, tmp_path: Path) -> None:
    lay_home(terminal.home)
    file = tmp_path / "own.csv"
    file.write_text("日期,类型,名称\n2026-03-03,休息,民族节日\n2026-03-07,上班,民族节日调休\n2026-03-10,上班,照常\n")

    assert terminal.run("calendar", "import", file).stdout.splitlines() == [
        "已导入“own.csv”：新增 3 天，改变 0 天，未变 0 天。",
        "  2026-03-03（周二）改为休息：本单位安排：民族节日（休息）",
        "  2026-03-07（周六）改为上班：本单位安排：民族节日调休（上班）",
    ]
    assert terminal.data("calendar", "check", "2026-03-02", "+1") == {
        "on": "2026-03-02", "working": True, "provisional": False, "why": "工作日", "plus": "2026-03-04",
    }  # fmt: skip
    again = terminal.data("calendar", "import", file)
    assert (again["added"], again["changed"], again["moved"], again["errors"]) == ([], [], [], [])
    assert again["unchanged"] == ["2026-03-03", "2026-03-07", "2026-03-10"]
    assert "没有一天的上班、休息有变化" in terminal.run("calendar", "import", file).stdout


def test_a_wrong_day_refuses_the_whole_file(terminal: Terminal, tmp_path: Path) -> None:
    lay_home(terminal.home)
    file = tmp_path / "own.csv"
    file.write_text("日期,类型,名称\n2026-03-03,休息,民族节日\n2026-02-30,上班,调休\n")

    refused = terminal.run("calendar", "import", file)

    assert refused.exit_code == 2
    assert refused.stderr == "错误：导入未执行：发现 1 处错误，未写入任何数据。\n"
    assert "2026-02-30" in refused.stdout
    told = json.loads(terminal.run("calendar", "import", file, "--json").stdout)
    assert [error["row"] for error in told["errors"]] == [3]
    assert terminal.data("calendar", "check", "2026-03-03")["working"] is True


def test_an_import_needs_the_database(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("日期,类型,名称\n2026-03-03,休息,民族节日\n")

    assert re.search("duban init", terminal.refused("calendar", "import", tmp_path / "own.csv"))
