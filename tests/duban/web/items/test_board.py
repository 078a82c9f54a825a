"""The board as its readers see it: words beside colours, links behind numbers, and what to do where it is empty."""

import re
from html import escape, unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import delete

from models.database import key, unit_of_work
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.person import Role
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, statements


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-23")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_counts_say_their_word_their_number_and_their_change(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    office.report(office.assign("普法宣传", due="2026-06-30", on="2026-06-01"), percent=80, on="2026-06-19")

    words = web.of(SUPERVISOR).read("/board")

    assert "逾期 1 比上周多 1 临期 1" in words
    assert "法规科 逾期 1 临期 1 1 1 0 0 0 2" in words
    assert "逾期 1 项 1 制度清理 法规科 · 逾期1个工作日" in words


def test_every_number_leads_to_its_rows(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    visitor = web.of(SUPERVISOR)

    html = visitor.get("/board").text

    assert f'<a href="/items?light=red&amp;department={office.department_id}">1</a>' in html
    assert '<a href="/items/1" title="制度清理">1 制度清理</a>' in html
    assert "制度清理" in visitor.read(f"/items?light=red&department={office.department_id}")


def numbers_on(html: str) -> list[tuple[int, str]]:
    """Each number of the page that leads somewhere, and where to."""
    html = html[html.index("<main") :]
    counted = re.findall(r'<a[^>]* href="([^"]*)"[^>]*>(?:<span class="pill[^>]*>[^<]*</span> )?(?:<span[^>]*>)?'
                         r'(?:合计</span> <span class="figure">)?(\d+)(?: 项)?<', html)  # fmt: skip
    found = [(int(count), unescape(address)) for address, count in counted]
    drawn = re.findall(r'<a href="([^"]*)" aria-label="[^"]*,(\d+) 个时限"', html)
    return found + [(int(count), unescape(address)) for address, count in drawn]


def rows_of(visitor: Visitor, address: str) -> int:
    """How many rows the page of an address says it has."""
    words = visitor.read(address)
    found = re.search(r"共 (\d+) 项|，(\d+) 个时限|未填报 (\d+) 项", words)
    if found is None:
        assert "没有符合条件的任务" in words, words
        return 0
    return int(next(filter(None, found.groups())))


@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, SUPERVISOR])
@pytest.mark.parametrize("by", ["department", "project", "person"])
def test_every_number_is_as_many_rows_as_it_leads_to(office: Office, web: Web, who: str, by: str) -> None:
    office.department("执法科", head="孙科长")
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    office.report(office.assign("普法宣传", due="2026-06-30", on="2026-06-01"), percent=80, on="2026-06-19")
    office.assign("局务", due="2026-06-30", on="2026-06-01", to=None, department=False, leaders=(LEADER,))
    office.close(office.assign("权责清单", due="2026-06-25", on="2026-06-01"), on="2026-06-19")
    visitor = web.of(who)

    numbers = numbers_on(visitor.get(f"/board?by={by}").text)

    assert len(numbers) > 12
    assert numbers == [(rows_of(visitor, address), address) for _count, address in numbers]


def test_a_day_ahead_leads_to_what_is_open_on_it(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    visitor = web.of(SUPERVISOR)
    address = "/calendar?outcome=open&day=2026-06-30"

    assert f'href="{escape(address)}" aria-label="6月30日 工作日，1 个时限"' in visitor.get("/board").text
    assert "工作日，1 个时限（未完成）。" in (words := visitor.read(address))
    assert "制度清理 完成时限" in words


def test_who_has_not_filed_is_told_of_ones_own_items_only(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-09-30", on="2026-06-01")
    office.assign("局务", due="2026-09-30", on="2026-06-01", to=None, department=False, leaders=(FIRST,))

    assert "本期未填报 2 项" in web.of(SUPERVISOR).read("/board")
    assert "未明确 1 项" in web.of(SUPERVISOR).read("/board")
    assert "未填报 1 项" in web.of(HANDLER).read("/board/unfiled")
    assert "局务" not in web.of(HANDLER).read("/board/unfiled")
    assert "局务" in web.of(SUPERVISOR).read("/board/unfiled?department=0")


def test_who_has_not_filed_is_urged_from_the_board_for_this_and_for_past_periods_of_the_plan(
    office: Office, web: Web
) -> None:
    office.today = day("2026-06-10")
    for title in ("制度清理", "普法宣传", "执法检查"):
        office.assign(title, due="2026-12-31", on="2026-04-01")
    office.report("2", on="2026-06-03")
    office.close("3", on="2026-06-05")
    supervisor = web.of(SUPERVISOR)

    assert "未填报 1 项" in (now := supervisor.read("/board/unfiled"))
    assert "一键催办 1 项" in now
    # What was closed since owed a report then, and nobody is urged for it.
    before = supervisor.read("/board/unfiled?day=2026-05-10")
    assert ("未填报 3 项" in before, "一键催办 2 项" in before, "下一期" in before) == (True, True, True)
    assert 'href="/board/unfiled?day=2026-04-30"' in supervisor.get("/board/unfiled?day=2026-05-10").text
    assert "催办" not in web.of(HANDLER).get("/board/unfiled").text.replace("催办单", "")
    # Who was urged is not urged again at once.
    supervisor.act("/items/urge", {"item": ["1"], "reply_by": "2026-06-16"})
    assert "一键催办" not in supervisor.read("/board/unfiled")


def test_who_may_read_below_is_led_to_the_boards_below(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    with unit_of_work(office.engine) as session:
        parent = Organ(code="county", name="某县政府")
        session.add(parent)
        session.flush()
        below = session.get_one(Organ, office.organ_id)
        below.parent_id, code = key(parent.id), below.code
        session.add(AnnualPlan(organ_id=key(parent.id), year=2026, title="县工作要点"))
        office._seat(session, key(parent.id), "县督办", Role.SUPERVISOR, "督办员", None)
    visitor = web.of("县督办")

    html = visitor.get("/board").text

    assert f'<a href="/board?organ={code}">某局</a>' in html
    assert f'<a href="/items?organ={code}&amp;light=red">1</a>' in html
    assert rows_of(visitor, f"/items?organ={code}&light=red") == 1
    assert "下级单位" not in web.of(SUPERVISOR).read("/board")


def test_the_page_asks_as_much_however_many_items_there_are(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    visitor = web.of(SUPERVISOR)
    few = statements(office.engine, lambda: visitor.get("/board"))
    for place in range(30):
        office.assign(f"更多{place}", due="2026-06-20" if place % 2 else "2026-08-20", issue=False)
    office.issue(on="2026-06-02")

    assert statements(office.engine, lambda: visitor.get("/board")) == few


def test_the_board_of_an_earlier_day_tells_lights_of_that_day(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    office.fast_forward("2026-06-23", send=False)

    words = web.of(FIRST).read("/board?on=2026-06-22")

    assert "没有逾期的任务" in words


def test_by_project_counts_the_same_items(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")

    assert "各项目" in (words := web.of(SUPERVISOR).read("/board?by=project"))
    assert "法治建设 逾期 1 1 0 0 0 0 1" in words


def test_what_is_not_ones_own_is_not_counted(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-22", on="2026-06-01")
    office.assign("局务", due="2026-06-22", on="2026-06-01", to=None, department=False, leaders=(FIRST,))

    assert "合计 2" in web.of(SUPERVISOR).read("/board")
    assert "合计 1" in web.of(HANDLER).read("/board")
    assert "还没有 2026 年工作要点" in web.of(OUTSIDER).read("/board")


def test_without_items_before_issue_and_without_a_plan_the_page_says_what_to_do(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    assert "2026 年度计划尚未下达，不会发出提醒" in visitor.read("/board")
    assert "计划中还没有您能看到的任务" in visitor.read("/board")
    with unit_of_work(office.engine) as session:
        session.execute(delete(WorkItem))
        session.execute(delete(AnnualPlan))

    assert "还没有 2026 年工作要点" in (words := visitor.read("/board"))
    assert "导入台账" in words
    assert "由督办员导入并下达后" in web.of(HANDLER).read("/board")
