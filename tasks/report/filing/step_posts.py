"""The posts of the office to which the two reviews of a report are given: whoever holds one, or stands in, does it."""

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.errors import BadInputError, NotFoundError
from models.people.organ import Department, Organ
from models.people.permission import GRANTS, Action, Scope
from models.people.person import Person, Post, Role, Tenure
from models.report.filing import FilingState
from models.report.filing_rows import StepPost
from tasks.acting.authorize import Standing, seats

STEPS = (FilingState.LEGAL_REVIEW, FilingState.SECRECY_REVIEW)
"""The steps that are given to a post."""


def assigned_posts(session: Session, organ_id: int) -> dict[FilingState, int]:
    """The posts that do a step, by step; a step that is for all who review is not among them."""
    rows = session.exec(select(StepPost).where(StepPost.organ_id == organ_id))
    return {row.step: row.post_id for row in rows}


def assigned_ways(session: Session, by: Actor, action: Action, organ_id: int, step: FilingState) -> list[Standing]:
    """The ways in which `by` may do `action` as the holder of the step's post, or standing in; none where the role of
    the post may do it anyway."""
    post_id = assigned_posts(session, organ_id).get(step)
    granted = {grant.role for grant in GRANTS[action] if grant.scope is Scope.ORGAN}
    return [
        Standing(seat, Scope.ORGAN, seat.role)
        for seat in seats(session, by)
        if post_id is not None and seat.post_id == post_id and seat.role not in granted
    ]


def posts_of(session: Session, organ: Organ, *, by: Actor) -> list[tuple[Post, str]]:
    """The organ's posts that somebody holds on the day, each in words: 法规科 科长(王科长)."""
    rows = session.exec(
        select(Post, Department.name, Person.name)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .join(Person, col(Person.id) == Tenure.person_id)
        .outerjoin(Department, col(Department.id) == Post.department_id)
        .where(Post.organ_id == organ.id, col(Tenure.started_on) <= by.on)
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= by.on))
        .order_by(col(Post.department_id), col(Post.id))
    )
    return [
        (post, f"{unit} {post.title}（{name}）" if unit else f"{post.title}（{name}）") for post, unit, name in rows
    ]


def find_post(session: Session, organ: Organ, said: str) -> Post:
    """The post called so, by its title or, for its head, by the department. Raises NotFoundError, BadInputError."""
    heads = (
        select(Post)
        .join(Department, col(Department.id) == Post.department_id)
        .where(Department.organ_id == organ.id, Department.name == said, Post.role == Role.DEPARTMENT_HEAD)
        .order_by(col(Post.id))
    )
    head = session.exec(heads).first()
    if head is not None:
        return head
    titled = session.exec(select(Post).where(Post.organ_id == organ.id, Post.title == said)).all()
    if not titled:
        raise NotFoundError(f"{organ.name}没有岗位“{said[:40]}”，也没有设负责人岗位的同名科室。")
    if len(titled) > 1:
        raise BadInputError(f"{organ.name}有 {len(titled)} 个岗位叫“{said[:40]}”：请写科室的名称，由其负责人办理。")
    return titled[0]
