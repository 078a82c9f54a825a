"""A Word file is laid out in memory only when it is small enough for it, whatever its own directory says."""

import pytest

from models.errors import UnreadableFileError
from tasks.reading import word as reader
from tests.documents import added, word


def test_a_text_that_shrank_too_much_is_not_unpacked() -> None:
    steep = added(word("正文"), {"word/document.xml": b" " * (5 * 1024 * 1024)})

    with pytest.raises(UnreadableFileError, match="解压后的内容过大"):
        reader.word_lines(steep, "a.docx")


def test_a_text_of_too_many_elements_is_not_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(reader.word_lines(word(*["正文"] * 60), "a.docx")) == 60
    monkeypatch.setattr(reader, "MOST_ELEMENTS", 100)

    with pytest.raises(UnreadableFileError, match="解压后的内容过大"):
        reader.word_lines(word(*["正文"] * 60), "a.docx")
