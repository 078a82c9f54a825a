"""查找: the box above every page, what it leads to, and the same for programs."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.program import program_of
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    for number in range(1, 8):
        made.assign(f"普法<b>宣传</b>第{number}场", due="2026-06-30", on="2026-06-01")
    made.report("1", on="2026-06-03", percent=40)
    made.instruct("1", "宣传要有实效", due="2026-06-18", on="2026-06-04")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_every_page_has_the_box_and_it_leads_to_groups_with_their_numbers(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    box = visitor.get("/board").text
    assert '<form class="search" role="search" action="/search"' in box
    assert 'data-key="/"' in box

    html = visitor.get("/search?q=宣传").text
    chips = words_of(html[html.index('<ul class="chips">') : html.index("</ul>", html.index('<ul class="chips">'))])

    # An instruction is a piece of the leader's own work too, and may have a sheet.
    assert chips == "全部 10 任务 7 批示 1 台账 1 文书 1"
    assert 'value="宣传"' in html
    assert "查看全部 7 项" in html


def test_what_is_found_is_marked_and_nothing_in_it_is_taken_for_markup(web: Web) -> None:
    html = web.of(SUPERVISOR).get("/search?q=宣传 b").text

    assert "普法&lt;<mark>b</mark>&gt;<mark>宣传</mark>&lt;/<mark>b</mark>&gt;第" in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in web.of(SUPERVISOR).get("/search?q=<script>").text


def test_a_group_is_seen_whole_and_other_groups_stay_in_sight(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    for number in range(8, 24):
        office.assign(f"普法宣传第{number}场", due="2026-06-30", on="2026-06-01")
    html = visitor.get("/search?q=宣传&group=items").text
    assert "第 1 页，共 2 页" in words_of(html)
    assert "批示 1" in words_of(html)
    following = re.search(r'<a href="([^"]*)" rel="next"', html)
    assert following is not None
    second = visitor.get(following[1].replace("&amp;", "&")).text
    assert second.count('<li>\n      <a class="name"') == 3
    assert visitor.get("/search?q=宣传&group=items&page=9").status_code == 200


def test_a_number_alone_leads_to_its_item(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    jumped = visitor.client.get("/search?q= 3 ", follow_redirects=False)
    assert (jumped.status_code, jumped.headers["location"]) == (303, "/items/3")
    assert visitor.client.get("/search?q=3&group=items", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    ("query", "says", "status"),
    [
        ("", "请在页面上方输入要找的词", 200),
        ("、。", "请在页面上方输入要找的词", 200),
        ("没有的事", "没有找到同时含有这些词的内容", 200),
        ("字" * 101, "查找的文字过长：最多 100 字。", 400),
        ("1 2 3 4 5 6 7 8 9", "查找的词过多：最多 8 个", 400),
    ],
)
def test_what_finds_nothing_says_what_would(web: Web, query: str, says: str, status: int) -> None:
    answer = web.of(SUPERVISOR).client.get("/search", params={"q": query})
    assert (answer.status_code, says in words_of(answer.text)) == (status, True)


def test_an_outsider_finds_nothing_of_ours(web: Web) -> None:
    assert "没有找到" in web.of(OUTSIDER).read("/search?q=宣传")
    assert web.of(OUTSIDER).get("/search?q=宣传&organ=bureau").status_code == 404
    assert "任务 7" in web.of(HANDLER).read("/search?q=宣传")


def test_a_program_finds_the_same(web: Web) -> None:
    program = program_of(web, SUPERVISOR)
    told = program.read("/search", q="实效 宣传")
    assert (told["total"], [one["group"]["name"] for one in told["groups"]]) == (2, ["批示", "台账"])
    group = told["groups"][0]
    assert (group["group"], group["total"]) == ({"code": "instructions", "name": "批示"}, 1)
    assert [(one["what"], one["title"], one["item"]) for one in group["finds"]] == [
        ("批示", "宣传要有实效", "1 普法<b>宣传</b>第1场")
    ]
    whole = program.read("/search", q="宣传", group="items")
    assert [len(one["finds"]) for one in whole["groups"]] == [7]
