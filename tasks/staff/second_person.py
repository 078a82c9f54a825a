"""What of the office's people nobody brings about alone, and the proposal that waits for a second person.

Whoever manages people appoints neither himself to any post, nor anybody to a post from which the office is led, run or
watched, nor makes himself the deputy of somebody whose consent counts. The administrator at the machine does everything
alone; so does whoever sets an office up, until it has had somebody who could confirm.
"""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.people.consent import CONSENTS
from models.people.permission import GRANTS, Action, Scope
from models.people.person import Person, Post, Role, Tenure
from models.people.staff_proposal import ProposalKind, ProposalState, StaffProposal
from tasks.acting.authorize import Standing
from tasks.acting.perform import performing_for

GUARDED = (Role.FIRST_RESPONSIBLE, Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)
"""The posts that nobody fills alone, whoever is to hold them."""
CONFIRMING = tuple(grant.role for grant in GRANTS[Action.CONFIRM_STAFF] if grant.scope is Scope.ORGAN)
CONSENTING = tuple(dict.fromkeys(grant.role for action in CONSENTS for grant in GRANTS[action]))
"""Roles whose consent somebody needs: nobody makes himself their deputy alone."""


class Second:
    """Whether what `by` does to people of an organ takes a second person, decided once as things are now."""

    def __init__(self, session: Session, by: Actor, standing: Standing, organ_id: int) -> None:
        self.session, self.by, self.standing = session, by, standing
        self.own = {by.person_id, standing.seat.for_id} - {None}
        self.alone = self._alone(organ_id)

    def needed_for_post(self, post: Post, to: Person) -> str | None:
        """Why giving the post to that person takes a second one; None where it does not."""
        if self.alone:
            return None
        if to.id in self.own:
            return f"{self.by.name}提出由{'本人' if to.id == self.by.person_id else to.name}任职"
        return f"“{post.role.label}”的任职须由第二人确认" if post.role in GUARDED else None

    def needed_for_deputy(self, person: Person, deputy_id: int | None, *, on: dt.date) -> str | None:
        """Why that deputy takes a second person: consents are given from a post the person holds on or after `on`."""
        if self.alone or deputy_id is None or deputy_id not in self.own:
            return None
        held = select(Post.role).join(Tenure, col(Tenure.post_id) == Post.id).where(
            Tenure.person_id == person.id, col(Post.role).in_(CONSENTING),
            or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on),
        )  # fmt: skip
        role = self.session.exec(held.order_by(col(Post.id))).first()
        return f"{self.by.name}提出由本人代理{Role(role).label}{person.name}" if role is not None else None

    def propose(self, kind: ProposalKind, organ_id: int, person: Person, why: str, **more: Any) -> StaffProposal:
        """Propose it, on record. The same one that waits already is that one, and leaves no second entry."""
        known = self._waiting(_columns(kind, organ_id, person, **more))
        if known is not None:
            return known
        with performing_for(self.session, self.by, Action.STAFF, organ_id):
            return self.note(kind, organ_id, person, why, **more)

    def note(self, kind: ProposalKind, organ_id: int, person: Person, why: str, **more: Any) -> StaffProposal:
        """Write the proposal down inside an act that is on record. The same one that waits already is that one."""
        asked = _columns(kind, organ_id, person, **more)
        known = self._waiting(asked)
        if known is not None:
            return known
        made = StaffProposal(
            **asked, why=why, proposed_by_id=key(self.by.person_id), for_id=self.standing.seat.for_id,
            proposed_on=self.by.on, recorded_at=self.by.now,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        return made

    def _waiting(self, asked: dict[str, Any]) -> StaffProposal | None:
        columns = StaffProposal.__table__.columns  # type: ignore[attr-defined]
        alike = [columns[name].is_(None) if value is None else columns[name] == value for name, value in asked.items()]
        query = select(StaffProposal).where(StaffProposal.state == ProposalState.PENDING, *alike)
        return self.session.exec(query).first()

    def _alone(self, organ_id: int) -> bool:
        """Whether there is no second person: at the machine, and while an office is set up.

        Whoever once held a post from which appointments are confirmed counts for good: taking everybody out of office
        again gives nobody a free hand.
        """
        if self.by.person_id is None:
            return True
        ever = (
            select(Tenure.id)
            .join(Post, col(Post.id) == Tenure.post_id)
            .where(Post.organ_id == organ_id, col(Post.role).in_(CONFIRMING))
            .where(col(Tenure.person_id).not_in(self.own))
        )
        return self.session.exec(ever).first() is None


def _columns(
    kind: ProposalKind,
    organ_id: int,
    person: Person,
    *,
    post: Post | None = None,
    deputy_id: int | None = None,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
) -> dict[str, Any]:
    """What a proposal is about: two of the same are one."""
    return {
        "organ_id": organ_id, "kind": kind, "person_id": key(person.id), "post_id": post.id if post else None,
        "deputy_id": deputy_id, "from_on": from_on, "until_on": until_on,
    }  # fmt: skip
