"""Setting a password: with a one-time code, or by its owner who knows the one before."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key
from models.errors import BadInputError, NotFoundError
from models.people.account import Account, CodeWay, OneTimeCode
from models.people.organ import Organ
from models.people.password import fault_of
from models.people.person import Person
from tasks.access.hash_password import hash_password
from tasks.access.hold_session import end_sessions, hashed
from tasks.access.hold_tokens import end_tokens
from tasks.acting.audit import recorded
from tasks.people.touch_account import mailbox_named_by
from tasks.people.write_letter import tell_own


@dataclass(frozen=True)
class Invited:
    """Whom a one-time code lets set a password."""

    code: OneTimeCode
    account: Account
    person: Person


def find_invited(session: Session, code: str, *, now: dt.datetime) -> Invited:
    """Whose code this is. Raises NotFoundError, in one same sentence, for one unknown, used, expired or closed."""
    invited = session.exec(
        select(OneTimeCode, Account, Person)
        .join(Account, col(Account.id) == OneTimeCode.account_id)
        .join(Person, col(Person.id) == Account.person_id)
        .where(
            OneTimeCode.code_hash == hashed(code),
            col(OneTimeCode.used_at).is_(None),
            OneTimeCode.expires_at > now,
            col(Account.closed_at).is_(None),
            or_(col(Person.left_on).is_(None), col(Person.left_on) >= day_of(now)),
        )
    ).first()
    if invited is None:
        raise NotFoundError("这个一次性地址不能用了：可能已经用过、超过 72 小时，或者已换发新的。请管理员重新发一个。")
    return Invited(*invited)


def check_password(session: Session, person: Person, login: str, password: str) -> None:
    """Raises BadInputError that says why the password will not do for this person, and what would."""
    organ = session.get_one(Organ, person.organ_id).name
    fault = fault_of(password, names=(person.name, login, person.mobile or "", person.email or "", organ))
    if fault:
        raise BadInputError(fault)


def set_by_code(session: Session, code: str, password: str, *, now: dt.datetime) -> Invited:
    """Set the password the code allows once; every session there was ends. Raises NotFoundError, BadInputError."""
    invited = find_invited(session, code, now=now)
    session.refresh(invited.code, with_for_update=True)
    if invited.code.used_at is not None:
        invited = find_invited(session, code, now=now)
    check_password(session, invited.person, invited.account.login, password)
    by = Actor(invited.person.name, Channel.WEB, day_of(now), now, invited.person.id)
    with recorded(session, by, "set_password", organ_id=invited.person.organ_id):
        use_code(session, invited, now=now)
        _set(session, invited.account, password, now)
    return invited


def use_code(session: Session, invited: Invited, *, now: dt.datetime) -> None:
    """The code counts no more. One that only its person's own mailbox held makes the account wholly his again."""
    invited.code.used_at = now
    session.add(invited.code)
    if invited.code.handed is CodeWay.MAIL and not mailbox_named_by(session, invited.account):
        invited.account.own_at = now
        session.add(invited.account)


def change_password(session: Session, account: Account, password: str, *, by: Actor, with_tokens: bool = False) -> None:
    """Change the password of the actor's own account, once the old one is proved; every session there was ends.

    So do tokens and the calendar address `with_tokens`. Raises BadInputError that says what would do.
    """
    person = session.get_one(Person, account.person_id)
    check_password(session, person, account.login, password)
    with recorded(session, by, "set_password", organ_id=person.organ_id):
        _set(session, account, password, by.now)
        account.own_at = by.now
        tell_own(session, person, "的密码已修改，别处的登录都已退出", now=by.now)
        if with_tokens:
            end_tokens(session, person, now=by.now)


def _set(session: Session, account: Account, password: str, now: dt.datetime) -> None:
    account.password_hash = hash_password(password)
    account.password_set_at = now
    session.add(account)
    end_sessions(session, key(account.person_id), now=now)
