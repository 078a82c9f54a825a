"""An office that keeps its ledgers: rows written down, and the days they set."""

import datetime as dt
from typing import Any

from models.database import on_record
from models.dates.day_override import office_calendar
from models.items.item import Deadline, DeadlineKind, WorkItem
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.ledgers.leadership_act import KIND as ACTS
from models.ledgers.leadership_act import LeadershipAct
from models.people.organ import Organ
from models.people.permission import Action
from models.people.personal_duty import Duty
from tasks.acting.perform import performing_for
from tasks.ledgers.keep_terms import TermChanges, keep_terms
from tasks.ledgers.terms import confirm_term
from tests.office import SUPERVISOR, Office, day


class Ledgers(Office):
    """An office that keeps its ledgers."""

    def keep(self, *rows: Any, on: str, who: str = SUPERVISOR, kind: Any = CASES) -> TermChanges:
        """Write the rows down, new or changed, and keep the days they set."""
        with on_record(self.engine) as session:
            by = self.by(session, who, on)
            with performing_for(session, by, Action.RECORD, self.organ_id):
                kept = [session.merge(row) for row in rows]
                session.flush()
                organ = session.get_one(Organ, self.organ_id)
                calendar = office_calendar(session, organ_id=self.organ_id)
                changes = keep_terms(session, organ, kind, kept, by=by, calendar=calendar)
        for row, stored in zip(rows, kept, strict=True):
            row.id = stored.id
        return changes

    def case(self, number: str, decided: str, **more: Any) -> EnforcementCase:
        return EnforcementCase(
            organ_id=self.organ_id, number=number, procedure=Procedure.ORDINARY, decided_on=day(decided),
            recorded_at=dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC), **more,
        )  # fmt: skip

    def act(self, on: str, **more: Any) -> LeadershipAct:
        return LeadershipAct(
            organ_id=self.organ_id, kind=Duty.DEPLOY, on=day(on), text="听取汇报",
            recorded_at=dt.datetime(2026, 6, 1, 1, tzinfo=dt.UTC), **more,
        )  # fmt: skip

    def carrier(self, code: str) -> WorkItem:
        """The one item that carries the days of the ledger."""
        (found,) = [item for item in self.rows(WorkItem) if item.ledger == code]
        return found

    def days_of(self, code: str) -> list[Deadline]:
        """The days of the ledger, in the order of their numbers."""
        return [one for one in self.rows(Deadline) if one.item_id == self.carrier(code).id]

    def standing(self) -> list[str]:
        """What waits to be done for the ledgers, with its day."""
        found = [one for one in self.rows(Deadline) if one.kind is DeadlineKind.LEDGER and one.done_on is None]
        return [f"{one.due_on} {one.title}" for one in found]

    def confirm(self, on: str) -> None:
        """The office confirms that it hears a report each half year."""
        with on_record(self.engine) as session:
            organ = session.get_one(Organ, self.organ_id)
            confirm_term(session, organ, ACTS, "hearing", by=self.by(session, SUPERVISOR, on))
