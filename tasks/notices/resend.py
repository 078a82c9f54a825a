"""Sending again what was given up (搁置): the digest waits once more, with all its tries before it."""

from sqlmodel import Session, col, select, update

from models.actor import Actor
from models.errors import ForbiddenError, NotFoundError
from models.ladder.notice import Digest, DigestState, Notice, NoticeState
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.perform import performing_for


def find_digest(session: Session, number: int) -> Digest:
    """The digest with this number. Raises NotFoundError."""
    found = session.get(Digest, number)
    if found is None:
        raise NotFoundError("没有这封通知,或者它不在您的查看范围内。")
    return found


def resend(session: Session, digest: Digest, *, by: Actor) -> int:
    """Let a parked digest leave with the next delivery; returns how many notices wait again.

    What is no longer true by then is dropped before it is sent, as ever. Raises ForbiddenError for whoever may not,
    and for a digest that is not parked.
    """
    recipient = session.get_one(Person, digest.recipient_id)
    with performing_for(session, by, Action.RESEND, recipient.organ_id) as record:
        session.refresh(digest, with_for_update=True)
        if digest.state is not DigestState.PARKED:
            raise ForbiddenError(f"这封通知现为“{digest.state.label}”,只有已搁置的才需要重发。")
        digest.state, digest.attempts, digest.next_try_at = DigestState.WAITING, 0, by.now
        session.add(digest)
        parked = select(Notice.id).where(Notice.digest_id == digest.id, Notice.state == NoticeState.PARKED)
        ids = session.exec(parked).all()
        session.execute(update(Notice).where(col(Notice.id).in_(ids)).values(state=NoticeState.PENDING, reason=None))
        record.after = {"people": recipient.name, "rows": len(ids)}
    return len(ids)
