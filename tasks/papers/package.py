"""Word files the same to the byte for the same content, on every machine."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document


def packed(word: Document) -> bytes:
    """The file of a document that python-docx holds."""
    buffer = io.BytesIO()
    word.save(buffer)
    return repacked(buffer.getvalue())


def repacked(content: bytes) -> bytes:
    """The same parts, in an order, on a day and in a form that never change.

    Entries are stored, not deflated: deflate's output depends on the zlib at hand, and a report of
    some pages is small.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in ("[Content_Types].xml", *sorted({*source.namelist()} - {"[Content_Types].xml"})):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.external_attr = 0
            target.writestr(entry, source.read(name))
    return buffer.getvalue()
