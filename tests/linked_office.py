"""An office that links its duties and indicators to its work, told as people do it."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

from models.database import key, on_record
from models.ledgers.duty import KIND as DUTIES
from models.ledgers.indicator import KIND as INDICATORS
from models.ledgers.kind import Kind
from models.ledgers.ledger_link import LedgerLink
from models.people.organ import Organ
from tasks.ledgers.find_row import find_row
from tasks.ledgers.link_row import evidence_to_link, item_to_link, link_row, unlink_row
from tasks.ledgers.record import record_row
from tests.office import SUPERVISOR, Office

ON = "2026-06-10"
Result = TypeVar("Result")


class LinkedOffice(Office):
    """An office with duties and indicators."""

    def acting(self, act: Callable[..., Result], *, who: str = SUPERVISOR, on: str = ON) -> Result:
        """`act(session, organ, by)`, on record."""
        with on_record(self.engine) as session:
            return act(session, session.get_one(Organ, self.organ_id), self.by(session, who, on))

    def duty(self, title: str, **more: Any) -> int:
        return self._keep(DUTIES, {"listed_on": "2025-01-01", "title": title, "basis": "三定方案"} | more)

    def indicator(self, title: str, **more: Any) -> int:
        given = {"adopted_on": "2026-01-01", "system": "2021年版", "first": "政务公开", "second": "主动公开"}
        return self._keep(INDICATORS, given | {"title": title} | more)

    def link(self, kind: Kind, row: int, *, item: str | None = None, evidence: int | None = None,
             who: str = SUPERVISOR, **more: Any) -> LedgerLink:  # fmt: skip
        """Link a row to the item of that number, or to the piece of evidence."""

        def do(session: Session, organ: Organ, by: Any) -> LedgerLink:
            to = item_to_link(session, organ, item, 2026) if item else evidence_to_link(session, organ, evidence or 0)
            return link_row(session, organ, kind, find_row(session, organ, kind, row), to, by=by, **more)

        return self.acting(do, who=who)

    def unlink(self, kind: Kind, link: int) -> None:
        self.acting(lambda session, organ, by: unlink_row(session, organ, kind, link, by=by))

    def _keep(self, kind: Kind, given: dict[str, Any]) -> int:
        return self.acting(lambda session, organ, by: key(record_row(session, organ, kind, given, by=by).id))
