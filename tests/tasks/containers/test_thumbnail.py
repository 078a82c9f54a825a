"""A small picture is drawn in a process of its own: of what, how large, and what nothing is drawn of."""

import io

import pytest

from tasks.containers.thumbnail import HEIGHT, WIDTH, thumbnail
from tests.documents import pdf, png

SIZE = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big")


@pytest.mark.parametrize(("content", "kind"), [(png(8, 6), "image/png"), (pdf("正文", "次页"), "application/pdf")])
def test_a_picture_and_the_first_page_of_a_pdf_are_drawn_small(content: bytes, kind: str) -> None:
    drawn = thumbnail(io.BytesIO(content), kind)
    assert drawn is not None
    assert (drawn[:8], drawn[16:24]) == (b"\x89PNG\r\n\x1a\n", SIZE)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(30_000, 30_000, lines=2), "image/png"),
        (png(8, 6)[:40], "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("文字".encode(), "text/plain"),
    ],
    ids=["bomb", "cut", "head of a PDF", "drawing", "text"],
)
def test_nothing_is_drawn_of_what_is_too_large_damaged_or_of_another_kind(content: bytes, kind: str) -> None:
    assert thumbnail(io.BytesIO(content), kind) is None


def test_a_drawing_that_takes_too_long_is_ended() -> None:
    assert thumbnail(io.BytesIO(png(8, 6)), "image/png", longest=0.01) is None
