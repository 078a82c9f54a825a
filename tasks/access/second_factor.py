"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for whoever lost it.

The secret is kept sealed under the key of the data folder: a copy of the database alone makes no code. A code counts
once, by a conditional update; who may try how often is counted by the same limiter as passwords (`sign_in`).
"""

import datetime as dt
import secrets
from base64 import b32encode
from hmac import compare_digest
from pathlib import Path

import pyotp
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, or_, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ConflictError, NotFoundError
from models.people.account import Account, RecoveryCode, TouchKind
from models.people.permission import Action
from models.people.person import Person, Post, Role, Tenure
from tasks.access.hold_session import end_sessions, hashed
from tasks.access.office_key import derived
from tasks.access.seal import seal, unseal
from tasks.acting.audit import recorded
from tasks.acting.perform import performing_for
from tasks.people.touch_account import touch
from tasks.people.write_letter import tell_account, tell_own

ROLES = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.FIRST_RESPONSIBLE})
"""Who must have one where the settings say `roles`: whoever may change people, plans or what goes upward."""
STEP_SECONDS = 30
DRIFT = 1
"""So many steps an authenticator's clock may be off, either way."""
RECOVERY_CODES = 10
ISSUER = "督办"


def new_secret(home: Path, account: Account) -> tuple[str, str]:
    """A secret for an authenticator: as it is shown this once, and sealed as it will be kept. Nothing is written."""
    secret = pyotp.random_base32()
    return secret, seal(_key(home, account), secret)


def opened(home: Path, account: Account, sealed: str) -> str:
    """The secret again. Raises BadInputError where this office did not seal it for this account."""
    try:
        return unseal(_key(home, account), sealed)
    except ValueError as error:
        raise BadInputError("第二因素的密钥无法识别：请重新打开页面，从头设置。") from error


def otpauth_address(secret: str, account: Account) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)


def enrol(session: Session, account: Account, sealed: str, code: str, *, home: Path, by: Actor) -> list[str]:
    """Take up the secret, once the authenticator shows a code of it; returns the recovery codes, to be shown once.

    One there was before ends, with its recovery codes. Raises BadInputError for a code that is none of it.
    """
    step = _step_of(opened(home, account, sealed), code, by.now)
    if step is None:
        raise BadInputError("动态码不正确：请核对手机时间，输入认证器现在显示的 6 位数字。")
    person = session.get_one(Person, account.person_id)
    with recorded(session, by, "enrol_factor", organ_id=person.organ_id):
        account.otp_secret, account.otp_at, account.otp_step = sealed, by.now, step
        session.add(account)
        tell_own(session, person, "启用了新的第二因素", now=by.now)
        return _renew_codes(session, account)


def use_factor(session: Session, account: Account, code: str, *, home: Path, now: dt.datetime) -> str | None:
    """What the code is that opens this account now: 动态码 or 恢复码, each of which counts once; None for neither."""
    if account.otp_secret is None:
        return None
    step = _step_of(opened(home, account, account.otp_secret), code, now)
    if step is None:
        unused = update(RecoveryCode).where(
            col(RecoveryCode.account_id) == account.id, col(RecoveryCode.used_at).is_(None),
            col(RecoveryCode.code_hash) == hashed(_plain(code)),
        )  # fmt: skip
        return "恢复码" if getattr(session.execute(unused.values(used_at=now)), "rowcount", 0) else None
    later = update(Account).where(
        col(Account.id) == account.id, or_(col(Account.otp_step).is_(None), col(Account.otp_step) < step)
    )
    return "动态码" if getattr(session.execute(later.values(otp_step=step)), "rowcount", 0) else None


def drop_factor(session: Session, account: Account, *, by: Actor) -> None:
    """End one's own second factor. Raises NotFoundError where there is none."""
    person = session.get_one(Person, account.person_id)
    if account.otp_secret is None:
        raise NotFoundError("没有第二因素可解除。")
    with recorded(session, by, "drop_factor", organ_id=person.organ_id):
        end_factor(session, account)
        tell_own(session, person, "解除了第二因素", now=by.now)


def clear_factor(session: Session, person: Person, *, by: Actor) -> None:
    """End the second factor of somebody who lost both authenticator and recovery codes; told to the person by mail.

    Raises ForbiddenError, also for one's own; NotFoundError where there is none.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        account = session.exec(select(Account).where(Account.person_id == person.id)).first()
        if account is None or account.otp_secret is None:
            raise NotFoundError(f"{person.name}没有第二因素可解除。")
        if by.person_id is not None and by.person_id == person.id:
            raise ConflictError("自己的第二因素请在“我的账户”里更换或解除。")
        touch(session, account, TouchKind.CLEARED, by=by)
        end_factor(session, account)
        end_sessions(session, key(person.id), now=by.now)
        tell_account(session, person, "解除了您登录用的第二因素，已登录的网页都已退出。", by=by)


def end_factor(session: Session, account: Account) -> None:
    """The account has no second factor any more, as part of an act that is recorded."""
    account.otp_secret = account.otp_at = account.otp_step = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))


def codes_left(session: Session, account: Account) -> int:
    """How many recovery codes are not used yet."""
    left = select(func.count(col(RecoveryCode.id))).where(
        RecoveryCode.account_id == account.id, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(left).one()


def factor_owed(session: Session, person: Person, *, on: dt.date) -> bool:
    """Whether the person holds a post on the day for which a second factor is asked."""
    held = (
        select(Post.id)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .where(Tenure.person_id == person.id, col(Post.role).in_(ROLES), col(Tenure.started_on) <= on)
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
    )
    return session.exec(held.limit(1)).first() is not None


def _renew_codes(session: Session, account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=key(account.id), code_hash=hashed(code)) for code in codes)
    session.flush()
    return ["-".join(code[place : place + 4] for place in range(0, len(code), 4)) for code in codes]


def _step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The half minute whose code this is, about now; None for none."""
    made, typed = pyotp.TOTP(secret), _plain(code).encode()
    current = int(now.timestamp()) // STEP_SECONDS
    steps = range(current - DRIFT, current + DRIFT + 1)
    return next((step for step in steps if compare_digest(made.generate_otp(step).encode(), typed)), None)


def _plain(code: str) -> str:
    """A code without what people put between its parts."""
    return "".join(code.split()).replace("-", "").lower()


def _key(home: Path, account: Account) -> bytes:
    return derived(home, "second factor", str(key(account.id)))
