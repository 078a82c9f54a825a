"""The people of an organ as a page shows them: who sits where on a day, and one person's posts, leave and load.

A fixed number of queries each, however many people there are. Whoever calls has asked whether they may be seen.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select
from sqlmodel import func as sql

from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, ItemLeader, WorkItem
from models.items.lifecycle import OPEN
from models.ladder.escalation import steps
from models.ladder.policy import Relation, Rung
from models.people.name_order import NameOrder, name_key
from models.people.organ import Department, Organ
from models.people.person import Leave, Oversight, Person, Post, Role, Tenure
from tasks.people.find import departments_of


@dataclass(frozen=True)
class Holder:
    """Who holds a post on the day; `stand_in` is the deputy of the leave of that day, else the usual one."""

    person: Person
    since: dt.date
    leave: Leave | None
    stand_in: Person | None


@dataclass(frozen=True)
class PostLine:
    """One post on the day; `charge` names the departments a leader's post is in charge of."""

    post: Post
    holders: Sequence[Holder]
    charge: Sequence[str]


@dataclass(frozen=True)
class Chart:
    """An organ on a day: the posts of each department (None: of the organ itself), and people without a post."""

    departments: Sequence[tuple[Department | None, Sequence[PostLine]]]
    without_post: Sequence[Person]
    left: Sequence[Person]
    """Who left before the day, latest first."""

    @property
    def vacant(self) -> list[PostLine]:
        return [line for _, lines in self.departments for line in lines if not line.holders]

    @property
    def away(self) -> list[Holder]:
        """Everybody on leave that day, once."""
        found = {
            key(holder.person.id): holder
            for _, lines in self.departments
            for line in lines
            for holder in line.holders
            if holder.leave is not None
        }
        return list(found.values())


_ORDER = (
    Role.FIRST_RESPONSIBLE, Role.LEADER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD, Role.HANDLER, Role.AUDITOR,
    Role.ADMINISTRATOR, Role.SECURITY,
)  # fmt: skip
RANK = {role: place for place, role in enumerate(_ORDER)}
"""In which order the posts of one department are read: those who decide first."""


def show_chart(session: Session, organ: Organ, *, on: dt.date, order: NameOrder = NameOrder.STROKES) -> Chart:
    """Who holds which post of the organ on the day: by rank, then by name in this order, vacant posts last."""
    people = {key(person.id): person for person in session.exec(select(Person).where(Person.organ_id == organ.id))}
    posts = session.exec(select(Post).where(Post.organ_id == organ.id)).all()
    departments = departments_of(session, key(organ.id))
    names = {department.id: department.name for department in departments}
    held = _held(session, [post.id for post in posts], on)
    others = {tenure.person_id for tenures in held.values() for tenure in tenures} - people.keys()
    people_of_all = people | _people(session, others)
    leaves = _leaves_on(session, people_of_all, on)
    stand_ins = {deputy for person in people_of_all.values() if (deputy := _deputy_id(person, leaves))}
    known = people_of_all | _people(session, stand_ins - people_of_all.keys())
    charge: dict[int, list[str]] = defaultdict(list)
    overseen = select(Oversight).join(Post, col(Post.id) == Oversight.post_id).where(Post.organ_id == organ.id)
    for oversight in session.exec(overseen.order_by(col(Oversight.department_id))):
        charge[oversight.post_id].append(names.get(oversight.department_id, ""))

    def line(post: Post) -> PostLine:
        holders = []
        for tenure in held.get(key(post.id), ()):
            person = known[tenure.person_id]
            deputy_id = _deputy_id(person, leaves)
            stand_in = known[deputy_id] if deputy_id else None
            holders.append(Holder(person, tenure.started_on, leaves.get(key(person.id)), stand_in))
        return PostLine(post, holders, charge.get(key(post.id), ()))

    def rank(shown: PostLine) -> tuple[int, bool, list[tuple[tuple[Any, ...], str]], int]:
        names = [name_key(holder.person.name, order) for holder in shown.holders]
        return RANK[shown.post.role], not names, names, key(shown.post.id)

    grouped: dict[int | None, list[Post]] = defaultdict(list)
    for post in posts:
        grouped[post.department_id].append(post)
    in_order: list[Department | None] = [None, *departments]
    seated = {tenure.person_id for tenures in held.values() for tenure in tenures}
    in_service = [one for number, one in people.items() if number not in seated and not _has_left(one, on)]
    return Chart(
        departments=[
            (department, sorted(map(line, grouped[department.id if department else None]), key=rank))
            for department in in_order
            if department is not None or grouped[None]
        ],
        without_post=sorted(in_service, key=lambda person: (name_key(person.name, order), key(person.id))),
        left=sorted(
            (one for one in people.values() if _has_left(one, on)),
            key=lambda person: (person.left_on or dt.date.max, key(person.id)),
            reverse=True,
        ),
    )


@dataclass(frozen=True)
class Load:
    """What hangs on a post: open items it does, those it leads, and reminders that lie ahead before their due days."""

    does: int
    leads: int
    reminders: int


@dataclass(frozen=True)
class HeldPost:
    """One post a person held, holds or will hold, with what hangs on it where it is held on the day."""

    post: Post
    department: Department | None
    started_on: dt.date
    ended_on: dt.date | None
    load: Load | None

    def held_on(self, day: dt.date) -> bool:
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)


@dataclass(frozen=True)
class PersonSheet:
    """One person: posts newest first, leave newest first with who stood in, and for whom the person stands in."""

    person: Person
    posts: Sequence[HeldPost]
    leaves: Sequence[tuple[Leave, Person | None]]
    deputy: Person | None
    stands_in_for: Sequence[Person]

    def current(self, on: dt.date) -> list[HeldPost]:
        return [held for held in self.posts if held.held_on(on)]

    def open_items(self, on: dt.date) -> int:
        """Open items the person is to do on the day."""
        return sum(held.load.does for held in self.current(on) if held.load)

    def leave_on(self, on: dt.date) -> Leave | None:
        return next((leave for leave, _ in self.leaves if leave.from_on <= on <= leave.until_on), None)


def show_person(session: Session, person: Person, *, on: dt.date, calendar: WorkCalendar) -> PersonSheet:
    """Everything of one person that the organ's page of people does not say."""
    rows = session.exec(
        select(Tenure, Post, Department)
        .join(Post, col(Post.id) == Tenure.post_id)
        .outerjoin(Department, col(Department.id) == Post.department_id)
        .where(Tenure.person_id == person.id)
        .order_by(col(Tenure.started_on).desc(), col(Tenure.id).desc())
    ).all()
    present = [post for tenure, post, _ in rows if tenure.started_on <= on and (tenure.ended_on or dt.date.max) >= on]
    loads = loads_of(session, present, on=on, calendar=calendar)
    leaves = session.exec(
        select(Leave).where(Leave.person_id == person.id).order_by(col(Leave.from_on).desc()).limit(50)
    ).all()
    wanted = {leave.deputy_id or person.deputy_id for leave in leaves} | {person.deputy_id}
    people = _people(session, {number for number in wanted if number})
    stands_in_for = session.exec(select(Person).where(Person.deputy_id == person.id).order_by(col(Person.id))).all()
    return PersonSheet(
        person=person,
        posts=[
            HeldPost(post, department, tenure.started_on, tenure.ended_on, loads.get(key(post.id)))
            for tenure, post, department in rows
        ],
        leaves=[(leave, people.get(leave.deputy_id or person.deputy_id or 0)) for leave in leaves],
        deputy=people.get(person.deputy_id or 0),
        stands_in_for=[one for one in stands_in_for if not _has_left(one, on)],
    )


def loads_of(session: Session, posts: Sequence[Post], *, on: dt.date, calendar: WorkCalendar) -> dict[int, Load]:
    """What hangs on each post on the day; a head of department does what its items name nobody else for."""
    by_handler = {key(post.id): post for post in posts}
    heads: dict[int | None, int] = {
        post.department_id: key(post.id)
        for post in posts
        if post.role is Role.DEPARTMENT_HEAD and post.department_id is not None
    }
    is_open = (col(WorkItem.state).in_(OPEN),)
    does: Counter[int] = Counter()
    mine = or_(
        col(WorkItem.handler_post_id).in_(by_handler),
        col(WorkItem.handler_post_id).is_(None) & col(WorkItem.department_id).in_(heads),
    )
    counted = select(WorkItem.handler_post_id, WorkItem.department_id, sql.count()).where(mine, *is_open)
    for handler, department, count in session.exec(
        counted.group_by(col(WorkItem.handler_post_id), col(WorkItem.department_id))
    ):
        does[handler if handler is not None else heads[department]] += count
    leads: Counter[int] = Counter()
    leading = select(WorkItem.leader_post_id, sql.count()).where(col(WorkItem.leader_post_id).in_(by_handler), *is_open)
    for post_id, count in session.exec(leading.group_by(col(WorkItem.leader_post_id))):
        leads[post_id or 0] += count
    further = (
        select(ItemLeader.post_id, sql.count())
        .join(WorkItem, col(WorkItem.id) == ItemLeader.item_id)
        .where(col(ItemLeader.post_id).in_(by_handler), *is_open)
    )
    for post_id, count in session.exec(further.group_by(col(ItemLeader.post_id))):
        leads[post_id] += count
    ahead = _reminders(session, mine, heads, on=on, calendar=calendar)
    return {number: Load(does[number], leads[number], ahead[number]) for number in by_handler}


def _reminders(
    session: Session, mine: sa.ColumnElement[bool], heads: dict[int | None, int], *, on: dt.date, calendar: WorkCalendar
) -> Counter[int]:
    """Rungs before the due day that still lie ahead of the open deadlines, by the post that does the item."""
    columns = (
        col(WorkItem.handler_post_id), col(WorkItem.department_id), col(Deadline.policy_id), col(Deadline.due_on),
    )  # fmt: skip
    watched = (
        sa.select(*columns, sql.count())
        .join(Deadline, col(Deadline.item_id) == WorkItem.id)
        .where(mine, col(Deadline.done_on).is_(None), col(Deadline.policy_id).is_not(None), col(Deadline.due_on) >= on)
        .group_by(*columns)
    )
    rows = session.execute(watched).tuples().all()
    used = {policy_id for _, _, policy_id, _, _ in rows}
    ladders: dict[int, list[Rung]] = defaultdict(list)
    for rung in session.exec(select(Rung).where(col(Rung.policy_id).in_(used), Rung.relation == Relation.BEFORE)):
        ladders[rung.policy_id].append(rung)
    lines = {policy: steps(rungs)[0] for policy, rungs in ladders.items()}
    found: Counter[int] = Counter()
    for handler, department, policy_id, due_on, count in rows:
        ahead = sum(step.fires_on(due_on, calendar) > on for step in lines.get(policy_id or 0, ()))
        found[handler if handler is not None else heads[department]] += ahead * count
    return found


def _held(session: Session, posts: Iterable[int | None], on: dt.date) -> dict[int, list[Tenure]]:
    found: dict[int, list[Tenure]] = defaultdict(list)
    query = select(Tenure).where(
        col(Tenure.post_id).in_(list(posts)),
        Tenure.started_on <= on,
        or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on),
    )
    for tenure in session.exec(query.order_by(col(Tenure.id))):
        found[tenure.post_id].append(tenure)
    return found


def _people(session: Session, numbers: Iterable[int]) -> dict[int, Person]:
    wanted = list(numbers)
    if not wanted:
        return {}
    return {key(person.id): person for person in session.exec(select(Person).where(col(Person.id).in_(wanted)))}


def _leaves_on(session: Session, people: Iterable[int], on: dt.date) -> dict[int, Leave]:
    away = select(Leave).where(Leave.from_on <= on, Leave.until_on >= on, col(Leave.person_id).in_(list(people)))
    return {leave.person_id: leave for leave in session.exec(away)}


def _deputy_id(person: Person, leaves: dict[int, Leave]) -> int | None:
    leave = leaves.get(key(person.id))
    return (leave.deputy_id if leave else None) or person.deputy_id


def _has_left(person: Person, on: dt.date) -> bool:
    return person.left_on is not None and person.left_on < on
