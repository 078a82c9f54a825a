"""Finding what a person named: an organ by code, a plan by year, an item by number, somebody by name."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from models.database import key
from models.errors import BadInputError, NotFoundError
from models.items.evidence import Evidence
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.people.organ import Department, Organ
from models.people.person import Person, Post, Role, Tenure

UNNAMED_ORGAN = "本单位"
"""What an organ is called before anybody named it."""


def find_organ(session: Session, code: str | None) -> Organ:
    """The organ with this code or name; without one, the only organ there is (or the root of the only tree)."""
    organs = session.exec(select(Organ).order_by(col(Organ.id)).limit(50)).all()
    if not organs:
        raise NotFoundError(
            "尚未登记任何单位：请先在“人员”中导入名册（duban people import），"
            "或在“年度计划”中导入工作要点（duban plan import）。"
        )
    if code is not None:
        known = session.exec(select(Organ).where((Organ.code == code) | (Organ.name == code))).first()
        if known is None:
            raise NotFoundError(f"没有代码为“{code}”的单位；现有：{_listed(organ.code for organ in organs)}。")
        return known
    roots = [organ for organ in organs if organ.parent_id is None]
    if len(roots) != 1:
        raise BadInputError(f"有多个单位，请用 --organ 指明：{_listed(organ.code for organ in roots)}。")
    return roots[0]


def list_organs(session: Session) -> Sequence[Organ]:
    """Every organ there is, in the order in which they were registered."""
    return session.exec(select(Organ).order_by(col(Organ.id))).all()


def top_organs(session: Session, *, most: int) -> Sequence[Organ]:
    """The first `most` organs that stand under no other."""
    return session.exec(select(Organ).where(col(Organ.parent_id).is_(None)).order_by(col(Organ.id)).limit(most)).all()


def plans_of(session: Session, organ_id: int) -> Sequence[AnnualPlan]:
    """The organ's plans, the newest year first."""
    query = select(AnnualPlan).where(AnnualPlan.organ_id == organ_id).order_by(col(AnnualPlan.year).desc())
    return session.exec(query).all()


def plan_of_year(session: Session, organ_id: int, year: int) -> AnnualPlan | None:
    """The organ's plan of just this year, where there is one."""
    return session.exec(select(AnnualPlan).where(AnnualPlan.organ_id == organ_id, AnnualPlan.year == year)).first()


def find_plan(session: Session, organ: Organ, year: int | None) -> AnnualPlan:
    """The organ's plan of `year`; without one, its newest plan."""
    plans = plans_of(session, key(organ.id))
    if not plans:
        raise NotFoundError(
            f"{organ.name}还没有年度计划：请先在“年度计划”中导入（duban plan import 文件 --year 年度）。"
        )
    if year is None:
        return plans[0]
    for plan in plans:
        if plan.year == year:
            return plan
    raise NotFoundError(f"{organ.name}没有 {year} 年度计划；现有：{_listed(str(plan.year) for plan in plans)}。")


def find_item(session: Session, plan: AnnualPlan, number: str) -> WorkItem:
    """The item with this number in the plan."""
    query = select(WorkItem).where(WorkItem.plan_id == plan.id, WorkItem.number == number.strip(), of_plan())
    found = session.exec(query).first()
    if found is None:
        raise unknown_item(plan, number)
    return found


def unknown_item(plan: AnnualPlan, number: str) -> NotFoundError:
    """What is said alike of a number that does not exist and of an item that the asker may not know of."""
    return NotFoundError(
        f"{plan.year} 年度计划中没有编号为“{number.strip()}”的任务，或者它不在您的查看范围内；编号见任务清单。"
    )


def find_person(session: Session, name: str, organ: Organ | None = None) -> Person:
    """The one person with this name, or with this mobile number or mail address."""
    named = (Person.name == name) | (Person.mobile == name) | (Person.email == name)
    query = select(Person).where(named)
    if organ is not None:
        query = query.where(Person.organ_id == organ.id)
    people = session.exec(query).all()
    if not people:
        raise NotFoundError(f"没有登记“{name}”这个人：请先在“人员”中新增或导入（duban people import）。")
    if len(people) > 1:
        raise BadInputError(f"有 {len(people)} 位“{name}”，请改用手机号或邮箱指明。")
    return people[0]


def find_people(session: Session, names: str, organ: Organ) -> list[Person]:
    """Those of the organ that are named one after the other; nobody in an empty text.

    Raises NotFoundError, BadInputError for a name of several.
    """
    people = []
    for name in filter(None, re.split(r"[、,，;；\s]+", names)):
        try:
            people.append(find_person(session, name, organ))
        except NotFoundError as error:
            raise NotFoundError(f"{organ.name}没有登记“{name}”这个人：请先在“人员”中新增或导入。") from error
    return people


def people_named(session: Session, organ: Organ, name: str) -> Sequence[Person]:
    """Everybody of the organ with just this name."""
    return session.exec(select(Person).where(Person.organ_id == organ.id, Person.name == name)).all()


def names_of(
    session: Session, table: type[Person | Department | Evidence], ids: Iterable[int | None]
) -> dict[int | None, str]:
    """What these rows of a table are called, by id; nothing is asked where none is wanted."""
    wanted = set(ids) - {None}
    if not wanted:
        return {}
    named = select(table.id, table.name).where(col(table.id).in_(wanted))
    return dict(session.exec(named.order_by(col(table.id))).all())


def departments_of(session: Session, organ_id: int) -> Sequence[Department]:
    """The organ's departments, in the order in which they were registered."""
    return session.exec(select(Department).where(Department.organ_id == organ_id).order_by(col(Department.id))).all()


def find_department(session: Session, organ: Organ, name: str) -> Department:
    """The organ's department with this name. Raises NotFoundError naming those there are."""
    named = {department.name: department for department in departments_of(session, key(organ.id))}
    if name not in named:
        raise NotFoundError(f"{organ.name}没有科室“{name}”；现有：{_listed(named)}。新的科室在“人员”中随人员登记。")
    return named[name]


def find_role(
    session: Session, organ: Organ, role: Role, on: dt.date, *, department_id: int | None = None
) -> Person | None:
    """Who held a post of this role in the organ, or in a department of it, on the day; the oldest post's holder where
    there are several."""
    query = (
        select(Person)
        .join(Tenure, col(Tenure.person_id) == Person.id)
        .join(Post, col(Post.id) == Tenure.post_id)
        .where(Post.organ_id == organ.id, Post.role == role, col(Tenure.started_on) <= on)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= on))
        .order_by(col(Post.id), col(Tenure.id))
    )
    return session.exec(query.where(Post.department_id == department_id) if department_id else query).first()


def _listed(words: Iterable[str]) -> str:
    return "、".join(words) or "无"
