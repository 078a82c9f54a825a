"""`duban policy`: what an office edits of its ladders and terms, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.ladder.policy import PRESETS
from tests.homes import lay_home
from tests.terminal import Terminal


@pytest.fixture
def office(tmp_path: Path) -> Terminal:
    return Terminal(lay_home(tmp_path / "data"))


def written(folder: Path, data: Any) -> Path:
    file = folder / "policy.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def test_the_presets_are_listed_and_shown_in_words(office: Terminal) -> None:
    assert office.data("policy", "list") == list(PRESETS)
    shown = office.says("policy", "show", "三级预警")
    for words in (
        "到期前10个工作日",
        "督办员 → 分管领导或第一责任人",
        "滞后 10 个百分点黄，超过 30 红",
        "每月，25 日前",
    ):
        assert words in shown


@pytest.mark.parametrize("name", list(PRESETS))
def test_what_is_shown_can_be_set_and_is_the_same_again(office: Terminal, tmp_path: Path, name: str) -> None:
    shown = office.data("policy", "show", name)
    assert office.data("policy", "set", written(tmp_path, shown)) == shown
    assert office.data("policy", "show", name) == shown
    assert office.data("policy", "list") == list(PRESETS)


def test_a_policy_of_ones_own_in_toml_with_chinese_words(office: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'name = "本局办法"\nlag_yellow = 15\nlag_red = 40\nfilling = "每季度"\n'
        'closure_levels = [["督办员"], ["分管领导"]]\n'
        '[evidence_rules.major]\npieces = 3\ncategories = ["成果展示"]\n'
        '[[rungs]]\nrelation = "到期前"\noffset = 5\nunit = "个工作日"\nroles = ["承办人"]\n'
        '[[rungs]]\nrelation = "逾期"\noffset = 1\nroles = ["承办人", "第一责任人"]\n'
        'colour = "红"\ndocument = "红色督办单"\n',
        encoding="utf-8",
    )
    assert "共 2 级" in office.says("policy", "set", file)
    shown = office.data("policy", "show", "本局办法")
    assert (shown["lag_yellow"], shown["lag_red"], shown["filling"]) == (15, 40, "quarterly")
    assert shown["closure_levels"] == [["supervisor"], ["leader"]]
    assert shown["evidence_rules"] == {"major": {"pieces": 3, "categories": ["result"]}}
    assert [(rung["relation"], rung["offset"], rung["document"]) for rung in shown["rungs"]] == [
        ("before", 5, None),
        ("after", 1, "红色督办单"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name"),
        ({"rungs": []}, "rungs 应为不空的列表"),
        ({"near_day": 3}, "不认识的条款 near_day"),
        ({"near_days": -1}, "应为 0 至 60 的整数"),
        ({"near_days": True}, "应为 0 至 60 的整数"),
        ({"lag_yellow": 40}, "不能大于 lag_red"),
        ({"filling": "fortnightly"}, "monthly"),
        ({"closure_levels": [["boss"]]}, "closure_levels 的一级"),
        ({"closure_levels": [[]]}, "应为角色的列表"),
        ({"evidence_rules": {"huge": {}}}, "重要程度"),
        ({"evidence_rules": {"major": {"count": 1}}}, "只能有 pieces"),
        ({"evidence_rules": []}, "evidence_rules 应为"),
        ({"rungs": [{"relation": "before", "offset": 1, "roles": ["handler"], "when": 3}]}, "when 不认识"),
        ({"rungs": [{"relation": "during", "offset": 1, "roles": ["handler"]}]}, "第 1 级 relation"),
        ({"rungs": [{"relation": "before", "offset": 9999, "roles": ["handler"]}]}, "第 1 级 offset"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(
    office: Terminal, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    before = office.data("policy", "show", "常规")
    assert words in office.refused("policy", "set", written(tmp_path, before | change))
    assert office.data("policy", "show", "常规") == before


def test_a_file_that_is_no_policy_is_refused(office: Terminal, tmp_path: Path) -> None:
    assert "无法打开" in office.refused("policy", "set", tmp_path / "nowhere.json")
    assert "一个策略" in office.refused("policy", "set", written(tmp_path, ["常规"]))
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert "不是有效的" in office.refused("policy", "set", tmp_path / "broken.json")
    assert "可用：常规" in office.refused("policy", "show", "没有的")
