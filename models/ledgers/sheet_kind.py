"""A kind of sheet that people bring in, declared: its columns, how its header is found and its merged cells speak."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ledgers.field import LedgerField


@dataclass(frozen=True, eq=False, kw_only=True)
class SheetKind:
    """One kind of sheet: the list of a plan, a staff list, the days of a calendar, each ledger.

    `code` names its batches, `title` its sheet. `fields` are its columns in the order in which they choose theirs in a
    file. `identity` are the fields by which a row is known again, which no merged cell gives to two rows. `wants` are
    the fields without which a row is no header; a header names two at least, or one with a heading like `beside` near.
    """

    code: str
    title: str
    fields: tuple[LedgerField, ...]
    identity: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    beside: str = ""
    within: int = 20
    """The header stands in one of this many first rows: a title, a unit and a date may stand above it."""
    shown_only: tuple[str, ...] = ("序号", "编号", "行号", "id", "no")
    """Headings of columns that are shown and not read: not worth a word where no field is called so."""
    days: tuple[str, ...] = ()
    """The fields, beside those of the type for it, in which a bare number is that of a day."""
    across: bool = True
    """A block merged downwards speaks for all its columns, not for its first alone."""
    in_row: bool = False
    """So does a cell merged within one row."""
    template: tuple[str, ...] = ()
    """The fields of the empty sheet, in order; none: all of them."""
    departments: tuple[str, ...] = ()
    """The fields in which a department can be picked."""
    examples: tuple[tuple[str | int, ...], ...] = ()
    """Rows that show how the template is filled in; those that begin with 示例 stand in the sheet itself."""
    guided: bool = False
    """The template says of each field what its type takes, shows a row made up of that, and has a guide."""

    @property
    def columns(self) -> tuple[LedgerField, ...]:
        """All fields that the sheet may have as columns."""
        return self.fields

    @property
    def to_fill_in(self) -> Sequence[LedgerField]:
        """The columns of the empty sheet."""
        return [self.field(name) for name in self.template] or self.columns

    def field(self, name: str) -> LedgerField:
        """The field of that name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]
