"""The item of a plan that carries the days of one ledger: made when first needed, of the office's own making."""

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.kind import Kind
from models.people.person import Post, Role, Tenure
from tasks.acting.authorize import seats

PROJECT = "台账时限"
"""Where the items that carry ledgers' days stand in the year's list."""
_RUNNING = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.HANDLER, Role.DEPARTMENT_HEAD)


def standing_item(session: Session, plan: AnnualPlan, kind: Kind, *, by: Actor) -> WorkItem:
    """The plan's item for the ledger, given to whoever keeps it.

    That is who writes down its first row; where a leader does, or the machine, the organ's supervisor. It can be
    transferred like any other.
    """
    standing = _found(session, plan, kind)
    if standing is not None:
        return standing
    # Of two who need it at once the second waits, and finds what the first made.
    session.refresh(plan, with_for_update=True)
    standing = _found(session, plan, kind)
    if standing is not None:
        return standing
    post = _keeper(session, plan, by)
    item = WorkItem(
        plan_id=key(plan.id),
        organ_id=plan.organ_id,
        project_id=key(_project(session, plan).id),
        number=f"台账{kind.title}",
        title=f"{kind.title}台账时限",
        note=f"由{kind.title}台账逐条生成;在台账中填写完成日期,时限即告完成。",
        source=f"台账:{kind.title}",
        ledger=kind.code,
        department_id=post.department_id if post else None,
        handler_post_id=post.id if post else None,
        state=ItemState.ACTIVE,
        issued_on=by.on,
        signed_on=by.on,
    )
    session.add(item)
    session.flush()
    return item


def _found(session: Session, plan: AnnualPlan, kind: Kind) -> WorkItem | None:
    return session.exec(select(WorkItem).where(WorkItem.plan_id == plan.id, WorkItem.ledger == kind.code)).first()


def _project(session: Session, plan: AnnualPlan) -> Project:
    project = session.exec(select(Project).where(Project.plan_id == plan.id, Project.name == PROJECT)).first()
    if project is None:
        last = session.exec(select(func.max(Project.ordinal)).where(Project.plan_id == plan.id)).one() or 0
        project = Project(plan_id=key(plan.id), ordinal=last + 1, name=PROJECT)
        session.add(project)
        session.flush()
    return project


def _keeper(session: Session, plan: AnnualPlan, by: Actor) -> Post | None:
    """The recorder's own post, else that of the organ's supervisor; nobody where there is none."""
    for seat in seats(session, by):
        if seat.organ_id == plan.organ_id and seat.post_id is not None and seat.role in _RUNNING:
            return session.get_one(Post, seat.post_id)
    return session.exec(
        select(Post)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .where(Post.organ_id == plan.organ_id, Post.role == Role.SUPERVISOR, col(Tenure.started_on) <= by.on)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= by.on))
        .order_by(col(Post.id))
    ).first()
