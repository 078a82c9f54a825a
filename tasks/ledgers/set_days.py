"""Setting many days of a ledger at once, each as a deadline of its own with its tie to the row that owes it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Table
from sqlmodel import Session, SQLModel, col, select

from models.database import key
from models.insert_many import insert_many
from models.items.item import Deadline, DeadlineKind
from models.items.plan import AnnualPlan
from models.ledgers.kind import Kind
from models.ledgers.ledger_deadline import LedgerDeadline
from tasks.acting.audit import LONGEST
from tasks.ledgers.owed import Owed

ToSet = tuple[Owed, AnnualPlan, int]
"""What is owed, the plan that carries it, and its item there."""


def set_days(session: Session, kind: Kind, fresh: Sequence[ToSet], *, on: dt.date) -> None:
    """Set these days and have the next sweep look at them.

    As many as the trail tells one by one are written as objects, which it sees; more by statements for all of them.
    """
    deadlines = [
        Deadline(
            item_id=item_id,
            kind=DeadlineKind.LEDGER,
            title=one.title,
            due_on=one.due_on,
            original_due_on=one.due_on,
            policy_id=plan.policy_id,
            look_on=on,
        )
        for one, plan, item_id in fresh
    ]
    few = len(fresh) <= LONGEST
    if few:
        session.add_all(deadlines)
        session.flush()
        numbers = [key(deadline.id) for deadline in deadlines]
    else:
        numbers = _insert_days(session, deadlines)
    ties = [
        LedgerDeadline(
            organ_id=plan.organ_id, kind=kind.code, row_id=one.row_id, term=one.term, year=plan.year,
            deadline_id=number,
        )
        for (one, plan, _), number in zip(fresh, numbers, strict=True)
    ]  # fmt: skip
    if few:
        session.add_all(ties)
        session.flush()
    else:
        _insert(session, ties)


def _insert_days(session: Session, deadlines: Sequence[Deadline]) -> list[int]:
    """Their numbers, in the order given: of each item, those of a ledger that nothing is tied to yet are ours."""
    _insert(session, deadlines)
    tied = select(LedgerDeadline.id).where(LedgerDeadline.deadline_id == Deadline.id)
    items = {deadline.item_id for deadline in deadlines}
    numbers_of: dict[int, list[int]] = {item_id: [] for item_id in items}
    query = (
        select(Deadline.item_id, Deadline.id)
        .where(col(Deadline.item_id).in_(items), Deadline.kind == DeadlineKind.LEDGER, ~tied.exists())
        .order_by(col(Deadline.id))
    )
    for item_id, number in session.exec(query):
        numbers_of[item_id].append(key(number))
    in_order = {item_id: iter(numbers) for item_id, numbers in numbers_of.items()}
    return [next(in_order[deadline.item_id]) for deadline in deadlines]


def _insert(session: Session, rows: Sequence[Deadline] | Sequence[LedgerDeadline]) -> None:
    table: Table = SQLModel.metadata.tables[str(rows[0].__tablename__)]
    names = [column.name for column in table.columns if column.name != "id"]
    insert_many(session.connection(), table, {name: [getattr(row, name) for row in rows] for name in names})
