"""The whole text of a file searched for a secrecy marking (涉密不入), whatever kind of file it is.

Names, text, page heads and feet, notes, comments, properties, cells, names of sheets, text boxes: every text of every
part, and every file one level deep in an archive. What cannot be searched is told in words, so that somebody can
answer for it. Where nothing of a file can be read that should be, the file is damaged.
"""

import html
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from models.errors import BadInputError, UnreadableFileError
from models.items.file_kind import safe_name
from models.secrecy import LETTER, MarkedError, marking
from tasks.containers.archive import Allowance, check_directory, is_markup, unpacked
from tasks.containers.markup_text import MalformedMarkupError, MarkupGlance, MarkupText
from tasks.containers.pdf_text import pdf_text

REFUSED = "涉密材料不得上传，请按保密规定办理；不涉密的，请去掉密级标志后再上传。"

_DEEPEST = 2
"""Levels of archives that are opened: an archive, and a document in it with what is embedded there."""
_TOGETHER = 200_000
"""Characters of text searched at once."""
_FEW = 20
"""Characters; a document with fewer beside a picture is a scan."""
_LARGEST_TEXT = 64 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PICTURES = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"\x01\x00\x00\x00",
    b"\xd7\xcd\xc6\x9a",
)  # fmt: skip
"""How pictures begin that stand in documents, old drawings of Windows among them."""
_ODD_TEXT = (".eml", ".mht", ".mhtml", ".rtf", ".ps")
"""Text files whose words stand there in code."""
_DUMB = (".odttf", ".fntdata", ".ttf", ".otf", ".ttc", ".woff", ".woff2", ".dat", ".seal", ".esl", ".pfb")
"""Parts of documents that hold letters' shapes and seals, and no words."""
_APART = re.compile(
    r"(?:^|/)(?:docProps|theme|META-INF|customXml)/|\.rels$|\[Content_Types\]|styles|[sS]ettings|meta\.xml|fontTable|OFD\.xml"
)
"""Parts of a document that say nothing a reader of it sees."""
_SHEET, _LARGE_SHEET = re.compile(r"xl/(?:worksheets/[^/]*|sharedStrings)\.xml$"), 64 * 1024
"""The parts that hold the cells of a workbook, and the bytes from which they are looked over before they are read."""
_NAME_PIECES = re.compile(r"[-_—~.\s]+")
_CELLS = re.compile(r"[|\t]")
_CSV_CELLS = re.compile(r"[,;|\t\"]")
_TAG = re.compile(r"<[^<>]*>")

DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, MalformedMarkupError, ArithmeticError, AssertionError, EOFError,
    LookupError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""An archive comes from anywhere: whatever its readers raise means one thing to the user."""


def search_file(name: str, source: BinaryIO) -> tuple[str, ...]:
    """What of the file could not be searched, in words; none: all of it was.

    `source` is seekable and is left anywhere. Raises MarkedError for a marking, with its place; UnreadableFileError
    for a damaged document and for one that would unpack to more than any real one.
    """
    shown = safe_name(name)
    _refuse_marked(f"文件名“{shown}”", "\n".join((*_NAME_PIECES.split(shown), shown)))
    return tuple(dict.fromkeys(_search(shown, source, Allowance(), 0)))


def _search(name: str, source: IO[bytes], left: Allowance, depth: int) -> Iterator[str]:
    head = _head(source)
    ending = PurePosixPath(name).suffix.lower()
    if head.startswith(_ZIP):
        yield from _search_archive(name, source, left, depth)
    elif head[:1024].lstrip(b"\xef\xbb\xbf\x00\t\n\f\r ").startswith(b"%PDF-"):
        yield from _search_pdf(name, source)
    elif head.startswith(_OLE):
        yield from _search_old(name, source)
    elif ending in _ODD_TEXT or head.startswith(_PICTURES) or not (text := _text(source)):
        yield f"“{name}”是图片、音像或其他没有文字可查的文件"
    else:
        _search_text(name, ending, text)


def _search_archive(name: str, source: IO[bytes], left: Allowance, depth: int) -> Iterator[str]:
    if depth >= _DEEPEST:
        yield f"“{name}”是压缩包中的压缩包"
        return
    try:
        size = source.seek(0, 2)
        source.seek(0)
        with zipfile.ZipFile(source) as archive:
            check_directory(archive, name, size=size)
            names = {part.filename for part in archive.infolist()}
            document = bool(names & {"[Content_Types].xml", "OFD.xml", "content.xml"})
            yield from (_search_document if document else _search_members)(name, archive, left, depth)
    except BadInputError:
        raise
    except DAMAGED as error:
        raise UnreadableFileError(
            f"无法读取“{name}”：文件已损坏、没有传完或者已加密。请确认能够打开，另存后再上传。"
        ) from error


def _search_members(name: str, archive: zipfile.ZipFile, left: Allowance, depth: int) -> Iterator[str]:
    """The files of an archive, each as if it had come by itself."""
    for member in archive.infolist():
        within = _member_name(member)
        _refuse_marked(f"“{name}”中的文件名“{within}”", "\n".join((*_NAME_PIECES.split(within), *within.split("/"))))
        if member.is_dir():
            continue
        if member.flag_bits & 1:
            yield f"“{within}”已加密"
            continue
        with _laid_out(archive, member, name, left) as file:
            yield from _search(within, file, left, depth + 1)


def _search_document(name: str, archive: zipfile.ZipFile, left: Allowance, depth: int) -> Iterator[str]:
    """Every part of an office document (OOXML, OpenDocument, OFD)."""
    characters = pictures = 0
    pages = False
    for part in archive.infolist():
        if part.is_dir() or part.filename.lower().endswith(_DUMB):
            continue
        if is_markup(part.filename):
            if part.file_size > _LARGE_SHEET and _SHEET.match(part.filename):
                glance = MarkupGlance(LETTER)
                glance.read(unpacked(archive, part, name, left))
                if not glance.possible:
                    characters += glance.texts
                    continue
            said = MarkupText()
            _refuse_marked_lines(f"“{name}”的{_place(part.filename)}", said.lines(unpacked(archive, part, name, left)))
            if not _APART.search(part.filename):
                characters, pictures = characters + said.characters, pictures + said.pictures
                # In this kind of file every page is a part.
                pages = pages or (
                    part.filename.endswith("Content.xml") and said.pictures > 0 and said.characters < _FEW
                )
            continue
        with _laid_out(archive, part, name, left) as file:
            yield from _search_part(name, part.filename, file, left, depth)
    if pages or (pictures and characters < _FEW):
        yield f"“{name}”有只有图片的页面（扫描件）"


def _search_part(name: str, part: str, file: IO[bytes], left: Allowance, depth: int) -> Iterator[str]:
    """A part that is no XML: a document in the document, a picture, or something else."""
    head, within = _head(file), PurePosixPath(part).name
    if head.startswith(_PICTURES) or "printerSettings" in part or not head:
        return
    if head.startswith((_ZIP, b"%PDF-")):
        yield from _search(within, file, left, depth + 1)
    elif within == "mimetype":
        return
    elif (text := _text(file)) and not within.lower().endswith(_ODD_TEXT):
        _search_text(f"{name}”中的“{within}", PurePosixPath(part).suffix.lower(), text)
    else:
        yield f"“{name}”中嵌有“{within}”"


def _search_pdf(name: str, source: IO[bytes]) -> Iterator[str]:
    with tempfile.TemporaryFile() as whole:
        source.seek(0)
        shutil.copyfileobj(source, whole)
        said = pdf_text(whole)
    _refuse_marked_lines(f"“{name}”", said.texts)
    yield from (f"“{name}”{why}" for why in said.unread)


def _search_old(name: str, source: IO[bytes]) -> Iterator[str]:
    """What office programs wrote before 2007: no part of it can be told for certain, so what is found is refused and
    what is not found is not proved."""
    source.seek(0)
    content = source.read(_LARGEST_TEXT)
    for start in (0, 1):
        _refuse_marked(f"“{name}”", content[start:].decode("utf-16-le", "ignore"))
    yield f"“{name}”是旧版或加密的 Office 文件"


def _search_text(name: str, ending: str, text: str) -> None:
    if ending in (".html", ".htm", ".xml", ".svg"):
        text = html.unescape(_TAG.sub("", text))
    cells = (_CSV_CELLS if ending == ".csv" else _CELLS).sub("\n", text)
    if found := marking(cells):
        before = cells.partition(found)[0]
        raise MarkedError(f"“{name}”的正文（第 {before.count(chr(10)) + 1} 行）带有密级标志“{found}”。{REFUSED}")


def _refuse_marked_lines(where: str, lines: Iterable[str]) -> None:
    """Lines are searched many at a time, with the last few again: letters may stand one on a line."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > _TOGETHER:
            _refuse_marked(where, "\n".join(held))
            held, size = held[-8:] if size < 2 * _TOGETHER else [], 0
    _refuse_marked(where, "\n".join(held))


def _refuse_marked(where: str, text: str) -> None:
    if found := marking(text):
        raise MarkedError(f"{where}带有密级标志“{found}”。{REFUSED}")


def _laid_out(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, left: Allowance) -> IO[bytes]:
    """The part in a file of its own, where it can be sought in; small ones stay in memory."""
    file = tempfile.SpooledTemporaryFile(8 * 1024 * 1024)  # noqa: SIM115  # closed by the caller
    try:
        for chunk in unpacked(archive, part, name, left):
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _head(source: IO[bytes]) -> bytes:
    source.seek(0)
    return source.read(2048)


def _text(source: IO[bytes]) -> str:
    """The file as text, empty where it is none."""
    source.seek(0)
    content = source.read(_LARGEST_TEXT + 1)
    if len(content) > _LARGEST_TEXT:
        return ""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if "\0" in text else text
    return ""


def _member_name(member: zipfile.ZipInfo) -> str:
    """The name as whoever packed it wrote it: older programs write Chinese without saying so."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


_PLACES = (
    ("header", "页眉"), ("footer", "页脚"), ("footnotes", "脚注"), ("endnotes", "尾注"), ("notesSlide", "备注页"),
    ("comment", "批注"), ("docProps", "文档属性"), ("meta.xml", "文档属性"), ("customXml", "文档属性"),
    ("workbook", "工作表名称"), ("sharedStrings", "单元格"), ("worksheets", "单元格或页眉页脚"), ("slides/", "幻灯片"),
)  # fmt: skip


def _place(part: str) -> str:
    """What a person calls the part."""
    return next((place for sign, place in _PLACES if sign in part), "正文")
