import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from models.audit import AuditEntry
from models.database import key, unit_of_work
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.person import Person, Role
from models.people.saved_view import SavedView
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, words_of

BUDGET = 120 * 1024
"""Bytes of a page with all it fetches."""


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path)
    office.assign("普法宣传", due="2026-06-10", number="1")
    office.assign("行政复议", due="2026-06-25", number="2", to=HEAD)
    office.report("2", on="2026-06-20", percent=95)
    office.assign("合同审查", due="2026-12-01", number="10", sign=False)
    office.today = day("2026-06-23")
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def titles(html: str) -> list[str]:
    """The items of the page, from the top."""
    return re.findall(r'<th scope="row"><a href="/items/\d+[^"]*">([^<]*)</a>', html)


def listed(visitor: Visitor, query: str = "") -> list[str]:
    answer = visitor.get(f"/items{query}")
    assert answer.status_code == 200, words_of(answer.text)
    return titles(answer.text)


def test_the_list_shows_each_item_with_its_light_day_and_people(web: Web) -> None:
    words = web.of(SUPERVISOR).read("/items")
    assert "逾期 1 普法宣传 法规科 李承办 6月10日（周三） 逾期8个工作日 0% 在办 催办" in words
    assert "临期 2 行政复议 法规科 王科长 6月25日（周四） 还有2个工作日 95% 在办 催办" in words
    assert "共 3 项" in words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["普法宣传", "行政复议", "合同审查"]),
        ("?sort=number&desc=1", ["合同审查", "行政复议", "普法宣传"]),
        ("?q=审查", ["合同审查"]),
        ("?light=red&light=yellow", ["普法宣传", "行政复议"]),
        ("?only=unsigned", ["合同审查"]),
        ("?from=2026-06-11&until=2026-06-30", ["行政复议"]),
        ("?state=closed", []),
        ("?department=0", []),
        ("?size=20&only=open&sort=light", ["普法宣传", "行政复议", "合同审查"]),
    ],
)
def test_the_address_filters_and_sorts(web: Web, query: str, found: list[str]) -> None:
    assert listed(web.of(SUPERVISOR), query) == found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("light=violet", "亮灯“violet”无法识别；可用：red（逾期）"),
        ("from=yesterday", "时限起“yesterday”无法识别：请写成 2026-06-30 的形式"),
        ("project=x", "项目“x”无法识别：应为数字"),
        ("column=colour", "没有名为“colour”的列"),
        ("after=nowhere", "翻页位置无法识别"),
        ("sort=size", "排序“size”无法识别"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_is_told_so(web: Web, query: str, said: str) -> None:
    answer = web.of(SUPERVISOR).get(f"/items?{query}")
    assert (answer.status_code, said in words_of(answer.text)) == (400, True)


def test_each_person_sees_their_own_and_an_outsider_nothing(web: Web, office: Office) -> None:
    office.hire("周其他", Role.LEADER, "副局长")
    assert [len(listed(web.of(name))) for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, "周其他")] == [
        3, 3, 3, 3, 3, 0
    ]  # fmt: skip
    outsider = web.of(OUTSIDER)
    assert "还没有" in outsider.read("/items")
    for path in ("/items?organ=bureau", "/items/export.csv?organ=bureau", "/items/urge?organ=bureau&item=1"):
        assert outsider.get(path).status_code == 404
    for path in ("/items/urge?item=1", "/items/transfer?item=1"):
        assert outsider.get(path).status_code == 404


def test_a_number_searched_for_leads_to_the_item_and_a_filter_stays(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    jumped = visitor.client.get("/search?q=10", follow_redirects=False)
    assert (jumped.status_code, jumped.headers["location"]) == (303, "/items/3")
    assert listed(visitor, "?q=10") == ["合同审查"]
    assert listed(visitor, "?q=1&sort=due") == ["普法宣传", "合同审查"]
    assert listed(visitor, "?q=审查 合同") == ["合同审查"]
    assert listed(visitor, "?q=无此事") == []


def test_pages_lead_on_and_back(web: Web, office: Office) -> None:
    fill(office, 45)
    visitor = web.of(SUPERVISOR)
    seen: list[str] = []
    address: str | None = "/items?size=20&sort=number"
    last = ""
    while address:
        last = visitor.get(address).text
        seen += titles(last)
        address = link(last, "next")
    assert len(seen) == len(set(seen)) == 48
    assert "第 41–48 项，共 48 项" in words_of(last)
    before = visitor.get(link(last, "prev") or "").text
    assert titles(before) == seen[20:40]


def link(html: str, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]*)" rel="{rel}"', html)
    return found[1].replace("&amp;", "&") if found else None


def test_only_the_columns_asked_for_are_shown_and_kept(web: Web) -> None:
    html = web.of(SUPERVISOR).get("/items?column=light&column=project&column=closed").text
    head = html[html.index("<thead>") : html.index("</thead>")]
    assert words_of(head) == "选择 亮灯 任务 项目 销号日 办理"
    assert "column=light&amp;column=project&amp;column=closed" in html


def test_what_is_empty_says_what_to_do(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "没有符合条件的任务。可以去掉上面的条件" in visitor.read("/items?q=无此事")
    with unit_of_work(office.engine) as session:
        session.add(AnnualPlan(organ_id=office.organ_id, year=2027, title="2027年度工作要点"))
    assert "2027年度工作要点里还没有您可以查看的任务" in visitor.read("/items?year=2027")


def test_the_one_action_of_a_row_is_what_the_person_does_next(web: Web) -> None:
    html = web.of(HANDLER).get("/items").text
    assert re.findall(r'<a class="button small" href="([^"]*)">([^<]*)</a>', html) == [
        ("/items/1/report", "填报"),
        ("/items/3/sign", "签收"),
    ]


def test_a_view_is_kept_shared_and_forgotten_by_whoever_made_it(web: Web, office: Office) -> None:
    supervisor, head = web.of(SUPERVISOR), web.of(HEAD)
    said = supervisor.act("/items/views", {"name": "红灯", "query": "light=red&sort=number", "shared": "yes"})
    assert "已保存视图“红灯”，本单位的人都能使用" in said
    supervisor.act("/items/views", {"name": "自用", "query": "q=审查"})
    html = head.get("/items").text
    assert ('<a href="/items?light=red&amp;sort=number">红灯</a>' in html, "自用" in html) == (True, False)
    red, own = (view.id for view in sorted(office.rows(SavedView), key=lambda view: view.name == "自用"))
    assert head.post(f"/items/views/{red}/delete").status_code == 404
    assert "已删除视图“红灯”" in supervisor.act(f"/items/views/{red}/delete")
    supervisor.act("/items/views", {"name": "自用", "query": "q=复议", "shared": "yes"})
    assert [(view.id, view.query, view.shared) for view in office.rows(SavedView)] == [
        (own, "q=%E5%A4%8D%E8%AE%AE", True)
    ]
    assert web.of(OUTSIDER).get("/items").text.count("自用") == 0
    assert supervisor.post("/items/views", {"name": "", "query": ""}).status_code == 400
    assert supervisor.post("/items/views", {"name": "错", "query": "light=violet"}).status_code == 400


def test_urging_shows_first_whom_it_reaches_and_what_is_refused(web: Web, office: Office) -> None:
    office.close("2", on="2026-06-22")
    supervisor = web.of(SUPERVISOR)
    shown = supervisor.read("/items/urge?item=1&item=2&item=3&light=red")
    assert "将通知 1 人：李承办" in shown
    assert "2 行政复议 现为“已销号”：只催办“待签收”、“转办异议”、“在办”的任务" in shown
    assert office.rows(AuditEntry)[-1].action != "urge"
    assert "已催办 2 项" in supervisor.act(
        "/items/urge", {"item": ["1", "3"], "demand": "请抓紧", "query": "light=red"}
    )
    assert [entry.item_id for entry in office.rows(AuditEntry) if entry.action == "urge"] == [None, 1, 3]
    again = supervisor.read("/items/urge?item=1")
    assert "已于 2026-06-23 催办" in again
    assert "催办 0 项" in again


def test_what_is_refused_in_an_urging_keeps_what_was_typed(web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    answer = supervisor.post("/items/urge", {"item": ["1"], "demand": "请尽快", "reply_by": "2026-06-01"})
    assert (answer.status_code, "回复期限 2026-06-01 不可用" in answer.text, "请尽快" in answer.text) == (
        400,
        True,
        True,
    )
    assert web.of(HANDLER).get("/items/urge?item=1").status_code == 403
    assert web.of(HANDLER).post("/items/urge", {"item": ["1"]}).status_code == 403
    assert supervisor.get("/items/urge").status_code == 400
    assert supervisor.post("/items/urge", {"item": ["1"]}, csrf=False).status_code == 403


def test_giving_items_away_is_foreseen_then_done_item_by_item(web: Web, office: Office) -> None:
    office.hire("孙接手")
    office.close("2", on="2026-06-22")
    person, department = str(person_id(office, "孙接手")), str(office.department_id)
    supervisor = web.of(SUPERVISOR)
    assert "李承办" in supervisor.read("/items/transfer?item=1&item=2")
    asked = {"item": ["1", "2", "3"], "department": department, "handler": person, "reason": "岗位调整"}
    foreseen = supervisor.post("/items/transfer", asked)
    assert foreseen.status_code == 200
    words = words_of(foreseen.text)
    assert "将转给法规科、孙接手 2 项，1 项不能改" in words
    assert "任务 2 现为“已销号”（2026-06-22 销号），不能转办" in words
    assert [item.assignments for item in office.rows(WorkItem)] == [1, 1, 1]
    done = supervisor.post("/items/transfer", asked | {"sure": "yes"})
    assert "已转给法规科、孙接手 2 项，1 项未能改" in words_of(done.text)
    assert [item.assignments for item in office.rows(WorkItem)] == [2, 1, 2]
    assert [entry.reason for entry in office.rows(AuditEntry) if entry.action == "transfer"] == ["岗位调整"] * 2
    moved = supervisor.act(
        "/items/transfer", asked | {"item": ["1"], "handler": str(person_id(office, HANDLER)), "sure": "y"}
    )
    assert "已把 1 项任务转给法规科、李承办" in moved


def test_giving_away_needs_a_target_a_reason_and_the_right(web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    nobody = supervisor.post("/items/transfer", {"item": ["1"], "reason": "调整分工"})
    assert (nobody.status_code, "请选择转给哪个科室" in nobody.text, "调整分工" in nobody.text) == (400, True, True)
    silent = supervisor.post("/items/transfer", {"item": ["1"], "department": "1"})
    assert (silent.status_code, "理由不能为空" in silent.text) == (400, True)
    assert web.of(HANDLER).get("/items/transfer?item=1").status_code == 403
    assert (
        supervisor.post("/items/transfer", {"item": ["1", "99"], "department": "1", "reason": "x"}).status_code == 404
    )


def person_id(office: Office, name: str) -> int:
    return next(key(person.id) for person in office.rows(Person) if person.name == name)


def fill(office: Office, count: int) -> None:
    """More items like the first."""
    numbered = len(office.rows(WorkItem))
    with unit_of_work(office.engine) as session:
        alike = session.get_one(WorkItem, 1).model_dump(exclude={"id", "number", "title"})
        session.add_all(WorkItem(**alike, number=f"9.{numbered + at}", title=f"又一项任务{at}") for at in range(count))


def test_a_page_of_ten_and_one_of_sixty_ask_the_database_equally_often(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    counts = []
    asked: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    for more, rows in ((7, 10), (50, 60)):
        fill(office, more)
        visitor.get("/items")
        asked.clear()
        assert len(listed(visitor, "?size=200")) == rows
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_full_page_with_all_it_fetches_is_light(web: Web, office: Office) -> None:
    fill(office, 60)
    visitor = web.of(SUPERVISOR)
    html = visitor.get("/items").text
    parts = set(re.findall(r'(?:href|src)="(/static/[^"#]*)', html))
    weight = len(html.encode()) + sum(len(visitor.get(part).content) for part in parts)
    assert weight <= BUDGET
