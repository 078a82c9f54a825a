"""One sweep of an item at a time. On PostgreSQL by locks of the transaction; SQLite has but one writer anyway."""

from sqlalchemy import TextClause, text

from models.engine.shard import MOST, Shard
from tasks.people.address import AS_WRITTEN

ALONE = text(f"SELECT pg_advisory_xact_lock(hashtext('duban.remind')), {AS_WRITTEN}")
"""One sweep at a time."""
_BESIDE = text(f"""
    SELECT pg_advisory_xact_lock_shared(hashtext('duban.remind')),
           (SELECT count(pg_advisory_xact_lock(hashtext('duban.remind'), place))
            FROM generate_series(:part - 1, {MOST - 1}, :parts) AS place), {AS_WRITTEN}
""")  # noqa: S608 - nothing from outside


def alone(shard: Shard) -> TextClause:
    """What keeps every other sweep of these organs away until the transaction ends. PostgreSQL only.

    A shard holds the places of its organs among `MOST`, so that one of four and two of eight know of each other;
    shards that do not divide them sweep one after the other.
    """
    if shard.parts == 1 or MOST % shard.parts:
        return ALONE
    return _BESIDE.bindparams(part=shard.part, parts=shard.parts)
