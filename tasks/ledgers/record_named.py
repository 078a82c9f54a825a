"""Recording what the report needs most, by name: cases, study sessions, acts of leaders, deficiencies.

Each is a row of its ledger, checked as `tasks.ledgers.record` checks every row; the report of the row's year takes it
up. Raises ForbiddenError where `by` may not record, ValuesRefusedError for what the ledger does not take.
"""

import datetime as dt
from decimal import Decimal
from typing import cast

from sqlmodel import Session

from models.actor import Actor
from models.errors import BadInputError
from models.items.item import WorkItem
from models.ledgers.deficiency import Deficiency
from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.ledgers.kinds import KINDS
from models.ledgers.leadership_act import LeadershipAct
from models.ledgers.study_session import StudySession
from models.people.organ import Organ
from models.people.person import Person
from models.people.personal_duty import Duty
from tasks.ledgers.read_cell import read_money
from tasks.ledgers.record import record_row
from tasks.reading.cells import CellRefusedError


def record_case(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    procedure: Procedure,
    on: dt.date,
    fine: Decimal = Decimal(0),
    outcome: Outcome = Outcome.STANDS,
    number: str | None = None,
    title: str | None = None,
) -> EnforcementCase:
    """An enforcement case decided on `on`; `fine` in yuan."""
    given = {
        "decided_on": on, "procedure": procedure, "fine": fine, "outcome": outcome, "number": number, "title": title,
    }  # fmt: skip
    return cast(EnforcementCase, record_row(session, organ, KINDS["case"], given, by=by))


def record_study(
    session: Session, organ: Organ, *, by: Actor, on: dt.date, topic: str, people: int | None = None
) -> StudySession:
    """A study session held on `on`."""
    given = {"held_on": on, "topic": topic, "people": people}
    return cast(StudySession, record_row(session, organ, KINDS["study"], given, by=by))


def record_act(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    kind: Duty,
    on: dt.date,
    text: str,
    item: WorkItem | None = None,
    person: Person | None = None,
    document_number: str | None = None,
) -> LeadershipAct:
    """An act of a leader on `on`; without `person` it is the first responsible person's."""
    given = {
        "on": on, "kind": kind, "text": text, "item_id": item, "person_id": person, "document_number": document_number,
    }  # fmt: skip
    return cast(LeadershipAct, record_row(session, organ, KINDS["act"], given, by=by))


def record_deficiency(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    on: dt.date,
    text: str,
    cause: str | None = None,
    remedy: str | None = None,
    item: WorkItem | None = None,
) -> Deficiency:
    """A deficiency of the year of `on`."""
    given = {"on": on, "text": text, "cause": cause, "remedy": remedy, "item_id": item}
    return cast(Deficiency, record_row(session, organ, KINDS["deficiency"], given, by=by))


def money(text: str) -> Decimal:
    """An amount in yuan as typed (30000, 3,000.50, 200元, 1.2万元). Raises BadInputError for anything else."""
    try:
        return read_money(text)
    except CellRefusedError as refusal:
        raise BadInputError(f"金额“{text}”无法识别：{refusal}") from refusal
