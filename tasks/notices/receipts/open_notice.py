"""Opening a notice by its number: whom it is for, and where its next step is taken."""

from sqlmodel import Session

from models.actor import Actor
from models.errors import NotFoundError
from models.items.item import WorkItem
from models.ladder.notice import Notice
from models.people.permission import Action
from tasks.acting.authorize import standings
from tasks.notices.browse_notices import oversees_notices
from tasks.notices.gather_lines import action_path


def find_notice(session: Session, number: int, *, by: Actor) -> Notice:
    """The notice with this number. Raises NotFoundError for one that `by` may not know of."""
    found = session.get(Notice, number)
    if found is not None:
        organ_id = session.get_one(WorkItem, found.item_id).organ_id
        if found.recipient_id == by.person_id or oversees_notices(session, organ_id, by=by):
            return found
    raise NotFoundError("没有这条通知，或者它不在您的查看范围内。")


def leads_to(session: Session, notice: Notice, *, by: Actor) -> str:
    """The page to which the link of a notice leads: its recipient to the next step, others to the item; where the
    matter is another's by now, what was sent.
    """
    if standings(session, by, Action.READ, session.get_one(WorkItem, notice.item_id)):
        mine = notice.recipient_id == by.person_id
        return action_path(session, notice, on=by.on) if mine else f"/items/{notice.item_id}"
    return "/notices" if notice.message_id is None else f"/notices/{notice.message_id}"
