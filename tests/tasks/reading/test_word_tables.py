"""Tables of tasks in a Word file are read by their headers, and what a reader of the page does not see is left out."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table

from tasks.reading.drafts import read_drafts
from tasks.reading.read_report import ReportReading, read_report

W = nsdecls("w")
TWO = "<w:r><w:t>2</w:t></w:r>"
FURTHER = ("备注", "预期成果", "分管领导", "完成情况", "联系电话", "资金来源", "佐证材料", "工作目标", "联系人", "类别",
           "开始时间", "重要程度", "验收标准")  # fmt: skip


def plan(*tables: Sequence[Sequence[str]], title: str = "某局2026年重点任务分解表") -> WordDocument:
    document = Document()
    document.add_paragraph(title)
    for table in tables:
        add(document, table)
    return document


def add(document: WordDocument, rows: Sequence[Sequence[str]]) -> Table:
    table: Table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def read(document: WordDocument, folder: Path) -> ReportReading:
    document.save(str(folder / "任务.docx"))
    return read_report(folder / "任务.docx")


def told(reading: ReportReading) -> list[tuple[str | None, ...]]:
    return [(item.project, item.title, item.lead, item.due_text) for item in reading.items]


@pytest.mark.parametrize("further", FURTHER)
@pytest.mark.parametrize("place", [1, 2, 4])
def test_tasks_are_found_whatever_column_stands_beside_them(tmp_path: Path, further: str, place: int) -> None:
    rows = [["序号", "任务内容", "责任单位", "完成时限"], ["1", "开展案卷评查", "法规科", "6月底前"]]
    for row, text in zip(rows, (further, "见附页"), strict=True):
        row.insert(place, text)
    reading = read(plan(rows), tmp_path)

    assert [(item.title, item.lead, item.due_text) for item in reading.items] == [("开展案卷评查", "法规科", "6月底前")]
    assert (further in "".join(reading.notes)) == (further not in ("分管领导", "联系人", "类别"))


def test_measures_beside_one_task_are_the_items_and_the_task_their_project(tmp_path: Path) -> None:
    document = plan()
    table = add(document, [
        ["序号", "重点任务", "具体措施", "责任单位", "完成时限"],
        ["1", "规范执法行为", "评查案卷2次", "法规科", "11月底前"],
        ["", "", "更新执法证件", "人事科", "5月底前"],
        ["2", "加强普法宣传", "编印宣传手册", "办公室", "9月底前"],
    ])  # fmt: skip
    for column in (0, 1):
        table.cell(1, column).merge(table.cell(2, column))

    assert told(read(document, tmp_path)) == [
        ("规范执法行为", "评查案卷2次", "法规科", "11月底前"),
        ("规范执法行为", "更新执法证件", "人事科", "5月底前"),
        ("加强普法宣传", "编印宣传手册", "办公室", "9月底前"),
    ]


def test_a_task_for_each_measure_stays_the_task(tmp_path: Path) -> None:
    rows = [
        ["重点任务", "具体措施", "责任单位"],
        ["规范执法", "评查案卷", "法规科"],
        ["加强普法", "编印手册", "办公室"],
    ]

    assert [item.title for item in read(plan(rows), tmp_path).items] == ["规范执法", "加强普法"]


def test_a_cell_merged_downwards_speaks_for_the_rows_beside_it(tmp_path: Path) -> None:
    document = plan()
    table = add(document, [
        ["项目", "任务内容", "责任单位", "完成时限"],
        ["队伍建设", "组织业务考试", "人事科", "10月底前"],
        ["", "换发执法证件", "", ""],
    ])  # fmt: skip
    for column in (0, 2, 3):
        table.cell(1, column).merge(table.cell(2, column))

    assert told(read(document, tmp_path)) == [
        ("队伍建设", "组织业务考试", "人事科", "10月底前"),
        ("队伍建设", "换发执法证件", "人事科", "10月底前"),
    ]


def test_the_points_of_the_text_and_the_rows_of_the_annex_are_both_read(tmp_path: Path) -> None:
    document = Document()
    for text in ("某局2026年法治工作要点", "一、规范执法", "1.评查执法案卷，5月31日前完成。", "2.换发执法证件。",
                 "附件：任务分解表"):  # fmt: skip
        document.add_paragraph(text)
    rows = [["序号", "工作任务", "责任单位"], ["1", "组织旁听庭审", "法规科"], ["2", "换发执法证件", "人事科"]]
    add(document, rows)
    reading = read(document, tmp_path)

    assert [(item.title, item.lead, item.source) for item in reading.items] == [
        ("评查执法案卷，5月31日前完成", None, "评查执法案卷，5月31日前完成。"),
        ("组织旁听庭审", "法规科", "组织旁听庭审"),
        ("换发执法证件", "人事科", "换发执法证件"),
    ]


def test_a_number_in_a_cell_is_no_heading_of_the_text(tmp_path: Path) -> None:
    rows = [
        ["编号", "工作任务", "责任单位"],
        ["一、", "（一）评查案卷", "法规科"],
        ["二、", "（二）换发证件", "人事科"],
    ]

    assert [item.lead for item in read(plan(rows, title="一、工作任务"), tmp_path).items] == ["法规科", "人事科"]


def test_a_cell_or_a_row_inside_a_content_control_is_read(tmp_path: Path) -> None:
    document = plan()
    table = add(document, [
        ["序号", "任务内容", "责任单位"], ["1", "评查案卷", "法规科"], ["2", "换发证件", "人事科"],
    ])  # fmt: skip
    for element in (table.cell(1, 1)._tc, table.rows[2]._tr):
        control = parse_xml(f"<w:sdt {W}><w:sdtContent/></w:sdt>")
        element.getparent().replace(element, control)
        control[0].append(element)

    assert [(item.title, item.lead) for item in read(document, tmp_path).items] == [
        ("评查案卷", "法规科"),
        ("换发证件", "人事科"),
    ]


def test_a_report_of_the_past_year_gives_no_items_from_its_tables(tmp_path: Path) -> None:
    document = Document()
    for text in ("某局2025年度法治政府建设情况报告", "一、主要举措和成效", "开展评查2次。"):
        document.add_paragraph(text)
    add(document, [["序号", "工作任务", "完成情况"], ["1", "评查案卷", "已完成"]])

    assert read(document, tmp_path).items == ()


@pytest.mark.parametrize(
    ("what", "run", "seen"),
    [
        ("划去的文字", "<w:rPr><w:strike/></w:rPr><w:t>12</w:t>", "15"),
        ("划去的文字", "<w:rPr><w:dstrike/></w:rPr><w:t>12</w:t>", "15"),
        ("划去的文字", "<w:rPr><w:rStyle w:val='Gone'/></w:rPr><w:t>12</w:t>", "15"),
        ("隐藏的文字", "<w:rPr><w:vanish/></w:rPr><w:t>12</w:t>", "15"),
        ("注音", f"<w:ruby><w:rt><w:r><w:t>er</w:t></w:r></w:rt><w:rubyBase>{TWO}</w:rubyBase></w:ruby>",
         "215"),
        ("", "<w:rPr><w:strike w:val='0'/></w:rPr><w:t>12</w:t>", "1215"),
    ],
)  # fmt: skip
def test_what_a_reader_of_the_page_does_not_see_is_left_out_and_said(
    tmp_path: Path, what: str, run: str, seen: str
) -> None:
    document = Document()
    document.styles.element.append(parse_xml(
        f"<w:style {W} w:type='character' w:styleId='Gone'><w:name w:val='Gone'/><w:rPr><w:strike/></w:rPr></w:style>"
    ))  # fmt: skip
    document.add_paragraph("某局2025年度法治政府建设情况报告")
    document.add_paragraph("一、主要举措和成效")
    paragraph = document.add_paragraph("办理案件")
    paragraph._p.append(parse_xml(f"<w:r {W}>{run}</w:r>"))
    paragraph.add_run("15件。")
    reading = read(document, tmp_path)

    assert [(str(figure.value), figure.unit) for figure in reading.figures] == [(seen, "件")]
    assert reading.notes == ((f"未计入：{what} 1 处。",) if what else ())


def test_a_paragraph_that_is_struck_out_as_a_whole_is_said_too(tmp_path: Path) -> None:
    document = Document()
    for text in ("某局2026年法治工作要点", "一、规范执法", "评查案卷。", "换发证件。"):
        document.add_paragraph(text)
    document.paragraphs[3].runs[0].font.strike = True
    document.save(str(tmp_path / "要点.docx"))
    drafts = read_drafts(tmp_path / "要点.docx", year=2026)

    assert [row.title for row in drafts.rows] == ["评查案卷"]
    assert drafts.notes == ["未计入：划去的文字 1 处。"]


def test_a_text_box_is_read_once_where_it_is_anchored(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("某局2025年度法治政府建设情况报告")
    document.add_paragraph("一、主要举措和成效")
    box = "<w:txbxContent><w:p><w:r><w:t>全年办理案件15件。</w:t></w:r></w:p></w:txbxContent>"
    both = (
        f"<w:r {W} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:AlternateContent>"
        f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.paragraphs[1]._p.append(parse_xml(both))
    document.add_paragraph("开展培训3次。")
    reading = read(document, tmp_path)

    assert [(str(figure.value), figure.unit) for figure in reading.figures] == [("15", "件"), ("3", "次")]


def test_headings_over_two_rows_are_read_together(tmp_path: Path) -> None:
    document = plan()
    table = add(document, [
        ["序号", "工作任务", "责任分工", "", "完成时限"], ["", "", "牵头科室", "配合科室", ""],
        ["一、法治建设", "", "", "", ""], ["1", "评查案卷", "法规科", "办公室", "6月底前"],
    ])  # fmt: skip
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(2, 0).merge(table.cell(2, 4))
    for column in (0, 1, 4):
        table.cell(0, column).merge(table.cell(1, column))
    (item,) = read(document, tmp_path).items

    assert (item.project, item.title, item.lead, item.cooperating, item.due_text) == (
        "法治建设", "评查案卷", "法规科", ("办公室",), "6月底前",
    )  # fmt: skip
