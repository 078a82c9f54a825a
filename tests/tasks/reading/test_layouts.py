"""Layouts of reports that differ in dress only: headings without numbers, glued titles, catalogue lines, cuts."""

import io
from pathlib import Path

import pytest
from docx import Document

from models.report.report import SectionKind
from tasks.reading.duties import duties_of
from tasks.reading.read_report import ReportReading, read_report, read_report_text
from tasks.reading.responsibility import split_responsibility

TITLE = "柳溪县林业局2024年度法治政府建设情况报告"
DONE = "局党组把依法治林纳入年度重点，全年专题学习4次，发放宣传资料300余份，查处涉林案件13起。"
LACKS = "基层林业站执法人员少、任务重，装备更新不够及时，与公安机关的衔接机制还不够顺畅。"
LEADS = "局长带头讲法治课2次，亲自研究重大案件，督促各股室把法治任务落实到人、到岗、到案。"
AHEAD = "组织执法人员轮训，6月底前完成；修订林业行政处罚裁量基准，并向社会公开征求意见。"


def kinds(reading: ReportReading) -> list[SectionKind]:
    return [section.kind for section in reading.sections]


def test_a_heading_without_number_may_hold_a_comma() -> None:
    reading = read_report_text(
        f"{TITLE}\n主要举措和成效\n加强组织领导，压实各方责任\n{DONE}\n存在的不足和原因\n{LACKS}\n"
        f"主要负责人履行推进法治建设第一责任人职责，加强法治政府建设的有关情况\n{LEADS}\n2025年度主要安排\n{AHEAD}\n"
    )

    assert kinds(reading) == [
        SectionKind.ACHIEVEMENTS,
        SectionKind.DEFICIENCIES,
        SectionKind.FIRST_RESPONSIBLE,
        SectionKind.NEXT_YEAR,
    ]
    assert [heading.text for heading in reading.sections[0].subheadings] == ["加强组织领导，压实各方责任"]
    assert reading.sections[2].paragraphs == (LEADS,)


def test_a_line_that_leads_to_a_list_is_no_section_of_its_own() -> None:
    reading = read_report_text(
        f"{TITLE}\n一、主要举措和成效\n{DONE}\n二、存在的问题和2025年度工作安排\n存在的问题主要有：\n{LACKS}\n"
        "2025年，将重点做好以下工作：\n1.开展案卷评查。\n2.修订裁量基准。\n三、主要负责人履职情况\n" + LEADS
    )

    assert [section.number for section in reading.sections] == ["一", "二", "三"]
    assert [item.title for item in reading.items] == ["开展案卷评查", "修订裁量基准"]


def test_deficiencies_do_not_become_items_when_the_next_year_has_a_section_of_its_own() -> None:
    reading = read_report_text(
        f"{TITLE}\n一、主要举措和成效\n{DONE}\n二、存在的不足和改进措施\n{LACKS}\n三、2025年度主要安排\n1.开展案卷评查。"
    )

    assert [item.title for item in reading.items] == ["开展案卷评查"]


@pytest.mark.parametrize("end", ["", "……", "...", "…"])
def test_a_report_that_stops_inside_a_sentence_is_truncated(end: str) -> None:
    reading = read_report_text(
        f"{TITLE}\n一、主要举措和成效\n{DONE}\n二、存在的不足\n一是力量不足。二是装备，部分林业站{end}"
    )

    assert [section.truncated for section in reading.sections] == [False, True]


def test_a_report_that_stops_after_a_heading_is_truncated_and_a_plan_is_not() -> None:
    report = read_report_text(f"{TITLE}\n一、主要举措和成效\n{DONE}\n二、存在的不足")
    plan = read_report_text("柳溪县林业局2025年法治工作要点\n一、开展案卷评查\n二、完成执法证件换发")

    assert report.sections[-1].truncated
    assert not any(section.truncated for section in plan.sections)


def test_a_title_glued_to_the_first_sentence_is_taken_off() -> None:
    reading = read_report_text(f"{TITLE}2024年，县林业局扎实推进依法治林，取得新的进展。一、主要举措和成效{DONE}")

    assert (reading.title, reading.organ, reading.year) == (TITLE, "柳溪县林业局", 2024)


@pytest.mark.parametrize(
    ("opening", "organ"),
    [
        ("2024年，柳溪县林业局坚持依法治林，取得成效。", "柳溪县林业局"),
        ("2024年，在县委、县政府的坚强领导下，柳溪县林业局深入推进法治建设。", "柳溪县林业局"),
        ("2024年，我局坚持依法治林，取得成效。", None),
        ("2024年，县委坚持依法治县，取得成效。", None),
    ],
)
def test_a_report_without_title_is_that_of_the_organ_it_opens_with(opening: str, organ: str | None) -> None:
    assert read_report_text(f"{opening}\n一、主要举措和成效\n{DONE}").organ == organ


@pytest.mark.parametrize(
    ("title", "organ"),
    [
        ("柳溪县林业局党委书记、局长2024年度履行推进法治建设第一责任人职责情况报告", "柳溪县林业局"),
        ("2025年全县依法行政工作计划", None),
        ("全县2025年依法行政工作计划", None),
    ],
)
def test_a_title_names_an_organ_or_none(title: str, organ: str | None) -> None:
    assert read_report_text(f"{title}\n一、主要工作\n{DONE}").organ == organ


def test_the_catalogue_of_a_government_page_is_not_read() -> None:
    reading = read_report_text(
        "首页\n>政务公开>法治政府建设\n[ 索引号 ] 1150/2025-5 [ 发文字号 ]\n[ 主题分类 ] 林业 [ 体裁分类 ] 工作报告\n"
        f"• 内容分类：法治政府建设\n• 有效性/截止日期：\n• 文号：\n{TITLE}\n一、主要举措和成效\n{DONE}"
    )

    assert (reading.title, reading.addressee, reading.paragraphs_before) == (TITLE, None, ())


def test_a_text_framed_by_a_table_of_one_cell_is_read_as_text(tmp_path: Path) -> None:
    document, plain = Document(), Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    for text in (TITLE, "一、主要举措和成效", DONE, "二、存在的不足", LACKS):
        cell.add_paragraph(text)
        plain.add_paragraph(text)
    for name, content in (("framed.docx", document), ("plain.docx", plain)):
        buffer = io.BytesIO()
        content.save(buffer)
        (tmp_path / name).write_bytes(buffer.getvalue())

    assert read_report(tmp_path / "framed.docx") == read_report(tmp_path / "plain.docx")


def test_points_parted_by_half_width_full_stops_are_told_apart() -> None:
    reading = read_report_text(f"{TITLE}\n一、存在的不足\n一是力量不足. 二是装备陈旧.三是机制不畅.")

    assert [heading.number for heading in reading.sections[0].subheadings] == ["一是", "二是", "三是"]


def test_who_leads_belongs_to_the_duty_before_and_the_next_quarter_opens_another() -> None:
    duties = duties_of("3月底前完成执法证换发，由林政股牵头，办公室配合；第二季度开展1次专项检查。")

    assert [duty.title for duty in duties] == [
        "3月底前完成执法证换发，由林政股牵头，办公室配合",
        "第二季度开展1次专项检查",
    ]


@pytest.mark.parametrize(
    ("text", "lead", "cooperating"),
    [
        ("开展案卷评查（林政股牵头）。", "林政股", ()),
        ("开展案卷评查（林政股牵头，办公室、法规股配合）。", "林政股", ("办公室", "法规股")),
        ("开展案卷评查【由林政股牵头负责，各林业站按职责分工负责】。", "林政股", ("各林业站",)),
    ],
)
def test_a_bracket_names_who_leads_without_a_label(text: str, lead: str, cooperating: tuple[str, ...]) -> None:
    rest, named = split_responsibility(text)

    assert rest == "开展案卷评查。"
    assert named is not None
    assert (named.lead, named.cooperating) == (lead, cooperating)


def test_who_leads_a_heading_leads_the_points_below_it() -> None:
    reading = read_report_text(
        "柳溪县2025年依法行政工作计划\n一、健全制度（县司法局牵头，各部门配合）\n"
        "1.修订工作规则。\n2.编制决策目录。（牵头单位：县政府办）\n二、规范执法\n1.开展案卷评查。"
    )

    assert [item.lead for item in reading.items] == ["县司法局", "县政府办", None]
