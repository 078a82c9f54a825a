"""A PDF is read in a process of its own: what it says, what cannot be read of it, and that it ends in time."""

import tempfile
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tasks.containers.pdf_text import PdfText, pdf_text
from tests.documents import pdf

LONG = "这一页有二十个以上的字，所以不算是只有图片的一页"


def read(content: bytes, **more: float) -> PdfText:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return pdf_text(file, **more)


def test_every_page_and_every_property_is_read() -> None:
    found = read(pdf(LONG, LONG * 2, title="题名", note="批注", field="填写的"))

    assert [text.strip() for text in found.texts[:2]] == [LONG, LONG * 2]
    assert {"题名", "批注", "填写的"} <= set(found.texts)
    assert found.unread == ()


def test_pages_without_words_are_named() -> None:
    assert read(pdf(LONG, "", "")).unread == ("第 2、3 页没有文字层",)
    assert read(pdf(*[""] * 9)).unread == ("第 1、2、3、4、5 等 页没有文字层",)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", pdf(LONG)[:200]], ids=["empty", "head", "cut"])
def test_what_is_no_pdf_is_told(content: bytes) -> None:
    assert read(content) == PdfText((), ("文件已损坏，或写法无法识别",))


def test_a_reader_that_takes_too_long_is_ended() -> None:
    assert read(pdf(LONG), longest=0.01) == PdfText((), ("0.01 秒内没有读完",))


def test_under_a_password_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(LONG))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "a.pdf"))
    writer.encrypt("geheim", algorithm="RC4-128")
    with tempfile.TemporaryFile() as file:
        writer.write(file)
        assert pdf_text(file) == PdfText((), ("文件已加密",))


def test_a_file_within_the_file_is_told() -> None:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.add_attachment("a.txt", b"a")
    with tempfile.TemporaryFile() as file:
        writer.write(file)
        assert pdf_text(file).unread == ("内有附件",)
