"""May P do A on X: the one place that answers, for commands, pages and the API alike. Deny by default.

Whom a grant of `models.people.permission` reaches is one SQL condition on the item, used for a single item and for
whole lists, so that what a list shows and what an act allows can never differ.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, false, or_, true
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.database import key, known_once
from models.errors import ForbiddenError
from models.items.comment import CommentCopy, ItemComment
from models.items.instruction import Instruction, InstructionCopy
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.plan import AnnualPlan
from models.papers.document import Document
from models.people.organ import Department, Organ
from models.people.permission import BY_RHYTHM, GRANTS, Action, Grant, Scope
from models.people.person import OFFICERS, Oversight, Role
from tasks.people.find import unknown_item
from tasks.people.people_of import holder_of


@dataclass(frozen=True)
class Seat:
    """A post the actor holds on the day, or fills for somebody on leave (`for_id`, `for_name`).

    Without an organ it reaches every organ: the administrator at the machine. `own_id` is the actor in a post of its
    own: what belongs to a person goes to nobody who stands in.
    """

    role: Role
    organ_id: int | None
    department_id: int | None = None
    post_id: int | None = None
    for_id: int | None = None
    for_name: str | None = None
    own_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """By which seat, in which role and how far the actor may.

    An item names posts: whoever holds the post it names for its handler is its handler, whatever else the post is.
    """

    seat: Seat
    scope: Scope
    role: Role

    @property
    def named(self) -> bool:
        """In a role that the post has only where an item names it."""
        return self.role is not self.seat.role


def seats(session: Session, by: Actor) -> list[Seat]:
    """The seats the actor fills at present, its own first: never those of another day that is shown."""
    if by.person_id is None:
        return [Seat(Role.ADMINISTRATOR, None)] if by.channel is Channel.COMMAND else []
    return known_once(session, ("seats", by.person_id, by.present), lambda: _seats(session, by))


def _seats(session: Session, by: Actor) -> list[Seat]:
    session.flush()
    return [
        Seat(Role(role), organ_id, department_id, post_id, for_id, for_name, by.person_id if for_id is None else None)
        for role, organ_id, department_id, post_id, for_id, for_name in session.execute(
            _SEATS, {"me": by.person_id, "on": by.present}
        )
    ]


# Text, for it is asked at every page: as a statement of objects it would take longer to make than to run.
_HELD = (
    "FROM post p JOIN tenure t ON t.post_id = p.id JOIN person h ON h.id = t.person_id"
    " WHERE t.started_on <= :on AND (t.ended_on IS NULL OR t.ended_on >= :on)"
)
_AWAY = "l.from_on <= :on AND l.until_on >= :on"
_POST = "SELECT p.role, p.organ_id, p.department_id, p.id AS post_id"
_SEATS = sa.text(
    f"{_POST}, NULL AS for_id, NULL AS for_name {_HELD} AND h.id = :me AND (h.left_on IS NULL OR h.left_on >= :on)"
    f" UNION ALL {_POST}, h.id, h.name {_HELD} AND h.id IN ("
    f"SELECT l.person_id FROM leave l WHERE l.deputy_id = :me AND {_AWAY}"
    " UNION SELECT a.id FROM person a JOIN leave l ON l.person_id = a.id"
    f" WHERE a.deputy_id = :me AND l.deputy_id IS NULL AND {_AWAY})"
    " AND NOT EXISTS (SELECT 1 FROM person m WHERE m.id = :me AND (m.left_on < :on"
    f" OR EXISTS (SELECT 1 FROM leave l WHERE l.person_id = m.id AND {_AWAY})))"
    " ORDER BY 5 NULLS FIRST, 4"
)
"""One's own seats, then those of the people stood in for, unless one is away oneself or has left."""


def permitted(
    session: Session, by: Actor, action: Action, *, roles: Collection[Role] | None = None, organ_id: int | None = None
) -> ColumnElement[bool]:
    """The condition on `WorkItem` that holds for just the items on which `by` may do `action`, in one of `roles`.

    Whoever asks of nothing but items of one organ may say so: for those who reach all of it there is nothing to check.
    """
    granted = [one for one in _grants(seats(session, by), action) if roles is None or one.role in roles]
    if organ_id is not None and any(one.scope is Scope.ORGAN and _covers(session, one, organ_id) for one in granted):
        return true()
    return or_(false(), *(_reach(standing) for standing in granted))


def may_anywhere(session: Session, by: Actor, action: Action) -> bool:
    """Whether there can be anything on which `by` may do `action`: enough to offer it, not to do it."""
    return bool(_grants(seats(session, by), action))


def may_instruct(session: Session, by: Actor, organ_id: int) -> bool:
    """Whether `by` leads the organ or some of it: whom, shows on the item that is made."""
    leads = any(seat.role is Role.LEADER and seat.organ_id == organ_id for seat in seats(session, by))
    return leads or organ_id in organs_within(session, by, Action.INSTRUCT)


def standings(session: Session, by: Actor, action: Action, item: WorkItem) -> list[Standing]:
    """Every way in which `by` may do `action` on the item, none where it may not."""
    filled = seats(session, by)
    reached = _ways(session, filled, item)
    return [standing for standing in _grants(filled, action) if standing in reached]


def standings_on(session: Session, by: Actor, action: Action, items: Collection[int]) -> dict[int, list[Standing]]:
    """`standings` for many items at once, by id; an item on which `by` may not do `action` has none."""
    granted = _grants(seats(session, by), action)
    reached = _reached(session, granted, items)
    return {item: [standing for standing in granted if standing in ways] for item, ways in reached.items()}


def permitted_on(session: Session, by: Actor, actions: Collection[Action], item: WorkItem) -> set[Action]:
    """Those of the actions that `by` may do on the item, asked at once."""
    filled = seats(session, by)
    reached = _ways(session, filled, item)
    return {action for action in actions if not reached.isdisjoint(_grants(filled, action))}


def _ways(session: Session, filled: Sequence[Seat], item: WorkItem) -> set[Standing]:
    """Every way in which the seats reach the item, whatever for: they are few, and a page asks of every act."""
    item_id = key(item.id)
    ways = dict.fromkeys(way for action in GRANTS for way in _grants(filled, action))
    found = ("ways", tuple(filled), item_id)
    return known_once(session, found, lambda: _reached(session, ways, [item_id]).get(item_id, set()))


def _reached(session: Session, ways: Collection[Standing], items: Collection[int]) -> dict[int, set[Standing]]:
    """Those of the ways that reach each of the items, by id."""
    if not ways or not items:
        return {}
    # Labelled: two ways that reach nothing are the same expression, and a row has each expression once.
    asked = [_reach(way).label(f"way_{place}") for place, way in enumerate(ways)]
    rows = session.execute(sa.select(col(WorkItem.id), *asked).where(col(WorkItem.id).in_(items)))
    return {row[0]: {way for way, reaches in zip(ways, row[1:], strict=True) if reaches} for row in rows}


def authorize(session: Session, by: Actor, action: Action, item: WorkItem) -> list[Standing]:
    """The ways in which `by` may do `action` on the item, at least one, those of its own posts first.

    Raises NotFoundError where `by` may not even know of the item, ForbiddenError that names who may.
    """
    ways = standings(session, by, action, item)
    if ways:
        return ways
    if not standings(session, by, Action.READ, item):
        raise unknown_item(session.get_one(AnnualPlan, item.plan_id), item.number)
    may = who_may(session, action, item, by)
    raise ForbiddenError(f"{by.name}不能对任务 {item.number} {action.label}：{_hint(by)}可由{may}办理。")


def authorize_organ(session: Session, by: Actor, action: Action, organ_id: int | None) -> Standing:
    """How `by` may do `action` for an organ as a whole; without one, for all there are and those to come.

    Raises ForbiddenError that names the roles that may.
    """
    if by.person_id is None and by.channel is Channel.RHYTHM and action in BY_RHYTHM:
        return Standing(Seat(Role.ADMINISTRATOR, None), Scope.ORGAN, Role.ADMINISTRATOR)
    for standing in organ_standings(session, by, action, organ_id):
        return standing
    if organ_id is None:
        raise ForbiddenError(
            f"{by.name}不能{action.label}：涉及本单位以外或尚未登记的单位，可由本机管理员（不加 --as）办理。"
        )
    whole = [grant for grant in GRANTS[action] if grant.scope in (Scope.ORGAN, Scope.BELOW)]
    raise ForbiddenError(f"{by.name}不能{action.label}：{_hint(by)}可由本单位的{_roles(whole)}办理。")


def organ_standings(session: Session, by: Actor, action: Action, organ_id: int | None) -> Iterator[Standing]:
    """Every way in which `by` may do `action` for an organ as a whole, its own posts first."""
    for standing in _grants(seats(session, by), action):
        seat = standing.seat
        if seat.organ_id is None or (organ_id is not None and _covers(session, standing, organ_id)):
            yield standing


def organs_within(session: Session, by: Actor, action: Action) -> set[int]:
    """The organs for which, as a whole, `by` may do `action`."""
    organ_ids: set[int] = set()
    for standing in _grants(seats(session, by), action):
        if standing.seat.organ_id is None:
            return {key(organ_id) for organ_id in session.exec(select(Organ.id))}
        if standing.scope is Scope.ORGAN:
            organ_ids.add(standing.seat.organ_id)
        elif standing.scope is Scope.BELOW:
            organ_ids.update(key(organ_id) for organ_id in session.execute(_subtree(standing.seat.organ_id)).scalars())
    return organ_ids


def authorize_everywhere(session: Session, by: Actor, action: Action) -> Standing:
    """How `by` may do `action` for every organ there is. Raises ForbiddenError."""
    organs = session.exec(select(Organ.id)).all()
    if organs and organs_within(session, by, action).issuperset(map(key, organs)):
        return authorize_organ(session, by, action, organs[0])
    return authorize_organ(session, by, action, None)


def authorize_department(session: Session, by: Actor, action: Action, department: Department) -> Standing:
    """How `by` may do `action` for a department. Raises ForbiddenError that names the roles that may."""
    for standing in department_standings(session, by, action, department):
        return standing
    raise ForbiddenError(f"{by.name}不能{action.label}（{department.name}）：可由{_roles(GRANTS[action])}办理。")


def department_standings(session: Session, by: Actor, action: Action, department: Department) -> Iterator[Standing]:
    """Every way in which `by` may do `action` for a department, its own posts first."""
    charge = select(Oversight.post_id).where(Oversight.department_id == department.id)
    for standing in _grants(seats(session, by), action):
        seat = standing.seat
        own = standing.scope is Scope.DEPARTMENT and seat.department_id == department.id
        whole = standing.scope is Scope.ORGAN and seat.organ_id == department.organ_id
        leads = standing.scope is Scope.CHARGE and seat.post_id in set(session.exec(charge))
        if own or whole or leads:
            yield standing


def may_see_organ(session: Session, by: Actor, organ_id: int | None) -> bool:
    """Whether `by` may know of an organ's records at all: somebody of that organ, or of one above it.

    What is of no one organ is for whoever reaches all.
    """
    for seat in seats(session, by):
        if seat.organ_id in (None, organ_id):
            return True
        below = any(grant.role is seat.role and grant.scope is Scope.BELOW for grant in GRANTS[Action.VIEW])
        if below and organ_id in session.execute(_subtree(key(seat.organ_id))).scalars().all():
            return True
    return False


def who_may(session: Session, action: Action, item: WorkItem, by: Actor) -> str:
    """The roles that may, each with the person who fills it for this item on the day: 承办人李承办、督办员陈督办."""
    named = [grant for grant in GRANTS[action] if grant.role not in OFFICERS]
    roles = list(dict.fromkeys(grant.role for grant in named if grant.scope is not Scope.COOPERATING))
    words = [who_may_of(session, roles, item, by)] if roles else []
    if any(grant.scope is Scope.COOPERATING for grant in named):
        words.append("配合科室的人员")
    return "、".join(words) or "任何人都不能"


def who_may_of(session: Session, roles: Sequence[Role], item: WorkItem, by: Actor) -> str:
    """These roles, each with the person who fills it for the item on the day, where somebody does."""
    holders = [holder_of(session, item, role, by.present) for role in roles]
    return "、".join(role.label + (holder.name if holder else "") for role, holder in zip(roles, holders, strict=True))


_NAMED = {Role.HANDLER: Scope.OWN, Role.LEADER: Scope.CHARGE}
"""The roles for which an item may name any post, with the scope that this gives."""


def _grants(filled: Sequence[Seat], action: Action) -> list[Standing]:
    return [
        Standing(seat, grant.scope, grant.role)
        for seat in filled
        for grant in GRANTS[action]
        if grant.role is seat.role or (seat.post_id is not None and _NAMED.get(grant.role) is grant.scope)
    ]


def _reach(standing: Standing) -> ColumnElement[bool]:
    """The items a seat reaches by a scope, as a condition on `WorkItem`."""
    seat, scope = standing.seat, standing.scope
    if seat.organ_id is None:
        return true() if scope is Scope.ORGAN else false()
    in_department = and_(true() if seat.department_id else false(), col(WorkItem.department_id) == seat.department_id)
    match scope:
        case Scope.OWN if standing.role is Role.HANDLER:
            mine = col(WorkItem.handler_post_id) == seat.post_id
            return mine if standing.named else or_(mine, and_(col(WorkItem.handler_post_id).is_(None), in_department))
        case Scope.OWN:
            alone = and_(col(WorkItem.handler_post_id).is_(None), col(WorkItem.department_id).is_(None))
            return and_(col(WorkItem.leader_post_id) == seat.post_id, alone)
        case Scope.DEPARTMENT:
            return in_department
        case Scope.COOPERATING:
            # A unit that is no department of ours has none either: without one, nobody's department is meant.
            if seat.department_id is None:
                return false()
            helping = select(ItemUnit.id).where(ItemUnit.item_id == WorkItem.id)
            return helping.where(ItemUnit.department_id == seat.department_id).exists()
        case Scope.CHARGE:
            further = select(ItemLeader.id).where(ItemLeader.item_id == WorkItem.id, ItemLeader.post_id == seat.post_id)
            mine = or_(col(WorkItem.leader_post_id) == seat.post_id, further.exists())
            overseen = select(Oversight.department_id).where(Oversight.post_id == seat.post_id)
            return mine if standing.named else or_(mine, col(WorkItem.department_id).in_(overseen))
        case Scope.COPIED:
            return col(WorkItem.id).in_(copied_to(seat.own_id)) if seat.own_id is not None else false()
        case Scope.ORGAN:
            return col(WorkItem.organ_id) == seat.organ_id
        case Scope.BELOW:
            return col(WorkItem.organ_id).in_(_subtree(seat.organ_id))


def copied_to(person_id: int | None) -> CompoundSelect[tuple[int]]:
    """The ids of the items on which an instruction was copied to the person, or a comment that stands."""
    instructed = select(Instruction.item_id).join(
        InstructionCopy, col(InstructionCopy.instruction_id) == Instruction.id
    )
    called = select(ItemComment.item_id).join(CommentCopy, col(CommentCopy.comment_id) == ItemComment.id)
    return sa.union_all(
        instructed.where(InstructionCopy.person_id == person_id),
        called.where(CommentCopy.person_id == person_id, col(ItemComment.taken_back_on).is_(None)),
    )


def _covers(session: Session, standing: Standing, organ_id: int) -> bool:
    seat = standing.seat
    if standing.scope is Scope.BELOW and seat.organ_id is not None:
        return organ_id in session.execute(_subtree(seat.organ_id)).scalars().all()
    return standing.scope is Scope.ORGAN and seat.organ_id == organ_id


def _subtree(organ_id: int) -> Select[tuple[int | None]]:
    """The organs below one, itself not included."""
    # Without a name: one statement may hold several, one for each seat that looks down.
    below = select(Organ.id).where(Organ.parent_id == organ_id).cte(recursive=True)
    deeper = below.union(select(Organ.id).join(below, col(Organ.parent_id) == below.c.id))
    return select(deeper.c.id)


def _hint(by: Actor) -> str:
    return "请用 --as 姓名 写明由谁办理；" if by.person_id is None else ""


def _roles(grants: Sequence[Grant]) -> str:
    return "、".join(dict.fromkeys(grant.role.label for grant in grants))


def authorize_document(session: Session, by: Actor, document: Document) -> None:
    """Whether `by` may read it: one about an item like the item, any other like the organ.

    Raises ForbiddenError or NotFoundError.
    """
    if document.item_id is not None:
        authorize(session, by, Action.READ, session.get_one(WorkItem, document.item_id))
    else:
        authorize_organ(session, by, Action.VIEW, document.organ_id)
