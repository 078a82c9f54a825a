"""Change who answers: a post passes to a successor, somebody leaves the office, somebody is away for some days.

Items name posts, so no row of an item is rewritten: whoever holds the post on a day gets that day's notices. What is
done a second time changes nothing and leaves no second entry. Whoever may not manage the organ's people on the day
it is done gets ForbiddenError.
"""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.days import DAY
from models.errors import BadInputError
from models.people.permission import Action
from models.people.person import Leave, Person, Post, Tenure
from models.people.staff_proposal import ProposalKind, StaffProposal
from tasks.access.hold_session import end_sessions
from tasks.access.hold_tokens import end_tokens
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.people.write_letter import tell_leave, tell_post
from tasks.staff.officers import check_separate
from tasks.staff.second_person import Second


def hand_over(session: Session, post: Post, *, by: Actor, to: Person, on: dt.date) -> Tenure | StaffProposal:
    """`to` holds `post` from `on`; whoever held it does so up to the day before. Done twice, nothing changes.

    What nobody does alone (`tasks.staff.second_person`) is proposed instead, and waits for a second person. Somebody
    who had left is back in service from `on`, if `by` may manage the people of that person's organ too.
    Raises BadInputError where the post has already been given to another from `on` or a later day.
    """
    standing = authorize_organ(session, by, Action.STAFF, post.organ_id)
    held = _held(session, post)
    for tenure in held:
        if tenure.person_id == to.id and tenure.started_on <= on and _lasts(tenure, on):
            return tenure
    _check_free(post, held, on)
    if to.left_on is not None and to.left_on < on:
        authorize_organ(session, by, Action.STAFF, to.organ_id)
    second = Second(session, by, standing, post.organ_id)
    why = second.needed_for_post(post, to)
    if why is not None:
        return second.propose(ProposalKind.POST, post.organ_id, to, why, post=post, from_on=on)
    with performing_for(session, by, Action.STAFF, post.organ_id):
        begun = begin_tenure(session, post, to=to, on=on, by=by)
        check_separate(session, post.organ_id, {to.id}, on=on)
    return begun


def begin_tenure(session: Session, post: Post, *, to: Person, on: dt.date, by: Actor) -> Tenure:
    """The hand-over itself, inside an act that is on record. Raises BadInputError as `hand_over` does."""
    held = _held(session, post)
    _check_free(post, held, on)
    for tenure in held:
        if _lasts(tenure, on):
            tenure.ended_on = on - DAY
    if to.left_on is not None and to.left_on < on:
        to.left_on = None
        # What opened something before the departure does not come back with the person.
        end_tokens(session, to, now=by.now)
        end_sessions(session, key(to.id), now=by.now)
    begun = Tenure(post_id=key(post.id), person_id=key(to.id), started_on=on, ended_on=to.left_on)
    session.add(begun)
    session.flush()
    tell_post(session, to, post, begun, by=by)
    return begun


def _held(session: Session, post: Post) -> Sequence[Tenure]:
    return session.exec(select(Tenure).where(Tenure.post_id == post.id).order_by(col(Tenure.started_on))).all()


def _check_free(post: Post, held: Sequence[Tenure], on: dt.date) -> None:
    for tenure in held:
        if tenure.started_on >= on:
            raise BadInputError(f"“{post.title}”自 {tenure.started_on} 起已另有人任职，交接日须晚于这一天。")


def leave_office(session: Session, person: Person, *, by: Actor, on: dt.date) -> list[Post]:
    """`on` is the person's last day of service; returns the posts that fall vacant.

    Raises BadInputError where a post is to be taken up after that day.
    """
    authorize_organ(session, by, Action.STAFF, person.organ_id)
    held = session.exec(select(Tenure).where(Tenure.person_id == person.id).order_by(col(Tenure.post_id))).all()
    open_ended = [tenure for tenure in held if tenure.ended_on is None or tenure.ended_on > on]
    for tenure in open_ended:
        if tenure.started_on > on:
            raise BadInputError(f"{person.name}自 {tenure.started_on} 起任职，离任日不能早于这一天。")
    if person.left_on == on and not open_ended:
        return []
    with performing_for(session, by, Action.STAFF, person.organ_id):
        for tenure in open_ended:
            tenure.ended_on = on
        person.left_on = on
    vacated = select(Post).where(col(Post.id).in_([tenure.post_id for tenure in open_ended]))
    return list(session.exec(vacated.order_by(col(Post.id))))


def take_leave(
    session: Session, person: Person, *, by: Actor, from_on: dt.date, until_on: dt.date, deputy: Person | None = None
) -> Leave | StaffProposal:
    """The person is away from `from_on` to `until_on`, both included; `deputy`, else the usual one, stands in.

    Where that is whoever registers it, and consents are given from the person's posts, it is proposed instead and waits
    for a second person. The same days recorded again only change the deputy. Raises BadInputError where the days run
    backwards, overlap another leave, or the deputy cannot stand in.
    """
    standing = authorize_organ(session, by, Action.STAFF, person.organ_id)
    known = _check_leave(session, person, from_on=from_on, until_on=until_on, deputy=deputy)
    if known is not None and known.deputy_id == (deputy.id if deputy else None):
        return known
    stand_in = deputy.id if deputy else person.deputy_id
    second = Second(session, by, standing, person.organ_id)
    why = second.needed_for_deputy(person, stand_in, on=from_on)
    if why is not None:
        days = {"from_on": from_on, "until_on": until_on}
        return second.propose(ProposalKind.LEAVE, person.organ_id, person, why, deputy_id=stand_in, **days)
    with performing_for(session, by, Action.STAFF, person.organ_id):
        taken = keep_leave(session, person, from_on=from_on, until_on=until_on, deputy=deputy, by=by)
        check_separate(session, person.organ_id, {stand_in}, on=by.on)
    return taken


def keep_leave(
    session: Session, person: Person, *, from_on: dt.date, until_on: dt.date, deputy: Person | None, by: Actor
) -> Leave:
    """Write the leave down, inside an act that is on record. Raises BadInputError as `take_leave` does."""
    taken = _check_leave(session, person, from_on=from_on, until_on=until_on, deputy=deputy)
    if taken is None:
        taken = Leave(person_id=key(person.id), from_on=from_on, until_on=until_on)
        session.add(taken)
    taken.deputy_id = deputy.id if deputy else None
    session.flush()
    usual = session.get(Person, person.deputy_id) if person.deputy_id else None
    tell_leave(session, person, taken, deputy or usual, by=by)
    return taken


def _check_leave(
    session: Session, person: Person, *, from_on: dt.date, until_on: dt.date, deputy: Person | None
) -> Leave | None:
    """The leave of just these days, where it is registered. Raises BadInputError."""
    if until_on < from_on:
        raise BadInputError(f"请假的最后一天 {until_on} 早于第一天 {from_on}。")
    if deputy is not None and deputy.id == person.id:
        raise BadInputError("代理人不能是本人。")
    if deputy is not None and deputy.left_on is not None and deputy.left_on < until_on:
        raise BadInputError(f"{deputy.name}于 {deputy.left_on} 离任，不能代理到 {until_on}。")
    known = None
    for leave in session.exec(select(Leave).where(Leave.person_id == person.id)):
        if (leave.from_on, leave.until_on) == (from_on, until_on):
            known = leave
        elif leave.from_on <= until_on and from_on <= leave.until_on:
            raise BadInputError(f"{person.name}在 {leave.from_on} 至 {leave.until_on} 已登记请假，日期不能重叠。")
    return known


def _lasts(tenure: Tenure, on: dt.date) -> bool:
    return tenure.ended_on is None or tenure.ended_on >= on
