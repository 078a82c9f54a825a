"""三员分立: system administrator, security administrator and auditor are three people, deputies included.

An office too small for that may join them; only the administrator at the machine says so, and every page then says what
it gives up.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from sqlmodel import Session, col, or_, select

from models.actor import Actor, Channel
from models.database import key
from models.errors import ForbiddenError
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import OFFICERS, Leave, Person, Post, Role, Tenure
from tasks.acting.perform import performing_for


def check_separate(session: Session, organ_id: int, people: Collection[int | None] | None, *, on: dt.date) -> None:
    """Raises ForbiddenError where one of the `people`, or anybody at all, comes to hold or stand in for two of the
    officers' posts of the organ on or after the day, unless the office joins them.
    """
    session.flush()
    organ = session.get_one(Organ, organ_id)
    if organ.joined_officers:
        return
    for person_id, roles in officers_of(session, organ_id, on=on).items():
        if len(roles) > 1 and (people is None or person_id in people):
            listed = "、".join(role.label for role in OFFICERS if role in roles)
            raise ForbiddenError(
                f"三员分立：{session.get_one(Person, person_id).name}将同时担任或代理{listed}。请另选一人；"
                "人手不足的，可由本机管理员设为三员合一（duban people officers --joined）。"
            )


def officers_of(session: Session, organ_id: int, *, on: dt.date) -> dict[int, set[Role]]:
    """By person, the officers' posts held or stood in for on or after the day."""
    session.flush()
    found: dict[int, set[Role]] = defaultdict(set)
    held = session.exec(
        select(Post.role, Person)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .join(Person, col(Person.id) == Tenure.person_id)
        .where(Post.organ_id == organ_id, col(Post.role).in_(OFFICERS))
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        .where(or_(col(Person.left_on).is_(None), col(Person.left_on) >= on))
    ).all()
    leaves = session.exec(
        select(Leave.person_id, Leave.deputy_id)
        .where(col(Leave.person_id).in_([person.id for _, person in held]), col(Leave.until_on) >= on)
        .where(col(Leave.deputy_id).is_not(None))
    ).all()
    for role, person in held:
        stand_ins = {person.deputy_id, *(deputy for away, deputy in leaves if away == person.id)} - {None}
        for one in (person.id, *stand_ins):
            found[key(one)].add(Role(role))
    return found


def join_officers(session: Session, organ: Organ, *, by: Actor, joined: bool) -> None:
    """Let one person hold several of the officers' posts, or no longer.

    Raises ForbiddenError for anybody but the administrator at the machine, and while somebody holds two.
    """
    if by.person_id is not None or by.channel is not Channel.COMMAND:
        raise ForbiddenError("三员分立还是合一，只能由本机管理员在命令行设定（不加 --as）。")
    if organ.joined_officers == joined:
        return
    with performing_for(session, by, Action.STAFF, organ.id):
        organ.joined_officers = joined
        check_separate(session, key(organ.id), None, on=by.on)
