"""The indicators of a year as a tree: what each rests on, what is missing, and the own score summed up."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlmodel import Session, col, select

from models.ledgers.indicator import KIND, Indicator
from models.people.organ import Organ
from tasks.ledgers.link_row import Link, links_of


@dataclass(frozen=True)
class Leaf:
    """An indicator of the third level with its links; `item_id` of the row counts as one."""

    row: Indicator
    links: Sequence[Link]

    @property
    def covered(self) -> bool:
        """Whether anything that counts supports it."""
        return self.row.item_id is not None or any(link.counts for link in self.links)


@dataclass
class Branch:
    """What is above indicators: a system, or its first or second level."""

    title: str
    branches: list["Branch"] = field(default_factory=list)
    own: list[Leaf] = field(default_factory=list)

    def leaves(self) -> Iterator[Leaf]:
        """All indicators below, in order."""
        yield from self.own
        for branch in self.branches:
            yield from branch.leaves()

    @property
    def total(self) -> int:
        """How many indicators of the third level."""
        return sum(1 for _ in self.leaves())

    @property
    def covered(self) -> int:
        """How many of them have support."""
        return sum(leaf.covered for leaf in self.leaves())

    @property
    def points(self) -> Decimal:
        """What they are worth together."""
        return sum((leaf.row.points or Decimal(0) for leaf in self.leaves()), Decimal(0))

    @property
    def claimed(self) -> Decimal:
        """What was claimed of that; indicators not scored yet add nothing."""
        return sum((leaf.row.claimed or Decimal(0) for leaf in self.leaves()), Decimal(0))

    def below(self, title: str) -> "Branch":
        """The branch of that title under this one, made where it is not there."""
        found = next((branch for branch in self.branches if branch.title == title), None)
        if found is None:
            found = Branch(title)
            self.branches.append(found)
        return found


def indicator_tree(session: Session, organ: Organ, year: int) -> Branch:
    """The systems worked with in the year, each a branch of the one answered, in the order they came in.

    Whoever calls has asked whether they may be read.
    """
    rows = session.exec(
        select(Indicator)
        .where(Indicator.organ_id == organ.id, col(Indicator.withdrawn_on).is_(None))
        .where(col(Indicator.adopted_on).between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        .order_by(col(Indicator.id))
    ).all()
    links = links_of(session, KIND, [row.id or 0 for row in rows])
    root = Branch(str(year))
    for row in rows:
        second = root.below(row.system).below(row.first).below(row.second)
        second.own.append(Leaf(row, links.get(row.id or 0, ())))
    return root
