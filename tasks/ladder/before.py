"""What there is before a sweep: how far days were swept, what its statements have to reckon with, and the ladders."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection

from models.dates.unit import Unit
from models.engine.shard import Shard
from models.ladder.escalation import RungFiring, steps
from models.ladder.policy import Relation, Rung
from tasks.ladder.note_sweep import SLIPPED, SLUG, slug_of


class Ladder(NamedTuple):
    """The rungs of a policy and their steps, counted from the due day and from the day of issue."""

    rungs: tuple[Rung, ...]
    by_due: list[RungFiring]
    by_issue: list[RungFiring]


class Before(NamedTuple):
    """`swept`: the last day swept. `newest`: the highest number of a notice. `deadlines`: how many there are, about.
    `slipped`: the day to which to look back for who is asked to sign. `first` and `issued`: the first and the last day
    on which a plan was issued. `look`: the first day on which a ladder has to be looked at whole. `leaders`: some item
    names several. `leaves`: somebody is away. `helpers`: some cooperating unit has not signed. `changed`: some plan
    runs by a further version of its copy. `ladders`: those by which plans run, by policy.
    """

    swept: dt.date | None
    newest: int
    deadlines: int
    slipped: dt.date | None
    first: dt.date | None
    issued: dt.date | None
    look: dt.date | None
    leaders: bool
    leaves: bool
    helpers: bool
    changed: bool
    ladders: Mapping[int, Ladder]


_RUNG = ("policy_id", "id", "ordinal", "relation", '"offset"', "unit", "every", "times")
_ASKED = f"""
    SELECT b.*, {", ".join(f"r.{column}" for column in _RUNG)}, CAST(r.roles AS text) FROM (
        SELECT (SELECT max("on") FROM last_run WHERE slug IN (:slug, :own)) AS swept,
               (SELECT coalesce(max(id), 0) FROM notice) AS newest,
               (SELECT coalesce(max(id), 0) FROM deadline) AS deadlines,
               (SELECT "on" FROM last_run WHERE slug = :slipped) AS slipped,
               (SELECT min(issued_on) FROM annual_plan) AS first,
               (SELECT max(issued_on) FROM annual_plan) AS issued,
               (SELECT min(look_on) FROM deadline WHERE done_on IS NULL AND look_on IS NOT NULL) AS look,
               EXISTS (SELECT 1 FROM item_leader) AS leaders,
               EXISTS (SELECT 1 FROM leave WHERE from_on <= :on AND until_on >= :on) AS leaves,
               EXISTS (SELECT 1 FROM receipt WHERE signed_at IS NULL AND unit_id IS NOT NULL) AS helpers,
               EXISTS (SELECT 1 FROM policy_change) AS changed
    ) b LEFT JOIN rung r ON r.policy_id IN (
        SELECT policy_id FROM annual_plan WHERE CAST(:organ AS integer) IS NULL OR organ_id = :organ)
    ORDER BY r.policy_id
"""
_FACTS = len(Before._fields) - 1
_STATEMENTS = {"sqlite": _ASKED, "postgresql": re.sub(r":(\w+)", r"%(\1)s", _ASKED)}


def before(connection: Connection, *, on: dt.date, shard: Shard, organ_id: int | None) -> Before:
    """What there is before a sweep of `on`; with `organ_id` the ladders of that organ's plans alone.

    One statement, by the driver: in a small office each costs more than the rows of a day.
    """
    postgres = connection.dialect.name == "postgresql"
    values = {
        "slug": SLUG, "own": slug_of(shard), "slipped": SLIPPED, "organ": organ_id,
        "on": on if postgres else on.isoformat(),
    }  # fmt: skip
    found = connection.exec_driver_sql(_STATEMENTS[connection.dialect.name], values).all()
    swept, newest, deadlines, slipped, first, issued, look, leaders, leaves, helpers, changed = found[0][:_FACTS]
    # Beside no ladder the facts stand once, with nothing.
    ladders = _ladders(tuple(tuple(row[_FACTS:]) for row in found if row[_FACTS] is not None))
    return Before(
        _day(swept), newest, deadlines, _day(slipped), _day(first), _day(issued), _day(look), leaders=bool(leaders),
        leaves=bool(leaves), helpers=bool(helpers), changed=bool(changed), ladders=ladders,
    )  # fmt: skip


def _day(told: dt.date | str | None) -> dt.date | None:
    return dt.date.fromisoformat(told) if isinstance(told, str) else told


@lru_cache(maxsize=32)
def _ladders(rows: tuple[tuple[Any, ...], ...]) -> Mapping[int, Ladder]:
    """The ladders of these rows of `_RUNG` and roles. They are the same day after day."""
    ladders = {}
    for policy_id, group in groupby(rows, lambda row: row[0]):
        rungs = tuple(_rung(*row) for row in group)
        ladders[policy_id] = Ladder(rungs, *steps(rungs))
    return ladders


def _rung(
    policy_id: int, number: int, ordinal: int, relation: str, offset: int, unit: str, every: int | None, times: int,
    roles: str,
) -> Rung:  # fmt: skip
    return Rung(
        id=number, policy_id=policy_id, ordinal=ordinal, relation=Relation(relation), offset=offset, unit=Unit(unit),
        every=every, times=times, roles=json.loads(roles),
    )  # fmt: skip
