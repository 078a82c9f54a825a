"""What may come in as evidence: by name, kind, size and the head of its text; nothing that is marked secret."""

import io
import zipfile
from collections.abc import Sequence
from itertools import count

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from models.errors import BadInputError, UnreadableFileError
from tasks.files.check_upload import REFUSED, Limits, Upload, check_upload

LIMITS = Limits(largest=1024 * 1024)
TEXT = "关于开展保密审查的通知\n各科室要检查涉及国家秘密、商业秘密的文件,严格机密文件管理。\n"


def check(name: str, content: bytes, limits: Limits = LIMITS) -> Upload:
    return check_upload(name, io.BytesIO(content), limits)


def refused(name: str, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadInputError) as caught:
        check(name, content, limits)
    return caught.value.message


def word(*paragraphs: str, head: str = "", cells: Sequence[str] = (), box: str = "", deleted: str = "") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if head:
        document.sections[0].header.paragraphs[0].text = head
    if cells:
        row = document.add_table(1, len(cells)).rows[0]
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    if box:
        document.add_paragraph("红头").add_run()._r.append(
            parse_xml(
                f"<w:pict {nsdecls('w')}><w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent></w:pict>"
            )
        )
    if deleted:
        document.add_paragraph("修订")._p.append(
            parse_xml(
                f'<w:del {nsdecls("w")} w:id="1" w:author="甲"><w:r><w:delText>{deleted}</w:delText></w:r></w:del>'
            )
        )
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def excel() -> bytes:
    content = io.BytesIO()
    Workbook().save(content)
    return content.getvalue()


def zipped(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("总结.txt", TEXT.encode(), ".txt"),
        ("总结.txt", TEXT.encode("gb18030"), ".txt"),
        ("清单.csv", "序号,事项\n1,保密审查\n".encode("utf-8-sig"), ".csv"),
        ("总结.docx", word(*TEXT.splitlines(), head="青禾县水务局", cells=("序号", "事项")), ".docx"),
        ("修订稿.docx", word("正文", deleted="机密★1年"), ".docx"),
        ("台账.xlsx", excel(), ".xlsx"),
        ("版式.ofd", zipped(**{"OFD.xml": "", "Doc_0__Document.xml": ""}), ".ofd"),
        ("照片.zip", zipped(**{"1.jpg": ""}), ".zip"),
        ("扫描.pdf", b"%PDF-1.7\n", ".pdf"),
        ("机密文件管理检查情况.pdf", b"%PDF-1.7\n", ".pdf"),
        ("商业秘密-保护办法.pdf", b"%PDF-1.7\n", ".pdf"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_may_come_in_is_told_its_name_kind_and_size(name: str, content: bytes, ending: str) -> None:
    source = io.BytesIO(content)
    source.read(3)

    upload = check_upload(name, source, LIMITS)

    assert (upload.name, upload.kind.ending, upload.size) == (name, ending, len(content))
    assert source.read() == content


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("机密.pdf", "机密"),
        ("秘密文件.pdf", "秘密文件"),
        ("方案(机密).pdf", "(机密)"),
        ("方案（秘密）.pdf", "(秘密)"),
        ("【绝密】方案.pdf", "【绝密】"),
        ("机密★1年 方案.pdf", "机密★1年"),
        ("方案-秘密.pdf", "秘密"),
        ("机密_方案.pdf", "机密"),
        ("资料/机密.pdf", "机密"),
        ("机\u200b密.pdf", "机密"),
    ],
)  # fmt: skip
def test_a_name_with_a_marking_is_refused_before_the_file_is_looked_at(name: str, mark: str) -> None:
    message = refused(name, b"")

    assert message.endswith(f"带有密级标志“{mark}”。{REFUSED}")


@pytest.mark.parametrize(
    ("name", "content", "line", "mark"),
    [
        ("a.txt", "份号 1\n机密★1年\n通知".encode(), 2, "机密★1年"),
        ("a.txt", "机　密\r\n通知".encode("gb18030"), 1, "机密"),
        ("a.txt", "份号\t机密\t特急".encode(), 1, "机密"),
        ("a.txt", "密级：秘密".encode(), 1, "密级:秘密"),
        ("a.csv", '序号,密级\n1,"秘密"\n'.encode(), 2, "秘密"),
        ("a.docx", word("000001", "机密★1年"), 2, "机密★1年"),
        ("a.docx", word("机　密"), 1, "机密"),
        ("a.docx", word("通知", head="秘密★6个月"), 1, "秘密★6个月"),
        ("a.docx", word("通知", cells=("机密", "特急")), 2, "机密"),
        ("a.docx", word("通知", box="绝密"), 2, "绝密"),
        ("a.docx", word("机密★长期\n特急"), 1, "机密★长期"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_a_text_with_a_marking_at_its_head_is_refused_with_the_line(
    name: str, content: bytes, line: int, mark: str
) -> None:
    assert refused(name, content) == f"“{name}”的正文(第 {line} 行)带有密级标志“{mark}”。{REFUSED}"


@pytest.mark.parametrize(
    ("content", "limits", "found"),
    [
        ("\n" * 199 + "机密★1年", LIMITS, True),
        ("\n" * 200 + "机密★1年", LIMITS, False),
        ("字" * 199_990 + "\n机密★1年", LIMITS, True),
        ("字" * 200_000 + "\n机密★1年", LIMITS, False),
        ("一\n二\n机密★1年", Limits(largest=100, lines=2), False),
        ("一二三\n机密★1年", Limits(largest=100, characters=3), False),
    ],
)
def test_only_the_head_of_a_text_is_searched(content: str, limits: Limits, found: bool) -> None:
    try:
        check("a.txt", content.encode(), limits)
    except BadInputError:
        assert found
    else:
        assert not found


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.exe", b"MZ", "不支持 .exe 文件"),
        ("a.pdf", b"MZ\x90", "内容却是Windows 程序"),
        ("a.pdf", b"", "文件是空的"),
        ("a.pdf", b"%PDF-" + b"x" * LIMITS.largest, "文件过大:已有 1.1 MB,单个文件最大 1 MB"),
        ("a.txt", b"plain\n" * 20_000 + b"\x00", "文字编码无法识别"),
        ("a.docx", word("正文")[:-100], "文件已损坏、没有传完或者已加密"),
        ("a.zip", zipped(**{"a.txt": "x"})[:-10], "文件已损坏、没有传完或者已加密"),
        ("a.docx", zipped(**{"_rels__.rels": "", "word__document.xml": "<a/>"}), "其中缺少 [Content_Types].xml"),
        ("a.docx", zipped(**{"[Content_Types].xml": "", "word__styles.xml": ""}), "其中没有正文"),
        ("a.docx", zipped(**{"[Content_Types].xml": "", "word__document.xml": "<a><"}), "文件已损坏"),
        ("a.xlsx", zipped(**{"[Content_Types].xml": "", "docProps__app.xml": ""}), "其中缺少 xl/"),
        ("a.ofd", word("正文"), "其中缺少 OFD.xml,不是正常的OFD 文件"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_cannot_be_accepted_is_refused_with_the_reason(name: str, content: bytes, says: str) -> None:
    assert says in refused(name, content)


def test_a_part_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", b" " * (65 * 1024 * 1024))

    assert "解压后的内容过大" in refused("a.docx", bomb.getvalue())


SOUND = word("正文", head="页眉")


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_word_file_comes_in_or_is_refused_and_nothing_else(place: int, noise: bytes) -> None:
    try:
        answer = check("a.docx", SOUND[:place] + noise + SOUND[place + len(noise) :]).kind.ending
    except UnreadableFileError:
        answer = "unreadable"
    except BadInputError as error:
        answer = "another kind" if "内容却" in error.message else error.message

    assert answer in {".docx", "unreadable", "another kind"}
