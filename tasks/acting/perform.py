"""The one way an act upon an item goes: permission, state, the act itself, the new state, and the record of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.lifecycle import LIFECYCLE
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Role
from tasks.acting.audit import Record, recorded
from tasks.acting.authorize import Standing, authorize, authorize_organ, permitted_on, standings, who_may, who_may_of


@dataclass
class ActUnderWay:
    """An act under way. The body sets `becomes` where the item's state changes."""

    by: Actor
    item: WorkItem
    standings: list[Standing]
    record: Record
    becomes: ItemState | None = None

    @property
    def person_id(self) -> int:
        """Who acts. Every act upon an item is a person's."""
        if self.by.person_id is None:
            raise ForbiddenError("此操作须由具体的人办理:请用 --as 姓名 写明由谁办理。")
        return self.by.person_id

    @property
    def for_id(self) -> int | None:
        """The person stood in for, where the actor has no post of its own that would do."""
        return self.standings[0].seat.for_id


@contextmanager
def performing(
    session: Session, by: Actor, action: Action, item: WorkItem, *, reason: str | None = None
) -> Iterator[ActUnderWay]:
    """Do `action` on the item as `by`; the row is held until the transaction ends, so of two at once one waits.

    Raises NotFoundError or ForbiddenError (who may, and when), as do the guards of the body.
    """
    session.flush()
    session.refresh(item, with_for_update=True)
    ways = check_open(session, by, action, item)
    transition, was = LIFECYCLE[action], item.state
    with recorded(
        session, by, action, organ_id=item.organ_id, item_id=item.id, for_id=ways[0].seat.for_id, reason=reason
    ) as record:
        deed = ActUnderWay(by, item, ways, record)
        yield deed
        if deed.becomes is not None and deed.becomes is not was:
            if deed.becomes not in transition.to:
                raise LookupError(f"{action} leads to {transition.to}, not to {deed.becomes}")
            item.state = deed.becomes


@contextmanager
def performing_for(
    session: Session,
    by: Actor,
    action: Action,
    organ_id: int | None,
    *,
    item_id: int | None = None,
    reason: str | None = None,
) -> Iterator[Record]:
    """Do `action` for an organ as a whole as `by`, on record. Raises ForbiddenError that names the roles that may."""
    standing = authorize_organ(session, by, action, organ_id)
    with recorded(
        session, by, action, organ_id=organ_id, item_id=item_id, for_id=standing.seat.for_id, reason=reason
    ) as record:
        yield record


def open_actions(session: Session, by: Actor, item: WorkItem) -> list[Action]:
    """What `by` may do to the item in its present state, guards aside, in the order of the table."""
    fitting = [
        action
        for action, transition in LIFECYCLE.items()
        if item.state in transition.sources and action is not Action.ISSUE
    ]
    may = permitted_on(session, by, fitting, item)
    return [action for action in fitting if action in may]


def check_open(session: Session, by: Actor, action: Action, item: WorkItem) -> list[Standing]:
    """The ways in which `by` may do the action in the item's present state, at least one; guards aside.

    Raises NotFoundError or ForbiddenError (who may, and when).
    """
    found = authorize(session, by, action, item)
    if item.state not in LIFECYCLE[action].sources:
        raise ForbiddenError(_out_of_turn(session, by, action, item))
    return found


def _out_of_turn(session: Session, by: Actor, action: Action, item: WorkItem) -> str:
    """What the item is, when the action is open, and to whom."""
    when = "、".join(f"“{state.label}”" for state in LIFECYCLE[action].sources)
    now = f"“{item.state.label}”" + (f"({item.closed_on} 销号)" if item.state is ItemState.CLOSED else "")
    may = who_may(session, action, item, by)
    hint = f";请先下达计划{by.hint('duban plan issue')}" if item.state is ItemState.DRAFT else ""
    return f"任务 {item.number} 现为{now},不能{action.label}:须在{when}时,由{may}办理{hint}。"


def policy_of(session: Session, item: WorkItem) -> Policy:
    """The terms an issued item lives by: the policy frozen onto its plan. Raises ForbiddenError before that."""
    plan = session.get_one(AnnualPlan, item.plan_id)
    if plan.policy_id is None:
        raise ForbiddenError(f"任务 {item.number} 所在的计划尚未下达。")
    return session.get_one(Policy, plan.policy_id)


def may_decide(
    session: Session,
    by: Actor,
    action: Action,
    item: WorkItem,
    levels: list[list[str]],
    level: int,
    *,
    asked_by: int | None,
    decided: Sequence[int],
) -> bool:
    """Whether it is `by`'s turn to decide on a request: what `check_level` will say, asked beforehand."""
    if level >= len(levels) or by.person_id in (None, asked_by, *decided):
        return False
    fitting = (*(Role(role) for role in levels[level]), Role.FIRST_RESPONSIBLE)
    return any(standing.role in fitting for standing in standings(session, by, action, item))


def check_level(
    session: Session,
    deed: ActUnderWay,
    levels: list[list[str]],
    level: int,
    *,
    asked_by: int | None,
    decided: Sequence[int],
) -> None:
    """Whether `deed`'s actor may decide at the level whose turn it is, `level` counting those passed.

    The first responsible person may at any. Nobody decides on a request of his own, nor at two levels of one. From
    then on the deed is done by a seat that fits the level, which may be one filled for somebody on leave.
    Raises ForbiddenError that names whose turn it is.
    """
    roles = [Role(role) for role in levels[level]]
    turn = "、".join(role.label for role in roles)
    fitting = [standing for standing in deed.standings if standing.role in (*roles, Role.FIRST_RESPONSIBLE)]
    if not fitting:
        may = who_may_of(session, tuple(roles), deed.item, deed.by)
        raise ForbiddenError(f"任务 {deed.item.number} 现在轮到第 {level + 1} 级({turn})办理:可由{may}办理。")
    if deed.person_id == asked_by:
        raise ForbiddenError(f"不能办理本人提出的申请:请由其他{turn}办理。")
    if deed.person_id in decided:
        raise ForbiddenError(f"同一人不能办理两级:第 {level + 1} 级请由其他{turn}办理。")
    deed.standings, deed.record.for_id = fitting, fitting[0].seat.for_id
