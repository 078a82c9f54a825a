"""How far the trail was proved, and when: what a later verification goes on from."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class TrailCheckpoint(Row, table=True):
    """One time at which the trail held. `line` says all of it, signed by the office's key: only a line is believed.

    `entries` were there up to the entry `entry_id` with `hash`; `whole_on` is the day all of them were recomputed last.
    """

    __tablename__ = "trail_checkpoint"

    id: int | None = Field(default=None, primary_key=True)
    made_at: dt.datetime
    made_by: str = Field(max_length=100)
    whole_on: dt.date
    entries: int
    entry_id: int
    hash: str = Field(max_length=64)
    line: str = Field(max_length=300)
