"""Ending an item without its being done (终止), and withdrawing a draft (撤销)."""

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.database import key
from models.items.item import DeadlineMove, ItemState, WorkItem
from models.ladder.notice import NoticeKind
from models.people.permission import Action
from models.people.person import Role
from models.typed_text import words
from tasks.acting.perform import performing
from tasks.items.close import check_nothing_open
from tasks.ladder.arm import open_deadlines
from tasks.notices.tell import tell

_DROP = text("UPDATE notice SET state = 'dropped', reason = '任务已终止' WHERE item_id = :item AND state = 'pending'")


def cancel_item(session: Session, item: WorkItem, *, by: Actor, reason: str) -> None:
    """End the item: its days are taken back, whoever does it is told, and from today on it is missed nowhere.

    What was missed before stays. Raises ForbiddenError while a sub-item, an instruction or an extension is open.
    """
    with performing(session, by, Action.CANCEL, item, reason=reason) as deed:
        reason = words(reason, "终止理由", longest=1000)
        check_nothing_open(session, item, Action.CANCEL)
        session.execute(_DROP, {"item": item.id})
        if item.state is not ItemState.DRAFT:
            tell(
                session, item, role=Role.HANDLER, kind=NoticeKind.CHANGED, subject=f"cancel:{item.id}",
                what=f"{by.name}终止本任务，不再办理：{reason}", by=by,
            )  # fmt: skip
        for deadline in open_deadlines(session, item, every_kind=True):
            deadline.policy_id, deadline.look_on, deadline.promised, deadline.done_on = None, None, False, by.on
            session.add(
                DeadlineMove(
                    deadline_id=key(deadline.id), from_on=deadline.due_on, to_on=deadline.due_on, moved_on=by.on,
                    reason=f"取消：{reason}"[:500], person_id=by.person_id, moved_at=by.now,
                )
            )  # fmt: skip
        item.cancelled_on = by.on
        deed.becomes = ItemState.CANCELLED
