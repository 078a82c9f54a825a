"""Asking departments for their opinion on a version (征求意见), their replies, and what becomes of them."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ConflictError, NotFoundError
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.ladder.notice import NoticeKind
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Role
from models.report.filing import Filing, FilingAct
from models.report.filing_rows import Adoption, Consultation
from models.typed_text import words_or_none
from tasks.acting.authorize import authorize_department
from tasks.items.sign import open_receipts
from tasks.notices.tell import tell
from tasks.report.desk.at_desk import unmarked
from tasks.report.filing.deadlines import watched_item
from tasks.report.filing.step import step


def ask_opinions(
    session: Session, filing: Filing, departments: Sequence[Department], *, due_on: dt.date, by: Actor
) -> list[Consultation]:
    """Ask these departments for their opinion by a day; each owes it once at a time.

    Where the year's list has an issued item for the report, each department gets a sub-item of it: an ordinary one,
    with ordinary reminders. Raises BadInputError, ConflictError for one that was asked and has not replied.
    """
    if not departments:
        raise BadInputError("请至少选择一个科室。")
    if due_on < by.on:
        raise BadInputError(f"反馈时限 {due_on} 已经过去：应不早于 {by.on}。")
    with step(session, filing, FilingAct.CONSULT, by=by) as taken:
        open_ones = {one.department_id for one in consultations_of(session, filing) if one.open}
        parent = watched_item(session, filing.organ_id, filing.year)
        made = []
        for department in dict.fromkeys(key(one.id) for one in departments):
            asked = session.get_one(Department, department)
            if asked.organ_id != filing.organ_id:
                raise BadInputError(f"“{asked.name}”不是本单位的科室。")
            if department in open_ones:
                raise ConflictError(f"已向{asked.name}征求意见，尚未反馈。")
            item = _sub_item(session, parent, filing, asked, due_on, by) if parent else None
            one = Consultation(
                filing_id=key(filing.id), department_id=department, report_id=key(filing.report_id),
                item_id=item.id if item else None, consulted_on=by.on, asked_by_id=taken.person_id, due_on=due_on,
            )  # fmt: skip
            session.add(one)
            made.append(one)
            if item is not None:
                _tell_department(session, item, filing, due_on, by)
        names = [session.get_one(Department, one.department_id).name for one in made]
        taken.about = f"{'、'.join(names)}，{due_on} 前反馈"
        session.flush()
    return made


def opine(
    session: Session, filing: Filing, department: Department, *, by: Actor, opinion: str | None = None
) -> Consultation:
    """Reply for a department; without an `opinion` it has no objection. Its sub-item is done.

    Raises ForbiddenError for whoever is not of the department, NotFoundError where it was not asked, or replied.
    """
    standing = authorize_department(session, by, Action.REPORT_OPINE, department)
    said = words_or_none(opinion, "意见", longest=2000)
    with step(session, filing, FilingAct.OPINE, by=by, standing=standing, reason=said or "无意见") as taken:
        one = _owed(session, filing, department)
        taken.about = department.name
        one.opinion, one.replied_on = unmarked(said) if said else None, by.on
        one.person_id, one.for_id = taken.person_id, taken.for_id
        _done(session, one, by, person_id=taken.person_id)
    return one


def settle_opinion(
    session: Session,
    filing: Filing,
    consultation_id: int,
    *,
    adoption: Adoption,
    by: Actor,
    reason: str | None = None,
) -> Consultation:
    """Say what became of an opinion; one not taken up whole needs a reason. It may be said anew until it goes on.

    Raises NotFoundError, BadInputError.
    """
    why = words_or_none(reason, "说明", longest=1000)
    if adoption is not Adoption.YES and why is None:
        raise BadInputError(f"{adoption.label}的，请写明理由。")
    with step(session, filing, FilingAct.SETTLE, by=by, reason=why) as taken:
        one = session.get(Consultation, consultation_id)
        if one is None or one.filing_id != filing.id:
            raise NotFoundError("没有这条征求意见。")
        name = session.get_one(Department, one.department_id).name
        if one.opinion is None:
            raise BadInputError(f"{name}{'没有提出意见' if one.replied_on else '尚未反馈意见'}，无须处理。")
        one.adoption, one.reason = adoption, why
        one.settled_on, one.settled_by_id = by.on, taken.person_id
        taken.about = f"{name}：{adoption.label}"
    return one


def waive(session: Session, consultations: Sequence[Consultation], reason: str, *, by: Actor) -> None:
    """Wait no longer for these: said inside the act that goes on without them. Their sub-items end that day."""
    for one in consultations:
        one.waived_on, one.reason = by.on, reason
        _done(session, one, by)


def consultations_of(session: Session, filing: Filing) -> list[Consultation]:
    """Every department asked, in the order in which they were."""
    query = select(Consultation).where(Consultation.filing_id == filing.id).order_by(col(Consultation.id))
    return list(session.exec(query))


def _owed(session: Session, filing: Filing, department: Department) -> Consultation:
    mine = [one for one in consultations_of(session, filing) if one.department_id == department.id]
    for one in mine:
        if one.open:
            return one
    if mine and mine[-1].replied_on is not None:
        raise ConflictError(f"{department.name}已于 {mine[-1].replied_on} 反馈意见。")
    raise NotFoundError(f"没有向{department.name}征求 {filing.year} 年度报告的意见。")


def _sub_item(
    session: Session, parent: WorkItem, filing: Filing, department: Department, due_on: dt.date, by: Actor
) -> WorkItem:
    """As `tasks.items.split` gives one to a cooperating unit: issued at once, on the ladder of the plan."""
    given = set(session.exec(select(WorkItem.number).where(WorkItem.plan_id == parent.plan_id)))
    place = 1
    while f"{parent.number}-{place}" in given:
        place += 1
    item = WorkItem(
        plan_id=parent.plan_id, organ_id=parent.organ_id, project_id=parent.project_id, parent_id=parent.id,
        number=f"{parent.number}-{place}", title=f"反馈{filing.year}年度报告意见（{department.name}）",
        department_id=department.id, lead_text=department.name, leader_post_id=parent.leader_post_id, due_on=due_on,
        importance=parent.importance, state=ItemState.ISSUED, issued_on=by.on,
    )  # fmt: skip
    session.add(item)
    session.flush()
    policy_id = session.get_one(AnnualPlan, parent.plan_id).policy_id
    session.add(
        Deadline(
            item_id=key(item.id), kind=DeadlineKind.FINAL, due_on=due_on, original_due_on=due_on, policy_id=policy_id,
            look_on=by.on,
        )
    )  # fmt: skip
    session.add(Receipt(item_id=key(item.id), assignment=1, department_id=department.id, issued_on=by.on))
    session.flush()
    return item


def _tell_department(session: Session, item: WorkItem, filing: Filing, due_on: dt.date, by: Actor) -> None:
    tell(
        session, item, role=Role.DEPARTMENT_HEAD, kind=NoticeKind.APPROVAL, subject=f"consult:{item.id}",
        what=f"请于 {due_on} 前反馈对{filing.year}年度报告的意见", by=by,
    )  # fmt: skip


def _done(session: Session, one: Consultation, by: Actor, *, person_id: int | None = None) -> None:
    """The sub-item of a consultation ends: its day is met, and whoever replied took it on as well."""
    if one.item_id is None:
        return
    item = session.get_one(WorkItem, one.item_id)
    if item.state is ItemState.CLOSED:
        return
    item.state, item.closed_on, item.percent = ItemState.CLOSED, by.on, 100
    item.first_closed_on = item.first_closed_on or by.on
    for deadline in session.exec(select(Deadline).where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))):
        deadline.done_on = by.on
    if person_id is not None:
        item.signed_on = item.signed_on or by.on
        for receipt in open_receipts(session, item):
            receipt.person_id, receipt.signed_on, receipt.signed_at = person_id, by.on, by.now
    session.flush()
    session.execute(
        text("UPDATE notice SET state = 'dropped', reason = '已处理' WHERE item_id = :item AND state = 'pending'"),
        {"item": item.id},
    )
