import io
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import unit_of_work
from models.deficiency import Deficiency
from models.evidence import Evidence
from models.leadership import LeadershipAct
from models.ledger import EnforcementCase, StudySession
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, field_value, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10", number="1")
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_a_case_is_recorded_and_stands_in_its_ledger(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "2026 年还没有登记执法案件。报告中的案件数" in visitor.read("/ledgers")
    assert "作出决定的日期" in visitor.read("/ledgers/case/new")
    sent = {"on": "2026-03-05", "procedure": "ordinary", "fine": "3,000.50", "number": "〔2026〕1号", "title": "某案"}
    words = visitor.act("/ledgers/case", sent)
    assert "已登记执法案件,编号 1。" in words
    assert "1 3月5日(周四) 〔2026〕1号 某案 普通程序 3,000.50 未被变更或撤销" in words
    assert [(entry.action, entry.actor) for entry in office.rows(AuditEntry)][-1] == ("record", SUPERVISOR)
    again = visitor.post("/ledgers/case", sent | {"title": "再录"})
    assert (again.status_code, "已经登记过" in again.text, field_value(again.text, "title")) == (400, True, "再录")
    assert len(office.rows(EnforcementCase)) == 1


def test_an_act_is_recorded_with_its_item_and_its_proof(web: Web, office: Office) -> None:
    visitor = web.of(LEADER)
    sent = {"on": "2026-05-06", "kind": "deploy", "text": "主持会议部署普法", "item": "1", "document_number": "纪要3号"}
    proof = {"evidence": ("纪要.txt", io.BytesIO("会议纪要".encode()))}
    words = visitor.act("/ledgers/act/evidence", sent, files=proof)
    assert "部署 主持会议部署普法 第一责任人 1 普法宣传 纪要3号 纪要.txt" in words
    assert [(piece.name, piece.act_id) for piece in office.rows(Evidence)] == [("纪要.txt", 1)]
    for wrong, said in (
        ({"item": "99"}, "没有编号为“99”的任务"),
        ({"person": "王五"}, "没有登记“王五”这个人:请从列表中选择"),
        ({"kind": ""}, "不可用"),
        ({"text": ""}, "履职内容不能为空"),
        ({"on": "昨天"}, "昨天"),
        ({"on": ""}, "请填写日期"),
    ):
        answer = visitor.post("/ledgers/act", sent | wrong)
        assert (answer.status_code in (400, 404), said in words_of(answer.text)) == (True, True), said
        assert "duban" not in words_of(answer.text)
    assert len(office.rows(LeadershipAct)) == 1


def test_a_refused_file_keeps_the_record_out(web: Web, office: Office) -> None:
    sent = {"on": "2026-05-06", "kind": "deploy", "text": "主持会议"}
    answer = web.of(FIRST).post("/ledgers/act/evidence", sent, files={"evidence": ("x.exe", io.BytesIO(b"MZ"))})
    assert (answer.status_code, "主持会议" in answer.text) == (400, True)
    assert office.rows(LeadershipAct) == []


def test_one_after_the_other_is_recorded_in_its_year(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    words = visitor.act("/ledgers/study", {"on": "2026-04-01", "topic": "行政处罚法", "people": "20", "do": "again"})
    assert "已登记学习研讨,编号 1。" in words
    assert "登记学习研讨 报告中的集体学法次数由此数出" in words
    visitor.act("/ledgers/deficiency", {"on": "2025-12-20", "text": "普法渠道单一", "cause": "缺少专人"})
    assert "1 2025年12月20日(周六) 普法渠道单一 缺少专人" in visitor.read("/ledgers?kind=deficiency&year=2025")
    assert "还没有登记不足" in visitor.read("/ledgers?kind=deficiency")
    assert "只显示一条" in visitor.read("/ledgers?kind=deficiency&row=1")
    assert (len(office.rows(StudySession)), len(office.rows(Deficiency))) == (1, 1)


def test_who_may_read_and_who_may_write(web: Web, office: Office) -> None:
    handler, outsider = web.of(HANDLER), web.of(OUTSIDER)
    assert "台账由督办员和单位领导登记" in handler.read("/ledgers")
    assert handler.get("/ledgers/case/new").status_code == 403
    assert handler.post("/ledgers/case", {"on": "2026-03-05", "procedure": "simple"}).status_code == 403
    assert outsider.get("/ledgers?organ=bureau").status_code == 404
    assert web.of(SUPERVISOR).get("/ledgers?kind=gifts").status_code == 404
    assert office.rows(EnforcementCase) == []


def test_a_full_page_asks_as_often_as_a_short_one(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    visitor.act("/ledgers/act", {"on": "2026-05-06", "kind": "deploy", "text": "部署", "item": "1", "person": LEADER})
    few = statements(office.engine, lambda: visitor.read("/ledgers?kind=act"))
    with unit_of_work(office.engine) as session:
        plain = office.rows(LeadershipAct)[0].model_dump(exclude={"id", "on"})
        session.add_all(LeadershipAct(**plain, on=day("2026-02-02")) for _ in range(150))
    assert statements(office.engine, lambda: visitor.read("/ledgers?kind=act")) == few
    assert "第 2 页,共 2 页" in visitor.read("/ledgers?kind=act&page=2")
