"""The numbers that Word writes before paragraphs of automatic lists, which stand nowhere in their text."""

import re
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

_DIGITS = "〇一二三四五六七八九"


class WordNumbering:
    """Counts the lists of one document; paragraphs must be asked for in their order."""

    def __init__(self, document: WordDocument) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._levels: dict[tuple[str, int], Any] = {}
        self._counts: dict[str, list[int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {one.get(qn("w:abstractNumId")): one for one in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            reference = number.find(qn("w:abstractNumId"))
            definition = abstract.get(reference.get(qn("w:val"))) if reference is not None else None
            for level in definition.iter(qn("w:lvl")) if definition is not None else ():
                self._levels[number.get(qn("w:numId")), int(level.get(qn("w:ilvl"), "0"))] = level

    def heading_level(self, paragraph: Any) -> int | None:
        """1 to 9 for a paragraph in a heading style, 0 for a document title, None for body text."""
        outline = self._property(paragraph, "w:outlineLvl")
        if outline is not None and outline.get(qn("w:val"), "9").isdecimal() and int(outline.get(qn("w:val"))) < 9:
            return int(outline.get(qn("w:val"))) + 1
        for style in self._chain(paragraph):
            name = style.find(qn("w:name"))
            written = (name.get(qn("w:val")) or "").lower() if name is not None else ""
            if match := re.fullmatch(r"(?:heading|标题)\s*(\d)", written):
                return int(match[1])
            if written in ("title", "标题"):
                return 0
        return None

    def label(self, paragraph: Any) -> str:
        """The number as Word shows it; empty for a paragraph outside lists and for bullets."""
        numbering = self._property(paragraph, "w:numPr")
        if numbering is None:
            return ""
        number, level = numbering.find(qn("w:numId")), numbering.find(qn("w:ilvl"))
        list_id = number.get(qn("w:val")) if number is not None else "0"
        depth = int(level.get(qn("w:val"))) if level is not None else 0
        definition = self._levels.get((list_id, depth))
        if definition is None:
            return ""
        counts = self._counts.setdefault(list_id, [])
        while len(counts) <= depth:
            counts.append(self._start(list_id, len(counts)) - 1)
        counts[depth] += 1
        del counts[depth + 1 :]
        return self._render(list_id, definition, counts)

    def _render(self, list_id: str, definition: Any, counts: list[int]) -> str:
        pattern = definition.find(qn("w:lvlText"))
        written = (pattern.get(qn("w:val")) or "") if pattern is not None else ""
        if "%" not in written:
            return ""
        for position, count in enumerate(counts):
            count = max(count, self._start(list_id, position))
            written = written.replace(f"%{position + 1}", _in_format(count, self._format(list_id, position)))
        return written

    def _start(self, list_id: str, depth: int) -> int:
        definition = self._levels.get((list_id, depth))
        start = definition.find(qn("w:start")) if definition is not None else None
        return int(start.get(qn("w:val"))) if start is not None else 1

    def _format(self, list_id: str, depth: int) -> str:
        definition = self._levels.get((list_id, depth))
        form = definition.find(qn("w:numFmt")) if definition is not None else None
        return form.get(qn("w:val")) or "decimal" if form is not None else "decimal"

    def _property(self, paragraph: Any, tag: str) -> Any:
        """A paragraph property, from the paragraph itself or the nearest style that sets it."""
        for holder in (paragraph, *self._chain(paragraph)):
            properties = holder.find(qn("w:pPr"))
            found = properties.find(qn(tag)) if properties is not None else None
            if found is not None:
                return found
        return None

    def _chain(self, paragraph: Any) -> list[Any]:
        properties = paragraph.find(qn("w:pPr"))
        reference = properties.find(qn("w:pStyle")) if properties is not None else None
        chain: list[Any] = []
        while reference is not None:
            style = self._styles.get(reference.get(qn("w:val")))
            if style is None or style in chain:
                break
            chain.append(style)
            reference = style.find(qn("w:basedOn"))
        return chain


_CHINESE = {"chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting"}


def _in_format(count: int, form: str) -> str:
    if form in _CHINESE:
        tens, ones = divmod(count, 10)
        if 0 < count < 10:
            return _DIGITS[count]
        if count < 100:
            return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    if form == "decimalEnclosedCircle" and count <= 20:
        return chr(0x2460 + count - 1)
    return str(count)
