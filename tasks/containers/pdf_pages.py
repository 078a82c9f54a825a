"""The paragraphs and tables of a PDF file as a person reads them, read in a process of its own.

A page knows letters and where they stand, and nothing else: lines are put together by place, paragraphs by indent and
by the line that ends short, tables by their rules. Page numbers and running heads are left out.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from operator import itemgetter
from typing import Any

from models.errors import UnreadableFileError
from tasks.containers.blocks import Block, TableBlock
from tasks.containers.pdf_text import held

MOST_PAGES = 500
LONGEST = 60
"""Seconds the reader may run."""
_FEW = 20
"""Characters; a page with fewer below a picture as large as itself is a scan."""
_BLANK, _WORDS = 0.5, 0.12
"""Ems between two letters that are a blank: beside Chinese, and between letters of words."""
_INDENT, _SHORT = 1.2, 1.6
"""Ems by which a first line stands in, and by which a last line ends before the edge at least."""
_MARGIN = 0.13
"""Share of the page's height above and below in which page numbers and running heads stand."""
_NUMBER = re.compile(r"[-—–·~\s]*(?:第\s*)?\d{1,4}\s*(?:页)?\s*(?:[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–·~\s]*")
_NO_LETTER = re.compile(r"\(cid:\d+\)")
_CODED = "文字没有存成字符（字体里没有对应的文字）"


def pdf_blocks(content: bytes, name: str, *, longest: float = LONGEST) -> list[Block]:
    """Paragraphs and tables in the order of the pages.

    Raises UnreadableFileError for a scan, for an encrypted or damaged file, and for one that takes too long.
    """
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "tasks.containers.pdf_pages"],
            input=content,
            capture_output=True,
            timeout=longest,
            check=True,
        )
        found = json.loads(ran.stdout)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(
            f"无法读取“{name}”：PDF 文件在 {longest:g} 秒内没有读完。请取得原来的 Word 文件，或者拆成几个文件。"
        ) from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise UnreadableFileError(
            f"无法读取“{name}”：PDF 文件已损坏，或者写法无法识别。请取得原来的 Word 文件。"
        ) from error
    if why := found.get("refused"):
        raise UnreadableFileError(f"无法读取“{name}”：{why}")
    return [
        block if isinstance(block, str) else TableBlock(block[0], [tuple(merged) for merged in block[1]])
        for block in found["blocks"]
    ]


@dataclass(frozen=True)
class _Line:
    """One line of a page; places in points from the left and from the top."""

    text: str
    left: float
    right: float
    top: float
    em: float


@dataclass
class _Page:
    height: float
    parts: list[_Line | TableBlock] = field(default_factory=list)

    @property
    def lines(self) -> list[_Line]:
        return [part for part in self.parts if isinstance(part, _Line)]


def _read(source: BytesIO) -> dict[str, Any]:
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(source) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                return {"refused": f"PDF 文件有 {len(pdf.pages)} 页，上限是 {MOST_PAGES} 页：请拆成几个文件。"}
            pages, scans = [], []
            for number, page in enumerate(pdf.pages, start=1):
                if len("".join(char["text"] for char in page.chars).split()) < _FEW and _is_picture(page):
                    scans.append(number)
                pages.append(_page(page))
                page.close()
    except PdfminerException as error:
        if "Password" in repr(error):
            return {"refused": "PDF 文件已加密：请取消密码后再保存。"}
        raise
    if scans:
        return {"refused": _scanned(scans, len(pages))}
    blocks = list(_blocks(_without_margins(pages)))
    said = "".join(block if isinstance(block, str) else "".join(map("".join, block.rows)) for block in blocks)
    if 20 * len(_NO_LETTER.findall(said)) > len(_NO_LETTER.sub("", said)):
        return {"refused": f"PDF 文件的{_CODED}，读不出来。请取得原来的 Word 文件。"}
    return {"blocks": [block if isinstance(block, str) else (block.rows, block.merged) for block in blocks]}


def _scanned(scans: Sequence[int], pages: int) -> str:
    which = f"第 {'、'.join(map(str, scans[:5]))}{' 等' if len(scans) > 5 else ''} 页"
    where = "全部" if len(scans) == pages else which
    return f"PDF 是扫描件：{where}只有图片，没有文字。请取得原来的 Word、Excel 文件，或先做文字识别。"


def _is_picture(page: Any) -> bool:
    """Whether one picture, or several together, are as large as half the page."""
    shown = sum(abs((image["x1"] - image["x0"]) * (image["bottom"] - image["top"])) for image in page.images)
    return bool(shown * 2 > page.width * page.height)


def _page(page: Any) -> _Page:
    chars = [char for char in page.dedupe_chars().chars if char["upright"]]
    placed: list[tuple[float, _Line | TableBlock]] = []
    for found in page.find_tables():
        table = _table(found, chars)
        if table is not None:
            placed.append((found.bbox[1], table))
            chars = [char for char in chars if not _within(char, found.bbox)]
    placed += [(line.top, line) for line in _lines(chars)]
    return _Page(float(page.height), [part for _, part in sorted(placed, key=itemgetter(0))])


def _table(found: Any, chars: Sequence[Any]) -> TableBlock | None:
    """The table as rows; None for a frame around a text and for rules that are none."""
    lefts = sorted({round(cell[0], 1) for cell in found.cells})
    tops = sorted({round(cell[1], 1) for cell in found.cells})
    if len(lefts) < 2 or len(tops) < 2:
        return None
    table = TableBlock([[""] * len(lefts) for _ in tops])
    for cell in found.cells:
        left, top, right, bottom = (round(edge, 1) for edge in cell)
        across = [place for place, edge in enumerate(lefts) if left <= edge < right - 1]
        down = [place for place, edge in enumerate(tops) if top <= edge < bottom - 1]
        lines = _lines([char for char in chars if _within(char, cell)])
        table.rows[down[0]][across[0]] = _joined(line.text for line in lines)
        if len(across) > 1 or len(down) > 1:
            table.merged.append((down[0], across[0], down[-1], across[-1]))
    return table


def _within(char: Any, box: Sequence[float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _lines(chars: Iterable[Any]) -> list[_Line]:
    """The letters as lines, from the top down."""
    rows: list[list[Any]] = []
    for char in sorted(chars, key=lambda one: (one["top"] + one["bottom"]) / 2):
        last = rows[-1][-1] if rows else None
        if last is not None and last["top"] < (char["top"] + char["bottom"]) / 2 < last["bottom"] - 1:
            rows[-1].append(char)
        else:
            rows.append([char])
    found = (_line(sorted(row, key=itemgetter("x0"))) for row in rows)
    return [line for line in found if line is not None]


def _line(row: Sequence[Any]) -> _Line | None:
    """The letters of a line with the blanks that a reader sees: those that typesetters put between Chinese and figures
    are none, and some programs leave out those that are."""
    seen = [char for char in row if not char["text"].isspace()]
    if not seen:
        return None
    em = Counter(round(char["size"], 1) for char in seen).most_common(1)[0][0]
    typed = [char["x0"] for char in row if char["text"].isspace()]
    text = seen[0]["text"]
    for left, right in pairwise(seen):
        gap = (right["x0"] - left["x1"]) / em
        latin = [one["text"].isascii() and one["text"].isalnum() for one in (left, right)]
        if latin[0] == latin[1]:
            parted = gap > (_WORDS if all(latin) else _BLANK) or any(left["x0"] < at < right["x0"] for at in typed)
        else:
            parted = gap > _BLANK
        text += f" {right['text']}" if parted else right["text"]
    return _Line(text, seen[0]["x0"], seen[-1]["x1"], min(char["top"] for char in seen), em)


def _without_margins(pages: Sequence[_Page]) -> list[_Page]:
    """The pages without their numbers and without the lines that stand above or below on several of them."""
    heads: Counter[tuple[bool, str]] = Counter()
    for page in pages:
        heads.update(_head(page, line) for line in _outermost(page))
    often = max(2, 0.4 * len(pages))

    def stays(page: _Page, part: _Line | TableBlock) -> bool:
        if isinstance(part, TableBlock) or part not in _outermost(page):
            return True
        return heads[_head(page, part)] < often and not _NUMBER.fullmatch(part.text)

    return [_Page(page.height, [part for part in page.parts if stays(page, part)]) for page in pages]


def _outermost(page: _Page) -> list[_Line]:
    """The first and the last line, as far as they stand in the margins."""
    ends = {id(line): line for line in (page.lines[:1] + page.lines[-1:])}
    return [line for line in ends.values() if not _MARGIN < line.top / page.height < 1 - _MARGIN]


def _head(page: _Page, line: _Line) -> tuple[bool, str]:
    return line.top * 2 < page.height, re.sub(r"\d+", "#", line.text)


def _blocks(pages: Sequence[_Page]) -> Iterator[Block]:
    """Paragraphs and tables; both go on over the end of a page."""
    lines = [line for page in pages for line in page.lines]
    left = Counter(round(line.left) for line in lines).most_common(1)[0][0] if lines else 0
    right = max((line.right for line in lines), default=0.0)
    body = Counter(line.em for line in lines).most_common(1)[0][0] if lines else 0.0
    text: list[str] = []
    last: _Line | None = None
    table: TableBlock | None = None
    for part in (part for page in pages for part in page.parts):
        if isinstance(part, TableBlock):
            if text:
                yield _joined(text)
                text, last = [], None
            if table is not None and len(table.rows[0]) == len(part.rows[0]):
                _go_on(table, part)
                continue
            if table is not None:
                yield table
            table = part
            continue
        if table is not None:
            yield table
            table = None
        if last is not None and not _goes_on(last, part, left, right, body):
            yield _joined(text)
            text = []
        text.append(part.text)
        last = part
    if table is not None:
        yield table
    if text:
        yield _joined(text)


def _goes_on(last: _Line, line: _Line, left: float, right: float, body: float) -> bool:
    """Whether the line belongs to the paragraph of the one above it."""
    if abs(line.em - last.em) > 1:
        return False
    if line.em > body + 1:
        return True  # a title on two lines
    return line.left - left < _INDENT * line.em and right - last.right < _SHORT * last.em


def _go_on(table: TableBlock, more: TableBlock) -> None:
    """Join the table of the next page to the one above: its head is repeated, its first row may be half a row."""
    rows, skipped = more.rows, 0
    if rows[0] == table.rows[0]:
        rows, skipped = rows[1:], 1
    if rows and not rows[0][0] and any(rows[0]) and table.rows[-1][0]:
        table.rows[-1] = [above + below for above, below in zip(table.rows[-1], rows[0], strict=True)]
        rows, skipped = rows[1:], skipped + 1
    down = len(table.rows) - skipped
    table.merged += [
        (top + down, left, bottom + down, right) for top, left, bottom, right in more.merged if top >= skipped
    ]
    table.rows += rows


def _joined(lines: Iterable[str]) -> str:
    """Lines as one, with a blank where two words would run together."""
    text = ""
    for line in lines:
        words = text[-1:].isascii() and text[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha()
        text += f" {line}" if words else line
    return text


if __name__ == "__main__":
    held()
    sys.stdout.write(json.dumps(_read(BytesIO(sys.stdin.buffer.read()))))
