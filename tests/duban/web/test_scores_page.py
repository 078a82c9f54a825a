"""Scores as pages: tried, published, read by whoever may, appealed against and decided; rules by version."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.scores.scoring import Evaluation, ScoreRun, ScoringRule
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.scores import HELPER, OTHER, OWN, pass_on, publish, quiet_office
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """In the first half of the year the cast's department was late once; the other had an item and was not."""
    made = quiet_office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-05", on="2026-06-01")
    made.assign("财务公开", due="2026-06-30", on="2026-06-01")
    pass_on(made, "2", on="2026-06-02")
    made.close("1", on="2026-06-10")
    made.today = day("2026-07-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_a_supervisor_reads_what_would_be_said_then_publishes_it(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    assert "还没有公布过考核" in supervisor.read("/scores")
    assert "才结束，次日起可以公布" in supervisor.read("/scores/preview?period=2026")

    shown = supervisor.read("/scores/preview?period=2026-Q2")
    assert "将公布2026年第二季度考核第 1 版" in shown
    assert "逾期" in shown

    page = supervisor.act("/scores/publish", {"period": "2026-Q2", "rule": "常规考核", "version": "1"})
    assert "已公布2026年第二季度考核（第 1 版）" in page
    assert OWN in page
    assert len(office.rows(ScoreRun)) == 1

    answer = supervisor.post("/scores/publish", {"period": "2026-Q2", "version": "1"})
    assert answer.status_code == 403
    assert "请作为第 2 版公布。" in words_of(answer.text)
    assert "--" not in words_of(answer.text)


def test_each_reads_what_is_theirs(office: Office, web: Web) -> None:
    publish(office, "2026-H1", on="2026-07-01")
    other = office.name_of(1) and 2

    for who in (FIRST, SUPERVISOR):
        page = web.of(who).read("/scores")
        assert (OWN in page, OTHER in page) == (True, True)
    for who in (HANDLER, HEAD, LEADER):
        page = web.of(who).read("/scores")
        assert (OWN in page, OTHER in page) == (True, False)
        assert "普法宣传" in web.of(who).read(f"/scores/runs/1/units/{office.department_id}")
        assert web.of(who).get(f"/scores/runs/1/units/{other}").status_code == 403
    page = web.of(HELPER).read("/scores")
    assert (OWN in page, OTHER in page) == (False, True)
    assert web.of(HELPER).get("/scores/lines/1/appeal").status_code == 404
    for path in ("/scores/runs/1/units/1", "/scores/lines/1/appeal", "/scores/appeals/1"):
        assert web.of(OUTSIDER).get(path).status_code == 404
    assert OWN not in web.of(OUTSIDER).read("/scores")


def test_a_deduction_is_appealed_against_and_decided(office: Office, web: Web) -> None:
    publish(office, "2026-H1", on="2026-07-01")
    unit = f"/scores/runs/1/units/{office.department_id}"
    head, first = web.of(HEAD), web.of(FIRST)
    assert "/scores/lines/1/appeal" in head.get(unit).text
    assert "/scores/lines/1/appeal" not in web.of(HANDLER).get(unit).text
    assert "普法宣传" in head.read("/scores/lines/1/appeal")

    empty = head.post("/scores/lines/1/appeal", {"reason": ""})
    assert empty.status_code == 400
    page = head.act("/scores/lines/1/appeal", {"reason": "当日已在系统外报送"})
    assert "已提出申诉" in page
    again = head.post("/scores/lines/1/appeal", {"reason": "再申诉一次"})
    assert (again.status_code, "再申诉一次" in again.text) == (403, True)

    assert "裁定申诉" in first.read("/")
    assert "待裁定的申诉 1 件" in first.read("/scores")
    assert "裁定意见" in first.read("/scores/appeals/1")
    assert "裁定意见" not in head.read("/scores/appeals/1")
    wrong = first.post("/scores/appeals/1", {"outcome": "uphold", "answer": "属实"})
    assert wrong.status_code == 400
    assert "采纳申诉须写明改扣几分：0 至 5" in words_of(wrong.text)
    unsaid = first.post("/scores/appeals/1", {"answer": "属实"})
    assert (unsaid.status_code, "裁定不能为空。" in unsaid.text) == (400, True)
    assert head.post("/scores/appeals/1", {"outcome": "dismiss", "answer": "不属实"}).status_code == 403

    page = first.act("/scores/appeals/1", {"outcome": "uphold", "answer": "属实", "points": "0"})
    assert "改扣 0 分并重新排名" in page
    assert "采纳 ，改扣 0 分" in head.read(unit)
    assert "公布时 95" in head.read(unit)
    assert "裁定申诉" not in first.read("/")


def test_leaders_evaluate_the_departments_in_their_charge(office: Office, web: Web) -> None:
    leader = web.of(LEADER)
    assert OTHER not in leader.read("/scores/evaluate")
    assert OTHER in web.of(FIRST).read("/scores/evaluate")
    assert web.of(HANDLER).get("/scores/evaluate").status_code == 403

    fields = {"department": str(office.department_id), "period": "2026-H1", "points": "90", "comment": "扎实"}
    refused = leader.post("/scores/evaluate", fields | {"points": "很好"})
    assert (refused.status_code, "扎实" in refused.text) == (400, True)
    assert leader.post("/scores/evaluate", fields | {"department": "2"}).status_code == 400
    assert f"已记录对{OWN}2026年上半年的评价：90 分" in leader.act("/scores/evaluate", fields)
    assert [str(row.points) for row in office.rows(Evaluation)] == ["90.00"]


def test_a_rule_is_tried_before_it_is_set_and_every_version_stays(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    assert "逾期每次扣5分，最多扣30分" in web.of(HANDLER).read("/scores/rules")
    fields = {"name": "常规考核", "start": "100", "leader_weight": "20", "points-late": "8", "cap-late": "40"}

    tried = supervisor.post("/scores/rules", fields | {"act": "try"})
    assert tried.status_code == 200
    assert "按新的分值试算" in words_of(tried.text)
    assert f"{OWN} 95 92" in words_of(tried.text)
    assert {row.version for row in office.rows(ScoringRule)} == {1}

    assert "第 2 版，此后的试算" in supervisor.act("/scores/rules", fields | {"act": "set"})
    assert "逾期每次扣8分，最多扣40分" in web.of(HANDLER).read("/scores/rules")
    refused = supervisor.post("/scores/rules", fields | {"points-late": "50"})
    assert (refused.status_code, 'value="50"' in refused.text) == (400, True)
    assert web.of(HANDLER).post("/scores/rules", fields).status_code == 403
