"""Draft items: the duties of the coming year, out of a report's last part or the points of a plan.

A day, a rule or a person that the text does not name stays null. No point is lost: one that holds only a
slogan still gives one item.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from models.dates.due_text import DueMeaning, DueTextError, find_due, understand
from models.report.report import SectionKind
from tasks.reading.breakdown import Breakdown, BreakdownRow, breakdowns_in, is_cell
from tasks.reading.cells import Target
from tasks.reading.duties import LONGEST_TITLE, duties_of
from tasks.reading.findings import ReadItem
from tasks.reading.folding import fold, sentences
from tasks.reading.numerals import chinese_number
from tasks.reading.outline import OutlinePart, OutlinePoint
from tasks.reading.preamble import year_of
from tasks.reading.responsibility import Responsibility, named_inside, split_responsibility, units_in

IRREGULAR = "定期"
_REPORT_KINDS = {SectionKind.ACHIEVEMENTS, SectionKind.DEFICIENCIES, SectionKind.FIRST_RESPONSIBLE}
_PLAN_TITLE = re.compile(r"要点|安排|计划|方案|分解|分工|清单|任务|台账|通知|责任书|措施")
_REPORT_TITLE = re.compile(r"(?:报告|总结|汇报|情况)(?:\([^()]*\))?$")
_NO_YEAR = 2000
"""Stands for an unknown year where only a rule or a day with its own year is kept."""
_LONGEST_HEAD = 30
"""Characters of a leading sentence that can head the words behind it, rather than be a duty itself."""


class Items(NamedTuple):
    """The items of a document, the tables of tasks in it, its paragraphs that gave no item, and the items' year."""

    found: list[ReadItem]
    tables: list[Breakdown]
    silent: list[str]
    year: int | None


def items_of(before: Sequence[str], parts: list[OutlinePart], title: str | None, year: int | None) -> Items:
    """The items of a document whose report year (or own year, for a plan) is `year`.

    They come from the parts that announce the next year; in a plan, from all its themes, and from the tables beside
    them, in which what the text says too is not said again; in any other report, from nowhere.
    """
    announced = [part for part in parts if SectionKind.NEXT_YEAR in part.kinds and part.texts]
    everywhere = breakdowns_in([*before, *(text for part in parts for text in part.texts)])
    plan = _is_plan(parts, title, listed=bool(everywhere))
    tables = everywhere if plan else breakdowns_in([text for part in announced for text in part.texts])
    rows = [row for table in tables for row in table.rows]
    items: list[ReadItem] = []
    silent: list[str] = []
    alone = [part for part in announced if part.kinds[0] is SectionKind.NEXT_YEAR]
    for part in announced or (parts if plan else []):
        if alone and part not in alone and not _speaks_of_next_year(part):
            continue
        if not announced and part.kinds[0] is not SectionKind.THEMATIC:
            continue
        own = year_of(part.heading or "")
        read = _from_part(part, own or (year if plan else _after(year)), announced=bool(announced))
        _, named = split_responsibility(part.heading or "")
        items += [_charged(item, named, None) if named and item.lead is None else item for item in read]
        groups = {_compact(point.heading.text) for point in part.points if point.heading and point.children}
        silent += [
            text
            for text in _prose(part.texts)
            if _is_silent(text, read) and not any(_compact(text).endswith(group) for group in groups)
        ]
    listed = {_compact(row.task) for row in rows}
    items = [item for item in items if not {_compact(item.title), _compact(item.source)} & listed]
    items += [_from_row(row, year if plan else _after(year)) for row in rows]
    return Items(items, tables, silent, year if plan else _after(year))


def _is_silent(text: str, items: list[ReadItem]) -> bool:
    """Whether a paragraph that says something to be done gave none of the items."""
    bare = _compact(text)
    said = [_compact(words) for item in items for words in (item.source, item.project or item.source)]
    return (
        bool(split_responsibility(text)[0])
        and not _introduces(text)
        and not any(one in bare or bare in one for one in said)
    )


def _compact(text: str) -> str:
    return re.sub(r"\W", "", text)


def _after(year: int | None) -> int | None:
    return year + 1 if year is not None else None


def _is_plan(parts: list[OutlinePart], title: str | None, *, listed: bool) -> bool:
    """Whether the document says what is to be done; `listed` says that tables of tasks stand in it."""
    if any(kind in _REPORT_KINDS for part in parts for kind in part.kinds):
        return False
    plain = fold(re.sub(r"《政府工作报告》|<政府工作报告>|〈政府工作报告〉", "", title or ""))
    if _PLAN_TITLE.search(plain):
        return not _REPORT_TITLE.search(plain)
    return not _REPORT_TITLE.search(plain) and (listed or any(len(part.subheadings) > 1 for part in parts))


def _from_part(part: OutlinePart, year: int | None, *, announced: bool) -> list[ReadItem]:
    items: list[ReadItem] = []
    merged = announced and len(part.kinds) > 1
    points = _next_year_points(part) if merged else part.points
    headed = any(point.heading for point in points)
    for point in points:
        if point.heading is None and headed:
            continue
        items += _from_point(point, part, year, headed=headed)
    if (
        not items
        and not announced
        and part.heading is not None
        and not _is_appeal(part)
        and not any(map(is_cell, part.texts))
    ):
        items = _with_sentence([], part.heading, None, year)
    return items


def _next_year_points(part: OutlinePart) -> list[OutlinePoint]:
    """Of a merged section the points below its heading for the next year; without one, what speaks of it."""
    chosen: list[OutlinePoint] = []
    inside = False
    for point in part.points:
        if point.heading and point.heading.kind is not None:
            inside = point.heading.kind is SectionKind.NEXT_YEAR
        elif point.heading and point.parent is None and not inside:
            inside = False
        if inside:
            chosen.append(point)
    return chosen or _after_the_turn(part)


def _speaks_of_next_year(part: OutlinePart) -> bool:
    """Whether a merged section says what comes next, which may stand in a section of its own instead."""
    return any(
        (point.heading and point.heading.kind is SectionKind.NEXT_YEAR)
        or any(_TURN.search(fold(text)) for text in [point.own, *point.body])
        for point in part.points
    )


_TURN = re.compile(
    r"下一?步|下一?年|下阶段|今后|明年|来年|针对[^。]{0,12}(?:问题|不足)|\d{4}\s*年[^。]{0,20}(?:将|要|计划|拟|重点)"
)


def _after_the_turn(part: OutlinePart) -> list[OutlinePoint]:
    """The points from the sentence on that turns to the future."""
    chosen: list[OutlinePoint] = []
    for point in part.points:
        texts = [point.own, *point.body]
        if chosen:
            chosen.append(point)
        elif any(_TURN.search(fold(text)) for text in texts):
            said = [sentence for text in texts for sentence in sentences(text)]
            first = next(place for place, sentence in enumerate(said) if _TURN.search(fold(sentence)))
            chosen.append(OutlinePoint(point.heading, body=["".join(said[first:])]))
    return chosen or part.points


def _from_point(point: OutlinePoint, part: OutlinePart, year: int | None, *, headed: bool) -> list[ReadItem]:
    heading = point.heading
    above = point.parent.heading.text if point.parent and point.parent.heading else None
    outer = above or part.heading
    heads = heading is not None and (_says_more(point) or point.children) and not _is_duty(point, year)
    texts = list(point.body) if heads or heading is None else [point.own, *point.body]
    project = heading.text if heading is not None and heads else outer
    items: list[ReadItem] = []
    spare = heading is None and _is_appeal(part)
    for text in _prose(texts):
        for sentence in sentences(text):
            items = _with_sentence(items, sentence, project, year, spare=spare)
    if not items and heading is not None and not point.children:
        items = [ReadItem(title=_short(heading.text), source=point.own or heading.text, project=outer)]
    return items


def _is_appeal(part: OutlinePart) -> bool:
    """Whether a part only asks everybody to do well (三、工作要求)."""
    return re.fullmatch(r"(?:工作|有关|相关|几点|组织)?(?:要求|保障)", part.heading or "") is not None


_ANNEX = re.compile(r"附件\s*\d*(?:\s*[:：.].*)?")
_CAPTION = re.compile(r".{0,40}(?:表|清单|台账)")


def _prose(texts: Sequence[str]) -> list[str]:
    """The texts without the rows of tables, their captions and the names of annexes."""
    return [
        text
        for text, after in zip_longest(texts, texts[1:], fillvalue="")
        if not is_cell(text)
        and not _ANNEX.fullmatch(fold(text))
        and not (is_cell(after) and _CAPTION.fullmatch(fold(text)))
    ]


def _says_more(point: OutlinePoint) -> bool:
    """Whether words follow the heading that do more than name who is responsible."""
    return any(split_responsibility(sentence)[0] for text in _prose(point.body) for sentence in sentences(text))


def _is_duty(point: OutlinePoint, year: int | None) -> bool:
    """Whether a leading sentence is itself something to do: it is long, or it names a time."""
    if point.children:
        return False
    return point.glued and (len(point.own) > _LONGEST_HEAD or find_due(point.own, year or _NO_YEAR) is not None)


def _with_sentence(
    items: list[ReadItem], sentence: str, project: str | None, year: int | None, *, spare: bool = False
) -> list[ReadItem]:
    """The items so far with what one more sentence says: further duties, or who is responsible for the last ones. A
    slogan stands for a point that says nothing else, but where it is `spare`.
    """
    words, named = split_responsibility(sentence)
    said = [duty for duty in duties_of(words) if not _introduces(duty.text)] if words else []
    if named is not None and not said:
        # A line of its own may say when, after the one that said who.
        more = named.lead is None and named.due is not None
        return [
            _charged(item, named, year) if item.lead is None or (more and item.due_text is None) else item
            for item in items
        ]
    new: list[ReadItem] = []
    for duty in said:
        if duty.slogan and (items or new or spare):
            continue
        new.append(_item(duty.title, sentence, duty.text, project, year))
    if named is not None:
        new = [_charged(item, named, year) for item in new]
    return items + new


_INTRODUCTION = re.compile(r"(?:如下|以下|下列|几个?方面|几项|方面)[^。]{0,14}(?:[:。]|$)|[:]$")


def _introduces(text: str) -> bool:
    folded = fold(text).strip()
    return _INTRODUCTION.search(folded) is not None and len(folded) < 80 and folded.endswith((":", "。", "下", "作"))


def _item(title: str, source: str, text: str, project: str | None, year: int | None) -> ReadItem:
    item = ReadItem(title=title, source=source, project=project, lead=named_inside(text), target=_target(text))
    due = find_due(text, year or _NO_YEAR)
    if due is None:
        return item
    # 全年 and 长期 in a sentence are a manner of working; their 31 December would be our invention.
    return _timed(item, replace(due, due_on=None) if due.open_ended else due, year)


_AT_LEAST = re.compile(
    r"(?:不少于|不低于|不得少于|至少|≥|>=)\s*(?P<count>\d{1,6}(?:\.\d+)?|[一二两三四五六七八九十]{1,3})\s*"
    r"(?P<unit>人次|课时|学时|[次场期件篇份个家人户项条起批册部名幅处])(?!以)"
)


def _target(text: str) -> Target | None:
    """The quantity that a duty names as the least to be reached: 不少于2次."""
    match = _AT_LEAST.search(fold(text))
    if match is None:
        return None
    count = match["count"]
    value = float(count) if re.match(r"\d", count) else chinese_number(count)
    return Target(float(value), match["unit"]) if value is not None else None


def _timed(item: ReadItem, due: DueMeaning, year: int | None) -> ReadItem:
    """The item with what its text says about time; a day only where its year is known."""
    dated = year is not None or re.search(r"\d{4}\s*年", fold(due.text)) is not None
    return replace(
        item,
        due_text=due.text,
        due_on=due.due_on if dated and not due.irregular else None,
        recurrence=due.recurrence or (IRREGULAR if due.irregular else None),
    )


def _charged(item: ReadItem, named: Responsibility, year: int | None) -> ReadItem:
    item = replace(
        item,
        lead=named.lead or item.lead,
        cooperating=named.cooperating or item.cooperating,
        handler=named.handler or item.handler,
    )
    return _due_cell(item, named.due, year) if named.due else item


def _due_cell(item: ReadItem, written: str, year: int | None) -> ReadItem:
    """The item with a due text that stands apart, as in a column 完成时限; what is not understood stays text."""
    try:
        return _timed(item, understand(written, year or _NO_YEAR), year)
    except DueTextError:
        return replace(item, due_text=written)


def _from_row(row: BreakdownRow, year: int | None) -> ReadItem:
    first = duties_of((sentences(row.task) or [row.task])[0])
    leads = units_in(row.lead or "")
    helpers = [*leads[1:], *units_in(row.cooperating or "")]
    item = replace(
        _item(first[0].title if first else _short(row.task), row.task, row.task, row.project, year),
        lead=leads[0] if leads else None,
        cooperating=tuple(helpers),
        leaders=row.leaders,
        handler=row.handler,
    )
    return _due_cell(item, row.due, year) if row.due else item


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"
