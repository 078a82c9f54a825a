"""What a row of a ledger, or a year, owes: the tie between it and the ordinary deadline that watches it."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row

OF_THE_YEAR = 0
"""In place of a row's number: what the year asks for, whatever its rows are."""


class LedgerDeadline(Row, table=True):
    """A deadline that a term of a ledger set. A row owes each of its terms once; a year each turn of a yearly one."""

    __tablename__ = "ledger_deadline"
    __table_args__ = (UniqueConstraint("organ_id", "kind", "row_id", "term", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    kind: str = Field(max_length=32)
    row_id: int
    term: str = Field(max_length=80)
    """The code of the term; of a yearly one with its turn (`hearing.first_half`)."""
    year: int
    """The year of the plan that carries it."""
    deadline_id: int = Field(foreign_key="deadline.id", unique=True)
