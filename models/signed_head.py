"""The end of the trail as it stood on a morning, signed by the office's key: what goes out of the house to be kept."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class SignedHead(Row, table=True):
    """One a day. `line` is what people keep; without one the day was told in the trail and is still to be signed."""

    __tablename__ = "signed_head"

    on: dt.date = Field(primary_key=True)
    made_at: dt.datetime
    entry_id: int = 0
    hash: str = Field(default="", max_length=64)
    line: str = Field(default="", max_length=200)
