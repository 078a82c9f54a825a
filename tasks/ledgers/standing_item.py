"""The items of a plan that carry the days of one ledger: one for each post that owes any, made when first needed."""

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.kind import Kind
from models.people.person import Post, Role, Tenure

PROJECT = "台账时限"
"""Where the items that carry ledgers' days stand in the year's list."""


def standing_item(session: Session, plan: AnnualPlan, kind: Kind, post_id: int | None, *, by: Actor) -> WorkItem:
    """The plan's item for what the post owes to the ledger; without a post, for what the organ's supervisor does.

    The ladder reminds the post's holder by it, and those above by the post's unit.
    """
    post = session.get_one(Post, post_id) if post_id is not None else _supervisor(session, plan, by)
    standing = _found(session, plan, kind, post)
    if standing is not None:
        return standing
    # Of two who need it at once the second waits, and finds what the first made.
    session.refresh(plan, with_for_update=True)
    standing = _found(session, plan, kind, post)
    if standing is not None:
        return standing
    item = WorkItem(
        plan_id=key(plan.id),
        organ_id=plan.organ_id,
        project_id=key(_project(session, plan).id),
        number=f"台账{kind.title}" + (f"-{post.id}" if post is not None else ""),
        title=f"{kind.title}台账时限",
        note=f"由{kind.title}台账逐条生成；在台账中填写完成日期，时限即告完成。",
        source=f"台账：{kind.title}",
        ledger=kind.code,
        department_id=post.department_id if post is not None else None,
        handler_post_id=post.id if post is not None else None,
        state=ItemState.ACTIVE,
        issued_on=by.on,
        signed_on=by.on,
    )
    session.add(item)
    session.flush()
    return item


def _found(session: Session, plan: AnnualPlan, kind: Kind, post: Post | None) -> WorkItem | None:
    carrying = select(WorkItem).where(WorkItem.plan_id == plan.id, WorkItem.ledger == kind.code)
    owner = post.id if post is not None else None
    return session.exec(carrying.where(col(WorkItem.handler_post_id).is_not_distinct_from(owner))).first()


def _project(session: Session, plan: AnnualPlan) -> Project:
    project = session.exec(select(Project).where(Project.plan_id == plan.id, Project.name == PROJECT)).first()
    if project is None:
        last = session.exec(select(func.max(Project.ordinal)).where(Project.plan_id == plan.id)).one() or 0
        project = Project(plan_id=key(plan.id), ordinal=last + 1, name=PROJECT)
        session.add(project)
        session.flush()
    return project


def _supervisor(session: Session, plan: AnnualPlan, by: Actor) -> Post | None:
    """The post of the organ's supervisor; nobody where there is none."""
    return session.exec(
        select(Post)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .where(Post.organ_id == plan.organ_id, Post.role == Role.SUPERVISOR, col(Tenure.started_on) <= by.on)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= by.on))
        .order_by(col(Post.id))
    ).first()
