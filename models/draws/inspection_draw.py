"""A random draw as it was made (双随机抽取): what made its seed and what came of it, never changed afterwards."""

import datetime as dt

from sqlalchemy import JSON
from sqlmodel import Field

from models.actor import Channel
from models.append_only import guard
from models.coded import coded
from models.row import Row


class InspectionDraw(Row, table=True):
    """The one draw of a binding, with all that anybody needs besides the binding to do it again: see
    `models.draws.random_draw` and `models.draws.seed`."""

    __tablename__ = "inspection_draw"

    id: int = Field(primary_key=True, foreign_key="draw_binding.id")
    """The number of its binding, which is drawn from once: whoever dislikes an outcome cannot just draw again."""
    system_number: str | None = Field(default=None, max_length=64)
    """The system's share of the seed, where it has one."""
    given_number: str = Field(max_length=200)
    """What a second person revealed, or the public number as it was entered."""
    seed: str = Field(max_length=64)
    result: list[list[str]] = Field(sa_type=JSON)
    """For each object drawn, in the order drawn: the object, then its inspectors."""
    algorithm: str = Field(max_length=32)
    content_hash: str = Field(max_length=64)
    """Over binding, seed and outcome, by which a later change of any of it shows."""
    witness: str | None = Field(default=None, max_length=200)
    """Who looked on, by name."""
    drawn_on: dt.date
    drawn_at: dt.datetime
    drawn_by_id: int | None = Field(default=None, foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))


guard(InspectionDraw.metadata, "inspection_draw")
