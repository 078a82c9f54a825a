"""A saved web page as paragraphs and tables: the text it was opened for, without the menus around it."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from models.errors import UnreadableFileError
from models.later import later
from tasks.containers.blocks import Block, TableBlock
from tasks.containers.formats import ARCHIVED_PAGE, Format

if TYPE_CHECKING:
    from lxml import etree, html
else:
    etree = later("lxml.etree")
    html = later("lxml.html")

MOST_ELEMENTS = 500_000
_MOST_SPAN = 200
"""Columns or rows that one cell may take."""
_UNSEEN = (
    "script", "style", "noscript", "template", "iframe", "object", "svg", "button", "input", "select", "textarea",
    "nav", "footer", "aside", "head",
)  # fmt: skip
_AROUND = re.compile(
    r"(?:^|[-_\s])(?:nav\w*|\w*menu\w*|bread\w*|crumb\w*|foot\w*|side-?bar|share\w*|copyright|tool-?bar|login|search\w*|"
    r"links?|friend\w*|relate\w*|recommend\w*|pager?|position|location|topbar|qr-?code)(?:$|[-_\s])",
    re.I,
)
"""Classes and ids of what stands around a text."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.I)
_TITLE_END = re.compile(r"\s*[-_|—–].*$")
_MOST = 0.75
"""Share of the words below an element that one of its children must hold to be looked into alone."""
_LINKED, _MENU = 0.6, 3
"""Share of a list's words that are links, and how many there are, that make it a menu."""
_CELL, _MOST_CELLS = 1500, 1_000_000
"""Characters; a larger cell holds a page, no entry. Cells of a table, those that others take among them."""


def web_blocks(content: bytes, name: str, kind: Format) -> list[Block]:
    """The title, the paragraphs and the tables of the page. Raises UnreadableFileError for what is no whole page."""
    if kind is ARCHIVED_PAGE:
        content, charset = _archived(content, name)
    else:
        charset = ""
    try:
        page = html.document_fromstring(
            _decoded(content, charset), html.HTMLParser(remove_comments=True, remove_pis=True)
        )
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFileError(f"无法读取“{name}”：网页里没有内容，或者写法无法识别。请另存为 .docx。") from error
    if sum(1 for _ in page.iter()) > MOST_ELEMENTS:
        raise UnreadableFileError(f"无法读取“{name}”：网页过大（超过 {MOST_ELEMENTS} 个元素）。请把文字另存为 .txt。")
    title = _title(page)
    _strip(page)
    blocks = list(_read(_main(page)))
    first = "".join(block if isinstance(block, str) else "".join(map("".join, block.rows)) for block in blocks[:6])
    if title and _packed(title) not in _packed(first):
        blocks.insert(0, title)
    return blocks


def _archived(content: bytes, name: str) -> tuple[bytes, str]:
    """The first page of a web archive, and its encoding."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html" and isinstance(part, EmailMessage):
            found = part.get_payload(decode=True)
            return (found if isinstance(found, bytes) else b""), part.get_content_charset("")
    raise UnreadableFileError(f"无法读取“{name}”：单个文件网页里没有网页。请用浏览器打开，另存为 .html。")


def _decoded(content: bytes, charset: str) -> str:
    """The page in the encoding it states, else in one of the usual ones."""
    stated = _CHARSET.search(content[:4096])
    named = charset or (stated[1].decode("ascii") if stated else "")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        named = "utf-16"
    elif named.lower().startswith("gb"):
        named = "gb18030"
    for encoding in filter(None, (named, "utf-8-sig", "gb18030")):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        # What stands in a declaration of XML is no longer so.
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    return content.decode("gb18030", "replace")


def _title(page: Any) -> str:
    """What the page calls its text."""
    for found in page.xpath("//meta[translate(@name,'ARTICLETITLE','articletitle')='articletitle']/@content"):
        if found.strip():
            return _squeezed(found)
    heads = page.xpath("//h1")
    if len(heads) == 1 and (said := _squeezed(heads[0].text_content())):
        return said
    return _TITLE_END.sub("", _squeezed(page.findtext(".//title") or ""))


def _strip(page: Any) -> None:
    """Take out what nobody sees, and what stands around the text on every page of a site."""
    whole = _weight(page)
    for element in list(page.iter()):
        if not isinstance(element.tag, str) or element.tag in ("html", "body"):
            continue
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or _HIDDEN.search(element.get("style") or "")
            or (_AROUND.search(named) and 2 * _weight(element) < whole)
            or (element.tag in ("ul", "ol", "dl") and _is_menu(element))
        ):
            element.drop_tree()


def _is_menu(element: Any) -> bool:
    links = list(element.iter("a"))
    linked = sum(len(_packed(link.text_content())) for link in links)
    return len(links) >= _MENU and linked > _LINKED * len(_packed(element.text_content()))


def _weight(element: Any) -> int:
    """How much an element has to say: its characters without those of links."""
    linked = sum(len(_packed(link.text_content())) for link in element.iter("a"))
    return len(_packed(element.text_content())) - linked


def _main(page: Any) -> Any:
    """The innermost element that holds nearly all that the page has to say."""
    body = page.find("body")
    found = page if body is None else body
    while True:
        whole = _weight(found)
        inner = next(
            (child for child in found if isinstance(child.tag, str) and _weight(child) >= _MOST * whole > 0), None
        )
        if inner is None or inner.tag in ("p", "table", "span", "font"):
            return found
        found = inner


def _read(element: Any) -> Iterator[Block]:
    """The blocks below an element, in their order."""
    line: list[str] = []

    def told() -> Iterator[str]:
        for said in "".join(line).split("\n"):
            if text := _squeezed(said):
                yield text
        line.clear()

    def walk(one: Any, number: str = "") -> Iterator[Block]:
        if one.tag == "table" and (table := _table(one)) is not None:
            yield from told()
            yield table
        elif one.tag == "br":
            line.append("\n")
        elif isinstance(one.tag, str):
            block = one.tag in _BLOCKS
            if block:
                yield from told()
            line.append(number + (one.text or "") if one.tag == "pre" else number + _run(one.text))
            counted = 0
            for child in one:
                counted += child.tag == "li"
                yield from walk(child, f"{counted}." if one.tag == "ol" and child.tag == "li" else "")
                line.append(_run(child.tail))
            if block:
                yield from told()

    yield from walk(element)
    yield from told()


def _table(element: Any) -> TableBlock | None:
    """The table as rows; None where it only lays a page out."""
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    if len(rows) < 2 or element.find(".//table") is not None:
        return None
    taken: dict[tuple[int, int], str] = {}
    merged = []
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (top, left) in taken:
                left += 1
            across, down = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - top)
            for covered in ((top + below, left + beside) for below in range(down) for beside in range(across)):
                taken[covered] = ""
            taken[top, left] = said = "".join(block for block in _read(cell) if isinstance(block, str))
            if len(said) > _CELL or len(taken) > _MOST_CELLS:
                return None
            if across > 1 or down > 1:
                merged.append((top, left, top + down - 1, left + across - 1))
            left += across
    width = max((column for _, column in taken), default=0) + 1
    if width < 2:
        return None
    return TableBlock([[taken.get((row, column), "") for column in range(width)] for row in range(len(rows))], merged)


def _span(cell: Any, way: str) -> int:
    said = (cell.get(way) or "1").strip()
    return min(max(int(said), 1), _MOST_SPAN) if said.isdecimal() else 1


def _run(text: str | None) -> str:
    """A piece of a line: breaks in the source are blanks, and none at all between Chinese characters."""
    return re.sub(r"[ \t\r\n\f]+", " ", re.sub(r"(?<=[\u2e80-\uffef])\s*[\r\n]+\s*(?=[\u2e80-\uffef])", "", text or ""))


def _squeezed(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text).strip(" \u00a0")


def _packed(text: str) -> str:
    return re.sub(r"\s+", "", text)
