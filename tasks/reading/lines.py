"""Lines and the paragraphs they make up: hard line breaks inside a paragraph are undone.

Copies from PDF and web pages break every line at the page's width, headings included, and may put a blank
line after each. What tells a paragraph's end is then the shorter last line, an indent, or the next number.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import east_asian_width

from tasks.reading.folding import ends_sentence, fold, opens_more_than_closes
from tasks.reading.kinds import kinds_of
from tasks.reading.numbering import Style, find_marker

_TITLE_END = re.compile(
    r"(?:报告|总结|要点|安排|计划|方案|通知|清单|分解表|责任表|一览表|请示|意见|台账|行动|规划|措施)"
    r"(?:\([^()]*\))?$"
)
_STANDS_ALONE = re.compile(
    r"(?:\(?\s*\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?\s*\)?|.{0,20}[〔\[(]\s*\d{4}\s*[〕\])]\s*\d+\s*号|\(此件.*\)|.*\|)\s*$"
)
_RESPONSIBLE = re.compile(
    r"\s*[(\[【]?\s*(?:牵头|责任|主办|承办|协办|配合|参加|分管|完成)[\u4e00-\u9fff]{0,6}\s*[:】]|\s*[(【]?完成时[限间]"
)


_BULLET = re.compile(r"^(?:#{1,6}|[-*•●■◆▪►])\s+(?!\d+\s*[-*]$)(?=\S)")
"""Signs of Markdown and of lists before a line's words."""

_BOLD = re.compile(r"\*\*(?=\S)([^*]+)\*\*")
"""Words that Markdown sets in bold."""

_DANGLING = re.compile(r"(?:[,、(《“]|(?:牵头|责任|主办|承办|协办|配合|完成)[\u4e00-\u9fff]{0,4}:)$")
"""Ends after which something must follow."""


DITTO = "〃"
"""In a row of a table: the cell above goes on here."""


@dataclass(frozen=True)
class Line:
    """A line, or a paragraph once unwrapped. `level` is Word's heading level, where it has one."""

    text: str
    level: int | None = None
    blank_before: bool = False
    indent: str = ""
    """The blanks before the text."""
    left_out: tuple[str, ...] = ()
    """What stands in the file at this line and is no part of its text, once for each place."""

    @property
    def indented(self) -> bool:
        """Whether the line begins a paragraph: two full-width blanks, four narrow ones, a tab."""
        return _size(self.indent.replace("\t", "\u3000\u3000"), display=True) >= 3


def lines_of(text: str) -> list[Line]:
    """The lines that carry text; blank ones and indents are kept as properties of the line below or behind."""
    lines: list[Line] = []
    blank = False
    for raw in re.split(r"\r\n|[\r\n\f\v\x85]", text):
        if not raw.strip():
            blank = bool(lines)
            continue
        indent = raw[: len(raw) - len(raw.lstrip())]
        text = _BOLD.sub(r"\1", _BULLET.sub("", raw.strip()))
        lines.append(Line(text, blank_before=blank, indent=indent))
        blank = False
    return lines


_SLACK = 0.92
"""Share of the usual width from which a line counts as full: a first line is indented, punctuation is squeezed."""
_SHORT = 0.7
_TELLING = 400
"""Characters of a paragraph that tell what it is."""
_FEW = 6
"""Lines below a heading among which its end shows."""
_LONGEST_BARE = 30
"""Characters of a heading without a number."""
_LONGEST_PART = 50
_PART_END = re.compile(r"(?:情况|成效|原因|安排|打算|计划|职责)$")
_HEAD = 8
"""Paragraphs among which titles stand."""


@dataclass(frozen=True)
class _Layout:
    """How the lines of a document were broken: `full` is the least size of a line that was broken for width."""

    full: float
    display: bool
    blanks_mean_nothing: bool
    indents_mean_paragraphs: bool
    alone: frozenset[Style]

    def is_full(self, line: Line) -> bool:
        return _size(line.indent + line.text, display=self.display) >= self.full * _SLACK

    def is_short(self, line: Line) -> bool:
        """Whether a line ends well before the width at which the lines of this document were broken."""
        size = _size(line.indent + line.text, display=self.display)
        return self.full < float("inf") and size < self.full * _SHORT


def unwrap(lines: list[Line]) -> list[Line]:
    """The paragraphs, each in one piece."""
    layout = _layout_of(lines)
    paragraphs: list[Line] = []
    last = Line("")
    for position, line in enumerate(lines):
        head = len(paragraphs) <= _HEAD
        if paragraphs and _continues(paragraphs[-1], last, lines, position, layout, at_head=head):
            before = paragraphs[-1]
            paragraphs[-1] = replace(
                before, text=_join(before.text, line.text), left_out=before.left_out + line.left_out
            )
        else:
            paragraphs.append(line)
        last = line
    return paragraphs


def _size(text: str, *, display: bool) -> int:
    if not display:
        return len(text)
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def _join(left: str, right: str) -> str:
    letters = re.match(r"[A-Za-z]", left[-1:]) and re.match(r"[A-Za-z]", right)
    return f"{left} {right}" if letters else left + right


def _hard_marker(text: str) -> Style | None:
    """The style of a number that begins a new paragraph wherever it stands at the beginning of a line."""
    marker = find_marker(text)
    return None if marker is None or marker.style is Style.ENUMERATED else marker.style


def _begins_anew(line: Line) -> bool:
    return (
        line.level is not None
        or _hard_marker(line.text) is not None
        or _STANDS_ALONE.match(fold(line.text)) is not None
        or _RESPONSIBLE.match(fold(line.text)) is not None
        or fold(line.text).startswith(("[截断", "附件"))
    )


def _is_prose(text: str) -> bool:
    """Whether a sentence has been begun, so that an end without punctuation is no end."""
    folded = fold(text)
    if _hard_marker(text) is not None:
        return re.search(r"[。;]", folded) is not None
    return re.search(r"[。;,]", folded) is not None


def _continues(
    paragraph: Line, last: Line, lines: list[Line], position: int, layout: _Layout, *, at_head: bool
) -> bool:
    """Whether the line at `position` goes on with `paragraph`, whose last line is `last`."""
    line = lines[position]
    # What a paragraph is shows in its first words, whether it goes on in its last line; the rest may be long.
    text = paragraph.text if len(paragraph.text) <= _TELLING else paragraph.text[:_TELLING] + last.text
    if paragraph.level is not None or _STANDS_ALONE.match(fold(text)):
        return False
    if layout.indents_mean_paragraphs and line.indented:
        return False
    if line.level is None and re.match(r"[,。;:、!?)”》]", fold(line.text)):
        return True
    dangling = _DANGLING.search(fold(text)) is not None or _is_open(text)
    if line.text.endswith("|"):
        return _is_prose(text) and not ends_sentence(text)
    if _begins_anew(line):
        if layout.is_full(last) and _is_prose(text) and re.match(r"[^、.)]{1,3},", fold(line.text)):
            # …的重要目标之/一,今年…: no heading begins inside a sentence.
            return not ends_sentence(text)
        return dangling and line.level is None and _hard_marker(line.text) is None
    if layout.indents_mean_paragraphs and layout.is_full(last):
        return True
    if line.blank_before and not layout.blanks_mean_nothing and not (dangling and layout.is_full(last)):
        return False
    if ends_sentence(text) and not dangling:
        # A full line that happens to end with a sentence; an introduction (如下:) always ends its paragraph.
        return layout.is_full(last) and not fold(text).rstrip().endswith((":", ";")) and not _would_part(text, layout)
    if dangling:
        return True
    if layout.is_short(last) or (text == last.text and _stands_above(last, line, layout)):
        return False
    if _is_prose(text):
        return True
    if not layout.is_full(last):
        return False
    return not _is_lone_heading(text, lines, position, layout, at_head=at_head)


def _stands_above(line: Line, after: Line, layout: _Layout) -> bool:
    """Whether a line with a comma but no full stop is a heading: it names a part of the report or heads prose."""
    named = len(line.text) <= _LONGEST_PART and _PART_END.search(fold(line.text)) and kinds_of(line.text)
    return not layout.is_full(line) and (bool(named) or heads(line.text, after.text))


def heads(text: str, after: str) -> bool:
    """Whether a short line is no beginning of the line below, which is a whole and much longer sentence.

    Lines that were broken for width are of one length, so that none is followed by one twice as long.
    """
    return (
        len(text) <= _LONGEST_BARE
        and re.search(r"[。;:!?|]|[,、(《“]$", fold(text)) is None
        and not opens_more_than_closes(text)
        and len(after) > 2 * len(text)
        and ends_sentence(after)
    )


def _is_open(text: str) -> bool:
    """Whether a bracket opened on the last lines is still open; one never closed must not swallow the document."""
    return len(text) <= _TELLING and opens_more_than_closes(text[-120:]) and opens_more_than_closes(text)


def _would_part(text: str, layout: _Layout) -> bool:
    style = _hard_marker(text)
    return style in layout.alone and re.search(r"[。;]", fold(text)) is None


def _is_lone_heading(text: str, lines: list[Line], position: int, layout: _Layout, *, at_head: bool) -> bool:
    """Whether a full line is a whole heading, with the body beginning at `position`.

    Where headings of this style stand on lines of their own, one that would run into a sentence has ended.
    """
    style = _hard_marker(text)
    if style is None:
        return _TITLE_END.search(fold(text)) is not None and len(text) <= 60 and at_head
    if style not in layout.alone:
        return False
    for above, line in pairwise(lines[position : position + _FEW]):
        if re.search(r"[。;:]", fold(above.text)):
            return True
        if not layout.is_full(above) or _begins_anew(line):
            return False
    return False


def _layout_of(lines: list[Line]) -> _Layout:
    pairs = list(pairwise(lines))
    broken = _broken_lines(pairs)
    display, least = _least_full(broken)
    wrapped = len(broken) >= 3 and 5 * len(broken) >= len(lines)
    longest = max((len(line.indent + line.text) for line in lines), default=0)
    alike = sum(len(line.indent + line.text) == longest for line in lines)
    if alike >= 3 and longest >= 10 and any(len(line.indent + line.text) == longest for line in broken):
        # Lines of one length, none longer, that break off: cut by counting characters.
        wrapped, display, least = True, False, longest
    blanks = sum(line.blank_before for line in lines)
    layout = _Layout(
        full=least if wrapped else float("inf"),
        display=display,
        blanks_mean_nothing=wrapped and blanks * 10 >= len(lines) * 8,
        indents_mean_paragraphs=wrapped and 3 <= sum(line.indented for line in lines) < len(lines),
        alone=frozenset(),
    )
    return replace(layout, alone=_alone(lines, layout))


def _broken_lines(pairs: list[tuple[Line, Line]]) -> list[Line]:
    """The lines that surely go on below: a sentence was begun on them, or goes on from the line above."""
    broken: list[Line] = []
    running = False
    for line, after in pairs:
        open_end = (
            line.level is None
            and not ends_sentence(line.text)
            and not _begins_anew(after)
            and not _STANDS_ALONE.match(fold(line.text))
            and not heads(line.text, after.text)
        )
        running = open_end and (running or _is_prose(line.text))
        if running:
            broken.append(line)
    return broken


def _least_full(broken: list[Line]) -> tuple[bool, float]:
    """The measure in which broken lines are most alike (characters or columns), and their lower end in it."""
    if not broken:
        return False, float("inf")
    gaps: list[tuple[float, bool, float]] = []
    for display in (False, True):
        sizes = sorted(_size(line.indent + line.text, display=display) for line in broken)
        low, high = sizes[len(sizes) // 10], sizes[len(sizes) * 9 // 10]
        gaps.append(((high - low) / high, display, low))
    _, display, least = min(gaps)
    return display, least


def _alone(lines: list[Line], layout: _Layout) -> frozenset[Style]:
    """The styles of numbers whose headings stand on lines of their own, by the majority of them."""
    votes: dict[Style, int] = {}
    for position, line in enumerate(lines):
        style = _hard_marker(line.text)
        if style is None:
            continue
        end = position + 1
        while end < len(lines) and layout.is_full(lines[end - 1]) and not _begins_anew(lines[end]):
            end += 1
        glued = re.search(r"[。;:]", fold("".join(part.text for part in lines[position:end]))) is not None
        if glued and (end == len(lines) or _begins_anew(lines[end])):
            continue
        votes[style] = votes.get(style, 0) + (-1 if glued else 1)
    return frozenset(style for style, vote in votes.items() if vote >= 0)
