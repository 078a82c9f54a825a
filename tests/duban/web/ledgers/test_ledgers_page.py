"""Ledgers in the browser: how they stand, rows found, recorded, corrected in turn, withdrawn; whoever else is there."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import unit_of_work
from models.items.evidence import Evidence
from models.ledgers.deficiency import Deficiency
from models.ledgers.enforcement_case import EnforcementCase
from models.ledgers.kinds import KINDS
from models.ledgers.leadership_act import LeadershipAct
from models.ledgers.study_session import StudySession
from tasks.reading.sheet import open_workbook
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, statements, words_of

CREDIT_CODE = "11330000002491234T"
CASE = {
    "decided_on": "2026-03-05",
    "procedure": "ordinary",
    "fine": "3,000.50",
    "number": "〔2026〕1号",
    "title": "某案",
}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10", number="1")
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def a_case(visitor: Visitor, **more: str) -> None:
    visitor.act("/ledgers/case", CASE | more)


def test_a_case_is_recorded_and_stands_in_its_ledger(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "2026 年还没有登记执法案件。报告中的案件数" in visitor.read("/ledgers/case")
    assert "决定日期 必填" in visitor.read("/ledgers/case/new")
    words = visitor.act("/ledgers/case", CASE)
    assert "已登记执法案件，编号 1。" in words
    assert "〔2026〕1号 某案 3月5日（周四） 普通程序 3,000.50" in words
    assert [(entry.action, entry.actor) for entry in office.rows(AuditEntry)][-1] == ("record", SUPERVISOR)
    again = visitor.post("/ledgers/case", CASE | {"title": "再录"})
    assert (again.status_code, field_value(again.text, "title")) == (400, "再录")
    assert "案号“〔2026〕1号”已经登记过（编号 1），未重复登记。" in words_of(again.text)
    assert len(office.rows(EnforcementCase)) == 1


def test_every_ledger_stands_on_the_first_page_and_leads_on(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    a_case(visitor)
    words = visitor.read("/ledgers")
    assert all(kind.title in words for kind in KINDS.values())
    assert "执法案件 报告中的案件数、程序、罚没金额由此数出 1 起 1 1 3月5日（周四）" in words
    for code in KINDS:
        assert "登记" in visitor.read(f"/ledgers/{code}/new")
        visitor.read(f"/ledgers/{code}")
    for older, newer in (("kind=case&row=1", "/ledgers/case/1"), ("kind=study", "/ledgers/study")):
        assert visitor.client.get(f"/ledgers?{older}", follow_redirects=False).headers["location"] == newer


def test_everything_wrong_is_told_beside_its_field(web: Web, office: Office) -> None:
    sent = {"decided_on": "2026-02-30", "procedure": "", "fine": "许多", "filed_on": "昨天"}
    answer = web.of(SUPERVISOR).post("/ledgers/case", sent)
    words = words_of(answer.text)
    assert answer.status_code == 400
    for said in ("请写存在的一天", "程序不能为空", "请以元为单位填写数字", "请写年月日"):
        assert said in words
    assert answer.text.count('aria-invalid="true"') == 3
    crossed = web.of(SUPERVISOR).post("/ledgers/case", CASE | {"filed_on": "2026-04-01"})
    assert "立案日期 2026-04-01 晚于决定日期 2026-03-05" in words_of(crossed.text)
    assert office.rows(EnforcementCase) == []


def test_an_act_is_recorded_with_its_item_and_its_proof(web: Web, office: Office) -> None:
    visitor = web.of(LEADER)
    sent = {
        "on": "2026-05-06",
        "kind": "deploy",
        "text": "主持会议部署普法",
        "item_id": "1",
        "document_number": "纪要3号",
    }
    proof = {"evidence": ("纪要.txt", io.BytesIO("会议纪要".encode()))}
    words = visitor.act("/ledgers/act/evidence", sent, files=proof)
    assert "部署 主持会议部署普法 5月6日（周三） 纪要3号 1 普法宣传 纪要.txt" in words
    assert "佐证材料 纪要.txt" in visitor.read("/ledgers/act/1")
    assert [(piece.name, piece.act_id) for piece in office.rows(Evidence)] == [("纪要.txt", 1)]
    for wrong, said in (
        ({"item_id": "99"}, "没有编号为“99”的任务"),
        ({"person_id": "王五"}, "没有登记“王五”这个人：请从列表中选择"),
        ({"kind": ""}, "类别不能为空"),
        ({"text": ""}, "内容不能为空"),
        ({"on": "昨天"}, "昨天"),
        ({"on": ""}, "日期不能为空"),
    ):
        answer = visitor.post("/ledgers/act", sent | wrong)
        assert (answer.status_code, said in words_of(answer.text)) == (400, True), said
        assert "duban" not in words_of(answer.text)
    assert len(office.rows(LeadershipAct)) == 1


def test_a_refused_file_keeps_the_record_out(web: Web, office: Office) -> None:
    sent = {"on": "2026-05-06", "kind": "deploy", "text": "主持会议"}
    answer = web.of(FIRST).post("/ledgers/act/evidence", sent, files={"evidence": ("x.exe", io.BytesIO(b"MZ"))})
    assert (answer.status_code, "主持会议" in answer.text) == (400, True)
    assert office.rows(LeadershipAct) == []


def test_one_after_the_other_is_recorded_in_its_year(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    words = visitor.act(
        "/ledgers/study", {"held_on": "2026-04-01", "topic": "行政处罚法", "people": "20", "do": "again"}
    )
    assert "已登记学习研讨，编号 1。" in words
    assert "登记学习研讨 报告中的集体学法次数由此数出" in words
    visitor.act("/ledgers/deficiency", {"on": "2025-12-20", "text": "普法渠道单一", "cause": "缺少专人"})
    assert "普法渠道单一 2025年12月20日（周六） 缺少专人" in visitor.read("/ledgers/deficiency?year=2025")
    assert "还没有登记存在不足" in visitor.read("/ledgers/deficiency")
    assert (len(office.rows(StudySession)), len(office.rows(Deficiency))) == (1, 1)


def test_a_row_tells_its_terms_and_what_became_of_it(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    a_case(visitor)
    words = visitor.read("/ledgers/case/1")
    assert "行政处罚决定公开 逾期 3月16日（周一）" in words
    assert "7个工作日内 国办发〔2018〕118号" in words
    form = visitor.get("/ledgers/case/1/edit").text
    assert (field_value(form, "fine"), field_value(form, "seen")) == ("3000.50", "0")
    said = visitor.act("/ledgers/case/1", CASE | {"seen": "0", "published_on": "2026-03-10"})
    assert "已更正执法案件“〔2026〕1号 某案”：公开日期。" in said
    assert "3月10日（周二）" in said
    assert "陈督办 公开日期 无 → 2026-03-10" in said
    assert "2026-03-10 按期完成" in said
    assert "与原来相同，没有改动" in visitor.act("/ledgers/case/1", CASE | {"seen": "1", "published_on": "2026-03-10"})


def test_of_two_who_correct_at_once_the_second_is_told_of_the_first(web: Web, office: Office) -> None:
    first, second = web.of(SUPERVISOR), web.of(LEADER)
    a_case(first)
    first.act("/ledgers/case/1", {"seen": "0", "title": "甲案"})
    answer = second.post("/ledgers/case/1", CASE | {"seen": "0", "title": "乙案"})
    words = words_of(answer.text)
    assert answer.status_code == 409
    assert "在您打开之后已有变化（陈督办：" in words
    assert words.count("案件名称 某案 → 甲案") == 2
    assert (field_value(answer.text, "title"), field_value(answer.text, "seen")) == ("乙案", "1")
    second.act("/ledgers/case/1", CASE | {"seen": "1", "title": "乙案"})
    assert [(row.title, row.revision) for row in office.rows(EnforcementCase)] == [("乙案", 2)]


def test_a_row_is_withdrawn_with_a_reason_and_comes_back(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    a_case(visitor)
    empty = visitor.post("/ledgers/case/1/withdraw", {"seen": "0", "reason": " "})
    assert (empty.status_code, "撤下的理由不能为空" in words_of(empty.text)) == (400, True)
    assert "已撤下执法案件“〔2026〕1号 某案”" in visitor.act(
        "/ledgers/case/1/withdraw", {"seen": "0", "reason": "重复登记"}
    )
    assert "还没有登记执法案件" in visitor.read("/ledgers/case")
    assert "撤下理由 〔2026〕1号 某案 3月5日（周四）" in visitor.read("/ledgers/case?withdrawn=yes")
    assert visitor.post("/ledgers/case/1", CASE | {"seen": "1"}).status_code == 403
    a_case(visitor)
    answer = visitor.post("/ledgers/case/1/reinstate", {"seen": "1"})
    assert (answer.status_code, "已经登记过（编号 2）" in words_of(answer.text)) == (400, True)
    visitor.act("/ledgers/case/2/withdraw", {"seen": "0", "reason": "误录"})
    assert "已恢复执法案件“〔2026〕1号 某案”。" in visitor.act("/ledgers/case/1/reinstate", {"seen": "1"})
    assert [row.withdrawn_on for row in office.rows(EnforcementCase)] == [None, web.now.date()]


def test_a_list_is_narrowed_and_given_out_as_it_is_shown(web: Web, tmp_path: Path) -> None:
    visitor = web.of(SUPERVISOR)
    for number, more in enumerate(
        (
            {"title": "甲", "procedure": "simple"},
            {"title": "乙", "item_id": "1"},
            {"title": "丙", "published_on": "2026-03-06"},
        )
    ):
        a_case(visitor, number=f"{number}号", **more)
    for query, titles in (
        ("q=甲", "甲"), ("procedure=ordinary", "丙乙"), ("item=1", "乙"), ("due=open", "乙甲"), ("due=overdue", "乙甲"),
        ("from=2026-03-06", ""), ("until=2026-03-05", "丙乙甲"), ("outcome=revoked", ""),
        ("recorded_throughout=yes", ""),
        ("withdrawn=yes", ""), ("path=x&self=y", "丙乙甲"),
    ):  # fmt: skip
        page = visitor.get(f"/ledgers/case?{query}").text
        assert "".join(re.findall(r">\d号 ([甲乙丙])</a></th>", page)) == titles, query
    sheet = tmp_path / "out.xlsx"
    sheet.write_bytes(visitor.get("/ledgers/case/export.xlsx?procedure=simple").content)
    rows = open_workbook(sheet)[0].rows
    assert (len(rows), rows[0][0]) == (3, "某局2026年执法案件台账")
    assert visitor.get("/ledgers/case?procedure=fast").status_code == 400
    assert visitor.get("/ledgers/case?from=soon").status_code == 400


def test_who_may_read_and_who_may_write(web: Web, office: Office) -> None:
    handler, outsider = web.of(HANDLER), web.of(OUTSIDER)
    a_case(web.of(SUPERVISOR))
    for path in ("/ledgers", "/ledgers/case"):
        assert "台账由督办员和单位领导登记" in handler.read(path)
    assert handler.get("/ledgers/case/1").status_code == 404
    assert "某案" not in outsider.get("/ledgers/case/1").text
    assert handler.get("/ledgers/case/new").status_code == 403
    assert handler.post("/ledgers/case", CASE).status_code == 403
    for path in ("/ledgers/case/1", "/ledgers/case/1/withdraw", "/ledgers/case/1/reinstate"):
        assert handler.post(path, CASE | {"seen": "0", "reason": "误"}).status_code == 404, path
    for path in ("export.xlsx", "template.xlsx", "import"):
        assert handler.get(f"/ledgers/case/{path}").status_code == 403, path
    assert outsider.get("/ledgers?organ=bureau").status_code == 404
    supervisor = web.of(SUPERVISOR)
    assert supervisor.get("/ledgers?kind=gifts").status_code == 404
    for path in ("/ledgers/gifts", "/ledgers/case/99", "/ledgers/case/99999999999", "/ledgers/study/1"):
        assert supervisor.get(path).status_code == 404, path
    assert supervisor.post("/ledgers/case/1", CASE | {"seen": "x"}).status_code == 400
    assert len(office.rows(EnforcementCase)) == 1


def test_a_full_page_asks_as_often_as_a_short_one(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    visitor.act(
        "/ledgers/act", {"on": "2026-05-06", "kind": "deploy", "text": "部署", "item_id": "1", "person_id": LEADER}
    )
    few = statements(office.engine, lambda: visitor.read("/ledgers/act"))
    with unit_of_work(office.engine) as session:
        plain = office.rows(LeadershipAct)[0].model_dump(exclude={"id", "on"})
        session.add_all(LeadershipAct(**plain, on=day("2026-02-02")) for _ in range(150))
    assert statements(office.engine, lambda: visitor.read("/ledgers/act")) == few
    assert "第 2 页，共 2 页" in visitor.read("/ledgers/act?page=2")


def test_permits_are_written_in_the_columns_of_the_standard(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    form = visitor.get("/ledgers/credit/new").text
    assert '<details class="fold"><summary>国家数据标准的其他内容' in form
    refused = visitor.post("/ledgers/credit", {"decided_on": "2026-03-05", "kind": "permit", "party_code": "9133"})
    assert "统一社会信用代码“9133”不正确" in words_of(refused.text)
    assert '<details class="fold" open>' in refused.text
    visitor.act("/ledgers/credit", {"decided_on": "2026-03-05", "kind": "permit", "number": "7号"})
    assert "写报送表" in visitor.read("/ledgers/credit")
    address = "/ledgers/credit/standard.xlsx?credit_code="
    assert visitor.get(address).status_code == 400
    answer = visitor.get(address + "113300000024912348")
    assert answer.status_code == 400, "a wrong check character"
    book = load_workbook(io.BytesIO(visitor.get(address + CREDIT_CODE).content))
    assert book.sheetnames == ["行政许可", "行政处罚", "待补内容"]
    assert web.of(HANDLER).get(address + CREDIT_CODE).status_code == 403
