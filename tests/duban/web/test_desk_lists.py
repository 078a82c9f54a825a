"""What stands behind the desk's headings, and what is done with all of it at once."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.item import ItemState
from tests.office import HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, field_value, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-10")
    return made


def test_closures_are_accepted_together_and_what_lacks_something_stays(office: Office) -> None:
    for place in range(3):
        office.assign(f"事项{place}", due="2026-06-30", on="2026-06-01")
    for number in ("1", "2"):
        office.attach(number, on="2026-06-02")
    for number in ("1", "2", "3"):
        office.ask_closure(number, on="2026-06-09")
    supervisor = Web(office).of(SUPERVISOR)
    assert "成批审核" in supervisor.read("/")
    html = supervisor.get("/mine/desk/deciding").text
    assert "成批通过办结申请" in words_of(html)

    sent = {"item": ["1", "2", "3"], "seen": field_value(html, "seen")}
    page = supervisor.act("/mine/accept", sent)

    assert "已通过办结申请" in page
    closed = [office.item(number).state is ItemState.CLOSED for number in ("1", "2", "3")]
    assert f"已通过办结申请 {sum(closed)} 项" in page
    assert closed[2] is False
    assert "佐证" in page


def test_a_closure_that_changed_meanwhile_is_not_accepted_unseen(office: Office) -> None:
    for number in ("1", "2"):
        office.assign(f"事项{number}", due="2026-06-30", on="2026-06-01")
        office.attach(number, on="2026-06-02")
        office.ask_closure(number, on="2026-06-09")
    supervisor = Web(office).of(SUPERVISOR)
    seen = field_value(supervisor.get("/mine/desk/deciding").text, "seen")
    office.instruct("1", "先别销号", due="2026-06-20", on="2026-06-10")

    led = supervisor.post("/mine/accept", {"item": ["1"], "seen": seen})
    html = supervisor.get(led.headers["location"]).text

    told = html.partition('role="status">已通过办结申请 0 项。未办 1 项：')[2].partition("</p>")[0]
    assert "批示" in told
    assert 'class="warned screen-only" role="status">已通过' in html, "no paper says what was answered on the screen"
    assert 'class="said' not in html
    assert office.item("1").state is ItemState.REQUESTED


def test_nobody_accepts_in_a_batch_what_is_not_his_to_accept(office: Office) -> None:
    office.assign("事项", due="2026-06-30", on="2026-06-01")
    office.ask_closure("1", on="2026-06-09")

    for who in (HANDLER, OUTSIDER):
        Web(office).of(who).post("/mine/accept", {"item": ["1"], "seen": "999999"})
    assert office.item("1").state is ItemState.REQUESTED


def test_who_did_not_file_is_urged_for_this_and_for_past_periods(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31", on="2026-04-01")
    office.assign("制度清理", due="2026-12-31", on="2026-04-01")
    office.report("1", on="2026-06-03")
    supervisor = Web(office).of(SUPERVISOR)

    now = supervisor.read("/mine/unfiled")
    assert ("制度清理" in now, "普法宣传" in now, "一键催办 1 项" in now) == (True, False, True)
    html = supervisor.get("/mine/unfiled").text
    earlier = html.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    before = supervisor.read(earlier)
    assert ("制度清理" in before, "普法宣传" in before) == (True, True)
    assert "一键催办 2 项" in before
    assert "将通知 1 人" in supervisor.read("/items/urge?item=1&item=2")
    assert "催办" not in Web(office).of(LEADER).get("/mine/unfiled").text.replace("催办单", "")


def test_a_heading_has_all_its_lines_on_a_page_of_its_own(office: Office) -> None:
    for place in range(25):
        office.assign(f"事项{place}", due="2026-12-31", issue=False)
    office.issue(on="2026-06-01")
    handler = Web(office).of(HANDLER)

    assert "其余 5 项" in handler.read("/")
    page = handler.read("/mine/desk/doing")
    assert all(f"事项{place} " in page for place in range(25))
    assert handler.get("/mine/desk/anything").status_code == 404
    assert "其余 5 项" in Web(office).of(LEADER).read("/")
    assert "第 1 至 20 项" not in Web(office).of(LEADER).read("/mine/led")
