"""The kinds of files that documents and tables are read from, told by what stands in them; a name is only a claim.

`READ` is what can be read, and by whom; what offices also send is `Refused`, and says how to save it so that it can be.
"""

import re
import zipfile
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import PurePosixPath

from models.errors import UnreadableFileError
from tasks.containers.old_office import OldKind, old_kind


class Reader(Enum):
    """Who opens a file."""

    PLAIN = "纯文本"
    WORD = "Word"
    SHEET = "工作表"
    OLD_SHEET = "旧版工作表"
    PAGE = "网页"
    PDF = "PDF"
    OFFICE_TEXT = "经 LibreOffice 转成 Word"
    OFFICE_SHEET = "经 LibreOffice 转成 Excel"


@dataclass(frozen=True)
class Format:
    """One kind of file: what a user calls it, the endings it goes by, who reads it."""

    what: str
    endings: tuple[str, ...]
    reader: Reader


@dataclass(frozen=True)
class Refused:
    """One kind that is not read, and how what stands in it can be."""

    what: str
    instead: str


TEXT = Format("文本", (".txt",), Reader.PLAIN)
CSV = Format("CSV 表格", (".csv", ".tsv"), Reader.PLAIN)
DOCX = Format("Word 文件", (".docx",), Reader.WORD)
DOC = Format("旧版 Word 或 WPS 文字", (".doc", ".wps"), Reader.OFFICE_TEXT)
RTF = Format("RTF 文件", (".rtf",), Reader.OFFICE_TEXT)
ODT = Format("ODT 文件", (".odt",), Reader.OFFICE_TEXT)
WORD_XML = Format("Word 2003 XML 文件", (".xml",), Reader.OFFICE_TEXT)
PDF = Format("有文字的 PDF", (".pdf",), Reader.PDF)
PAGE = Format("网页", (".html", ".htm"), Reader.PAGE)
ARCHIVED_PAGE = Format("单个文件网页", (".mht", ".mhtml"), Reader.PAGE)
XLSX = Format("Excel 表格", (".xlsx", ".xlsm"), Reader.SHEET)
XLS = Format("旧版 Excel 或 WPS 表格", (".xls", ".et"), Reader.OLD_SHEET)
ODS = Format("ODS 表格", (".ods",), Reader.OLD_SHEET)
SHEET_XML = Format("Excel 2003 XML 表格", (".xml",), Reader.OFFICE_SHEET)

READ = (DOCX, DOC, RTF, ODT, PDF, PAGE, ARCHIVED_PAGE, TEXT, XLSX, XLS, ODS, CSV, WORD_XML, SHEET_XML)
"""Everything that is read."""
ENDINGS = tuple(dict.fromkeys(ending for one in READ for ending in one.endings))
"""As a file field of a page lists them."""
ACCEPTED = (
    "可以读取：Word（.docx、.doc）、WPS 文字（.wps）、.rtf、.odt、有文字的 PDF、网页（.html、.mht）、文本（.txt），"
    "Excel（.xlsx、.xls，不含宏）、WPS 表格（.et）、.ods、.csv"
)

AS_DOCUMENT = "另存为 .docx"
AS_SHEET = "另存为 .xlsx"
_MACROS = "含有宏的{what}"
_WITHOUT = "用原来的软件{save}（不带宏）"
_ENCRYPTED = Refused("加密的文件", "在原来的软件中取消密码后再保存")
_SLIDES = Refused("演示文稿", "把文字复制到 Word 文件中，" + AS_DOCUMENT)
_OFD = Refused("OFD 文件", "取得原来的 Word 文件，或在阅读器中另存为有文字的 PDF")
_PICTURE = Refused("图片（扫描或拍照）", "取得原来的 Word、Excel 文件，或先做文字识别")
_ARCHIVE = Refused("压缩包", "先解压，再选择其中的文件")
_PROGRAM = Refused("程序", "核实文件来源")
_BINARY_SHEET = Refused("二进制 Excel 表格（.xlsb）", "用 Excel 或 WPS" + AS_SHEET)
_UNKNOWN_OLD = Refused("不认识的旧版 Office 文件", f"用原来的软件{AS_DOCUMENT}或 .xlsx")
_NO_ARCHIVE = Refused("损坏或没有传完的 Office 文件、压缩包", "用原来的软件打开，重新保存")
_DAMAGED_OLD = Refused("损坏或没有传完的文件，也可能加了密", "用原来的软件打开，取消密码后重新保存")
_NO_TABLE = Refused("没有分列的文字，不是表格", f"用 Excel 或 WPS 打开，{AS_SHEET}")
_OF_SHEETS = (*XLSX.endings, *XLS.endings, *ODS.endings)

_BEGINNINGS: tuple[tuple[bytes, Format | Refused], ...] = (
    (b"{\\rtf", RTF),
    (b"\xff\xd8\xff", _PICTURE), (b"\x89PNG", _PICTURE), (b"GIF8", _PICTURE), (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE), (b"Rar!", _ARCHIVE), (b"7z\xbc\xaf", _ARCHIVE), (b"\x1f\x8b", _ARCHIVE),
    (b"\x7fELF", _PROGRAM), (b"MZ\x90", _PROGRAM),
)  # fmt: skip
_OLD: dict[OldKind, Format | Refused] = {
    OldKind.TEXT: DOC,
    OldKind.SHEET: XLS,
    OldKind.SLIDES: _SLIDES,
    OldKind.ENCRYPTED: _ENCRYPTED,
    OldKind.DAMAGED: _DAMAGED_OLD,
    OldKind.OTHER: _UNKNOWN_OLD,
    OldKind.TEXT_WITH_MACROS: Refused(_MACROS.format(what="旧版 Word 文件"), _WITHOUT.format(save=AS_DOCUMENT)),
    OldKind.SHEET_WITH_MACROS: Refused(_MACROS.format(what="旧版 Excel 文件"), _WITHOUT.format(save=AS_SHEET)),
}
_OLE, _ZIP, _EMPTY_ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PK\x05\x06"
_SPACES = b"\xef\xbb\xbf\x00\t\n\f\r "
_MARKUP = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b", re.I | re.S
)
_ODF = "application/vnd.oasis.opendocument."


def recognise(content: bytes, name: str) -> Format:
    """The kind of the file. Raises UnreadableFileError that says what was found in it, what can be read, and how to
    save it so."""
    found = _kind_of(content, name)
    if isinstance(found, Refused):
        raise UnreadableFileError(f"无法读取“{name}”：里面是{found.what}。请{found.instead}。{ACCEPTED}。")
    return found


def _kind_of(content: bytes, name: str) -> Format | Refused:
    if content.startswith(_OLE):
        return _OLD[old_kind(content)]
    if content.startswith((_ZIP, _EMPTY_ZIP)):
        return _archive(content)
    if content[:1024].lstrip(_SPACES).startswith(b"%PDF-"):
        return PDF
    for mark, found in _BEGINNINGS:
        if content.startswith(mark):
            return found
    return _text(content, PurePosixPath(name).suffix.lower())


def _archive(content: bytes) -> Format | Refused:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename.lower() for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                return _ENCRYPTED
            stated = ""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    stated = part.read(80).decode("ascii", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return _NO_ARCHIVE
    if "ofd.xml" in names:
        return _OFD
    word, sheet = "word/document.xml" in names, "xl/workbook.xml" in names
    if any(one.endswith("vbaproject.bin") or one.startswith(("basic/", "scripts/")) for one in names):
        table = sheet or stated.endswith("spreadsheet")
        what, save = (" Excel 表格", AS_SHEET) if table else (" Word 文件", AS_DOCUMENT)
        return Refused(_MACROS.format(what=what), _WITHOUT.format(save=save))
    if word or any(re.fullmatch(r"word/document\d*\.xml", one) for one in names):
        return DOCX
    if sheet:
        return XLSX
    if "xl/workbook.bin" in names:
        return _BINARY_SHEET
    if "ppt/presentation.xml" in names:
        return _SLIDES
    open_kinds: dict[str, Format | Refused] = {"text": ODT, "spreadsheet": ODS, "presentation": _SLIDES}
    return open_kinds.get(stated.removeprefix(_ODF), _ARCHIVE)


def _text(content: bytes, ending: str) -> Format | Refused:
    head = plain_head(content)
    if re.match(r"MIME-Version:|(?:From|Subject|Date|Message-ID|Content-Type): ", head, re.I) and "multipart/" in head:
        return ARCHIVED_PAGE
    if head.startswith("<?xml"):
        if 'progid="Excel.Sheet"' in head or "urn:schemas-microsoft-com:office:spreadsheet" in head:
            return SHEET_XML
        if 'progid="Word.Document"' in head or "schemas.microsoft.com/office/word/2003/wordml" in head:
            return WORD_XML
    if (ending in (*PAGE.endings, ".xls", ".doc", ".et", ".wps") and "<" in head) or _MARKUP.match(head):
        return PAGE
    if ending in _OF_SHEETS:
        # Programs of offices write their tables as text under such a name; a text in which nothing is parted is none.
        return CSV if re.search("[\t,;]", head) else _NO_TABLE
    return CSV if ending in CSV.endings else TEXT


def plain_head(content: bytes) -> str:
    """The beginning of a text, as far as its kind shows there: marks are ASCII in every encoding but UTF-16."""
    head = content[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").lstrip()
    return head.decode("latin-1").removeprefix("ï»¿").lstrip()
