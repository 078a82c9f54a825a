"""Cross-checks of a year's figures: what has to hold between them, and what changed since last year so much that
somebody should look."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from models.coded import Coded
from models.dates.days import add_years
from models.errors import NotFoundError
from models.ledgers.kinds import KINDS
from models.ledgers.measure import CrossCheck
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import Report
from tasks.people.find import find_plan
from tasks.report.figures.gather_figures import gather_figures, reported_figures

NOTABLE_SHARE, NOTABLE_CHANGE = Decimal("0.5"), Decimal(5)
"""A change since last year is worth a look from half of last year's number on, if it is also at least this much in the
figure's own unit; and whenever nothing became something, or something nothing."""


class Severity(Coded):
    """What a finding asks for."""

    WRONG = "wrong", "不符"
    LOOK = "look", "请核对"


@dataclass(frozen=True)
class Finding:
    """Something about figures that a person has to see before the report goes out; `codes` are the figures meant."""

    words: str
    severity: Severity
    codes: tuple[str, ...]


def check_figures(figures: Sequence[Figure], last_year: Sequence[Figure] | None = None) -> list[Finding]:
    """What does not hold, then what is worth a look; nothing where all is in order.

    Figures are known by their code; those without one are quoted words and are not checked. A check is made only where
    every figure of it is there, and an approximate number is never compared as if it were exact.
    """
    exact = _by_code(figures)
    findings = [*_contradictions(figures), *_broken(exact)]
    if last_year is not None:
        findings += _changes(exact, _by_code(last_year))
    return findings


def last_year_figures(
    session: Session, organ: Organ, year: int, *, until: dt.date | None = None
) -> list[Figure] | None:
    """The figures of the year before `year`: as its newest report has them, the rest as its rows count today.

    While `year` still runs, say with `until` up to when: then last year's rows up to the same day are counted, for a
    part of a year compares with the same part only. None where there was no plan, and so no year to compare with.
    """
    try:
        plan = find_plan(session, organ, year - 1)
    except NotFoundError:
        return None
    part = until is not None and until < dt.date(year, 12, 31)
    last = add_years(until, year - 1 - until.year) if until is not None and part else dt.date(year - 1, 12, 31)
    counted = {figure.code: figure for figure in gather_figures(session, organ, plan, on=last)}
    newest = None if part else _newest(session, organ, year - 1)
    reported = reported_figures(session, newest) if newest else []
    return list((counted | {figure.code: figure for figure in reported}).values())


def _newest(session: Session, organ: Organ, year: int) -> Report | None:
    versions = select(Report).where(Report.organ_id == organ.id, Report.year == year)
    return session.exec(versions.order_by(col(Report.version).desc())).first()


def _by_code(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The exact ones by code, the first of each."""
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.code is not None and not figure.approximate:
            found.setdefault(figure.code, figure)
    return found


def _contradictions(figures: Iterable[Figure]) -> Iterator[Finding]:
    """The same figure over the same period, written with different values."""
    said: dict[tuple[str, dt.date | None, dt.date | None], dict[str, Figure]] = {}
    for figure in figures:
        if figure.code is not None and not figure.approximate:
            said.setdefault((figure.code, figure.first_on, figure.last_on), {}).setdefault(figure.written, figure)
    for (code, _, _), versions in said.items():
        if len(versions) > 1:
            name = next(iter(versions.values())).name
            yield Finding(f"{name}前后不一：{'、'.join(versions)}。", Severity.WRONG, (code,))


def _broken(exact: Mapping[str, Figure]) -> Iterator[Finding]:
    for kind in KINDS.values():
        for check in kind.cross_checks:
            codes = (check.left, *check.right)
            if exact.keys() >= set(codes) and not _holds(check, exact):
                yield Finding(_told(check, exact), Severity.WRONG, codes)


def _holds(check: CrossCheck, exact: Mapping[str, Figure]) -> bool:
    left, right = exact[check.left].value, sum((exact[code].value for code in check.right), Decimal(0))
    return left >= right if check.at_least else left == right


def _told(check: CrossCheck, exact: Mapping[str, Figure]) -> str:
    """The check, and the numbers that do not fit it."""
    left, parts = exact[check.left], [exact[code] for code in check.right]
    right = " + ".join(f"{part.name} {part.written}" for part in parts)
    if len(parts) > 1:
        total = sum((part.value for part in parts), Decimal(0))
        right += f" = {Figure('', total, left.unit, ()).written}"
    return f"应当{check.words}，现为{left.name} {left.written}，{right}。"


def _changes(exact: Mapping[str, Figure], before: Mapping[str, Figure]) -> Iterator[Finding]:
    for code, figure in exact.items():
        last = before.get(code)
        if last is None or last.unit != figure.unit:
            continue
        if not last.value or not figure.value:
            notable = last.value != figure.value
        else:
            change = abs(figure.value - last.value)
            notable = change >= NOTABLE_CHANGE and change >= NOTABLE_SHARE * last.value
        if notable:
            yield Finding(_compared(figure, last), Severity.LOOK, (code,))


def _compared(figure: Figure, last: Figure) -> str:
    if not last.value:
        how = "上年没有"
    elif not figure.value:
        how = "本年没有"
    else:
        percent = (abs(figure.value - last.value) * 100 / last.value).to_integral_value()
        how = f"{'增加' if figure.value > last.value else '减少'} {percent}%"
    return f"{figure.name}本年 {figure.written}，上年 {last.written}（{how}），请核对是否属实。"
