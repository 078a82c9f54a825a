"""Getting in: by login and password, or by what single sign-on vouches for; and out again.

One same answer to an unknown name, a wrong password and a closed account, after the same time: who has an account
here is told to nobody at the door.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, or_, select

from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key, on_record, reading
from models.errors import ForbiddenError
from models.people.account import Account
from models.people.person import Person
from tasks.access.hash_password import hash_password, is_outdated, is_password
from tasks.access.hold_session import end_session, find_session, start_session
from tasks.access.limit_attempts import count_attempt, folded, note_success, place_of, remember_place
from tasks.acting.audit import recorded

REFUSED = "登录名或密码不正确。"


@dataclass(frozen=True)
class Caller:
    """Where a sign-in comes from: the address, the browser as it calls itself, the session it had before."""

    address: str
    agent: str
    former: str | None = None


def find_account(session: Session, login: str, *, on: dt.date) -> tuple[Account, Person] | None:
    """The open account of this login and whose it is; None where it is closed or its person has left."""
    return _open(session, Account.login == folded(login), on)


def prove(database: Engine, login: str, password: str, *, address: str, now: dt.datetime) -> int:
    """The id of the account whose password this is.

    Commits by itself, once before the password is looked at and once after: a try must be on record whatever comes
    of it, and a password takes too long to verify for a lock to be held meanwhile. Raises ForbiddenError, which
    says the same whatever was wrong, and SlowDownError.
    """
    with on_record(database) as session:
        attempt = count_attempt(session, login, address=address, now=now)
    with reading(database) as session:
        known = find_account(session, login, on=day_of(now))
    if not is_password(known[0].password_hash if known else None, password) or known is None:
        raise ForbiddenError(REFUSED)
    with on_record(database) as session:
        note_success(session, session.merge(attempt))
    return key(known[0].id)


def sign_in(database: Engine, login: str, password: str, *, caller: Caller, now: dt.datetime) -> str:
    """Sign somebody in by password; returns the token of a session that is always a new one.

    Commits by itself, as `prove` says. Raises ForbiddenError and SlowDownError.
    """
    account_id = prove(database, login, password, address=caller.address, now=now)
    with reading(database) as session:
        kept = session.get_one(Account, account_id).password_hash
    renewed = hash_password(password) if kept and is_outdated(kept) else None
    with on_record(database) as session:
        opened = _open(session, Account.id == account_id, day_of(now))
        if opened is None or opened[0].password_hash != kept:
            raise ForbiddenError(REFUSED)  # closed or changed in this very moment
        return enter(session, *opened, caller=caller, now=now, way="密码", renewed=renewed)


def enter(
    session: Session,
    account: Account,
    person: Person,
    *,
    caller: Caller,
    now: dt.datetime,
    way: str,
    renewed: str | None = None,
) -> str:
    """Start a session of somebody who is proved to be the person, on record; what the browser had before ends."""
    by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
    with recorded(session, by, "sign_in", organ_id=person.organ_id) as record:
        record.after |= {"way": way, "address": place_of(caller.address)}
        if renewed is not None:
            account.password_hash = renewed
            session.add(account)
        if caller.former:
            end_session(session, caller.former, now=now)
        return start_session(session, person, address=caller.address, agent=caller.agent, now=now)


def enter_by_provider(
    session: Session, *, subject: str, login: str, provider: str, caller: Caller, now: dt.datetime
) -> str:
    """Sign in whom the provider vouches for: by `subject`, its own name for the person, else by `login` the first time.

    The first time binds the account to the subject; from then on the provider may rename the person as it likes, and
    nobody else whom it gives that name gets in. Raises ForbiddenError in words that may be shown: whoever comes here
    has been proved to be somebody.
    """
    opened = _open(session, Account.subject == subject, day_of(now))
    bound = opened is not None
    if opened is None and login:
        opened = _open(session, Account.login == folded(login), day_of(now))
        if opened is not None and opened[0].subject is not None:
            raise ForbiddenError(
                f"“{login}”的账户已与单点登录中的另一个人绑定:请管理员核实后关闭账户重新开通,或用密码登录。"
            )
    if opened is None:
        name = login or subject.rpartition("|")[2]
        raise ForbiddenError(f"单点登录认出您是“{name}”,但本系统没有您的账户,或者账户已关闭:请联系管理员开通。")
    account, person = opened
    remember_place(session, account.login, address=caller.address, now=now)
    token = enter(session, account, person, caller=caller, now=now, way=f"单点登录({provider})")
    if not bound:
        by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
        with recorded(session, by, "bind_account", organ_id=person.organ_id):
            account.subject = subject
            session.add(account)
    return token


def sign_out(session: Session, token: str, *, now: dt.datetime) -> None:
    """End the session this token opens, on record; nothing where it opens none."""
    found = find_session(session, token, now=now)
    if found is None:
        return
    person = found[1]
    by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
    with recorded(session, by, "sign_out", organ_id=person.organ_id) as record:
        record.after["address"] = place_of(found[0].address)
        end_session(session, token, now=now)


def _open(session: Session, which: ColumnElement[bool] | bool, on: dt.date) -> tuple[Account, Person] | None:
    found = session.exec(
        select(Account, Person)
        .join(Person, col(Person.id) == Account.person_id)
        .where(which, col(Account.closed_at).is_(None))
        .where(or_(col(Person.left_on).is_(None), col(Person.left_on) >= on))
    ).first()
    return None if found is None else (found[0], found[1])
