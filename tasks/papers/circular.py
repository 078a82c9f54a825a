"""The circular (通报): how the items under supervision stand in a period, unit by unit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.exact import Double, decimal_text
from models.ladder.light import Light
from tasks.papers.official_document import (
    BarChart,
    Block,
    Heading,
    LineChart,
    OfficialDocument,
    Paragraph,
    Series,
    Table,
    TextRun,
)
from tasks.papers.widened import widened
from tasks.wording.days import long_day, short_day
from tasks.wording.numerals import chinese_numeral
from tasks.wording.palette import LIGHTS, SUSPENDED

_BARS_PER_CHART = 20


@dataclass(frozen=True)
class Totals:
    """The whole plan in figures.

    `closed`, `on_track`, `near`, `overdue`, `not_started` and `suspended` share out `items`; `closed_in_period` is
    a part of `closed`, `in_review` of the open ones. on_time_share: 0 to 1, none where nothing was due.
    """

    items: int
    closed_in_period: int
    closed: int
    overdue: int
    near: int
    on_track: int
    not_started: int
    suspended: int
    in_review: int
    on_time_share: Double | None


@dataclass(frozen=True)
class DepartmentRow:
    """One unit's items by light, and where it lags: behind plan, not filed in time, not signed for.

    `closed`, `on_track`, `near`, `overdue`, `not_started` and `suspended` share out `total`.
    """

    name: str
    total: int
    closed: int
    overdue: int
    near: int
    lagging: int
    not_filed: int
    unsigned: int
    score: Double | None = None
    rank: int | None = None
    on_track: int = 0
    not_started: int = 0
    suspended: int = 0


@dataclass(frozen=True)
class OverdueRow:
    """One overdue item: `words` say by how much (逾期7个工作日), `level` whom it has reached (分管领导)."""

    number: str
    title: str
    unit: str
    person: str
    due_on: date
    words: str
    level: str


@dataclass(frozen=True)
class UnreportedRow:
    """One progress report that did not come: for which period (6月, 第二季度), due on which day."""

    unit: str
    number: str
    title: str
    person: str
    period: str
    due_on: date


@dataclass(frozen=True)
class ChangedRow:
    """One item put off (延期) or suspended (中止): `kind` says which; until when, and why."""

    kind: str
    number: str
    title: str
    unit: str
    from_on: date | None
    until_on: date | None
    reason: str


@dataclass(frozen=True)
class NextDeadlineRow:
    """One item due in the next period."""

    number: str
    title: str
    unit: str
    person: str
    due_on: date


@dataclass(frozen=True)
class TrendPoint:
    """One period of the trend: closed in it, overdue at its end."""

    label: str
    closed: int
    overdue: int


@dataclass(frozen=True)
class Circular:
    """What a circular says.

    issue: 第12期, or empty. number: 文号, or empty. period_words: 2026年6月; `from_on` and `until_on` are its first
    and last day, and the figures stand as of the latter.
    praise, criticism, demands: whole sentences, a paragraph each.
    """

    organ: str
    issue: str
    title: str
    number: str
    period_words: str
    from_on: date
    until_on: date
    issued_on: date
    addressee: str
    totals: Totals
    departments: tuple[DepartmentRow, ...] = ()
    overdue: tuple[OverdueRow, ...] = ()
    unfiled: tuple[UnreportedRow, ...] = ()
    changed: tuple[ChangedRow, ...] = ()
    next_deadlines: tuple[NextDeadlineRow, ...] = ()
    praise: tuple[str, ...] = ()
    criticism: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    trend: tuple[TrendPoint, ...] = ()


def lay_out_circular(circular: Circular) -> OfficialDocument:
    """The circular: parts that have nothing to say say so in a sentence or are left out, numbers stay consecutive."""
    circular = widened(circular)
    parts: list[tuple[str, list[Block]]] = [
        ("总体情况", _overall(circular)),
        ("各单位办理情况", _by_department(circular)),
        ("逾期事项", _overdue(circular)),
        ("未按期填报情况", _unreported(circular)),
        ("延期与中止事项", _changed(circular)),
        ("下期到期事项", _next(circular)),
        ("表扬与批评", _judged(circular)),
        ("工作要求", [_said(sentence) for sentence in circular.demands]),
    ]
    opening = (
        f"现将{circular.period_words}（{long_day(circular.from_on)}至"
        f"{short_day(circular.until_on, beside=circular.from_on)}）督办事项办理情况通报如下。"
    )
    body: list[Block] = [_said(opening)]
    for place, (heading, blocks) in enumerate(((name, blocks) for name, blocks in parts if blocks), start=1):
        body += [Heading(1, f"{chinese_numeral(place)}、", heading), *blocks]
    return OfficialDocument(
        title=circular.title,
        addressee=circular.addressee or None,
        body=tuple(body),
        signature=circular.organ,
        dated_on=circular.issued_on,
        document_number="　".join(filter(None, (circular.issue, circular.number))) or None,
    )


def _overall(circular: Circular) -> list[Block]:
    totals = circular.totals
    standing = [
        f"已办结{totals.closed}项（本期办结{totals.closed_in_period}项）",
        f"正常推进{totals.on_track}项",
        f"临期{totals.near}项",
        f"逾期{totals.overdue}项",
        *(f"未开始{count}项" for count in (totals.not_started,) if count),
        *(f"中止{count}项" for count in (totals.suspended,) if count),
    ]
    words = f"截至{long_day(circular.until_on)}，共有督办事项{totals.items}项，其中{'，'.join(standing)}。"
    if totals.in_review:
        words += f"未办结事项中有{totals.in_review}项已申请办结、正在审核。"
    if totals.on_time_share is not None:
        words += f"按期办结率{(totals.on_time_share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%。"
    if not circular.trend:
        return [_said(words)]
    trend = LineChart(
        "各期办结与逾期事项数",
        tuple(point.label for point in circular.trend),
        (
            Series("当期办结", LIGHTS[Light.BLUE], tuple(point.closed for point in circular.trend)),
            Series("期末逾期", LIGHTS[Light.RED], tuple(point.overdue for point in circular.trend)),
        ),
    )
    return [_said(words), trend]


def _by_department(circular: Circular) -> list[Block]:
    rows = circular.departments
    if not rows:
        return []
    columns: list[tuple[str, float, Callable[[DepartmentRow], str]]] = [
        ("单位", 9, lambda row: row.name),
        ("事项", 3.2, lambda row: str(row.total)),
        ("已办结", 3.8, lambda row: str(row.closed)),
        ("逾期", 3.2, lambda row: str(row.overdue)),
        ("临期", 3.2, lambda row: str(row.near)),
        ("滞后", 4.8, lambda row: str(row.lagging)),
        ("未填报", 3.8, lambda row: str(row.not_filed)),
        ("未签收", 3.8, lambda row: str(row.unsigned)),
    ]
    if any(row.score is not None for row in rows):
        columns.append(("得分", 3.4, lambda row: _score(row.score)))
    if any(row.rank is not None for row in rows):
        columns.append(("排名", 3.2, lambda row: "" if row.rank is None else str(row.rank)))
    table = _list(
        *((heading, width) for heading, width, _ in columns),
        rows=(tuple(read(row) for _, _, read in columns) for row in rows),
    )
    return [table, *_department_charts(rows)]


def _department_charts(rows: Sequence[DepartmentRow]) -> Iterable[BarChart]:
    """One chart, or several where the units do not fit on a page; a light that no unit shows is left out."""
    lights: list[tuple[str, str, Callable[[DepartmentRow], int]]] = [
        (Light.BLUE.label, LIGHTS[Light.BLUE], lambda row: row.closed),
        (Light.GREEN.label, LIGHTS[Light.GREEN], lambda row: row.on_track),
        (Light.YELLOW.label, LIGHTS[Light.YELLOW], lambda row: row.near),
        (Light.RED.label, LIGHTS[Light.RED], lambda row: row.overdue),
        (Light.GREY.label, LIGHTS[Light.GREY], lambda row: row.not_started),
        ("中止", SUSPENDED, lambda row: row.suspended),
    ]
    shown = [light for light in lights if any(light[2](row) for row in rows)]
    if not shown:
        return
    groups = [rows[start : start + _BARS_PER_CHART] for start in range(0, len(rows), _BARS_PER_CHART)]
    for place, group in enumerate(groups, start=1):
        yield BarChart(
            "各单位督办事项办理情况（项）" + (f"（{place}/{len(groups)}）" if len(groups) > 1 else ""),
            tuple(row.name for row in group),
            tuple(Series(name, colour, tuple(read(row) for row in group)) for name, colour, read in shown),
        )


def _overdue(circular: Circular) -> list[Block]:
    if not circular.overdue:
        return [_said(f"截至{long_day(circular.until_on)}，没有逾期事项。")]
    rows = (
        (row.number, row.title, row.unit, row.person, _day(row.due_on, circular), row.words, row.level)
        for row in circular.overdue
    )
    return [
        _said(f"逾期事项共{len(circular.overdue)}项。"),
        _list(
            ("编号", 5.2),
            ("事项", 11.4),
            ("牵头单位", 6),
            ("承办人", 4),
            ("时限", 5.3),
            ("逾期情况", 4.9),
            ("已督办至", 5.8),
            rows=rows,
        ),
    ]


def _unreported(circular: Circular) -> list[Block]:
    if not circular.unfiled:
        return [_said(f"{circular.period_words}各单位均按期填报进展。")]
    units = dict.fromkeys(row.unit for row in circular.unfiled)
    rows = (
        (row.unit, row.number, row.title, row.person, row.period, _day(row.due_on, circular))
        for row in circular.unfiled
    )
    return [
        _said(f"未按期填报进展共{len(circular.unfiled)}项次，涉及{len(units)}个单位。"),
        _list(
            ("单位", 6.5),
            ("编号", 5.2),
            ("事项", 13),
            ("填报人", 4.2),
            ("应报期次", 5.5),
            ("应报日期", 5.5),
            rows=rows,
        ),
    ]


def _changed(circular: Circular) -> list[Block]:
    if not circular.changed:
        return []
    rows = (
        (
            row.kind,
            row.number,
            row.title,
            row.unit,
            _day(row.from_on, circular),
            _day(row.until_on, circular),
            row.reason,
        )
        for row in circular.changed
    )
    return [
        _list(
            ("类别", 3.2),
            ("编号", 5.2),
            ("事项", 10.5),
            ("牵头单位", 6),
            ("原时限", 5.2),
            ("现时限", 5.2),
            ("原因", 7.5),
            rows=rows,
        )
    ]


def _next(circular: Circular) -> list[Block]:
    if not circular.next_deadlines:
        return [_said("下期没有到期事项。")]
    rows = (
        (row.number, row.title, row.unit, row.person, _day(row.due_on, circular)) for row in circular.next_deadlines
    )
    return [
        _said(f"下期到期事项共{len(circular.next_deadlines)}项。"),
        _list(("编号", 5.2), ("事项", 16), ("牵头单位", 8.8), ("承办人", 4.5), ("时限", 5.5), rows=rows),
    ]


def _judged(circular: Circular) -> list[Block]:
    sides = [(name, lines) for name, lines in (("表扬", circular.praise), ("批评", circular.criticism)) if lines]
    blocks: list[Block] = []
    for place, (name, lines) in enumerate(sides, start=1):
        blocks += [Heading(2, f"（{chinese_numeral(place)}）", name), *map(_said, lines)]
    return blocks


def _said(words: str) -> Paragraph:
    return Paragraph((TextRun(words),))


def _list(*columns: tuple[str, float], rows: Iterable[tuple[str, ...]]) -> Table:
    """A dense table from headings with their widths."""
    return Table(
        header=tuple(heading for heading, _ in columns),
        rows=tuple(rows),
        widths=tuple(width for _, width in columns),
        dense=True,
    )


def _day(day: date | None, circular: Circular) -> str:
    return short_day(day, beside=circular.issued_on)


def _score(score: Decimal | None) -> str:
    """Two decimals at most, and no zeros at their end."""
    return "" if score is None else decimal_text(round(score, 2))
