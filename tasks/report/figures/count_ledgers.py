"""Counting the ledgers of an organ's year: every declared measure, with the rows behind it, by two statements."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Executable, String, and_, cast, exists, func, literal_column, select, true
from sqlmodel import Session, col

from models.exact import decimal_text
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.measure import FIRST, ORGAN, UNTIL, Measure, Share
from models.report.figure import Figure, rows_of

_BETWEEN, _WITHIN = "\x1e", "\x1f"
"""What parts rows, and a row from its value: control characters no text here holds."""


def count_ledgers(
    session: Session, organ_id: int, first: dt.date, until: dt.date, *, kinds: Iterable[Kind] | None = None
) -> dict[str, Figure]:
    """Every figure of these ledgers (all if None) from `first` to `until`, both included, by its code with the
    ledger's (`case.simple`).

    Sums are exact. A share of nothing, and a sum that is not whole, is no figure. Rows are in the order in which they
    were entered.
    """
    counted = tuple(KINDS.values() if kinds is None else kinds)
    if not counted:
        return {}
    values = {"organ": organ_id, "first": first, "until": until}
    # Most organs keep few of all ledgers: the statement over all costs more to plan and to send than to run.
    any_row: Sequence[bool] = session.execute(_kept(counted), {"organ": organ_id}).one()
    kept = tuple(kind for kind, has in zip(counted, any_row, strict=True) if has and kind.measures)
    texts: Iterator[str | None] = iter(session.execute(statement_over(kept), values).one() if kept else ())
    figures: dict[str, Figure] = {}
    for kind in counted:
        if kind not in kept:
            figures |= _of_nothing(kind, first, until)
            continue
        for measure in kind.measures:
            if counted_up := figure_of(kind, measure, next(texts), first, until):
                figures[f"{kind.code}.{measure.code}"] = counted_up
        for share in kind.shares:
            if made := _share(kind, share, figures):
                figures[f"{kind.code}.{share.code}"] = made
    return figures


@lru_cache(maxsize=64)
def _kept(kinds: tuple[Kind, ...]) -> Executable:
    """One row: for each ledger whether the organ has any row of it."""
    tables: list[Any] = [kind.table for kind in kinds]
    return select(
        *(exists().where(table.organ_id == ORGAN).label(kind.code) for kind, table in zip(kinds, tables, strict=True))
    )


@lru_cache(maxsize=256)
def _of_nothing(kind: Kind, first: dt.date, until: dt.date) -> dict[str, Figure]:
    """The figures of a ledger without rows."""
    made = {measure.code: figure_of(kind, measure, None, first, until) for measure in kind.measures}
    return {f"{kind.code}.{code}": figure for code, figure in made.items() if figure}


@lru_cache(maxsize=256)
def statement_over(kinds: tuple[Kind, ...]) -> Executable:
    """One row: for each measure the ids of its rows as one text, with the value of each where it has one."""
    counted = [_of_ledger(kind).subquery(kind.code) for kind in kinds if kind.measures]
    side_by_side: Any = reduce(lambda left, right: left.join(right, true()), counted)
    return select(*(column for ledger in counted for column in ledger.c)).select_from(side_by_side)


def _of_ledger(kind: Kind) -> Any:
    table: Any = kind.table.__table__  # type: ignore[attr-defined]
    in_period = table.c[kind.day].between(FIRST, UNTIL)
    counts = table.c.organ_id == ORGAN, table.c.withdrawn_on.is_(None)
    query = select(*_texts(kind, table, in_period)).where(*counts)
    # What is counted whenever its day is has to see every row; else the index narrows the year.
    return query if any(measure.standing for measure in kind.measures) else query.where(in_period)


def _texts(kind: Kind, table: Any, in_period: ColumnElement[bool]) -> Iterator[ColumnElement[str]]:
    for measure in kind.measures:
        told: ColumnElement[str] = cast(table.c.id, String)
        column = measure.total or measure.distinct
        if column is not None:
            value = func.coalesce(cast(table.c[column], String), "") if measure.whole else cast(table.c[column], String)
            told = told + literal_column(f"'{_WITHIN}'", String) + value
        text = func.aggregate_strings(told, _BETWEEN)
        holds = [] if measure.where is None else [measure.where]
        if not measure.standing and any(other.standing for other in kind.measures):
            holds.append(in_period)
        yield (text.filter(and_(true(), *holds)) if holds else text).label(f"{kind.code}_{measure.code}")


def figure_of(kind: Kind, measure: Measure, text: str | None, first: dt.date, until: dt.date) -> Figure | None:
    """The figure, or None for a sum one row of which does not say its part."""
    rows: list[tuple[int, str]] = []
    for told in text.split(_BETWEEN) if text else ():
        row_id, _, said = told.partition(_WITHIN)
        rows.append((int(row_id), said))
    rows.sort()
    if measure.whole and any(not said for _, said in rows):
        return None
    if measure.distinct is not None:
        once = {said: row_id for row_id, said in reversed(rows)}
        rows = sorted((row_id, said) for said, row_id in once.items())
    parts = tuple(said for _, said in rows)
    value = Decimal(len(rows))
    if measure.total is not None:
        amounts = [Decimal(said) for said in parts]
        parts = tuple(map(decimal_text, amounts))
        value = sum(amounts, Decimal(0)) / measure.scale
    return Figure(
        measure.name, value, measure.unit, rows_of(kind.code, [row_id for row_id, _ in rows]),
        approximate=measure.approximate, code=f"{kind.code}.{measure.code}", definition=measure.definition,
        first_on=first, last_on=until, internal=measure.internal,
        parts=parts if measure.total or measure.distinct else (),
    )  # fmt: skip


def _share(kind: Kind, share: Share, figures: dict[str, Figure]) -> Figure | None:
    part, whole = (figures[f"{kind.code}.{code}"] for code in (share.part, share.whole))
    if not whole.rows:
        return None
    among = set(part.rows)
    percent = (Decimal(100) * part.value / whole.value).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Figure(
        share.name, percent, "%", whole.rows, code=f"{kind.code}.{share.code}", definition=share.definition,
        first_on=whole.first_on, last_on=whole.last_on, internal=share.internal,
        parts=tuple("1" if row in among else "0" for row in whole.rows),
    )  # fmt: skip


def list_ledgers(session: Session, organ_id: int, first: dt.date, until: dt.date) -> dict[str, tuple[str, ...]]:
    """Every declared listing from `first` to `until`, both included, by its code with the ledger's (`study.topics`):
    the different texts by day, then in order of entry."""
    listed: dict[str, tuple[str, ...]] = {}
    for kind in KINDS.values():
        table: Any = kind.table
        day = getattr(table, kind.day)
        for listing in kind.listings:
            text = getattr(table, listing.column)
            query = select(text).where(
                col(table.organ_id) == organ_id, col(table.withdrawn_on).is_(None), day.between(first, until),
                text.is_not(None),
            )  # fmt: skip
            if listing.where is not None:
                query = query.where(listing.where)
            texts = session.execute(query.order_by(day, table.id)).scalars()
            listed[f"{kind.code}.{listing.code}"] = tuple(dict.fromkeys(texts))
    return listed
