"""The gate before the store: what a person sends is looked at before one byte of it is kept.

A document with a secrecy marking must not come in (涉密不入). It is sought where documents carry it, in the
name and at the head of the text; a scan or an archive is a matter of the one who sends it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from lxml import etree

from models.errors import BadInputError, UnreadableFileError
from models.items.file_kind import HEAD, FileKind, decoded, kind_of, safe_name
from models.secrecy import marking
from tasks.files.file_store import check_size
from tasks.reading.folding import fold, visible
from tasks.reading.word import MOST_PART

REFUSED = "涉密材料不得上传,请按保密规定办理;不涉密的,请去掉密级标志后再上传。"

_TEXT = (".txt", ".csv")
_WORD_PARTS = re.compile(r"word/(?:header|document)\d*\.xml")
_NAME_PIECES = re.compile(r"[-_—~.\s]+")
_CELLS = re.compile(r"[|\t\n]")
_CSV_CELLS = re.compile(r"[,;|\t\n]")

# An archive comes from anywhere: whatever its readers raise means one thing to the user.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    etree.XMLSyntaxError,
    ArithmeticError,
    AssertionError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Limits:
    """How large a file may be (bytes), and how much of its text is searched for a marking."""

    largest: int
    lines: int = 200
    characters: int = 200_000


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: the name to show, its kind and its size in bytes."""

    name: str
    kind: FileKind
    size: int


def check_upload(name: str, source: BinaryIO, limits: Limits) -> Upload:
    """Whether the file may be kept, which its name, kind, size and the head of its text decide.

    `source` is read from its beginning, must be seekable, and stands at its beginning again when it may. Raises
    BadInputError with what is wrong and what would be accepted, UnreadableFileError for a damaged file.
    """
    shown = safe_name(name)
    _refuse_marked(f"文件名“{shown}”", (*_NAME_PIECES.split(shown), shown))
    size = source.seek(0, io.SEEK_END)
    check_size(size, limits.largest)
    source.seek(0)
    kind = kind_of(shown, source.read(HEAD))
    source.seek(0)
    if kind.members is not None:
        _check_container(shown, kind, source, limits)
    elif kind.ending in _TEXT:
        _check_text(shown, kind, source, limits)
    source.seek(0)
    return Upload(shown, kind, size)


def _check_container(name: str, kind: FileKind, source: BinaryIO, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.namelist()
            lacks = [start for start in kind.members or () if not any(member.startswith(start) for member in members)]
            if lacks:
                what = f"其中缺少 {'、'.join(lacks)},不是正常的{kind.what}"
                raise UnreadableFileError(f"无法读取“{name}”:{what}。请用原来的软件另存后再上传。")
            if kind.ending == ".docx":
                _refuse_marked_lines(name, _word_lines(name, archive), _CELLS, limits)
    except BadInputError:
        raise
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"无法读取“{name}”:文件已损坏、没有传完或者已加密。请确认能够打开,另存后再上传。"
        ) from error


def _check_text(name: str, kind: FileKind, source: BinaryIO, limits: Limits) -> None:
    # A character takes at most four bytes in either encoding.
    text = decoded(source.read(4 * limits.characters))
    if text is None:
        raise UnreadableFileError(f"无法读取“{name}”:文字编码无法识别。请另存为 UTF-8 编码的文件后再上传。")
    cells = _CSV_CELLS if kind.ending == ".csv" else _CELLS
    _refuse_marked_lines(name, text.splitlines(), cells, limits)


def _word_lines(name: str, archive: zipfile.ZipFile) -> Iterator[str]:
    """The paragraphs of a .docx as they come, page heads first.

    Other than `tasks.reading.word`, which reads what a document says, this leaves nothing out: a red head stands
    in a page head or a text box as often as in the body, and a draft with tracked changes is evidence too.
    """
    parts = [part for part in archive.infolist() if _WORD_PARTS.fullmatch(part.filename)]
    if not any(part.filename.startswith("word/document") for part in parts):
        raise UnreadableFileError(f"无法读取“{name}”:其中没有正文。请用 Word 或 WPS 打开,另存后再上传。")
    for part in sorted(parts, key=lambda part: (part.filename.startswith("word/document"), part.filename)):
        if part.file_size > MOST_PART:
            raise UnreadableFileError(f"无法读取“{name}”:解压后的内容过大,可能不是正常的 Word 文件。")
        with archive.open(part) as stream:
            for _, paragraph in etree.iterparse(stream, tag="{*}p", resolve_entities=False, no_network=True):
                pieces = paragraph.iter("{*}t", "{*}br", "{*}cr", "{*}tab")
                yield "".join(piece.text or "" if etree.QName(piece).localname == "t" else "\n" for piece in pieces)
                paragraph.clear()


def _refuse_marked_lines(name: str, lines: Iterable[str], cells: re.Pattern[str], limits: Limits) -> None:
    left = limits.characters
    for number, line in enumerate(islice(lines, limits.lines), start=1):
        _refuse_marked(f"“{name}”的正文(第 {number} 行)", (*cells.split(line[:left]), line[:left]))
        left -= len(line)
        if left <= 0:
            return


def _refuse_marked(where: str, pieces: Iterable[str]) -> None:
    for piece in pieces:
        # On paper the two characters of a level stand a blank apart (GB/T 9704), and copies carry invisible ones.
        found = marking("".join(fold(visible(piece)).split()).strip("\"'"))
        if found:
            raise BadInputError(f"{where}带有密级标志“{found}”。{REFUSED}")
