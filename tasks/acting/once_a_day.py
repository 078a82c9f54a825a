"""Acts that change nothing and come often, such as taking a file away: on record without a row for each."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from models.actor import Actor
from models.day_count import DayCount
from tasks.acting.audit import write_alone

_COUNT: sa.Table = SQLModel.metadata.tables[str(DayCount.__tablename__)]


def once_a_day(
    session: Session,
    by: Actor,
    action: str,
    thing: str,
    *,
    organ_id: int | None,
    after: dict[str, Any],
    item_id: int | None = None,
) -> None:
    """Record the act if it is the day's first of this person with this thing; else count it.

    What was counted is told when the day is closed (`tasks.trail.close_day`).
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "on": by.on, "who": f"{by.person_id or ''}:{by.name}"[:120], "action": action, "thing": thing[:300],
        "organ_id": organ_id, "times": 1,
    }  # fmt: skip
    counted = (
        insert(_COUNT)
        .values(**row)
        .on_conflict_do_update(index_elements=["on", "who", "action", "thing"], set_={"times": _COUNT.c.times + 1})
        .returning(_COUNT.c.times)
    )
    if session.execute(counted).scalar_one() == 1:
        write_alone(session, by, action, organ_id=organ_id, item_id=item_id, after=after)
