"""A file is what its ending says and its content confirms; its name is safe to show and to save."""

import io
import unicodedata
import zipfile
from itertools import count

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from models.errors import BadInputError
from models.items.file_kind import ACCEPTED, HEAD, LONGEST_NAME, decoded, kind_of, safe_name

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
ENDINGS = ACCEPTED.partition("：")[2].split("、")
TEXT = "某局2026年工作总结，共三项。\n" * 3


def zipped(*members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in members:
            archive.writestr(member, member)
    return content.getvalue()


def word() -> bytes:
    content = io.BytesIO()
    Document().save(content)
    return content.getvalue()


def excel() -> bytes:
    """As openpyxl writes it: the list of types comes last."""
    content = io.BytesIO()
    Workbook().save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "head", "ending", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7\n", ".pdf", "application/pdf"),
        ("a.PDF", b"\xef\xbb\xbf\r\n%PDF-1.4\n", ".pdf", "application/pdf"),
        ("a.docx", word(), ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.docx", zipped("_rels/.rels", "docProps/app.xml"), ".docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml", "xl/embedded.xml"), ".docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", excel(), ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.pptx", zipped("[Content_Types].xml", "ppt/presentation.xml"), ".pptx",
         "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("a.doc", OLE, ".doc", "application/msword"),
        ("a.xls", OLE, ".xls", "application/vnd.ms-excel"),
        ("a.ppt", OLE, ".ppt", "application/vnd.ms-powerpoint"),
        ("a.wps", OLE, ".wps", "application/kswps"),
        ("a.et", OLE, ".et", "application/kset"),
        ("a.dps", OLE, ".dps", "application/ksdps"),
        ("a.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), ".ofd", "application/ofd"),
        ("a.jpg", b"\xff\xd8\xff\xe0", ".jpg", "image/jpeg"),
        ("a.JPEG", b"\xff\xd8\xff\xe1", ".jpg", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", ".png", "image/png"),
        ("a.gif", b"GIF89a", ".gif", "image/gif"),
        ("a.bmp", b"BM\x00\x00", ".bmp", "image/bmp"),
        ("a.tif", b"II*\x00", ".tif", "image/tiff"),
        ("a.tiff", b"MM\x00*", ".tif", "image/tiff"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", ".webp", "image/webp"),
        ("a.txt", TEXT.encode(), ".txt", "text/plain"),
        ("a.txt", TEXT.encode("utf-8-sig"), ".txt", "text/plain"),
        ("a.txt", b"MZ is how a text may begin", ".txt", "text/plain"),
        ("a.csv", TEXT.encode("gb18030"), ".csv", "text/csv"),
        ("a.zip", zipped("照片.jpg"), ".zip", "application/zip"),
        ("a.mp4", b"\x00\x00\x00\x20ftypisom", ".mp4", "video/mp4"),
        ("a.mp3", b"ID3\x03\x00", ".mp3", "audio/mpeg"),
        ("a.mp3", b"\xff\xfb\x90\x00", ".mp3", "audio/mpeg"),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", ".wav", "audio/wav"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_a_file_is_known_by_its_ending_and_its_content(name: str, head: bytes, ending: str, media_type: str) -> None:
    kind = kind_of(name, head)

    assert (kind.ending, kind.media_type) == (ending, media_type)


@pytest.mark.parametrize(
    ("name", "head", "says"),
    [
        ("通知.exe", b"MZ\x90\x00", "不能接受“通知.exe”：不支持 .exe 文件"),
        ("来信.eml", b"From: a@b.test\r\n", "不能接受“来信.eml”：不支持 .eml 文件"),
        ("网页.svg", b"<svg/>", "不能接受“网页.svg”：不支持 .svg 文件"),
        ("宏.docm", word(), "不能接受“宏.docm”：不支持 .docm 文件"),
        ("通知.pdf.exe", b"%PDF-1.7", "不能接受“通知.pdf.exe”：不支持 .exe 文件"),
        ("通知", b"%PDF-1.7", "不能接受“通知”：文件名没有扩展名，无法确定文件类型"),
        ("", b"%PDF-1.7", "不能接受“未命名”：文件名没有扩展名，无法确定文件类型"),
        ("通知.pdf", b"", "不能接受“通知.pdf”：文件是空的"),
        ("通知.pdf", b"MZ\x90\x00\x03\x00%PDF-1.7", "内容却是Windows 程序"),
        ("通知.pdf", OLE, "内容却是旧版 Office 文件或者加密的 Office 文件"),
        ("通知.pdf", "不是".encode(), "内容却不是PDF 文件"),
        ("通知.docx", OLE, "内容却是旧版 Office 文件或者加密的 Office 文件"),
        ("通知.docx", b"plain", "内容却不是Word 文件"),
        ("通知.docx", zipped("病毒.exe"), "内容却是压缩包或者另一种 Office、OFD 文件"),
        ("通知.docx", excel(), "内容却是压缩包或者另一种 Office、OFD 文件"),
        ("台账.xlsx", word(), "内容却是压缩包或者另一种 Office、OFD 文件"),
        ("台账.xls", b"\xef\xbb\xbf\r\n<html><table>", "内容却是网页"),
        ("台账.xls", b"<?xml version='1.0'?>", "内容却是XML 文件"),
        ("通知.doc", b"{\\rtf1", "内容却是RTF 文件"),
        ("通知.wps", word(), "内容却是压缩包或者另一种 Office、OFD 文件"),
        ("照片.jpg", b"\x89PNG\r\n\x1a\n", "内容却是PNG 图片"),
        ("照片.png", b"\x89PNG", "内容却不是PNG 图片"),
        ("照片.webp", b"RIFF\x00\x00\x00\x00WAVE", "内容却不是WebP 图片"),
        ("说明.txt", b"MZ\x90\x00", "内容却是Windows 程序"),
        ("说明.txt", b"%PDF-1.7\n", "内容却是PDF 文件"),
        ("说明.txt", TEXT.encode("utf-16"), "内容却不是UTF-8 或 GB18030 编码的文本"),
        ("说明.csv", b"\xff\xff\xff", "内容却不是UTF-8 或 GB18030 编码的文本"),
        ("压缩.zip", b"Rar!\x1a\x07", "内容却是RAR 压缩包"),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_is_not_accepted_is_refused_with_the_reason_and_what_would_be_accepted(
    name: str, head: bytes, says: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        kind_of(name, head)

    assert says in refused.value.message
    assert refused.value.message.endswith(f"{ACCEPTED}。")


@given(st.text(max_size=40) | st.sampled_from(["a.pdf", "a.docx", "a.txt", "a.mp3", "a.webp"]), st.binary(max_size=200))
def test_any_name_and_content_has_a_kind_or_is_refused(name: str, head: bytes) -> None:
    try:
        answer = kind_of(name, head).ending
    except BadInputError as refused:
        answer = refused.message

    assert (answer in ENDINGS) != (answer.endswith(f"{ACCEPTED}。") and "\n" not in answer)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=50), st.integers(0, 3)
)
def test_a_text_is_read_as_far_as_its_head_goes(text: str, cut: int) -> None:
    content = text.encode()

    read = decoded(content[: max(len(content) - cut, 0)])

    assert read == text[: len(read or "")]
    assert decoded(content) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("length", [HEAD, HEAD - 1, HEAD - 2, HEAD - 3])
def test_a_character_cut_by_the_end_of_the_head_does_no_harm(encoding: str, length: int) -> None:
    head = ("工作总结" * HEAD).encode(encoding)[:length]

    assert set(decoded(head) or "") == set("工作总结")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("总结.docx", "总结.docx"),
        ("a/b\\总结.docx", "总结.docx"),
        ("C:\\资料\\总结.docx", "总结.docx"),
        ("../../etc/passwd", "passwd"),
        ("..", "未命名"),
        ("", "未命名"),
        ("资料/", "未命名"),
        (" .docx", "未命名.docx"),
        ("...docx", "未命名.docx"),
        ("总结.docx. ", "总结.docx"),
        ("总\u200b结\r\n.do\x00cx", "总结.docx"),
        ("总结\u202excod.exe", "总结xcod.exe"),
        ("12:30 会议?.pdf", "12_30 会议_.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
        ("长" * 300, "长" * 200),
        ("一、" + "第一句.第二句" * 40, ("一、" + "第一句.第二句" * 40)[:200]),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=260) | st.text("ab长 ./\\\u202e:", max_size=260))
def test_a_safe_name_is_short_plain_never_empty_and_left_as_it_is(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= LONGEST_NAME
    assert [c for c in safe if c in '/\\<>:"|?*' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")] == []
    assert safe == safe.strip(" .")
    assert safe_name(safe) == safe
