"""Official documents, opened again: GB/T 9704-2012 geometry, fonts, levels; the same bytes each time."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import DubanError
from tasks.papers import paper
from tasks.papers.official_document import (
    Fonts,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TextRun,
    render,
    title_lines,
    write,
)

ROOT = Path(__file__).resolve().parents[3]

REPORT = OfficialDocument(
    title="青禾县水务局2025年法治建设情况报告",
    addressee="县委、县政府：",
    body=(
        Paragraph((TextRun("现将有关情况报告如下。"),)),
        Heading(1, "一、", "主要举措和成效"),
        Heading(2, "（一）", "完善制度"),
        Heading(3, "1.", "强化学习。", run_in=(TextRun("开展研讨2次，"), TextRun("成效明显。", mark=True))),
        Heading(4, "（1）", "规范文件管理", run_in="审查文件25份。"),
        Paragraph((TextRun("办理案件13件，"), TextRun("群众满意", mark=True), TextRun("。"))),
        Table(("序号", "类型", "件数"), (("1", "简易程序", "4"), ("2", "普通程序", "9")), "表1 案件办理情况"),
        Paragraph((TextRun("特此报告。"),)),
    ),
    signature="青禾县水务局办公室",
    dated_on=date(2026, 1, 9),
    document_number="青水发〔2026〕1号",
    attachments=("案件统计表", "工作清单"),
)


def opened(document: OfficialDocument, fonts: Fonts | None = None) -> WordDocument:
    content = render(document, fonts) if fonts else render(document)
    return docx.Document(io.BytesIO(content))


def plain(**parts: Any) -> OfficialDocument:
    given_parts: dict[str, Any] = {
        "title": "报告",
        "addressee": None,
        "body": (),
        "signature": None,
        "dated_on": None,
    }
    return OfficialDocument(**(given_parts | parts))


def styled(word: WordDocument, style: str) -> list[WordParagraph]:
    return [paragraph for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == style]


def right_indent(paragraph: WordParagraph) -> float:
    """In characters, as Word's paragraph dialogue shows it."""
    indent = next(paragraph._p.iter(qn("w:ind")))  # python-docx has no API for character units
    return int(indent.get(qn("w:rightChars"), "0")) / 100


# --- the sheet ---


def test_the_page_is_a4_with_a_text_block_of_156_by_225_millimetres() -> None:
    section = opened(REPORT).sections[0]
    lengths = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.left_margin,
        section.bottom_margin,
        section.right_margin,
    )
    assert [round(length.mm, 1) for length in lengths if length] == [210, 297, 37, 28, 35, 26]


def test_the_document_grid_holds_exactly_22_lines_of_28_characters() -> None:
    grid = opened(REPORT).sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch")))
    character = (16 + int(grid.get(qn("w:charSpace"))) / 4096) * 20
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert paper.TEXT_HEIGHT // pitch == 22
    assert paper.TEXT_WIDTH // character == 28


def test_text_keeps_the_grid_by_its_own_spacing() -> None:
    word = opened(REPORT)
    normal = word.styles["Normal"]
    assert normal.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert normal.paragraph_format.line_spacing.pt * 20 == paper.LINE_PITCH
    condensed = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val")))
    assert paper.TEXT_WIDTH // (16 * 20 + condensed) == 28


def test_odd_pages_number_on_the_right_and_even_pages_on_the_left() -> None:
    word = opened(REPORT)
    section = word.sections[0]
    assert word.settings.odd_and_even_pages_header_footer
    seen = []
    for footer in (section.footer, section.even_page_footer):
        line = footer.paragraphs[0]
        indent = line._p.pPr.ind
        seen.append(
            (
                line.text,
                [code.text.strip() for code in line._p.iter(qn("w:instrText"))],
                line.alignment,
                indent.get(qn("w:rightChars")),
                indent.get(qn("w:leftChars")),
            )
        )
    assert seen == [
        ("— 1 —", ["PAGE"], WD_ALIGN_PARAGRAPH.RIGHT, "100", None),
        ("— 1 —", ["PAGE"], WD_ALIGN_PARAGRAPH.LEFT, None, "100"),
    ]


def test_the_dashes_of_the_page_number_lie_7_millimetres_below_the_text_block() -> None:
    word = opened(REPORT)
    section, footer = word.sections[0], word.styles["footer"]
    assert section.footer_distance
    assert section.bottom_margin
    middle = section.footer_distance.mm + footer.paragraph_format.line_spacing.mm / 2
    assert section.bottom_margin.mm - middle == pytest.approx(7, abs=0.1)
    assert footer.font.size.pt == 14


# --- fonts and levels ---


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Normal", "仿宋_GB2312", 16),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Heading 4", "仿宋_GB2312", 16),
    ],
)
def test_each_level_has_its_font(style: str, font: str, points: int) -> None:
    found = opened(REPORT).styles[style]
    fonts = found.element.rPr.rFonts
    assert (fonts.get(qn("w:eastAsia")), found.font.name, found.font.size.pt) == (
        font,
        "Times New Roman",
        points,
    )
    assert not found.font.bold
    assert not found.font.italic
    assert found.font.color.rgb is None


def test_fonts_are_configuration() -> None:
    word = opened(REPORT, Fonts(heading_1="方正黑体_GBK"))
    assert word.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "方正黑体_GBK"


def test_no_theme_can_override_the_fonts() -> None:
    with zipfile.ZipFile(io.BytesIO(render(REPORT))) as archive:
        assert not [name for name in archive.namelist() if "theme" in name]
        assert not [name for name in archive.namelist() if b"asciiTheme" in archive.read(name)]


def test_the_language_is_chinese() -> None:
    word = opened(REPORT)
    language = next(word.styles.element.iter(qn("w:lang")))
    # In Chinese a number is broken wherever the line ends: western text has a language of its own.
    assert (language.get(qn("w:val")), language.get(qn("w:eastAsia"))) == ("en-US", "zh-CN")
    assert word.core_properties.language == "zh-CN"


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_heading_is_indented_by_two_characters_and_stays_with_its_text(level: int) -> None:
    layout = opened(REPORT).styles[f"Heading {level}"].paragraph_format
    element = layout._element.pPr
    assert element.ind.get(qn("w:firstLineChars")) == "200"
    assert element.find(qn("w:outlineLvl")).get(qn("w:val")) == str(level - 1)
    assert (layout.space_before, layout.space_after, layout.keep_with_next) == (0, 0, True)


def test_a_document_reads_back_part_by_part_in_order() -> None:
    assert [(line.style.name, line.text) for line in opened(REPORT).paragraphs if line.style] == [
        ("发文字号", "青水发〔2026〕1号"),
        ("Title", "青禾县水务局2025年法治建设情况报告"),
        ("主送机关", "县委、县政府："),
        ("Body Text", "现将有关情况报告如下。"),
        ("Heading 1", "一、主要举措和成效"),
        ("Heading 2", "（一）完善制度"),
        ("Body Text", "1.强化学习。开展研讨2次，成效明显。"),
        ("Body Text", "（1）规范文件管理。审查文件25份。"),
        ("Body Text", "办理案件13件，群众满意。"),
        ("Caption", "表1 案件办理情况"),
        ("Normal", ""),
        ("Body Text", "特此报告。"),
        ("附件说明", "附件：1.案件统计表"),
        ("附件说明", "2.工作清单"),
        ("发文机关署名", "青禾县水务局办公室"),
        ("成文日期", "2026年1月9日"),
    ]


def test_text_after_a_heading_sentence_has_the_body_font_and_marked_text_is_set_off() -> None:
    word = opened(REPORT)
    runs = [(run.text, run.style.name) for run in styled(word, "Body Text")[1].runs]
    assert runs == [
        ("1.强化学习。", "Default Paragraph Font"),
        ("开展研讨2次，", "Default Paragraph Font"),
        ("成效明显。", "待核"),
    ]
    assert word.styles["正文字体"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert word.styles["待核"].base_style.name == "正文字体"
    assert word.styles["待核"].font.underline
    body = styled(word, "Body Text")[3]
    assert [run.text for run in body.runs if run.style.name == "待核"] == ["群众满意"]


def test_a_heading_that_carries_text_and_looks_like_it_is_no_heading_of_the_navigation_pane() -> None:
    body = (Heading(1, "一、", "要点", run_in="无。"), Heading(3, "1.", "要点", run_in="全文。"))
    word = opened(plain(body=body, signature=None, dated_on=None))
    [heading], [line] = styled(word, "Heading 1"), styled(word, "Body Text")
    assert (heading.text, line.text) == ("一、要点。无。", "1.要点。全文。")
    assert (heading.paragraph_format.keep_with_next, line.paragraph_format.keep_with_next) == (False, False)


@pytest.mark.parametrize("level", [0, 5])
def test_a_heading_of_no_level_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="level"):
        Heading(level, "一、", "标题")


# --- title, addressee, attachments, signature ---


def test_the_title_is_centred_two_lines_below_the_document_number() -> None:
    word = opened(REPORT)
    assert word.styles["Title"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    number = word.styles["发文字号"].paragraph_format
    assert number.space_after.pt * 20 == 2 * paper.LINE_PITCH


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("法治建设情况报告", ("法治建设情况报告",)),
        ("青禾县水务局关于\n年度工作的报告", ("青禾县水务局关于", "年度工作的报告")),
        (
            "青禾县水务服务中心2025年度法治政府建设情况报告",
            ("青禾县水务服务中心2025年度", "法治政府建设情况报告"),
        ),
        (
            "青禾县水务局关于报送2025年法治政府建设情况的报告",
            ("青禾县水务局关于报送2025年", "法治政府建设情况的报告"),
        ),
        (
            "青禾县水务局办公室关于2025年法治建设情况的报告",
            ("青禾县水务局办公室", "关于2025年法治建设情况的报告"),
        ),
        (
            "没有年份也没有介词的一个非常非常长的标题只好由它去",
            ("没有年份也没有介词的一个非常非常长的标题只好由它去",),
        ),
    ],
)
def test_a_long_title_is_broken_between_words(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


@given(st.text(alphabet="青禾县局关于2025年度报告\n", max_size=60))
def test_breaking_a_title_loses_nothing(title: str) -> None:
    assert "".join(title_lines(title)) == title.replace("\n", "")


@pytest.mark.parametrize("given_form", ["县政府", "县政府:", "县政府：", "县政府： "])
def test_the_addressee_ends_with_one_full_width_colon(given_form: str) -> None:
    addressee = styled(opened(plain(addressee=given_form)), "主送机关")[0]
    assert addressee.text == "县政府："
    assert addressee.paragraph_format.first_line_indent is None


@pytest.mark.parametrize(
    ("signature", "dated_on", "signature_right", "date_right"),
    [
        # the date begins two further right than the signature: three shorter, it ends three from the edge
        ("青禾县水务局办公室", date(2026, 1, 9), 2, 3),
        ("青禾县水务局", date(2026, 1, 9), 2, 0),
        # a date longer than the signature ends two from the edge, and the signature begins two before it
        ("水务局", date(2026, 12, 31), 8, 2),
    ],
)
def test_signature_and_date_stand_as_in_a_document_without_a_seal(
    signature: str, dated_on: date, signature_right: float, date_right: float
) -> None:
    word = opened(plain(signature=signature, dated_on=dated_on))
    sign, day = styled(word, "发文机关署名")[0], styled(word, "成文日期")[0]
    assert (right_indent(sign), right_indent(day)) == (signature_right, date_right)
    begins = [28 - right_indent(line) - paper.width(line.text) for line in (sign, day)]
    assert begins[1] - begins[0] == 2
    assert [word.styles[line.style.name].paragraph_format.alignment for line in (sign, day) if line.style] == [
        WD_ALIGN_PARAGRAPH.RIGHT
    ] * 2


def test_the_date_has_no_leading_zeros_and_may_be_missing() -> None:
    assert styled(opened(plain(dated_on=date(2026, 3, 1))), "成文日期")[0].text == "2026年3月1日"
    assert styled(opened(plain(signature="水务局")), "成文日期") == []


def test_the_signature_takes_the_last_paragraph_along_to_its_page() -> None:
    word = opened(plain(body=(Paragraph((TextRun("甲"),)), Paragraph((TextRun("乙"),))), signature="水务局"))
    # A single line takes the paragraph before along.
    assert [line.paragraph_format.keep_with_next for line in styled(word, "Body Text")] == [True, True]
    long = Paragraph((TextRun("乙" * 60),))
    word = opened(plain(body=(Paragraph((TextRun("甲"),)), long), signature="水务局"))
    assert [line.paragraph_format.keep_with_next for line in styled(word, "Body Text")] == [None, True]
    assert styled(word, "Body Text")[1].paragraph_format.widow_control is True


def test_paper_that_goes_upward_bears_number_signer_and_imprint() -> None:
    upward = plain(
        document_number="青水〔2026〕12号", signer="王建国", copies=("县司法局", "县人大办"),
        issued_by="县水务局办公室", signature="水务局", dated_on=date(2026, 1, 9),
    )  # fmt: skip
    word = opened(upward)
    assert word.paragraphs[0].text == "青水〔2026〕12号\t签发人：王建国"
    box = next(word.element.body.iter(qn("w:txbxContent")))
    said = ["".join(text.text or "" for text in line.iter(qn("w:t"))) for line in box.iter(qn("w:p"))]
    assert [line for line in said if line] == ["抄送：县司法局，县人大办。", "县水务局办公室2026年1月9日印发"]
    assert next(word.element.body.iter(qn("wp:positionV"))).get("relativeFrom") == "margin"
    assert "签发人" not in opened(plain(document_number="青水〔2026〕12号")).paragraphs[0].text


def test_one_attachment_has_no_number() -> None:
    assert styled(opened(plain(attachments=("清单",))), "附件说明")[0].text == "附件：清单"


# --- tables ---


def test_a_table_fills_the_text_block_and_repeats_its_head() -> None:
    table = opened(REPORT).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "类型", "件数"],
        ["1", "简易程序", "4"],
        ["2", "普通程序", "9"],
    ]
    assert sum(column.width.twips for column in table.columns if column.width) == paper.TEXT_WIDTH
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, False, False]


def test_a_table_with_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        Table(("甲", "乙"), (("1",),))


# --- bytes ---


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from tests.tasks.papers.test_official_document import REPORT, render\n"
        "print(hashlib.sha256(render(REPORT)).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "America/New_York"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert elsewhere == hashlib.sha256(render(REPORT)).hexdigest()
    assert render(REPORT) == render(REPORT)


def test_a_report_is_the_file_it_has_always_been() -> None:
    """A change of any byte shows here: of the layout it is meant, of a library it is looked at in Word."""
    assert (
        hashlib.sha256(render(REPORT)).hexdigest() == "cf96d0b18c206414076755f2d0e3e518b49a4cbdd8e5a973f061218992846491"
    )


def test_nothing_in_the_file_knows_when_or_where_it_was_written() -> None:
    content = render(REPORT)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {(entry.date_time, entry.compress_type, entry.create_system) for entry in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0)
        }
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert "rsid" not in archive.read("word/document.xml").decode()
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert properties.created is not None
    assert properties.created.replace(tzinfo=None) == datetime.fromisoformat("2026-01-09")
    assert properties.modified == properties.created
    assert (properties.title, properties.author) == (REPORT.title, REPORT.signature)


def test_a_title_longer_than_a_property_may_be_is_whole_on_paper() -> None:
    word = opened(plain(title="长" * 300, signature="局" * 300))
    assert (styled(word, "Title")[0].text, styled(word, "发文机关署名")[0].text) == ("长" * 300, "局" * 300)
    assert (word.core_properties.title, word.core_properties.author) == ("长" * 255, "局" * 255)


def test_the_gallery_offers_the_styles_of_a_report_only() -> None:
    offered = {style.name for style in opened(REPORT).styles if style.quick_style}
    assert offered == {
        "Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "Body Text", "Caption", "Footer",
        "发文字号", "主送机关", "附件说明", "发文机关署名", "成文日期", "表格文字", "表头文字", "正文字体", "待核",
        "发文字号和签发人", "签发人姓名", "版记",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('a<b & c>d "引" \']]>', 'a<b & c>d "引" \']]>'),
        ("前\x00\x07\x1b后\ufffe\ud800", "前后"),
        ("一行\r\n二行\t三", "一行\n二行\t三"),
        ("  空格 ", "  空格 "),
    ],
)
def test_text_arrives_as_typed_without_what_xml_cannot_hold(typed: str, shown: str) -> None:
    word = opened(
        plain(
            title=typed,
            body=(Paragraph((TextRun(typed),)), Table((typed,), ())),
            signature=typed,
            attachments=(typed,),
        )
    )
    assert styled(word, "Body Text")[0].text == shown
    assert word.tables[0].cell(0, 0).text == shown
    assert styled(word, "发文机关署名")[0].text == shown


@given(st.text(max_size=30))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_file_that_opens(text: str) -> None:
    document = OfficialDocument(
        title=text,
        addressee=text,
        body=(
            Heading(3, text, text, run_in=text),
            Paragraph((TextRun(text, mark=True),)),
            Table((text,), ((text,),), text),
        ),
        signature=text,
        dated_on=date(2026, 1, 1),
        document_number=text,
        attachments=(text, text),
    )
    assert len(opened(document).tables) == 1


# --- writing ---


def test_writing_replaces_an_older_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "报告.docx"
    path.write_bytes(b"older")
    write(REPORT, path)
    assert path.read_bytes() == render(REPORT)
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "没有" / "报告.docx"
    with pytest.raises(DubanError) as caught:
        write(REPORT, path)
    assert caught.value.message == f"无法写入文件 {path}：文件夹不存在。"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_a_folder_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "报告.docx"
    path.mkdir()
    with pytest.raises(DubanError, match="该位置已有同名文件夹"):
        write(REPORT, path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_a_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "文件").write_bytes(b"")
    with pytest.raises(DubanError, match="不是文件夹"):
        write(REPORT, tmp_path / "文件" / "报告.docx")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write to any folder")
def test_a_folder_without_permission_is_said_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DubanError, match="没有写入权限"):
        write(REPORT, tmp_path / "报告.docx")
