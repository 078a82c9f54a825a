"""The numbers that Word writes before paragraphs of automatic lists, which stand nowhere in their text."""

import re
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

_DIGITS = "〇一二三四五六七八九"
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


_OFF = {"0", "false", "off"}
_DEEPEST = 9


@dataclass
class _List:
    """One list of the document: whose count it shares, its levels by depth, the numbers with which it begins anew."""

    shared: str
    levels: dict[int, Any]
    restarts: dict[int, int]
    used: set[int] = field(default_factory=set)


class WordNumbering:
    """Counts the lists of one document; paragraphs must be asked for in their order.

    Lists on one abstract definition go on with one count, unless one says that it begins anew; what stands below a
    number that nobody wrote counts as if it had been written.
    """

    def __init__(self, document: WordDocument) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._chains: dict[str | None, list[Any]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {one.get(qn("w:abstractNumId"), ""): one for one in root.iter(qn("w:abstractNum"))}
        numbers = {number.get(qn("w:numId"), ""): number for number in root.iter(qn("w:num"))}
        for list_id, number in numbers.items():
            shared = self._definition(number, abstract, numbers)
            if shared is None:
                continue
            levels = {_depth(level): level for level in abstract[shared].iter(qn("w:lvl"))}
            restarts: dict[int, int] = {}
            for override in number.iter(qn("w:lvlOverride")):
                levels |= {_depth(override): level for level in override.iter(qn("w:lvl"))}
                if (start := override.find(qn("w:startOverride"))) is not None:
                    restarts[_depth(override)] = _number(start, 1)
            self._lists[list_id] = _List(shared, levels, restarts)

    def _definition(self, number: Any, abstract: dict[str, Any], numbers: dict[str, Any]) -> str | None:
        """The abstract definition of a list, found through the style that it may refer to."""
        for _ in range(_DEEPEST):
            reference = number.find(qn("w:abstractNumId"))
            found = reference.get(qn("w:val"), "") if reference is not None else ""
            if found not in abstract:
                return None
            link = abstract[found].find(qn("w:numStyleLink"))
            style = self._styles.get(link.get(qn("w:val"))) if link is not None else None
            target = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}") if style is not None else None
            if target is None or target.get(qn("w:val")) not in numbers:
                return found
            number = numbers[target.get(qn("w:val"))]
        return None

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

    def is_on(self, run: Any, paragraph: Any, tag: str) -> bool:
        """Whether a run has a property that is on or off, by itself, by its style or by its paragraph's."""
        for holder in (run, *self._chain(run, "w:rPr", "w:rStyle"), *self._chain(paragraph)):
            found = holder.find(f"{qn('w:rPr')}/{qn(tag)}")
            if found is not None:
                return found.get(qn("w:val"), "1") not in _OFF
        return False

    def label(self, paragraph: Any) -> str:
        """The number as Word shows it; empty for a paragraph outside lists and for bullets."""
        list_id, depth = self._place(paragraph)
        found = self._lists.get(list_id)
        if found is None or depth not in found.levels:
            return ""
        counts = self._counts.setdefault(found.shared, [None] * _DEEPEST)
        for above in range(depth):
            if counts[above] is None:
                counts[above] = _start(found.levels, above)
        before = counts[depth]
        if depth in found.restarts and depth not in found.used:
            counts[depth] = found.restarts[depth]
        else:
            counts[depth] = _start(found.levels, depth) if before is None else before + 1
        found.used.add(depth)
        for below in range(depth + 1, _DEEPEST):
            if _begins_again(found.levels, below, after=depth):
                counts[below] = None
        return _render(found.levels, depth, [count or 0 for count in counts])

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list of a paragraph and its depth in it, each from the paragraph or the nearest style that says so."""
        list_id = depth = None
        for holder in (paragraph, *self._chain(paragraph)):
            numbering = holder.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbering is None:
                continue
            level, number = numbering.find(qn("w:ilvl")), numbering.find(qn("w:numId"))
            if depth is None and level is not None:
                depth = _number(level, 0)
            if number is not None:
                list_id = number.get(qn("w:val"), "0")
                if depth is None and holder is not paragraph and list_id in self._lists:
                    depth = self._linked(self._lists[list_id], holder.get(qn("w:styleId")))
                break
        return list_id or "0", depth or 0

    def _linked(self, found: _List, style_id: str) -> int:
        """The level that is bound to a style."""
        for depth, level in found.levels.items():
            bound = level.find(qn("w:pStyle"))
            if bound is not None and bound.get(qn("w:val")) == style_id:
                return depth
        return 0

    def _property(self, paragraph: Any, tag: str) -> Any:
        """A paragraph property, from the paragraph itself or the nearest style that sets it."""
        for holder in (paragraph, *self._chain(paragraph)):
            found = holder.find(f"{qn('w:pPr')}/{qn(tag)}")
            if found is not None:
                return found
        return None

    def _chain(self, element: Any, properties: str = "w:pPr", tag: str = "w:pStyle") -> list[Any]:
        """The style of a paragraph or a run, and those it is based on."""
        reference = element.find(f"{qn(properties)}/{qn(tag)}")
        name = reference.get(qn("w:val")) if reference is not None else None
        if name not in self._chains:
            chain: list[Any] = []
            style = self._styles.get(name)
            while style is not None and style not in chain:
                chain.append(style)
                based = style.find(qn("w:basedOn"))
                style = self._styles.get(based.get(qn("w:val"))) if based is not None else None
            self._chains[name] = chain
        return self._chains[name]


def _depth(level: Any) -> int:
    written = level.get(qn("w:ilvl"), "0")
    return min(int(written), _DEEPEST - 1) if written.isdecimal() else 0


def _number(element: Any, otherwise: int) -> int:
    written = element.get(qn("w:val"), "") if element is not None else ""
    return int(written) if written.isdecimal() and len(written) < _DEEPEST else otherwise


def _start(levels: dict[int, Any], depth: int) -> int:
    return _number(levels[depth].find(qn("w:start")), 1) if depth in levels else 1


def _begins_again(levels: dict[int, Any], depth: int, *, after: int) -> bool:
    """Whether a level counts anew after one above it; w:lvlRestart 0 never does, n only after the first n levels."""
    restart = levels[depth].find(qn("w:lvlRestart")) if depth in levels else None
    return restart is None or after < _number(restart, depth)


def _render(levels: dict[int, Any], depth: int, counts: list[int]) -> str:
    written = levels[depth].find(qn("w:lvlText"))
    text = (written.get(qn("w:val")) or "") if written is not None else ""
    if _form(levels, depth) == "bullet" or "%" not in text:
        return ""
    legal = levels[depth].find(qn("w:isLgl"))
    legal = legal is not None and legal.get(qn("w:val"), "1") not in _OFF
    for place in range(depth + 1):
        form = "decimal" if legal else _form(levels, place)
        text = text.replace(f"%{place + 1}", _in_format(counts[place], form))
    return text


def _form(levels: dict[int, Any], depth: int) -> str:
    form = levels[depth].find(qn("w:numFmt")) if depth in levels else None
    return (form.get(qn("w:val")) or "decimal") if form is not None else "decimal"


_CHINESE = {"chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting"}


def _in_format(count: int, form: str) -> str:
    if form in _CHINESE:
        tens, ones = divmod(count, 10)
        if 0 < count < 10:
            return _DIGITS[count]
        if count < 100:
            return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    if form.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(0x2460 + count - 1)
    if form in ("decimalEnclosedParen", "decimalEnclosedFullstop") and 0 < count <= 20:
        return chr((0x2474 if form == "decimalEnclosedParen" else 0x2488) + count - 1)
    if form == "none":
        return ""
    if form in ("upperLetter", "lowerLetter") and 0 < count <= 26:
        return chr(ord("A" if form == "upperLetter" else "a") + count - 1)
    if form in ("upperRoman", "lowerRoman") and 0 < count < 40:
        roman = "X" * (count // 10) + _ROMAN[count % 10]
        return roman if form == "upperRoman" else roman.lower()
    if form == "decimalZero":
        return f"{count:02}"
    return str(count)
