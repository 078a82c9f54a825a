"""A PDF is read as a person reads its pages: paragraphs whole, tables as rows, no heads and numbers of pages."""

import io

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from models.errors import UnreadableFileError
from tasks.containers import pdf_pages
from tasks.containers.blocks import TableBlock
from tasks.containers.pdf_pages import pdf_blocks
from tests.documents import pdf, png
from tests.sent.as_they_come import PARAGRAPHS, pdf_file

LONG = (
    "全年办理行政执法案件13起，其中简易程序4件，罚款3.5万元，Word和PDF材料一并归档，开展“法律进社区”活动2场，"
    "受众1900余人次，办结率100%，同比增长12.5个百分点。"
)
LOOK = """#set page(paper: "a4", numbering: "— 1 —", header: [某县司法局文件])
#set text(font: "Noto Serif CJK SC", lang: "zh", size: 16pt)
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
"""


def made(text: str) -> bytes:
    return typst.compile((LOOK + text).encode())


def refused(content: bytes, **bounds: float) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        pdf_blocks(content, "报告.pdf", **bounds)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_paragraphs_are_whole_over_lines_and_pages_and_nothing_stands_between_them() -> None:
    found = pdf_blocks(made("\n\n".join(f"#[{number}.{LONG}]" for number in range(1, 31))), "报告.pdf")

    assert found == [f"{number}.{LONG}" for number in range(1, 31)]


def test_the_text_and_its_tables_come_in_their_order() -> None:
    found = pdf_blocks(pdf_file(), "报告.pdf")

    assert [block for block in found if isinstance(block, str)] == list(PARAGRAPHS)
    assert [block.rows[1][0] for block in found if isinstance(block, TableBlock)] == [
        "某局",
        "某司罚决〔2026〕1号",
    ]


def test_a_table_goes_on_over_the_page_without_its_repeated_head() -> None:
    rows = ", ".join(f"[{number}], [{LONG}], [办公室]" for number in range(1, 21))
    table = f"#table(columns: (2em, 1fr, 5em), table.header([序号], [任务内容], [牵头单位]), {rows})"

    (found,) = pdf_blocks(made(table), "清单.pdf")

    assert isinstance(found, TableBlock)
    assert found.rows == [["序号", "任务内容", "牵头单位"], *([str(n), LONG, "办公室"] for n in range(1, 21))]


def test_a_cell_that_spans_rows_is_said_to() -> None:
    table = "#table(columns: (1fr, 1fr), table.cell(rowspan: 2)[项目甲], [任务一], [任务二])"

    *_, found = pdf_blocks(made(table), "清单.pdf")

    assert isinstance(found, TableBlock)
    assert (found.rows, found.merged) == ([["项目甲", "任务一"], ["", "任务二"]], [(0, 0, 1, 0)])


def test_a_scan_says_that_it_is_one() -> None:
    picture = ", ".join(map(str, png(60, 80)))
    scan = made(
        f"#set page(margin: 0pt, header: none, numbering: none)\n#image(bytes(({picture})), width: 100%, height: 100%)"
    )

    assert "PDF 是扫描件：全部只有图片，没有文字" in refused(scan)
    both = PdfWriter()
    for source in (made(f"#[{LONG}]"), scan):
        both.append(PdfReader(io.BytesIO(source)))
    both.write(mixed := io.BytesIO())
    assert "PDF 是扫描件：第 2 页只有图片" in refused(mixed.getvalue())


def test_an_encrypted_and_a_damaged_file_are_told_apart() -> None:
    locked = PdfWriter()
    locked.append(PdfReader(io.BytesIO(pdf("报告"))))
    locked.encrypt("secret", algorithm="RC4-128")
    locked.write(content := io.BytesIO())

    assert "已加密" in refused(content.getvalue())
    assert "已损坏" in refused(b"%PDF-1.7\n" + b"x" * 500)


def test_a_file_is_read_within_its_time_and_its_pages() -> None:
    assert "0.01 秒内没有读完" in refused(pdf("报告"), longest=0.01)
    many = PdfWriter()
    for _ in range(pdf_pages.MOST_PAGES + 1):
        many.add_blank_page(100, 100)
    many.write(content := io.BytesIO())
    assert f"上限是 {pdf_pages.MOST_PAGES} 页" in refused(content.getvalue())
