"""Two people at the same item: the second is told what the first did, and nothing that was typed is lost."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.item import ItemState
from models.items.progress import ProgressEntry
from tests.item_forms import carried, fill, press
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office, day
from tests.web import Web, field_value, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_the_second_of_two_is_told_what_changed_and_loses_nothing(office: Office, web: Web) -> None:
    supervisor, handler = web.of(SUPERVISOR), web.of(HANDLER)
    opened = carried(supervisor, "/items/1/suspend")
    fill(handler, "/items/1/report", content="已报批", percent="60")

    answer = supervisor.post("/items/1/suspend", opened | {"reason": "等待批复"})

    words = words_of(answer.text)
    assert answer.status_code == 409
    assert f"任务 1 已有变化（{HANDLER}填报进展）" in words
    assert f"今天 09:00 填报进展 {HANDLER}" in words
    assert "等待批复</textarea>" in answer.text
    assert "仍要中止" in words
    assert office.item("1").state is ItemState.ACTIVE

    again = field_value(answer.text, "seen")
    assert "已中止" in supervisor.act("/items/1/suspend", {"reason": "等待批复", "seen": again})
    assert office.item("1").state is ItemState.SUSPENDED


def test_a_third_change_is_told_anew(web: Web) -> None:
    supervisor, handler, head = web.of(SUPERVISOR), web.of(HANDLER), web.of(HEAD)
    opened = carried(supervisor, "/items/1/suspend")
    fill(handler, "/items/1/report", content="第一次")
    first = supervisor.post("/items/1/suspend", opened | {"reason": "等待批复"})
    fill(head, "/items/1/report", content="第二次")

    second = supervisor.post("/items/1/suspend", {"reason": "等待批复", "seen": field_value(first.text, "seen") or ""})

    assert second.status_code == 409
    assert f"任务 1 已有变化（{HEAD}填报进展）" in words_of(second.text)


def test_ones_own_last_act_is_no_surprise(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    opened = carried(handler, "/items/1/report")

    handler.act("/items/1/report", opened | {"content": "第一次"})
    handler.act("/items/1/report", opened | {"content": "第二次"})

    assert [entry.text for entry in office.rows(ProgressEntry)] == ["第一次", "第二次"]


def test_a_button_that_did_not_see_a_change_asks_once_more(office: Office, web: Web) -> None:
    supervisor, handler, leader = web.of(SUPERVISOR), web.of(HANDLER), web.of(LEADER)
    fill(supervisor, "/items/1/suspend", reason="等待批复")
    opened = carried(supervisor, "/items/1")
    fill(leader, "/items/1/instruct", content="抓紧恢复", due_on="2026-06-18")

    answer = supervisor.post("/items/1/resume", opened)

    assert answer.status_code == 409
    assert f"{LEADER}批示" in words_of(answer.text)
    again = field_value(answer.text, "seen") or ""
    assert "任务 1 已恢复" in supervisor.act("/items/1/resume", {"seen": again})
    assert handler.get("/items/1").status_code == 200


def test_a_button_pressed_twice_tells_how_the_matter_stands(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    fill(supervisor, "/items/1/suspend", reason="等待批复")
    opened = carried(supervisor, "/items/1")
    press(supervisor, 1, "resume")

    answer = supervisor.post("/items/1/resume", opened)

    words = words_of(answer.text)
    assert answer.status_code == 403
    assert "任务 1 现为“在办”，不能恢复：须在“中止”时" in words
    assert "返回" in words


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "１２"])
def test_a_form_that_does_not_say_what_it_showed_does_nothing(office: Office, web: Web, seen: str) -> None:
    answer = web.of(HANDLER).post("/items/1/report", {"content": "进展", "seen": seen})

    assert answer.status_code == 400
    assert "请刷新页面后再试" in words_of(answer.text)
    assert "进展</textarea>" in answer.text
    assert office.rows(ProgressEntry) == []


def test_after_the_act_one_is_back_where_one_came_from(web: Web) -> None:
    handler = web.of(HANDLER)
    form = handler.get("/items/1/report", back="/items?only=mine")
    typed = {"content": "进展", "seen": field_value(form.text, "seen") or ""}

    answer = handler.post("/items/1/report", typed | {"back": field_value(form.text, "back") or ""})

    assert (answer.status_code, answer.headers["location"]) == (303, "/items?only=mine")


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_no_form_leads_out_of_our_pages(web: Web, back: str) -> None:
    handler = web.of(HANDLER)
    form = handler.get("/items/1/report", back=back)
    typed = {"content": "进展", "seen": field_value(form.text, "seen") or "", "back": back}

    assert back not in form.text
    assert handler.post("/items/1/report", typed).headers["location"] == "/items/1"
