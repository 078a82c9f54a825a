"""A real report, told again from rows: its parts, its headings and every figure; each opens to the rows behind it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine
from sqlmodel import Session

from models.ledgers.enforcement_case import EnforcementCase, Outcome
from models.report.report import SectionKind
from tasks.papers.official_document import render
from tasks.reading.read_report import ReportReading, read_report
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.compiling.trace_figure import trace_figure
from tasks.report.desk.compare_versions import compare, figures_now
from tasks.report.output.lay_out_report import lay_out_report
from tests.real import beside
from tests.real.beside import MISSING, MOST, PAGE, RECORDS, WORDS, compare_seed, page
from tests.real.seed_year import ON, REAL, seed, template, the_year, written
from tests.report_year import ReportYear, a_year, figures

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="真实文书不在本机 (the folder of real documents is absent)")


@pytest.fixture(scope="module")
def real() -> ReportReading:
    return seed()[1]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


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
    assert {item.project for item in ours.items} == {item.project for item in real.items}


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
        title="{单位}{年}年度法治政府建设工作报告",
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
    assert "行政执法案件13起，其中简易程序4件、普通程序9件，作出罚款处罚3万元" in "".join(numbered)
    section = word.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 28]


def test_a_colleague_changes_at_most_ten_sentences_of_what_is_compiled(session: Session) -> None:
    found = compare_seed(session)

    assert PAGE.read_text(encoding="utf-8") == page(found)
    assert found.touched <= MOST
    assert found.count(RECORDS) > found.count(WORDS)
    assert found.remarks == ()


def test_the_year_of_another_office_is_no_such_report(session: Session, real: ReportReading) -> None:
    found = beside.compare(a_year(session).compile(), seed()[0], real)

    assert found.count(RECORDS, WORDS) <= 3
    assert found.count(MISSING) >= 30


def test_no_record_repeats_the_report_it_is_measured_by() -> None:
    flat = re.sub(r"\W", "", seed()[0])

    longest = {text: longest_run(text, flat) for text in written()}

    assert {text: run for text, run in longest.items() if len(run) > 12} == {}


def longest_run(text: str, flat: str) -> str:
    """The longest piece of the text that stands in the other as well; names of documents may."""
    bare = re.sub(r"[^\w|]", "", re.sub("《[^》]*》", "|", text))
    runs = (bare[first:end] for first in range(len(bare)) for end in range(first + 1, len(bare) + 1))
    return max((run for run in runs if run in flat), key=len, default="")
