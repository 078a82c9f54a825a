"""Sections, sub-headings and the points below them.

The first level is the highest style of number in the document; a document without numbers is parted by the
lines that every report has (主要举措和成效, 存在的不足和原因 …). Numbers are labels, never indexes: they may
be missing, repeated or run on across their parents.
"""

import re
from dataclasses import dataclass, field
from string import whitespace

from models.report.report import SectionKind
from tasks.reading.breakdown import is_cell
from tasks.reading.findings import SubHeading
from tasks.reading.folding import ends_sentence, fold, opens_more_at, opens_more_than_closes, sentences
from tasks.reading.kinds import classify, kinds_of, phrase_end
from tasks.reading.lines import Line, heads
from tasks.reading.numbering import Marker, Style, split_enumerated, strip_decoration
from tasks.reading.numbering import find_marker as marker_of

_CUT = re.compile(r"[\[【(]?\s*(?:截断|以下截断|未完|原文截断|下略|略)\s*(?:[:\]】)].*)?$")
_ATTRIBUTES = re.compile(
    r"\s*[(\[【]?\s*(?:牵头|责任|主办|承办|协办|配合|参加|分管|完成|联系)[\u4e00-\u9fff]{0,6}\s*[:】]"
)
_INNER_NUMBER = re.compile(r"\([一二三四五六七八九十]{1,2}\)|(?<!\d)1[.、](?!\d)|一是")


_INTRODUCES = re.compile(r"(?:有|是|为|如下|以下[^。]{0,10})[:]$")
"""Ends of a line that leads to what its section lists: 存在的问题主要有:, 将做好以下工作:."""
_LONGEST_HEADING = 45


@dataclass
class OutlinePoint:
    """A sub-heading with the texts below it. `whole` says that the heading's sentence is all there is to it."""

    heading: SubHeading | None
    parent: "OutlinePoint | None" = None
    own: str = ""
    """The leading sentence as written, without its number."""
    glued: bool = False
    """Whether the words went on in the same paragraph."""
    body: list[str] = field(default_factory=list)
    children: int = 0


@dataclass
class OutlinePart:
    """A section while it is being read."""

    number: str | None
    heading: str | None
    style: str | None
    kinds: tuple[SectionKind, ...]
    opening: str = ""
    """The leading sentence where the heading is glued to a text."""
    paragraphs: list[str] = field(default_factory=list)
    points: list[OutlinePoint] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """All lines below the heading, sub-headings on lines of their own included."""
    truncated: bool = False

    @property
    def subheadings(self) -> tuple[SubHeading, ...]:
        return tuple(point.heading for point in self.points if point.heading)


def outline(body: list[Line], year: int | None) -> tuple[list[str], list[OutlinePart]]:
    """The paragraphs before the first heading, and the sections in document order.

    A document without headings is one section without a heading.
    """
    lines, cut = _without_cut_mark(body)
    lines = [part for line in lines for part in _split_glued(line)]
    top = _first_level(lines, year)
    before: list[str] = []
    grouped: list[tuple[OutlinePart, list[Line]]] = []
    for position, line in enumerate(lines):
        part = _section_start(lines, position, top, year)
        if part is not None:
            grouped.append((part, [Line(part.opening)] if part.opening else []))
        elif grouped:
            grouped[-1][1].append(line)
        else:
            before.append(line.text)
    if not grouped and lines:
        grouped = [(OutlinePart(None, None, None, (SectionKind.THEMATIC,)), lines)]
        before = []
    for part, content in grouped:
        _fill(part, content, year)
    if grouped and (cut or _breaks_off(lines[-1].text) or _is_left_empty([part for part, _ in grouped])):
        grouped[-1][0].truncated = True
    return before, [part for part, _ in grouped]


def find_marker(text: str) -> Marker | None:
    """The number at the beginning of a line; a row of a table has none."""
    return None if is_cell(text) else marker_of(text)


def _without_cut_mark(body: list[Line]) -> tuple[list[Line], bool]:
    """The lines without [截断…], and whether it stood there."""
    cut = False
    lines: list[Line] = []
    for line in body:
        match = _CUT.match(fold(line.text)) or re.search(r"\[截断[^\]]*\]?$", fold(line.text))
        if match:
            cut = True
            text = line.text[: match.start()].strip()
            if text:
                lines.append(Line(text, level=line.level))
        else:
            lines.append(line)
    return lines, cut


def _is_left_empty(parts: list[OutlinePart]) -> bool:
    """Whether a report ends with a heading that nothing follows; in a plan a heading alone can be the duty."""
    reported = {SectionKind.ACHIEVEMENTS, SectionKind.DEFICIENCIES, SectionKind.FIRST_RESPONSIBLE}
    return not parts[-1].texts and any(part.texts and part.kinds[0] in reported for part in parts)


def _breaks_off(text: str) -> bool:
    """Whether the last words of a document are the beginning of a sentence."""
    if _ATTRIBUTES.match(fold((sentences(text) or [""])[-1])):
        return False
    if re.search(r"[\u4e00-\u9fff](?:…+|\.{3,})$", text):
        return True
    return (
        not ends_sentence(text)
        and ("。" in text or opens_more_than_closes(text) or re.search(r"[,、]$", fold(text)) is not None)
        and "|" not in text[-1:]
    )


def _split_glued(line: Line) -> list[Line]:
    """A paragraph cut where a heading follows a finished sentence: …。二、存在的不足 and …。(二)…"""
    if is_cell(line.text):
        return [line]
    folded = fold(line.text)
    places = [
        match.start()
        for match in re.finditer(
            r"(?<=:)(?=一、)|(?<=[。!?])\s*(?=[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|\([一二三四五六七八九十]{1,3}\)[^,、。;)]{2}"
            r"|\d{1,2}[.、](?!\d)[\u4e00-\u9fff“])"
            r"|(?<=[。!?])\s*(?=第[一二三四五六七八九十]部分)",
            folded,
        )
    ]
    cuts = [place for place, is_open in zip(places, opens_more_at(line.text, places), strict=True) if not is_open]
    parts = [line.text[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(line.text)], strict=True)]
    return [Line(part, level=line.level) for part in parts if part]


@dataclass(frozen=True)
class _FirstLevel:
    style: Style | None
    unnumbered: bool
    level: int | None


def _first_level(lines: list[Line], year: int | None) -> _FirstLevel:
    """What makes a heading of the first level in this document."""
    markers = [marker for line in lines if (marker := find_marker(line.text)) is not None]
    styles = sorted({marker.style for marker in markers} - {Style.ENUMERATED, Style.DOTTED}, key=list(Style).index)
    bare = [line for position, line in enumerate(lines) if _is_bare_part(lines, position, year)]
    levels = [line.level for line in lines if line.level and find_marker(line.text) is None]
    style = styles[0] if styles else None
    if style and len({line.text for line in bare}) >= 2 and style is not Style.PART:
        named = any(
            marker.style is style and kinds_of(line.text[marker.end :], year)
            for line in lines
            if (marker := find_marker(line.text)) is not None
        )
        style = style if named else None
    if style is None or (bare and style not in (Style.PART, Style.CHINESE)):
        return _FirstLevel(style if not bare else None, bool(bare), min(levels) if levels and not bare else None)
    numbered = [line.level for line in lines if line.level and (m := find_marker(line.text)) and m.style is style]
    return _FirstLevel(style, True, min(numbered) if numbered else None)


def _is_bare_part(lines: list[Line], position: int, year: int | None) -> bool:
    """Whether a line without a number is the heading of one of the report's parts."""
    line = lines[position]
    text = _bare(line.text)
    folded = fold(text)
    if find_marker(line.text) is not None and not line.text.startswith("【"):
        return False
    return (
        2 < len(folded) <= 50
        and position + 1 < len(lines)
        and re.search(r"[。;|]", folded) is None
        and not re.search(r"报告$|如下:?$|[,、]$", folded)
        and bool(kinds_of(text, year))
        and (len(folded) <= 26 or phrase_end(text) > 0 or SectionKind.FIRST_RESPONSIBLE in kinds_of(text, year))
    )


def _bare(text: str) -> str:
    """The words of a heading without bullets, brackets and a closing colon."""
    return re.sub(r"^[【\[]|[】\]]$|[:：]$", "", strip_decoration(text).rstrip("*")).strip()


def _section_start(lines: list[Line], position: int, top: _FirstLevel, year: int | None) -> OutlinePart | None:
    line = lines[position]
    marker = find_marker(line.text)
    if marker is not None and marker.style is top.style:
        heading, opening = _cut_heading(line.text[marker.end :])
        return OutlinePart(marker.number, heading, marker.style.value, classify(heading, year), opening)
    if marker is None and top.level is not None and line.level == top.level:
        return OutlinePart(None, _bare(line.text), None, classify(line.text, year))
    introduces = top.style is not None and _INTRODUCES.search(fold(line.text)) is not None
    if top.unnumbered and not introduces and _is_bare_part(lines, position, year):
        heading = _bare(line.text)
        return OutlinePart(None, heading, None, classify(heading, year))
    return None


def _cut_heading(text: str) -> tuple[str, str]:
    """A first-level heading and the text glued to it, which is empty for a heading on a line of its own."""
    inner = _INNER_NUMBER.search(fold(text))
    head = text[: inner.start()] if inner and inner.start() >= 4 and not _ends_inside(text, inner.start()) else text
    first = (sentences(head) or [head])[0]
    end = len(first)
    known = phrase_end(first)
    if known and re.match(r"(?![及和与、,的情方]).*[,。:]", fold(first[known:])):
        end = known
    elif colon := re.search(r":", fold(first[:41])):
        end = colon.start()
    elif known and len(text) > known and re.match(r"\s|。", text[known:]):
        end = known
    start = text.find(first)
    if end > _LONGEST_HEADING and end == len(first) and re.search(r"。", fold(text)):
        # A duty rather than a heading: its first clause names it, and it stays in the text.
        clause = re.search(r",", fold(first))
        return first[: clause.start() if clause else end].strip().rstrip("。"), text.strip()
    heading = text[start : start + end]
    opening = re.sub(r"^[。.．:：\s]+", "", text[start + end :])
    return heading.rstrip(f"。.．:：;；{whitespace}\u3000").strip(), opening.strip()


def _ends_inside(text: str, position: int) -> bool:
    return opens_more_than_closes(text[:position])


def _fill(part: OutlinePart, content: list[Line], year: int | None) -> None:
    """Paragraphs and points of a section."""
    numbered = any((marker := find_marker(line.text)) and marker.style is not Style.ENUMERATED for line in content)
    styled = any(line.level is not None for line in content)
    stack: list[OutlinePoint] = []
    current = OutlinePoint(None)
    part.points = [current]
    for position, line in enumerate(content):
        bare = _bare_subheading(content, position)
        pieces = [line.text] if numbered or styled or bare else split_enumerated(line.text)
        texts: list[str] = []
        for piece in pieces:
            point, rest = _point_at(piece, line, numbered=numbered or styled, bare=bare, year=year, inside=part.kinds)
            if point is None:
                current.body.append(piece)
                texts.append(piece)
                continue
            _place(point, stack)
            part.points.append(point)
            current = point
            if rest:
                point.glued = True
                point.body.append(rest)
            if rest or len(pieces) > 1 or ends_sentence(piece):
                texts.append(piece)
        part.texts.append(line.text)
        if texts:
            part.paragraphs.append(line.text)


def _point_at(
    text: str, line: Line, *, numbered: bool, bare: bool, year: int | None, inside: tuple[SectionKind, ...]
) -> tuple[OutlinePoint | None, str]:
    """The sub-heading that a text begins with, and the text that follows it in the same paragraph."""
    marker = find_marker(text)
    if marker is None or (marker.style is Style.ENUMERATED and numbered):
        if line.level or bare:
            words = _bare(text)
            return OutlinePoint(SubHeading(None, words, None, _kind_in(words, year, inside)), own=words), ""
        return None, ""
    words = text[marker.end :].strip()
    own = _leading(words)
    heading = own.rstrip(f"。.．;；:：,，、{whitespace}\u3000")
    if not heading:
        return None, ""
    subheading = SubHeading(marker.number, heading, marker.style.value, _kind_in(heading, year, inside))
    return OutlinePoint(subheading, own=own), words[len(own) :].strip()


def _kind_in(heading: str, year: int | None, inside: tuple[SectionKind, ...]) -> SectionKind | None:
    """The part of the report that a sub-heading announces, where that is news inside this section."""
    found = kinds_of(heading, year) if len(heading) <= 60 else ()
    return found[0] if found and (found[0],) != inside else None


def _leading(words: str) -> str:
    """The leading sentence: up to its full stop, the colon or blank behind a short head, or the next number."""
    inner = _INNER_NUMBER.search(fold(words))
    if inner and inner.start() >= 4 and not _ends_inside(words, inner.start()):
        words = words[: inner.start()].rstrip()
    first = (sentences(words) or [words])[0]
    folded = fold(first)
    ends = list(re.finditer(r":|;|(?<=[\u4e00-\u9fff”》]) +(?=[\u4e00-\u9fff“《])", folded))
    for match, is_open in zip(ends, opens_more_at(first, [match.start() for match in ends]), strict=True):
        short = 2 <= match.start() <= 30
        if not is_open and (match[0] == ";" or (short and (match[0] == ":" or len(first) - match.end() > 30))):
            return first[: match.end() if match[0] in ":;" else match.start()]
    return first


def _bare_subheading(content: list[Line], position: int) -> bool:
    """Whether a short line without number or punctuation, with prose below it, heads that prose."""
    text = content[position].text
    if position + 1 >= len(content) or find_marker(text) is not None or _ATTRIBUTES.match(fold(text)):
        return False
    after = content[position + 1].text
    bracketed = re.fullmatch(r"【[^】]{2,30}】", text) is not None
    if "，" in text or "," in text:
        return re.fullmatch(r"[\u4e00-\u9fff“”、《》，,\d\s]+", text) is not None and heads(text, after)
    return (bracketed or re.fullmatch(r"[\u4e00-\u9fff“”、《》\d\s]{4,24}", strip_decoration(text)) is not None) and (
        find_marker(after) is not None or ((bracketed or len(after) > len(text)) and ends_sentence(after))
    )


def _place(point: OutlinePoint, stack: list[OutlinePoint]) -> None:
    """Hangs a point below the nearest open one of another style; a style met before closes what is inside it."""
    style = point.heading.style if point.heading else None
    open_styles = [one.heading.style if one.heading else None for one in stack]
    if style in open_styles:
        del stack[open_styles.index(style) :]
    if stack:
        point.parent = stack[-1]
        stack[-1].children += 1
    stack.append(point)
