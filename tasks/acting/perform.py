"""The one way an act upon an item goes: permission, state, the act itself, the new state, and the record of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.database import known_once
from models.errors import BadInputError, ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.lifecycle import LIFECYCLE
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Role
from tasks.acting.audit import Record, recorded
from tasks.acting.authorize import Standing, authorize, authorize_organ, permitted_on, standings, who_may, who_may_of
from tasks.acting.consent import Hands, consent, free, free_for_item, holders_in, others_for_item


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
            raise ForbiddenError("此操作须由具体的人办理：请用 --as 姓名 写明由谁办理。")
        return self.by.person_id

    @property
    def for_id(self) -> int | None:
        """The person stood in for, where the actor has no post of its own that would do."""
        return self.standings[0].seat.for_id

    def go_by(self, ways: list[Standing]) -> None:
        """From now on it is done in these ways alone."""
        self.standings, self.record.for_id = ways, ways[0].seat.for_id

    def consent(self, session: Session, action: Action, done: Hands) -> None:
        """Go on in the ways of those who had no hand in it. Raises ForbiddenError that names who may."""
        others = others_for_item(session, self.by, action, self.item, done)
        self.go_by(consent(session, self.by, action, self.standings, done, others=others))


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
    """What `by` may do to the item in its present state, guards aside, in the order of the table: nothing without a
    person.
    """
    if by.person_id is None:
        return []
    fitting = [
        action
        for action, transition in LIFECYCLE.items()
        if item.state in transition.sources and action is not Action.ISSUE
    ]
    may = permitted_on(session, by, fitting, item)
    return [action for action in fitting if action in may]


def check_open(session: Session, by: Actor, action: Action, item: WorkItem) -> list[Standing]:
    """The ways in which `by` may do the action in the item's present state, at least one; guards aside.

    Raises NotFoundError or ForbiddenError (who may, and when); BadInputError for a day before the item was given out.
    """
    found = authorize(session, by, action, item)
    if item.state not in LIFECYCLE[action].sources:
        raise ForbiddenError(_out_of_turn(session, by, action, item))
    if item.issued_on is not None and by.on < item.issued_on:
        raise BadInputError(
            f"任务 {item.number} 于 {item.issued_on} 下达，不能在 {by.on} {action.label}：办理日应不早于下达日。"
        )
    return found


def _out_of_turn(session: Session, by: Actor, action: Action, item: WorkItem) -> str:
    """What the item is, when the action is open, and to whom."""
    when = "、".join(f"“{state.label}”" for state in LIFECYCLE[action].sources)
    now = f"“{item.state.label}”" + (f"（{item.closed_on} 销号）" if item.state is ItemState.CLOSED else "")
    may = who_may(session, action, item, by)
    hint = f"；请先在“年度计划”中下达{by.hint('duban plan issue')}" if item.state is ItemState.DRAFT else ""
    return f"任务 {item.number} 现为{now}，不能{action.label}：须在{when}时，由{may}办理{hint}。"


def policy_of(session: Session, item: WorkItem) -> Policy:
    """The terms an issued item lives by: the policy frozen onto its plan. Raises ForbiddenError before that."""
    plan = session.get_one(AnnualPlan, item.plan_id)
    if plan.policy_id is None:
        raise ForbiddenError(f"任务 {item.number} 所在的计划尚未下达：请先在“年度计划”中下达。")
    return session.get_one(Policy, plan.policy_id)


def may_decide(
    session: Session, by: Actor, action: Action, item: WorkItem, levels: list[list[str]], level: int, *, done: Hands
) -> bool:
    """Whether it is `by`'s turn to decide on a request: what `check_level` will say, asked beforehand."""
    if level >= len(levels) or by.person_id in (None, *done):
        return False
    ways = _at_level(session, by, action, item, standings(session, by, action, item), levels[level], done)
    return bool(free(by, ways, done))


def check_level(
    session: Session, deed: ActUnderWay, action: Action, levels: list[list[str]], level: int, *, done: Hands
) -> None:
    """Whether `deed`'s actor may decide at the level whose turn it is, `level` counting those passed.

    The first responsible person may at any. Nobody decides on a request of his own, nor at two levels of one: those
    who did are `done`. Where that leaves nobody the level is open to whoever else decides on such requests. From then
    on the deed is done by a seat that fits the level, which may be one filled for somebody on leave.
    Raises ForbiddenError that names whose turn it is.
    """
    item, by = deed.item, deed.by
    roles = [Role(role) for role in levels[level]]
    fitting = _at_level(session, by, action, item, deed.standings, levels[level], done)
    if not fitting:
        turn, may = "、".join(role.label for role in roles), who_may_of(session, tuple(roles), item, by)
        raise ForbiddenError(f"任务 {item.number} 现在轮到第 {level + 1} 级（{turn}）办理：可由{may}办理。")
    others = others_for_item(session, by, action, item, done, roles=(*roles, Role.FIRST_RESPONSIBLE))
    deed.go_by(consent(session, by, action, fitting, done, others=others))


_FIRST = (Role.FIRST_RESPONSIBLE,)


def _at_level(
    session: Session,
    by: Actor,
    action: Action,
    item: WorkItem,
    ways: Sequence[Standing],
    level: Sequence[str],
    done: Hands,
) -> list[Standing]:
    """The ways that fit a level; all of them where nobody else is left who may decide there."""
    roles = (*(Role(role) for role in level), Role.FIRST_RESPONSIBLE)
    fitting = [way for way in ways if way.role in roles]
    if free(by, fitting, done) or not free(by, ways, done):
        return fitting
    first = ("first left", item.organ_id, by.on, frozenset(done))
    if known_once(session, first, lambda: holders_in(session, item.organ_id, _FIRST, on=by.on, without=done)):
        return fitting
    return fitting if free_for_item(session, action, item, done, on=by.on, roles=roles) else list(ways)
