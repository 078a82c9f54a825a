"""Telling people what a list or a form changed for them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.people.account import Account
from models.people.person import Person, Post, Tenure
from tasks.access.note_address import note_address
from tasks.people.write_letter import tell_post


def tell_people(
    session: Session,
    moved: Sequence[tuple[Person, str | None]],
    begun: Sequence[tuple[Person, Post, Tenure]],
    *,
    by: Actor,
) -> None:
    """Write to those who have an account: of a new post, and of a changed mail address to the one before.

    Others hear of both with their invitation.
    """
    session.flush()
    wanted = {key(one[0].id) for one in moved} | {key(one[0].id) for one in begun}
    have = set(session.exec(select(Account.person_id).where(col(Account.person_id).in_(wanted))))
    for person, before in moved:
        if person.id in have:
            note_address(session, person, before, by=by)
    for person, post, tenure in begun:
        if person.id in have:
            tell_post(session, person, post, tenure, by=by)
