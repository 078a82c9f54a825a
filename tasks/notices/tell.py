"""Telling somebody what another person's act asks of them: a notice in the next digest, once per act and person."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.items.item import WorkItem
from models.ladder.notice import NoticeKind, Via
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.authorize import standings
from tasks.people.address import recipient_by_role
from tasks.people.people_of import holder_of

_INSERT = """
    INSERT INTO notice (fire_on, deadline_id, item_id, subject, text, recipient_id, role, via, kind, due_on, raised_on,
                        send_on, late, state, reason)
    SELECT :on, d.id, i.id, :subject, :text, found / 4, :role,
           {via},
           :kind, d.due_on, :on, :send_on, false,
           CASE WHEN found IS NULL THEN 'dropped' ELSE 'pending' END,
           CASE WHEN found IS NULL THEN '本级及以上均无人在岗' END
    FROM (SELECT i.id, {found} AS found FROM work_item i WHERE i.id = :item) i
    JOIN deadline d ON d.id = coalesce(:deadline, (
        SELECT m.id FROM deadline m WHERE m.item_id = i.id ORDER BY m.done_on IS NOT NULL, m.due_on, m.id LIMIT 1))
    WHERE found IS NULL OR found / 4 <> :self
    ON CONFLICT DO NOTHING"""
_AS_FOUND = "CASE found % 4 WHEN 0 THEN 'holder' WHEN 1 THEN 'deputy' WHEN 2 THEN 'next_level' ELSE 'nobody' END"


def tell(
    session: Session,
    item: WorkItem,
    *,
    role: Role,
    kind: NoticeKind,
    subject: str,
    what: str,
    by: Actor,
    deadline_id: int | None = None,
    person_id: int | None = None,
    only: Via | None = None,
) -> None:
    """Tell whoever answers for the item in `role` (or the one named) what happened; never the actor.

    `subject` names the act (`extension:5:1`): told twice, it is one notice. It leaves with the next digest, on a
    working day; in the place of a person who left the office hears whoever answers for the item now, unless it is
    `only` for the one named, who was found that way.
    """
    session.flush()
    recipient = recipient_by_role(f"'{role}'", frozenset({role}), leaves=True)
    if person_id is not None:
        serving = "SELECT q.id * 4 FROM person q WHERE q.id = :person AND (q.left_on IS NULL OR q.left_on >= :on)"
        recipient = f"({serving})" if only else f"coalesce(({serving}), {recipient})"
    calendar = office_calendar(session, organ_id=item.organ_id)
    values = {
        "on": by.on, "subject": subject, "text": what[:300], "role": role.value, "kind": kind.value,
        "send_on": calendar.on_or_after(by.on), "item": item.id, "deadline": deadline_id, "self": by.person_id or 0,
    }  # fmt: skip
    if person_id is not None:
        values["person"] = person_id
    via = f"'{only}'" if only else _AS_FOUND
    session.execute(text(_INSERT.replace("{found}", recipient).replace("{via}", via)), values)


def tell_copied(
    session: Session,
    item: WorkItem,
    person: Person,
    *,
    kind: NoticeKind,
    subject: str,
    what: str,
    by: Actor,
    via: Via,
    deadline_id: int | None = None,
) -> None:
    """Tell a person what was copied to him, by which he reads the item: raises BadInputError where he has no post that
    reads any.
    """
    session.flush()
    reads = standings(session, Actor(person.name, by.channel, by.on, by.now, person.id), Action.READ, item)
    if not reads:
        raise BadInputError(f"抄送：{person.name}在 {by.on} 没有可以查看任务的岗位。")
    tell(
        session, item, role=reads[0].role, kind=kind, subject=subject, what=what, by=by, deadline_id=deadline_id,
        person_id=person.id, only=via,
    )  # fmt: skip


def role_to_ask(
    session: Session, item: WorkItem, roles: Sequence[str], *, on: dt.date, without: Collection[int | None]
) -> Role:
    """Which of the roles of a level is asked to decide: the first whose holder may, else the first responsible person,
    else whoever else decides on such requests.

    `without` are those who may not: who asked, and who decided already. An empty post is told by `tell` to climb.
    """
    for role in (*(Role(name) for name in roles), Role.FIRST_RESPONSIBLE):
        holder = holder_of(session, item, role, on)
        if holder is None or holder.id not in without:
            return role
    for role in (Role.LEADER, Role.SUPERVISOR):
        holder = holder_of(session, item, role, on)
        if holder is not None and holder.id not in without:
            return role
    return Role(roles[0])


def settle(session: Session, subject: str, *, because: str = "已处理") -> None:
    """What waited to be told about an act need not be told any more."""
    session.execute(
        text("UPDATE notice SET state = 'dropped', reason = :because WHERE subject = :subject AND state = 'pending'"),
        {"subject": subject, "because": because},
    )
