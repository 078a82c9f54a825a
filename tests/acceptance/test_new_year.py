"""New Year over two plans, from 31 December to 1 March: what last year left stands first on the desk it belongs to."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import key, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.permission import Action
from tasks.oversight.gather_work import gather_work
from tasks.oversight.list_desk import DeskList, desk_listing
from tasks.oversight.work_line import Group
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office, day
from tests.web import Web, field_value, statements, words_of

LATE, FRESH, HANDED = "制度清理", "普法宣传", "案卷评查"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """2026: one item overdue since late November, one whose closure is asked for on the last working day."""
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-11-02")
    made.assign(LATE, due="2026-11-27", number="12")
    made.assign(HANDED, due="2026-12-31", number="13")
    made.fast_forward("2026-12-30", send=False)
    made.ask_closure("13", on="2026-12-31")
    return made


def begin(office: Office, year: int) -> None:
    """The plan of a new year, in which stories go on."""
    with unit_of_work(office.engine) as session:
        plan = AnnualPlan(organ_id=office.organ_id, year=year, title=f"{year}年度工作要点")
        session.add(plan)
        session.flush()
        office.plan_id = key(plan.id)


def desk(office: Office, who: str, on: str) -> list[tuple[str, int, str, str]]:
    """Heading, year, title and distance of each line on somebody's desk."""
    with reading(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, on)
        lines = gather_work(session, organ, by=by, calendar=office_calendar(session, organ_id=organ.id)).lines
        return [(line.group.label, line.item.year, line.item.title, line.distance) for line in lines]


def looked_after(office: Office, who: str, what: DeskList, on: str) -> list[tuple[int, str, str]]:
    with reading(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, on)
        calendar = office_calendar(session, organ_id=organ.id)
        lines = desk_listing(session, organ, what, by=by, calendar=calendar).lines()
        return [(line.year, line.title, line.distance) for line in lines]


def test_nothing_is_forgotten_at_new_year(office: Office) -> None:
    web = Web(office)
    # 31 December: the last day of the old year is like any other.
    assert desk(office, HANDLER, "2026-12-31")[0] == (Group.OVERDUE.label, 2026, LATE, "逾期24个工作日")
    assert (Group.DECIDING.label, 2026, HANDED) in [line[:3] for line in desk(office, SUPERVISOR, "2026-12-31")]
    assert "年度报告待您办理" not in web.of(SUPERVISOR).read("/")

    # 1 January: there is no plan of the new year yet, and everything is still there; the report is owed.
    office.fast_forward("2026-12-31", send=False)
    assert office.today == dt.date(2027, 1, 1)
    supervisor = web.of(SUPERVISOR).read("/")
    assert "2026 年度报告 报送 2月28日（周日）" in supervisor
    assert "2026 年度报告 公开 3月31日（周三）" in supervisor
    assert field_value(web.of(SUPERVISOR).get("/reports").text, "report_year") == "2026"
    assert LATE in web.of(HANDLER).read("/")
    assert "年度报告待您办理" not in web.of(HANDLER).read("/")

    # 11 January: the new plan is issued. What it asks for stands beside what the old one left, never before it.
    office.fast_forward("2027-01-10", send=False)
    begin(office, 2027)
    office.assign(FRESH, due="2027-01-25", number="12", on="2027-01-11", sign=False)
    office.today = day("2027-01-20")
    assert desk(office, HANDLER, "2027-01-20") == [
        (Group.OVERDUE.label, 2026, LATE, "逾期37个工作日"),
        (Group.SOON.label, 2027, FRESH, "还有3个工作日"),
        (Group.DOING.label, 2026, HANDED, ""),
    ]
    assert looked_after(office, LEADER, DeskList.LED, "2027-01-20")[0] == (2026, LATE, "逾期37个工作日")
    assert looked_after(office, SUPERVISOR, DeskList.RED, "2027-01-20")[0] == (2026, LATE, "逾期37个工作日")
    for who in (HANDLER, HEAD, LEADER):
        page = web.of(who).read("/")
        assert page.index(f"2026年 12 {LATE}") < page.index(f" 12 {FRESH}")
    # Whatever year the address names, the desk is the same; and what is owed is the report of 2026.
    assert (
        desk_words(web, HANDLER, "?year=2027") == desk_words(web, HANDLER, "") == desk_words(web, HANDLER, "?year=2026")
    )
    assert field_value(web.of(SUPERVISOR).get("/reports").text, "report_year") == "2026"
    # Who has not filed: of both years.
    unfiled = web.of(SUPERVISOR).read("/mine/unfiled")
    assert f"2026年 12 {LATE}" in unfiled

    # The closure of last year is returned in February: its handler reads why, and takes it up from there.
    office.today = day("2027-02-01")
    with unit_of_work(office.engine) as session:
        old = session.get_one(AnnualPlan, 1)
        office.plan_id, new = key(old.id), office.plan_id
    office.send_back("13", on="2027-02-01", reason="缺少评查通报")
    office.plan_id = new
    assert desk(office, HANDLER, "2027-02-01")[0][:3] == (Group.RETURNED.label, 2026, HANDED)
    html = web.of(HANDLER).get("/").text
    assert "陈督办退回办结申请：缺少评查通报" in words_of(html)
    assert "重新办理" in words_of(html)
    assert f'href="/items/{item_id(office, HANDED)}/request-close?back=%2F"' in html

    # 1 March: the report was not filed, and says so in red; the item is still first.
    office.today = day("2027-03-01")
    supervisor = web.of(SUPERVISOR).read("/")
    assert "2026 年度报告 报送 2月28日（周日） 逾期1个工作日" in supervisor
    assert desk(office, HANDLER, "2027-03-01")[0][:3] == (Group.RETURNED.label, 2026, HANDED)
    assert desk(office, HANDLER, "2027-03-01")[1][:3] == (Group.OVERDUE.label, 2026, LATE)


def desk_words(web: Web, who: str, query: str) -> str:
    return words_of(web.of(who).get(f"/{query}").text)


def item_id(office: Office, title: str) -> int:
    with reading(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, office.today)
        lines = desk_listing(session, organ, DeskList.RED, by=by, calendar=office_calendar(session)).lines()
        return next(line.id for line in lines if line.title == title)


def test_the_desk_asks_as_often_in_the_tenth_year_as_in_the_second(office: Office) -> None:
    web = Web(office)
    office.today = day("2027-01-20")
    begin(office, 2027)
    office.assign(FRESH, due="2027-01-25", on="2027-01-11")
    visitors = [web.of(who) for who in (HANDLER, LEADER, SUPERVISOR)]

    def look() -> None:
        for visitor in visitors:
            visitor.get("/")

    look()
    few = statements(office.engine, look)
    for year in range(2017, 2025):
        begin(office, year)
        office.assign(f"{LATE}{year}", due="2027-01-15", on="2027-01-04")
    assert statements(office.engine, look) == few


def test_all_that_waits_for_a_signature_is_signed_for_in_one_press(office: Office) -> None:
    office.today = day("2027-01-12")
    begin(office, 2027)
    for place in range(3):
        office.assign(f"{FRESH}{place}", due="2027-06-30", on="2027-01-11", sign=False)
    handler = Web(office).of(HANDLER)
    html = handler.get("/").text
    assert "全部签收 3 项" in words_of(html)
    ids = [line.split('"')[0] for line in html.split('name="item" value="')[1:]]

    page = handler.act("/mine/sign", {"item": ids})

    assert "已签收 3 项。" in page
    assert "全部签收" not in page
    signed = [line for line in desk(office, HANDLER, "2027-01-12") if line[0] == Group.UNSIGNED.label]
    assert signed == []
    assert "已签收 0 项。未办 3 项" in handler.act("/mine/sign", {"item": ids})
    assert Action.SIGN.label in web_trail(office)


def web_trail(office: Office) -> str:
    return Web(office).of(SUPERVISOR).read("/audit")
