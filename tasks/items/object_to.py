"""Objecting to an item (转办异议): this is not ours; the supervisor gives it elsewhere or sends it back."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.errors import ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.objection import Objection
from models.ladder.notice import NoticeKind
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Role
from models.typed_text import words
from tasks.acting.consent import Hands, hands
from tasks.acting.perform import performing, policy_of
from tasks.notices.tell import tell


def object_to(session: Session, item: WorkItem, *, by: Actor, reason: str, suggested: str | None = None) -> Objection:
    """Object to having been given the item, within the policy's working days from issue, once an assignment.

    The clock runs on. Raises ForbiddenError after the term, BadInputError without a reason.
    """
    with performing(session, by, Action.OBJECT, item, reason=reason) as deed:
        check_objectable(session, item, on=by.on)
        objection = Objection(
            item_id=key(item.id),
            assignment=item.assignments,
            person_id=deed.person_id,
            for_id=deed.for_id,
            on=by.on,
            reason=words(reason, "异议理由", longest=1000),
            suggested=words(suggested, "建议的承办单位", longest=200) if suggested else None,
            recorded_at=by.now,
        )
        session.add(objection)
        deed.becomes = ItemState.OBJECTED
        session.flush()
        tell(
            session, item, role=Role.SUPERVISOR, kind=NoticeKind.APPROVAL, subject=f"objection:{objection.id}",
            what=f"{by.name}提出转办异议，待您转办或退回", by=by,
        )  # fmt: skip
    return objection


def hands_in_objection(objection: Objection | None) -> Hands:
    """Who raised it, and so does not answer it."""
    return hands([(objection.person_id, objection.for_id, "已提出本次异议")] if objection else [])


def open_objection(session: Session, item: WorkItem) -> Objection | None:
    """The objection that waits for an answer, where one does."""
    waiting = select(Objection).where(Objection.item_id == item.id, col(Objection.upheld).is_(None))
    return session.exec(waiting).first()


def check_objectable(session: Session, item: WorkItem, *, on: dt.date) -> None:
    """Raises ForbiddenError where the term to object is over, or this assignment was objected to before."""
    known = session.exec(select(Objection).where(Objection.item_id == item.id)).all()
    calendar = office_calendar(session, organ_id=item.organ_id)
    check_objections(item, known, policy_of(session, item), calendar, on=on)


def check_objections(
    item: WorkItem, known: Sequence[Objection], policy: Policy, calendar: WorkCalendar, *, on: dt.date
) -> None:
    """`check_objectable` of an item whose objections so far and whose policy are known."""
    days = policy.objection_days
    last = calendar.add(item.issued_on or on, days)
    if on > last:
        raise ForbiddenError(
            f"任务 {item.number} 于 {item.issued_on} 下达，转办异议须在 {days} 个工作日内（{last} 前含当日）提出。"
        )
    if any(objection.assignment == item.assignments for objection in known):
        raise ForbiddenError(f"任务 {item.number} 的转办异议已答复过，不能就同一次交办再提。")
