"""Who holds which post on a day."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from models.database import key
from models.errors import BadInputError, NotFoundError
from models.people.organ import Department, Organ
from models.people.person import Leave, Oversight, Person, Post, Tenure


def roster(session: Session, organ: Organ | None, *, on: dt.date) -> list[dict[str, Any]]:
    """One row per post and holder on `on`, vacant posts and people without a post included; of one organ or all."""
    organs = {row.id: row.name for row in session.exec(select(Organ))}
    departments = {row.id: row.name for row in session.exec(select(Department))}
    persons = {row.id: row for row in session.exec(select(Person))}
    posts = [post for post in session.exec(select(Post)) if organ is None or post.organ_id == organ.id]
    holders = _holders(session, persons, on)
    in_charge: dict[int | None, list[str]] = {}
    for charge in session.exec(select(Oversight)):
        in_charge.setdefault(charge.post_id, []).append(departments[charge.department_id])
    away = session.exec(select(Leave).where(Leave.from_on <= on, Leave.until_on >= on))
    leaves = {leave.person_id: leave for leave in away}

    def described(post: Post | None, person: Person | None) -> dict[str, Any]:
        row: dict[str, Any] = {
            "organ": organs[(post or person).organ_id],  # type: ignore[union-attr]
            "departments": [], "name": None, "title": None, "role": None, "role_name": None, "email": None,
            "mobile": None, "deputy": None, "post": None, "state": "空缺", "left_on": None,
        }  # fmt: skip
        if post is not None:
            own = [departments[post.department_id]] if post.department_id else sorted(in_charge.get(post.id, []))
            row |= {"departments": own, "title": post.title, "post": post.id}
            row |= {"role": post.role, "role_name": post.role.label}
        if person is not None:
            leave = leaves.get(person.id or 0)
            deputy_id = (leave.deputy_id if leave else None) or person.deputy_id
            gone = person.left_on is not None and person.left_on < on
            row |= {"name": person.name, "email": person.email, "mobile": person.mobile, "left_on": person.left_on}
            row["deputy"] = persons[deputy_id].name if deputy_id else None
            row["state"] = "已离任" if gone else "请假" if leave else "在岗"
        return row

    rows = [described(post, person) for post in posts for person in holders.get(post.id, [None])]
    seated = {person.id for post in posts for person in holders.get(post.id, []) if person}
    rows += [
        described(None, person)
        for person in persons.values()
        if person.id not in seated and (organ is None or person.organ_id == organ.id)
    ]
    return sorted(rows, key=lambda row: (row["organ"], row["post"] is None, row["departments"], row["post"]))


def people_in_office(session: Session, organ_id: int, *, on: dt.date) -> list[tuple[int, str]]:
    """Everybody of the organ who holds a post on the day, by id, with the department and the title: for a choice."""
    names: dict[int, str] = {}
    for person_id, name, title, department in posts_in_office(session, organ_id, on=on):
        names.setdefault(person_id, f"{name}（{department or ''}{title}）")
    return list(names.items())


def posts_in_office(session: Session, organ_id: int, *, on: dt.date) -> Sequence[tuple[int, str, str, str | None]]:
    """A row for each post of the organ that somebody holds on the day: whose id and name, its title and department."""
    rows = session.exec(
        select(Person.id, Person.name, Post.title, Department.name)
        .join(Tenure, col(Tenure.person_id) == Person.id)
        .join(Post, col(Post.id) == Tenure.post_id)
        .outerjoin(Department, col(Department.id) == Post.department_id)
        .where(
            Post.organ_id == organ_id,
            Tenure.started_on <= on,
            or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on),
            or_(col(Person.left_on).is_(None), col(Person.left_on) >= on),
        )
        .order_by(col(Department.id).is_(None), col(Department.id), col(Post.id))
    ).all()
    return [(key(person_id), name, title, department) for person_id, name, title, department in rows]


def everybody(session: Session, organs: Collection[int], *, most: int | None = None) -> Sequence[Person]:
    """All people registered in these organs by name, those who left too; at most so many."""
    return session.exec(select(Person).where(col(Person.organ_id).in_(organs)).order_by(Person.name).limit(most)).all()


def people_in_service(
    session: Session, organ_id: int, *, on: dt.date, without: int | None = None
) -> list[tuple[int, str]]:
    """Everybody of the organ in service on the day, for a choice."""
    people = everybody(session, [organ_id])
    names = Counter(person.name for person in people)
    return [
        (
            person.id or 0,
            f"{person.name}（{person.mobile[-4:]}）" if person.mobile and names[person.name] > 1 else person.name,
        )
        for person in people
        if person.id != without and (person.left_on is None or person.left_on >= on)
    ]


def posts_held(session: Session, person: Person, *, on: dt.date) -> list[tuple[Post, str | None]]:
    """The posts the person holds on the day, each with the name of its department."""
    rows = session.exec(
        select(Post, Department.name)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .outerjoin(Department, col(Department.id) == Post.department_id)
        .where(Tenure.person_id == person.id, col(Tenure.started_on) <= on)
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        .order_by(col(Post.id))
    ).all()
    return [(row[0], row[1]) for row in rows]


def posts_to_hand_over(
    session: Session, former: Person | None, named: str | None, organ: Organ | None, *, on: dt.date
) -> list[Post]:
    """The posts that `former` holds on `on` or was the last to hold, narrowed to a number or title.

    Raises NotFoundError where there is none, BadInputError where a title alone fits several.
    """
    query = select(Post).order_by(col(Post.id))
    if organ is not None:
        query = query.where(Post.organ_id == organ.id)
    if named is not None:
        query = query.where(Post.id == int(named) if named.isdecimal() else Post.title == named)
    posts = list(session.exec(query))
    if former is not None:
        begun = session.exec(select(Tenure).where(Tenure.started_on <= on).order_by(col(Tenure.started_on)))
        newest = {tenure.post_id: tenure.person_id for tenure in begun}
        posts = [post for post in posts if newest.get(post.id or 0) == former.id]
    if not posts:
        who = former.name if former else ""
        raise NotFoundError(
            f"没有找到{who}的岗位“{named}”。" if named else f"{who}在 {on} 没有任何岗位：岗位在“人员”中登记。"
        )
    if former is None and len(posts) > 1:
        numbers = "、".join(str(post.id) for post in posts)
        raise BadInputError(f"有 {len(posts)} 个岗位叫“{named}”（编号 {numbers}），请用编号或 --from 指明。")
    return posts


def _holders(session: Session, persons: dict[int | None, Person], on: dt.date) -> dict[int | None, list[Person | None]]:
    holders: dict[int | None, list[Person | None]] = {}
    for tenure in session.exec(select(Tenure).where(Tenure.started_on <= on).order_by(col(Tenure.id))):
        if tenure.ended_on is None or tenure.ended_on >= on:
            holders.setdefault(tenure.post_id, []).append(persons[tenure.person_id])
    return holders
