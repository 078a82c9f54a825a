"""One message for real at once, to see whether a channel works: with the provider's answer, on record, few an hour.

As in `send_letters`, what is tried is committed before the network is spoken to.
"""

import datetime as dt

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.audit import AuditEntry
from models.database import key, on_record
from models.errors import BadInputError, ForbiddenError
from models.people.permission import Action
from models.people.person import Person
from models.settings import Settings
from tasks.acting.audit import recorded
from tasks.acting.perform import performing_for
from tasks.notices.channel import AddressKind, MessageChannel, Parcel
from tasks.notices.channel_health import draw, note_passed
from tasks.notices.find_channels import channels_set
from tasks.notices.handed import Handed
from tasks.notices.reach import address_on

MOST = 10
"""How many one person may try within the span: messages cost money, and others read them."""
WITHIN = dt.timedelta(hours=1)
WORDS = "这是督办系统的渠道测试消息。收到就说明这条渠道能用，不必回复。"


def try_channel(engine: Engine, settings: Settings, person_id: int, name: str, *, by: Actor) -> Handed:
    """Send the person a message through the channel, quiet hours or not; by the person, or by whoever runs the office.

    Says what the provider answered. Raises NotFoundError and ForbiddenError, also beyond MOST; BadInputError for a
    channel that is not set up or on which the person has no address; DeliveryError, BrokenOffError, ChannelDownError
    with what went wrong.
    """
    with on_record(engine) as session:
        person = session.get_one(Person, person_id)
        channel = _channel(settings, name)
        to = _address(session, person, channel)
        note_try(session, person, channel, by=by)
        draw(session, channel, 1, now=by.now)
    parcel = Parcel(
        reference=f"<try.{person_id}.{int(by.now.timestamp() * 1000)}.{channel.name}@duban.invalid>", to=to,
        name=person.name, subject="【督办】渠道测试", brief=WORDS, html=None, url=settings.office_url, sent_at=by.now,
        plain=f"{person.name}：\n\n{WORDS}\n发起：{by.name}\n\n系统地址：{settings.office_url}\n",
    )  # fmt: skip
    with channel.open(settings) as sender:
        handed = sender.send(sender.pack(parcel))
    with on_record(engine) as session:
        note_passed(session, channel.name, now=by.now)
    return handed


def _channel(settings: Settings, name: str) -> MessageChannel:
    usable = {one.name: one for one in channels_set(settings)}
    if name not in usable:
        raise BadInputError(f"“{name[:40]}”不是可用的渠道；可用：{'、'.join(usable)}。")
    return usable[name]


def _address(session: Session, person: Person, channel: MessageChannel) -> str:
    address = session.execute(select(address_on(channel)).where(col(Person.id) == person.id)).scalar_one()
    if not address:
        raise BadInputError(f"{person.name}没有登记{channel.label}所用的{_LACKING[channel.address]}。")
    return str(address)


_LACKING = {AddressKind.MAIL: "邮箱", AddressKind.MOBILE: "手机号", AddressKind.OWN: "账号"}


def note_try(session: Session, person: Person, channel: MessageChannel, *, by: Actor) -> None:
    """Put the try on record; of two at the same moment the second sees the first."""
    if by.person_id is not None:
        session.refresh(session.get_one(Person, by.person_id), with_for_update=True)
    acting = (
        recorded(session, by, Action.TRY_CHANNEL, organ_id=person.organ_id)
        if by.person_id == person.id
        else performing_for(session, by, Action.TRY_CHANNEL, person.organ_id)
    )
    with acting as record:
        tried = select(func.count(col(AuditEntry.id))).where(
            AuditEntry.action == Action.TRY_CHANNEL.value, AuditEntry.actor_id == by.person_id,
            AuditEntry.actor == by.name, col(AuditEntry.at) > by.now - WITHIN,
        )  # fmt: skip
        if session.exec(tried).one() >= MOST:
            raise ForbiddenError(f"一小时内至多测试 {MOST} 次，请稍后再试。")
        record.after |= {"name": person.name, "channel": channel.name, "person": key(person.id)}
