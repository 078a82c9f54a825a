"""A random draw as it was made (双随机抽取): everything that went into it and came of it, never changed afterwards."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import JSON, Numeric, UniqueConstraint
from sqlmodel import Field

from models.row import Row


class InspectionDraw(Row, table=True):
    """One draw, with all that anybody needs to do it again: see `models.draws.random_draw`.

    Without a seed given beforehand (`seed_given`) the seed followed from the lists, the day and the newest entry of
    the audit trail, `head`, which is kept to be able to show that.
    """

    __tablename__ = "inspection_draw"
    # A plan is drawn from once a day: whoever dislikes an outcome does not just draw again.
    __table_args__ = (UniqueConstraint("organ_id", "drawn_on", "plan"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    plan: str = Field(max_length=200)
    percent: Decimal = Field(sa_type=Numeric(5, 2))
    """How many of a hundred objects were to be drawn."""
    per_object: int
    """Inspectors for each object."""
    seed: str = Field(max_length=200)
    seed_given: bool
    head: str | None = Field(default=None, max_length=64)
    objects: list[str] = Field(sa_type=JSON)
    inspectors: list[str] = Field(sa_type=JSON)
    conflicts: list[list[str]] = Field(sa_type=JSON)
    """Pairs of inspector and object that may not meet."""
    result: list[list[str]] = Field(sa_type=JSON)
    """For each object drawn, in the order drawn: the object, then its inspectors."""
    algorithm: str = Field(max_length=32)
    content_hash: str = Field(max_length=64)
    """Over all of the above, by which a later change of any of it shows."""
    witness: str | None = Field(default=None, max_length=200)
    """Who looked on, by name."""
    drawn_on: dt.date
    drawn_at: dt.datetime
    drawn_by_id: int | None = Field(default=None, foreign_key="person.id")
