"""Finding a message by its number, for those who may read it."""

from sqlmodel import Session

from models.actor import Actor
from models.errors import NotFoundError
from models.ladder.message import Message
from models.people.person import Person
from tasks.notices.browse_notices import oversees_notices


def read_message(session: Session, number: int, *, by: Actor) -> tuple[Message, Person]:
    """The message with this number, and whom it is for. Raises NotFoundError for one that `by` may not know of."""
    found = session.get(Message, number)
    if found is not None:
        recipient = session.get_one(Person, found.recipient_id)
        if recipient.id == by.person_id or oversees_notices(session, recipient.organ_id, by=by):
            return found, recipient
    raise NotFoundError("没有这封通知，或者它不在您的查看范围内。")
