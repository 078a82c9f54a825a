"""From a file to paragraphs: .txt in any of the usual encodings, .docx; web debris removed, broken lines rejoined.

Sizes are checked before anything is unpacked. Whatever cannot be read raises `UnreadableFileError` with one
line that says what is wrong and what would be accepted.
"""

import codecs
from pathlib import Path

from models.errors import UnreadableFileError
from tasks.reading.breakdown import whole_rows
from tasks.reading.debris import without_debris
from tasks.reading.folding import visible
from tasks.reading.header import FileHeader, split_header
from tasks.reading.lines import Line, lines_of, unwrap
from tasks.reading.markup import without_markup
from tasks.reading.word import word_lines

ACCEPTED = "可以读取的格式：.txt、.docx"
LIMIT = 20 * 1024 * 1024
"""Bytes of a file that is accepted at all."""

_OTHER_FORMATS = {
    ".doc": "旧版 Word 文件，请另存为 .docx",
    ".wps": "WPS 文字文件，请另存为 .docx",
    ".docm": "带宏的 Word 文件，请另存为不带宏的 .docx",
    ".pdf": "PDF 文件，请取得原来的 Word 文件，或把文字另存为 .txt",
    ".ofd": "OFD 文件，请取得原来的 Word 文件，或把文字另存为 .txt",
}

_MAGIC = ((b"PK\x03\x04", "Word 或压缩文件"), (b"%PDF", "PDF 文件"), (b"\xd0\xcf\x11\xe0", "旧版 Office 文件"))


def read_document(path: Path) -> tuple[FileHeader, list[Line]]:
    """The metadata block at the head of a .txt or .docx file, and the paragraphs below it as a person reads them:
    unwrapped, without web debris.

    Raises `UnreadableFileError` for a file that is missing, empty, too large, damaged, encrypted, of another
    format, or that carries tracked changes.
    """
    suffix = path.suffix.lower()
    if suffix in _OTHER_FORMATS:
        raise UnreadableFileError(f"无法读取“{path.name}”：这是{_OTHER_FORMATS[suffix]}。{ACCEPTED}。")
    if suffix not in (".txt", ".docx"):
        raise UnreadableFileError(f"无法读取“{path.name}”：不支持这种格式。{ACCEPTED}。")
    content = _bytes_of(path)
    word = suffix == ".docx"
    lines = word_lines(content, path.name) if word else lines_of(visible(without_markup(decode(content, path.name))))
    header, paragraphs = paragraphs_of(lines)
    if not paragraphs:
        raise UnreadableFileError(f"无法读取“{path.name}”：文件里没有文字。")
    return header, paragraphs


def paragraphs_of(lines: list[Line]) -> tuple[FileHeader, list[Line]]:
    """The paragraphs that raw lines make up, apart from the metadata block above them."""
    header, body = split_header(lines)
    return header, whole_rows(unwrap(without_debris(body)))


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        raise UnreadableFileError(f"找不到文件“{path}”。")
    if not path.is_file():
        raise UnreadableFileError(f"“{path}”不是文件。{ACCEPTED}。")
    try:
        if path.stat().st_size > LIMIT:
            raise UnreadableFileError(f"无法读取“{path.name}”：文件超过 {LIMIT // 1024 // 1024} MB。")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"无法读取“{path.name}”：{error.strerror or '没有读取权限'}。") from error
    if not content.strip():
        raise UnreadableFileError(f"无法读取“{path.name}”：文件是空的。")
    return content


def decode(content: bytes, name: str) -> str:
    """The text of a .txt file in UTF-8, UTF-16 or GB18030, with or without a byte order mark.

    Raises `UnreadableFileError` where the bytes are not text in any of them.
    """
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise UnreadableFileError(f"无法读取“{name}”：扩展名是 .txt，内容却是{what}。{ACCEPTED}。")
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise UnreadableFileError(
        f"无法读取“{name}”：文字编码无法识别。请另存为 UTF-8 编码的文本文件（UTF-16、GB18030 也可以）。"
    )


def _encodings(content: bytes) -> list[str]:
    if content.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # Without a mark only the line ends tell UTF-16: a zero byte beside each of them.
    marked = [name for name, end in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n")) if end in content]
    return ["utf-8", *marked, "gb18030"]


def _is_text(text: str) -> bool:
    strange = sum(character < " " and character not in "\t\r\n\f\v" for character in text)
    private = sum("\ue000" <= character <= "\uf8ff" for character in text)
    return strange == 0 and private * 20 <= len(text)
