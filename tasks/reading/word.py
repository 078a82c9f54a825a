"""Lines of a Word file (.docx) as a reader of the page sees them, in the order of the body; headers and footers are
left out.

The numbers of automatic lists are written out as Word shows them. Struck-out and hidden text and phonetic guides are
left out, and each line says so. A file with tracked changes is refused: which of its two texts counts is for a person
to decide.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

from models.errors import UnreadableFileError
from tasks.containers.archive import Allowance, check_directory, too_large, unpacked
from tasks.containers.blocks import TableBlock
from tasks.containers.markup_text import MarkupCount
from tasks.reading.folding import visible
from tasks.reading.lines import DITTO, Line
from tasks.reading.numbering import find_marker
from tasks.reading.word_numbering import WordNumbering

MOST_ELEMENTS = 1_500_000
"""Of all parts of the text together: laid out in memory, each takes about a hundred bytes."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo"})
_SIGNS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
_TABLE, _ROW, _CELL, _PARAGRAPH, _RUN = (qn(f"w:{tag}") for tag in ("tbl", "tr", "tc", "p", "r"))
_BOX = qn("w:txbxContent")
# A text box stands twice in a file, the second time for programs that do not know the first form.
_ELSEWHERE = {_BOX, "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", qn("w:pPr"), qn("w:rPr")}
STRUCK, UNSEEN, GUIDE, UNSEEN_ROW = "划去的文字", "隐藏的文字", "注音", "隐藏的行"
"""What is left out."""
_WIDEST = 200
"""Columns of the grid that one cell is taken to span at most."""


def word_lines(content: bytes, name: str) -> list[Line]:
    """The lines of a .docx; a table row is one line, its cells parted by bars, `DITTO` where one goes on from above.

    Raises `UnreadableFileError` for anything that is no sound, open, settled .docx.
    """
    document = _open(content, name)
    return list(_Reader(document).lines(document.element.body))


def word_tables(content: bytes, name: str) -> Iterator[TableBlock]:
    """The tables of a .docx as grids, those in text boxes and in other cells left out. Raises as `word_lines` does."""
    document = _open(content, name)
    reader = _Reader(document)
    for element in _blocks(document.element.body):
        if element.tag == _TABLE:
            rows = [[cell.strip() for cell in line.text[:-1].split("|")] for line in reader.table(element)]
            yield _grid(rows)


def _grid(rows: list[list[str]]) -> TableBlock:
    """The rows of one width; what goes on from above is one block."""
    width = max(map(len, rows), default=0)
    table = TableBlock([[*row, *[""] * (width - len(row))] for row in rows])
    for column in range(width):
        top = 0
        for place, row in enumerate(table.rows):
            if row[column] != DITTO:
                top = place
            else:
                row[column] = ""
                if place + 1 == len(rows) or table.rows[place + 1][column] != DITTO:
                    table.merged.append((top, column, place, column))
    return table


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


class _Reader:
    """One document; `said` is what was left out since the last line."""

    def __init__(self, document: WordDocument) -> None:
        self.numbering = WordNumbering(document)
        self.said: list[str] = []

    def lines(self, container: Any) -> Iterator[Line]:
        """The lines of a body, or of a text box."""
        last = None
        for element in _blocks(container):
            for line in self.table(element) if element.tag == _TABLE else self._lines_of(element):
                if last is not None:
                    yield last
                last = replace(line, left_out=line.left_out + self._left_out())
        if last is not None:
            yield replace(last, left_out=last.left_out + self._left_out())

    def _left_out(self) -> tuple[str, ...]:
        said, self.said = tuple(self.said), []
        return said

    def _lines_of(self, paragraph: Any) -> Iterator[Line]:
        label = self.numbering.label(paragraph)
        text = self._text(paragraph)
        if text.strip():
            first, *rest = (part.strip() for part in text.split("\n") if part.strip())
            if label and not find_marker(first):
                first = label + first
            yield Line(first, level=self.numbering.heading_level(paragraph))
            yield from map(Line, rest)
        for box in _boxes(paragraph):
            yield from self.lines(box)

    def _text(self, paragraph: Any) -> str:
        return visible("".join(self._pieces(paragraph, paragraph)))

    def _pieces(self, element: Any, paragraph: Any) -> Iterator[str]:
        """What is seen of a paragraph, without its text boxes."""
        before = ""
        for child in element:
            if child.tag in _ELSEWHERE:
                continue
            why = GUIDE if child.tag == qn("w:rt") else self._unseen(child, paragraph) if child.tag == _RUN else ""
            if why and why != before and any(text.text for text in child.iter(qn("w:t"))):
                self.said.append(why)
            if not why:
                yield _SIGNS.get(child.tag, "") or (child.text or "" if child.tag == qn("w:t") else "")
                yield from self._pieces(child, paragraph)
            before = why

    def _unseen(self, run: Any, paragraph: Any) -> str:
        """Why a run is not part of the text; empty where it is."""
        if self.numbering.is_on(run, paragraph, "w:vanish"):
            return UNSEEN
        struck = (self.numbering.is_on(run, paragraph, tag) for tag in ("w:strike", "w:dstrike"))
        return STRUCK if any(struck) else ""

    def table(self, table: Any) -> Iterator[Line]:
        """Each row as a line; where the table is but a frame around a text, the lines of that text."""
        rows = _rows_of(table)
        cells = [cell for row in rows for cell in _cells_of(row)]
        if len(cells) == 1 and sum(bool(self._text(paragraph).strip()) for paragraph in _blocks(cells[0])) > 1:
            # But a frame around a text.
            self.said = []
            yield from self.lines(cells[0])
            return
        above: dict[int, str] = {}
        for row in rows:
            if row.find(f"{qn('w:trPr')}/{qn('w:hidden')}") is not None:
                self.said.append(UNSEEN_ROW)
                continue
            texts = [""] * _number(row, "w:trPr", "w:gridBefore", 0)
            for cell in _cells_of(row):
                text = " ".join(self._cell_parts(cell))
                merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                if merge is not None and merge.get(qn("w:val"), "continue") == "continue":
                    text = DITTO if above.get(len(texts)) else ""
                else:
                    above[len(texts)] = text
                texts += [text, *[""] * (_number(cell, "w:tcPr", "w:gridSpan", 1) - 1)]
            if any(texts):
                yield Line(" | ".join(texts) + " |")

    def _cell_parts(self, cell: Any) -> Iterator[str]:
        """The paragraphs of a cell, a table inside it cell by cell."""
        for element in _blocks(cell):
            if element.tag == _TABLE:
                for row in _rows_of(element):
                    for inner in _cells_of(row):
                        yield from self._cell_parts(inner)
            elif text := self._text(element).replace("\n", " ").replace("|", "/").strip():
                yield text


def _blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those inside content controls included."""
    return _inside(container, (_PARAGRAPH, _TABLE))


def _rows_of(table: Any) -> list[Any]:
    return [row for row in table.iter(_ROW) if next(row.iterancestors(_TABLE)) is table]


def _cells_of(row: Any) -> Iterator[Any]:
    return _inside(row, (_CELL,))


def _inside(container: Any, wanted: tuple[str, ...]) -> Iterator[Any]:
    for child in container:
        if child.tag in wanted:
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:smartTag")):
            yield from _inside(child, wanted)


def _boxes(element: Any) -> Iterator[Any]:
    """The text boxes anchored in a paragraph, each once."""
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag not in _ELSEWHERE:
            yield from _boxes(child)


def _number(element: Any, properties: str, tag: str, otherwise: int) -> int:
    found = element.find(f"{qn(properties)}/{qn(tag)}")
    written = found.get(qn("w:val"), "") if found is not None else ""
    return min(int(written), _WIDEST) if written.isdecimal() else otherwise
