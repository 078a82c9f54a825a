"""Sending again what was given up (停发): the message waits once more, with all its tries before it."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, update

from models.actor import Actor
from models.errors import ForbiddenError
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.perform import performing_for


def resend(session: Session, message: Message, *, by: Actor) -> int:
    """Let a parked message leave with the next delivery, by its first channel; returns how many notices wait again.

    What is no longer true by then is dropped before it is sent, as ever. Raises ForbiddenError for whoever may not,
    and for a message that is not parked.
    """
    recipient = session.get_one(Person, message.recipient_id)
    with performing_for(session, by, Action.RESEND, recipient.organ_id) as record:
        session.refresh(message, with_for_update=True)
        if message.state is not SendState.PARKED:
            raise ForbiddenError(f"这封通知现为“{message.state.label}”，只有已停发的才需要重发。")
        message.state, message.attempts, message.next_try_at = SendState.WAITING, 0, by.now
        message.channel = message.channels[0]
        session.add(message)
        session.flush()
        count = _wait_again(session, col(Notice.message_id) == message.id)
        record.after = {"people": recipient.name, "rows": count}
    return count


def resend_all(session: Session, organ_id: int, *, by: Actor) -> int:
    """Let every parked message to people of the organ leave with the next delivery; returns how many.

    Raises ForbiddenError for whoever may not, and where nothing is parked.
    """
    with performing_for(session, by, Action.RESEND, organ_id) as record:
        people = select(col(Person.id)).where(Person.organ_id == organ_id)
        released = session.execute(
            update(Message)
            .where(col(Message.state) == SendState.PARKED, col(Message.recipient_id).in_(people))
            .values(
                state=SendState.WAITING, attempts=0, next_try_at=by.now, channel=col(Message.channels)[0].as_string()
            )
            .returning(col(Message.id))
        ).all()
        if not released:
            raise ForbiddenError("没有已停发的通知，不需要重发。")
        waits = select(col(Message.id)).where(Message.state == SendState.WAITING, col(Message.recipient_id).in_(people))
        count = _wait_again(session, col(Notice.message_id).in_(waits))
        record.after = {"messages": len(released), "rows": count}
    return len(released)


def count_parked(session: Session, organ_id: int) -> int:
    """How many messages to people of the organ are parked."""
    query = select(func.count(col(Message.id))).join(Person, col(Person.id) == Message.recipient_id)
    return session.exec(query.where(Person.organ_id == organ_id, Message.state == SendState.PARKED)).one()


def _wait_again(session: Session, in_message: ColumnElement[bool]) -> int:
    parked = update(Notice).where(in_message, col(Notice.state) == NoticeState.PARKED)
    again = parked.values(state=NoticeState.PENDING, reason=None).returning(col(Notice.id))
    return len(session.execute(again).all())
