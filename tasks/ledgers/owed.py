"""What rows of a ledger owe by their terms, and what a year owes: days, and whether they were met."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, SQLModel, and_, extract, or_, select

from models.dates.workdays import WorkCalendar
from models.ledgers.kind import Kind
from models.ledgers.ledger_deadline import OF_THE_YEAR
from models.ledgers.term import Term
from models.load_together import Together
from tasks.ledgers.own_terms import OwnTerms, amount_of, span_words


@dataclass(frozen=True)
class Owed:
    """One thing owed. `year` is the plan's it belongs to first of all; `why` explains the day."""

    row_id: int
    term: str
    year: int
    title: str
    due_on: dt.date
    done_on: dt.date | None
    why: str
    post_id: int | None = None
    """Whose it is; None is the supervisor's."""


@dataclass(frozen=True)
class ShortPeriod:
    """A period that was shorter than it may be: done on `done_on`, which is before `earliest_on`."""

    row_id: int
    name: str
    term: Term
    started_on: dt.date
    earliest_on: dt.date
    done_on: dt.date
    words: str


def owed_by_rows(kind: Kind, rows: Iterable[Any], own: OwnTerms, calendar: WorkCalendar) -> Iterator[Owed]:
    """What the rows owe, term by term; a minimum period is no day to be met."""
    terms = [(term, own.get((kind.code, term.code))) for term in kind.terms if not term.minimum]
    for row in rows:
        for term, policy in terms:
            amount, unit = amount_of(term, policy)
            due_on = term.due_on(row, calendar, amount, unit)
            if due_on is None:
                continue
            started: dt.date = getattr(row, term.start)
            day = getattr(row, kind.day) or started
            doubt = "（期限待确认）" if term.remembered and policy is None else ""
            yield Owed(
                row.id, term.code, day.year, f"{term.title}{doubt}：{row_name(kind, row)}"[:300], due_on,
                getattr(row, term.done), f"{_label(kind, term.start)} {started}，{span_words(term, amount, unit)}",
                row.post_id,
            )  # fmt: skip


def owed_by_year(kind: Kind, year: int, rows: Sequence[Any], own: OwnTerms) -> Iterator[Owed]:
    """What the year asks of the ledger, turn by turn; `rows` are at least those of the year.

    A default that nobody confirmed is asked of nobody: no text backs it, and no row of the office speaks of it.
    """
    for term in kind.yearly:
        policy = own.get((kind.code, term.code))
        amount = term.amount if policy is None else policy.amount
        if amount <= 0 or (policy is None and term.remembered):
            continue
        for turn in term.turns(year):
            counting = [row for row in rows if turn.first <= (getattr(row, kind.day) or dt.date.max) <= turn.due_on]
            yield Owed(
                OF_THE_YEAR, f"{term.code}.{turn.code}", year, f"{turn.title}：{amount}{term.unit}", turn.due_on,
                term.met(counting, kind.day, Decimal(amount)), f"{year}年，{span_words(term, amount, term.unit)}",
            )  # fmt: skip


def short_periods(kind: Kind, rows: Iterable[Any], own: OwnTerms, calendar: WorkCalendar) -> Iterator[ShortPeriod]:
    """The rows whose period was shorter than a minimum asks (公开征求意见不足30日): findings, not days to be met."""
    for row in rows:
        for term in kind.terms:
            if not term.minimum:
                continue
            amount, unit = amount_of(term, own.get((kind.code, term.code)))
            earliest, done = term.due_on(row, calendar, amount, unit), getattr(row, term.done)
            if earliest is not None and done is not None and done < earliest:
                started = getattr(row, term.start)
                yield ShortPeriod(
                    row.id, row_name(kind, row), term, started, earliest, done,
                    f"{term.title}应{span_words(term, amount, unit)}：{_label(kind, term.start)} {started}，"
                    f"最早 {earliest}，实际 {done}",
                )  # fmt: skip


def rows_of_year(session: Session, organ_id: int, kind: Kind, year: int) -> Sequence[Any]:
    """The rows whose day lies in the year and that were not withdrawn."""
    table: Any = kind.table
    day = getattr(table, kind.day)
    return session.exec(
        select(table)
        .where(table.organ_id == organ_id, table.withdrawn_on.is_(None))
        .where(day >= dt.date(year, 1, 1), day <= dt.date(year, 12, 31))
        .order_by(table.id)
    ).all()


def rows_owing(session: Session, organ_id: int, kinds: Sequence[Kind], years: Collection[int]) -> dict[str, list[Any]]:
    """By ledger the rows of these years, and those of any year with something still to be done, by one statement."""
    if not kinds:
        return {}
    found = _owing(tuple(kinds)).load(session, organ=organ_id, years=sorted(years))
    return {kind.code: found[kind.table] for kind in kinds}


@lru_cache(maxsize=64)
def _owing(kinds: tuple[Kind, ...]) -> Together:
    organ, years = bindparam("organ", type_=Integer), bindparam("years", expanding=True, type_=Integer)
    asked: dict[type[SQLModel], Any] = {}
    for kind in kinds:
        table: Any = kind.table
        still = [
            and_(getattr(table, term.start).is_not(None), getattr(table, term.done).is_(None))
            for term in kind.terms
            if not term.minimum
        ]
        within = extract("year", getattr(table, kind.day)).in_(years)
        asked[table] = and_(table.organ_id == organ, table.withdrawn_on.is_(None), or_(within, *still))
    return Together(asked)


def row_name(kind: Kind, row: Any) -> str:
    """What people call the row: its number, else the first text it has, else the number of the record."""
    texts = (getattr(row, field.name) for field in kind.fields)
    named = [getattr(row, name) for name in kind.identity] + [text for text in texts if type(text) is str]
    found = next((text for text in named if isinstance(text, str) and text), "")
    return found[:200] or f"{kind.title}{row.id}"


def _label(kind: Kind, name: str) -> str:
    return next((field.label for field in kind.fields if field.name == name), "起算日")
