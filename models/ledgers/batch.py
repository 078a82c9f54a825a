"""The files that ledger rows came in by; what one brought can be taken back as a whole."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.row import Row


class LedgerBatch(Row, table=True):
    """One file that was read into one ledger."""

    __tablename__ = "ledger_batch"

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id", index=True)
    kind: str = Field(max_length=32)
    """The code of the ledger."""
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    imported_at: dt.datetime
    undone_at: dt.datetime | None = None
    former: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What the rows that it corrected held before, by number of the row, with the revision they were at."""
