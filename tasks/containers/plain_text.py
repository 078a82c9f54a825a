"""A text file in any of the encodings that an office saves."""

import codecs

from models.errors import UnreadableFileError


def decode(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 or GB18030, with or without a byte order mark.

    Raises `UnreadableFileError` where the bytes are not text in any of them.
    """
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
