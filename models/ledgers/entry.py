"""What every ledger row has, whatever its kind."""

import datetime as dt

from sqlmodel import Field

from models.batch import ImportBatch
from models.row import Row


class LedgerRow(Row):
    """The base of a ledger's table. A row is never deleted: it is corrected on record, or withdrawn with a reason.

    `revision` counts corrections; a withdrawn row counts in no figure and creates no deadline.
    """

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    item_id: int | None = Field(default=None, foreign_key="work_item.id")
    """The item of the plan it belongs to."""
    batch_id: int | None = Field(default=None, foreign_key=f"{ImportBatch.__tablename__}.id", index=True)
    """The file it came in by."""
    keeper_id: int | None = Field(default=None, foreign_key="person.id")
    """The person it was given to by name; none: whoever wrote it down keeps it."""
    post_id: int | None = Field(default=None, foreign_key="post.id")
    """The post it belongs to, and by it a unit: its holder is told of its days. None: the supervisor."""
    note: str | None = Field(default=None, max_length=1000)
    recorded_at: dt.datetime
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    revision: int = 0
    withdrawn_on: dt.date | None = None
    withdrawn_reason: str | None = Field(default=None, max_length=500)
