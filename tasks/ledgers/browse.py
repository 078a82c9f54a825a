"""A ledger, page by page and filtered; and how all ledgers of an organ stand in a year."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, union_all
from sqlalchemy import select as sa_select
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from models.coded import Coded
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ledgers.field import FieldType
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.search.index import Hits
from models.search.places import LEDGERS
from models.words import words_of
from tasks.ledgers.ledger_reach import WHOLE, LedgerReach
from tasks.ledgers.row_terms import Amounts, open_terms

ROWS = 100
"""Rows of a page."""
_AT_ONCE = 2000
"""Rows fetched at a time where all are wanted."""


class TermState(Coded):
    """Which rows, by the days they create."""

    OPEN = "open", "有未办的时限"
    OVERDUE = "overdue", "时限已过"


@dataclass(frozen=True)
class Wanted:
    """Which rows of a ledger. `choices` are codes (是 and 否: yes and no) by column, `item` a number of an item."""

    year: int | None = None
    words: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    from_on: dt.date | None = None
    until_on: dt.date | None = None
    item: str = ""
    due: TermState | None = None
    withdrawn: bool = False
    batch: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than a year's rows."""
        return bool(self.words or any(self.choices.values()) or self.from_on or self.until_on or self.item
                    or self.due or self.withdrawn or self.batch)  # fmt: skip


@dataclass(frozen=True)
class LedgerPage:
    """A page of rows, the newest day first, counted from 1."""

    rows: Sequence[Any]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class KindCount:
    """How a ledger stands in a year: rows, terms to be met and those passed, the newest day."""

    kind: Kind
    rows: int
    open: int
    overdue: int
    last_on: dt.date | None


def browse(
    session: Session,
    organ: Organ,
    kind: Kind,
    wanted: Wanted,
    *,
    on: dt.date,
    amounts: Amounts,
    page: int | None = 1,
    size: int = ROWS,
    reach: LedgerReach = WHOLE,
) -> LedgerPage:
    """The rows wanted, as of day `on`; a page beyond the last is the last, None is all of them on one.

    Whoever calls has asked whether the ledger may be read. Raises BadInputError for a choice there is not.
    """
    ordered = _in_order(organ, kind, wanted, reach)
    if wanted.due is not None:
        matching = list(every_row(session, organ, kind, wanted, on=on, amounts=amounts, reach=reach))
        total = len(matching)
        number, pages, start = _place(page, total, size)
        return LedgerPage(matching[start : start + size] if page is not None else matching, total, number, pages)
    total = session.exec(select(func.count()).select_from(ordered.order_by(None).subquery())).one()
    number, pages, start = _place(page, total, size)
    if page is not None:
        ordered = ordered.limit(size).offset(start)
    return LedgerPage(session.exec(ordered).all(), total, number, pages)


def every_row(
    session: Session,
    organ: Organ,
    kind: Kind,
    wanted: Wanted,
    *,
    on: dt.date,
    amounts: Amounts,
    reach: LedgerReach = WHOLE,
) -> Iterator[Any]:
    """What `browse` gives, all of it, fetched as it is asked for."""
    ordered = _in_order(organ, kind, wanted, reach).execution_options(yield_per=_AT_ONCE)
    if wanted.due is None:
        yield from session.exec(ordered)
        return
    # Working days are no matter of SQL: what may be open is asked for, and looked at one by one.
    for row in session.exec(ordered.where(_may_be_open(kind))):
        if _is_due(kind, row, wanted.due, on, session, organ, amounts):
            yield row


def _in_order(organ: Organ, kind: Kind, wanted: Wanted, reach: LedgerReach) -> SelectOfScalar[Any]:
    table: Any = kind.table
    query = select(table).where(
        table.organ_id == organ.id, reach.rows(table), *_conditions(key(organ.id), kind, wanted)
    )
    return query.order_by(getattr(table, kind.day).desc(), table.id.desc())


def rows_after(
    session: Session,
    organ: Organ,
    kind: Kind,
    after: int,
    *,
    limit: int,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    withdrawn: bool | None = None,
    reach: LedgerReach = WHOLE,
) -> tuple[list[Any], int | None]:
    """The rows in the order of their numbers, from the one behind `after` on; and after which number more follow, None
    where none do. Withdrawn rows or the others; without `withdrawn` all.

    A program that remembers the last number reads every row once. Whoever calls has asked whether the ledger may be
    read.
    """
    table: Any = kind.table
    day = getattr(table, kind.day)
    query = select(table).where(table.organ_id == organ.id, reach.rows(table), table.id > after)
    query = query.order_by(table.id).limit(limit + 1)
    if withdrawn is not None:
        query = query.where(table.withdrawn_on.is_not(None) if withdrawn else table.withdrawn_on.is_(None))
    if from_on is not None:
        query = query.where(day >= from_on)
    if until_on is not None:
        query = query.where(day <= until_on)
    found = session.exec(query).all()
    return list(found[:limit]), found[limit - 1].id if len(found) > limit else None


def count_kinds(
    session: Session,
    organ: Organ,
    year: int,
    *,
    on: dt.date,
    amounts: Amounts,
    reached: Mapping[str, LedgerReach] | None = None,
) -> list[KindCount]:
    """How every ledger stands, or each of those `reached`: one statement for all, and one more for each with terms."""
    reaches = {kind: WHOLE if reached is None else reached[code] for code, kind in KINDS.items()
               if reached is None or code in reached}  # fmt: skip
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    parts = []
    for place, (kind, reach) in enumerate(reaches.items()):
        table: Any = kind.table
        day = getattr(table, kind.day)
        parts.append(
            sa_select(literal(place).label("place"), func.count().label("rows"), func.max(day).label("last"))
            .select_from(table)
            .where(
                table.organ_id == organ.id, reach.rows(table), table.withdrawn_on.is_(None), day.between(first, last)
            )
        )
    counted = {row.place: row for row in session.execute(union_all(*parts))}
    calendar = office_calendar(session, organ_id=organ.id)
    counts = []
    for place, (kind, reach) in enumerate(reaches.items()):
        count = counted[place]
        terms = []
        if kind.terms and count.rows:
            candidates: Any = kind.table
            day = getattr(candidates, kind.day)
            rows = session.exec(
                select(candidates).where(
                    candidates.organ_id == organ.id, candidates.withdrawn_on.is_(None), day.between(first, last),
                    _may_be_open(kind), reach.rows(candidates),
                )
            )  # fmt: skip
            terms = [term for row in rows for term in open_terms(kind, row, calendar, amounts)]
        overdue = sum(term.overdue(on) for term in terms)
        counts.append(KindCount(kind, count.rows, len(terms), overdue, count.last))
    return counts


def filters_of(kind: Kind) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The choices a list of the ledger can be narrowed by: column, label, and (code, word) of each."""
    found = []
    for one in kind.columns:
        if one.takes is FieldType.CHOICE and one.choices is not None:
            found.append((one.name, one.label, [(str(member.value), member.label) for member in one.choices]))
        elif one.takes is FieldType.YES_NO:
            found.append((one.name, one.label, [("yes", "是"), ("no", "否")]))
    return found


def _conditions(organ_id: int, kind: Kind, wanted: Wanted) -> list[ColumnElement[bool]]:
    table: Any = kind.table
    day = getattr(table, kind.day)
    conditions: list[ColumnElement[bool]] = [
        table.withdrawn_on.is_not(None) if wanted.withdrawn else table.withdrawn_on.is_(None)
    ]
    if wanted.year is not None:
        conditions.append(day.between(dt.date(wanted.year, 1, 1), dt.date(wanted.year, 12, 31)))
    if wanted.from_on is not None:
        conditions.append(day >= wanted.from_on)
    if wanted.until_on is not None:
        conditions.append(day <= wanted.until_on)
    if wanted.words:
        words = (Hits(word, organ_id) for word in words_of(wanted.words))
        conditions += [hits.have(table.id, LEDGERS[kind.code]) for hits in words] or [literal(False)]
    for name, code in wanted.choices.items():
        if code:
            conditions.append(_chosen(kind, name, code))
    if wanted.item:
        numbered = select(WorkItem.id).where(WorkItem.organ_id == table.organ_id, WorkItem.number == wanted.item)
        if wanted.year is not None:
            numbered = numbered.join(AnnualPlan).where(AnnualPlan.year == wanted.year)
        conditions.append(table.item_id.in_(numbered))
    if wanted.batch is not None:
        conditions.append(table.batch_id == wanted.batch)
    return conditions


def _chosen(kind: Kind, name: str, code: str) -> ColumnElement[bool]:
    column: Any = getattr(kind.table, name)
    for known, label, options in filters_of(kind):
        if known == name:
            if code not in dict(options):
                raise BadInputError(
                    f"{label}“{code}”不可用，可用：{'、'.join(f'{word}({one})' for one, word in options)}。"
                )
            one = kind.field(name)
            chosen: ColumnElement[bool] = (
                column.is_(code == "yes") if one.choices is None else column == one.choices(code)
            )
            return chosen
    raise BadInputError(f"{kind.title}不能按“{name}”筛选。")


def _may_be_open(kind: Kind) -> ColumnElement[bool]:
    """Whether a row may have a term to be met: its start is there and its end is not."""
    table: Any = kind.table
    running = [
        and_(getattr(table, term.start).is_not(None), getattr(table, term.done).is_(None))
        for term in kind.terms
        if not term.minimum
    ]
    return or_(literal(False), *running)


def _is_due(
    kind: Kind, row: Any, due: TermState, on: dt.date, session: Session, organ: Organ, amounts: Amounts
) -> bool:
    calendar = office_calendar(session, organ_id=organ.id)
    return any(due is TermState.OPEN or term.overdue(on) for term in open_terms(kind, row, calendar, amounts))


def _place(page: int | None, total: int, size: int) -> tuple[int, int, int]:
    """The page shown, how many there are, and how many rows come before it."""
    pages = max(1, -(-total // size)) if page is not None else 1
    number = min(max(1, page or 1), pages)
    return number, pages, (number - 1) * size
