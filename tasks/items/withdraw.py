"""Taking back one's own request (撤回申请) before anybody has looked at it: a closure, an extension or adjustment, an
objection."""

from sqlmodel import Session, select

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.closure import ClosureRequest, ClosureState
from models.items.extension import Extension, ExtensionState
from models.items.item import ItemState, WorkItem
from models.items.objection import Objection
from models.people.permission import Action
from models.typed_text import words
from tasks.acting.perform import ActUnderWay, performing
from tasks.items.close import take_up_again
from tasks.items.extend import pending_extension
from tasks.items.object_to import open_objection
from tasks.notices.tell import settle

Request = ClosureRequest | Extension | Objection
BY_ITSELF = "本人撤回"


def withdraw(session: Session, item: WorkItem, *, by: Actor, reason: str) -> Request:
    """Take back what one asked for oneself or in another's place; it counts for nothing, and the clock runs on.

    Raises ForbiddenError where nothing of one's own waits, or where somebody has decided at its first level.
    """
    with performing(session, by, Action.WITHDRAW, item, reason=reason) as deed:
        words(reason, "撤回理由", longest=1000)
        request = withdrawable(open_requests(session, item), item, by)
        match request:
            case ClosureRequest():
                request.state, request.taken_back_on = ClosureState.WITHDRAWN, by.on
                settle(session, f"closure:{request.id}:0")
                take_up_again(session, item, by)
                deed.becomes = ItemState.ACTIVE
            case Extension():
                request.state, request.taken_back_on = ExtensionState.WITHDRAWN, by.on
                settle(session, f"{request.subject}:0")
            case Objection():
                _answer_oneself(session, deed, request)
    return request


def open_requests(session: Session, item: WorkItem) -> list[Request]:
    """What waits for somebody's answer about the item."""
    closures = select(ClosureRequest).where(
        ClosureRequest.item_id == item.id, ClosureRequest.state == ClosureState.PENDING
    )
    others = (pending_extension(session, item), open_objection(session, item))
    return [*session.exec(closures), *(one for one in others if one is not None)]


def withdrawable(waiting: list[Request], item: WorkItem, by: Actor) -> Request:
    """The one of the requests that `by` may take back. Raises ForbiddenError that says why there is none."""
    own = [one for one in waiting if by.person_id is not None and by.person_id in (one.person_id, one.for_id)]
    if not own:
        raise ForbiddenError(f"任务 {item.number} 没有您本人提出、还在等待答复的申请，不能撤回。")
    untouched = [one for one in own if isinstance(one, Objection) or one.level == 0]
    if not untouched:
        raise ForbiddenError(f"任务 {item.number} 的申请已经有人办理第 1 级，不能撤回：请等答复。")
    return untouched[0]


def _answer_oneself(session: Session, deed: ActUnderWay, objection: Objection) -> None:
    objection.upheld, objection.decided_by_id = False, deed.person_id
    objection.decided_on, objection.answer = deed.by.on, BY_ITSELF
    settle(session, f"objection:{objection.id}")
    deed.becomes = ItemState.ISSUED
