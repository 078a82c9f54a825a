"""The item page: what it tells, how the day explains itself, and at what cost."""

import re
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import unit_of_work
from models.items.item import Importance, WorkItem
from models.people.person import Role
from tests.item_forms import file, fill
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def part(visitor: Visitor, heading: str, path: str = "/items/1") -> str:
    """The words of one section of the page."""
    html = visitor.get(path).text
    start = html.index(f"<h2>{heading}</h2>")
    return words_of(html[start : html.index("</section>", start)])


def happenings(visitor: Visitor, path: str = "/items/1") -> list[str]:
    """The lines of the timeline, newest first, without what they quote."""
    html = visitor.get(path).text
    lines = re.findall(
        r"<li[^>]*><span class=\"quiet\">([^<]*)</span> <b>(.*?)</b> ([^<]*)", html[html.index("经过") :]
    )
    return [" ".join(" ".join(words).split()) for words in lines]


def test_the_head_says_who_answers_and_how_long_there_is(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", importance=Importance.MAJOR)

    page = web.of(LEADER).read("/items/1")

    assert "6月30日（周二） 还有19个工作日" in page
    assert f"承办人 {HANDLER} 科室负责人 {HEAD} 分管领导 {LEADER} 第一责任人 {FIRST} 督办员 {SUPERVISOR}" in page
    assert "还缺佐证 应有 2 件，现有 0 件" in page
    assert "正常 在办 重大" in page


def test_a_day_that_moved_tells_every_move_with_who_and_why(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.extend("1", to="2026-07-15", on="2026-06-02")
    office.approve("1", on="2026-06-02", to="2026-07-10")

    assert part(web.of(HANDLER), "时限") == (
        "时限 7月10日（周五） 完成时限 还有27个工作日 原定 6月30日（周二）"
        " 6月2日（周二） 批准延期：由 6月30日（周二） 改为 7月10日（周五）。"
        f"{HANDLER}申请延期（上级要求调整），{LEADER}批准"
    )


def test_the_timeline_tells_everything_newest_first(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", sign=False)
    web.of(HANDLER).act("/items/1/sign", {"seen": "9999"})
    office.today = day("2026-06-03")
    fill(web.of(HANDLER), "/items/1/report", content="已梳理一半", percent="50", files=[file("清单.txt", "一")])
    fill(web.of(LEADER), "/items/1/instruct", content="抓紧办理", due_on="2026-06-18")
    office.today = day("2026-06-04")
    fill(web.of(HANDLER), "/items/1/reply?instruction=1", content="已开会")
    fill(web.of(HANDLER), "/items/1/milestone", title="初稿", due_on="2026-06-10")
    fill(web.of(SUPERVISOR), "/items/1/urge", demand="请加快")
    fill(web.of(HANDLER), "/items/1/extend", to="2026-07-15", reason="上级要求", progress="一半")
    office.today = day("2026-06-05")
    fill(web.of(LEADER), "/items/1/refuse", reason="须按期")
    fill(web.of(SUPERVISOR), "/items/1/suspend", reason="等待批复")

    told = happenings(web.of(SUPERVISOR))

    assert sorted(told) == sorted(
        [
            f"6月5日（周五） 中止 {SUPERVISOR}",
            f"6月5日（周五） 不批准延期 {LEADER}",
            f"6月4日（周四） 申请延期：由 6月30日（周二） 延至 7月15日（周三） {HANDLER}",
            f"6月4日（周四） 催办，6月9日（周二） 前回复 {SUPERVISOR}",
            f"6月4日（周四） 设阶段节点“初稿”，时限 6月10日（周三） {HANDLER}",
            f"6月4日（周四） 反馈批示 {HANDLER}",
            f"6月3日（周三） 批示，6月18日（周四） 前办结 {LEADER}",
            f"6月3日（周三） 上传佐证材料 {HANDLER}",
            f"6月3日（周三） 填报进展 50% {HANDLER}",
            f"6月2日（周二） 签收（法规科） {HANDLER}",
            "6月1日（周一） 下达",
        ]
    )
    assert [line.split(" ")[0] for line in told] == sorted((line.split(" ")[0] for line in told), reverse=True)


def test_what_the_ladder_sent_stands_among_the_rest(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.fast_forward(to="2026-07-02")

    sent = [line for line in happenings(web.of(SUPERVISOR)) if "→" in line]

    assert sent
    assert all("提醒（" in line or "升级督办（" in line for line in sent)
    assert any(HANDLER in line for line in sent)


def test_a_transfer_says_who_did_it_and_why(office: Office, web: Web) -> None:
    office.department("执法科", head="孙科长")
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    fill(web.of(SUPERVISOR), "/items/1/transfer", department="执法科", reason="属执法科职责")

    assert f"转办 {SUPERVISOR} 属执法科职责" in web.of(SUPERVISOR).read("/items/1")


def test_documents_are_kept_as_files(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-02")
    page = web.of(HANDLER).get("/items/1").text
    path = re.search(r'href="(/documents/\d+\.docx)"', page)
    assert path is not None

    answer = web.of(HANDLER).get(path[1])

    assert answer.content.startswith(b"PK")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert web.of(OUTSIDER).get(path[1]).status_code == 404


def test_parts_of_an_item_lead_to_each_other(office: Office, web: Web) -> None:
    second = office.department("执法科", head="孙科长")
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", helping=(second,))
    supervisor = web.of(SUPERVISOR)
    fill(supervisor, "/items/1/split")

    assert '<a href="/items/2">1-1 制度清理（执法科）</a>（待签收）' in supervisor.get("/items/1").text
    assert '<a href="/items/1">1 制度清理</a>' in supervisor.get("/items/2").text


def test_an_item_of_a_plan_that_is_not_issued_says_so(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", issue=False)

    assert "计划尚未下达，这项任务还不能办理。" in web.of(SUPERVISOR).read("/items/1")


@pytest.mark.parametrize("path", ["/items/1", "/items/99"])
def test_an_outsider_cannot_tell_an_item_from_none(office: Office, web: Web, path: str) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    outsider = web.of(OUTSIDER)

    assert outsider.get(path).status_code == 404
    assert outsider.get(path).text == outsider.get("/items/98").text


def test_the_page_asks_as_much_of_the_database_however_large_the_plan(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    handler = web.of(HANDLER)
    few = statements(office.engine, lambda: handler.get("/items/1"))
    for place in range(20):
        office.assign(f"任务{place}", due="2026-07-30", issue=False)
    office.issue(on="2026-06-02")
    with unit_of_work(office.engine) as session:
        assert len(session.exec(select(col(WorkItem.id))).all()) == 21

    assert statements(office.engine, lambda: handler.get("/items/1")) == few


def test_the_page_asks_as_much_of_the_database_however_much_happened(office: Office, web: Web) -> None:
    office.assign("例会", recurrence="FREQ=MONTHLY;BYMONTHDAY=-1", on="2026-06-01")
    handler = web.of(HANDLER)
    office.report("1", on="2026-06-02")
    office.attach("1", on="2026-06-02")
    office.instruct("1", "抓紧", due="2026-06-20", on="2026-06-02")
    few = statements(office.engine, lambda: handler.get("/items/1"))
    for place in range(5):
        office.report("1", f"第 {place} 次", on="2026-06-02")
        office.attach("1", f"{place}.txt", on="2026-06-02")
        office.instruct("1", f"再催 {place}", due="2026-06-20", on="2026-06-02")

    assert statements(office.engine, lambda: handler.get("/items/1")) == few


DEPUTY, SECOND_LEADER, HELPER, AUDITOR, ADMINISTRATOR = "钱代办", "周副局", "孙科长", "吴审计", "郑管理"
VIEWERS = (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, DEPUTY, SECOND_LEADER, HELPER, AUDITOR, ADMINISTRATOR)


@pytest.fixture
def staffed(office: Office) -> Office:
    """The office with everybody who may look at an item; the handler is away and has a deputy from the next day on."""
    more = {
        DEPUTY: Role.HANDLER, SECOND_LEADER: Role.LEADER, AUDITOR: Role.AUDITOR, ADMINISTRATOR: Role.ADMINISTRATOR
    }  # fmt: skip
    for name, role in more.items():
        office.hire(name, role)
    helping = (office.department("执法科", head=HELPER), office.department("办公室", head="冯主任"))
    office.assign("制度清理", due="2026-06-05", on="2026-06-01", helping=helping, leaders=(LEADER, SECOND_LEADER))
    office.leave(HANDLER, first="2026-06-03", last="2026-06-10", deputy=DEPUTY)
    return office


def enrich(office: Office, web: Web) -> None:
    """Everything that can happen to an item happens to it, most of it more than once."""
    on = "2026-06-02"
    fill(web.of(SUPERVISOR), "/items/1/split")
    for place in range(3):
        office.sweep(f"2026-06-0{place + 1}")
        office.report("1", f"第 {place} 次", on=on, percent=20 * place)
        office.attach("1", f"{place}.txt", on=on)
        office.instruct("1", f"抓紧 {place}", due="2026-06-20", on=on)
        fill(web.of(HANDLER), f"/items/1/reply?instruction={place + 1}", content="已开会")
        fill(web.of(HANDLER), "/items/1/milestone", title=f"第 {place} 稿", due_on=f"2026-06-0{place + 3}")
    fill(web.of(SUPERVISOR), "/items/1/urge", demand="请加快")
    office.suspend("1", on=on)
    office.resume("1", on=on)
    office.extend("1", to="2026-07-15", on=on)
    office.approve("1", on=on)
    office.extend("1", to="2026-08-15", on=on)


def asked_by_all(office: Office, web: Web, **query: str) -> dict[str, int]:
    """How many statements the page takes for each of the viewers, who all see it."""
    return {who: statements(office.engine, partial(web.of(who).read, "/items/1", **query)) for who in VIEWERS}


def test_the_page_takes_at_most_sixteen_statements_whoever_looks_and_whatever_happened(
    staffed: Office, web: Web
) -> None:
    poor = asked_by_all(staffed, web)
    enrich(staffed, web)
    rich = asked_by_all(staffed, web)
    staffed.today = day("2026-06-03")
    stood_in_for = asked_by_all(staffed, web)
    looking_back = asked_by_all(staffed, web, on="2026-06-02")

    assert max(poor.values()) <= 14
    # Parts of an item are shown to those only who may see them: that is one more question, however many there are.
    # Whoever decides at another level than the one whose turn it is comes in where nobody else is left there.
    assert {who: asked - poor[who] for who, asked in rich.items()} == dict.fromkeys(VIEWERS, 1) | {SUPERVISOR: 2}
    assert stood_in_for == rich
    assert max(looking_back.values()) <= 16
