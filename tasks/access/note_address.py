"""A mail address that was changed: where letters and one-time addresses go from now on."""

from sqlmodel import Session, select

from models.actor import Actor
from models.people.account import Account, TouchKind
from models.people.person import Person
from tasks.people.touch_account import touch
from tasks.people.write_letter import tell_address


def note_address(session: Session, person: Person, before: str | None, *, by: Actor) -> None:
    """Tell the address before, and keep who changed it: whoever names the mailbox might open the account."""
    tell_address(session, person, before, by=by)
    account = session.exec(select(Account).where(Account.person_id == person.id)).first()
    if account is not None:
        touch(session, account, TouchKind.ADDRESS, by=by)
