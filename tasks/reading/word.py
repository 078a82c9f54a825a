"""Lines of a Word file (.docx), in the order of the body; headers, footers and text boxes are left out.

The numbers of automatic lists are written out as Word shows them. A file with tracked changes is refused:
which of its two texts counts is for a person to decide.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

from models.errors import UnreadableFileError
from tasks.containers.archive import Allowance, check_directory, too_large, unpacked
from tasks.containers.markup_text import MarkupCount
from tasks.reading.folding import visible
from tasks.reading.lines import Line
from tasks.reading.numbering import find_marker
from tasks.reading.word_numbering import WordNumbering

MOST_ELEMENTS = 1_500_000
"""Of all parts of the text together: laid out in memory, each takes about a hundred bytes."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo"})
_BREAKS = {qn("w:br"), qn("w:cr")}


def word_lines(content: bytes, name: str) -> list[Line]:
    """The lines of a .docx; a table row is one line, its cells parted by bars.

    Raises `UnreadableFileError` for anything that is no sound, open, settled .docx.
    """
    document = _open(content, name)
    numbering = WordNumbering(document)
    lines: list[Line] = []
    for element in _blocks(document.element.body):
        if element.tag == qn("w:tbl") and not _is_frame(element):
            lines += _rows(element)
        elif element.tag == qn("w:tbl"):
            for paragraph in element.iter(qn("w:p")):
                lines += _lines_of(paragraph, document, numbering)
        else:
            lines += _lines_of(element, document, numbering)
    return lines


def _open(content: bytes, name: str) -> WordDocument:
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        what = "文件已加密，请先取消密码" if encrypted else "这是旧版 Word 文件，请另存为 .docx"
        raise UnreadableFileError(f"无法读取“{name}”：{what}。")
    damaged = UnreadableFileError(f"无法读取“{name}”：文件已损坏，或者不是 Word 文件（.docx）。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise UnreadableFileError(f"无法读取“{name}”：文件已加密，请先取消密码。")
            check_directory(archive, name, size=len(content))
            _check_settled(archive, name)
        return Document(io.BytesIO(content))
    except UnreadableFileError:
        raise
    # The archive and its parts come from anywhere: whatever the parsers raise means one thing to the user.
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        OSError,
        NotImplementedError,
        AttributeError,
        RuntimeError,
        EOFError,
        AssertionError,
        TypeError,
        zlib.error,
    ) as error:
        raise damaged from error


def _check_settled(archive: zipfile.ZipFile, name: str) -> None:
    """Looks the text through before it is laid out in memory: nothing of it is held."""
    left, seen = Allowance(), MarkupCount(_CHANGES)
    for part in archive.infolist():
        if not (part.filename.startswith("word/") and part.filename.endswith(".xml")):
            continue
        for chunk_seen in seen.read(unpacked(archive, part, name, left)):
            if chunk_seen > MOST_ELEMENTS:
                raise too_large(name)
        if seen.found:
            raise UnreadableFileError(
                f"无法读取“{name}”：文件带有修订痕迹，请先在 Word 中接受或拒绝全部修订，再保存导入。"
            )


def _blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those inside content controls included."""
    for child in container:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag == qn("w:sdt"):
            yield from _blocks(child.find(qn("w:sdtContent")) if child.find(qn("w:sdtContent")) is not None else [])
        elif child.tag in (qn("w:customXml"), qn("w:smartTag")):
            yield from _blocks(child)


def _text(paragraph: Any) -> str:
    parts: list[str] = []
    for element in paragraph.iter():
        if any(ancestor.tag == qn("w:txbxContent") for ancestor in element.iterancestors()):
            continue
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in _BREAKS:
            parts.append("\n")
        elif element.tag == qn("w:tab"):
            parts.append(" ")
        elif element.tag == qn("w:noBreakHyphen"):
            parts.append("-")
    return visible("".join(parts))


def _lines_of(paragraph: Any, document: WordDocument, numbering: WordNumbering) -> list[Line]:
    text = _text(paragraph)
    if not text.strip():
        return []
    label = numbering.label(paragraph)
    first, *rest = (part.strip() for part in text.split("\n") if part.strip())
    if label and not find_marker(first):
        first = label + first
    return [Line(first, level=numbering.heading_level(paragraph)), *(Line(part) for part in rest)]


def _is_frame(table: Any) -> bool:
    """Whether a table is but a frame around a text: one cell with several paragraphs."""
    cells = list(table.iter(qn("w:tc")))
    return len(cells) == 1 and sum(bool(_text(paragraph).strip()) for paragraph in cells[0].iter(qn("w:p"))) > 1


def _rows(table: Any) -> Iterator[Line]:
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue
        cells = [
            "".join(part.strip() for part in (_text(paragraph) for paragraph in cell.iter(qn("w:p"))))
            for cell in row.findall(qn("w:tc"))
        ]
        if any(cells):
            yield Line(" | ".join(cell.replace("\n", "") for cell in cells) + " |")
