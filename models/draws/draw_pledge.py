"""What a second person gives to a draw: first the hash of a number, later the number itself."""

import datetime as dt

from sqlmodel import Field

from models.actor import Channel
from models.append_only import guard
from models.coded import coded
from models.row import Row


class DrawPledge(Row, table=True):
    """A number pledged under its hash (承诺), and the number that the system made the moment after.

    The system's number is kept from everybody until the draw; only its hash is shown and stands in the trail. So
    neither who pledges nor who draws can know the outcome before the pledged number is shown.
    """

    __tablename__ = "draw_pledge"

    id: int | None = Field(default=None, primary_key=True)
    binding_id: int = Field(foreign_key="draw_binding.id", unique=True)
    pledge: str = Field(max_length=64)
    hashed_here: bool
    """Whether the number was typed and hashed here, or only its hash was given."""
    secret_number: str = Field(max_length=64)
    """The system's."""
    system_hash: str = Field(max_length=64)
    pledged_at: dt.datetime
    pledged_by_id: int = Field(foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))


class DrawReveal(Row, table=True):
    """The number that was pledged (揭示)."""

    __tablename__ = "draw_reveal"

    id: int | None = Field(default=None, primary_key=True)
    binding_id: int = Field(foreign_key="draw_binding.id", unique=True)
    given_number: str = Field(max_length=200)
    revealed_at: dt.datetime
    revealed_by_id: int = Field(foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))


guard(DrawPledge.metadata, "draw_pledge")
guard(DrawReveal.metadata, "draw_reveal")
