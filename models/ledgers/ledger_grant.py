"""Which departments keep which ledgers themselves (授权登记): the supervisor gives them, one row a department each."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class LedgerGrant(Row, table=True):
    """The department's clerks and head may record and see the rows of the ledger that belong to their department."""

    __tablename__ = "ledger_grant"
    __table_args__ = (UniqueConstraint("organ_id", "kind", "department_id"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    kind: str = Field(max_length=32)
    """The code of the ledger."""
    department_id: int = Field(foreign_key="department.id")
    granted_on: dt.date
    granted_by_id: int | None = Field(default=None, foreign_key="person.id")
