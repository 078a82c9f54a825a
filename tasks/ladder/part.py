"""The parts of a sweep: each is committed by itself, so that other writers get their turn and a sweep can stop."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from sqlmodel import Session, col, select

from models.dates.days import DAY
from models.engine.shard import EVERYBODY, Shard
from models.items.item import WorkItem

MOST = 150
"""Items of a part: after half a year off they take a fifth of a second."""


@dataclass(frozen=True)
class Part:
    """Some of the items: of one organ or a shard of them, numbered beyond `after` and up to `last`; none bounds not."""

    organ_id: int | None = None
    after: int | None = None
    last: int | None = None
    shard: Shard = EVERYBODY

    @property
    def condition(self) -> str:
        """As SQL, to go on with after a condition on items `i`."""
        bounds = (("organ_id =", self.organ_id), ("id >", self.after), ("id <=", self.last))
        said = "".join(f" AND i.{what} {number:d}" for what, number in bounds if number is not None)
        if self.shard.parts == 1 or self.organ_id is not None:
            return said
        # The rest of a division, without the sign of it: psycopg takes that for a value.
        parts = f"{self.shard.parts:d}"
        return f"{said} AND i.organ_id - i.organ_id / {parts} * {parts} = {self.shard.part - 1:d}"

    def of(self, organ_id: int) -> "Part":
        """What of it belongs to the organ."""
        return Part(organ_id, self.after, self.last, self.shard)


WHOLE = Part()


def parts(session: Session, *, on: dt.date, swept: dt.date | None, shard: Shard = EVERYBODY) -> list[Part]:
    """The parts in which `on` is swept, together all items of the shard: one, unless days were missed since `swept`."""
    if swept is not None and swept >= on - DAY:
        return [Part(shard=shard)]
    issued = select(WorkItem.id).where(col(WorkItem.issued_on).is_not(None), shard.holds(WorkItem.organ_id))
    issued = issued.order_by(col(WorkItem.id))
    edges = [None, *session.exec(issued).all()[MOST - 1 :: MOST], None]
    return [Part(after=after, last=last, shard=shard) for after, last in pairwise(edges)]
