"""Extensions (延期): asked for before the due day, decided level by level, each with a concrete day; and adjustments
(调整时限) by the supervisor that the policy has approved the same way."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.items.evidence import Evidence
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.item import Deadline, DeadlineKind, MoveCause, WorkItem
from models.ladder.notice import NoticeKind
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Person, Role
from models.typed_text import words
from tasks.acting.consent import Hands, hands
from tasks.acting.perform import ActUnderWay, check_level, performing, policy_of
from tasks.ladder.arm import drop_waiting, move_deadline, open_deadlines, reschedule
from tasks.notices.tell import role_to_ask, settle, tell
from tasks.trail.tell_entry import EDITED


def extend(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    to: dt.date,
    reason: str,
    progress: str,
    evidence: Sequence[int] = (),
    late: bool = False,
) -> Extension:
    """Ask to move the item's next day to `to`, with reason, progress so far and pieces of evidence (ids).

    Asked for before the due day. On that day or after it only with `late`, and recorded so: the miss of the
    original day stays. Raises ForbiddenError beyond the policy's limit or while another request is open.
    """
    with performing(session, by, Action.EXTEND, item, reason=reason) as deed:
        deadline = current_deadline(session, item)
        is_late = by.on >= deadline.due_on
        if is_late and not late:
            raise ForbiddenError(
                f"任务 {item.number} 的时限 {deadline.due_on} 已到，延期须在到期前申请。"
                f"确需补办的请注明是逾期申请{by.hint('--late')}：如实记录，考核仍按原时限。"
            )
        if to <= max(deadline.due_on, by.on):
            raise BadInputError(f"新时限 {to} 不可用：应晚于原时限 {deadline.due_on} 和申请日 {by.on}。")
        check_extendable(session, item)
        _check_evidence(session, item, evidence)
        return _ask_for(
            session,
            deed,
            deadline,
            proposed_on=to,
            reason=words(reason, "延期原因", longest=1000),
            progress=words(progress, "目前进展", longest=2000),
            evidence=list(evidence),
            late=is_late,
            levels=policy_of(session, item).extension_levels,
        )


def ask_to_adjust(
    session: Session, deed: ActUnderWay, values: Mapping[str, Any], changes: Sequence[str], reason: str
) -> Extension:
    """Ask to set the item's own days as `values` has them by column; `changes` says so in words.

    For whoever has checked that they may be set (`tasks.items.edit_item.check_day`). The days stay until the last
    level of the policy approved.
    """
    deadline = current_deadline(session, deed.item)
    return _ask_for(
        session,
        deed,
        deadline,
        proposed_on=values.get("due_on") or deadline.due_on,
        reason=words(reason, "调整理由", longest=1000),
        progress="",
        levels=policy_of(session, deed.item).adjustment_levels,
        adjusts={name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()},
        changes=list(changes),
    )


def _ask_for(session: Session, deed: ActUnderWay, deadline: Deadline, **asked: Any) -> Extension:
    """Put the request to move the deadline's day on record, and before whoever decides first."""
    item, by = deed.item, deed.by
    request = Extension(
        item_id=key(item.id),
        deadline_id=key(deadline.id),
        person_id=deed.person_id,
        for_id=deed.for_id,
        on=by.on,
        recorded_at=by.now,
        from_on=deadline.due_on,
        **asked,
    )
    session.add(request)
    session.flush()
    _ask(session, item, request, by, without={request.person_id, request.for_id})
    return request


def set_days(session: Session, item: WorkItem, values: Mapping[str, Any], reason: str, by: Actor) -> None:
    """Set columns of the item that say when it is due, move its deadlines and drop what waits for the old days."""
    for column, value in values.items():
        setattr(item, column, value)
    before = {key(row.id): row.due_on for row in open_deadlines(session, item)}
    reschedule(session, item, reason=reason, on=by.on, now=by.now, person_id=by.person_id)
    still = {key(row.id): row.due_on for row in open_deadlines(session, item)}
    drop_waiting(session, [one for one, due_on in before.items() if still.get(one) != due_on], on=by.on)


def decide_extension(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    approve: bool,
    to: dt.date | None = None,
    comment: str | None = None,
    action: Action = Action.DECIDE_EXTENSION,
) -> Extension:
    """Answer the open request at the level whose turn it is. An approval names a day: `to`, else the one asked for.

    The last level's approval moves the deadline, arms its rungs anew and drops what waits for the old day; the
    original day stays. A refusal ends the request and needs a comment. With Action.DECIDE_ADJUSTMENT it is an
    adjustment that is answered, which is approved as it was asked for. Raises BadInputError where that day has passed.
    """
    with performing(session, by, action, item, reason=comment) as deed:
        extension = check_pending(pending_extension(session, item), item, action)
        earlier = session.exec(select(ExtensionDecision).where(ExtensionDecision.extension_id == extension.id)).all()
        done = hands_in_extension(extension, earlier)
        check_level(session, deed, action, extension.levels, extension.level, done=done)
        deadline = session.get_one(Deadline, extension.deadline_id)
        granted = _granted(extension, earlier, to, by, due_on=deadline.due_on) if approve else None
        session.add(
            ExtensionDecision(
                extension_id=key(extension.id),
                level=extension.level + 1,
                person_id=deed.person_id,
                for_id=deed.for_id,
                approved=approve,
                granted_on=granted,
                comment=comment if approve and not comment else words(comment, "不批准的理由", longest=1000),
                on=by.on,
                recorded_at=by.now,
            )
        )
        settle(session, f"{extension.subject}:{extension.level}")
        extension.level += 1
        if not approve:
            extension.state = ExtensionState.REFUSED
            _answer(session, item, extension, by, f"{by.name}未批准{_WORDS[action]}：{comment}", NoticeKind.RETURNED)
        elif extension.level < len(extension.levels):
            _ask(session, item, extension, by, without={*done, deed.person_id, deed.for_id})
        elif granted is not None:
            extension.state, extension.granted_on = ExtensionState.APPROVED, granted
            if extension.adjusts is None:
                _move(session, item, extension, deadline, granted, by)
            else:
                _adjust(session, deed, extension, extension.adjusts)
            _answer(session, item, extension, by, f"{by.name}批准{_WORDS[action]}，新的时限 {item.due_on}")
    return extension


_WORDS = {Action.DECIDE_EXTENSION: "延期", Action.DECIDE_ADJUSTMENT: "调整时限"}


def check_pending(asked: Extension | None, item: WorkItem, action: Action) -> Extension:
    """The request that the action answers. Raises ForbiddenError where none of that kind waits."""
    if asked is None or asked.action is not action:
        called = "延期申请" if action is Action.DECIDE_EXTENSION else "时限调整"
        raise ForbiddenError(f"任务 {item.number} 没有待审批的{called}。")
    return asked


def hands_in_extension(extension: Extension, earlier: Sequence[ExtensionDecision]) -> Hands:
    """Who asked for it, and who decided at the levels before: none of them decides on it now."""
    asked = (extension.person_id, extension.for_id, "已提出本次申请")
    return hands([asked, *((one.person_id, one.for_id, f"已办理第 {one.level} 级") for one in earlier)])


def current_deadline(session: Session, item: WorkItem) -> Deadline:
    """The item's own next open day: its end, or its earliest open turn. Raises ForbiddenError where all are done."""
    earliest = session.exec(
        select(Deadline)
        .where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
        .where(col(Deadline.kind).in_([DeadlineKind.FINAL, DeadlineKind.OCCURRENCE]))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    ).first()
    if earliest is None:
        raise ForbiddenError(f"任务 {item.number} 没有未办结的时限。")
    return earliest


def check_extendable(session: Session, item: WorkItem) -> None:
    """Raises ForbiddenError while a request is open, or where the policy's limit is reached."""
    asked = session.exec(select(Extension).where(Extension.item_id == item.id).order_by(col(Extension.id))).all()
    check_requests(item, asked, policy_of(session, item))


def check_requests(item: WorkItem, asked: Sequence[Extension], policy: Policy) -> None:
    """`check_extendable` of an item whose requests so far and whose policy are known."""
    for one in asked:
        if one.state is ExtensionState.PENDING:
            raise ForbiddenError(f"任务 {item.number} 已有待审批的{one.called}（{one.on} {asked_for(one)}）。")
    approved = sum(one.state is ExtensionState.APPROVED and one.adjusts is None for one in asked)
    if approved >= policy.extension_limit:
        raise ForbiddenError(f"任务 {item.number} 已批准延期 {approved} 次，达到上限 {policy.extension_limit} 次。")


def asked_for(request: Extension) -> str:
    """What it asks for, in words."""
    if request.adjusts is None:
        return f"申请延至 {request.proposed_on}"
    return f"提请调整时限（{'；'.join(request.changes)}）"


def _check_evidence(session: Session, item: WorkItem, evidence: Sequence[int]) -> None:
    known = set(session.exec(select(Evidence.id).where(Evidence.item_id == item.id)))
    if strange := sorted(set(evidence) - known):
        raise BadInputError(f"任务 {item.number} 没有编号为 {'、'.join(map(str, strange))} 的佐证材料。")


def pending_extension(session: Session, item: WorkItem) -> Extension | None:
    """The request to move a day of the item that waits for its answer, where one does."""
    query = select(Extension).where(Extension.item_id == item.id, Extension.state == ExtensionState.PENDING)
    return session.exec(query).first()


def _granted(
    extension: Extension, earlier: Sequence[ExtensionDecision], to: dt.date | None, by: Actor, *, due_on: dt.date
) -> dt.date:
    """The day an approval names. The deadline may have moved since it was asked for: no approval brings it forward."""
    if extension.adjusts is not None:
        if to not in (None, extension.proposed_on):
            raise BadInputError("调整时限按所提请的批准，不另定日期：另有意见的，请不批准并写明。")
        if extension.adjusts.get("due_on") and extension.proposed_on < by.on:
            raise BadInputError(f"提请的时限 {extension.proposed_on} 已过，不能批准：请不批准并写明，由督办员另提。")
        return extension.proposed_on
    named = [decision.granted_on for decision in earlier if decision.granted_on is not None]
    granted = to or (named[-1] if named else extension.proposed_on)
    if granted <= max(due_on, by.on):
        raise BadInputError(f"批准的时限 {granted} 不可用：应晚于现时限 {due_on} 和审批日 {by.on}。")
    return granted


def _move(
    session: Session, item: WorkItem, extension: Extension, deadline: Deadline, granted: dt.date, by: Actor
) -> None:
    applicant = session.get_one(Person, extension.person_id)
    late = "，逾期申请" if extension.late else ""
    move_deadline(
        session, item, deadline, to=granted, cause=MoveCause.EXTENSION,
        reason=f"{applicant.name}申请延期（{extension.reason}{late}），{by.name}批准", by=by,
    )  # fmt: skip
    item.extensions += 1


def _adjust(session: Session, deed: ActUnderWay, extension: Extension, adjusts: Mapping[str, Any]) -> None:
    """Set the days as they were asked for; whoever does the item is told. Never counted as an extension."""
    item, by = deed.item, deed.by
    days = {name: dt.date.fromisoformat(adjusts[name]) for name in ("start_on", "due_on") if adjusts.get(name)}
    asked = session.get_one(Person, extension.person_id).name
    set_days(session, item, {**adjusts, **days}, f"{asked}提请调整（{extension.reason}），{by.name}批准", by)
    deed.record.after[EDITED] = extension.changes
    tell(
        session, item, role=Role.HANDLER, kind=NoticeKind.CHANGED, subject=f"{extension.subject}:done",
        what=f"{by.name}批准{asked}调整时限（{'；'.join(extension.changes)}）：{extension.reason}", by=by,
    )  # fmt: skip


def _ask(session: Session, item: WorkItem, extension: Extension, by: Actor, *, without: Collection[int | None]) -> None:
    role = role_to_ask(session, item, extension.levels[extension.level], on=by.on, without=without)
    asks = session.get_one(Person, extension.person_id).name
    what = f"申请延期至 {extension.proposed_on}" if extension.adjusts is None else asked_for(extension)
    tell(
        session, item, role=role, kind=NoticeKind.APPROVAL,
        subject=f"{extension.subject}:{extension.level}", deadline_id=extension.deadline_id,
        what=f"{asks}{what}，待您审批：{extension.reason}", by=by,
    )  # fmt: skip


def _answer(
    session: Session, item: WorkItem, extension: Extension, by: Actor, what: str, kind: NoticeKind = NoticeKind.ANSWER
) -> None:
    role = Role.HANDLER if extension.adjusts is None else Role.SUPERVISOR
    tell(
        session, item, role=role, kind=kind, subject=f"{extension.subject}:answer",
        what=what, by=by, deadline_id=extension.deadline_id, person_id=extension.person_id,
    )  # fmt: skip
