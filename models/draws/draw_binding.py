"""What a draw is bound to before anybody can know its outcome (绑定): kept, counted and never changed."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import JSON, Numeric, UniqueConstraint
from sqlmodel import Field

from models.actor import Channel
from models.append_only import guard
from models.coded import coded
from models.draws.random_draw import Lists
from models.draws.seed import SeedTerms, SeedWay, binding_hash
from models.row import Row


class DrawBinding(Row, table=True):
    """Lists, conflicts, plan and the way of the seed, frozen under one hash; the `ordinal`-th binding of its plan.

    Drawn from once at most. One never drawn from stays and counts: whoever dislikes what may come binds anew, in sight.
    """

    __tablename__ = "draw_binding"
    __table_args__ = (UniqueConstraint("organ_id", "plan", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    plan: str = Field(max_length=200)
    ordinal: int
    reason: str | None = Field(default=None, max_length=500)
    """Why the plan is bound again; None for its first binding."""
    percent: Decimal = Field(sa_type=Numeric(5, 2))
    """How many of a hundred objects are to be drawn."""
    per_object: int
    """Inspectors for each object."""
    objects: list[str] = Field(sa_type=JSON)
    inspectors: list[str] = Field(sa_type=JSON)
    conflicts: list[list[str]] = Field(sa_type=JSON)
    """Pairs of inspector and object that may not meet."""
    seed_way: SeedWay = Field(sa_type=coded(SeedWay))
    source: str | None = Field(default=None, max_length=200)
    """Of a public number: whose it is, which one, and in which order its digits are read."""
    source_on: dt.date | None = None
    """The day it is announced; after that of the binding."""
    digits: int | None = None
    bound_hash: str = Field(max_length=64, unique=True)
    bound_on: dt.date
    bound_at: dt.datetime
    bound_by_id: int | None = Field(default=None, foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))

    @property
    def lists(self) -> Lists:
        """The lists as they are kept, unchecked."""
        conflicts = frozenset((pair[0], pair[1]) for pair in self.conflicts)
        return Lists(
            self.plan, tuple(self.objects), tuple(self.inspectors), conflicts, self.percent, self.per_object
        )  # fmt: skip

    @property
    def terms(self) -> SeedTerms:
        return SeedTerms(self.seed_way, self.source, self.source_on, self.digits)

    @property
    def worked_out_hash(self) -> str:
        """The hash that follows from what the row says now."""
        return binding_hash(self.lists, self.terms, ordinal=self.ordinal, at=self.bound_at)


guard(DrawBinding.metadata, "draw_binding")
