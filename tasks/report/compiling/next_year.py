"""Part four, 下一年度主要安排: a draft of next year's plan, written so that it can be read in again.

One sentence is one item with its purpose: what is unfinished, what recurs, and what remedies a deficiency. What was
finished is offered. Reporting by law is no arrangement of the year and never stands here.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from models.dates.due_text import find_due
from models.dates.recurrence import describe, occurrences
from models.items.item import WorkItem
from models.report.report import describe_row
from tasks.reading.folding import sentences
from tasks.reading.numbering import find_marker
from tasks.reading.read_report import read_report_text
from tasks.report.compiling.blocks import Block, bare, quoted, write_block
from tasks.report.compiling.item_words import as_told, without_days
from tasks.report.compiling.join_paragraphs import join_paragraphs
from tasks.report.compiling.material import ItemRow, PlannedRow, YearMaterial

TEMPLATE = "next_year"
RECTIFICATION = "落实整改措施"
STATUTORY = "依法报告和公开"
_REPORTING = re.compile(r"(?:报送|报告|公开|公布|提交|发布).*法治政府建设.*(?:报告|情况)")
"""What the 督察工作规定 asks of everybody: the report itself, filed and made public."""
_STOPS = re.compile(r"\s*[。！？；!?;]+\s*(?=[^”’）》])|\n+")


@dataclass(frozen=True)
class _Duty:
    """One item of the coming year under its heading."""

    heading: str
    words: str
    source: str
    offered: bool = False


def next_year(material: YearMaterial) -> list[Block]:
    """The coming year's items by project of this year's plan; what has none stands under a heading of its own.

    Where the next year has a plan already, that says what it brings, under its own headings; what recurs is then for
    that plan to say. Nothing unfinished is lost, and nothing is said twice. Without a plan what was finished this year
    is offered: whether it returns is for a person to say.
    """
    planned = list(_planned(material))
    said = {_same(words) for words in (*(duty.words for duty in planned), *(row.title for row in material.planned))}
    carried = [duty for duty in _carried(material) if _same(duty.words) not in said]
    said |= {_same(duty.words) for duty in carried if not duty.offered}
    remedies = {_same(duty.words): duty for duty in _remedies(material) if _same(duty.words) not in said}
    duties = [duty for duty in (*planned, *carried, *remedies.values()) if not _REPORTING.search(duty.words)]
    own = [_heading(project.name) for project in material.projects]
    headings = dict.fromkeys([*(duty.heading for duty in planned), *own, RECTIFICATION])
    return join_paragraphs([[_item(duty) for duty in duties if duty.heading == heading] for heading in headings])


def _item(duty: _Duty) -> Block:
    words, key = as_one_item(duty.words), f"next:{duty.source}"
    block = write_block(TEMPLATE, "item", {"words": words}, heading=duty.heading, sources=[duty.source], key=key)
    return replace(block, offered=duty.offered)


def _planned(material: YearMaterial) -> Iterator[_Duty]:
    """The items of the next year's plan, in its order."""
    for item in material.planned:
        title = one_sentence(item.title)
        words = with_rhythm(item, material.year + 1) if item.recurrence else with_purpose(title, item.source)
        yield _Duty(_heading(item.project), of_no_year(words, material.year), describe_row("item", item.id))


def _carried(material: YearMaterial) -> Iterator[_Duty]:
    """Items that are still open on the day of the report, and recurring ones whether open or not; with a plan of the
    next year, open ones only. Those that were finished are offered where there is no such plan, but for standing work
    (每年), which returns."""
    for project in material.projects:
        for item in material.items_by_project.get(project.id, []):
            recurs = not material.planned and recurs_in(item, material.year + 1)
            finished = material.finished_on(item) is not None
            if finished and not recurs and material.planned:
                continue
            returns = recurs or (item.yearly and not material.planned)
            title = one_sentence(as_told(item.title, material.year))
            words = with_rhythm(item, material.year + 1) if recurs else title
            words = of_no_year(words, material.year)
            row = describe_row("item", item.id)
            yield _Duty(_heading(project.name), words, row, offered=finished and not returns)


def recurs_in(item: ItemRow | WorkItem, year: int) -> bool:
    """Whether its rule names a day in `year`: several days named in one year (3月底、9月底) end with it."""
    if item.recurrence is None:
        return False
    return bool(occurrences(item.recurrence, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31)))


def with_rhythm(item: ItemRow | PlannedRow | WorkItem, year: int) -> str:
    """The item's title with the words of its rhythm, unless the title says it.

    The words are the office's own where they are understood as the same rule, else the rule's.
    """
    title = one_sentence(item.title)
    for rhythm in ("", item.due_text or "", describe(item.recurrence or "")):
        understood = find_due(rhythm + title, year)
        if understood and understood.recurrence == item.recurrence:
            return rhythm + title
    return title


def _remedies(material: YearMaterial) -> Iterator[_Duty]:
    """What people said is to be done about a deficiency; where nobody said anything, nothing is invented."""
    projects = {project.id: project.name for project in material.projects}
    of_item = {item.id: _heading(projects[item.project_id]) for item in material.items}
    for deficiency in material.deficiencies:
        if deficiency.remedy:
            heading = of_item.get(deficiency.item_id or 0, RECTIFICATION)
            words = one_sentence(deficiency.remedy)
            if str(material.year) in words:
                words = of_no_year(without_days(words, material.year), material.year)
            yield _Duty(heading, words, describe_row("deficiency", deficiency.id))


def one_sentence(text: str) -> str:
    """A text of several sentences as one, without number or stop: an item is a sentence."""
    marker = find_marker(text)
    return _STOPS.sub("，", bare(text[marker.end :] if marker else text))


def as_one_item(words: str) -> str:
    """The words so that our own reader takes them for one item, changed as little as that needs.

    A reader parts 推行公示，公开结果 into two duties, and passes over 不断提升水平 as a manner of speaking.
    """
    clauses = re.split("[，,]", words)
    linked = "并".join(("、".join(clauses[:-1]), clauses[-1])) if len(clauses) > 1 else words
    candidates = (words, linked, "、".join(clauses), f"落实{quoted(words)}这一项需要继续推进的工作任务")
    return next((candidate for candidate in candidates if _is_read_as_one(candidate)), words)


@lru_cache(maxsize=50_000)
def _is_read_as_one(words: str) -> bool:
    """Asked again by each further version, and for each organ that was handed down the same item."""
    found = read_report_text(f"四、下一年度主要安排\n1.规范执法。制定计划。{words}。").items
    return [item.source for item in found] == ["制定计划。", f"{words}。"]


def with_purpose(title: str, source: str | None) -> str:
    """The title with what the sentence it was read from says it is for (不断提升…), if that still is one item."""
    for sentence in sentences(source or ""):
        _, found, rest = sentence.partition(bare(title))
        words = f"{bare(title)}{bare(rest)}"
        if found and rest.startswith(("，", ",")) and _is_read_as_one(words):
            return words
    return title


def of_no_year(words: str, year: int) -> str:
    """The words without the year that is over; names of documents and spans of years keep it."""
    over = rf"《[^》]*》|(?<![-—–－~～至\d]){year}\s*年度?|今年|本年度"
    return re.sub(over, lambda found: found[0] if found[0].startswith("《") else "", words)


def _heading(project: str) -> str:
    """A project's name as a heading: a colon would part it from the rest."""
    return re.sub(r"\s*[：:]\s*", "，", one_sentence(project))


def folded(words: str) -> str:
    """What two wordings of the same item have in common: the words without days, blanks and punctuation."""
    return re.sub(r"\d+月\d+日前?|\W", "", words)


def _same(words: str) -> str:
    """What an item is known by, whatever day, year and rhythm its title names."""
    return folded(re.sub(r"\d{4}\s*年度?|^每(?:年|季度?|半年|月|周|个工作日)(?:\d+[日号])?(?:之?前)?", "", words))
