"""An office's own say about a term of a ledger: another length, or that it confirms the default."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.coded import coded
from models.ledgers.term import TermUnit
from models.row import Row


class LedgerTermPolicy(Row, table=True):
    """How long one term of one ledger runs in an organ, or how much a year asks for there (台账时限).

    Whoever set or confirmed it stands behind it: from then on it is the office's, no longer a default.
    """

    __tablename__ = "ledger_term"
    __table_args__ = (UniqueConstraint("organ_id", "kind", "term"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    kind: str = Field(max_length=32)
    """The code of the ledger."""
    term: str = Field(max_length=32)
    """The code of its term or yearly term."""
    amount: int
    unit: TermUnit | None = Field(default=None, sa_type=coded(TermUnit))
    """None where the amount counts what a year asks for (次, 学时) and is no span of time."""
    confirmed_on: dt.date
    confirmed_by_id: int | None = Field(default=None, foreign_key="person.id")
    note: str | None = Field(default=None, max_length=500)
    revision: int = 0
