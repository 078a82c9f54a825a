"""Signing for an item (签收): each unit for itself, a deputy in the holder's name."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.receipt import Receipt
from models.people.organ import Department
from models.people.permission import Action, Scope
from models.people.person import Person
from tasks.acting.authorize import Standing
from tasks.acting.perform import ActUnderWay, performing


def sign(session: Session, item: WorkItem, *, by: Actor) -> Receipt:
    """Sign for the leading unit where `by` answers for it and it is unsigned, else for its cooperating department.

    The lead's receipt takes the item into work. Raises ForbiddenError, naming who signed, where nothing is open.
    """
    with performing(session, by, Action.SIGN, item) as deed:
        receipt, standing = _open(session, deed)
        take_on(session, deed, receipt, standing)
    return receipt


def take_on(session: Session, deed: ActUnderWay, receipt: Receipt, standing: Standing) -> None:
    """Write who signed a receipt, and for whom; the lead's moves the item on."""
    receipt.person_id, receipt.for_id = deed.person_id, standing.seat.for_id
    receipt.signed_on, receipt.signed_at = deed.by.on, deed.by.now
    deed.record.for_id = standing.seat.for_id
    if receipt.unit_id is None:
        deed.item.signed_on = deed.by.on
        deed.becomes = ItemState.ACTIVE
    session.flush()


def lead_receipt(session: Session, item: WorkItem) -> Receipt:
    """The leading unit's receipt of the present assignment."""
    return session.exec(
        select(Receipt).where(
            Receipt.item_id == item.id, Receipt.assignment == item.assignments, col(Receipt.unit_id).is_(None)
        )
    ).one()


def open_receipts(session: Session, item: WorkItem) -> Sequence[Receipt]:
    """The receipts nobody signed yet, in the order in which they were asked for."""
    waiting = select(Receipt).where(Receipt.item_id == item.id, col(Receipt.signed_at).is_(None))
    return session.exec(waiting.order_by(col(Receipt.id))).all()


def _open(session: Session, deed: ActUnderWay) -> tuple[Receipt, Standing]:
    lead = lead_receipt(session, deed.item)
    units = session.exec(
        select(Receipt).where(Receipt.item_id == deed.item.id, col(Receipt.unit_id).is_not(None))
    ).all()
    mine: list[Receipt] = []
    for standing in deed.standings:
        if standing.scope is not Scope.COOPERATING:
            mine.append(lead)
            if lead.signed_at is None:
                return lead, standing
        for receipt in units:
            if standing.scope is Scope.COOPERATING and receipt.department_id == standing.seat.department_id:
                mine.append(receipt)
                if receipt.signed_at is None:
                    return receipt, standing
    done = "、".join(dict.fromkeys(_signed_words(session, receipt) for receipt in mine))
    raise ForbiddenError(f"任务 {deed.item.number} 无须再签收：{done or '没有待签收的单位'}。")


def _signed_words(session: Session, receipt: Receipt) -> str:
    person = session.get(Person, receipt.person_id) if receipt.person_id else None
    unit = session.get(Department, receipt.department_id) if receipt.department_id else None
    return f"{unit.name if unit else '牵头单位'}已由{person.name if person else ''}于 {receipt.signed_on} 签收"
