"""A kind of ledger, declared: its table, fields, checks, the days it creates, its figures, its sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.ledgers.derive import Derive, as_typed
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.measure import CrossCheck, Listing, Measure, Share
from models.ledgers.sheet_kind import SheetKind
from models.ledgers.term import Term, YearlyTerm
from models.ledgers.theme import Theme

COMMON = (
    LedgerField("item_id", "有关任务", FieldType.ITEM, hint="这一年计划中的编号；没有的不填。", headings=("任务编号",)),
    LedgerField(
        "keeper_id",
        "经办人",
        FieldType.PERSON,
        hint="时限提醒这个人，其科室可以查看和更正；不填为登记人。",
        headings=("承办人", "责任人"),
    ),
    LedgerField("note", "备注", FieldType.LONG_TEXT, longest=1000),
)
"""What may be said of a row of any ledger."""

LONGEST_NAME = 40
"""Characters of a field in the name of a row."""

Problem = tuple[str, str]
"""The field that is wrong, and what is wrong and would be accepted, in Chinese."""


@dataclass(frozen=True)
class Sentence:
    """What a report says of the ledger, where it has rows: Jinja over its figures and listings by code.

    `cite(figure)` writes a number, `note(figure)` records one that the words express (未发生). `opening` is one of the
    `openings`, each of which makes the sentence begin otherwise, the usual one first: neighbours must not open alike.
    Where neither its rows nor the office say otherwise it stands under the first heading about one of `themes`, the
    nearest first.
    """

    template: str
    openings: tuple[str, ...]
    themes: tuple[Theme, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Kind(SheetKind):
    """One ledger. `code` names its rows wherever one is cited (`case:12`); `day` is the column that says which year a
    row belongs to.

    Rows without what `identity` names are new each time, unless an equal one is there. `check` answers what is wrong
    between fields that are each in order; `derive` adds the columns nobody types, whenever a row is recorded or
    corrected.
    """

    unit: str
    table: type[LedgerRow]
    day: str
    purpose: str
    guided: bool = True
    tells: tuple[str, ...] = ()
    """The fields that tell a person which row it is, where a figure is opened; none: the first five."""
    folded: tuple[str, tuple[str, ...]] = ("", ())
    """Fields that the form folds away under these words."""
    called: tuple[str, ...]
    """The fields that name a row, as its number and title do."""
    check: Callable[[Mapping[str, Any]], Iterable[Problem]] = lambda _values: ()
    derive: Derive = as_typed
    terms: tuple[Term, ...] = ()
    yearly: tuple[YearlyTerm, ...] = ()
    measures: tuple[Measure, ...] = ()
    shares: tuple[Share, ...] = ()
    listings: tuple[Listing, ...] = ()
    cross_checks: tuple[CrossCheck, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    """Counters that count the same here: a text may say 4件 where the figure is 4起."""
    sentence: Sentence | None = None

    @cached_property
    def columns(self) -> tuple[LedgerField, ...]:
        """The kind's own fields, then the item and the note where it does not declare them itself."""
        own = {field.name for field in self.fields}
        return (*self.fields, *(field for field in COMMON if field.name not in own))

    def name_of(self, row: Any) -> str:
        """What people call the row: what it says in `called`, each cut at `LONGEST_NAME` characters; else its id."""
        said = (getattr(row, name) for name in self.called)
        words = (" ".join(str(getattr(value, "label", value)).split()) for value in said if value is not None)
        cut = (text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…" for text in words if text)
        return " ".join(cut) or f"第 {row.id} 号"
