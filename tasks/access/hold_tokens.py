"""Tokens by which a program acts for a person, and the secret address of a calendar: made, found, revoked.

Only hashes are kept, so what is made is shown once. Everything here is a person's own: nobody makes one for another.
"""

import datetime as dt
import secrets
from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.clock import day_of
from models.database import key
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.account import Account
from models.people.api_token import ApiToken, CalendarFeed, TokenScope
from models.people.person import Person
from tasks.access.hold_session import hashed
from tasks.acting.audit import recorded

PREFIX = "duban_"
"""What tokens begin with, so that one that was left lying about is known for what it is."""
MOST_TOKENS = 20
LONGEST_NAME = 60


def make_token(
    session: Session,
    person: Person,
    *,
    by: Actor,
    name: str,
    scopes: Iterable[TokenScope | str],
    expires_on: dt.date | None = None,
) -> str:
    """A new token of the person, to be shown once. `expires_on` is the last day it may be used.

    Raises BadInputError for a name, scopes or a day that will not do, ForbiddenError for somebody else's.
    """
    _own(person, by)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInputError(f"请给令牌起一个名称,1 至 {LONGEST_NAME} 个字,说明用在哪里,如“报表程序”。")
    known = {scope.value: scope for scope in TokenScope}
    wanted = [str(getattr(scope, "value", scope)) for scope in scopes]
    if not wanted or set(wanted) - known.keys():
        raise BadInputError(f"请选择令牌的用途:{'、'.join(scope.label for scope in TokenScope)},至少一项。")
    if expires_on is not None and expires_on < by.on:
        raise BadInputError(f"有效期“{expires_on}”已经过去:应为今天或以后的一天,不填则长期有效。")
    held = [token for token in tokens_of(session, person) if token.expires_on is None or token.expires_on >= by.on]
    if len(held) >= MOST_TOKENS:
        raise ConflictError(f"已有 {len(held)} 个令牌,每人至多 {MOST_TOKENS} 个:请先吊销不用的。")
    if name in {token.name for token in held}:
        raise ConflictError(f"已有名为“{name}”的令牌:请换一个名称,或先吊销它。")
    token = PREFIX + secrets.token_urlsafe(32)
    with recorded(session, by, "make_token", organ_id=person.organ_id):
        session.add(
            ApiToken(
                person_id=key(person.id), name=name, token_hash=hashed(token),
                scopes=[value for value in known if value in wanted], made_at=by.now, expires_on=expires_on,
            )
        )  # fmt: skip
    return token


def tokens_of(session: Session, person: Person) -> list[ApiToken]:
    """The person's tokens that are not revoked, newest first; those past their last day are among them."""
    mine = select(ApiToken).where(ApiToken.person_id == person.id, col(ApiToken.revoked_at).is_(None))
    return list(session.exec(mine.order_by(col(ApiToken.id).desc())))


def find_token(session: Session, token: str, *, now: dt.datetime) -> tuple[ApiToken, Person] | None:
    """The token and whose it is; None for one unknown, revoked or past its day, or of somebody who left or is out."""
    held = session.exec(
        select(ApiToken, Person)
        .join(Person, col(Person.id) == ApiToken.person_id)
        .outerjoin(Account, col(Account.person_id) == Person.id)
        .where(
            ApiToken.token_hash == hashed(token),
            col(ApiToken.revoked_at).is_(None),
            or_(col(ApiToken.expires_on).is_(None), col(ApiToken.expires_on) >= day_of(now)),
            or_(col(Person.left_on).is_(None), col(Person.left_on) >= day_of(now)),
            col(Account.closed_at).is_(None),
        )
    ).first()
    return None if held is None else (held[0], held[1])


def note_token_use(session: Session, held: ApiToken, *, on: dt.date) -> None:
    """Remember the day of the token's last use: one write a day, of nothing that is the office's."""
    stale = update(ApiToken).where(
        col(ApiToken.id) == held.id, or_(col(ApiToken.used_on).is_(None), col(ApiToken.used_on) < on)
    )
    session.execute(stale.values(used_on=on))


def revoke_token(session: Session, token_id: int, *, by: Actor) -> ApiToken:
    """End one of the actor's own tokens. Raises NotFoundError for another's, or one that has ended."""
    mine = select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == by.person_id)
    found = session.exec(mine.where(col(ApiToken.revoked_at).is_(None))).first()
    if found is None or by.person_id is None:
        raise NotFoundError("没有这个令牌,或者它已吊销。")
    with recorded(session, by, "revoke_token", organ_id=session.get_one(Person, by.person_id).organ_id):
        found.revoked_at = by.now
        session.add(found)
    return found


def make_feed(session: Session, person: Person, *, by: Actor) -> str:
    """The secret of a new calendar address, to be shown once; the address before it ends. Raises ForbiddenError."""
    _own(person, by)
    secret = secrets.token_urlsafe(32)
    with recorded(session, by, "make_feed", organ_id=person.organ_id):
        _end_feeds(session, person, by)
        session.add(CalendarFeed(person_id=key(person.id), secret_hash=hashed(secret), made_at=by.now))
    return secret


def feed_of(session: Session, person: Person) -> CalendarFeed | None:
    """The person's calendar address, as far as there is one."""
    mine = select(CalendarFeed).where(CalendarFeed.person_id == person.id, col(CalendarFeed.revoked_at).is_(None))
    return session.exec(mine).first()


def find_feed(session: Session, secret: str, *, now: dt.datetime) -> tuple[CalendarFeed, Person] | None:
    """The calendar address and whose it is; None for one unknown or revoked, or of somebody who left or is out."""
    held = session.exec(
        select(CalendarFeed, Person)
        .join(Person, col(Person.id) == CalendarFeed.person_id)
        .outerjoin(Account, col(Account.person_id) == Person.id)
        .where(
            CalendarFeed.secret_hash == hashed(secret),
            col(CalendarFeed.revoked_at).is_(None),
            or_(col(Person.left_on).is_(None), col(Person.left_on) >= day_of(now)),
            col(Account.closed_at).is_(None),
        )
    ).first()
    return None if held is None else (held[0], held[1])


def revoke_feed(session: Session, person: Person, *, by: Actor) -> None:
    """End the person's calendar address. Raises NotFoundError where there is none, ForbiddenError."""
    _own(person, by)
    if feed_of(session, person) is None:
        raise NotFoundError("没有日历订阅地址,或者它已停用。")
    with recorded(session, by, "revoke_feed", organ_id=person.organ_id):
        _end_feeds(session, person, by)


def _end_feeds(session: Session, person: Person, by: Actor) -> None:
    open_ones = select(CalendarFeed).where(CalendarFeed.person_id == person.id, col(CalendarFeed.revoked_at).is_(None))
    for feed in session.exec(open_ones).all():
        feed.revoked_at = by.now
        session.add(feed)


def _own(person: Person, by: Actor) -> None:
    if by.person_id is None or by.person_id != person.id:
        raise ForbiddenError("令牌和日历订阅只能由本人办理。")
