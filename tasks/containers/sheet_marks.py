"""What an .xlsx says of its cells beside their values: hidden rows, struck-out cells, errors, formulas without a value,
and how numbers are shown."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lxml import etree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MONTHS = {17, 27, 36, 50, 52, 57}
"""The built-in formats of a Chinese Excel that show a year and a month."""
_TELLING = re.compile(rb"<(?:\w+:)?f[\s/>]|t=[\"']e[\"']|hidden=[\"'](?:1|true)")
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
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    months: set[tuple[int, int]] = field(default_factory=set)
    """Days of which only the year and the month are shown."""
    places: dict[tuple[int, int], str] = field(default_factory=dict)
    """Numbers shown with as many places as this format has noughts."""


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
    since_1904 = any(one.get("date1904") in ("1", "true") for one in book.iter("{*}workbookPr"))
    sheets = {}
    for entry in book.iter("{*}sheet"):
        part = targets.get(entry.get(_RELATION), "")
        if part in names:
            sheets[entry.get("name", "")] = _of_sheet(archive.read(part), styles)
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
            code = _UNSAID.sub("", formats.get(kind, "0.00" if kind == "2" else "").split(";")[0]).strip()
            month = (
                int(kind) in _MONTHS if kind not in formats else re.fullmatch(r"y+\W*m+\W*@?", code, re.I) is not None
            )
            style = (
                font < len(struck) and struck[font],
                month,
                code if _PLACES.fullmatch(code) and code != "0" else "",
            )
            if any(style):
                found[str(place)] = style
    return found


def _is_struck(font: Any) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") not in ("0", "false")


def _of_sheet(content: bytes, styles: dict[str, tuple[bool, bool, str]]) -> Marks:
    marks = Marks()
    if not styles and _TELLING.search(content) is None:
        return marks
    row = -1
    for element, place in _cells(content):
        if place is None:
            row = int(element.get("r", row + 2)) - 1
            if element.get("hidden") in ("1", "true"):
                marks.hidden.add(row)
            continue
        value = element.findtext("{*}v") or ""
        if element.get("t") == "e":
            marks.broken[place] = Broken(value or "#N/A")
        elif (formula := element.find("{*}f")) is not None and not value and element.get("t") != "str":
            marks.broken[place] = Broken(f"={formula.text or ''}")
        struck, month, shown = styles.get(element.get("s", ""), (False, False, ""))
        if struck:
            marks.struck.add(place)
        if month:
            marks.months.add(place)
        if shown:
            marks.places[place] = shown
    return marks


def _cells(content: bytes) -> Iterator[tuple[Any, tuple[int, int] | None]]:
    """Each row without a place, then its cells with theirs."""
    row = column = -1
    events = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), tag=("{*}row", "{*}c"), resolve_entities=False, no_network=True
    )
    for event, element in events:
        is_row = etree.QName(element).localname == "row"
        if event == "start":
            if is_row:
                row, column = int(element.get("r", row + 2)) - 1, -1
                yield element, None
            continue
        if is_row:
            element.clear()
            continue
        letters = re.match(r"[A-Z]+", element.get("r", ""))
        column = _index(letters[0]) if letters else column + 1
        yield element, (row, column)


def _index(letters: str) -> int:
    """A → 0, XFD → 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
