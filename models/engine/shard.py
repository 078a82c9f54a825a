"""A part of the organs: what one run of a large rhythm goes over, while other runs go over the rest."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from models.errors import BadInputError
from models.items.plan import AnnualPlan

MOST = 64
"""Parts."""
_WRITTEN = re.compile(r"([1-9]\d?)/([1-9]\d?)")


@dataclass(frozen=True)
class Shard:
    """The `part`th, from 1, of so many `parts`; an organ is in the same part on every day and machine."""

    part: int = 1
    parts: int = 1

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}"

    def of(self, plans: SelectOfScalar[AnnualPlan]) -> SelectOfScalar[AnnualPlan]:
        """Those of the plans whose organs are in it."""
        return plans.where(self.holds(AnnualPlan.organ_id)) if self.parts > 1 else plans

    def holds(self, organ_id: Any) -> sa.ColumnElement[bool]:
        """Whether the organ of that column is in it."""
        return col(organ_id) % self.parts == self.part - 1 if self.parts > 1 else sa.true()

    def all(self) -> "list[Shard]":
        """This one and the others that make up the whole with it."""
        return [Shard(part, self.parts) for part in range(1, self.parts + 1)]


EVERYBODY = Shard()
"""All organs."""


def shard_of(written: str | None) -> Shard:
    """The shard written as 2/4, all organs where nothing is. Raises BadInputError for anything else."""
    if written is None:
        return Shard()
    found = _WRITTEN.fullmatch(written)
    if found is None or int(found[1]) > int(found[2]) or int(found[2]) > MOST:
        raise BadInputError(f"“{written[:20]}”不是单位的一份：应如 2/4（分 4 份的第 2 份），最多分 {MOST} 份。")
    return Shard(int(found[1]), int(found[2]))
