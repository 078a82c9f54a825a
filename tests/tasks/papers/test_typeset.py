"""PDF files, opened again: the sheet of GB/T 9704, the words, hostile words as words, no box for a character."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.settings import Settings
from tasks.papers import paper
from tasks.papers.forms import Band, Cell, Form, FormRow, label
from tasks.papers.official_document import (
    BarChart,
    Heading,
    LineChart,
    OfficialDocument,
    Paragraph,
    Series,
    Table,
    TextRun,
)
from tasks.papers.typeset import typeset
from tasks.papers.typeset_fonts import BODY, MissingFontError, TypesetFonts, choose_fonts, typeset_fonts

DOCUMENT = OfficialDocument(
    title="青禾县水务局关于2025年法治政府建设情况的报告",
    addressee="县委、县政府",
    body=(
        Paragraph((TextRun("现将有关情况报告如下。"),)),
        Heading(1, "一、", "主要举措和成效"),
        Heading(2, "（一）", "完善制度"),
        Heading(3, "1.", "强化学习", run_in=(TextRun("开展研讨2次，"), TextRun("成效明显〔待核〕。", mark=True))),
        Table(("类型", "件数"), (("简易程序", "4"), ("普通程序", "9")), "表1 案件办理情况"),
        BarChart(
            "各科室", ("法规科", "执法大队"), (Series("按期", "2E7D32", (3, 5)), Series("逾期", "B3261E", (1, 0)))
        ),
        LineChart("各月", ("1月", "2月"), (Series("案件", "1565C0", (3, 5)),)),
        Form((1, 3), (FormRow((label("任务"), Cell("普法宣传", foot="签收")), lines=2),), Band("蓝色督办单", "1565C0")),
        Paragraph((TextRun("特此报告。"),)),
    ),
    signature="青禾县水务局",
    dated_on=date(2026, 1, 15),
    document_number="青水发〔2026〕1号",
    attachments=("案件统计表", "工作清单"),
)


def opened(document: OfficialDocument) -> PdfReader:
    return PdfReader(io.BytesIO(typeset(document)))


def words(document: OfficialDocument) -> str:
    """All the file says, without the blanks that lines and columns leave."""
    return "".join("".join(page.extract_text().split()) for page in opened(document).pages)


def test_everything_the_document_says_stands_in_the_file() -> None:
    said = words(DOCUMENT)
    for expected in (
        "青水发〔2026〕1号", "关于2025年法治政府建设情况的报告", "县委、县政府：", "现将有关情况报告如下。",
        "一、主要举措和成效", "（一）完善制度", "1.强化学习。开展研讨2次，成效明显〔待核〕。", "表1案件办理情况",
        "普通程序", "蓝色督办单", "普法宣传",
        "签收", "特此报告。", "附件：1.案件统计表", "2.工作清单", "青禾县水务局", "2026年1月15日", "—1—",
    ):  # fmt: skip
        assert expected in said


def test_the_sheet_is_a4_and_a_page_holds_22_lines_of_28_characters() -> None:
    full = replace(DOCUMENT, body=(Paragraph((TextRun("天" * (28 * 60)),)),), attachments=())
    second = opened(full).pages[1]
    assert (round(second.mediabox.width / 72 * 25.4), round(second.mediabox.height / 72 * 25.4)) == (210, 297)
    said = [line for line in second.extract_text().splitlines() if "天" in line]
    assert [len(line.strip()) for line in said] == [paper.CHARACTERS_PER_LINE] * paper.LINES_PER_PAGE


def test_the_same_document_gives_the_same_bytes_dated_by_its_own_day() -> None:
    assert typeset(DOCUMENT) == typeset(DOCUMENT)
    told = opened(DOCUMENT).metadata
    assert told is not None
    assert (told.title, told.author) == (DOCUMENT.title, "青禾县水务局")
    assert told.creation_date is not None
    assert told.creation_date.date() == date(2026, 1, 15)


def test_it_is_fit_for_the_archive() -> None:
    content = typeset(DOCUMENT)
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content


HOSTILE = (
    '#read("/etc/passwd")',
    "*粗*",
    "$x^2$",
    "`code`",
    "]}",
    "#panic()",
    "<label>",
    "\\u{41}",
    "@ref",
    "//注",
    "= 题",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_person_is_read_as_a_command(text: str) -> None:
    hostile = OfficialDocument(
        title=text,
        addressee=text,
        body=(
            Heading(1, "", text),
            Heading(3, "", text, run_in=text),
            Paragraph((TextRun(text), TextRun(text, mark=True))),
            Table((text,), ((text,),), text),
            BarChart(text, (text,), (Series(text, "2E7D32", (1,)),)),
        ),
        signature=text,
        dated_on=None,
        attachments=(text,),
    )
    said = words(hostile)
    assert said.count("".join(text.split())) >= 10
    assert "root:" not in said


def test_control_characters_are_left_out_and_a_document_may_be_nearly_empty() -> None:
    assert "前后" in words(OfficialDocument("题", None, (Paragraph((TextRun("前\x00\x07后"),)),), None, None))


def test_a_character_that_no_font_has_is_named_and_no_box_is_printed() -> None:
    unshown = replace(DOCUMENT, body=(Paragraph((TextRun("某\U0003fffdX某"),)),))
    with pytest.raises(MissingFontError, match=r"现有字体中没有“.*\U0003fffd.*”.*DUBAN_PDF_FONT_FOLDER"):
        typeset(unshown)


def test_without_a_chinese_font_it_says_what_was_looked_for_and_where(tmp_path: Path) -> None:
    with pytest.raises(MissingFontError) as refused:
        typeset(DOCUMENT, fonts=TypesetFonts(folder=tmp_path, system=False))
    for said in ("方正小标宋简体", "Noto Serif CJK SC", str(tmp_path), "fonts-noto-cjk", "DUBAN_PDF_FONT_FOLDER"):
        assert said in refused.value.message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFontError, match=r"没有的文件夹 不存在.*pdf_font_folder"):
        choose_fonts(TypesetFonts(folder=tmp_path / "没有的文件夹"))


def test_a_font_the_office_names_has_to_be_there(tmp_path: Path) -> None:
    fonts = typeset_fonts(Settings(home=tmp_path, pdf_body_font="没有这种字体", pdf_font_folder=""))
    assert (fonts.body, fonts.folder) == (("没有这种字体",), None)
    with pytest.raises(MissingFontError, match="正文可用 没有这种字体 之一"):
        choose_fonts(fonts)


def test_the_folder_of_fonts_counts_from_the_data_folder(tmp_path: Path) -> None:
    fonts = typeset_fonts(Settings(home=tmp_path, pdf_font_folder="字体"))
    assert (fonts.body, fonts.folder) == (BODY, tmp_path / "字体")


FILLED = Paragraph((TextRun("填" * 20),))


@pytest.mark.parametrize("last", [1, 8, 15])
def test_two_lines_of_the_text_stay_with_the_signature(last: int) -> None:
    ending = Paragraph((TextRun("前" * 40 + "。"),)), Paragraph((TextRun("末" * (28 * last - 6) + "，2026止。"),))
    # With so many lines before it the paragraph ends near the foot of the page, before or behind it.
    for filled in range(17 - last, 22 - last):
        paper_of = OfficialDocument("题目", None, (FILLED,) * filled + ending, "某县水务局", date(2026, 1, 15))
        pages = [page.extract_text() for page in opened(paper_of).pages]
        [signed] = [page for page in pages if "某县水务局" in page]
        beside = [line for line in signed.partition("某县水务局")[0].splitlines() if line.strip()]
        assert len(beside) >= 2, (filled, signed)
        assert "".join("".join(pages).split()).count("末") == 28 * last - 6


@pytest.mark.parametrize(
    ("filled", "pages"),
    [(5, ["1", "2"]), (20, ["1", "2"]), (34, ["1", "2", "", ""]), (38, ["1", "2", "3", "4"])],
)
def test_the_imprint_stands_on_an_even_page_and_a_blank_one_before_it_has_no_number(
    filled: int, pages: list[str]
) -> None:
    upward = OfficialDocument(
        "关于法治政府建设情况的报告", "县委", (FILLED,) * filled, "某县水务局", date(2026, 1, 15),
        document_number="青水〔2026〕1号", signer="王建国", copies=("县司法局",), issued_by="县水务局办公室",
    )  # fmt: skip
    told = ["".join(page.extract_text().split()) for page in opened(upward).pages]

    assert ["印发" in page for page in told] == [False] * (len(pages) - 1) + [True]
    assert [page.endswith(f"—{number}—") for number, page in enumerate(told, 1)] == [bool(one) for one in pages]
