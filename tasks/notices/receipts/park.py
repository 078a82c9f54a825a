"""Parking a message by hand (停发): a person keeps it from leaving, with a reason that its recipient reads too."""

from sqlmodel import Session, col, update

from models.actor import Actor
from models.database import key
from models.errors import ForbiddenError
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import words
from tasks.acting.perform import performing_for


def park(session: Session, message: Message, *, reason: str, by: Actor) -> int:
    """Keep a message that waits from leaving; returns how many notices stay in the system alone, to be sent again.

    One that left by another channel already stays sent. Raises ForbiddenError for whoever may not, and for a message
    that does not wait; BadInputError for an empty reason.
    """
    recipient = session.get_one(Person, message.recipient_id)
    with performing_for(session, by, Action.PARK, recipient.organ_id, reason=reason) as record:
        reason = words(reason, "理由", longest=200)
        session.refresh(message, with_for_update=True)
        if message.state is not SendState.WAITING:
            raise ForbiddenError(f"这封通知现为“{message.state.label}”，只有待发送的才能停发。")
        message.state = SendState.PARKED if message.sent_at is None else SendState.SENT
        session.add(message)
        kept = session.execute(
            update(Notice)
            .where(col(Notice.message_id) == key(message.id), col(Notice.state) == NoticeState.PENDING)
            .values(state=NoticeState.PARKED, reason=f"{by.name}停发：{reason}")
            .returning(col(Notice.id))
        ).all()
        record.after = {"people": recipient.name, "rows": len(kept)}
    return len(kept)
