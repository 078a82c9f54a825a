"""What a file is shows in it; whatever is not read is named, with what is read and how to save it so."""

import pytest

from models.errors import UnreadableFileError
from tasks.containers.formats import (
    ARCHIVED_PAGE,
    CSV,
    DOC,
    DOCX,
    ODS,
    ODT,
    PAGE,
    PDF,
    RTF,
    SHEET_XML,
    TEXT,
    WORD_XML,
    XLS,
    XLSX,
    Format,
    recognise,
)  # fmt: skip
from tests.documents import PNG, sheet, slides, word, zipped
from tests.sent.as_they_come import TASKS, archived_page, open_sheet, pdf_file, web_file
from tests.sent.old_files import container, old_sheet

MICROSOFT = "http://schemas.microsoft.com/office/word/2003/wordml"
KINDS: list[tuple[Format, bytes]] = [
    (DOCX, word("正文")), (XLSX, sheet(["甲"])), (XLS, old_sheet([["甲"]])), (ODS, open_sheet(TASKS)),
    (ODT, zipped(members={"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"})),
    (DOC, container({"WordDocument": b"\xec\xa5" + bytes(100)})), (RTF, rb"{\rtf1\ansi abc}"), (PDF, pdf_file()),
    (PAGE, web_file()), (PAGE, b"\xef\xbb\xbf\n<TABLE><tr><td>1</table>"), (ARCHIVED_PAGE, archived_page()),
    (TEXT, "一、主要举措".encode()), (TEXT, "一、主要举措".encode("utf-16")),
    (WORD_XML, f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w xmlns="{MICROSOFT}"/>'.encode()),
    (SHEET_XML, b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content"), KINDS, ids=[f"{place} {kind.what}" for place, (kind, _) in enumerate(KINDS)]
)
@pytest.mark.parametrize("name", ["文件", "文件.docx", "文件.pdf"])
def test_a_kind_is_known_whatever_the_file_is_called(kind: Format, content: bytes, name: str) -> None:
    assert recognise(content, name) is kind


@pytest.mark.parametrize("ending", [".csv", ".TSV", ".xls", ".et"])
def test_a_text_called_a_table_is_one(ending: str) -> None:
    assert recognise("序号\t任务".encode(), f"清单{ending}") is CSV


REFUSED = [
    ("加密的文件", container({"EncryptedPackage": b""}), "取消密码"),
    ("加密的文件", container({"WordDocument": bytes(10) + b"\x00\x01" + bytes(100)}), "取消密码"),
    ("加密的文件", old_sheet([["甲"]], locked=True), "取消密码"),
    ("含有宏的旧版 Word 文件", container({"WordDocument": b"", "Macros/VBA/dir": b"x"}), "另存为 .docx（不带宏）"),
    (
        "含有宏的 Excel 表格",
        zipped(members={"xl/workbook.xml": "", "xl/vbaProject.bin": b""}),
        "另存为 .xlsx（不带宏）",
    ),
    ("含有宏的 Word 文件", zipped(members={"content.xml": "", "Basic/Standard/a.xml": ""}), "另存为 .docx（不带宏）"),
    ("演示文稿", slides(), "复制到 Word"),
    ("演示文稿", container({"PowerPoint Document": b""}), "复制到 Word"),
    ("OFD 文件", zipped(members={"OFD.xml": ""}), "原来的 Word 文件"),
    ("图片", PNG, "文字识别"),
    ("压缩包", zipped(members={"a.txt": "甲"}), "先解压"),
    ("压缩包", b"Rar!\x1a\x07", "先解压"),
    ("二进制 Excel 表格", zipped(members={"xl/workbook.bin": ""}), "另存为 .xlsx"),
    ("损坏或没有传完", word("正文")[:900], "重新保存"),
    ("损坏或没有传完", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "重新保存"),
    ("不认识的旧版 Office 文件", container({"VisioDocument": b""}), "另存为 .docx"),
    ("没有分列的文字", "一段文字".encode(), "另存为 .xlsx"),
    ("程序", b"\x7fELF\x02", "核实"),
]


@pytest.mark.parametrize(
    ("found", "content", "instead"), REFUSED, ids=[f"{place} {found}" for place, (found, *_) in enumerate(REFUSED)]
)
def test_what_is_not_read_is_named_with_the_way_out(found: str, content: bytes, instead: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        recognise(content, "文件.xlsx")

    said = caught.value.message
    assert f"里面是{found}" in said
    assert instead in said
    assert "可以读取：Word（.docx、.doc）、WPS 文字（.wps）" in said
