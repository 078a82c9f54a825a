"""年度数据图: the year in charts, each with its numbers in words or a table beside it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.ladder.light import Light
from models.ladder.policy import Colour
from tasks.papers.official_document import (
    BarChart,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Series,
    Table,
    TextRun,
)
from tasks.wording.days import long_day
from tasks.wording.palette import LIGHTS, SHEETS

MONTHS = tuple(f"{month}月" for month in range(1, 13))
_BARS_PER_CHART = 20


@dataclass(frozen=True)
class ByMonth:
    """How many there were in each of the twelve months."""

    name: str
    unit: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ProjectShare:
    """The items of a project: finished in time, finished late, not finished."""

    name: str
    in_time: int
    late: int
    open: int


@dataclass(frozen=True)
class YearReview:
    """A year up to `until`, that day included; `in_time` and `late` are items finished in each month."""

    organ: str
    year: int
    until: dt.date
    in_time: tuple[int, ...]
    late: tuple[int, ...]
    projects: tuple[ProjectShare, ...]
    ledgers: tuple[ByMonth, ...]
    cases: tuple[ByMonth, ByMonth]
    """By simple and by ordinary procedure."""
    case_unit: str
    """What cases are counted in, in the report as here."""


def year_review(review: YearReview) -> OfficialDocument:
    """The document: a chart for what there is anything of, a sentence where there is nothing at all."""
    body: list[Block] = []
    numerals = iter("一二三四")
    for heading, blocks in (
        ("任务完成情况", tuple(_items(review))),
        ("执法案件情况", tuple(_cases(review))),
        ("台账登记情况", tuple(_ledgers(review))),
    ):
        if blocks:
            body += [Heading(1, f"{next(numerals)}、", heading), *blocks]
    said = f"数据截至{long_day(review.until)}。" + ("" if body else "本年度尚无已完成的任务和台账记录。")
    return OfficialDocument(
        title=f"{review.organ}{review.year}年度数据图",
        addressee=None,
        body=(Paragraph((TextRun(said),)), *body),
        signature=None,
        dated_on=None,
    )


def _items(review: YearReview) -> Iterator[Block]:
    in_time, late = sum(review.in_time), sum(review.late)
    waiting = sum(project.open for project in review.projects)
    if not in_time + late + waiting:
        return
    yield Paragraph(
        (TextRun(f"完成任务{in_time + late}项，其中按时完成{in_time}项、逾期完成{late}项；未完成{waiting}项。"),)
    )
    if in_time + late:
        yield BarChart(
            "各月完成任务（项）", MONTHS,
            (
                _series("按时完成", LIGHTS[Light.GREEN], review.in_time),
                _series("逾期完成", LIGHTS[Light.RED], review.late),
            ),
            horizontal=False,
        )  # fmt: skip
    for start in range(0, len(review.projects), _BARS_PER_CHART):
        shown = review.projects[start : start + _BARS_PER_CHART]
        yield BarChart(
            "各项目任务完成情况（项）",
            tuple(project.name for project in shown),
            (
                _series("按时完成", LIGHTS[Light.GREEN], tuple(project.in_time for project in shown)),
                _series("逾期完成", LIGHTS[Light.RED], tuple(project.late for project in shown)),
                _series("未完成", LIGHTS[Light.GREY], tuple(project.open for project in shown)),
            ),
        )


def _cases(review: YearReview) -> Iterator[Block]:
    total = sum(sum(one.counts) for one in review.cases)
    if not total:
        return
    told = "、".join(f"{one.name}{sum(one.counts)}{one.unit}" for one in review.cases)
    yield Paragraph((TextRun(f"办理执法案件{total}{review.case_unit}，其中{told}。"),))
    colours = (SHEETS[Colour.BLUE], SHEETS[Colour.ORANGE])
    yield BarChart(
        f"各月执法案件（{review.case_unit}）", MONTHS,
        tuple(_series(one.name, colour, one.counts) for one, colour in zip(review.cases, colours, strict=True)),
        horizontal=False,
    )  # fmt: skip


def _ledgers(review: YearReview) -> Iterator[Block]:
    if not review.ledgers:
        return
    yield BarChart(
        "各类台账登记数",
        tuple(one.name for one in review.ledgers),
        (_series("登记", SHEETS[Colour.BLUE], tuple(sum(one.counts) for one in review.ledgers)),),
        stacked=False,
    )
    yield Table(
        ("台账", *MONTHS, "合计"),
        tuple(
            (f"{one.name}（{one.unit}）", *(str(count or "") for count in one.counts), str(sum(one.counts)))
            for one in review.ledgers
        ),
        caption="各月台账登记数",
        widths=(5, *(1.6,) * 12, 2),
        dense=True,
    )


def _series(name: str, colour: str, counts: tuple[int, ...]) -> Series:
    return Series(name, colour, tuple(map(float, counts)))
