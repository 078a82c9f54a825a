"""Getting in: by login and password, or by what single sign-on vouches for; and out again.

One same answer to an unknown name, a wrong password and a closed account, after the same time: who has an account
here is told to nobody at the door.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, or_, select

from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key, on_record, reading
from models.errors import ForbiddenError
from models.people.account import Account
from models.people.person import Person
from models.people.web_session import SessionStage
from tasks.access.hash_password import hash_password, is_outdated, is_password
from tasks.access.hold_session import end_session, find_session, start_session
from tasks.access.limit_attempts import (
    count_attempt,
    folded,
    note_success,
    place_of,
    remember_place,
    take_back,
)
from tasks.access.second_factor import enrol, factor_owed, use_factor
from tasks.acting.audit import recorded

REFUSED = "登录名或密码不正确。"
WRONG_CODE = "动态码不正确，或者已经用过：请等认证器换出下一个 6 位数字再试，也可以用一个恢复码。"
GONE = "这次登录已失效：请重新登录。"


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
    of it, and a password takes too long to verify for a lock to be held meanwhile. Of an account with a second factor
    the try is taken off the record instead of counting as a success: whoever knows the password alone must not be able
    to start the count of wrong codes anew. Raises ForbiddenError, which says the same whatever was wrong, and
    SlowDownError.
    """
    with on_record(database) as session:
        attempt = count_attempt(session, login, address=address, now=now)
    with reading(database) as session:
        known = find_account(session, login, on=day_of(now))
    if not is_password(known[0].password_hash if known else None, password) or known is None:
        raise ForbiddenError(REFUSED)
    with on_record(database) as session:
        if known[0].otp_secret is None:
            note_success(session, session.merge(attempt))
        else:
            take_back(session, attempt)
    return key(known[0].id)


def prove_code(database: Engine, account_id: int, code: str, *, address: str, home: Path, now: dt.datetime) -> Account:
    """The account, once the code proves to be one of its second factor. Commits by itself, as `prove` does.

    Raises ForbiddenError, SlowDownError.
    """
    with reading(database) as session:
        login = session.get_one(Account, account_id).login
    with on_record(database) as session:
        attempt = count_attempt(session, login, address=address, now=now)
    with on_record(database) as session:
        account = session.get_one(Account, account_id)
        person = session.get_one(Person, account.person_id)
        by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
        with recorded(session, by, "use_factor", organ_id=person.organ_id) as record:
            used = use_factor(session, account, code, home=home, now=now)
            if used is None:
                raise ForbiddenError(WRONG_CODE)
            record.after["way"] = used
        note_success(session, session.merge(attempt))
        return account


def sign_in(
    database: Engine, login: str, password: str, *, caller: Caller, now: dt.datetime, roles: bool = False
) -> str:
    """Sign somebody in by password; returns the token of a session that is always a new one.

    Where the account has a second factor, or owes one (`roles`: the settings ask it of some), the session opens nothing
    until that is dealt with. Commits by itself, as `prove` says. Raises ForbiddenError and SlowDownError.
    """
    account_id = prove(database, login, password, address=caller.address, now=now)
    with reading(database) as session:
        kept = session.get_one(Account, account_id).password_hash
    renewed = hash_password(password) if kept and is_outdated(kept) else None
    with on_record(database) as session:
        opened = _open(session, Account.id == account_id, day_of(now))
        if opened is None or opened[0].password_hash != kept:
            raise ForbiddenError(REFUSED)  # closed or changed in this very moment
        return enter(session, *opened, caller=caller, now=now, way="密码", renewed=renewed, roles=roles)


def enter(
    session: Session,
    account: Account,
    person: Person,
    *,
    caller: Caller,
    now: dt.datetime,
    way: str,
    renewed: str | None = None,
    roles: bool = False,
    factor: bool = False,
) -> str:
    """Start a session of somebody who is proved to be the person, on record; what the browser had before ends.

    With `factor` the second factor is proved as well, or asked for elsewhere.
    """
    by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
    stage = SessionStage.OPEN if factor else stage_of(session, account, person, on=day_of(now), roles=roles)
    with recorded(session, by, "sign_in", organ_id=person.organ_id) as record:
        record.after |= {"way": way, "address": place_of(caller.address)}
        if stage is not SessionStage.OPEN:
            record.after["stage"] = stage.value
        if renewed is not None:
            account.password_hash = renewed
            session.add(account)
        if caller.former:
            end_session(session, caller.former, now=now)
        return start_session(session, person, address=caller.address, agent=caller.agent, now=now, stage=stage)


def stage_of(session: Session, account: Account, person: Person, *, on: dt.date, roles: bool) -> SessionStage:
    """What a sign-in by one factor still lacks."""
    if account.otp_secret is not None:
        return SessionStage.CODE
    return SessionStage.ENROL if roles and factor_owed(session, person, on=on) else SessionStage.OPEN


def go_on(database: Engine, half: str, code: str, *, caller: Caller, home: Path, now: dt.datetime) -> str:
    """Complete a sign-in that waits for the code of its second factor; returns the token of the session that opens.

    Commits by itself. Raises ForbiddenError, which a sign-in that is none any more gets too, and SlowDownError.
    """
    with reading(database) as session:
        found = find_session(session, half, now=now, halfway=True)
        account = account_of_person(session, found[1]) if found else None
    if found is None or account is None or found[0].stage is not SessionStage.CODE:
        raise ForbiddenError(GONE)
    prove_code(database, key(account.id), code, address=caller.address, home=home, now=now)
    with on_record(database) as session:
        opened = _open(session, Account.id == account.id, day_of(now))
        if opened is None or opened[0].password_hash != account.password_hash:
            raise ForbiddenError(GONE)  # closed or changed in this very moment
        end_session(session, half, now=now)
        return enter(session, *opened, caller=caller, now=now, way="动态码", factor=True)


def enrol_at_door(
    database: Engine, half: str, sealed: str, code: str, *, caller: Caller, home: Path, now: dt.datetime
) -> tuple[str, list[str]]:
    """Complete a sign-in that owes a second factor: take it up; the token of the session that opens, recovery codes.

    Commits by itself. Raises ForbiddenError for a sign-in that is none any more, BadInputError as `enrol` does.
    """
    with on_record(database) as session:
        found = find_session(session, half, now=now, halfway=True)
        account = account_of_person(session, found[1]) if found else None
        if found is None or account is None or found[0].stage is not SessionStage.ENROL or account.otp_secret:
            raise ForbiddenError(GONE)
        person = found[1]
        by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
        codes = enrol(session, account, sealed, code, home=home, by=by)
        end_session(session, half, now=now)
        return enter(session, account, person, caller=caller, now=now, way="设置第二因素", factor=True), codes


def account_of_person(session: Session, person: Person) -> Account | None:
    """The person's open account."""
    mine = select(Account).where(Account.person_id == person.id, col(Account.closed_at).is_(None))
    return session.exec(mine).first()


def enter_by_provider(
    session: Session,
    *,
    subject: str,
    called: str,
    provider: str,
    caller: Caller,
    now: dt.datetime,
    roles: bool = False,
    factor: bool = False,
) -> str:
    """Sign in whom the provider vouches for: the account that is bound to `subject`, issuer and subject together.

    Never by a name: a provider renames people and gives names anew, and what it calls somebody says nothing about who
    that is here. `bind_subject` says how an account comes to be bound. Raises ForbiddenError in words that may be
    shown: whoever comes here has been proved to be somebody; `called` is what the provider calls that one.
    """
    opened = _open(session, Account.subject == subject, day_of(now))
    if opened is None:
        raise ForbiddenError(
            f"单点登录认出您是“{called or '未具名'}”（用户标识 {subject.rpartition('|')[2]}），但没有账户与它绑定，"
            "或者账户已关闭：请用密码登录后在“我的账户”里绑定，或用管理员发的一次性地址绑定，"
            "也可以请管理员按用户标识绑定。"
        )
    account, person = opened
    remember_place(session, account.login, address=caller.address, now=now)
    way = f"单点登录（{provider}）"
    return enter(session, account, person, caller=caller, now=now, way=way, roles=roles, factor=factor)


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
