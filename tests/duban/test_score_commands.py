"""`duban score`, as the people of an office and a program use it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.database import open_engine, sqlite_url
from tests.homes import lay_home
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.scores import OTHER, OWN, department_of, quiet_office
from tests.terminal import Terminal

HALF = ("--period", "2026-H1", "--organ", "bureau")
PUBLISHED = ("--on", "2026-07-01")
LATER = ("--on", "2026-07-06")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Office]:
    """In the first half year 法规科 missed a day and was urged, 财务科 signed for its part too late."""
    lay_home(tmp_path / "data")
    engine = open_engine(sqlite_url(tmp_path / "data" / "duban.db"))
    made = quiet_office(engine, tmp_path / "data")
    made.assign("普法宣传", due="2026-06-12", helping=(department_of(made, OTHER).id or 0,))
    made.urge("1", on="2026-06-15")
    yield made
    engine.dispose()


@pytest.fixture
def office(story: Office) -> Terminal:
    return Terminal(story.settings.home)


@pytest.fixture
def published(office: Terminal) -> Terminal:
    office.says("score", "publish", *HALF, *PUBLISHED, "--as", SUPERVISOR)
    return office


def line_of(office: Terminal, event: str, department: str = OWN) -> dict[str, Any]:
    lines = office.data("score", "show", department, *HALF, *LATER)["lines"]
    found: dict[str, Any] = next(line for line in lines if line["event"] == event)
    return found


def test_a_preview_shows_the_ranking_and_each_line(office: Terminal) -> None:
    data = office.data("score", "preview", *HALF, *PUBLISHED)

    assert data["period"] == {"from_on": "2026-01-01", "until_on": "2026-06-30", "label": "2026年上半年"}
    assert data["rule"] == {"name": "常规考核", "version": 1}
    assert [(unit["unit"], unit["rank"], unit["total"]["final"]) for unit in data["units"]] == [
        (OTHER, 1, 99), (OWN, 2, 94),
    ]  # fmt: skip
    assert data["units"][1]["lines"] == [
        {"event": "late", "item": "1", "title": "普法宣传", "day": "2026-06-12", "points": 5,
         "words": "完成时限 2026-06-12，到期未办结"},
        {"event": "urged", "item": "1", "title": "普法宣传", "day": "2026-06-15", "points": 1,
         "words": "被催办（催办〔2026〕1号）"},
    ]  # fmt: skip
    whole = office.says("score", "preview", *HALF, *PUBLISHED)
    assert "2026年上半年考核试算（常规考核第 1 版，截至 2026-07-01）" in whole
    statement = office.says("score", "preview", OWN, *HALF, *PUBLISHED)
    assert "起评100分，扣6分，客观分94分；没有领导评价，客观分即为得分；第 2 名。" in statement
    assert "逾期 1 次，共 5 分。" in statement
    assert office.data("score", "preview", *HALF, "--on", "2026-06-12")["units"][0]["lines"] == []


def test_other_points_are_compared_before_and_after(office: Terminal) -> None:
    changes = office.data("score", "preview", *HALF, *PUBLISHED, "--set", "late=0", "--set", "被催办=0.5")["changes"]
    assert changes == [
        {"unit": OTHER, "before": 99, "after": 99, "rank_before": 1, "rank_after": 2},
        {"unit": OWN, "before": 94, "after": 99.5, "rank_before": 2, "rank_after": 1},
    ]
    shown = office.says("score", "preview", OWN, *HALF, *PUBLISHED, "--set", "late=3")
    assert "改动分值前后" in shown
    assert OTHER not in shown
    assert "可用：late（逾期）" in office.refused("score", "preview", *HALF, "--set", "tardy=3")
    assert "late=5:30" in office.refused("score", "preview", *HALF, "--set", "late")


def test_a_year_s_scores_from_evaluation_to_appeal(office: Terminal) -> None:
    said = office.says(
        "score", "evaluate", OWN, "--points", "90", "--comment", "扎实", *HALF, *PUBLISHED, "--as", FIRST
    )
    assert said == f"已记录{FIRST}对法规科2026年上半年的评价：90 分。\n"
    said = office.says("score", "publish", *HALF, *PUBLISHED, "--as", SUPERVISOR)
    assert "（第 1 版）：扣分 3 条，2 个科室参加排名；科室负责人可在 2026-07-15 前（含当日）申诉。" in said

    number = line_of(office, "late")["id"]
    made = office.data("score", "appeal", str(number), "--reason", "等待上级文件", *LATER, "--as", HEAD)
    assert made == {"id": 1, "line": number, "on": "2026-07-06"}
    assert "待裁定的申诉：1（法规科）" in office.says("score", "show", *HALF, *LATER)
    said = office.says(
        "score", "decide", "1", "--uphold", "--points", "0.5", "--answer", "属实", *LATER, "--as", FIRST
    )  # fmt: skip
    assert said == f"申诉 1 已裁定：采纳，第 {number} 条改扣 0.5 分。\n"

    shown = office.data("score", "show", *HALF, *LATER)
    assert [(row["department"], row["final"], row["published"], row["rank"]) for row in shown["ranking"]] == [
        (OTHER, 99, 99, 1), (OWN, 96.8, 93.2, 2),
    ]  # fmt: skip
    assert shown["appeals"] == []
    assert (line_of(office, "late")["points"], line_of(office, "late")["points_after"]) == (5, 0.5)
    parts = office.data("score", "show", OWN, *HALF, *LATER)["parts"]
    assert parts[0] == {"event": "late", "count": 1, "points": 0.5, "cap": 30, "counted": 0.5}
    statement = office.says("score", "show", OWN, *HALF, *LATER)
    assert "1 采纳，改扣 0.5 分" in statement
    assert "93.2 分，第 2 名" in statement


def test_a_dismissed_appeal_says_so(published: Terminal) -> None:
    number = str(line_of(published, "urged")["id"])
    assert "申诉编号 1" in published.says("score", "appeal", number, "--reason", "已回复", *LATER, "--as", HEAD)
    data = published.data("score", "decide", "1", "--dismiss", "--answer", "不属实", *LATER, "--as", FIRST)
    assert (data["outcome"], data["points_after"]) == ("dismissed", None)
    assert "1 不予采纳" in published.says("score", "show", OWN, *HALF, *LATER)


def test_a_period_is_published_again_only_as_the_next_version(published: Terminal) -> None:
    again = ("score", "publish", *HALF, *LATER, "--as", SUPERVISOR)
    assert "--version 2" in published.refused(*again)
    data = published.data(*again, "--version", "2")
    assert data["run"]["version"] == 2
    assert (data["lines"], data["ranked"], data["appeal_until"]) == (3, 2, "2026-07-20")
    assert published.data("score", "show", *HALF, "--version", "1")["run"]["published_on"] == "2026-07-01"


def test_everybody_sees_what_is_theirs(published: Terminal) -> None:
    for who in (FIRST, SUPERVISOR):
        assert len(published.data("score", "show", *HALF, *LATER, "--as", who)["ranking"]) == 2
    for who in (HEAD, LEADER):
        seen = published.data("score", "show", OWN, *HALF, *LATER, "--as", who)
        assert [row["department"] for row in seen["ranking"]] == [OWN]
        assert "请写明本科室" in published.refused("score", "show", *HALF, *LATER, "--as", who)
        assert OTHER in published.refused("score", "preview", OTHER, *HALF, *LATER, "--as", who)
    assert "不在您的查看范围内" in published.refused("score", "show", *HALF, *LATER, "--as", OUTSIDER)
    assert "不在您的查看范围内" in published.refused("score", "rule", "show", "--organ", "bureau", "--as", OUTSIDER)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("publish", *HALF, *PUBLISHED), "督办员"),
        (("publish", *HALF, *PUBLISHED, "--as", HEAD), "督办员"),
        (("publish", *HALF, "--on", "2026-06-30", "--as", SUPERVISOR), "2026-07-01 起才能公布"),
        (("evaluate", OWN, "--points", "90", *HALF, "--as", HANDLER), "第一责任人"),
        (("evaluate", OWN, "--points", "很好", *HALF, "--as", FIRST), "0 至 100 的数"),
        (("evaluate", "保卫科", "--points", "90", *HALF, "--as", FIRST), "没有科室“保卫科”；现有：法规科、财务科"),
        (("show", *HALF), "没有公布过2026年上半年的考核"),
        (("show", "--period", "2026-Q9"), "2026-Q2"),
        (("show", "--period", "2026", "--from", "2026-01-01"), "两者取一"),
        (("show", "--from", "2026-01-01"), "--until"),
        (("show", "--from", "2026-02-01", "--until", "2026-01-01"), "早于第一天"),
        (("show", "--period", "2031", "--organ", "bureau"), "没有 2031 年度计划"),
        (("appeal", "7", "--reason", "不服", "--as", HEAD), "没有编号为 7 的扣分条目"),
        (("decide", "7", "--dismiss", "--answer", "不属实", "--as", FIRST), "没有编号为 7 的申诉"),
    ],
)
def test_a_refusal_says_what_would_be_accepted(office: Terminal, words: tuple[str, ...], refusal: str) -> None:
    assert refusal in office.refused("score", *words)


def test_what_belongs_to_no_department_is_shown_without_a_rank(story: Office, office: Terminal) -> None:
    story.assign("涉外宣传", due="2026-06-12", department=False)
    story.department("办公室")

    data = office.data("score", "preview", *HALF, *PUBLISHED)["units"]
    assert [(unit["unit"], unit["rank"], unit["total"] is None) for unit in data[2:]] == [
        ("办公室", None, True), ("未明确", None, True),
    ]  # fmt: skip
    assert "没有名次的" in office.says("score", "preview", *HALF, *PUBLISHED)
    assert "不参加排名" in office.says("score", "preview", "办公室", *HALF, *PUBLISHED)
    office.says("score", "publish", *HALF, *PUBLISHED, "--as", SUPERVISOR)
    assert "另有 1 条扣分" in office.says("score", "show", *HALF, *LATER)
    assert [line["unit"] for line in office.data("score", "show", *HALF, *LATER)["others"]] == ["未明确"]


def test_an_evaluation_is_answered_as_data_too(office: Terminal) -> None:
    data = office.data("score", "evaluate", OWN, "--points", "90.5", "--period", "2026-Q2", "--as", LEADER)
    assert data == {"department": OWN, "points": 90.5, "from_on": "2026-04-01", "until_on": "2026-06-30"}


def test_any_span_of_days_can_be_previewed(office: Terminal) -> None:
    data = office.data(
        "score", "preview", "--from", "2026-06-13", "--until", "2026-06-30", *PUBLISHED, "--organ", "bureau"
    )
    assert [line["event"] for unit in data["units"] for line in unit["lines"]] == ["urged"]
    assert data["period"]["label"] == "2026-06-13 至 2026-06-30"


def test_a_rule_is_shown_changed_in_part_and_written_back_whole(office: Terminal, tmp_path: Path) -> None:
    assert "late：逾期每次扣5分，最多扣30分" in office.says("score", "rule", "show", "--organ", "bureau")
    act = ("--as", SUPERVISOR, "--on", "2026-03-02")
    changed = office.data("score", "rule", "set", "--event", "late=6:18", "--event", "urged=0", "--start", "110", *act)
    assert (changed["version"], changed["start"], changed["made_on"]) == (2, 110, "2026-03-02")
    assert changed["events"][0] == {"event": "late", "points": 6, "cap": 18}
    assert "没有变动" in office.refused("score", "rule", "set", "--start", "110", *act)

    changed["leader_weight"] = 35
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    assert "第 3 版" in office.says("score", "rule", "set", "--file", file, *act)
    toml = tmp_path / "rule.toml"
    toml.write_text('name = "季度考核"\n[[events]]\nevent = "逾期"\npoints = 0.5\n', encoding="utf-8")
    assert "“季度考核”第 1 版" in office.says("score", "rule", "set", "--file", toml, *act)

    listed = office.data("score", "rule", "list", "--organ", "bureau")
    assert [(rule["name"], rule["version"], rule["leader_weight"]) for rule in listed] == [
        ("季度考核", 1, 20), ("常规考核", 1, 20), ("常规考核", 2, 20), ("常规考核", 3, 35),
    ]  # fmt: skip
    assert "季度考核" in office.says("score", "rule", "list", "--organ", "bureau")
    assert "起评 110 分，领导评价占 35%" in office.says("score", "rule", "show", "--as", SUPERVISOR)
    assert office.data("score", "preview", *HALF, *PUBLISHED, "--rule", "季度考核")["rule"]["name"] == "季度考核"
    assert "没有第 9 版；现有：1、2、3" in office.refused("score", "rule", "show", "--version", "9", "--as", SUPERVISOR)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("[]", "不是一套考核规则"),
        ('{"start": "一百"}', "有误：start"),
        ('{"events": ["late"]}', "不是一套考核规则"),
        ('{"weights": 3}', "有误：weights"),
        ("{", "不是有效的 JSON 或 TOML"),
    ],
)
def test_a_file_that_is_no_rule_is_refused(office: Terminal, tmp_path: Path, content: str, refusal: str) -> None:
    file = tmp_path / "rule.json"
    file.write_text(content, encoding="utf-8")
    assert refusal in office.refused("score", "rule", "set", "--file", file, "--as", SUPERVISOR)
    assert "无法打开" in office.refused("score", "rule", "set", "--file", tmp_path / "none.json", "--as", SUPERVISOR)
