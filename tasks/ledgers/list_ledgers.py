"""The texts of ledgers that a report names one by one: topics studied, rules made."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.ledgers.kinds import KINDS


def list_ledgers(session: Session, organ_id: int, first: dt.date, until: dt.date) -> dict[str, tuple[str, ...]]:
    """Every declared listing from `first` to `until`, both included, by its code with the ledger's (`study.topics`):
    the different texts by day, then in order of entry."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in KINDS.values():
        table: Any = kind.table
        day = getattr(table, kind.day)
        for listing in kind.listings:
            text = getattr(table, listing.column)
            query = select(text).where(
                col(table.organ_id) == organ_id, col(table.withdrawn_on).is_(None), day.between(first, until),
                text.is_not(None),
            )  # fmt: skip
            if listing.where is not None:
                query = query.where(listing.where)
            texts = session.execute(query.order_by(day, table.id)).scalars()
            found[f"{kind.code}.{listing.code}"] = tuple(dict.fromkeys(texts))
    return found
