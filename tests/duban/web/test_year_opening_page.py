"""Opening a year by the pages: first what it would bring, then the drafts, and nothing issued."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Web

PAGE = "/plans/open-year"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    made.assign("开展案卷评查", due="2026-11-30")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_what_it_would_bring_is_shown_and_nothing_is_written(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "开年编制" in visitor.read("/plans")
    words = visitor.read(PAGE, opens=2027)
    for said in ("上年度未办结任务 1 项", "开展案卷评查", "完成时限", "报送2026年度法治政府建设年度报告", "国家宪法日"):
        assert said in words
    assert [plan.year for plan in office.rows(AnnualPlan)] == [2026]


def test_the_drafts_are_drawn_up_once_and_wait_to_be_issued(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "没有下达" in visitor.act(PAGE, {"opens": "2027"})
    made = [item for item in office.rows(WorkItem) if item.plan_id != office.plan_id]
    assert {item.state for item in made} == {ItemState.DRAFT}
    assert "没有可以新列入的" in visitor.read(PAGE, opens=2027)
    assert "计划未变" in visitor.act(PAGE, {"opens": "2027"})
    assert len(office.rows(WorkItem)) == len(made) + 1


def test_a_year_with_nothing_before_it_says_so(web: Web) -> None:
    assert "没有 2029 年度的计划和报告" in web.of(SUPERVISOR).read(PAGE, opens=2030)
    assert web.of(SUPERVISOR).post(PAGE, {"opens": "2030"}).status_code == 404
    assert web.of(SUPERVISOR).post(PAGE, {"opens": ""}).status_code == 400


def test_who_makes_no_plans_is_refused(web: Web, office: Office) -> None:
    assert web.of(HANDLER).get(PAGE).status_code == 403
    assert web.of(HANDLER).post(PAGE, {"opens": "2027"}).status_code == 403
    assert len(office.rows(AnnualPlan)) == 1
