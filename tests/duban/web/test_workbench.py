"""The workbench as a page: what is to be done, done from there, by whoever it is for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.item import ItemState
from models.people.person import Role
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, field_value, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-10")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_an_item_is_signed_for_with_one_press_and_the_way_leads_back(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-30", sign=False)
    handler = web.of(HANDLER)
    html = handler.get("/").text
    assert field_value(html, "back") == "/"

    page = handler.act("/items/1/sign", {"seen": field_value(html, "seen"), "back": field_value(html, "back")})

    assert "任务 1 已签收" in page
    assert "工作台" in page
    assert office.item("1").state is ItemState.ACTIVE
    assert "今天没有要办的事" in page
    assert "接下来：普法宣传 ，6月30日（周二），还有13个工作日。" in page


def test_a_press_after_somebody_else_acted_says_what_happened_meanwhile(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-30", sign=False)
    seen = field_value(web.of(HANDLER).get("/").text, "seen")
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-10")

    answer = web.of(HANDLER).post("/items/1/sign", {"seen": seen, "back": "/"})

    assert answer.status_code == 409
    assert "批示" in words_of(answer.text)


def test_a_request_is_answered_from_the_leaders_desk(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-07-20", on="2026-06-01")
    office.extend("1", to="2026-08-31", on="2026-06-09", reason="汛期停工")
    leader = web.of(LEADER)

    page = leader.read("/")
    assert "1 待批" in page
    assert "李承办申请延至8月31日：汛期停工" in page
    html = leader.get("/").text
    assert 'href="/items/1/approve?back=%2F"' in html
    assert 'href="/items/1/refuse?back=%2F"' in html

    form = leader.get("/items/1/approve", back="/").text
    page = leader.act("/items/1/approve", {"seen": field_value(form, "seen"), "back": "/"})
    assert "延期已批准" in page
    assert "0 待批" in page


def test_a_leader_sees_three_numbers_what_came_up_and_the_brief(office: Office, web: Web) -> None:
    office.today = day("2026-06-01")
    office.assign("制度清理", due="2026-06-05", number="12")
    office.fast_forward("2026-07-14", send=False)
    office.instruct("12", "请说明原因", due="2026-07-31", on="2026-07-14")

    page = web.of(LEADER).read("/")

    assert "1 红灯 0 待批 1 批示未复" in page
    assert "升级到我的 1 项" in page
    assert "一页简报" in page
    html = web.of(LEADER).get("/").text
    assert 'href="/mine/led-red"' in html
    assert "12 制度清理" in web.of(LEADER).read("/mine/led-red")
    assert "没有这样的任务" in web.of(HANDLER).read("/mine/led-red")
    assert 'href="/items/1/instruct?back=%2F"' in html
    assert "升级到我的" not in web.of(HANDLER).read("/")


def test_a_supervisor_sees_who_has_not_filed_or_signed_and_every_number_has_its_rows(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-12-31")
    office.assign("执法检查", due="2026-12-31", sign=False)
    office.today = day("2026-06-29")
    supervisor = web.of(SUPERVISOR)

    assert "法规科 2 2 1" in supervisor.read("/")
    assert "未填报 2 项" in supervisor.read(f"/mine/unfiled?department={office.department_id}")
    unsigned = supervisor.read("/mine/unsigned")
    assert ("执法检查" in unsigned, "普法宣传" in unsigned) == (True, False)
    assert web.of(HANDLER).get("/mine/unfiled").status_code == 404


def test_ones_numbers_lead_to_their_rows(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-08")
    office.assign("执法检查", due="2026-06-30", on="2026-06-08")
    office.assign("制度清理", due="2026-06-30", on="2026-06-08")
    office.ask_closure("1", on="2026-06-09")
    office.close("2", on="2026-06-09")

    html = web.of(HANDLER).get("/").text
    assert "2 未办结 0 逾期 1 等待他人 1 已办结 1 按期办结 0 被退回过" in words_of(html)
    assert "/items?year=2026&amp;only=mine&amp;state=issued" in html
    handler = web.of(HANDLER)
    assert "普法宣传" in handler.read("/mine/waiting")
    assert "执法检查" in handler.read("/mine/on-time")
    assert "没有这样的任务" in handler.read("/mine/returned")
    assert "本科室的任务" in web.of(HEAD).read("/")
    assert f"/items?year=2026&amp;department={office.department_id}" in web.of(HEAD).get("/").text
    assert handler.get("/mine/anything").status_code == 404


def test_an_outsider_reads_nothing(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-05")

    assert "普法宣传" not in web.of(OUTSIDER).read("/")
    assert web.of(OUTSIDER).get("/", organ="bureau").status_code == 404


def test_an_office_without_a_plan_is_told_what_to_do(office: Office, web: Web) -> None:
    assert "还没有年度计划" in web.of(OUTSIDER).read("/")
    assert "还没有下达" in web.of(SUPERVISOR).read("/")


def test_an_administrator_reads_how_the_system_stands_in_a_line(office: Office, web: Web) -> None:
    office.hire("钱管理", Role.ADMINISTRATOR, "管理员")
    office.assign("普法宣传", due="2026-06-30")
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-10")

    assert "系统：待发通知 1 条" in web.of("钱管理").read("/")
    assert "系统：" not in web.of(HANDLER).read("/")


@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, FIRST, SUPERVISOR])
def test_the_page_asks_as_often_however_much_there_is(office: Office, web: Web, who: str) -> None:
    def live(first: int, last: int) -> None:
        for place in range(first, last):
            office.assign(f"事项{place}", due="2026-06-05", number=str(place), issue=False)
            office.assign(f"延期{place}", due="2026-12-30", number=f"e{place}", issue=False)
        office.issue(on="2026-06-01")
        for place in range(first, last):
            office.extend(f"e{place}", to="2027-01-31", on="2026-06-02")
            office.instruct(f"e{place}", "抓紧", due="2026-06-12", on="2026-06-02")

    visitor = web.of(who)
    live(0, 2)
    visitor.get("/")
    few = statements(office.engine, lambda: visitor.get("/"))
    live(2, 8)
    assert statements(office.engine, lambda: visitor.get("/")) == few
