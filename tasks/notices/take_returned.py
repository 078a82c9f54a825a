"""Marking messages by the mails that came back: each mail once, and only what it says of a message that was sent to the
very address it speaks of.
"""

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, func, select, update

from models.database import key
from models.ladder.message import Message
from models.ladder.notice import Notice, NoticeState
from models.ladder.returned_mail import MailboxPlace, ReturnedMail, ReturnKind
from models.people.person import Person
from models.settings import Settings
from tasks.notices.channels.mail import CHANNEL
from tasks.notices.fail_message import fail_message
from tasks.notices.find_channels import channels_set
from tasks.notices.read_mailbox import Batch
from tasks.notices.read_returned import Returned, read_returned

log = logging.getLogger(__name__)
_RETURNED: sa.Table = SQLModel.metadata.tables[str(ReturnedMail.__tablename__)]


@dataclass
class ReturnedResult:
    """How many messages came back, are delayed, met somebody away; `others` are mails that say nothing of ours."""

    failed: int = 0
    delayed: int = 0
    away: int = 0
    others: int = 0


def mailbox_place(session: Session, settings: Settings) -> MailboxPlace | None:
    """How far the office's mailbox was read; None before the first time."""
    return session.get(MailboxPlace, _name(settings))


def take_returned(session: Session, settings: Settings, batch: Batch, *, now: dt.datetime) -> ReturnedResult:
    """Mark what the mails of the batch say, and note how far it was read. Read again, nothing new comes of it."""
    result = ReturnedResult()
    usable = {channel.name for channel in channels_set(settings)}
    for number, raw in batch.mails.items():
        try:
            with session.begin_nested():
                _take(session, raw, usable, result, now)
        except Exception:
            # Whatever it is about this mail, the next one is about somebody else.
            log.exception("退信邮箱中的第 %s 封无法处理，已跳过", number, extra={"action": "returned_failed"})
    if batch.mails:
        session.merge(MailboxPlace(mailbox=_name(settings), validity=batch.validity, uid=max(batch.mails)))
    session.flush()
    return result


def _take(session: Session, raw: bytes, usable: Collection[str], result: ReturnedResult, now: dt.datetime) -> None:
    fingerprint, known = sha256(raw).hexdigest(), 0
    for said in read_returned(raw):
        for message in _messages(session, said):
            known += 1
            if _note(session, key(message.id), fingerprint, said, now):
                setattr(result, said.kind, getattr(result, said.kind) + 1)
                _mark(session, message, said, usable, now)
    result.others += not known


def _messages(session: Session, said: Returned) -> list[Message]:
    """The messages it speaks of: quoted by what we called them, and sent to the address that is named."""
    if not said.references:
        return []
    query = (
        select(Message)
        .join(Person, col(Person.id) == Message.recipient_id)
        .where(col(Message.reference).in_(said.references), func.lower(col(Person.email)) == said.address)
        .order_by(col(Message.id))
    )
    return list(session.exec(query.with_for_update(of=Message)))


def _note(session: Session, message_id: int, fingerprint: str, said: Returned, now: dt.datetime) -> bool:
    """Keep what the mail says of the message; whether it was not kept before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "message_id": message_id, "fingerprint": fingerprint, "kind": said.kind, "words": said.words[:300],
        "read_at": now,
    }  # fmt: skip
    kept = insert(_RETURNED).values(row).on_conflict_do_nothing().returning(_RETURNED.c.id)
    return session.execute(kept).first() is not None


def _mark(session: Session, message: Message, said: Returned, usable: Collection[str], now: dt.datetime) -> None:
    words = f"{said.kind.label}：{said.words}"
    if said.kind is ReturnKind.FAILED:
        fail_message(session, message, CHANNEL.name, words, usable, now=now)
        return
    sent = update(Notice).where(col(Notice.message_id) == message.id, col(Notice.state) == NoticeState.SENT)
    session.execute(sent.values(reason=words[:300]))


def _name(settings: Settings) -> str:
    return f"{settings.imap_user}@{settings.imap_host}:{settings.imap_port}/{settings.imap_folder}"[:500]
