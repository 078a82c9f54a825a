"""On paper: parts and headings in their places, and what a person has to verify set off."""

import io
import re

import docx
from sqlalchemy import Engine

from models.database import unit_of_work
from models.report import SectionKind
from tasks.compiling.template import Numbering, ReportTemplate
from tasks.lay_out_report import UNVERIFIED, lay_out_report
from tasks.wording.official_document import render
from tests.report_year import ORDER, ReportYear, a_year

ACHIEVEMENTS = SectionKind.ACHIEVEMENTS
FIRST = SectionKind.FIRST_RESPONSIBLE
NEXT = SectionKind.NEXT_YEAR


def test_what_needs_a_person_is_marked_on_paper(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        report = a_year(session).compile()

    paper = docx.Document(io.BytesIO(render(lay_out_report(report))))
    marked = [run.text for paragraph in paper.paragraphs for run in paragraph.runs if UNVERIFIED in run.text]
    unverified = [block.text for section in report.sections for block in section.blocks if block.unverified]
    assert [re.sub(f"^[二三]是|{UNVERIFIED}(?=。$)", "", text) for text in marked] == unverified
    assert len(unverified) == 4
    lines = [paragraph.text for paragraph in paper.paragraphs]
    assert [line[:2] for line in lines if "方面有" in line or "普法渠道" in line] == ["一是", "二是", "三是"]
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
        order=(FIRST, ACHIEVEMENTS, NEXT), headings={FIRST: "{organ}主要负责人履职"}, numbering=Numbering.CHINESE
    )
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=template)

    assert [f"{section.number}{section.heading}" for section in report.sections][:2] == [
        "一、青禾县水务局主要负责人履职",
        "二、2025年推进法治政府建设的主要举措和成效",
    ]
    paper = docx.Document(io.BytesIO(render(lay_out_report(report))))
    assert f"（二）{ORDER}" in [paragraph.text for paragraph in paper.paragraphs]
