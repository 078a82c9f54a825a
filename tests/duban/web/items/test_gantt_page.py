"""The Gantt chart: who sees what of it, its words, and one project at a time where the plan is large."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

import tasks.oversight.gather_gantt
from tasks.items.milestone import add_milestone
from tests.office import HEAD, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, statements


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-30", start="2026-05-01", on="2026-04-20")
    made.do(HEAD, add_milestone, "1", on="2026-05-02", title="初稿", due_on=day("2026-06-10"))
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_an_item_says_its_span_and_its_stages_in_words(web: Web) -> None:
    html = web.of(SUPERVISOR).get("/gantt").text

    assert 'aria-label="严重滞后，5月1日（周五）至6月30日（周二），进度 0%；初稿 6月10日（周三）"' in html
    assert 'aria-label="法治建设共 1 项：严重滞后 1"' in html


def test_an_outsider_sees_no_row(web: Web) -> None:
    assert "制度清理" not in web.of(OUTSIDER).read("/gantt")


def test_a_large_plan_opens_one_project_at_a_time(office: Office, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.oversight.gather_gantt, "MOST", 0)
    visitor = web.of(SUPERVISOR)

    assert "制度清理" not in visitor.read("/gantt")
    assert "法治建设 1 项 展开" in visitor.read("/gantt")
    assert 'href="/gantt?project=1#project-1" aria-expanded="false"' in visitor.get("/gantt").text
    assert "法治建设 1 项 收起" in visitor.read("/gantt?project=1")


def test_of_a_large_project_the_first_items_are_drawn_and_the_others_counted(
    office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.assign("普法宣传", due="2026-09-30", on="2026-06-01")
    monkeypatch.setattr(tasks.oversight.gather_gantt, "MOST", 1)

    words = web.of(SUPERVISOR).read("/gantt?project=1")

    assert ("制度清理" in words, "普法宣传" in words, "还有 1 项" in words) == (True, False, True)


def test_the_chart_asks_as_much_however_many_items(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    few = statements(office.engine, lambda: visitor.get("/gantt"))
    for place in range(20):
        office.assign(f"任务{place}", due="2026-09-30", issue=False)
    office.issue(on="2026-06-01")

    assert statements(office.engine, lambda: visitor.get("/gantt")) == few
