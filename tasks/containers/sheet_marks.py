"""What an .xlsx says of its cells beside their values: hidden rows, cells and words struck out, errors, formulas
without a value, and how numbers are shown."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any, BinaryIO

from models.later import later

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = later("lxml.etree")


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MONTHS = {17, 27, 36, 50, 52, 57}
"""The built-in formats of a Chinese Excel that show a year and a month."""
# A tag of a cell or a row is short, and holds no other: what was made to hurt is looked over once as well.
_IN_TAG = rb"[^<>]{0,400}"
_HIDDEN = re.compile(rb"<(?:\w{1,40}:)?row\s" + _IN_TAG + rb"\bhidden=\"(?:1|true)\"" + _IN_TAG + rb">")
_ROW = re.compile(rb"\br=\"(\d{1,7})\"")
_REFERENCE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
_ERROR = re.compile(
    rb"<(?:\w{1,40}:)?c\s(" + _IN_TAG + rb"\bt=\"e\"" + _IN_TAG + rb")(?<!/)>"
    rb"(?:(?!</?(?:\w{1,40}:)?c[\s>]).)*?<(?:\w{1,40}:)?v>([^<]*)<",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"<(?:\w{1,40}:)?c\s(" + _IN_TAG + rb")>\s{0,40}"
    rb"<(?:\w{1,40}:)?f\b" + _IN_TAG + rb"(?:/>|>([^<]*)</(?:\w{1,40}:)?f>)\s{0,40}"
    rb"(?:<(?:\w{1,40}:)?v\s{0,40}/>|<(?:\w{1,40}:)?v>\s{0,40}</(?:\w{1,40}:)?v>)?\s{0,40}</(?:\w{1,40}:)?c>"
)
_INLINE = re.compile(rb"<c\s(" + _IN_TAG + rb")>\s{0,40}(<is>(?:(?!</is>).)*</is>)", re.DOTALL)
_UNSAID = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
"""Parts of a number format that do not say what is shown of the value."""
_PLACES = re.compile(r"0+(?:\.0+)?")


class Broken(str):
    """What a cell shows that has no value: #DIV/0!, or its formula where no value was stored."""

    __slots__ = ()


@dataclass
class Marks:
    """One sheet's marks; rows and cells by their indices from 0."""

    hidden: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    partly: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells of which some words are struck out, with what is left of them."""
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    months: set[tuple[int, int]] = field(default_factory=set)
    """Days of which only the year and the month are shown."""
    places: dict[tuple[int, int], str] = field(default_factory=dict)
    """Numbers shown with as many places as this format has noughts."""

    def strike(self, place: tuple[int, int], left: str) -> None:
        """Words of this cell are struck out, and this is left of it."""
        if left.strip():
            self.partly[place] = left.strip()
        else:
            self.struck.add(place)


@dataclass(frozen=True)
class BookMarks:
    """The marks of a workbook's sheets by name; whether its days are counted from 1904."""

    sheets: dict[str, Marks]
    since_1904: bool


def read_marks(file: BinaryIO) -> BookMarks:
    """The marks of an .xlsx whose parts were found to be sound; what cannot be read says nothing."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _marks(archive)
    except (KeyError, ValueError, etree.XMLSyntaxError, zipfile.BadZipFile):
        return BookMarks({}, since_1904=False)


def _marks(archive: zipfile.ZipFile) -> BookMarks:
    book = etree.fromstring(archive.read("xl/workbook.xml"), _parser())
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _parser())
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", ""))[1:] for link in links}
    names = set(archive.namelist())
    styles = _styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else {}
    left = _left_of_texts(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else {}
    since_1904 = any(one.get("date1904") in ("1", "true") for one in book.iter("{*}workbookPr"))
    sheets = {}
    for entry in book.iter("{*}sheet"):
        part = targets.get(entry.get(_RELATION), "")
        if part in names:
            sheets[entry.get("name", "")] = _of_sheet(archive.read(part), styles, left)
    return BookMarks(sheets, since_1904)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _styles(content: bytes) -> dict[str, tuple[bool, bool, str]]:
    """By number the styles that matter: whether they strike out, show but a month, and the places they show."""
    root = etree.fromstring(content, _parser())
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter("{*}numFmt")}
    struck = [_is_struck(font) for fonts in root.iter("{*}fonts") for font in fonts]
    found = {}
    for cells in root.iter("{*}cellXfs"):
        for place, one in enumerate(cells):
            kind, font = one.get("numFmtId", "0"), int(one.get("fontId", "0"))
            code = _said(formats.get(kind, "0.00" if kind == "2" else ""))
            style = (
                font < len(struck) and struck[font],
                shows_month(int(kind), formats.get(kind, "")),
                code if _PLACES.fullmatch(code) and code != "0" else "",
            )
            if any(style):
                found[str(place)] = style
    return found


def shows_month(number: int, code: str) -> bool:
    """Whether a number format, by its number or by what it says where it is the office's own, shows but a month."""
    return re.fullmatch(r"y+\W*m+\W*@?", _said(code), re.IGNORECASE) is not None if code else number in _MONTHS


def _said(code: str) -> str:
    return _UNSAID.sub("", code.split(";")[0]).strip()


def _is_struck(font: Any) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") not in ("0", "false")


def _left_of_texts(content: bytes) -> dict[str, str]:
    """By number the shared texts of which words are struck out: what is left."""
    if b"strike" not in content:
        return {}
    found = {}
    for number, text in enumerate(etree.fromstring(content, _parser()).iter("{*}si")):
        if (left := _left_of(text)) is not None:
            found[str(number)] = left
    return found


def _left_of(text: Any) -> str | None:
    """What is left of a text of which words are struck out; None where none are."""
    runs = [(run.find("{*}rPr"), run.findtext("{*}t") or "") for run in text.iter("{*}r")]
    left = "".join(said for shown, said in runs if shown is None or not _is_struck(shown))
    return left if left != "".join(said for _, said in runs) else None


def _of_sheet(content: bytes, styles: dict[str, tuple[bool, bool, str]], left: dict[str, str]) -> Marks:
    """Looked for in the bytes: laying out every cell would take many times as long as reading their values."""
    marks = Marks()
    for row in _HIDDEN.finditer(content) if b"hidden=" in content else ():
        if (number := _ROW.search(row[0])) is not None:
            marks.hidden.add(int(number[1]) - 1)
    for cell in _ERROR.finditer(content) if b't="e"' in content else ():
        if (place := _place(cell[1])) is not None:
            marks.broken[place] = Broken(cell[2].decode() or "#N/A")
    for cell in _FORMULA.finditer(content) if b"f>" in content or b"<f " in content else ():
        place = _place(cell[1])
        if place is not None and b't="str"' not in cell[1] and place not in marks.broken:
            marks.broken[place] = Broken(f"={unescape((cell[2] or b'').decode(errors='replace'))}")
    if left:
        texts = "|".join(left).encode()
        said = rb"<(?:\w{1,40}:)?c\s(" + _IN_TAG + rb")>\s{0,40}<(?:\w{1,40}:)?v>(" + texts + rb")<"
        for cell in re.finditer(said, content):
            if b't="s"' in cell[1] and (place := _place(cell[1])) is not None:
                marks.strike(place, left[cell[2].decode()])
    for cell in _INLINE.finditer(content) if b"<strike" in content else ():
        rest = _left_of(etree.fromstring(cell[2], _parser()))
        if rest is not None and (place := _place(cell[1])) is not None:
            marks.strike(place, rest)
    if styles:
        used = "|".join(styles).encode()
        shown_so = rb"<(?:\w{1,40}:)?c\s(" + _IN_TAG + rb"\bs=\"(" + used + rb")\"" + _IN_TAG + rb")>"
        for cell in re.finditer(shown_so, content):
            if (place := _place(cell[1])) is not None:
                struck, month, shown = styles[cell[2].decode()]
                if struck:
                    marks.struck.add(place)
                if month:
                    marks.months.add(place)
                if shown:
                    marks.places[place] = shown
    return marks


def _place(attributes: bytes) -> tuple[int, int] | None:
    found = _REFERENCE.search(attributes)
    return (int(found[2]) - 1, _index(found[1].decode())) if found is not None else None


def _index(letters: str) -> int:
    """A → 0, XFD → 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
