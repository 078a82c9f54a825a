"""Issuing a plan and setting its deadlines on the ladder; moving a deadline arms its rungs anew."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.clock import opening_of
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.recurrence import needs_calendar, occurrences
from models.errors import BadInputError
from models.items.item import Deadline, DeadlineKind, DeadlineMove, ItemState, MoveCause, WorkItem
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.ladder.lookback import Lookback
from models.ladder.policy import DEFAULT_PRESET, Policy, Rung
from tasks.ladder.set_policy import rungs_of

_COMPLETE = (
    "i.plan_id = :plan AND i.state = 'draft' AND NOT i.unconfirmed"
    " AND (i.due_on IS NOT NULL OR i.recurrence IS NOT NULL)"
    " AND (i.handler_post_id IS NOT NULL OR i.leader_post_id IS NOT NULL OR i.department_id IS NOT NULL)"
)
"""The same rule as `WorkItem.missing`, for whole plans at once."""


_ARRIVED = "coalesce(i.closed_on, i.signed_on) IS NOT NULL"
"""It was in work or done when a list brought it in: nobody is asked to sign for it."""
_SIGNED = f"CASE WHEN {_ARRIVED} THEN :on END, CASE WHEN {_ARRIVED} THEN :at END"
_RECEIPTS = (
    "INSERT INTO receipt (item_id, assignment, department_id, issued_on, signed_on, signed_at)"
    f" SELECT i.id, i.assignments, i.department_id, :on, {_SIGNED} FROM work_item i WHERE {{these}}",
    "INSERT INTO receipt (item_id, assignment, unit_id, department_id, issued_on, signed_on, signed_at)"
    f" SELECT i.id, i.assignments, u.id, u.department_id, :on, {_SIGNED}"
    " FROM work_item i JOIN item_unit u ON u.item_id = i.id WHERE {these} AND u.department_id IS NOT NULL",
)
"""The receipts: the leading unit's, and each cooperating department's."""
_AT = bindparam("at", type_=Receipt.metadata.tables["receipt"].c.signed_at.type)

_ISSUE = """UPDATE work_item AS i SET
        state = CASE WHEN closed_on IS NOT NULL THEN 'closed'
            WHEN signed_on IS NOT NULL THEN 'active' ELSE 'issued' END,
        issued_on = CASE WHEN closed_on < :on THEN closed_on ELSE :on END,
        signed_on = CASE WHEN closed_on IS NOT NULL THEN closed_on WHEN signed_on IS NOT NULL THEN :on END,
        first_closed_on = closed_on,
        percent = CASE WHEN closed_on IS NOT NULL THEN 100 ELSE percent END
    WHERE {} RETURNING closed_on"""


@dataclass(frozen=True)
class IssueResult:
    """How many items were issued, `finished` of them done before they came in, and which could not be because
    something is missing.

    `left_out` counts the turns of recurring items that were over before: nobody is late for what was not yet his.
    `past` lists the other days that were over, for which `lookback` was chosen.
    """

    issued: int
    finished: int = 0
    left_out: int = 0
    lookback: Lookback = Lookback.NONE
    past: list[dict[str, Any]] = field(default_factory=list)
    incomplete: list[dict[str, Any]] = field(default_factory=list)


def issue_plan(
    session: Session, plan: AnnualPlan, *, on: dt.date, preset: str = DEFAULT_PRESET, only: WorkItem | None = None
) -> IssueResult:
    """Issue (下达) every complete draft of the plan, or `only` one; incomplete ones stay drafts and are listed.

    The first issue freezes `preset` onto the plan. Issuing again issues what has become complete since.
    """
    if plan.policy_id is None:
        plan.policy_id = freeze(session, preset).id
        plan.issued_on = on
    values = {"plan": plan.id, "policy": plan.policy_id, "on": on}
    these = _COMPLETE
    if only is not None:
        these, values["only"] = f"{these} AND i.id = :only", only.id
    session.flush()
    left_out = _arm_recurring(session, plan, on, only)
    session.execute(
        text(
            "INSERT INTO deadline (item_id, kind, due_on, original_due_on, policy_id, promised, done_on, look_on)"
            " SELECT i.id, 'final', i.due_on, i.due_on, :policy, false, i.closed_on,"
            " CASE WHEN i.start_on > :on THEN i.start_on ELSE :on END"
            f" FROM work_item i WHERE {these} AND i.recurrence IS NULL"
        ),
        values,
    )
    for receipts in _RECEIPTS:
        session.execute(text(receipts.format(these=these)).bindparams(_AT), values | {"at": opening_of(on)})
    issued = session.execute(text(_ISSUE.format(these)), values).scalars().all()
    session.expire_all()
    left = session.exec(
        select(WorkItem)
        .where(WorkItem.plan_id == plan.id, WorkItem.state == ItemState.DRAFT, *_only(only))
        .order_by(col(WorkItem.id))
    ).all()
    incomplete = [{"number": item.number, "title": item.title, "missing": item.missing} for item in left]
    finished = sum(day is not None for day in issued)
    return IssueResult(len(issued), finished, left_out, incomplete=incomplete)


def _only(item: WorkItem | None) -> list[Any]:
    """The condition that it is this item, where one is named."""
    return [] if item is None else [col(WorkItem.id) == item.id]


def look_back(
    session: Session, plan: AnnualPlan, lookback: Lookback, *, on: dt.date, after: int
) -> list[tuple[WorkItem, Deadline]]:
    """Note the choice on the deadlines of the plan with a number beyond `after` that were over before `on`, also where
    they were done late before they came in; answers the open ones."""
    past = session.exec(
        select(WorkItem, Deadline)
        .join(Deadline, col(Deadline.item_id) == WorkItem.id)
        .where(WorkItem.plan_id == plan.id, col(Deadline.id) > after, Deadline.due_on < on)
        .where(or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > col(Deadline.due_on)))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    ).all()
    for _item, deadline in past:
        deadline.lookback = lookback
    session.flush()
    return [(item, deadline) for item, deadline in past if deadline.done_on is None]


def freeze(session: Session, preset: str, *, only_for: Sequence[int] = (), **kept: Any) -> Policy:
    """The frozen copy of a preset as it stands now, made when no plan runs by exactly this ladder yet.

    With `only_for`, a plan and its version, a copy for that alone; the terms `kept` are as given.
    """
    policy = session.exec(select(Policy).where(Policy.name == preset, col(Policy.frozen_hash).is_(None))).first()
    if policy is None:
        names = session.exec(select(Policy.name).where(col(Policy.frozen_hash).is_(None))).all()
        raise BadInputError(f"没有名为“{preset}”的督办策略；可用：{'、'.join(names)}。")
    rungs = rungs_of(session, policy)
    terms = policy.model_dump(exclude={"id", "frozen_hash"}) | kept
    content = [rung.model_dump(mode="json", exclude={"id", "policy_id"}) for rung in rungs]
    written = json.dumps([terms, content, *only_for], ensure_ascii=False, sort_keys=True)
    frozen_hash = hashlib.sha256(written.encode()).hexdigest()
    known = session.exec(select(Policy).where(Policy.frozen_hash == frozen_hash)).first()
    if known is not None:
        return known
    copy = Policy(**terms, frozen_hash=frozen_hash)
    session.add(copy)
    session.flush()
    for rung in rungs:
        session.add(Rung(**rung.model_dump(exclude={"id", "policy_id"}), policy_id=key(copy.id)))
    session.flush()
    return copy


def reschedule(
    session: Session, item: WorkItem, *, reason: str, on: dt.date, now: dt.datetime, person_id: int | None = None
) -> None:
    """Bring the deadlines of an issued item in line with its due day or recurrence, each move on record.

    The moved deadlines arm their rungs anew; the original day stays. `person_id` is whoever moved them by hand.
    """
    plan = session.get_one(AnnualPlan, item.plan_id)
    open_ones = open_deadlines(session, item)
    wanted = (
        _turns(session, item, item.recurrence, plan.year) if item.recurrence else [item.due_on] if item.due_on else []
    )
    kind = DeadlineKind.OCCURRENCE if item.recurrence else DeadlineKind.FINAL
    settled = session.exec(
        select(Deadline).where(Deadline.item_id == item.id, col(Deadline.done_on).is_not(None))
    ).all()
    done = {deadline.due_on for deadline in settled}
    if item.recurrence:
        # A turn that was settled on a later day than its own is settled all the same.
        done |= {deadline.original_due_on for deadline in settled}
    # A turn that was over before the issue was never anybody's. An item opened again may be set back to its old day.
    issued_on = item.issued_on or on
    if item.recurrence or not open_ones:
        wanted = [day for day in wanted if day not in done and (day >= issued_on or not item.recurrence)]
    look_on = max(on, item.start_on or on)
    kept = [deadline for deadline in open_ones if deadline.due_on in wanted]
    spare = [deadline for deadline in open_ones if deadline not in kept]
    # A turn that was put off to the day of another one stays there; one that was put off goes back to its own day.
    missing = set(wanted) - {day for deadline in kept for day in (deadline.due_on, deadline.original_due_on)}
    own = {deadline.original_due_on: deadline for deadline in spare}
    for day in sorted(missing, key=lambda day: (day not in own, day)):
        if spare:
            moved = own[day] if own.get(day) in spare else spare[0]
            spare.remove(moved)
            session.add(
                DeadlineMove(
                    deadline_id=key(moved.id),
                    from_on=moved.due_on,
                    to_on=day,
                    moved_on=on,
                    reason=reason[:500],
                    person_id=person_id,
                    moved_at=now,
                )
            )
            moved.due_on, moved.look_on, moved.kind, moved.promised = day, look_on, kind, False
        else:
            session.add(
                Deadline(
                    item_id=key(item.id),
                    kind=kind,
                    due_on=day,
                    original_due_on=day,
                    policy_id=plan.policy_id,
                    look_on=look_on,
                )
            )
    for deadline in spare:
        deadline.done_on = on
        session.add(
            DeadlineMove(
                deadline_id=key(deadline.id),
                from_on=deadline.due_on,
                to_on=deadline.due_on,
                moved_on=on,
                reason=f"取消：{reason}"[:500],
                person_id=person_id,
                moved_at=now,
            )
        )
    session.flush()
    refresh_due(session, item)


def open_deadlines(session: Session, item: WorkItem, *, every_kind: bool = False) -> Sequence[Deadline]:
    """The item's own open days, its end or its turns, in their order; stages and instructions too where asked for."""
    query = select(Deadline).where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
    if not every_kind:
        query = query.where(col(Deadline.kind).in_([DeadlineKind.FINAL, DeadlineKind.OCCURRENCE]))
    return session.exec(query.order_by(col(Deadline.due_on), col(Deadline.id))).all()


def move_deadline(
    session: Session, item: WorkItem, deadline: Deadline, *, to: dt.date, cause: MoveCause, reason: str, by: Actor
) -> DeadlineMove:
    """Move one deadline, with its cause on record: its rungs are armed anew, what waits for the old day is dropped."""
    move = DeadlineMove(
        deadline_id=key(deadline.id),
        from_on=deadline.due_on,
        to_on=to,
        cause=cause,
        moved_on=by.on,
        reason=reason[:500],
        person_id=by.person_id,
        moved_at=by.now,
    )
    session.add(move)
    deadline.due_on, deadline.promised = to, False
    deadline.look_on = None if deadline.claimed_on else max(by.on, item.start_on or by.on)
    session.flush()
    drop_waiting(session, [key(deadline.id)], on=by.on)
    refresh_due(session, item)
    return move


def drop_waiting(session: Session, deadlines: Sequence[int], *, on: dt.date) -> None:
    """Drop what waits to be sent for a day of these deadlines that is another by now.

    Its key is free from then on: the new day may reach the same rung on the same day, and so may the old one again.
    """
    if deadlines:
        session.execute(
            text(
                "UPDATE notice SET state = 'dropped', reason = '时限已变更', taken_back_on = :on"
                " WHERE deadline_id IN :deadlines AND state = 'pending' AND rung_id IS NOT NULL"
            ).bindparams(bindparam("deadlines", expanding=True)),
            {"deadlines": deadlines, "on": on},
        )


def refresh_due(session: Session, item: WorkItem) -> None:
    """Set the item's due day to its earliest open deadline; with none open the last one stays.

    An instruction that was answered is open for its leader alone: its day is nobody's to keep.

    An instruction may be due before the item begins, which is then due as early as it can be: on its first day.
    """
    session.flush()
    earliest = session.execute(
        text(
            "SELECT min(d.due_on) FROM deadline d WHERE d.item_id = :item AND d.done_on IS NULL AND NOT ("
            "d.claimed_on IS NOT NULL AND EXISTS (SELECT 1 FROM instruction n WHERE n.deadline_id = d.id))"
        ),
        {"item": item.id},
    ).scalar_one()
    if earliest is not None:
        day = dt.date.fromisoformat(earliest) if isinstance(earliest, str) else earliest
        item.due_on = max(day, item.start_on or day)
        session.flush()


def _turns(session: Session, item: WorkItem, rule: str, year: int) -> list[dt.date]:
    calendar = office_calendar(session, organ_id=item.organ_id) if needs_calendar(rule) else None
    first = item.start_on or dt.date(year, 1, 1)
    return occurrences(rule, start=first, end=dt.date(year, 12, 31), calendar=calendar)


def _arm_recurring(session: Session, plan: AnnualPlan, on: dt.date, only: WorkItem | None) -> int:
    """Arm the turns that are still to come; returns how many were over before `on`.

    Raises BadInputError for an item that has none, or none any more.
    """
    recurring = session.exec(
        select(WorkItem).where(
            WorkItem.plan_id == plan.id,
            WorkItem.state == ItemState.DRAFT,
            col(WorkItem.recurrence).is_not(None),
            *_only(only),
        )
    ).all()
    rows, left_out = [], 0
    for item in recurring:
        if item.missing or item.recurrence is None:
            continue
        turns = _turns(session, item, item.recurrence, plan.year)
        rule = item.due_text or item.recurrence
        if not turns:
            raise BadInputError(f"任务 {item.number}：周期“{rule}”在 {plan.year} 年内没有任何一期。")
        coming = [day for day in turns if day >= on]
        if item.closed_on is not None:
            # What was done before it came in has one turn to show for it: the one it was done for.
            coming = [next((day for day in turns if day >= item.closed_on), turns[-1])]
        if not coming:
            raise BadInputError(
                f"任务 {item.number}：周期“{rule}”在 {plan.year} 年内的 {len(turns)} 期到 {on} 都已过去，请改定周期。"
            )
        left_out += 0 if item.closed_on else len(turns) - len(coming)
        look_on = max(on, item.start_on or on)
        rows += [
            {
                "item_id": item.id,
                "kind": DeadlineKind.OCCURRENCE,
                "due_on": day,
                "original_due_on": day,
                "policy_id": plan.policy_id,
                "promised": False,
                "done_on": item.closed_on,
                "look_on": look_on,
            }
            for day in coming
        ]
        item.due_on = coming[0]
    session.flush()
    if rows:
        session.execute(insert(Deadline), rows)
    return left_out
