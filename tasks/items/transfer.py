"""Giving an item, or several, to another unit or person (转办): it waits for a receipt again, the old receipts
stay."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.receipt import Receipt
from models.ladder.notice import NoticeKind
from models.people.organ import Department
from models.people.permission import Action, Scope
from models.people.person import Person, Post, Role, Tenure
from models.typed_text import words
from tasks.acting.perform import ActUnderWay, performing
from tasks.items.object_to import hands_in_objection, open_objection
from tasks.lists.item_line import ItemLine
from tasks.notices.tell import settle, tell
from tasks.people.people_of import holder_of, reached_by


def transfer(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    reason: str,
    department: Department | None = None,
    handler: Person | None = None,
) -> Receipt:
    """Give the item to `department`, or to `handler` in it; an open objection is upheld by that.

    A department head may choose another handler within the department only. The clock runs on; the new unit has
    its own term to sign. Raises BadInputError where nobody is named or nothing would change.
    """
    with performing(session, by, Action.TRANSFER, item, reason=reason) as deed:
        reason = words(reason, "转办理由", longest=1000)
        deed.consent(session, Action.TRANSFER, hands_in_objection(open_objection(session, item)))
        department_id, post_id = _target(session, item, department, handler, deed)
        if (department_id, post_id) == (item.department_id, item.handler_post_id):
            raise BadInputError(f"任务 {item.number} 本来就由其承办，没有变动。")
        if all(standing.scope is Scope.DEPARTMENT for standing in deed.standings):
            if department_id != item.department_id:
                raise ForbiddenError("科室负责人只能在本科室内转办；转给别的科室请提出转办异议，由督办员转办。")
            if item.state is ItemState.OBJECTED:
                raise ForbiddenError(f"任务 {item.number} 的转办异议待督办员答复，答复前不能在科室内转办。")
        before = holder_of(session, item, Role.HANDLER, by.on)
        if department_id != item.department_id and department_id is not None:
            item.lead_text = session.get_one(Department, department_id).name
        item.department_id, item.handler_post_id = department_id, post_id
        receipt = hand_on(session, deed, before)
        _uphold(session, deed, reason)
    return receipt


def hand_on(session: Session, deed: ActUnderWay, before: Person | None) -> Receipt:
    """The item, which names its new unit and handler already, is to be signed for anew.

    Whoever has it now is told, and so is whoever did it `before`.
    """
    item, by = deed.item, deed.by
    item.assignments += 1
    item.issued_on, item.signed_on = by.on, None
    deed.becomes = ItemState.ISSUED
    receipt = Receipt(
        item_id=key(item.id), assignment=item.assignments, department_id=item.department_id, issued_on=by.on
    )
    session.add(receipt)
    subject = f"transfer:{item.id}:{item.assignments}"
    tell(
        session, item, role=Role.HANDLER, kind=NoticeKind.TRANSFERRED, subject=subject,
        what=f"{by.name}将本任务转您办理，请签收", by=by,
    )  # fmt: skip
    after = reached_by(session, item, Role.HANDLER, by.on)
    if before is not None and after is not None and before.id != after.id:
        tell(
            session, item, role=Role.HANDLER, kind=NoticeKind.CHANGED, subject=f"{subject}:from",
            what=f"{by.name}将本任务转{after.name}办理，不再由您承办", by=by, person_id=before.id,
        )  # fmt: skip
    return receipt


def post_in_office(session: Session, person: Person, by: Actor, *, organ_id: int) -> Post:
    """The post by which a person handles items on the day, a handling one first. Raises BadInputError for none."""
    held = (
        select(Post)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .where(Tenure.person_id == person.id, col(Tenure.started_on) <= by.on, Post.organ_id == organ_id)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= by.on))
        .order_by(col(Post.role) != Role.HANDLER, col(Post.role) != Role.DEPARTMENT_HEAD, col(Post.id))
    )
    post = session.exec(held).first()
    if post is None or (person.left_on is not None and person.left_on < by.on):
        raise BadInputError(f"{person.name}在 {by.on} 没有在任的岗位，不能承办：岗位在“人员”中登记。")
    return post


def _target(
    session: Session, item: WorkItem, department: Department | None, handler: Person | None, deed: ActUnderWay
) -> tuple[int | None, int | None]:
    if department is None and handler is None:
        raise BadInputError(f"请写明转给哪个科室{deed.by.hint('--department')}或哪位承办人{deed.by.hint('--to')}。")
    post = post_in_office(session, handler, deed.by, organ_id=item.organ_id) if handler else None
    if department is not None and post is not None and post.department_id not in (None, department.id):
        raise BadInputError(f"{handler.name if handler else ''}不在{department.name}。")
    if department is not None:
        return department.id, post.id if post else None
    return (post.department_id or item.department_id, post.id) if post else (None, None)


def _uphold(session: Session, deed: ActUnderWay, reason: str) -> None:
    open_one = open_objection(session, deed.item)
    if open_one is not None:
        open_one.upheld, open_one.decided_by_id = True, deed.person_id
        open_one.decided_on, open_one.answer = deed.by.on, reason
        settle(session, f"objection:{open_one.id}")


@dataclass(frozen=True)
class TransferOutcome:
    """What became of one item: done, or refused and why."""

    item: ItemLine
    refused: str | None


def transfer_many(
    session: Session,
    items: Sequence[WorkItem],
    *,
    by: Actor,
    reason: str,
    department: Department | None = None,
    handler: Person | None = None,
) -> list[TransferOutcome]:
    """`tasks.items.transfer` of each item in turn, by the same rules and on record each; one entry for every item.

    In a session that only looks it tells what would become of them.
    """
    # In one order, so that two who give away overlapping selections wait for each other and not in a circle.
    outcomes = []
    for item in sorted(items, key=lambda item: key(item.id)):
        refused = None
        about = ItemLine(key(item.id), item.number, item.title)
        try:
            with session.begin_nested():
                transfer(session, item, by=by, reason=reason, department=department, handler=handler)
        except DubanError as error:
            refused = error.message
        outcomes.append(TransferOutcome(about, refused))
    return outcomes
