"""Looking at what one was told: the notices that a page opens count as read by their recipient."""

from duban.web.visit import Visit
from models.database import key
from tasks.notices.receipts.mark_read import any_unread, mark_read

HEAD = "duban.head"
"""What the scope of a request has that asked for the head of a page alone (`duban.web.app.Heads`)."""


def is_looked_at(visit: Visit) -> bool:
    """Whether somebody looks at the page: not where a browser fetches it beforehand, or its head is all that was
    asked for."""
    if HEAD in visit.request.scope:
        return False
    headers = visit.request.headers
    return "prefetch" not in headers.get("sec-purpose", headers.get("purpose", ""))


def mark_seen(visit: Visit, *, notice: int | None = None, message: int | None = None) -> None:
    """Mark the person's own unread notices, before the page is made: one, or those in a message."""
    person = key(visit.person.id)
    with visit.reading() as session:
        if not is_looked_at(visit) or not any_unread(session, person, notice=notice, message=message):
            return
    with visit.writing() as session:
        mark_read(session, person, at=visit.now, notice=notice, message=message)
