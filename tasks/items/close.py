"""Closing an item (办结、销号), or one turn of a recurring one: asked for, reviewed level by level, accepted.

Done counts as of the day it was asked for, if it is accepted; a request that is returned counts for nothing but
the counter of returns.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.evidence import Evidence, EvidenceState
from models.items.extension import Extension, ExtensionState
from models.items.instruction import Instruction, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.lifecycle import OVER
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.sufficiency import EvidencePiece, shortfall
from models.ladder.notice import NoticeKind
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Person, Role
from models.typed_text import words
from tasks.acting.consent import Hands, hands
from tasks.acting.perform import ActUnderWay, check_level, performing, policy_of
from tasks.items.object_to import hands_in_objection
from tasks.ladder.arm import refresh_due
from tasks.notices.tell import role_to_ask, settle, tell


@dataclass(frozen=True)
class Closure:
    """What an acceptance did: whether it was the last level's, the day settled, on time or not, what is next."""

    number: str
    state: ItemState
    due_on: dt.date | None
    done_on: dt.date
    on_time: bool
    next_due_on: dt.date | None


def request_close(
    session: Session, item: WorkItem, *, by: Actor, statement: str, whole: bool = False
) -> ClosureRequest:
    """Ask for the item's closure, or for that of the earliest open turn of a recurring one unless `whole`.

    The ladder is quiet while the request waits. Raises ForbiddenError while sub-items, instructions or an extension
    are open, BadInputError for a day before the item's start.
    """
    with performing(session, by, Action.REQUEST_CLOSE, item) as deed:
        check_nothing_open(session, item, Action.REQUEST_CLOSE)
        if item.start_on is not None and by.on < item.start_on:
            raise BadInputError(f"任务 {item.number} 从 {item.start_on} 开始，不能在 {by.on} 申请办结。")
        settled, turn = _to_settle(session, item, whole=whole)
        request = ClosureRequest(
            item_id=key(item.id),
            deadline_id=turn.id if turn else None,
            person_id=deed.person_id,
            for_id=deed.for_id,
            on=by.on,
            recorded_at=by.now,
            statement=words(statement, "办结情况", longest=2000),
            levels=policy_of(session, item).closure_levels,
        )
        session.add(request)
        for deadline in settled:
            deadline.claimed_on, deadline.policy_id, deadline.look_on = by.on, None, None
            deadline.promised = False
        deed.becomes = ItemState.REQUESTED
        session.flush()
        _ask(session, item, request, by, without=hands_in_closure(request, ()))
    return request


def accept(
    session: Session, item: WorkItem, *, by: Actor, waive: str | None = None, comment: str | None = None
) -> Closure:
    """Pass the request at the level whose turn it is; the last level closes the item (销号) or its turn.

    It rests on the evidence that the rule of the item's class asks for, or on `waive`: a reason, kept with the name
    of whoever waived. Raises ForbiddenError that says what is missing, or what was opened since it was asked for.
    """
    with performing(session, by, Action.ACCEPT, item, reason=waive or comment) as deed:
        waive = words(waive, "免证理由", longest=1000) if waive is not None else None
        comment = words(comment, "审核意见", longest=1000) if comment else None
        check_nothing_open(session, item, Action.ACCEPT)
        request = pending_request(session, item)
        _review(session, deed, request, passed=True, comment=comment or waive)
        _rest_on_evidence(session, deed, request, waive)
        request.level += 1
        if request.level < len(request.levels):
            deed.becomes = ItemState.REVIEWED
            _ask(session, item, request, by, without=hands_in_closure(request, _reviews(session, request)))
            return Closure(item.number, ItemState.REVIEWED, item.due_on, request.on, _in_time(session, item), None)
        return _settle(session, deed, request)


def send_back(session: Session, item: WorkItem, *, by: Actor, reason: str) -> None:
    """Return (退回) what waits for review, with a reason: a request for closure, counted; or an objection.

    The ladder goes on where the item's days say it is.
    """
    with performing(session, by, Action.RETURN, item, reason=reason) as deed:
        reason = words(reason, "退回理由", longest=1000)
        if item.state is ItemState.OBJECTED:
            _dismiss(session, deed, reason)
            return
        request = pending_request(session, item)
        _review(session, deed, request, passed=False, comment=reason)
        request.state = ClosureState.RETURNED
        take_up_again(session, item, by)
        item.returns += 1
        deed.becomes = ItemState.ACTIVE
        tell(
            session, item, role=Role.HANDLER, kind=NoticeKind.RETURNED, subject=f"closure:{request.id}:answer",
            what=f"{by.name}退回办结申请：{reason}", by=by, person_id=request.person_id,
        )  # fmt: skip


def take_up_again(session: Session, item: WorkItem, by: Actor) -> None:
    """The ladder of what was claimed as done goes on, from the day on which it turned out not to be."""
    plan = session.get_one(AnnualPlan, item.plan_id)
    for deadline in _claimed(session, item):
        deadline.claimed_on, deadline.policy_id, deadline.look_on = None, plan.policy_id, by.on


def reopen(session: Session, item: WorkItem, *, by: Actor, reason: str, due_on: dt.date) -> Deadline:
    """Open a closed item again with a new day; what was late, returned or extended stays on record.

    Raises BadInputError for a day that is not to come, or that the item had already.
    """
    with performing(session, by, Action.REOPEN, item, reason=reason) as deed:
        words(reason, "重开理由", longest=1000)
        parent = session.get(WorkItem, item.parent_id) if item.parent_id else None
        if parent is not None and parent.state in OVER:
            way = f"：请先重开任务 {parent.number}" if parent.state is ItemState.CLOSED else "，不能重开"
            raise ForbiddenError(f"任务 {item.number} 的上级任务{parent.state.label}{way}。")
        if due_on <= by.on:
            raise BadInputError(f"新时限 {due_on} 不可用：应晚于 {by.on}。")
        had = select(Deadline).where(Deadline.item_id == item.id, Deadline.kind == DeadlineKind.FINAL)
        if session.exec(had.where(Deadline.original_due_on == due_on)).first() is not None:
            raise BadInputError(f"任务 {item.number} 曾以 {due_on} 为时限，请另定一天。")
        plan = session.get_one(AnnualPlan, item.plan_id)
        deadline = Deadline(
            item_id=key(item.id),
            kind=DeadlineKind.FINAL,
            due_on=due_on,
            original_due_on=due_on,
            policy_id=plan.policy_id,
            look_on=by.on,
        )
        session.add(deadline)
        item.first_closed_on = item.first_closed_on or item.closed_on
        item.closed_on = None
        item.reopenings += 1
        item.percent = min(item.percent, 99)
        deed.becomes = ItemState.ACTIVE
        refresh_due(session, item)
        tell(
            session, item, role=Role.HANDLER, kind=NoticeKind.RETURNED, subject=f"reopen:{item.id}:{item.reopenings}",
            what=f"{by.name}重开任务，新的时限 {due_on}：{reason}", by=by,
        )  # fmt: skip
    return deadline


def pending_request(session: Session, item: WorkItem) -> ClosureRequest:
    """The request that waits for review."""
    return session.exec(
        select(ClosureRequest).where(ClosureRequest.item_id == item.id, ClosureRequest.state == ClosureState.PENDING)
    ).one()


def check_nothing_open(session: Session, item: WorkItem, action: Action) -> None:
    """Raises ForbiddenError that names the sub-items, instructions or extension still open."""
    children = session.exec(
        select(WorkItem.number)
        .where(WorkItem.parent_id == item.id, col(WorkItem.state).not_in(OVER))
        .order_by(col(WorkItem.id))
    ).all()
    if children:
        raise ForbiddenError(f"任务 {item.number} 的子任务 {'、'.join(children)} 尚未销号，不能{action.label}。")
    instructions = session.exec(
        select(func.count(col(Instruction.id))).where(
            Instruction.item_id == item.id, Instruction.state != InstructionState.CLOSED
        )
    ).one()
    if instructions:
        raise ForbiddenError(f"任务 {item.number} 还有 {instructions} 件批示未办结，不能{action.label}。")
    asked = select(Extension).where(Extension.item_id == item.id, Extension.state == ExtensionState.PENDING)
    if (waits := session.exec(asked).first()) is not None:
        raise ForbiddenError(f"任务 {item.number} 有待审批的{waits.called}，请等批复后再{action.label}。")


def _to_settle(session: Session, item: WorkItem, *, whole: bool) -> tuple[list[Deadline], Deadline | None]:
    """The open deadlines a closure settles, and the turn where it is only one of several."""
    open_ones = session.exec(
        select(Deadline)
        .where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    ).all()
    turns = [deadline for deadline in open_ones if deadline.kind is DeadlineKind.OCCURRENCE]
    if len(turns) > 1 and not whole:
        return turns[:1], turns[0]
    return list(open_ones), None


def _claimed(session: Session, item: WorkItem) -> Sequence[Deadline]:
    return session.exec(
        select(Deadline).where(
            Deadline.item_id == item.id, col(Deadline.claimed_on).is_not(None), col(Deadline.done_on).is_(None),
            # What an answer to an instruction claims is the leader's to settle.
            Deadline.kind != DeadlineKind.INSTRUCTION,
        ).order_by(col(Deadline.due_on), col(Deadline.id))
    ).all()  # fmt: skip


def _review(session: Session, deed: ActUnderWay, request: ClosureRequest, *, passed: bool, comment: str | None) -> None:
    """Put on record what this level says. Raises ForbiddenError where it is not the actor's turn."""
    action = Action.ACCEPT if passed else Action.RETURN
    done = hands_in_closure(request, _reviews(session, request))
    check_level(session, deed, action, request.levels, request.level, done=done)
    session.add(
        ClosureReview(
            request_id=key(request.id),
            level=request.level + 1,
            person_id=deed.person_id,
            for_id=deed.for_id,
            passed=passed,
            comment=comment,
            on=deed.by.on,
            recorded_at=deed.by.now,
        )
    )
    settle(session, f"closure:{request.id}:{request.level}")


def _reviews(session: Session, request: ClosureRequest) -> Sequence[ClosureReview]:
    """What was decided on the request so far."""
    session.flush()
    return session.exec(select(ClosureReview).where(ClosureReview.request_id == request.id)).all()


def hands_in_closure(request: ClosureRequest, reviews: Sequence[ClosureReview]) -> Hands:
    """Who asked for it, and who reviewed it at the levels before: none of them decides on it now."""
    asked = (request.person_id, request.for_id, "已提出本次申请")
    return hands([asked, *((one.person_id, one.for_id, f"已办理第 {one.level} 级") for one in reviews)])


def _rest_on_evidence(session: Session, deed: ActUnderWay, request: ClosureRequest, waive: str | None) -> None:
    item = deed.item
    pieces = _evidence(session, item)
    missing = lacking(item, policy_of(session, item), pieces, on=request.on)
    if waive is not None:
        request.waiver, request.waived_by_id, request.waived_by = waive, deed.person_id, deed.by.name
    elif missing and request.waiver is None:
        raise ForbiddenError(
            f"任务 {item.number}（{item.importance.label}）佐证材料不足：{missing}。请退回补充，或写明免证理由"
            f"{deed.by.hint('--waive')}。"
        )
    request.evidence = [key(piece.id) for piece in _counting(item, pieces, request.on)]


def missing_evidence(session: Session, item: WorkItem, *, on: dt.date) -> str:
    """What an issued item still lacks to be closed on the day, in words; empty where its class's rule is met."""
    return lacking(item, policy_of(session, item), _evidence(session, item), on=on)


def lacking(item: WorkItem, policy: Policy, pieces: Sequence[Evidence], *, on: dt.date) -> str:
    """`missing_evidence` of an item whose policy and whose evidence are known."""
    rule = policy.evidence_rules.get(item.importance.value, {})
    return shortfall(rule, [EvidencePiece(piece.category) for piece in _counting(item, pieces, on)])


def _evidence(session: Session, item: WorkItem) -> Sequence[Evidence]:
    return session.exec(select(Evidence).where(Evidence.item_id == item.id).order_by(col(Evidence.id))).all()


def _counting(item: WorkItem, pieces: Sequence[Evidence], on: dt.date) -> list[Evidence]:
    # What proved one turn of a recurring item proves nothing about the next.
    taken_up = {EvidenceState.SUBMITTED} if item.recurrence else {EvidenceState.SUBMITTED, EvidenceState.ACCEPTED}
    return [
        piece for piece in pieces if piece.state in taken_up and (piece.expires_on is None or piece.expires_on >= on)
    ]


def _settle(session: Session, deed: ActUnderWay, request: ClosureRequest) -> Closure:
    item, by = deed.item, deed.by
    request.state = ClosureState.ACCEPTED
    settled = _claimed(session, item)
    ends = [deadline.due_on for deadline in settled if deadline.kind is not DeadlineKind.MILESTONE]
    on_time = all(request.on <= end for end in ends)
    plan = session.get_one(AnnualPlan, item.plan_id)
    for deadline in settled:
        # The policy comes back with it: what was done is counted under the ladder it ran by.
        deadline.done_on, deadline.policy_id = request.on, plan.policy_id
    for piece in session.exec(select(Evidence).where(col(Evidence.id).in_(request.evidence))):
        piece.state = EvidenceState.ACCEPTED
    left = session.exec(
        select(col(Deadline.due_on))
        .where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
        .where(Deadline.kind != DeadlineKind.MILESTONE)
        .order_by(col(Deadline.due_on))
    ).first()
    if request.deadline_id is None:
        deed.becomes = ItemState.CLOSED
        item.closed_on, item.percent = request.on, 100
        item.first_closed_on = item.first_closed_on or request.on
    else:
        deed.becomes = ItemState.ACTIVE
    session.flush()
    refresh_due(session, item)
    tell(
        session, item, role=Role.HANDLER, kind=NoticeKind.ANSWER, subject=f"closure:{request.id}:answer",
        what=f"{by.name}审核，办结申请已通过", by=by, person_id=request.person_id,
        deadline_id=settled[0].id if settled else None,
    )  # fmt: skip
    return Closure(item.number, deed.becomes, ends[-1] if ends else item.due_on, request.on, on_time, left)


def _dismiss(session: Session, deed: ActUnderWay, reason: str) -> None:
    objection = session.exec(
        select(Objection).where(Objection.item_id == deed.item.id, col(Objection.upheld).is_(None))
    ).one()
    deed.consent(session, Action.RETURN, hands_in_objection(objection))
    objection.upheld, objection.decided_by_id = False, deed.person_id
    objection.decided_on, objection.answer = deed.by.on, reason
    deed.becomes = ItemState.ISSUED
    settle(session, f"objection:{objection.id}")
    tell(
        session, deed.item, role=Role.HANDLER, kind=NoticeKind.RETURNED, subject=f"objection:{objection.id}:answer",
        what=f"{deed.by.name}未采纳转办异议：{reason}", by=deed.by, person_id=objection.person_id,
    )  # fmt: skip


def _in_time(session: Session, item: WorkItem) -> bool:
    """As `_settle` will judge it: by the item's own days, not by the stages on the way."""
    ends = (one for one in _claimed(session, item) if one.kind is not DeadlineKind.MILESTONE)
    return all(one.claimed_on <= one.due_on for one in ends if one.claimed_on)


def _ask(session: Session, item: WorkItem, request: ClosureRequest, by: Actor, *, without: Collection[int]) -> None:
    role = role_to_ask(session, item, request.levels[request.level], on=by.on, without=without)
    asks = session.get(Person, request.person_id) if request.person_id is not None else None
    tell(
        session, item, role=role, kind=NoticeKind.APPROVAL,
        subject=f"closure:{request.id}:{request.level}", deadline_id=request.deadline_id, by=by,
        what=f"{asks.name if asks else ''}申请办结，待您审核：{request.statement}",
    )  # fmt: skip
