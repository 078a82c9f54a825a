"""Giving a review of the reports to a post of the office, from now on and for the one that waits for it."""

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, NotFoundError
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Post
from models.report.filing import Filing, FilingState
from models.report.filing_rows import StepPost
from tasks.acting.perform import performing_for
from tasks.report.filing.step_posts import STEPS
from tasks.report.filing.tell_next import tell_next


def assign_step(session: Session, organ: Organ, step: FilingState, post: Post | None, *, by: Actor) -> None:
    """Give the step to the post; without one it is again for all who review. Raises BadInputError, ForbiddenError.

    Of a report that waits at this step whoever may do it now is told.
    """
    if step not in STEPS:
        raise BadInputError(f"“{step.label}”不能指定：可指定的是{'、'.join(one.label for one in STEPS)}。")
    if post is not None and post.organ_id != organ.id:
        raise NotFoundError("没有这个岗位：请选择本单位的岗位。")
    with performing_for(session, by, Action.REPORT_ASSIGN, organ.id) as record:
        query = select(StepPost).where(StepPost.organ_id == organ.id, StepPost.step == step)
        there = session.exec(query.with_for_update()).first()
        before = there.post_id if there is not None else None
        if there is not None and post is None:
            session.delete(there)
        elif there is not None and post is not None:
            there.post_id = key(post.id)
        elif post is not None:
            session.add(StepPost(organ_id=key(organ.id), step=step, post_id=key(post.id)))
        session.flush()
        if before != (post.id if post else None):
            for filing in session.exec(select(Filing).where(Filing.organ_id == organ.id, Filing.state == step)):
                tell_next(session, filing, step, by=by, assigned=True)
        record.after |= {"step": step.label, "post": post.title if post else None}
