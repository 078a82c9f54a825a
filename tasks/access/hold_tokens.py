"""Tokens by which a program acts for a person, and the secret address of a calendar: made, found, revoked.

Only hashes are kept, so what is made is shown once. Everything here is a person's own: nobody makes one for another.
Nothing made here lasts for ever, and all of it ends with a reset or closing of the account, or at its owner's return
after a departure: an invitation brings none of it back. Whoever manages the people of an organ sees what there is and
may end it.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.clock import day_of
from models.database import key
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.account import Account
from models.people.api_token import ApiToken, CalendarFeed, TokenScope
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from tasks.access.hold_session import hashed
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for

PREFIX = "duban_"
"""What tokens begin with, so that one that was left lying about is known for what it is."""
MOST_TOKENS = 20
LONGEST_NAME = 60
DAYS = 365
"""For how many days a token or an address may last, where the settings say nothing else."""


@dataclass(frozen=True)
class HeldAccess:
    """What opens something for a program or a calendar, and whose it is."""

    person: Person
    held: ApiToken | CalendarFeed

    @property
    def name(self) -> str:
        return self.held.name if isinstance(self.held, ApiToken) else "日历订阅"

    @property
    def uses(self) -> str:
        """In words what it is for."""
        if isinstance(self.held, CalendarFeed):
            return TokenScope.READ.label
        return "、".join(TokenScope(scope).label for scope in self.held.scopes)


def make_token(
    session: Session,
    person: Person,
    *,
    by: Actor,
    name: str,
    scopes: Iterable[TokenScope | str],
    expires_on: dt.date | None = None,
    days: int = DAYS,
) -> str:
    """A new token of the person, to be shown once. `expires_on` is the last day it may be used, else `days` from now.

    Raises BadInputError for a name, scopes or a day that will not do, ForbiddenError for somebody else's.
    """
    _own(person, by)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInputError(f"请给令牌起一个名称，1 至 {LONGEST_NAME} 个字，说明用在哪里，如“报表程序”。")
    known = {scope.value: scope for scope in TokenScope}
    wanted = [str(getattr(scope, "value", scope)) for scope in scopes]
    if not wanted or set(wanted) - known.keys():
        raise BadInputError(f"请选择令牌的用途：{'、'.join(scope.label for scope in TokenScope)}，至少一项。")
    longest = by.on + dt.timedelta(days=days)
    if expires_on is not None and not by.on <= expires_on <= longest:
        wrong = "已经过去" if expires_on < by.on else "太远"
        raise BadInputError(f"有效期“{expires_on}”{wrong}：应为今天至 {longest} 之间的一天，不填则到 {longest}。")
    held = [token for token in tokens_of(session, person) if token.expires_on >= by.on]
    if len(held) >= MOST_TOKENS:
        raise ConflictError(f"已有 {len(held)} 个令牌，每人至多 {MOST_TOKENS} 个：请先吊销不用的。")
    if name in {token.name for token in held}:
        raise ConflictError(f"已有名为“{name}”的令牌：请换一个名称，或先吊销它。")
    token = PREFIX + secrets.token_urlsafe(32)
    with recorded(session, by, "make_token", organ_id=person.organ_id):
        session.add(
            ApiToken(
                person_id=key(person.id), name=name, token_hash=hashed(token),
                scopes=[value for value in known if value in wanted], made_at=by.now,
                expires_on=expires_on or longest,
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
            ApiToken.expires_on >= day_of(now),
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
        raise NotFoundError("没有这个令牌，或者它已吊销。")
    with recorded(session, by, "revoke_token", organ_id=session.get_one(Person, by.person_id).organ_id):
        found.revoked_at = by.now
        session.add(found)
    return found


def make_feed(session: Session, person: Person, *, by: Actor, days: int = DAYS) -> str:
    """The secret of a new calendar address, to be shown once; the address before it ends. Raises ForbiddenError."""
    _own(person, by)
    secret, until = secrets.token_urlsafe(32), by.on + dt.timedelta(days=days)
    with recorded(session, by, "make_feed", organ_id=person.organ_id):
        _end_feeds(session, person, by.now)
        session.add(
            CalendarFeed(person_id=key(person.id), secret_hash=hashed(secret), made_at=by.now, expires_on=until)
        )
    return secret


def feed_of(session: Session, person: Person) -> CalendarFeed | None:
    """The person's calendar address, as far as there is one."""
    mine = select(CalendarFeed).where(CalendarFeed.person_id == person.id, col(CalendarFeed.revoked_at).is_(None))
    return session.exec(mine).first()


def find_feed(session: Session, secret: str, *, now: dt.datetime) -> tuple[CalendarFeed, Person] | None:
    """The calendar address and whose it is; None for one unknown, revoked or past its day, or of somebody who left."""
    held = session.exec(
        select(CalendarFeed, Person)
        .join(Person, col(Person.id) == CalendarFeed.person_id)
        .outerjoin(Account, col(Account.person_id) == Person.id)
        .where(
            CalendarFeed.secret_hash == hashed(secret),
            col(CalendarFeed.revoked_at).is_(None),
            CalendarFeed.expires_on >= day_of(now),
            or_(col(Person.left_on).is_(None), col(Person.left_on) >= day_of(now)),
            col(Account.closed_at).is_(None),
        )
    ).first()
    return None if held is None else (held[0], held[1])


def revoke_feed(session: Session, person: Person, *, by: Actor) -> None:
    """End the person's calendar address. Raises NotFoundError where there is none, ForbiddenError."""
    _own(person, by)
    if feed_of(session, person) is None:
        raise NotFoundError("没有日历订阅地址，或者它已停用。")
    with recorded(session, by, "revoke_feed", organ_id=person.organ_id):
        _end_feeds(session, person, by.now)


def end_tokens(session: Session, person: Person, *, now: dt.datetime) -> int:
    """End every token of the person and the calendar address, as part of an act that is recorded; how many ended."""
    tokens = tokens_of(session, person)
    for token in tokens:
        token.revoked_at = now
        session.add(token)
    return len(tokens) + _end_feeds(session, person, now)


def accesses_of(session: Session, organ: Organ, *, by: Actor) -> list[HeldAccess]:
    """Every token and calendar address of the organ's people that still opens something. Raises ForbiddenError."""
    authorize_organ(session, by, Action.STAFF, organ.id)
    tokens = select(Person, ApiToken).join(ApiToken, col(ApiToken.person_id) == Person.id)
    tokens = tokens.where(col(ApiToken.revoked_at).is_(None), ApiToken.expires_on >= by.on)
    feeds = select(Person, CalendarFeed).join(CalendarFeed, col(CalendarFeed.person_id) == Person.id)
    feeds = feeds.where(col(CalendarFeed.revoked_at).is_(None), CalendarFeed.expires_on >= by.on)
    found: list[HeldAccess] = []
    found += [HeldAccess(*row) for row in session.exec(tokens.where(Person.organ_id == organ.id))]
    found += [HeldAccess(*row) for row in session.exec(feeds.where(Person.organ_id == organ.id))]
    return sorted(found, key=lambda one: (key(one.person.id), isinstance(one.held, CalendarFeed), key(one.held.id)))


def end_accesses(session: Session, person: Person, *, by: Actor, name: str | None = None) -> int:
    """End the person's tokens and calendar address for whoever manages people, or the one named; how many ended.

    Raises ForbiddenError, NotFoundError where there is none.
    """
    with performing_for(session, by, Action.STAFF, person.organ_id):
        name = " ".join((name or "").split())
        if not name:
            ended = end_tokens(session, person, now=by.now)
        elif name == "日历订阅":
            ended = _end_feeds(session, person, by.now)
        else:
            named = [token for token in tokens_of(session, person) if token.name == name]
            for token in named:
                token.revoked_at = by.now
                session.add(token)
            ended = len(named)
        if not ended:
            what = f"名为“{name}”的令牌" if name else "令牌和日历订阅"
            raise NotFoundError(f"{person.name}没有{what}，或者已经吊销。")
        return ended


def _end_feeds(session: Session, person: Person, now: dt.datetime) -> int:
    open_ones = select(CalendarFeed).where(CalendarFeed.person_id == person.id, col(CalendarFeed.revoked_at).is_(None))
    ended = session.exec(open_ones).all()
    for feed in ended:
        feed.revoked_at = now
        session.add(feed)
    return len(ended)


def _own(person: Person, by: Actor) -> None:
    if by.person_id is None or by.person_id != person.id:
        raise ForbiddenError("令牌和日历订阅只能由本人办理。")
