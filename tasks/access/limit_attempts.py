"""The door: every try is on record before the password is looked at, and whoever fails too often has to wait.

Failures count three ways, so that guessing is slow from everywhere and nobody can lock another out:

- by login and place: whoever mistypes, or guesses, waits there;
- by login, from places where that account has never signed in: guessing from many places is slow as well, while the
  owner at a usual place is not held up by it;
- by place, for logins that have never signed in there: trying one password on everybody is slow, while those who
  usually sign in there (an office behind one address) are not held up by it.

A try that is refused unheard is not counted, so that waiting ends although somebody keeps knocking.
"""

import datetime as dt
import ipaddress
import unicodedata
from dataclasses import dataclass
from math import ceil

from sqlalchemy import ColumnElement, and_, delete, or_, text
from sqlmodel import Session, col, select

from models.database import key
from models.errors import SlowDownError
from models.people.account import SignInAttempt

LOGIN_LENGTH = 64


@dataclass(frozen=True)
class Limit:
    """No more than `most` failures within the span before now."""

    most: int
    within: dt.timedelta


HERE = (Limit(5, dt.timedelta(minutes=15)), Limit(20, dt.timedelta(hours=24)))
"""Of one login from one place, since it last got in from there."""
ELSEWHERE = Limit(20, dt.timedelta(hours=1))
"""Of one login from all places where it never got in."""
ANYBODY = Limit(30, dt.timedelta(minutes=15))
"""Of all logins from one place where they never got in."""

KNOWN_FOR = dt.timedelta(days=90)
"""How long a place is remembered as one from which the account got in."""
FAILURES_KEPT = dt.timedelta(days=7)
_PRUNED_EVERY = 50
"""Tries from one look for old rows to the next."""


def folded(login: str) -> str:
    """A login as it is kept and compared: width, case and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", login).casefold().split())[:LOGIN_LENGTH]


def place_of(address: str) -> str:
    """Where somebody is, as far as it counts: of IPv6 the /64, since whoever has one address there has them all."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count_attempt(session: Session, login: str, *, address: str, now: dt.datetime) -> SignInAttempt:
    """A try at the door, counted as a failure until `note_success`; to be committed before the password is looked at.

    Raises SlowDownError that says how long to wait.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Of tries at the same moment each must see the others; SQLite writes one at a time anyway.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('duban.door'))"))
    login, place = folded(login), place_of(address)
    got_in = _last_time(session, login, place, now)
    until = _wait_until(session, login, place, got_in, now)
    if until is not None and until > now:
        raise SlowDownError(ceil((until - now).total_seconds() / 60))
    attempt = SignInAttempt(at=now, login=login, address=place, known=got_in is not None, succeeded=False)
    session.add(attempt)
    session.flush()
    if key(attempt.id) % _PRUNED_EVERY == 0:
        prune(session, now=now)
    return attempt


def note_success(session: Session, attempt: SignInAttempt) -> None:
    """The try was no failure; from now on its place is one of the account's own."""
    attempt.succeeded = True
    session.add(attempt)
    session.flush()


def take_back(session: Session, attempt: SignInAttempt) -> None:
    """The try was neither a failure nor, yet, a success."""
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.id) == attempt.id))


def remember_place(session: Session, login: str, *, address: str, now: dt.datetime) -> None:
    """Remember a place from which the account got in by another way than a password typed here."""
    place = place_of(address)
    session.add(SignInAttempt(at=now, login=folded(login), address=place, known=True, succeeded=True))
    session.flush()


def prune(session: Session, *, now: dt.datetime) -> None:
    """Forget what no longer counts: failures after a week, places after three months."""
    failed = and_(col(SignInAttempt.succeeded).is_(False), col(SignInAttempt.at) < now - FAILURES_KEPT)
    session.execute(delete(SignInAttempt).where(or_(failed, col(SignInAttempt.at) < now - KNOWN_FOR)))


def forgive(session: Session, login: str) -> int:
    """Forget the failures of a login, wherever they came from; returns how many there were."""
    failed = delete(SignInAttempt).where(
        col(SignInAttempt.login) == folded(login), col(SignInAttempt.succeeded).is_(False)
    )
    return int(getattr(session.execute(failed), "rowcount", 0))


def _last_time(session: Session, login: str, place: str, now: dt.datetime) -> dt.datetime | None:
    """When the login last got in from the place, as far as that is remembered."""
    mine = select(SignInAttempt.at).where(
        SignInAttempt.login == login, SignInAttempt.address == place, SignInAttempt.at > now - KNOWN_FOR,
        col(SignInAttempt.succeeded).is_(True),
    )  # fmt: skip
    return session.exec(mine.order_by(col(SignInAttempt.at).desc()).limit(1)).first()


def _wait_until(
    session: Session, login: str, place: str, got_in: dt.datetime | None, now: dt.datetime
) -> dt.datetime | None:
    mine, here = col(SignInAttempt.login) == login, col(SignInAttempt.address) == place
    strange = col(SignInAttempt.known).is_(False)
    counted: list[tuple[Limit, ColumnElement[bool]]] = [
        (limit, and_(mine, here) if got_in is None else and_(mine, here, col(SignInAttempt.at) > got_in))
        for limit in HERE
    ]
    if got_in is None:
        counted += [(ELSEWHERE, and_(mine, strange)), (ANYBODY, and_(here, strange))]
    ends = [_full_until(session, limit, which, now) for limit, which in counted]
    return max((end for end in ends if end is not None), default=None)


def _full_until(session: Session, limit: Limit, which: ColumnElement[bool], now: dt.datetime) -> dt.datetime | None:
    """Until when the failures counted fill the limit; None where they do not."""
    failures = select(SignInAttempt.at).where(
        which, col(SignInAttempt.succeeded).is_(False), col(SignInAttempt.at) > now - limit.within
    )
    oldest = session.exec(failures.order_by(col(SignInAttempt.at).desc()).offset(limit.most - 1).limit(1)).first()
    return oldest + limit.within if oldest is not None else None
