"""The desk in a browser: forms upon blocks, versions compared, figures opened, the template set."""

import io
from pathlib import Path

import pytest
from docx import Document as Word
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import key, unit_of_work
from models.papers.kept_template import KeptTemplate
from models.people.organ import Organ
from models.people.personal_duty import Duty
from models.report.never_said import NEVER_SAID
from models.report.report import Report, ReportBlock, ReportSection
from models.report.report_desk import ReportComment
from tasks.ledgers.record_named import record_act, record_deficiency
from tasks.report.compiling.compile_report import compile_report
from tasks.report.desk.set_report_template import template_for
from tests.filing import vouch
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, words_of

TEXT = "普法渠道单一。"


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
    compile_again(office)
    return office


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def compile_again(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-12")
        compile_report(session, organ, 2026, by=by, on=by.on)


def note(office: Office, text: str) -> None:
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-12")
        record_deficiency(session, organ, by=by, on=day("2026-06-02"), text=text)


def block_of(office: Office, name: str = "deficiency:1", report: int = 1) -> ReportBlock:
    with Session(office.engine) as session:
        query = select(ReportBlock).join(ReportSection, ReportSection.id == ReportBlock.section_id)  # type: ignore[arg-type]
        return session.exec(query.where(ReportSection.report_id == report, ReportBlock.key == name)).one()


def seen(visitor: Visitor, office: Office, name: str = "deficiency:1", report: int = 1) -> dict[str, str]:
    """What the forms about a block carry."""
    page = visitor.get(f"/reports/{report}?block={block_of(office, name, report).id}").text
    return {"key": name, "seen": field_value(page, "seen") or ""}


def test_a_block_is_edited_and_the_page_says_who_wrote_what(visitor: Visitor, office: Office) -> None:
    words = visitor.act("/reports/1/desk/edit", {**seen(visitor, office), "text": f"{TEXT}力量不足。"})
    assert "已保存" in words
    assert f"{TEXT} 系统编写 力量不足。 陈督办" in words
    assert "改动 1 次" in words
    paper = Word(io.BytesIO(visitor.get("/reports/1/report.docx").content))
    assert "普法渠道单一。力量不足。" in "".join(paragraph.text for paragraph in paper.paragraphs)


def test_what_is_refused_keeps_what_was_typed(visitor: Visitor, office: Office) -> None:
    first = seen(visitor, office)
    visitor.act("/reports/1/desk/edit", {**first, "text": "渠道不多。"})
    answer = visitor.post("/reports/1/desk/edit", {**first, "text": "渠道很少。"})
    assert answer.status_code == 409
    assert "这一段已由陈督办改文字，没有保存。现为：“渠道不多。”" in words_of(answer.text)
    assert ">渠道很少。</textarea>" in answer.text
    again = {"key": "deficiency:1", "seen": field_value(answer.text, "seen") or "", "text": "渠道很少。"}
    visitor.act("/reports/1/desk/edit", again)
    assert block_of(office).text == "渠道很少。"
    answer = visitor.post("/reports/1/desk/edit", {**seen(visitor, office), "text": ""})
    assert (answer.status_code, "文字不能为空" in words_of(answer.text)) == (400, True)


def test_every_form_of_a_block_does_what_it_says(visitor: Visitor, office: Office) -> None:
    def act(verb: str, name: str = "deficiency:1", **typed: str) -> str:
        return visitor.act(f"/reports/1/desk/{verb}", {**seen(visitor, office, name), **typed})

    assert "内部，公开版不写：内部掌握" in act("internal", reason="内部掌握")
    assert "普法渠道单一。 内部掌握" in visitor.read("/reports/1/internal")
    refused = visitor.get("/reports/1/report.docx?edition=public")
    assert (refused.status_code, "公开版中还有待核" in words_of(refused.text)) == (400, True)
    with unit_of_work(office.engine) as session:
        vouch(session, session.get_one(Organ, office.organ_id), 2026)
    public = visitor.get("/reports/1/report.docx?edition=public").content
    assert "普法渠道" not in "".join(one.text for one in Word(io.BytesIO(public)).paragraphs)
    assert "已改为公开" in act("public")
    assert "这一段已撤下" in act("withdraw", reason="重复")
    assert "撤下的、备选的" in visitor.read("/reports/1")
    assert "已恢复" in act("restore")
    assert "已移动" in act("move", section="other")
    assert "其他需要报告的情况" in visitor.read("/reports/1")
    assert "已增写" in act("add", section="other", after="deficiency:1", text="另有一事。又有一事。", basis="会议纪要")
    hand = next(row.key for row in office.rows(ReportBlock) if row.key.startswith("hand:"))
    page = visitor.get(f"/reports/1?block={block_of(office, hand).id}").text
    assert '<option value="5">又有一事。' in page
    assert "已拆分" in act("split", hand, at="5")
    assert block_of(office, hand).text == "另有一事。"
    assert "已与后一段合并" in act("merge", hand)
    assert block_of(office, hand).text == "另有一事。又有一事。"
    assert "已核定" in act("confirm", "nothing:duties", basis="经核实确无")
    assert "数字已标明" in act("figure", "overview", figure="items.items", hide="yes", reason="未公开")
    assert "数字不公开：未公开" in visitor.read("/reports/1", block=block_of(office, "overview").id)


def test_changed_sources_show_both_texts_and_a_choice(visitor: Visitor, office: Office) -> None:
    visitor.act("/reports/1/desk/edit", {**seen(visitor, office, "overview"), "text": "任务基本完成。"})
    office.assign("又一任务", due="2026-12-10", number="2")
    compile_again(office)
    words = visitor.read("/reports/2", block=block_of(office, "overview", 2).id)
    assert "〔来源有变〕" in words
    assert "现在会编为" in words
    assert "采用新文" in words
    assert "保留我的" in words
    visitor.act("/reports/2/desk/adopt", seen(visitor, office, "overview", 2))
    assert "任务2项" in block_of(office, "overview", 2).text
    assert "desk/adopt" not in visitor.get(f"/reports/2?block={block_of(office, 'overview', 2).id}").text


def test_comments_are_made_by_readers_and_settled_by_who_compiles(web: Web, visitor: Visitor, office: Office) -> None:
    reader = web.of(FIRST)
    page = reader.read("/reports/1", block=block_of(office).id)
    assert ("批注" in page, "保存" in page) == (True, False)
    reader.act("/reports/1/desk/comment", {"key": "deficiency:1", "text": "再具体些"})
    assert "批注 1 条待处理" in visitor.read("/reports/1")
    visitor.act("/reports/1/desk/resolve", {"key": "deficiency:1", "comment": "1", "answer": "已补充"})
    words = visitor.read("/reports/1", block=block_of(office).id)
    assert "再具体些 刘局长" in words
    assert "已处理：已补充" in words
    assert reader.post("/reports/1/desk/edit", {"key": "deficiency:1", "text": "无"}).status_code == 403
    assert office.rows(ReportComment)[0].answer == "已补充"


def test_a_bound_version_is_worked_on_in_the_next(visitor: Visitor, office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.get_one(Report, 1).content_hash = "0" * 64
    assert "会以它为底稿另成第 2 版" in visitor.read("/reports/1")
    words = visitor.act("/reports/1/desk/edit", {**seen(visitor, office), "text": "渠道不多。"})
    assert "改动写入了新的一版" in words
    assert "第 2 版" in words
    assert (block_of(office).text, block_of(office, report=2).text) == (TEXT, "渠道不多。")


def test_versions_are_compared_in_text_and_figures_and_with_the_records_by_now(
    visitor: Visitor, office: Office
) -> None:
    assert "只有这一版" in visitor.read("/reports/1/compare")
    visitor.act("/reports/1/desk/edit", {**seen(visitor, office), "text": "普法渠道不多。"})
    office.assign("又一任务", due="2026-12-10", number="2")
    compile_again(office)
    page = visitor.get("/reports/2/compare")
    words = words_of(page.text)
    assert "第 1 版与第 2 版" in words
    assert "<del>1</del><ins>2</ins>" in page.text
    assert "列入计划任务 1项 2项 增加 1 条" in words
    assert "列入计划任务 1项 2项" in visitor.read("/reports/1/compare")
    assert visitor.get("/reports/2/compare?with=99").status_code == 404


def test_each_figure_opens_its_rows_and_what_has_to_be_seen_is_listed(visitor: Visitor, office: Office) -> None:
    visitor.act("/reports/1/desk/edit", {**seen(visitor, office), "text": "普法活动仅开展3场次。"})
    words = visitor.read("/reports/1/figures")
    assert "数字无据 3场次 普法活动仅开展3场次。" in words
    assert "〔数字无据〕" in visitor.read("/reports/1")
    opened = visitor.get("/reports/1/figures?figure=1").text
    assert 'href="/items/1"' in opened
    assert visitor.get("/reports/1/figures?figure=999").status_code == 404


def test_an_editor_sees_every_form_and_nobody_else_gets_in(web: Web, office: Office) -> None:
    for path in ("/reports/1/compare", "/reports/1/figures", "/reports/1/internal", "/reports/1"):
        assert web.of(FIRST).get(path).status_code == 200
        for name in (HANDLER, OUTSIDER):
            assert web.of(name).get(path).status_code == 404
    for name in (HANDLER, OUTSIDER):
        assert web.of(name).post("/reports/1/desk/edit", {"key": "deficiency:1", "text": "无"}).status_code == 404
    assert block_of(office).text == TEXT


def test_the_template_is_set_by_form_and_by_file(visitor: Visitor, web: Web, office: Office) -> None:
    page = visitor.get("/reports/layout").text
    assert field_value(page, "place_first_responsible") == "3"
    typed = {
        "seen": "0", "title": "{单位}{年}年法治政府建设年度报告", "addressees": "县委\n县政府", "copies": "县司法局",
        "opening": "{单位}现将{年}年情况报告如下。", "signature": "{单位}", "numbering": "一是",
        "place_achievements": "1", "place_first_responsible": "2", "place_deficiencies": "3", "place_next_year": "4",
        "within_first_responsible": "achievements", "heading_deficiencies": "{年}年的问题",
        "ledger_headings": "执法案件：规范执法",
    }  # fmt: skip
    assert "已保存为第 1 版" in visitor.act("/reports/layout", typed)
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-12")
        compile_report(
            session, organ, 2026, by=by, on=by.on, template=template_for(session, organ, office.settings.home)
        )
    words = visitor.read("/reports/2")
    assert "某局2026年法治政府建设年度报告" in words
    assert "县委、县政府：" in words
    assert "某局现将2026年情况报告如下。" in words
    assert "二、2026年的问题" in words
    assert "抄送：县司法局" in words
    toml = visitor.get("/reports/layout.toml").content
    assert 'ledger_headings = { case = "规范执法" }' in toml.decode()
    refused = visitor.post("/reports/layout", typed | {"seen": "1", "ledger_headings": "执法案件"})
    assert "“执法案件”应写成“台账：小标题”" in words_of(refused.text)
    assert visitor.post("/reports/layout", {"seen": "0"}, files={"file": ("a.toml", b'title = "x"')}).status_code == 409
    answer = visitor.post("/reports/layout", {"seen": "1"}, files={"file": ("a.toml", toml)})
    assert (answer.status_code, "没有改动" in words_of(answer.text)) == (400, True)
    answer = visitor.post("/reports/layout", {"seen": "1"}, files={"file": ("a.toml", b'numbering = "A"')})
    assert "“numbering”的值“A”不可用，可用：1.、（一）、一是" in words_of(answer.text)
    assert web.of(FIRST).post("/reports/layout", typed | {"seen": "1"}).status_code == 403
    assert [kept.revision for kept in office.rows(KeptTemplate)] == [1]
    assert key(office.rows(KeptTemplate)[0].id)


def test_a_text_of_the_report_is_put_by_and_gone_on_with(office: Office, visitor: Visitor) -> None:
    with unit_of_work(office.engine) as session:
        report_id = key(session.exec(select(Report.id)).one())
    path = f"/reports/{report_id}/desk/add"
    text = "组织开展行政执法案卷自查自纠，形成问题清单"

    assert "已暂存，尚未提交。" in visitor.act(path, {"text": text, "section": "achievements", "keep": "yes"})

    html = visitor.get("/drafts/1").text
    assert text in html
    assert f'action="{path}"' in html
    assert text not in visitor.read(f"/reports/{report_id}")
    assert text in visitor.act(path, {"text": f"{text}。", "section": "achievements", "of_draft": "1"})
    assert visitor.get("/drafts/1").status_code == 404


def test_a_remark_is_done_by_its_button(visitor: Visitor, office: Office) -> None:
    word = NEVER_SAID[0]
    visitor.act("/reports/1/desk/edit", {**seen(visitor, office), "text": f"渠道不多。各事{word}。"})
    page = visitor.get("/reports/1/review").text
    assert f"中的“{word}”不是报告的用语" in words_of(page)
    assert "审稿意见" in visitor.read("/reports/1")
    form = next(one for one in page.split("<form") if 'value="deficiency:1"' in one and "删去这一句" in one)
    assert field_value(form, "text") == "渠道不多。"
    visitor.act("/reports/1/desk/edit", {name: field_value(form, name) for name in ("key", "seen", "text", "heading")})
    assert block_of(office).text == "渠道不多。"
