"""Binding an account to whom a provider of single sign-on knows: by its owner, or by whoever manages accounts.

Its owner does it while signed in, or with a one-time address; an administrator enters the provider's own number for the
person (`sub`). The subject is issuer and number together, so that another provider's people are others.
"""

import datetime as dt

from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.clock import day_of
from models.errors import BadInputError, ConflictError, NotFoundError
from models.people.account import Account, TouchKind
from models.people.permission import Action
from models.people.person import Person
from tasks.access.set_password import Invited, use_code
from tasks.access.sign_in import account_of_person
from tasks.acting.audit import recorded
from tasks.acting.perform import performing_for
from tasks.people.touch_account import touch
from tasks.people.write_letter import tell_account, tell_own

LONGEST = 255
"""Of the provider's own number for a person (OpenID Connect Core 2)."""


def subject_of(issuer: str, number: str) -> str:
    """The subject as it is kept. Raises BadInputError for a number that is none."""
    if not 0 < len(number) <= LONGEST or not number.isprintable() or "|" in number:
        raise BadInputError(f"用户标识“{number[:40]}”不可用：应为认证服务给此人的标识（sub），1 至 {LONGEST} 个字符。")
    return f"{issuer}|{number}"


def bind_own(session: Session, account: Account, subject: str, *, by: Actor) -> None:
    """Bind the actor's own account. Raises ConflictError for a subject that another account is bound to."""
    person = session.get_one(Person, account.person_id)
    with recorded(session, by, "bind_account", organ_id=person.organ_id):
        _bind(session, account, subject)
        tell_own(session, person, "绑定了单点登录", now=by.now)


def bind_by_code(session: Session, invited: Invited, subject: str, *, now: dt.datetime) -> None:
    """Use up a one-time code by binding the account instead of setting a password. Raises ConflictError."""
    session.refresh(invited.code, with_for_update=True)
    if invited.code.used_at is not None:
        raise NotFoundError("这个一次性地址已经用过：请管理员重新发一个。")
    by = Actor(invited.person.name, Channel.WEB, day_of(now), now, invited.person.id)
    with recorded(session, by, "bind_account", organ_id=invited.person.organ_id):
        use_code(session, invited, now=now)
        _bind(session, invited.account, subject)


def unbind(session: Session, account: Account, *, by: Actor) -> None:
    """End the binding of the actor's own account. Raises NotFoundError; ConflictError where no other way leads in."""
    person = session.get_one(Person, account.person_id)
    if account.subject is None:
        raise NotFoundError("账户没有绑定单点登录。")
    if account.password_hash is None:
        raise ConflictError("账户没有密码，解除绑定后就不能登录：请先请管理员发一个一次性地址设置密码。")
    with recorded(session, by, "unbind_account", organ_id=person.organ_id):
        account.subject = None
        session.add(account)


def bind_for(session: Session, person: Person, subject: str, *, by: Actor) -> Account:
    """Bind somebody's account to the subject entered; told to the person by mail, and kept who did it.

    Raises ForbiddenError, NotFoundError where there is no open account, ConflictError.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        account = account_of_person(session, person)
        if account is None:
            raise NotFoundError(f"{person.name}没有账户，或者账户已关闭：请先在“人员”中开通（invite）。")
        touch(session, account, TouchKind.BOUND, by=by)
        _bind(session, account, subject)
        tell_account(session, person, "为您的账户绑定了单点登录的用户标识。", by=by)
        return account


def _bind(session: Session, account: Account, subject: str) -> None:
    other = session.exec(select(Account.login).where(Account.subject == subject, Account.id != account.id)).first()
    if other is not None:
        raise ConflictError("这个单点登录身份已绑定另一个账户：一个身份只能绑定一个账户，请先在那个账户解除。")
    account.subject = subject
    session.add(account)
    session.flush()
