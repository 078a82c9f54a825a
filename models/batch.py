"""The files that sheets of any kind came in by; what one brought can be taken back as a whole."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.row import Row


class ImportBatch(Row, table=True):
    """One file that was read in. Items and rows of ledgers that it made carry its number."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32)
    """The code of the kind of sheet."""
    organ_id: int | None = Field(default=None, foreign_key="organ.id", index=True)
    """Without one it is about several."""
    plan_id: int | None = Field(default=None, foreign_key="annual_plan.id", index=True)
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    imported_at: dt.datetime
    imported_by: str = Field(max_length=100)
    undone_at: dt.datetime | None = None
    columns: dict[str, str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """By heading of the file which field a column is, where a person said so: the next file is read alike."""


class ImportChange(Row, table=True):
    """What a row was before a batch, and what the batch left it as; of either as much as undoing asks for.

    Without `before` the batch made the row, without `after` it deleted it. A row whose key is not a single number is
    found by the columns of its key, which both hold.
    """

    __tablename__ = "import_change"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="import_batch.id", index=True)
    table_name: str = Field(max_length=64)
    row_id: int | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
