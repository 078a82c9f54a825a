"""The seal a month leaves in the database when its rows were put into a file."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class ArchiveSeal(Row, table=True):
    """One file of rows up to the end of a `month`; `attached_at` is set once they are back.

    Of the trail the file holds the entries from `first_entry_id` to `last_entry_id`, behind `hash_before` and ending
    with `hash_after`: over the gap the chain stays provable. `line` says that again, signed by the office's key. As
    long as it is not attached, the database lets exactly these entries be deleted (the guards of `models.audit`).
    """

    __tablename__ = "archive_seal"

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(max_length=7)
    """As 2024-01."""
    made_at: dt.datetime
    made_by: str = Field(max_length=100)
    file: str = Field(max_length=255)
    """Its name when it was made, without a folder."""
    file_sha256: str = Field(max_length=64, unique=True)
    from_on: dt.date
    until_on: dt.date
    """The first and the last day its rows are of."""
    notices: int
    messages: int
    attempts: int
    returned: int
    entries: int
    first_entry_id: int | None = None
    last_entry_id: int | None = None
    hash_before: str = Field(default="", max_length=64)
    hash_after: str = Field(default="", max_length=64)
    line: str = Field(max_length=500)
    attached_at: dt.datetime | None = None
    attached_by: str | None = Field(default=None, max_length=100)
