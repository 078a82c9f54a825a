"""Sending again what was given up (搁置): the message waits once more, with all its tries before it."""

from sqlmodel import Session, col, select, update

from models.actor import Actor
from models.errors import ForbiddenError, NotFoundError
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.perform import performing_for


def find_message(session: Session, number: int) -> Message:
    """The message with this number. Raises NotFoundError."""
    found = session.get(Message, number)
    if found is None:
        raise NotFoundError("没有这封通知,或者它不在您的查看范围内。")
    return found


def resend(session: Session, message: Message, *, by: Actor) -> int:
    """Let a parked message leave with the next delivery; returns how many notices wait again.

    What is no longer true by then is dropped before it is sent, as ever. Raises ForbiddenError for whoever may not,
    and for a message that is not parked.
    """
    recipient = session.get_one(Person, message.recipient_id)
    with performing_for(session, by, Action.RESEND, recipient.organ_id) as record:
        session.refresh(message, with_for_update=True)
        if message.state is not SendState.PARKED:
            raise ForbiddenError(f"这封通知现为“{message.state.label}”,只有已搁置的才需要重发。")
        message.state, message.attempts, message.next_try_at = SendState.WAITING, 0, by.now
        session.add(message)
        parked = select(Notice.id).where(Notice.message_id == message.id, Notice.state == NoticeState.PARKED)
        ids = session.exec(parked).all()
        session.execute(update(Notice).where(col(Notice.id).in_(ids)).values(state=NoticeState.PENDING, reason=None))
        record.after = {"people": recipient.name, "rows": len(ids)}
    return len(ids)
