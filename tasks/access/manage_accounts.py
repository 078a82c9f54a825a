"""Accounts for other people: made, helped, closed, by whoever may manage the people of their organ.

Whoever manages accounts learns neither a password nor a code: `tasks.access.give_code` says how codes reach people.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select
from sqlmodel import func as sql

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.account import Account, OneTimeCode, TouchKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Tenure
from models.people.web_session import WebSession
from tasks.access.give_code import GivenCode, end_codes, give_code
from tasks.access.hold_session import end_sessions
from tasks.access.hold_tokens import end_tokens
from tasks.access.limit_attempts import LOGIN_LENGTH, folded, forgive
from tasks.access.second_factor import end_factor
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.people.touch_account import touch


@dataclass(frozen=True)
class AccountLine:
    """One person of an organ and how that person gets in, as far as there is a way."""

    person: Person
    account: Account | None
    signed_in_at: dt.datetime | None
    """When a session of the person last started, as far as sessions are kept."""
    code_until: dt.datetime | None
    """How long the code given last may be used; None where there is none or it was used."""

    def state(self, now: dt.datetime) -> str:
        """In words：无账户 正常 待领取地址 待设密码 已关闭."""
        if self.account is None:
            return "无账户"
        if self.account.closed_at is not None:
            return "已关闭"
        if self.account.password_hash or self.account.subject:
            return "正常"
        if self.code_until is None:
            return "待领取地址"
        return "待设密码" if self.code_until > now else "一次性地址已过期"


def invite(session: Session, person: Person, *, by: Actor, login: str | None = None, paper: bool = False) -> GivenCode:
    """Give the person an account, or open a closed one again, and a code that lets the person set a password.

    Without `login` it is the name, told apart from a namesake's by the mobile number. An account that waits for its
    first password gets a new code. Raises ForbiddenError; BadInputError for a login that will not do; ConflictError
    for one that is another's, and for a person who gets in already.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        _in_service(person, by)
        account = account_of(session, person)
        if account is not None and account.closed_at is None and (account.password_hash or account.subject):
            raise ConflictError(f"{person.name}已有账户（登录名 {account.login}）：忘记密码的，请重设（reset）。")
        taken = set(session.exec(select(Account.login).where(col(Account.person_id) != person.id)))
        if login is not None:
            login = _checked(login)
            if login in taken:
                raise ConflictError(f"登录名“{login}”已有人用：请换一个。")
        if account is None:
            account = Account(person_id=key(person.id), login=login or _login_for(person, taken), made_at=by.now)
        elif login is not None:
            account.login = login
        if account.closed_at is not None:
            # Whoever comes back proves anew who it is: no password, binding, second factor or token of before counts.
            account.closed_at = account.password_hash = account.password_set_at = account.own_at = None
            account.subject = None
            end_factor(session, account)
            touch(session, account, TouchKind.RESET, by=by)
            end_tokens(session, person, now=by.now)
        session.add(account)
        session.flush()
        return give_code(session, account, person, TouchKind.INVITED, by=by, paper=paper)


def invite_all(session: Session, organ: Organ, *, by: Actor) -> list[GivenCode]:
    """Give everyone an account who holds a post of the organ on the day and has none; on record as one act."""
    authorize_organ(session, by, Action.STAFF, organ.id)
    held = select(Tenure.person_id).where(
        col(Tenure.started_on) <= by.on, or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= by.on)
    )
    people = session.exec(
        select(Person)
        .where(Person.organ_id == organ.id, col(Person.id).in_(held))
        .where(or_(col(Person.left_on).is_(None), col(Person.left_on) >= by.on))
        .where(col(Person.id).not_in(select(Account.person_id)))
        .order_by(col(Person.id))
    ).all()
    if not people:
        return []
    taken = set(session.exec(select(Account.login)))
    accounts = []
    for person in people:
        login = _login_for(person, taken)
        taken.add(login)
        accounts.append(Account(person_id=key(person.id), login=login, made_at=by.now))
    with performing_for(session, by, Action.STAFF, organ.id):
        session.add_all(accounts)
        session.flush()
        return [
            give_code(session, account, person, TouchKind.INVITED, by=by)
            for person, account in zip(people, accounts, strict=True)
        ]


def reset(session: Session, person: Person, *, by: Actor, paper: bool = False) -> GivenCode:
    """A code for somebody who forgot the password, or whose password others know: the old one ends at once.

    So do every session, token and calendar address; the second factor stays. Raises ForbiddenError, NotFoundError
    where there is no open account.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        _in_service(person, by)
        account = _open_account(session, person)
        account.password_hash = account.password_set_at = None
        session.add(account)
        end_sessions(session, key(person.id), now=by.now)
        end_tokens(session, person, now=by.now)
        return give_code(session, account, person, TouchKind.RESET, by=by, paper=paper)


def close_account(session: Session, person: Person, *, by: Actor) -> Account:
    """From now on the person gets in by no way: sessions, codes, tokens and the calendar address end for good.

    Raises ForbiddenError, also for the actor's own; NotFoundError where there is no open account.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        if by.person_id is not None and by.person_id == person.id:
            raise ForbiddenError("不能关闭自己的账户：请由其他管理员办理。")
        account = _open_account(session, person)
        account.closed_at = by.now
        session.add(account)
        end_sessions(session, key(person.id), now=by.now)
        end_tokens(session, person, now=by.now)
        end_codes(session, account)
        return account


def unlock(session: Session, person: Person, *, by: Actor) -> int:
    """Forget the failed tries at the person's account, so that nobody has to wait; returns how many there were.

    Raises ForbiddenError, NotFoundError where there is no open account.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id) as record:
        account = _open_account(session, person)
        record.after["forgiven"] = forgiven = forgive(session, account.login)
        record.after["login"] = account.login
        return forgiven


def account_of(session: Session, person: Person) -> Account | None:
    """The person's account, open or closed."""
    return session.exec(select(Account).where(Account.person_id == person.id)).first()


def accounts_of(session: Session, organ: Organ, *, by: Actor) -> list[AccountLine]:
    """Everybody of the organ who has not left, and how each gets in. Raises ForbiddenError."""
    authorize_organ(session, by, Action.STAFF, organ.id)
    last = select(WebSession.person_id, sql.max(WebSession.started_at).label("at")).group_by(col(WebSession.person_id))
    codes = select(OneTimeCode.account_id, sql.max(OneTimeCode.expires_at).label("until")).where(
        col(OneTimeCode.used_at).is_(None)
    )
    started, given = last.subquery(), codes.group_by(col(OneTimeCode.account_id)).subquery()
    rows = session.exec(
        select(Person, Account, started.c.at, given.c.until)
        .outerjoin(Account, col(Account.person_id) == Person.id)
        .outerjoin(started, started.c.person_id == Person.id)
        .outerjoin(given, given.c.account_id == Account.id)
        .where(Person.organ_id == organ.id)
        .where(or_(col(Person.left_on).is_(None), col(Person.left_on) >= by.on))
        .order_by(col(Person.id))
    ).all()
    return [AccountLine(*row) for row in rows]


def any_account(session: Session) -> bool:
    """Whether there is a single account: while there is none, the office is being set up."""
    return session.exec(select(Account.id).limit(1)).first() is not None


def _in_service(person: Person, by: Actor) -> None:
    if person.left_on is not None and person.left_on < by.on:
        raise BadInputError(f"{person.name}已于 {person.left_on} 离任，不能登录。")


def _open_account(session: Session, person: Person) -> Account:
    found = account_of(session, person)
    if found is None or found.closed_at is not None:
        raise NotFoundError(f"{person.name}没有账户，或者账户已关闭：请先在“人员”中开通（invite）。")
    return found


def _checked(login: str) -> str:
    name = folded(login)
    if not name or len("".join(login.split())) > LOGIN_LENGTH or not name.isprintable():
        raise BadInputError(f"登录名“{login}”不可用：应为 1 至 {LOGIN_LENGTH} 个字，如姓名或工号。")
    return name


def _login_for(person: Person, taken: set[str]) -> str:
    """The name; of namesakes the later with the end of the mobile number, else with a number."""
    name = folded(person.name)
    if name not in taken:
        return name
    ends: Sequence[str] = [person.mobile[-4:]] if person.mobile else []
    for end in (*ends, *map(str, range(2, len(taken) + 3))):
        if name + end not in taken:
            return name + end
    raise LookupError("more namesakes than accounts")
