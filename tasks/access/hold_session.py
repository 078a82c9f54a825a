"""Sessions of the pages: starting one at sign-in, finding it again by its token, ending it."""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from models.clock import day_of
from models.database import key
from models.people.organ import Organ
from models.people.person import Person
from models.people.web_session import SessionStage, WebSession

LASTS = dt.timedelta(hours=12)
"""A session ends this long after its start, however busy."""
IDLE = dt.timedelta(hours=2)
"""A session that nobody used for this long has ended."""
HALFWAY = dt.timedelta(minutes=10)
"""How long a sign-in may take that still lacks its second factor."""
NOTED_EVERY = dt.timedelta(minutes=5)
"""How exact `seen_at` is: reading a page should seldom write."""


def hashed(secret: str) -> str:
    """What is kept of a random secret. It has 256 bits of chance in it, so a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start_session(
    session: Session,
    person: Person,
    *,
    address: str,
    agent: str,
    now: dt.datetime,
    stage: SessionStage = SessionStage.OPEN,
) -> str:
    """A new session of the person; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            person_id=key(person.id),
            token_hash=hashed(token),
            address=address[:64],
            agent=agent[:200],
            stage=stage,
            started_at=now,
            proved_at=now,
            seen_at=now,
            expires_at=now + (LASTS if stage is SessionStage.OPEN else HALFWAY),
        )
    )
    session.flush()
    return token


def find_session(
    session: Session, token: str, *, now: dt.datetime, halfway: bool = False
) -> tuple[WebSession, Person, Organ] | None:
    """The session this token opens, whose it is and of which organ; None for one that ended, was idle too long or
    never was. One whose sign-in still lacks the second factor opens nothing; only `halfway` finds it, and no other."""
    opened = _HALFWAY if halfway else _OPEN
    found = session.execute(opened, {"token": hashed(token), "now": now, "used": now - IDLE}).first()
    if found is None or (found.Person.left_on is not None and found.Person.left_on < day_of(now)):
        return None
    return found.WebSession, found.Person, found.Organ


_FOUND = (
    select(WebSession, Person, Organ)
    .join(Person, col(Person.id) == WebSession.person_id)
    .join(Organ, col(Organ.id) == Person.organ_id)
    .where(
        col(WebSession.token_hash) == bindparam("token"),
        col(WebSession.ended_at).is_(None),
        col(WebSession.expires_at) > bindparam("now"),
        col(WebSession.seen_at) > bindparam("used"),
    )
)
_OPEN = _FOUND.where(col(WebSession.stage) == SessionStage.OPEN)
_HALFWAY = _FOUND.where(col(WebSession.stage) != SessionStage.OPEN)
"""Put together once: every page asks it."""


def note_use(session: Session, held: WebSession, *, now: dt.datetime) -> None:
    """Remember that the session is in use."""
    session.execute(update(WebSession).where(col(WebSession.id) == held.id).values(seen_at=now))


def note_proof(session: Session, token: str, *, now: dt.datetime) -> None:
    """Remember that the session's person has just proved again to be the one."""
    session.execute(update(WebSession).where(col(WebSession.token_hash) == hashed(token)).values(proved_at=now))


def end_session(session: Session, token: str, *, now: dt.datetime) -> None:
    """End the session this token opens, if it is open."""
    open_one = update(WebSession).where(col(WebSession.token_hash) == hashed(token), col(WebSession.ended_at).is_(None))
    session.execute(open_one.values(ended_at=now))


def end_sessions(session: Session, person_id: int, *, now: dt.datetime, but: str | None = None) -> None:
    """End every open session of the person, as a changed password does; `but` is the token of one that stays."""
    open_ones = update(WebSession).where(col(WebSession.person_id) == person_id, col(WebSession.ended_at).is_(None))
    if but is not None:
        open_ones = open_ones.where(col(WebSession.token_hash) != hashed(but))
    session.execute(open_ones.values(ended_at=now))


def open_sessions(session: Session, person_id: int, *, now: dt.datetime) -> list[WebSession]:
    """The person's sessions that still open something, the one used last first."""
    mine = select(WebSession).where(
        WebSession.person_id == person_id, WebSession.stage == SessionStage.OPEN,
        col(WebSession.ended_at).is_(None), WebSession.expires_at > now,
        WebSession.seen_at > now - IDLE,
    )  # fmt: skip
    return list(session.exec(mine.order_by(col(WebSession.seen_at).desc(), col(WebSession.id).desc())))
