"""Finding the posts that a list names by the people who hold them."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from models.people.organ import Department, Organ
from models.people.person import Person, Post, Role, Tenure
from tasks.reading.names import close_to, split_names

LEADING = (Role.LEADER, Role.FIRST_RESPONSIBLE)
HANDLING = (Role.HANDLER, Role.DEPARTMENT_HEAD)


@dataclass(frozen=True)
class _Seat:
    """A post somebody holds on the day in question; `own` is the organ whose plan it is."""

    person_id: int | None
    post_id: int | None
    department_id: int | None
    role: Role
    own: bool


@dataclass(frozen=True)
class NamedPosts:
    """The people a cell names and their posts; `problem` says in Chinese what keeps the cell from being taken."""

    names: tuple[str, ...]
    posts: tuple[int, ...]
    problem: str | None = None


class Roster:
    """Who can be named in a plan of `organ` on a day: its own people and those of the organs above it.

    `hint` follows wherever somebody has to be registered first, as `Actor.hint` gives it.
    """

    def __init__(self, session: Session, organ: Organ | None, *, on: dt.date, hint: str = "") -> None:
        self._hint = hint
        self._seats: dict[str, list[_Seat]] = defaultdict(list)
        self._spellings: dict[str, str] = {}
        self._names: list[str] = []
        if organ is not None:
            self._load(session, organ, on)

    def _load(self, session: Session, organ: Organ, on: dt.date) -> None:
        organs: list[int] = []
        above: Organ | None = organ
        while above is not None and above.id is not None and above.id not in organs:
            organs.append(above.id)
            above = session.get(Organ, above.parent_id) if above.parent_id else None
        people = session.exec(select(Person.id, Person.name).where(col(Person.organ_id).in_(organs))).all()
        self._names = sorted({name for _, name in people})
        self._spellings = {re.sub(r"\s", "", name): name for name in self._names}
        held = session.exec(
            select(Person, Post)
            .join(Tenure, col(Tenure.person_id) == Person.id)
            .join(Post, col(Post.id) == Tenure.post_id)
            .where(
                col(Person.organ_id).in_(organs),
                col(Tenure.started_on) <= on,
                or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on),
                or_(col(Person.left_on).is_(None), col(Person.left_on) >= on),
            )
            .order_by(col(Post.id))
        ).all()
        for person, post in held:
            own = person.organ_id == organ.id
            self._seats[person.name].append(_Seat(person.id, post.id, post.department_id, post.role, own))
            compact = re.sub(r"\s", "", person.name)
            self._spellings.setdefault(compact + post.title, person.name)
            self._spellings.setdefault(post.title + compact, person.name)

    def find(self, text: str, roles: tuple[Role, ...], department_id: int | None = None) -> NamedPosts:
        """The people named in a cell: for each the post in the department, else one of these roles, else the first."""
        names, unknown = split_names(text, self._spellings)
        problems = [self._stranger(word) for word in unknown]
        posts = []
        for name in names:
            seats = self._seats.get(name, [])
            if not seats:
                problems.append(f"“{name}”现在没有任职：请先在“人员”中登记其职务{self._hint}")
                continue
            seats = [seat for seat in seats if seat.own] or seats
            fitting = (
                [seat for seat in seats if department_id is not None and seat.department_id == department_id]
                or [seat for seat in seats if seat.role in roles]
                or seats
            )
            if len({seat.person_id for seat in fitting}) > 1:
                problems.append(f"有几位“{name}”，分不清是哪一位：请写明其所在科室为牵头单位")
                continue
            posts.append(fitting[0].post_id)
        held = tuple(dict.fromkeys(post for post in posts if post is not None))
        return NamedPosts((*names, *unknown), held, "；".join(problems) + "。" if problems else None)

    def _stranger(self, word: str) -> str:
        if not self._names:
            return f"尚未登记任何人员：请先在“人员”中导入名册{self._hint}"
        close = close_to(word, self._names)
        hint = f"是否为{_listed(close)}?" if close else f"已登记的有{_listed(self._names)}。"
        return f"人员中没有“{word}”：{hint}新人员请先在“人员”中新增或导入{self._hint}"


def names_to_offer(session: Session, organ: Organ) -> tuple[list[str], list[str]]:
    """The departments and the people of an organ, to be picked from when a list is filled in."""
    own = select(Department.name).where(Department.organ_id == organ.id)
    departments = session.exec(own.order_by(col(Department.id)))
    people = session.exec(
        select(Person.name).where(Person.organ_id == organ.id, col(Person.left_on).is_(None)).order_by(col(Person.id))
    )
    return list(departments), list(dict.fromkeys(people))


def _listed(names: Collection[str]) -> str:
    shown = [f"“{name}”" for name in list(names)[:5]]
    return "、".join(shown) + (f"等 {len(names)} 人" if len(names) > 5 else "")
