"""From a file of any kind to paragraphs: web debris removed, broken lines rejoined.

Sizes are checked before anything is unpacked. Whatever cannot be read raises `UnreadableFileError` with one
line that says what is wrong and what would be accepted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UnreadableFileError
from models.later import later
from models.secrecy import MarkedError, marking
from tasks.containers.blocks import Block
from tasks.containers.formats import TEXT, Format, Reader, recognise
from tasks.containers.office_helper import converted
from tasks.containers.pdf_pages import pdf_blocks
from tasks.containers.plain_text import decode
from tasks.containers.web_page import web_blocks
from tasks.reading.breakdown import whole_rows
from tasks.reading.cells import plain
from tasks.reading.debris import without_debris
from tasks.reading.folding import visible
from tasks.reading.header import FileHeader, split_header
from tasks.reading.lines import Line, lines_of, unwrap
from tasks.reading.markup import without_markup
from tasks.reading.sheet import Sheet, file_content, open_workbook

if TYPE_CHECKING:
    from tasks.reading import word
else:
    word = later("tasks.reading.word")


def read_document(path: Path) -> tuple[FileHeader, list[Line]]:
    """The metadata block at the head of a file, and the paragraphs below it as a person reads them: unwrapped, without
    web debris. The rows of a table, and those of a workbook, are lines whose cells are parted by bars.

    Raises `UnreadableFileError` for a file that is missing, empty, too large, damaged, encrypted, of a kind that is
    not read (`tasks.containers.formats`), or that carries tracked changes; MarkedError for a secrecy marking in a kind
    of file that is searched nowhere else.
    """
    content = file_content(path)
    lines = _lines(path, content, recognise(content, path.name))
    header, paragraphs = paragraphs_of(lines)
    if not paragraphs:
        raise UnreadableFileError(f"无法读取“{path.name}”：文件里没有文字。")
    return header, paragraphs


def paragraphs_of(lines: list[Line]) -> tuple[FileHeader, list[Line]]:
    """The paragraphs that raw lines make up, apart from the metadata block above them."""
    header, body = split_header(lines)
    return header, whole_rows(unwrap(without_debris(body)))


def _lines(path: Path, content: bytes, kind: Format) -> list[Line]:
    name = path.name
    if kind.reader is Reader.WORD:
        return word.word_lines(content, name)
    if kind is TEXT:
        return lines_of(visible(without_markup(decode(content, name))))
    if kind.reader is Reader.OFFICE_TEXT:
        return _unmarked(word.word_lines(converted(content, name, kind.what, "docx"), name), name)
    if kind.reader is Reader.PAGE:
        return _unmarked(_told(web_blocks(content, name, kind)), name)
    if kind.reader is Reader.PDF:
        return _told(pdf_blocks(content, name))
    return [line for sheet in open_workbook(path) for line in _rows(sheet)]


def _told(blocks: list[Block]) -> list[Line]:
    lines = (one for block in blocks for one in ([block] if isinstance(block, str) else block.as_lines()))
    return [Line(said.strip()) for line in lines if (said := visible(line)).strip()]


def _rows(sheet: Sheet) -> list[Line]:
    """The rows of a sheet; one that says one thing only is a title."""
    lines = []
    for row in sheet.rows:
        cells = [plain(cell) for cell in row]
        said = [cell for cell in cells if cell]
        if said:
            lines.append(Line(visible(said[0] if len(said) == 1 else " | ".join(cells) + " |")))
    return lines


def _unmarked(lines: list[Line], name: str) -> list[Line]:
    if found := marking("\n".join(line.text for line in lines)):
        raise MarkedError(f"“{name}”带有密级标志“{found}”。涉密材料不得导入，请按保密规定办理。")
    return lines
