"""What a person chooses of how messages come: channels, the digest's hour, what is read in the system alone, addresses.

A choice never goes below what the office insists on. An address that is changed is told by mail to the person: whoever
changed it in the person's place should not go unnoticed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.ladder.notice import NoticeKind
from models.people.permission import Action
from models.people.person import Person
from models.people.reach import MessagePreference, PersonAddress
from models.settings import Settings
from tasks.acting.audit import recorded
from tasks.acting.perform import performing_for
from tasks.notices.channel import AddressKind, MessageChannel
from tasks.notices.find_channels import channels_set
from tasks.notices.reach import kinds_insisted_on
from tasks.notices.sealed_address import SEALED
from tasks.people.write_letter import tell_account, tell_own

PREFER, ADDRESS = "set_preference", "set_address"
Known = TypeVar("Known")


@dataclass(frozen=True)
class ChannelLine:
    """A channel of the office as one person has it: the address, None where there is none; sealed ones are not told."""

    channel: MessageChannel
    address: str | None
    sealed: bool = False

    @property
    def own(self) -> bool:
        """Whether the person names the address."""
        return self.channel.address is AddressKind.OWN


def channel_lines(session: Session, person: Person, settings: Settings) -> list[ChannelLine]:
    """The channels that the office has set up, in the person's order as far as there is one."""
    kept = addresses_of(session, person)
    given = {AddressKind.MAIL: person.email, AddressKind.MOBILE: person.mobile}
    lines = []
    for channel in channels_set(settings):
        address = given.get(channel.address, kept.get(channel.name))
        sealed = address is not None and address.startswith(SEALED)
        lines.append(ChannelLine(channel, None if sealed else address, sealed))
    chosen = preference_of(session, person).channels
    place = {name: at for at, name in enumerate(chosen)}
    return sorted(lines, key=lambda line: place.get(line.channel.name, len(place)))


def addresses_of(session: Session, person: Person) -> dict[str, str]:
    """The person's own addresses as they are kept, by channel."""
    held = select(PersonAddress).where(PersonAddress.person_id == person.id)
    return {one.channel: one.address for one in session.exec(held)}


def preference_of(session: Session, person: Person) -> MessagePreference:
    """What the person chose; of whoever chose nothing, a row that is not kept."""
    return session.get(MessagePreference, key(person.id)) or MessagePreference(person_id=key(person.id))


def free_kinds(settings: Settings) -> list[NoticeKind]:
    """The kinds of notices that a person may have kept in the system alone."""
    insisted = kinds_insisted_on(settings)
    return [kind for kind in NoticeKind if kind.value not in insisted]


def set_preference(
    session: Session,
    person: Person,
    *,
    by: Actor,
    settings: Settings,
    channels: Iterable[str],
    digest_at: dt.time | None,
    inside_only: Iterable[str],
) -> None:
    """Choose for oneself: the channels first tried, in order; the hour of the digest, None for the office's; the kinds
    of notices read in the system alone.

    Raises ForbiddenError for anybody else, BadInputError that names what is accepted.
    """
    if by.person_id != person.id:
        raise ForbiddenError(f"消息偏好由本人设置，{by.name}不能代{person.name}设。")
    first = _known(channels, {one.name: one.name for one in channels_set(settings)}, "渠道")
    insisted = kinds_insisted_on(settings)
    kinds = _known(inside_only, {kind.value: kind for kind in NoticeKind}, "通知种类")
    for kind in kinds:
        if kind.value in insisted:
            raise BadInputError(f"“{kind.label}”是本单位规定必须发送的，不能只在系统内看。")
    session.refresh(person, with_for_update=True)
    with recorded(session, by, PREFER, organ_id=person.organ_id):
        chosen = preference_of(session, person)
        chosen.channels, chosen.digest_at, chosen.inside_only = first, digest_at, [kind.value for kind in kinds]
        session.add(chosen)


def _known(named: Iterable[str], known: Mapping[str, Known], what: str) -> list[Known]:
    """What is named, in order. Raises BadInputError for what there is none of, and for a name given twice."""
    found = []
    for name in named:
        if name not in known:
            raise BadInputError(f"“{name[:40]}”不是可用的{what}；可用：{'、'.join(known)}。")
        if known[name] in found:
            raise BadInputError(f"{what}“{name}”写了两次。")
        found.append(known[name])
    return found


def set_addresses(
    session: Session, person: Person, typed: Mapping[str, str], *, by: Actor, settings: Settings
) -> Sequence[str]:
    """Keep what the person is called on channels, by their names; an empty text takes an address away.

    By the person, or by whoever manages the people of the organ. Returns the labels of the channels that changed, of
    which the person is told by mail, where a mail address is on record. Raises ForbiddenError, BadInputError that names
    what is accepted.
    """
    own = {one.name: one for one in channels_set(settings) if one.address is AddressKind.OWN}
    kept = addresses_of(session, person)
    wanted: dict[str, str] = {}
    for channel in _known(typed, own, "渠道"):
        given = typed[channel.name].strip()
        if given != kept.get(channel.name, ""):
            wanted[channel.name] = channel.own(settings, given) if given else ""
    changed = [own[name].label for name in wanted]
    if not changed:
        return []
    acting = (
        recorded(session, by, ADDRESS, organ_id=person.organ_id)
        if by.person_id == person.id
        else performing_for(session, by, Action.STAFF, person.organ_id)
    )
    session.refresh(person, with_for_update=True)
    with acting:
        for name, address in wanted.items():
            held = session.get(PersonAddress, (key(person.id), name))
            if address:
                held = held or PersonAddress(person_id=key(person.id), channel=name, address="")
                held.address = address
                session.add(held)
            elif held is not None:
                session.delete(held)
        if by.person_id == person.id:
            tell_own(session, person, f"改了接收消息的{'、'.join(changed)}账号", now=by.now)
        else:
            tell_account(session, person, f"改了您接收消息的{'、'.join(changed)}账号。", by=by)
    return changed
