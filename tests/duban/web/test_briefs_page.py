"""Circulars, briefs and sheets as pages: listed to whoever may read them, shown before they are numbered, kept."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from duban.web.attachment import DOCX
from models.papers.document import Document, DocumentKind
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-05", on="2026-06-01")
    made.instruct("1", "请说明原因", due="2026-06-20", on="2026-06-02")
    made.urge("1", on="2026-06-08")
    made.today = day("2026-07-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_each_reads_the_documents_of_what_is_theirs(web: Web) -> None:
    assert "督办〔2026〕1号" in web.of(HANDLER).read("/briefs")
    page = web.of(SUPERVISOR).read("/briefs")
    assert ("督办〔2026〕1号" in page, "催办〔2026〕1号" in page) == (True, True)
    page = web.of(SUPERVISOR).read("/briefs?kind=urging")
    assert ("督办〔2026〕1号" in page, "催办〔2026〕1号" in page) == (False, True)
    assert "还没有督办通报" in web.of(SUPERVISOR).read("/briefs?kind=circular")
    assert "督办〔2026〕1号" not in web.of(OUTSIDER).read("/briefs")
    assert web.of(OUTSIDER).get("/briefs", organ="bureau").status_code == 404
    assert web.of(SUPERVISOR).get("/documents/1.docx").headers["content-type"] == DOCX


def test_a_circular_is_shown_with_its_days_and_units_then_numbered_once(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)

    shown = supervisor.read("/briefs/circular?period=month")
    assert "6月1日（周一） 至 6月30日（周二） · 没有编号" in shown
    assert "通报 1 个单位 1 项任务" in shown
    assert "编号留存" not in web.of(FIRST).read("/briefs/circular?period=month")
    assert web.of(HANDLER).get("/briefs/circular").status_code == 403

    fields = {"period": "month", "until": "2026-06-30"}
    for _ in range(2):
        assert "督通〔2026〕1号" in supervisor.act("/briefs/circular", fields)
    assert [row.kind for row in office.rows(Document)].count(DocumentKind.CIRCULAR) == 1
    assert web.of(FIRST).post("/briefs/circular", fields).status_code == 403

    late = supervisor.post("/briefs/circular", {"period": "week", "until": "2026-12-31"})
    assert late.status_code == 400
    assert "还没有到" in words_of(late.text)
    assert supervisor.get("/briefs/circular?period=day").status_code == 400


def test_a_leader_reads_his_own_brief_and_whoever_draws_them_up_that_of_others(office: Office, web: Web) -> None:
    own = web.of(LEADER).read("/briefs/today")
    assert "呈报：张副局（副局长）" in own
    assert "1 红灯事项 0 待您处理 1 批示待复" in own
    assert "编号留存" not in own
    assert "呈报：刘局长（局长）" in web.of(SUPERVISOR).read("/briefs/today")
    leader = next(number for number in range(1, 9) if office.name_of(number) == LEADER)
    assert "呈报：张副局（副局长）" in web.of(SUPERVISOR).read(f"/briefs/today?person={leader}")
    assert web.of(HANDLER).get(f"/briefs/today?person={leader}").status_code == 403
    assert web.of(OUTSIDER).get("/briefs/today").status_code == 404

    first = next(number for number in range(1, 9) if office.name_of(number) == FIRST)
    assert "已留存" in web.of(SUPERVISOR).act("/briefs/today", {"person": str(first)})
    assert [row.kind for row in office.rows(Document)].count(DocumentKind.BRIEF) == 1
    assert web.of(LEADER).post("/briefs/today", {"person": str(leader)}).status_code == 403


def test_a_long_list_leads_on_by_key(office: Office, web: Web) -> None:
    for number in range(52):
        office.instruct("1", f"第{number}件", due="2026-07-31", on="2026-07-01")

    first = web.of(SUPERVISOR).get("/briefs?kind=sheet").text
    further = first.partition("更早的")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = web.of(SUPERVISOR).get(further).text

    assert (first.count("下载 Word"), second.count("下载 Word")) == (50, 3)
    assert web.of(SUPERVISOR).get("/briefs?after=x").status_code == 400
