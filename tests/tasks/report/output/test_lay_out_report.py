"""On paper: parts and headings in their places, and what a person has to verify set off."""

import io
import re
from dataclasses import replace

import docx
from sqlalchemy import Engine

from models.database import unit_of_work
from models.people.person import Role
from models.people.personal_duty import Duty
from models.report.report import SectionKind
from tasks.papers.official_document import render
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.compiling.template import Numbering, ReportTemplate
from tasks.report.output.lay_out_report import UNVERIFIED, lay_out_report
from tests.report_year import ENFORCEMENT, ORDER, PUBLICITY, ReportYear, a_year

ACHIEVEMENTS = SectionKind.ACHIEVEMENTS
FIRST = SectionKind.FIRST_RESPONSIBLE
NEXT = SectionKind.NEXT_YEAR
DEFICIENCIES = SectionKind.DEFICIENCIES
TOGETHER = f"{ORDER}，{ENFORCEMENT}，{PUBLICITY}"


def test_what_needs_a_person_is_marked_on_paper(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = a_year(session)
        deputy = year.person("张副局", Role.LEADER)
        for on, text in (("8-1", "部署自查"), ("9-1", "部署清理")):
            year.act(Duty.DEPLOY, on, text, person=deputy)
        for text in ("执法力量不足", "制度不够完善"):
            year.deficiency(text)
        report = year.compile()

    paper = docx.Document(io.BytesIO(render(lay_out_report(report))))
    marked = [run.text for paragraph in paper.paragraphs for run in paragraph.runs if UNVERIFIED in run.text]
    unverified = [block.text for section in report.sections for block in section.blocks if block.unverified]
    assert [re.sub(f"{UNVERIFIED}(?=。$)", "", text) for text in marked] == unverified
    assert len(unverified) == 3
    lines = [paragraph.text for paragraph in paper.paragraphs]
    assert [line[:2] for line in lines if line[1:2] == "是"] == ["一是", "二是", "三是"]
    assert lines[-2:] == ["青禾县水务局", "2026年1月15日"]


def test_one_deficiency_alone_needs_no_number(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("任务", closed="1-5")
        year.deficiency("一是普法渠道较为单一")
        document = lay_out_report(year.compile())

    assert "普法渠道较为单一。" in ["".join(run.text for run in getattr(block, "runs", ())) for block in document.body]


def test_the_parts_stand_where_the_template_puts_them(engine: Engine) -> None:
    template = ReportTemplate(
        order=(FIRST, ACHIEVEMENTS, NEXT), headings={FIRST: "{单位}主要负责人履职"}, numbering=Numbering.CHINESE
    )
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=template)

    assert [f"{section.number}{section.heading}" for section in report.sections][:2] == [
        "一、青禾县水务局主要负责人履职",
        "二、2025年推进法治政府建设的主要举措和成效",
    ]
    paper = docx.Document(io.BytesIO(render(lay_out_report(report))))
    assert f"（二）{TOGETHER}" in [paragraph.text for paragraph in paper.paragraphs]


def lines(report: CompiledReport) -> list[str]:
    paper = docx.Document(io.BytesIO(render(lay_out_report(report))))
    return [paragraph.text for paragraph in paper.paragraphs]


def test_the_same_year_in_another_office_s_manner(engine: Engine) -> None:
    """The first responsible person's part first, 一是 throughout, next year's plan as a plan."""
    template = ReportTemplate(
        title="{单位}{年}年法治政府建设年度报告", addressees=("县委", "县政府"), copies=("县司法局",),
        opening="{单位}现将{年}年有关情况报告如下。", order=(FIRST, ACHIEVEMENTS, DEFICIENCIES, NEXT),
        headings={NEXT: "{下一年}年工作打算"}, numbering=Numbering.ORDINAL,
    )  # fmt: skip
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=template)

    assert (report.title, report.addressee, report.copies) == (
        "青禾县水务局2025年法治政府建设年度报告", "县委、县政府", ("县司法局",),
    )  # fmt: skip
    told = lines(report)
    assert "青禾县水务局现将2025年有关情况报告如下。" in told
    assert [line for line in told if line[:2] in ("一、", "二、", "三、", "四、")] == [
        "一、主要负责人履行推进法治建设第一责任人职责情况", "二、2025年推进法治政府建设的主要举措和成效",
        "三、推进法治政府建设存在的不足和原因", "四、2026年工作打算",
    ]  # fmt: skip
    assert [line[:10] for line in told if line[:2] in ("一是", "二是")] == [
        "一是青禾县水务局主要", "二是主持召开办公会，", "一是强化理论学习。制", "二是健全工作机制，规",
    ]  # fmt: skip
    assert f"（一）{ENFORCEMENT}，落实整改措施" in told


def test_a_part_within_another_is_a_paragraph_of_it(engine: Engine) -> None:
    template = ReportTemplate(within={FIRST: ACHIEVEMENTS}, numbering=Numbering.CHINESE)
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=template)

    assert [section.kind for section in report.sections] == [ACHIEVEMENTS, DEFICIENCIES, NEXT]
    told = lines(report)
    place = told.index("（三）主要负责人履行推进法治建设第一责任人职责情况")
    assert "主持召开办公会，部署年度工作" in told[place + 1]


def test_parts_may_be_numbered_each_in_its_own_way(engine: Engine) -> None:
    template = ReportTemplate(numberings={DEFICIENCIES: Numbering.CHINESE, FIRST: Numbering.ORDINAL})
    with unit_of_work(engine) as session:
        year = a_year(session)
        year.deficiency("执法力量不足")
        told = lines(year.compile(template=template))

    assert any(line.startswith("（二）执法力量不足") for line in told)
    assert any(line.startswith("三是现场督办工作规则修订") for line in told)
    assert any(line.startswith("1.强化理论学习。") for line in told)


def test_with_a_code_the_report_that_goes_upward_bears_number_signer_and_imprint(engine: Engine) -> None:
    template = ReportTemplate(organ_code="青水", short_name="县水务局", copies=("县司法局",), signature="{简称}")
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=template)

    paper = lay_out_report(replace(report, number="青水〔2026〕12号"))
    assert (paper.document_number, paper.signer, paper.signature) == ("青水〔2026〕12号", "", "县水务局")
    assert paper.imprint == (("抄送：县司法局。", ""), ("县水务局", f"{paper.day}印发"))
    assert lay_out_report(report).document_number == "青水〔2026〕　号"
    public = lay_out_report(replace(report, public=True, number="青水〔2026〕12号"))
    assert (public.document_number, public.signer, public.imprint) == (None, None, ())
