"""Hands on another's account: who invited, reset, printed, bound or cleared, kept so that it can be asked.

Whoever helps somebody into an account might come in as that person. The separation of duties asks `reset_by` and counts
both as one.
"""

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.people.account import Account, AccountTouch, TouchKind
from models.people.person import Person


def touch(session: Session, account: Account, kind: TouchKind, *, by: Actor) -> None:
    """Keep that `by` did this to the account; nothing for its owner, nor for the administrator at the machine."""
    if by.person_id is not None and by.person_id != account.person_id:
        session.add(AccountTouch(account_id=key(account.id), person_id=by.person_id, kind=kind, at=by.now))
        session.flush()


def reset_by(session: Session, person: Person) -> set[int]:
    """Who had a hand in how the person gets in since the person last set the password by a way of his own.

    That is: reset the password, printed the address, bound single sign-on, cleared the second factor, or changed the
    mail address; giving somebody the first account is none. A way of his own is a change by the password before, or a
    one-time address sent to a mail address that nobody else changed since.
    """
    hands = (
        select(AccountTouch.person_id)
        .join(Account, col(Account.id) == AccountTouch.account_id)
        .where(Account.person_id == person.id, AccountTouch.kind != TouchKind.INVITED)
        .where(or_(col(Account.own_at).is_(None), col(AccountTouch.at) > col(Account.own_at)))
    )
    return set(session.exec(hands))


def asked_by(session: Session, account: Account) -> int | None:
    """Who last asked for a one-time address for the account; None: nobody but the administrator at the machine."""
    asked = select(AccountTouch.person_id).where(
        AccountTouch.account_id == account.id, col(AccountTouch.kind).in_([TouchKind.INVITED, TouchKind.RESET])
    )
    return session.exec(asked.order_by(col(AccountTouch.id).desc()).limit(1)).first()


def mailbox_named_by(session: Session, account: Account) -> set[int]:
    """Who else changed the owner's mail address since he last set the password by a way of his own."""
    named = select(AccountTouch.person_id).where(
        AccountTouch.account_id == account.id, AccountTouch.kind == TouchKind.ADDRESS
    )
    if account.own_at is not None:
        named = named.where(AccountTouch.at > account.own_at)
    return set(session.exec(named))
