"""Reads an annual report, or a list of work points, the way a person would."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from models.errors import UnreadableFileError
from tasks.reading.document import paragraphs_of, read_document
from tasks.reading.figures import figures_in
from tasks.reading.findings import ReadFigure, ReadItem, ReportReading, Section, SubHeading
from tasks.reading.folding import visible
from tasks.reading.header import FileHeader
from tasks.reading.items import Items, items_of
from tasks.reading.lines import Line, lines_of
from tasks.reading.markup import without_markup
from tasks.reading.outline import OutlinePart, outline
from tasks.reading.preamble import stated_organ, stated_year, take_apart

__all__ = ["ReadFigure", "ReadItem", "ReportReading", "Section", "SubHeading", "read_report", "read_report_text"]


_CUT, _LISTED = 30, 20
"""Characters of a paragraph that is told of, and how many of them are."""


def read_report(path: Path) -> ReportReading:
    """The reading of a file of any kind in `tasks.containers.formats`.

    Raises `UnreadableFileError`, one line in Chinese, for a file that cannot be read: of another format, empty,
    damaged, encrypted, too large, or with tracked changes.
    """
    header, paragraphs = read_document(path)
    return _read(header, paragraphs)


def read_report_text(text: str) -> ReportReading:
    """The reading of a text; raises `UnreadableFileError` where there is none."""
    header, paragraphs = paragraphs_of(lines_of(visible(without_markup(text))))
    if not paragraphs:
        raise UnreadableFileError("没有可读的文字。")
    return _read(header, paragraphs)


def _read(header: FileHeader, paragraphs: list[Line]) -> ReportReading:
    document = take_apart(paragraphs)
    before, parts = outline(list(document.body), None)
    headings = [part.heading or "" for part in parts]
    opening = [*before, *(paragraph for part in parts[:1] for paragraph in part.paragraphs[:1])]
    title = document.title or header.title
    year = stated_year(title, headings, opening, header)
    if year is not None:
        # The year decides which 2026年重点工作 lies ahead; kinds are told again once it is known.
        before, parts = outline(list(document.body), year)
    before = [*document.before, *before]
    items = items_of(before, parts, title, year)
    said = [*before, *(text for part in parts for text in part.texts)]
    return ReportReading(
        title=title,
        organ=stated_organ(document.title, document.signed_by, header, [*document.before, *opening]),
        year=year,
        addressee=document.addressee,
        sections=tuple(_section(part) for part in parts),
        figures=tuple(figure for text in said for figure in figures_in(text)),
        items=tuple(items.found),
        items_year=items.year,
        paragraphs_before=tuple(before),
        paragraphs_after=document.after,
        notes=tuple(_notes(paragraphs, items)),
    )


def _notes(paragraphs: list[Line], items: Items) -> Iterator[str]:
    """What stands in the file and was not read."""
    left_out = Counter(what for line in paragraphs for what in line.left_out)
    if left_out:
        yield f"未计入：{'、'.join(f'{what} {count} 处' for what, count in left_out.items())}。"
    unread = dict.fromkeys(heading for table in items.tables for heading in table.unread)
    if unread:
        yield f"任务表中没有读取的列：{'、'.join(unread)}。"
    if items.found and items.silent:
        named = "".join(f"“{text if len(text) <= _CUT else f'{text[:_CUT]}…'}”" for text in items.silent[:_LISTED])
        more = f"等 {len(items.silent)} 段" if len(items.silent) > _LISTED else ""
        yield f"没有读成任务的段落：{named}{more}。"


def _section(part: OutlinePart) -> Section:
    return Section(
        kind=part.kinds[0],
        number=part.number,
        heading=part.heading,
        subheadings=part.subheadings,
        paragraphs=tuple(part.paragraphs),
        truncated=part.truncated,
        style=part.style,
        kinds=part.kinds,
    )
