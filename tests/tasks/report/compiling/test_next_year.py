"""Part four is next year's plan in draft, and our own reader takes every item of it back."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import open_engine, unit_of_work
from models.items.item import Importance
from models.report.report import SectionKind
from tasks.papers.official_document import render
from tasks.reading.findings import ReportReading
from tasks.reading.read_report import read_report
from tasks.report.compiling.compile_report import CompiledReport
from tasks.report.compiling.next_year import as_one_item
from tasks.report.compiling.template import Numbering, ReportTemplate
from tasks.report.output.lay_out_report import lay_out_report
from tests.databases import lay_sqlite
from tests.report_year import ENFORCEMENT, ORDER, PUBLICITY, STUDY, ReportYear, a_year, blocks, offered, texts

NEXT = SectionKind.NEXT_YEAR
OTHER = SectionKind.OTHER


def test_next_year_holds_what_is_open_what_recurs_and_what_mends(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = a_year(session)
        year.turns(
            year.item("评查案卷", project=ENFORCEMENT, recurrence="FREQ=MONTHLY;BYMONTHDAY=25", due_text="每月25日前"),
            done=12,
        )
        year.item("打造宣传阵地", project=PUBLICITY, due="2026-06-30", importance=Importance.MAJOR)
        year.deficiency("评查不及时", remedy="增配评查人员", item=year.item("已办", project=ENFORCEMENT, closed="1-5"))
        report = year.compile()

    assert [(block.heading, block.text, block.sources) for block in blocks(report, NEXT)] == [
        (ENFORCEMENT, "开展案卷评查。", ("item:3",)),
        (ENFORCEMENT, "每月25日前评查案卷。", ("item:5",)),
        (ENFORCEMENT, "增配评查人员。", ("deficiency:2",)),
        (f"{PUBLICITY}，落实整改措施", "打造宣传阵地。", ("item:6",)),
        (f"{PUBLICITY}，落实整改措施", "配备专人运营普法账号。", ("deficiency:1",)),
    ]
    assert texts(report, OTHER) == ["“打造宣传阵地”时限未到，共1项重大任务跨年度推进。"]


def test_what_was_finished_between_the_year_and_the_report_is_not_carried_over(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("修订工作规则", due="12-31", closed="2026-01-10")

        assert ORDER not in [block.heading for block in blocks(year.compile("2026-01-15"), NEXT)]
        assert ORDER in [block.heading for block in blocks(year.compile("2026-01-09"), NEXT)]


def test_what_the_law_asks_of_everybody_is_no_arrangement_of_the_year(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("2月28日前报送上一年度法治政府建设情况报告", due="2-28")
        year.item("修订工作规则")
        year.deficiency("报告迟交", remedy="公开上一年度法治政府建设情况报告。")

        assert texts(year.compile(), NEXT) == ["修订工作规则。"]


def test_days_that_passed_and_the_year_that_is_over_are_not_named(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("6月底前完成2025年度规则修订", due="6-30")
        year.item("制定2025年培训计划", recurrence="FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1", due_text="每年3月底前")

        assert texts(year.compile(), NEXT) == ["完成规则修订。", "每年3月底前制定培训计划。"]


def test_the_year_that_is_over_stays_in_names_and_spans_of_years_alone(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("落实《2025年工作规则》")
        year.item("编制2021—2025年规划总结")
        year.item("落实今年普法任务")
        year.deficiency("账号无人维护", remedy="2025年12月底前配备专人")
        year.deficiency("宣传面窄", remedy="2026年6月底前增设宣传栏")

        assert texts(year.compile(), NEXT) == [
            "落实《2025年工作规则》。",
            "编制2021—2025年规划总结。",
            "落实普法任务。",
            "配备专人。",
            "2026年6月底前增设宣传栏。",
        ]


def test_what_is_only_offered_makes_no_heading_of_one_sentence_a_longer_one(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER, STUDY, PUBLICITY)
        year.item("修订工作规则", project=ORDER)
        year.item("制定学法计划", project=STUDY, closed="3-1")
        year.item("开设普法专栏", project=PUBLICITY)
        year.item("编写案例", project=PUBLICITY, closed="3-1")

        found = blocks(year.compile(), NEXT)

    assert [(block.heading, block.text) for block in found] == [
        (f"{ORDER}，{PUBLICITY}", "修订工作规则。"),
        (f"{ORDER}，{PUBLICITY}", "开设普法专栏。"),
    ]


def test_standing_work_returns_in_words_that_name_no_day_of_the_year_that_is_over(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, PUBLICITY)
        year.item("3月底前制定2025年普法计划", closed="3-1", yearly=True)
        year.item("开展宪法宣传周活动", due="12-7", yearly=True)
        year.item("修订工作规则", closed="3-1")

        assert texts(year.compile(), NEXT) == ["制定普法计划。", "开展宪法宣传周活动。"]
        assert offered(year, NEXT) == ["修订工作规则。"]


def test_what_was_finished_is_offered_for_the_next_year(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER, PUBLICITY)
        year.item("制定2025年普法计划", project=PUBLICITY, closed="3-1")
        year.item("修订工作规则", project=ORDER)

        assert texts(year.compile(), NEXT) == ["修订工作规则。"]
        assert offered(year, NEXT) == ["制定普法计划。"]


def test_a_plan_read_from_a_report_keeps_its_purposes_and_says_nothing_twice(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("6月底前开展专题研讨", due="6-30")
        year.deficiency("人手不足", remedy="充实执法力量")
        coming = ReportYear(session, ORDER, year=2026)
        coming.item(
            "开展专题研讨", source="2025年度报告第1版：开展专题研讨，不断提升依法行政能力。（2025年度计划第1项）"
        )
        coming.item("充实执法力量")

        assert texts(year.compile(), NEXT) == ["开展专题研讨，不断提升依法行政能力。", "充实执法力量。"]


@pytest.mark.parametrize(
    ("recurrence", "due_text", "title", "expected"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=25", "每月25日前", "报送情况", "每月25日前报送情况。"),
        ("FREQ=MONTHLY;BYMONTHDAY=25", None, "报送情况", "每月25日报送情况。"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "每季度", "每季度开展评查", "每季度开展评查。"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=-1;UNTIL=20251231", "3月底、9月底", "分两次清理文件", "分两次清理文件。"),
    ],
    ids=["in the office's words", "in the rule's words", "said already", "ends with the year"],
)
def test_a_rhythm_is_said_once(
    engine: Engine, recurrence: str, due_text: str | None, title: str, expected: str
) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item(title, recurrence=recurrence, due_text=due_text)

        assert texts(year.compile(), NEXT, ORDER) == [expected]


def read_back(report: CompiledReport, folder: Path) -> ReportReading:
    """What our own reader finds in the Word file."""
    file = folder / "report.docx"
    file.write_bytes(render(lay_out_report(report)))
    return read_report(file)


def test_our_own_report_is_read_as_what_it_is(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        report = a_year(session).compile(template=ReportTemplate(addressee="县委、县政府"))

    found = read_back(report, tmp_path)

    assert (found.title, found.organ, found.year, found.addressee) == (report.title, report.organ, 2025, "县委、县政府")
    assert [section.kind for section in found.sections] == [section.kind for section in report.sections]
    assert [heading.text for heading in found.sections[0].subheadings] == [
        STUDY,
        f"{ORDER}，{ENFORCEMENT}，{PUBLICITY}",
    ]
    assert [heading.number for heading in found.sections[1].subheadings] == []
    exact = {(figure.value, figure.unit) for figure in found.figures if not figure.approximate}
    assert {(13, "起"), (4, "件"), (9, "件"), (3, "万元"), (2, "次")} <= exact
    assert (Decimal(10), "次", True) in {(figure.value, figure.unit, figure.approximate) for figure in found.figures}


@pytest.mark.parametrize("numbering", list(Numbering))
@pytest.mark.parametrize(
    "projects",
    [
        (STUDY, ORDER),
        ("深入学习贯彻，健全机制", "二、规范执法：公示"),
        ("定期开展评查和培训", "坚持学用结合推动各项制度在基层落地落实并形成长效工作机制"),
    ],
    ids=["plain", "with punctuation", "that read like tasks"],
)
def test_the_circle_closes_item_by_item(
    engine: Engine, tmp_path: Path, projects: tuple[str, str], numbering: Numbering
) -> None:
    titles = [
        "制定工作要点",
        "修订制度，开展培训",
        "不断提升依法行政水平",
        "健全复议等方面工作",
        "一是清理文件；二是公布目录",
    ]
    with unit_of_work(engine) as session:
        year = ReportYear(session, *projects)
        for title in titles:
            for project in projects:
                year.item(title, project=project)
        year.item("报送情况", project=projects[0], recurrence="FREQ=MONTHLY;BYMONTHDAY=25", due_text="每月25日前")
        report = year.compile(template=ReportTemplate(numbering=numbering))

    found = read_back(report, tmp_path)

    assert [item.source for item in found.items] == texts(report, NEXT)
    assert [item.title for item in found.items] == [text.removesuffix("。") for text in texts(report, NEXT)]
    assert [item.project for item in found.items] == [block.heading for block in blocks(report, NEXT)]
    dues = {item.title: (item.due_text, item.due_on, item.recurrence) for item in found.items if item.due_text}
    assert dues == {
        "每月25日前报送情况": ("每月25日前", None, "FREQ=MONTHLY;BYMONTHDAY=25"),
    }


PIECES = (
    "制定",
    "不断提升",
    "方面",
    "工作",
    "，",
    "、",
    "“双随机、一公开”",
    "《条例》",
    "开展",
    "情况",
    "6月底前",
    "定期",
    "确保",
    "落实",
    "；",
    "。",
    "依法行政水平",
    "由办公室牵头",
    "（草案）",
    "2025年",
    "三项制度",
)


PHRASES = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8)
    .map("".join)
    .filter(lambda text: re.search(r"[\u4e00-\u9fff]{2}", text) is not None)
)


@given(PHRASES)
@example("责任单位：办公室")
@example("形成合力")
def test_any_title_is_one_sentence_and_stays_so_in_later_years(title: str) -> None:
    first = as_one_item(title.replace("。", "，").replace("；", "，").strip("，、"))

    assert as_one_item(first) == first


def test_two_duties_in_one_item_are_linked_as_a_sentence_links_them() -> None:
    assert as_one_item("加大执法力度，查处违法行为") == "加大执法力度并查处违法行为"
    assert as_one_item("接受上级监督，主动报告工作") == "接受上级监督，主动报告工作"


@given(titles=st.lists(PHRASES, min_size=1, max_size=6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_item_is_lost_or_doubled_on_paper(tmp_path: Path, titles: list[str]) -> None:
    engine = open_engine(lay_sqlite(tmp_path / "year.db"))
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        for title in titles:
            year.item(title)
        report = year.compile()
    engine.dispose()

    assert [item.source for item in read_back(report, tmp_path).items] == texts(report, NEXT)
    assert len(texts(report, NEXT, ORDER)) == len(titles)


def test_a_plan_of_the_next_year_says_what_that_year_brings(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "健全工作机制")
        year.item("修订工作规则", due="6-30")
        year.turns(year.item("召开例会", recurrence="FREQ=MONTHLY;BYMONTHDAY=-1", due_text="每月"), done=12)
        year.item("编制普法计划", due="6-30", closed="6-1")
        coming = ReportYear(session, "深化法治宣传", "严格执法", year=2026)
        coming.item("评查案卷", project="严格执法", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1")
        coming.item("编制普法计划", project="深化法治宣传")

        found = blocks(year.compile(), NEXT)

    together = "深化法治宣传，严格执法，健全工作机制"
    assert [(block.heading, block.text) for block in found][:3] == [
        (together, "编制普法计划。"),
        (together, "每季度末月最后一天评查案卷。"),
        (together, "修订工作规则。"),
    ]
    assert "例会" not in "".join(block.text for block in found)
    assert found[0].sources != ()
