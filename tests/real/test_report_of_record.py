"""A real report, told again from rows: its parts, its headings and every figure; each opens to the rows behind it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine
from sqlmodel import Session

from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.people.personal_duty import Duty
from models.report.report import SectionKind
from tasks.papers.official_document import render
from tasks.reading.read_report import ReportReading, read_report
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.template import Numbering, ReportTemplate
from tasks.report.compiling.trace_figure import trace_figure
from tasks.report.desk.compare_versions import compare, figures_now
from tasks.report.output.lay_out_report import lay_out_report
from tests.report_year import ReportYear, figures

REAL = Path(__file__).resolve().parents[2] / "../shared/real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="真实文书不在本机 (the folder of real documents is absent)")

ON = "2025-01-09"
PLAIN = {SectionKind.FIRST_RESPONSIBLE: Numbering.PLAIN}


@pytest.fixture(scope="module")
def real() -> ReportReading:
    (path,) = REAL.glob("reports/00-*.txt")
    return read_report(path)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


def the_year(session: Session, real: ReportReading, **organ: str) -> ReportYear:
    """The facts of the report as an office would have recorded them during the year; no sentence of it."""
    achievements, _deficiencies, _first, coming = real.sections
    headings = [heading.text.rstrip("。") for heading in achievements.subheadings]
    year = ReportYear(session, *headings, year=2024, **organ)
    for place, title in enumerate(
        ("制定年度工作要点", "修订党组工作规则", "组织国防教育日普法", "落实三项制度"), start=1
    ):
        item = year.item(title, project=headings[place], due="2024-11-30", closed="2024-11-20")
        year.progress(item, "2024-11-20", achievement=f"{title}已完成")
    year.study("2024-04-10", "宪法")
    year.study("2024-09-12", "行政处罚法")
    for place in range(1, 14):
        on = f"2024-{(place - 1) % 12 + 1:02}-15"
        if place <= 4:
            year.case(on, Procedure.SIMPLE)
        else:
            year.case(on, Procedure.ORDINARY, "3333.33" if place < 13 else "3333.36")
    year.act(Duty.DEPLOY, "2024-02-20", "主持会议部署年度法治政府建设工作")
    year.act(Duty.INQUIRE, "2024-05-16", "过问行政许可和行政处罚信息归集情况")
    year.act(Duty.COORDINATE, "2024-08-08", "协调示范创建活动的材料")
    year.act(Duty.SUPERVISE, "2024-10-24", "督办普法宣传栏建设")
    for text in ("普法媒介不够多样", "执法队伍素质有待加强", "监管合力有待加强"):
        year.deficiency(text, on="2024-12-20", cause="投入不足")
    plan = [heading.text.rstrip("。") for heading in coming.subheadings]
    next_year = ReportYear(session, *plan, year=2025, **organ)
    for duty in real.items:
        project = next(name for name in plan if duty.project and name.startswith(duty.project.rstrip("。")[:8]))
        next_year.item(duty.title, project=project)
    for words in ("2月28日前报送上一年度法治政府建设情况报告", "3月31日前公开上一年度法治政府建设情况报告"):
        next_year.item(words, project=plan[1])
    return year


def template(real: ReportReading, **more: object) -> ReportTemplate:
    """The frame of the real report: its headings, in its order."""
    headings = {section.kind: section.heading or "" for section in real.sections}
    return ReportTemplate.model_validate({"headings": headings, "numberings": PLAIN, **more})


def told(year: ReportYear, frame: ReportTemplate, tmp_path: Path) -> ReportReading:
    """Our report, written as a Word file and read again by the same reader."""
    path = tmp_path / "report.docx"
    path.write_bytes(render(lay_out_report(year.compile(ON, frame))))
    return read_report(path)


def test_the_same_parts_headings_and_figures_come_out_of_rows(
    session: Session, real: ReportReading, tmp_path: Path
) -> None:
    ours = told(the_year(session, real), template(real), tmp_path)

    assert ours.year == real.year == 2024
    assert [(one.kind, one.number, one.heading) for one in ours.sections] == [
        (one.kind, one.number, one.heading) for one in real.sections
    ]
    for mine, theirs in zip(ours.sections, real.sections, strict=True):
        if mine.kind is not SectionKind.DEFICIENCIES:
            assert [heading.text for heading in mine.subheadings] == [heading.text for heading in theirs.subheadings]
        assert [heading.number for heading in mine.subheadings] == [heading.number for heading in theirs.subheadings]
    values = [(figure.value, figure.approximate) for figure in ours.figures]
    for figure in real.figures:
        assert (figure.value, figure.approximate) in values
    assert {item.title for item in real.items} <= {item.title for item in ours.items}


def test_every_figure_opens_to_the_rows_it_was_counted_from(session: Session, real: ReportReading) -> None:
    year = the_year(session, real)
    report = year.compile(ON, template(real))

    opened = {name: trace_figure(session, year.organ, 2024, name)[0] for name in figures(report)}

    for name, value, rows in (
        ("集中学习研讨", 2, 2), ("行政执法案件", 13, 13), ("简易程序案件", 4, 4), ("普通程序案件", 9, 9),
        ("罚款金额", 3, 9), ("被变更或撤销案件", 0, 0),
    ):  # fmt: skip
        assert (opened[name].value, len(opened[name].rows)) == (Decimal(value), rows)
    assert all("已不存在" not in row.words for found in opened.values() for row in found.rows)


def test_a_case_that_changes_afterwards_shows_as_a_difference(session: Session, real: ReportReading) -> None:
    year = the_year(session, real)
    frame = template(real)
    year.compile(ON, frame)
    first = newest_report(session, year.organ, 2024)
    assert first is not None
    assert figures_now(session, first) == []

    case = session.get_one(EnforcementCase, 5)
    case.outcome, case.fine = Outcome.REVOKED, case.fine + 1000
    session.flush()

    later = {change.name: change for change in figures_now(session, first)}
    assert set(later) == {"罚款金额", "被变更或撤销案件"}
    again = year.compile(ON, frame)
    second = newest_report(session, year.organ, 2024)
    assert second is not None
    assert (again.version, second.id != first.id) == (2, True)
    difference = compare(session, first, second)
    assert {change.name for change in difference.figures} == {"罚款金额", "被变更或撤销案件"}
    assert [change for change in difference.blocks if "ledger:case" in str(change)]


def test_a_second_office_tells_the_same_year_in_its_own_frame(
    session: Session, real: ReportReading, tmp_path: Path
) -> None:
    frame = template(
        real,
        order=["first_responsible", "achievements", "deficiencies", "next_year"],
        numbering="一是",
        title="{organ}{year}年度法治政府建设工作报告",
    )
    ours = told(the_year(session, real, name="青禾县国防动员办公室", code="second"), frame, tmp_path)

    assert [one.kind for one in ours.sections] == [
        SectionKind.FIRST_RESPONSIBLE, SectionKind.ACHIEVEMENTS, SectionKind.DEFICIENCIES, SectionKind.NEXT_YEAR,
    ]  # fmt: skip
    achievements = ours.sections[1]
    assert [heading.number for heading in achievements.subheadings] == ["一是", "二是", "三是", "四是", "五是"]
    assert {2, 13, 4, 9, 3} <= {figure.value for figure in ours.figures}


def test_the_same_snapshot_gives_the_same_bytes(session: Session, real: ReportReading) -> None:
    year, frame = the_year(session, real), template(real)

    first, second = (render(lay_out_report(year.compile(ON, frame))) for _ in range(2))

    assert first == second


def test_the_word_file_has_the_layout_the_numbering_and_the_figures(
    session: Session, real: ReportReading, tmp_path: Path
) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(render(lay_out_report(the_year(session, real).compile(ON, template(real)))))
    word = Document(str(path))

    def lines(style: str) -> list[str]:
        return [line.text for line in word.paragraphs if line.style is not None and line.style.name == style]

    assert [line[:2] for line in lines("Heading 1")] == ["一、", "二、", "三、", "四、"]
    numbered = [line for line in lines("Body Text") if line[1:2] == "."]
    assert [line[:2] for line in numbered] == ["1.", "2.", "3.", "4.", "5.", "1.", "2.", "3.", "4."]
    assert [line[:2] for line in lines("Body Text") if line[1:2] == "是"] == ["一是", "二是", "三是"]
    assert "行政执法案件13起，其中适用简易程序4起、普通程序9起，罚款合计3万元" in "".join(numbered)
    section = word.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 28]
