"""The calendar: deadlines on their days, rest days and 调休 by name, each count leading to its day."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tasks.items.milestone import add_milestone as milestone
from tests.office import HANDLER, HEAD, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, statements


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-09-18")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_a_month_names_its_rest_days_and_the_weekends_that_work(web: Web) -> None:
    words = web.of(SUPERVISOR).read("/calendar?month=2026-09")

    assert "2026年9月" in words
    assert "20 周日 班 调休上班（国庆节）" in words
    assert "27 周日 休 中秋节放假" in words
    assert "25 周五 休 中秋节放假" in words
    assert "18 周五 今天" in words


def test_a_year_without_an_official_notice_says_so(web: Web) -> None:
    assert "2031 年放假安排尚未公布，暂按法定节日放假、周一至周五上班计算" in web.of(SUPERVISOR).read(
        "/calendar?month=2031-05"
    )


def test_deadlines_stand_on_their_days_with_their_light(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-09-16", on="2026-09-01")
    number = office.assign("按月报数", recurrence="FREQ=MONTHLY;BYMONTHDAY=25", due="2026-12-25", on="2026-09-01")
    office.do(HEAD, milestone, number, on="2026-09-02", title="初稿", due_on=day("2026-09-29"))

    words = web.of(SUPERVISOR).read("/calendar?month=2026-09")

    assert "16 周三 逾期 制度清理" in words
    assert "按月报数" in words
    assert "29 周二" in words
    assert "初稿" in words
    assert "按月报数" in web.of(SUPERVISOR).read("/calendar?month=2026-11")


def test_a_full_day_tells_a_few_and_leads_to_all(office: Office, web: Web) -> None:
    for place in range(7):
        office.assign(f"任务{place}", due="2026-09-30", issue=False)
    office.issue(on="2026-09-01")
    visitor = web.of(SUPERVISOR)

    assert "还有 3 项" in visitor.read("/calendar?month=2026-09")
    assert '"/calendar?day=2026-09-30">还有 3 项' in visitor.get("/calendar?month=2026-09").text
    whole = visitor.read("/calendar?day=2026-09-30")
    assert "工作日，7 个时限。" in whole
    assert all(f"任务{place}" in whole for place in range(7))


def test_mine_are_those_i_handle(office: Office, web: Web) -> None:
    office.hire("钱二", title="副主任科员")
    office.assign("我的", due="2026-09-30", on="2026-09-01")
    office.assign("他的", to="钱二", due="2026-09-30", on="2026-09-01")

    words = web.of(HANDLER).read("/calendar?month=2026-09&show=mine")

    assert ("我的" in words, "他的" in words) == (True, False)
    assert "他的" in web.of(HANDLER).read("/calendar?month=2026-09")
    assert "他的" not in web.of(OUTSIDER).read("/calendar?month=2026-09")


@pytest.mark.parametrize("address", ["/calendar?month=2026-13", "/calendar?month=去年", "/calendar?day=2026-02-30"])
def test_a_wrong_month_is_told(web: Web, address: str) -> None:
    answer = web.of(SUPERVISOR).get(address)

    assert answer.status_code == 400
    assert "无法识别" in answer.text


def test_a_month_asks_as_much_however_much_is_due(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-09-16", on="2026-09-01")
    visitor = web.of(SUPERVISOR)
    few = statements(office.engine, lambda: visitor.get("/calendar"))
    for place in range(30):
        office.assign(f"任务{place}", due=f"2026-09-{place % 28 + 1:02}", issue=False)
    office.issue(on="2026-09-01")

    assert statements(office.engine, lambda: visitor.get("/calendar")) == few


def test_a_month_counts_what_became_of_its_deadlines_and_shows_each_kind(office: Office, web: Web) -> None:
    office.close(office.assign("按期的", due="2026-09-16", on="2026-09-01"), on="2026-09-15")
    office.close(office.assign("迟到的", due="2026-09-10", on="2026-09-01"), on="2026-09-15")
    office.assign("未完的", due="2026-09-30", on="2026-09-01")
    visitor = web.of(SUPERVISOR)

    assert "共 3 个时限 按期完成 1 逾期完成 1 未完成 1" in visitor.read("/calendar?month=2026-09")
    titles = ("按期的", "迟到的", "未完的")
    for outcome, shown in (("in_time", "按期的"), ("late", "迟到的"), ("open", "未完的")):
        words = visitor.read(f"/calendar?month=2026-09&outcome={outcome}")
        assert [title for title in titles if title in words] == [shown]


def test_a_department_shows_what_it_leads(office: Office, web: Web) -> None:
    other = office.department("执法科", head="孙科长")
    office.assign("法规的", due="2026-09-30", on="2026-09-01")

    assert "法规的" in web.of(SUPERVISOR).read(f"/calendar?month=2026-09&department={office.department_id}")
    words = web.of(SUPERVISOR).read(f"/calendar?month=2026-09&department={other}")
    assert "本月没有符合条件的时限。 看全部" in words


def test_the_months_beside_are_reached_by_links_and_keys_and_keep_the_filter(web: Web) -> None:
    html = web.of(SUPERVISOR).get("/calendar?month=2026-09&show=mine").text

    assert 'data-key="[" href="/calendar?show=mine&amp;month=2026-08"' in html
    assert 'data-key="]" href="/calendar?show=mine&amp;month=2026-10"' in html
