"""How each channel fares: whether it is down and tried again when, and how much of its published limit is left."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class ChannelState(Row, table=True):
    """One channel of the whole system, whoever sends: a row once it was down or its limit was drawn on."""

    __tablename__ = "channel_state"

    name: str = Field(primary_key=True, max_length=20)
    down_since: dt.datetime | None = None
    tries: int = 0
    """How often it was tried since it went down."""
    next_try_at: dt.datetime | None = None
    reason: str | None = Field(default=None, max_length=500)
    passed_at: dt.datetime | None = None
    """When it last took something."""
    tokens: float = 0.0
    """What is left of the limit (a token bucket), as of `filled_at`."""
    filled_at: dt.datetime | None = None
