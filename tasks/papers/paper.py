"""The sheet of GB/T 9704-2012 (5.2, 7.5): margins, the grid of lines and characters, widths of text.

Lengths are twips (1/20 pt) unless a name says otherwise: the unit of WordprocessingML. Everything is
derived from the millimetres and counts that the standard names, so no rounded number stands alone.
"""

import math
import unicodedata
from itertools import accumulate, pairwise

from tasks.papers.wordprocessing import clean

LINES_PER_PAGE = 22
CHARACTERS_PER_LINE = 28

TITLE_POINTS = 22  # 2 号
BODY_POINTS = 16  # 3 号
PAGE_NUMBER_POINTS = 14  # 4 号
IMPRINT_POINTS = 14  # 4 号: 版记
TABLE_POINTS = 12  # 小 4 号: tables may be set smaller than the text
DENSE_POINTS = 10.5  # 5 号: lists of many columns
FIGURE_POINTS = 18  # 小 2 号: figures that a form shows


def millimetres(length: float) -> int:
    """The nearest twip."""
    return round(length / 25.4 * 1440)


PAGE_WIDTH = millimetres(210)
PAGE_HEIGHT = millimetres(297)
MARGIN_TOP = millimetres(37)
MARGIN_LEFT = millimetres(28)
MARGIN_BOTTOM = millimetres(35)
MARGIN_RIGHT = millimetres(26)
HEADER_DISTANCE = millimetres(15)
TEXT_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
TEXT_HEIGHT = PAGE_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM

# Lines off the grid, in tables and forms.
TABLE_LINE = TABLE_POINTS * 30
DENSE_LINE = 300
FIGURE_LINE = FIGURE_POINTS * 25
BAND_LINE = PAGE_NUMBER_POINTS * 28

# What keeps a list or a form apart from what follows.
GAP = 120

# One character is left free: Word sets a quarter of one between a Chinese character and a digit.
TITLE_ROOM = TEXT_WIDTH // (TITLE_POINTS * 20) - 1

# Rounded down: a pitch one twip too large would push the 22nd line to the next page.
LINE_PITCH = TEXT_HEIGHT // LINES_PER_PAGE

# The width of one full-width body character on the grid.
CHARACTER = TEXT_WIDTH / CHARACTERS_PER_LINE

# The grid's unit is 1/4096 pt of difference between pitch and text size; rounded towards the narrower, so
# that 28 characters fit.
CHARACTER_SPACE = math.floor((CHARACTER / 20 - BODY_POINTS) * 4096)

# The same difference as condensed character spacing, in whole twips: one more than needed, because
# LibreOffice cuts the text block to whole cells and would set 27 characters otherwise.
CHARACTER_SPACING = math.floor((CHARACTER / 20 - BODY_POINTS) * 20) - 1

# 7.5: the dashes beside the number lie 7 mm below the text block. A dash lies in the middle of its
# line, and the line is as high as the number, so the line ends half that height further down.
FOOTER_DISTANCE = MARGIN_BOTTOM - millimetres(7) - PAGE_NUMBER_POINTS * 20 // 2


def width(text: str) -> float:
    """The width of a line of text in full-width characters.

    Western characters are taken at the widths of Times New Roman's digits (a half) and of its full
    stop and space (a quarter): exact for numbers and dates, close for other western text.
    """
    return sum(_character_width(character) for character in text)


def shortened(text: str, room: float) -> str:
    """The text on one line of at most `room` full-width characters, what is over cut off with "…".

    Counted generously, so that a cell that has to hold the text holds it: wide western letters as full-width, and
    the quarter of a character that some programs set between Chinese and western text.
    """
    line = " ".join(clean(text).split())
    narrow = [_character_width(character) < 1 for character in line]
    seams = [0.0, *(0.25 if before != after else 0.0 for before, after in pairwise(narrow))]
    reached = list(accumulate(_widest(character) + seam for character, seam in zip(line, seams, strict=False)))
    if not reached or reached[-1] <= room:
        return line
    kept = sum(width <= room - 1 for width in reached)
    return f"{line[:kept].rstrip()}…"


def lines(text: str, room: float) -> int:
    """How many lines the text takes where `room` full-width characters fit on one, at least 1.

    Where the text breaks, half a character of each line is given to punctuation that may not begin the next.
    """
    lengths = [width(line) for line in clean(text).split("\n")]
    return sum(1 if length <= room else math.ceil(length / max(room - 0.5, 1)) for length in lengths)


def _character_width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    return 0.25 if character in "., " else 0.5


def _widest(character: str) -> float:
    return 1.0 if character.isupper() or character in "mw%@&" else _character_width(character)
