"""May this person consent to that: the one place that answers, for items, scores, people and the report alike.

Nobody consents to what he had a hand in. Asked of persons, never of posts: of whoever acts and of whoever is stood in
for, today and when the thing was done. So neither a deputy nor a further post leads around it, on either side.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlmodel import Session, col, or_, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key
from models.errors import ForbiddenError
from models.items.item import WorkItem
from models.people.consent import CONSENTS
from models.people.organ import Department
from models.people.permission import GRANTS, Action, Scope
from models.people.person import Person, Post, Role, Tenure
from tasks.acting.audit import asked_for
from tasks.acting.authorize import Standing, department_standings, organ_standings, standings
from tasks.people.touch_account import reset_by

Hands = Mapping[int, Sequence[str]]
"""By person, what each had a hand in, in words."""
Hand = tuple[int | None, int | None, str]
"""Who did it, the person stood in for, and what it was: 已提出本次申请."""


def hands(done: Iterable[Hand]) -> Hands:
    """Who had a hand in what: whoever did it, and whoever it was done for."""
    found: dict[int, list[str]] = {}
    for person_id, for_id, what in done:
        for one in {person_id, for_id} - {None}:
            words = found.setdefault(key(one), [])
            if what not in words:
                words.append(what)
    return found


def free(by: Actor, ways: Iterable[Standing], without: Collection[int]) -> list[Standing]:
    """The ways in which neither the actor nor the person stood in for is one of those who may not."""
    return [] if by.person_id in without else [way for way in ways if way.seat.for_id not in without]


def consent(
    session: Session,
    by: Actor,
    action: Action,
    ways: Sequence[Standing],
    done: Hands,
    *,
    others: Callable[[], str],
) -> list[Standing]:
    """Those of the `ways` in which `by` may consent, at least one; `others` says in words who else may.

    Whoever helped the actor into the account might be the actor: neither may, until the owner has set the password by
    a way of his own. Raises ForbiddenError that says what stands in the way, and what would be accepted.
    """
    if action not in CONSENTS:
        raise LookupError(f"{action} is not declared as a consent")
    asked_for(session, action)
    _refuse_helped(session, by, action, done, others)
    found = free(by, ways, done)
    if found:
        return found
    if by.person_id in done:
        who, also = key(by.person_id), "以代理人或兼任的岗位也不能"
        name = by.name
    else:
        seat = next(way.seat for way in ways if way.seat.for_id in done)
        who, also = key(seat.for_id), f"{by.name}代理时也不能"
        name = seat.for_name or ""
    raise ForbiddenError(f"{name}{'、'.join(done[who])}，不能办理“{action.label}”，{also}：{others()}。")


def _refuse_helped(session: Session, by: Actor, action: Action, done: Hands, others: Callable[[], str]) -> None:
    """Raises ForbiddenError where somebody with a hand in it helped the actor into the account."""
    helpers = reset_by(session, session.get_one(Person, by.person_id)) & done.keys() if by.person_id else set()
    if not helpers:
        return
    helper = session.get_one(Person, min(helpers))
    raise ForbiddenError(
        f"{by.name}的账户经{helper.name}办理过重置、绑定或更换邮箱，而{helper.name}{'、'.join(done[key(helper.id)])}："
        f"{by.name}在本人用原密码改过密码以前不能办理“{action.label}”，现在：{others()}。"
    )


def consent_for_organ(session: Session, by: Actor, action: Action, organ_id: int, done: Hands) -> Standing:
    """The way in which `by` may consent for an organ as a whole. Raises ForbiddenError that names who may."""
    ways = list(organ_standings(session, by, action, organ_id))
    return consent(session, by, action, ways, done, others=others_in_organ(session, by, action, organ_id, done))[0]


def consent_for_department(
    session: Session, by: Actor, action: Action, department: Department, done: Hands
) -> Standing:
    """The way in which `by` may consent for a department. Raises ForbiddenError that names who may."""
    ways = list(department_standings(session, by, action, department))
    others = others_in_organ(session, by, action, department.organ_id, done)
    return consent(session, by, action, ways, done, others=others)[0]


def others_in_organ(session: Session, by: Actor, action: Action, organ_id: int, done: Hands) -> Callable[[], str]:
    """Who else may for the organ, in words, and where nobody is left what to do."""

    def words() -> str:
        roles = [grant.role for grant in GRANTS[action] if grant.scope is Scope.ORGAN]
        found = holders_in(session, organ_id, roles, on=by.on, without=done)
        return f"可由{named(found)}办理" if found else nobody_left(roles)

    return words


def holders_in(
    session: Session,
    organ_id: int,
    roles: Collection[Role],
    *,
    on: dt.date,
    without: Collection[int] = (),
    department_id: int | None = None,
    post_id: int | None = None,
) -> list[tuple[Role, Person]]:
    """Who holds a post in one of the roles on the day and is in service, but for those `without`, by role.

    Of one department or one post where it is named, else of the whole organ.
    """
    inside = [] if department_id is None else [Post.department_id == department_id]
    inside += [] if post_id is None else [Post.id == post_id]
    rows = session.exec(
        select(Post.role, Person)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .join(Person, col(Person.id) == Tenure.person_id)
        .where(Post.organ_id == organ_id, col(Post.role).in_(roles), *inside, col(Tenure.started_on) <= on)
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        .where(or_(col(Person.left_on).is_(None), col(Person.left_on) >= on))
        .order_by(col(Person.id))
    ).all()
    order = list(Role)
    found = {(Role(role), key(person.id)): person for role, person in rows if person.id not in without}
    return [(role, person) for (role, _), person in sorted(found.items(), key=lambda one: order.index(one[0][0]))]


def named(found: Iterable[tuple[Role, Person]]) -> str:
    """分管领导张副局、督办员陈督办."""
    return "、".join(f"{role.label}{person.name}" for role, person in found)


def free_for_item(
    session: Session, action: Action, item: WorkItem, done: Collection[int], *, on: dt.date, roles: Collection[Role]
) -> list[tuple[Role, Person]]:
    """Who else may consent on the item that day in one of the roles."""
    found = []
    granted = {grant.role for grant in GRANTS[action]} | {Role.HANDLER}
    for _, person in holders_in(session, item.organ_id, granted, on=on, without=done):
        by = Actor(person.name, Channel.COMMAND, on, opening_of(on), person.id)
        ways = [way for way in free(by, standings(session, by, action, item), done) if way.role in roles]
        found += [(way.role, person) for way in ways[:1] if (way.role, person) not in found]
    return found


def others_for_item(
    session: Session, by: Actor, action: Action, item: WorkItem, done: Hands, *, roles: Collection[Role] | None = None
) -> Callable[[], str]:
    """Who else may, in words, and where nobody is left what to do."""

    def words() -> str:
        granted = [grant.role for grant in GRANTS[action]]
        for wanted in (roles, granted) if roles else (granted,):
            found = free_for_item(session, action, item, done, on=by.on, roles=wanted)
            if found:
                return f"可由{named(found)}办理"
        return nobody_left(granted)

    return words


def nobody_left(roles: Iterable[Role]) -> str:
    """What is accepted where an office has nobody else."""
    asked = "、".join(role.label for role in dict.fromkeys(roles))
    return f"本单位现在没有别人可以办理，请先在“人员”中登记另一位{asked}，由其办理"
