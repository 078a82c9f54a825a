"""One-time codes: made, handed to their person by a way that whoever asked does not see, ended.

By mail the code is made as the letter leaves (`tasks.notices.send_letters`); on paper as the slip is printed, by
somebody else than asked for it; only the administrator at the machine, who holds the database anyway, is shown it.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col

from models.actor import Actor
from models.database import key
from models.errors import ConflictError, ForbiddenError
from models.ladder.letter import Letter, LetterKind
from models.ladder.message import SendState
from models.people.account import Account, CodeWay, OneTimeCode, TouchKind
from models.people.permission import Action
from models.people.person import Person
from tasks.access.hold_session import hashed
from tasks.acting.perform import performing_for
from tasks.people.touch_account import asked_by, mailbox_named_by, touch
from tasks.people.write_letter import tell_account, write_letter

CODE_LASTS = dt.timedelta(hours=72)


@dataclass(frozen=True)
class GivenCode:
    """By which way a one-time code goes to its person; the code itself at the machine only."""

    person: Person
    login: str
    way: CodeWay
    code: str | None = None

    @property
    def shown(self) -> str:
        """The code, where it is shown. Raises LookupError where it goes another way."""
        if self.code is None:
            raise LookupError(f"the code goes by {self.way}")
        return self.code


def give_code(
    session: Session, account: Account, person: Person, kind: TouchKind, *, by: Actor, paper: bool = False
) -> GivenCode:
    """Let the person have a new code, as part of an act that is recorded; those before end.

    It goes to the person's own mail address; without one, with `paper`, or where whoever asks named that address, onto
    a slip that another prints (`print_slip`). A reset is told to the person by mail whichever way the code goes.
    """
    end_codes(session, account)
    touch(session, account, kind, by=by)
    named = by.person_id in mailbox_named_by(session, account)
    way = CodeWay.PAPER if paper or named or not person.email else CodeWay.MAIL
    if by.person_id is None:
        way = CodeWay.MACHINE
    code = new_code(session, account, way, now=by.now) if way is CodeWay.MACHINE else None
    invited = kind is TouchKind.INVITED
    if way is CodeWay.MAIL or not invited:
        write_letter(
            session, person, LetterKind.INVITATION if invited else LetterKind.RESET, _words(way, account, invited, by),
            subject=f"{kind}:{key(account.id)}:{by.now.isoformat()}", now=by.now,
            account_id=account.id if way is CodeWay.MAIL else None,
        )  # fmt: skip
    return GivenCode(person, account.login, way, code)


def _words(way: CodeWay, account: Account, invited: bool, by: Actor) -> str:
    if invited:
        return f"{by.name}为您开通了督办系统的账户，登录名是 {account.login}。"
    ended = f"{by.name}重设了您在督办系统的密码：原来的密码、已登录的网页、接口令牌和日历订阅都已失效。"
    told = {CodeWay.PAPER: "新的一次性地址须本人签字领取。", CodeWay.MACHINE: "新的一次性地址由本机管理员交给您本人。"}
    return ended + told.get(way, "")


def new_code(session: Session, account: Account, way: CodeWay, *, now: dt.datetime) -> str:
    """A new code of the account, kept as a hash; those before end."""
    end_unused(session, key(account.id))
    code = secrets.token_urlsafe(32)
    until = now + CODE_LASTS
    session.add(
        OneTimeCode(account_id=key(account.id), code_hash=hashed(code), handed=way, made_at=now, expires_at=until)
    )
    session.flush()
    return code


def print_slip(session: Session, person: Person, account: Account, *, by: Actor) -> GivenCode:
    """The code for a slip of paper that the person signs for: made now, for whoever did not ask for it.

    Raises ForbiddenError for whoever asked for it, and for one's own; ConflictError where the account waits for none.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        if account.closed_at is not None or account.password_hash is not None:
            raise ConflictError(f"{person.name}的账户不在等待一次性地址：忘记密码的，请先重设。")
        if by.person_id is not None and by.person_id in (person.id, asked_by(session, account)):
            raise ForbiddenError(
                "领取单不能由提出开通或重设的人打印，也不能由本人打印：请由另一位管理人员打印，"
                "或由本机管理员用 duban account reset 办理。"
            )
        end_codes(session, account)
        touch(session, account, TouchKind.PRINTED, by=by)
        tell_account(session, person, "打印了一张领取单，上面有您设置密码的一次性地址。", by=by)
        return GivenCode(person, account.login, CodeWay.PAPER, new_code(session, account, CodeWay.PAPER, now=by.now))


def end_codes(session: Session, account: Account) -> None:
    """No code of the account given before counts any more, nor does one leave that still waits for its letter."""
    end_unused(session, key(account.id))
    waiting = update(Letter).where(
        col(Letter.account_id) == account.id, col(Letter.state).in_([SendState.WAITING, SendState.SENDING])
    )
    session.execute(waiting.values(state=SendState.EMPTY, answer="已被后来的办理取代"))


def end_unused(session: Session, account_id: int) -> None:
    """No code given before counts any more."""
    unused = delete(OneTimeCode).where(col(OneTimeCode.account_id) == account_id, col(OneTimeCode.used_at).is_(None))
    session.execute(unused)
