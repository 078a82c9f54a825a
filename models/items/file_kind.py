"""What kinds of files are taken in as evidence, told by the ending of the name and by the content alike.

A name alone is only a claim: a program that calls itself .pdf is refused. Content alone does not tell an old
Word file from an old Excel file: the ending does.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from models.errors import BadInputError

HEAD = 64 * 1024
"""Bytes from the beginning of a file that are enough to tell its kind."""
LONGEST_NAME = 200
"""Characters of a file name, its ending included."""
NAMELESS = "未命名"


@dataclass(frozen=True)
class FileKind:
    """One kind of file. Endings are lower case with their dot, one per kind: .jpeg is `.jpg`."""

    ending: str
    media_type: str
    what: str
    """What a user calls it."""
    members: tuple[str, ...] | None = None
    """For a ZIP container: how the names of members it cannot do without begin. None: no ZIP container."""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MEMBER = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
"""The head of a ZIP member up to its name; the group is the length of the name."""
_OFFICE_FOLDERS = ("word/", "xl/", "ppt/")
_TYPES = "[Content_Types].xml"
_OFFICE_COMMON = (_TYPES, "_rels/", "docProps/")

_BINARY = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"%PDF-", "PDF 文件"),
    (_ZIP, "压缩包或者另一种 Office、OFD 文件"),
    (_OLE, "旧版 Office 文件或者加密的 Office 文件"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"\x89PNG", "PNG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"{\\rtf", "RTF 文件"),
)
_MARKUP = ((b"<!doctype html", "网页"), (b"<html", "网页"), (b"<?xml", "XML 文件"), (b"mime-version", "网页归档文件"))


def decoded(head: bytes) -> str | None:
    """The text that begins with `head`, in UTF-8 or else GB18030; None where it is no text in either.

    A character cut at the end of `head` is left out. Text holds no NUL, so UTF-16 is none here.
    """
    if b"\x00" in head:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
    return None


def _is_text(head: bytes) -> bool:
    # Two letters such as MZ may begin a text, and so may a tag.
    return decoded(head) is not None and not any(head.startswith(mark) for mark, _ in _BINARY if len(mark) > 2)


def _is_pdf(head: bytes) -> bool:
    # The standard lets the mark stand later; only blanks and a byte order mark are passed over, no other format.
    return head[:1024].lstrip(b"\xef\xbb\xbf\x00\t\n\f\r ").startswith(b"%PDF-")


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == form


def _office(folder: str) -> Callable[[bytes], bool]:
    """Programs write the members in any order: one of this kind tells, else one of all kinds and none of another."""

    def fits(head: bytes) -> bool:
        if not head.startswith(_ZIP):
            return False
        names = _member_names(head)
        others = tuple(other for other in _OFFICE_FOLDERS if other != folder)
        return any(name.startswith(folder) for name in names) or (
            any(name.startswith(_OFFICE_COMMON) for name in names)
            and not any(name.startswith(others) for name in names)
        )

    return fits


def _member_names(head: bytes) -> list[str]:
    heads = ((found.end(), int.from_bytes(found[1], "little")) for found in _MEMBER.finditer(head))
    return [head[start : start + length].decode("utf-8", "replace") for start, length in heads]


_OOXML = "application/vnd.openxmlformats-officedocument."
_is_ole = _begins(_OLE)
_KINDS: dict[str, tuple[FileKind, Callable[[bytes], bool]]] = {
    kind.ending: (kind, fits)
    for kind, fits in (
        (FileKind(".pdf", "application/pdf", "PDF 文件"), _is_pdf),
        (FileKind(".ofd", "application/ofd", "OFD 文件", ("OFD.xml",)), _begins(_ZIP)),
        (FileKind(".odt", "application/vnd.oasis.opendocument.text", "ODT 文件", ("content.xml",)), _begins(_ZIP)),
        (FileKind(".docx", f"{_OOXML}wordprocessingml.document", "Word 文件", (_TYPES, "word/")), _office("word/")),
        (FileKind(".xlsx", f"{_OOXML}spreadsheetml.sheet", "Excel 文件", (_TYPES, "xl/")), _office("xl/")),
        (FileKind(".pptx", f"{_OOXML}presentationml.presentation", "演示文稿", (_TYPES, "ppt/")), _office("ppt/")),
        (FileKind(".doc", "application/msword", "旧版 Word 文件"), _is_ole),
        (FileKind(".xls", "application/vnd.ms-excel", "旧版 Excel 文件"), _is_ole),
        (FileKind(".ppt", "application/vnd.ms-powerpoint", "旧版演示文稿"), _is_ole),
        (FileKind(".wps", "application/kswps", "WPS 文字文件"), _is_ole),
        (FileKind(".et", "application/kset", "WPS 表格文件"), _is_ole),
        (FileKind(".dps", "application/ksdps", "WPS 演示文件"), _is_ole),
        (FileKind(".jpg", "image/jpeg", "JPEG 图片"), _begins(b"\xff\xd8\xff")),
        (FileKind(".png", "image/png", "PNG 图片"), _begins(b"\x89PNG\r\n\x1a\n")),
        (FileKind(".gif", "image/gif", "GIF 图片"), _begins(b"GIF87a", b"GIF89a")),
        (FileKind(".bmp", "image/bmp", "BMP 图片"), _begins(b"BM")),
        (FileKind(".tif", "image/tiff", "TIFF 图片"), _begins(b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
        (FileKind(".webp", "image/webp", "WebP 图片"), _riff(b"WEBP")),
        (FileKind(".txt", "text/plain", "UTF-8 或 GB18030 编码的文本"), _is_text),
        (FileKind(".csv", "text/csv", "UTF-8 或 GB18030 编码的文本"), _is_text),
        (FileKind(".zip", "application/zip", "ZIP 压缩包", ()), _begins(_ZIP)),
        (FileKind(".mp4", "video/mp4", "MP4 视频"), lambda head: head[4:8] == b"ftyp"),
        (FileKind(".mp3", "audio/mpeg", "MP3 音频"), _is_mp3),
        (FileKind(".wav", "audio/wav", "WAV 音频"), _riff(b"WAVE")),
    )
}
_SAME = {".jpeg": ".jpg", ".tiff": ".tif"}

ACCEPTED = f"可接受的文件：{'、'.join([*_KINDS, *_SAME])}"

ENDINGS = ",".join([*_KINDS, *_SAME])
"""The accepted endings as a file field of a page lists them."""


def kind_of(name: str, head: bytes) -> FileKind:
    """The kind of the file that is called `name` and begins with `head`, its first `HEAD` bytes or the whole of it.

    For .ofd and .odt only the container is looked at: its members stand in no fixed order (`FileKind.members` names
    what a whole container must hold). Raises BadInputError, naming the accepted endings, for an ending that is
    not accepted and for content that is not what the ending says.
    """
    shown, ending = safe_name(name), PurePosixPath(safe_name(name)).suffix.lower()
    if not ending:
        raise BadInputError(f"不能接受“{shown}”：文件名没有扩展名，无法确定文件类型。{ACCEPTED}。")
    ending = _SAME.get(ending, ending)
    if ending not in _KINDS:
        raise BadInputError(f"不能接受“{shown}”：不支持 {ending} 文件。{ACCEPTED}。")
    kind, fits = _KINDS[ending]
    if not head:
        raise BadInputError(f"不能接受“{shown}”：文件是空的。{ACCEPTED}。")
    if not fits(head):
        seen = _recognised(head)
        but = f"内容却是{seen}" if seen and seen != kind.what else f"内容却不是{kind.what}"
        raise BadInputError(
            f"不能接受“{shown}”：扩展名是 {ending}，{but}。请用原来的软件另存为所需格式，不要直接改扩展名。{ACCEPTED}。"
        )
    return kind


def _recognised(head: bytes) -> str | None:
    markup = head[:200].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    known = [what for mark, what in _BINARY if head.startswith(mark)]
    known += [what for mark, what in _MARKUP if markup.startswith(mark)]
    return known[0] if known else None


_NOT_SHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that no name may carry: control, format (bidi and zero width), halves, line ends."""
_NO_WINDOWS_NAME = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_ENDING = re.compile(r"\.\w{1,16}\Z", re.ASCII)


def safe_name(name: str) -> str:
    """The base name of `name` that can be shown, sent as a header and saved on any system; never empty.

    Folders, control and bidi characters go, characters that Windows does not take in names become "_", and at
    most `LONGEST_NAME` characters stay, the ending among them. A safe name is left as it is.
    """
    base = "".join(character for character in name if unicodedata.category(character) not in _NOT_SHOWN)
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", base)[-1].translate(_NO_WINDOWS_NAME)).rstrip(" .")
    dotted = _ENDING.search(base)
    ending = dotted[0] if dotted else ""
    stem = base.removesuffix(ending).lstrip(" .") or NAMELESS
    return stem[: LONGEST_NAME - len(ending)] + ending if ending else stem[:LONGEST_NAME].rstrip(" .")
