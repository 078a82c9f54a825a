"""How people are reached: the channels each can be sent to, in the order in which they are tried.

A person's own choice comes first, then the office's order; what is not set up or has no address is left out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.among import among
from models.ladder.notice import NoticeKind
from models.people.person import Person
from models.people.reach import MessagePreference, PersonAddress
from models.settings import Settings
from tasks.notices.channel import AddressKind, MessageChannel
from tasks.notices.find_channels import channels_set


@dataclass(frozen=True)
class PersonReach:
    """How one person is reached; without channels in the system alone."""

    channels: Sequence[str]
    digest_at: dt.time
    inside_only: Collection[str] = ()


def reach_of(session: Session, people: Iterable[int], settings: Settings) -> Mapping[int, PersonReach]:
    """How each of these people is reached. Three queries."""
    people = set(people)
    ordered = channels_set(settings)
    insisted = kinds_insisted_on(settings)
    own: dict[int, set[str]] = defaultdict(set)
    for person_id, channel in session.exec(
        select(PersonAddress.person_id, PersonAddress.channel).where(among(PersonAddress.person_id, people))
    ):
        own[person_id].add(channel)
    preferred = {
        one.person_id: one
        for one in session.exec(select(MessagePreference).where(among(MessagePreference.person_id, people)))
    }
    known = select(Person.id, Person.email, Person.mobile).where(among(Person.id, people))
    found: dict[int, PersonReach] = {}
    for person_id, email, mobile in session.execute(known):
        has = {AddressKind.MAIL: bool(email), AddressKind.MOBILE: bool(mobile)}
        usable = [one.name for one in ordered if has.get(one.address, one.name in own[person_id])]
        choice = preferred.get(person_id)
        first = [name for name in choice.channels if name in usable] if choice else []
        found[person_id] = PersonReach(
            first + [name for name in usable if name not in first],
            (choice and choice.digest_at) or settings.digest_at,
            set(choice.inside_only) - insisted if choice else (),
        )
    return found


def kinds_insisted_on(settings: Settings) -> set[str]:
    """The kinds of notices that nobody can have kept in the system alone."""
    return {part.strip() for part in settings.insist_on.split(",") if part.strip()} & {
        kind.value for kind in NoticeKind
    }


def address_on(channel: MessageChannel) -> sa.SQLColumnExpression[str | None]:
    """The address of a person on the channel, in a query over `person`."""
    if channel.address is AddressKind.MAIL:
        return col(Person.email)
    if channel.address is AddressKind.MOBILE:
        return col(Person.mobile)
    own = sa.select(col(PersonAddress.address)).where(
        col(PersonAddress.person_id) == col(Person.id), col(PersonAddress.channel) == channel.name
    )
    return own.scalar_subquery()
