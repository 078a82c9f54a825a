"""A file is read in any usual encoding, or refused with one plain line."""

import codecs
import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from models.errors import UnreadableFileError
from tasks.reading.document import read_document
from tasks.reading.read_report import read_report
from tests.documents import zipped
from tests.sent.old_files import container

TEXT = "某局2024年度法治政府建设情况报告\n一、主要举措和成效\n开展学习研讨2次。\n"
PARAGRAPHS = TEXT.strip().split("\n")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\n\n\u3000\u3000").encode(),
    ],
)
def test_a_text_file_is_read_in_any_usual_encoding(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.txt").write_bytes(content)

    assert paragraphs(tmp_path / "report.txt") == PARAGRAPHS


def paragraphs(path: Path) -> list[str]:
    return [paragraph.text for paragraph in read_document(path)[1]]


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_report(path)
    assert "\n" not in caught.value.message
    return caught.value.message


UNREADABLE = [
    ("空.txt", b"", "空"),
    ("空白.txt", "\u3000\n \n".encode(), "没有文字"),
    ("图片.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xfe\xff", "图片"),
    ("乱码.txt", b"\x81\xff\xfe\x00", "编码"),
    ("其实是.txt", b"PK\x03\x04\x14\x00\x06", "压缩包"),
    ("报告.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "损坏"),
    ("报告.PDF", b"%PDF-1.7", "损坏"),
    ("报告.docm", zipped(members={"word/document.xml": "<w/>", "word/vbaProject.bin": b"macro"}), "含有宏"),
    ("报告.jpg", b"\xff\xd8\xff", ".docx"),
    ("加密.docx", container({"EncryptedPackage": b""}), "加密"),
    ("损坏.docx", b"PK\x03\x04 and then nothing of an archive", "损坏"),
]


@pytest.mark.parametrize(("name", "content", "says"), UNREADABLE, ids=[name for name, *_ in UNREADABLE])
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert says in refused(tmp_path / name)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "夹.txt").mkdir()

    assert "找不到" in refused(tmp_path / "无.txt")
    assert "是文件夹" in refused(tmp_path / "夹.txt")


def test_a_file_larger_than_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    with (tmp_path / "大.txt").open("wb") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)

    assert "20 MB" in refused(tmp_path / "大.txt")


def save(document: object, path: Path) -> Path:
    document.save(str(path))  # type: ignore[attr-defined]
    return path


def rewritten(path: Path, change: str, into: str) -> None:
    """Changes the main part of a .docx byte by byte."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                assert change.encode() in content
                content = content.replace(change.encode(), into.encode(), 1)
            target.writestr(name, content)


def test_a_word_file_is_read_with_its_tables_and_without_its_headers(tmp_path: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "页眉不算正文"
    document.add_paragraph("某县2024年重点工作任务分解表")
    table = document.add_table(rows=2, cols=4)
    rows = [("序号", "工作任务", "牵头单位", "完成时限"), ("1", "完成普法宣传。", "县司法局", "6月底前")]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    path = save(document, tmp_path / "表.docx")

    assert paragraphs(path) == [
        "某县2024年重点工作任务分解表",
        "序号 | 工作任务 | 牵头单位 | 完成时限 |",
        "1 | 完成普法宣传。 | 县司法局 | 6月底前 |",
    ]
    assert [(item.title, item.lead, str(item.due_on)) for item in read_report(path).items] == [
        ("完成普法宣传", "县司法局", "2024-06-30")
    ]


def test_headings_in_styles_are_read_with_and_without_numbers_in_their_text(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("某局2024年度法治政府建设情况报告", style="Title")
    document.add_heading("一、推进法治政府建设的主要举措和成效", 1)
    document.add_heading("（一）加强学习", 2)
    document.add_paragraph("开展学习研讨2次。")
    document.add_heading("二、2025年度主要安排", 1)
    for text in ("1.制定年度普法计划。", "2.每季度开展案卷评查。", "3.于2025年3月1日前报送年度报告。"):
        document.add_paragraph(text)
    reading = read_report(save(document, tmp_path / "报告.docx"))

    assert reading.title == "某局2024年度法治政府建设情况报告"
    assert [(one.kind.value, one.number, len(one.subheadings)) for one in reading.sections] == [
        ("achievements", "一", 1),
        ("next_year", "二", 3),
    ]
    assert [item.title for item in reading.items] == [
        "制定年度普法计划",
        "每季度开展案卷评查",
        "于2025年3月1日前报送年度报告",
    ]


def test_headings_without_any_number_are_known_by_their_style(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("某局2024年度工作报告", style="Title")
    for heading, child in (("政务公开", "主动公开"), ("营商环境", "简化流程")):
        document.add_heading(heading, 1)
        document.add_heading(child, 2)
        document.add_paragraph("办理事项20件。")
    reading = read_report(save(document, tmp_path / "报告.docx"))

    assert [(one.kind.value, one.heading, [sub.text for sub in one.subheadings]) for one in reading.sections] == [
        ("thematic", "政务公开", ["主动公开"]),
        ("thematic", "营商环境", ["简化流程"]),
    ]


def automatic_list(document: object, form: str, pattern: str) -> str:
    """A list definition of one level in the document; returns its id."""
    root = document.part.numbering_part.element  # type: ignore[attr-defined]
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", pattern)):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        level.append(child)
    abstract.append(level)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "77")
    number.append(reference)
    root.append(number)
    return "77"


def test_numbers_of_automatic_lists_are_read_as_word_shows_them(tmp_path: Path) -> None:
    document = Document()
    list_id = automatic_list(document, "chineseCountingThousand", "%1、")
    for text in ("主要举措和成效", "存在的不足和原因"):
        heading = document.add_heading(text, 1)
        properties = heading._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = int(list_id)
        properties.get_or_add_ilvl().val = 0
        document.add_paragraph("情况若干，均已说明。")
    reading = read_report(save(document, tmp_path / "报告.docx"))

    assert [(one.kind.value, one.number, one.heading) for one in reading.sections] == [
        ("achievements", "一", "主要举措和成效"),
        ("deficiencies", "二", "存在的不足和原因"),
    ]


@pytest.mark.parametrize("mark", ["ins", "del", "moveFrom"])
def test_tracked_changes_must_be_settled_by_a_person_first(tmp_path: Path, mark: str) -> None:
    document = Document()
    document.add_paragraph("正文")
    path = save(document, tmp_path / "修订.docx")
    rewritten(path, "<w:r>", f'<w:{mark} w:id="1" w:author="a"/><w:r>')

    assert "修订" in refused(path)


def test_a_word_file_that_inflates_beyond_measure_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("正文")
    path = save(document, tmp_path / "大.docx")
    rewritten(path, "<w:t>", "<w:t>" + " " * (65 * 1024 * 1024))

    assert "过大" in refused(path)


def test_a_workbook_called_docx_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "表.docx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")

    assert "不是可读的表格" in refused(tmp_path / "表.docx")


def test_broken_xml_inside_a_word_file_is_refused(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("正文")
    path = save(document, tmp_path / "坏.docx")
    rewritten(path, "</w:body>", "</w:bod>")

    assert "损坏" in refused(path)
