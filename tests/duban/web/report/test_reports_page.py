import io
import re
from pathlib import Path

import pytest
from docx import Document as Word
from sqlalchemy import Engine

from duban.web.background.jobs import jobs_of
from models.audit import AuditEntry
from models.database import unit_of_work
from models.people.organ import Organ
from models.people.personal_duty import Duty
from models.report.report import Report
from tasks.ledgers.record_named import record_act, record_deficiency
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10", number="1")
    office.close("1", on="2026-06-05")
    with unit_of_work(engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-01")
        record_act(session, organ, by=by, kind=Duty.DEPLOY, on=day("2026-02-11"), text="部署年度工作")
        record_deficiency(session, organ, by=by, on=day("2026-06-01"), text="普法渠道单一")
    office.today = day("2026-06-12")
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def compiled(web: Web, visitor: Visitor, **sent: str) -> str:
    """Compile, wait, and give the address of the report the job leads to."""
    answer = visitor.post("/reports/compile", {"report_year": "2026"} | sent)
    assert answer.status_code == 303, words_of(answer.text)
    assert jobs_of(web.app.state.served).settle()
    page = visitor.get(answer.headers["location"]).text
    found = re.search(r'href="(/reports/\d+)\?year=2026"', page)
    assert found, words_of(page)
    return found[1]


def test_a_report_is_compiled_in_the_background_and_opens_to_its_rows(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "还没有编过报告。上面选好年度" in visitor.read("/reports")
    address = compiled(web, visitor)
    assert (address, [(entry.action, entry.actor) for entry in office.rows(AuditEntry)][-1]) == (
        "/reports/1", ("compile", SUPERVISOR),
    )  # fmt: skip
    page = visitor.get(address).text
    words = words_of(page)
    assert "存在的不足和原因" in words
    assert "点正文中的一句" in words
    blocks = dict(re.findall(r'id="b-(\d+)" href="[^"]*"[^>]*>([^<]*)</a>', page))
    chosen = next(block for block, text in blocks.items() if "普法渠道单一" in text)
    sources = visitor.get(f"{address}?block={chosen}").text
    assert '<a href="/ledgers/deficiency/1">普法渠道单一</a>' in sources
    assert 'aria-current="true"' in sources
    assert visitor.get(f"{address}?block=9999").status_code == 404
    act = next(block for block, text in blocks.items() if "部署" in text and "年度工作" in text)
    assert "履职" in visitor.read(f"{address}?block={act}")


def test_a_figure_opens_to_each_row_behind_it(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    address = compiled(web, visitor)
    page = visitor.get(address).text
    found = [visitor.get(f"{address}?block={block}").text for block in re.findall(r'id="b-(\d+)"', page)]
    figures = [figure for html in found for figure in re.findall(r"<h3>([^<]*)：(\d+)[^<]*</h3>", html)]
    assert figures
    assert any('href="/items/1"' in html for html in found)


def test_the_same_material_makes_no_new_version_and_changed_material_does(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    compiled(web, visitor)
    assert compiled(web, visitor) == "/reports/1"
    visitor.act("/ledgers/deficiency", {"on": "2026-06-02", "text": "力量不足"})
    assert compiled(web, visitor, dated_on="2026-12-31") == "/reports/2"
    assert [(report.version, (report.paper or {})["dated_on"]) for report in office.rows(Report)] == [
        (1, "2026-06-12"), (2, "2026-12-31"),
    ]  # fmt: skip
    assert "已有第 2 版" in visitor.read("/reports/1")
    assert "第 2 版" in visitor.read("/reports/2")


def test_the_document_says_what_the_page_says(web: Web) -> None:
    visitor = web.of(FIRST)
    address = compiled(web, web.of(SUPERVISOR))
    answer = visitor.get(f"{address}/report.docx")
    text = "".join(paragraph.text for paragraph in Word(io.BytesIO(answer.content)).paragraphs)
    assert ("普法渠道单一" in text, "部署年度工作" in text) == (True, True)
    assert visitor.get(f"{address}/report.docx").content == answer.content
    marks = visitor.get(address).text.count("〔待核〕")
    assert text.count("〔待核〕") == marks - visitor.get(address).text.count("标〔待核〕")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"report_year": ""}, "请填写报告的年度"),
        ({"report_year": "2026", "dated_on": "2025-12-01"}, "早于 2026 年度"),
        ({"report_year": "2026", "dated_on": "明天"}, "明天"),
    ],
)
def test_what_cannot_be_compiled_is_told_at_once(web: Web, sent: dict[str, str], said: str) -> None:
    answer = web.of(SUPERVISOR).post("/reports/compile", sent)
    assert (answer.status_code, said in words_of(answer.text)) == (400, True)


def test_a_year_without_a_plan_is_told_by_the_job(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    answer = visitor.post("/reports/compile", {"report_year": "2020"})
    assert jobs_of(web.app.state.served).settle()
    words = visitor.read(answer.headers["location"])
    assert "未完成 某局没有 2020 年度计划" in words


def test_who_may_read_and_who_may_compile(web: Web, office: Office) -> None:
    address = compiled(web, web.of(SUPERVISOR))
    handler, outsider = web.of(HANDLER), web.of(OUTSIDER)
    assert "年度报告由督办员编制" in handler.read("/reports")
    assert handler.post("/reports/compile", {"report_year": "2026"}).status_code == 403
    for visitor in (handler, outsider):
        for path in (address, f"{address}/report.docx"):
            assert visitor.get(path).status_code == 404
    assert web.of(FIRST).get(address).status_code == 200
    assert len(office.rows(Report)) == 1


def test_a_report_of_many_blocks_asks_as_often_as_one_of_few(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    address = compiled(web, visitor)
    few = statements(office.engine, lambda: visitor.read(address))
    for at in range(10):
        visitor.act("/ledgers/deficiency", {"on": "2026-06-02", "text": f"不足之{at}"})
    longer = compiled(web, visitor)
    assert statements(office.engine, lambda: visitor.read(longer)) == few
