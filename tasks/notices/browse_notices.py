"""The notice ledger as people read it, all at once or page by page: what was sent to whom, why, by which rung, with
what result; and why not.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.clock import local
from models.database import key
from models.errors import BadInputError
from models.items.explanation import why
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.message import DeliveryAttempt, Message
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import Colour, Rung
from models.ladder.returned_mail import ReturnedMail
from models.ledgers.ledger_deadline import LedgerDeadline
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.settings import Settings
from tasks.acting.authorize import organs_within, permitted
from tasks.lists.item_line import ItemLine
from tasks.notices.receipts.receipt import ToldReceipt, tell_receipts

SIZE = 50
"""Notices on a page."""


@dataclass(frozen=True)
class NoticeChoice:
    """What is asked for; all of it has to hold. The days are those on which notices were raised, both included."""

    first: dt.date | None = None
    last: dt.date | None = None
    person: int | None = None
    kind: NoticeKind | None = None
    state: NoticeState | None = None
    item: str = ""
    """The number of the item."""
    message: int | None = None
    unread: bool = False
    """Escalations that were sent and nobody opened, of what is still to be done."""


@dataclass(frozen=True)
class ListedNotice:
    """One notice. `told` says how far it got, and why no further; `readable`: the reader may see the item."""

    id: int
    raised_on: dt.date
    item: ItemLine
    recipient: str | None
    rung: str
    kind: NoticeKind
    state: NoticeState
    due_on: dt.date
    late: bool
    why: str
    told: ToldReceipt
    message_id: int | None
    readable: bool
    path: str
    """The page of the item, or of the row of a ledger whose day it is."""


@dataclass(frozen=True)
class NoticePage:
    """One page; `next` leads to what was raised before."""

    lines: Sequence[ListedNotice]
    next: str | None


def oversees_notices(session: Session, organ_id: int, *, by: Actor) -> bool:
    """Whether `by` may read what was sent to everybody of the organ; others read what was sent to themselves."""
    return organ_id in organs_within(session, by, Action.VIEW)


def browse_notices(
    session: Session,
    organ: Organ,
    choice: NoticeChoice,
    *,
    by: Actor,
    settings: Settings,
    after: str | None = None,
    size: int = SIZE,
) -> NoticePage:
    """The notices about the organ's items that `by` may read, the newest first, from behind the place `after` on.

    A constant number of queries. Raises BadInputError for a place that is none.
    """
    query = (
        sa.select(
            Notice,
            Rung,
            Message,
            WorkItem.number,
            WorkItem.title,
            col(Person.name).label("recipient"),
            col(LedgerDeadline.kind).label("ledger"),
            col(LedgerDeadline.row_id).label("ledger_row"),
            permitted(session, by, Action.READ, organ_id=organ.id).label("readable"),
        )  # type: ignore[call-overload]
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .outerjoin(Person, col(Person.id) == Notice.recipient_id)
        .outerjoin(Rung, col(Rung.id) == Notice.rung_id)
        .outerjoin(LedgerDeadline, col(LedgerDeadline.deadline_id) == Notice.deadline_id)
        .outerjoin(Message, col(Message.id) == Notice.message_id)
        .where(*_chosen(session, organ, choice, by))
        .order_by(col(Notice.raised_on).desc(), col(Notice.id).desc())
        .limit(size + 1)
    )
    if after is not None:
        day, number = _place(after)
        query = query.where(sa.tuple_(col(Notice.raised_on), col(Notice.id)) < (day, number))
    rows = session.execute(query).all()
    told = tell_receipts(session, [(row.Notice, row.Message) for row in rows[:size]], settings, by=by)
    lines = [_line(row, by, told[row.Notice.id]) for row in rows[:size]]
    more = len(rows) > size
    return NoticePage(lines, f"{lines[-1].raised_on}.{lines[-1].id}" if more else None)


def attempts_of(session: Session, message: Message) -> list[DeliveryAttempt]:
    """Every try at sending a message, in their order."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message.id)
    return list(session.exec(query.order_by(col(DeliveryAttempt.id))))


def returned_of(session: Session, message: Message) -> list[ReturnedMail]:
    """What came back by mail about a message, in its order."""
    query = select(ReturnedMail).where(ReturnedMail.message_id == message.id)
    return list(session.exec(query.order_by(col(ReturnedMail.id))))


def _chosen(session: Session, organ: Organ, choice: NoticeChoice, by: Actor) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [col(WorkItem.organ_id) == organ.id, col(Notice.raised_on) <= by.on]
    if not oversees_notices(session, key(organ.id), by=by):
        conditions.append(col(Notice.recipient_id) == by.person_id)
    if choice.first is not None:
        conditions.append(col(Notice.raised_on) >= choice.first)
    if choice.last is not None:
        conditions.append(col(Notice.raised_on) <= choice.last)
    if choice.person is not None:
        conditions.append(col(Notice.recipient_id) == choice.person)
    if choice.kind is not None:
        conditions.append(col(Notice.kind) == choice.kind)
    if choice.state is not None:
        conditions.append(col(Notice.state) == choice.state)
    if choice.item:
        conditions.append(col(WorkItem.number) == choice.item)
    if choice.unread:
        conditions += unread_escalations()
    if choice.message is not None:
        conditions.append(col(Notice.message_id) == choice.message)
    return conditions


def unread_escalations() -> list[sa.ColumnElement[bool]]:
    """The conditions on a notice for that it escalates what is still to be done, was sent, and was never opened."""
    still = sa.exists().where(col(Deadline.id) == col(Notice.deadline_id), col(Deadline.done_on).is_(None))
    return [
        col(Notice.kind) == NoticeKind.ESCALATION, col(Notice.state) == NoticeState.SENT, col(Notice.read_at).is_(None),
        col(Notice.taken_back_on).is_(None), still,
    ]  # fmt: skip


def count_unread_escalations(session: Session, organ_id: int, *, on: dt.date) -> int:
    """How many escalations about the organ's items, raised until the day, nobody has opened."""
    query = select(func.count(col(Notice.id))).join(WorkItem, col(WorkItem.id) == Notice.item_id)
    query = query.where(WorkItem.organ_id == organ_id, Notice.raised_on <= on)
    return session.exec(query.where(*unread_escalations())).one()


def _line(row: Any, by: Actor, told: ToldReceipt) -> ListedNotice:
    notice: Notice = row.Notice
    rung: Rung | None = row.Rung
    return ListedNotice(
        id=key(notice.id),
        raised_on=notice.raised_on,
        item=ItemLine(notice.item_id, row.number if row.ledger is None else "", row.title),
        recipient=row.recipient,
        rung=rung.label if rung else notice.kind.label,
        kind=notice.kind,
        state=notice.state,
        due_on=notice.due_on,
        late=notice.late,
        why=_why(notice, rung, by),
        told=told,
        message_id=notice.message_id,
        readable=bool(row.readable),
        path=_path(notice, row.ledger, row.ledger_row),
    )


def _path(notice: Notice, ledger: str | None, row_id: int | None) -> str:
    if ledger is None:
        return f"/items/{notice.item_id}"
    return f"/ledgers/{ledger}/{row_id}" if row_id else f"/ledgers/{ledger}"


def _why(notice: Notice, rung: Rung | None, by: Actor) -> str:
    """Why it was sent, said to its recipient; to others of its recipient."""
    words = why(rung, notice.role, notice.via, late=notice.late, what=notice.text)
    if notice.recipient_id == by.person_id:
        return words
    stands, mark, rest = words.partition("；")
    return stands.replace("您是", "").replace("由您", "由其") + mark + rest


def _place(after: str) -> tuple[dt.date, int]:
    day, _, number = after.partition(".")
    try:
        return dt.date.fromisoformat(day), int(number)
    except ValueError as error:
        raise BadInputError("网址中的翻页位置无法识别：请从通知的第一页重新翻起。") from error


def list_notices(
    session: Session,
    *,
    plan: AnnualPlan | None = None,
    item: WorkItem | None = None,
    on: dt.date | None = None,
    person: Person | None = None,
    by: Actor | None = None,
    settings: Settings | None = None,
    message: Message | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Notices raised on `on`, for `person`, of `plan`, of `item`, in `message`, about items `by` may see, in the
    order of their days; with `settings`, each with its receipt.

    With `after`, those with a larger id than that, in the order of their ids; at most `limit`.
    """
    query = (
        sa.select(Notice, Message, WorkItem.number, WorkItem.title, Person.name)  # type: ignore[call-overload]
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .outerjoin(Person, col(Person.id) == Notice.recipient_id)
        .outerjoin(Message, col(Message.id) == Notice.message_id)
        .order_by(col(Notice.raised_on), col(Notice.id))
    )
    if message is not None:
        query = query.where(Notice.message_id == message.id)
    if plan is not None:
        query = query.where(WorkItem.plan_id == plan.id)
    if item is not None:
        query = query.where(Notice.item_id == item.id)
    if on is not None:
        query = query.where(Notice.raised_on == on)
    if person is not None:
        query = query.where(Notice.recipient_id == person.id)
    if by is not None:
        query = query.where(permitted(session, by, Action.VIEW))
    if after is not None:
        query = query.where(col(Notice.id) > after).order_by(None).order_by(col(Notice.id))
    if limit is not None:
        query = query.limit(limit)
    rungs: dict[int | None, Rung] = {rung.id: rung for rung in session.exec(select(Rung))}
    rows = session.execute(query).all()
    told: Mapping[int, ToldReceipt] = {}
    if settings is not None and by is not None:
        told = tell_receipts(session, [(row.Notice, row.Message) for row in rows], settings, by=by)
    return [
        tell_notice(notice, rungs.get(notice.rung_id), number=number, title=title, recipient=name)
        | (_receipt(told[notice.id], notice) if told else {})
        for notice, _, number, title, name in rows
    ]


def _receipt(told: ToldReceipt, notice: Notice) -> dict[str, Any]:
    return {
        "message": notice.message_id,
        "receipt": told.receipt.value,
        "receipt_name": told.receipt.label,
        "receipt_at": local(told.at) if told.at is not None else None,
        "receipt_why": told.words,
    }


def tell_notice(notice: Notice, rung: Rung | None, *, number: str, title: str, recipient: str | None) -> dict[str, Any]:
    """One notice as people read it; number and title are the item's."""
    because = why(rung, notice.role, notice.via, late=notice.late, what=notice.text)
    return {
        "id": notice.id,
        "item": number,
        "title": title,
        "rung": rung.label if rung else notice.kind.label,
        "kind": notice.kind.value,
        "recipient": recipient,
        "role": notice.role.value,
        "due_on": notice.due_on,
        "fired_on": notice.raised_on,
        "late": notice.late,
        "state": notice.state.value,
        "colour": (rung.colour if rung else Colour.NONE).value,
        "why": because + (f"；{notice.reason}" if notice.reason else ""),
    }
