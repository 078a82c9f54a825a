"""What may come in as evidence: by name, kind, size and the whole of its text; nothing that is marked secret."""

import hashlib
import io
import zipfile
from itertools import count

import pytest

from models.errors import BadInputError, UnreadableFileError
from tasks.files.check_upload import Limits, Upload, check_read, check_upload, examine
from tasks.files.search_file import REFUSED
from tests.documents import ofd, open_text, sheet, word, zipped

LIMITS = Limits(largest=1024 * 1024)
TEXT = "关于开展保密审查的通知\n各科室要检查涉及国家秘密、商业秘密的文件，严格机密文件管理。\n"


def check(name: str, content: bytes, limits: Limits = LIMITS, *, vouched: bool = False) -> Upload:
    return check_upload(examine(name, io.BytesIO(content)), limits, vouched=vouched)


def refused(name: str, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadInputError) as caught:
        check(name, content, limits)
    return caught.value.message


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("总结.txt", TEXT.encode(), ".txt"),
        ("总结.txt", TEXT.encode("gb18030"), ".txt"),
        ("清单.csv", "序号,事项\n1,保密审查\n".encode("utf-8-sig"), ".csv"),
        ("总结.docx", word(*TEXT.splitlines(), head="青禾县水务局", cells=("序号", "事项")), ".docx"),
        ("总结.odt", open_text("总结"), ".odt"),
        ("台账.xlsx", sheet(["序号"]), ".xlsx"),
        ("版式.ofd", ofd("正文"), ".ofd"),
        ("材料.zip", zipped(members={"1.txt": "正文"}), ".zip"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_may_come_in_is_told_its_name_kind_size_and_hash(name: str, content: bytes, ending: str) -> None:
    source = io.BytesIO(content)
    source.read(3)

    upload = check_upload(examine(name, source), LIMITS)

    assert (upload.name, upload.kind.ending, upload.size, upload.vouched) == (name, ending, len(content), None)
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert source.read() == content


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("机密.pdf", "机密"),
        ("秘密文件.pdf", "秘密文件"),
        ("方案（机密）.pdf", "（机密）"),
        ("方案（秘密）.pdf", "（秘密）"),
        ("【绝密】方案.pdf", "【绝密】"),
        ("机密★1年 方案.pdf", "机密★1年"),
        ("方案-秘密.pdf", "秘密"),
        ("机密_方案.pdf", "机密"),
        ("资料/机密.pdf", "机密"),
        ("机\u200b密.pdf", "机密"),
        ("机 密＊方案.pdf", "机 密＊"),
    ],
)  # fmt: skip
def test_a_name_with_a_marking_is_refused(name: str, mark: str) -> None:
    message = refused(name, b"%PDF-1.7\n")

    assert message.endswith(f"带有密级标志“{mark}”。{REFUSED}")


@pytest.mark.parametrize(
    ("name", "content", "where", "mark"),
    [
        ("a.txt", "份号 1\n机密★1年\n通知".encode(), "正文（第 2 行）", "机密★1年"),
        ("a.txt", "机　密\r\n通知".encode("gb18030"), "正文（第 1 行）", "机　密"),
        ("a.txt", "密级：秘密".encode(), "正文（第 1 行）", "密级：秘密"),
        ("a.docx", word("000001", "机密★1年"), "正文", "机密★1年"),
        ("a.docx", word("通知", head="秘密★6个月"), "页眉", "秘密★6个月"),
        ("a.docx", word("通知", note="绝密★"), "批注", "绝密★"),
        ("a.xlsx", sheet(["机密★"]), "单元格或页眉页脚", "机密★"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_a_marking_is_told_with_its_place(name: str, content: bytes, where: str, mark: str) -> None:
    assert refused(name, content) == f"“{name}”的{where}带有密级标志“{mark}”。{REFUSED}"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("扫描.pdf", b"%PDF-1.7\n", "“扫描.pdf”文件已损坏，或写法无法识别"),
        ("照片.png", b"\x89PNG\r\n\x1a\n\x00", "“照片.png”是图片、音像或其他没有文字可查的文件"),
        ("旧.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "“旧.wps”是旧版或加密的 Office 文件"),
        ("照片.zip", zipped(members={"1.jpg": b"\xff\xd8\xff\x00"}), "“1.jpg”是图片、音像或其他没有文字可查的文件"),
    ],
    ids=count(),
)  # fmt: skip
def test_what_cannot_be_searched_comes_in_where_somebody_answers_for_it(name: str, content: bytes, why: str) -> None:
    assert refused(name, content) == (
        f"“{name}”无法全部检查是否带有密级标志（{why}）。"
        "确认不涉密的，请勾选“不涉密，本人负责”后再上传，系统将记录在案；涉密的不得上传。"
    )
    assert check(name, content, vouched=True).vouched == why
    assert check_read(examine(name, io.BytesIO(content)), LIMITS).vouched is None


def test_whoever_answers_for_what_could_be_searched_answers_for_nothing() -> None:
    assert check("a.txt", b"a", vouched=True).vouched is None


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.exe", b"MZ", "不支持 .exe 文件"),
        ("a.pdf", b"MZ\x90", "内容却是Windows 程序"),
        ("a.pdf", b"", "文件是空的"),
        ("a.txt", b"x" * (LIMITS.largest + 1), "文件过大：已有 1.1 MB，单个文件最大 1 MB"),
        ("a.txt", b"plain\n" * 20_000 + b"\x00", "文字编码无法识别"),
        ("a.docx", word("正文")[:-100], "文件已损坏、没有传完或者已加密"),
        ("a.zip", zipped(members={"a.txt": "x"})[:-10], "文件已损坏、没有传完或者已加密"),
        ("a.docx", zipped(members={"_rels/a": "", "word/document.xml": "<a/>"}), "其中缺少 [Content_Types].xml"),
        ("a.docx", zipped(members={"[Content_Types].xml": "<a/>", "word/styles.xml": "<a/>"}), "其中没有正文"),
        ("a.docx", zipped(members={"[Content_Types].xml": "<a/>", "word/document.xml": "<a><"}), "文件已损坏"),
        ("a.xlsx", zipped(members={"[Content_Types].xml": "<a/>", "docProps/app.xml": "<a/>"}), "其中缺少 xl/"),
        ("a.ofd", word("正文"), "其中缺少 OFD.xml，不是正常的OFD 文件"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_cannot_be_accepted_is_refused_with_the_reason(name: str, content: bytes, says: str) -> None:
    assert says in refused(name, content)


def test_a_part_that_unpacks_to_too_much_is_not_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", b" " * (5 * 1024 * 1024))

    with pytest.raises(UnreadableFileError, match="解压后的内容过大"):
        examine("a.docx", content)
