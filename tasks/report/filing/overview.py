"""Where the reports of the organs below stand, for those above who look down: on their way, and as received."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.database import key
from models.filing import Filing
from models.organ import Organ
from tasks.report.upward.who_filed import Filed
from tasks.report.upward.who_filed import who_filed as received


@dataclass(frozen=True)
class Below:
    """One organ directly below: what came from it, and where its own desk has its report; None where it has not sent
    it on, or keeps its records elsewhere."""

    filed: Filed
    filing: Filing | None

    @property
    def organ(self) -> Organ:
        return self.filed.organ

    @property
    def late(self) -> bool:
        """Whether its report came, or was filed, after the law's day, or that day passed without either."""
        if self.filed.first_on is None and self.filing is not None and self.filing.delivered_on is not None:
            return self.filing.filed_late
        return self.filed.late


def who_filed(session: Session, organ: Organ, year: int, *, on: dt.date) -> list[Below]:
    """Every organ directly below, by its code, as of `on`."""
    below = received(session, organ, year, on=on)
    ids = [key(one.organ.id) for one in below]
    query = select(Filing).where(col(Filing.organ_id).in_(ids), Filing.year == year)
    filings = {filing.organ_id: filing for filing in session.exec(query)} if ids else {}
    return [Below(one, filings.get(key(one.organ.id))) for one in below]
