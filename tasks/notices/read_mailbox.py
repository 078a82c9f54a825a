"""Reading the mailbox to which bounces and automatic answers go, by IMAP: opened for reading only, so that nothing in
it is changed, moved or marked, whoever else reads it.
"""

import datetime as dt
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from models.errors import DubanError
from models.settings import Settings
from tasks.notices.read_returned import READ

TIMEOUT_SECONDS = 20
MOST = 200
"""Mails read at a time; the rest waits for the next."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxError(DubanError):
    """退信邮箱无法读取，稍后再试。"""


@dataclass(frozen=True)
class Batch:
    """The beginnings of mails, by their numbers in the mailbox; the numbers mean the same while `validity` does."""

    validity: int
    mails: dict[int, bytes]


def read_mailbox(settings: Settings, *, validity: int | None, after: int, since: dt.date) -> Batch:
    """The next mails behind the number `after`, or the first since the day where the numbers mean something else now.

    Raises MailboxError, in words without the password.
    """
    where = f"{settings.imap_host}:{settings.imap_port}"
    try:
        with _opened(settings) as server:
            return _read(server, settings.imap_folder, validity, after, since)
    except imaplib.IMAP4.error as error:
        raise MailboxError(f"退信邮箱 {where} 未接受：{_said(error)}") from error
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise MailboxError(f"退信邮箱 {where} 连接失败（{reason}），稍后再试。") from error


def _read(server: imaplib.IMAP4, folder: str, validity: int | None, after: int, since: dt.date) -> Batch:
    _check(*server.select(f'"{folder}"', readonly=True))
    now = int((server.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    first = after + 1 if now == validity else 1
    behind = f"UID {first}:*" if now == validity else f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
    found = b" ".join(part for part in _check(*server.uid("SEARCH", behind)) if isinstance(part, bytes))
    # "n:*" names the last mail too where all are below n.
    numbers = sorted(number for number in map(int, found.split()) if number >= first)[:MOST]
    return Batch(now, {number: _beginning(server, number) for number in numbers})


def _beginning(server: imaplib.IMAP4, number: int) -> bytes:
    """The first bytes of one mail; nothing of one that is gone meanwhile."""
    parts = _check(*server.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{READ}>)"))
    return next((part[1][:READ] for part in parts if isinstance(part, tuple)), b"")


@contextmanager
def _opened(settings: Settings) -> Iterator[imaplib.IMAP4]:
    """A signed-in connection, let go at the end."""
    secure, place = ssl.create_default_context(), (settings.imap_host, settings.imap_port)
    if settings.imap_security == "tls":
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(*place, ssl_context=secure, timeout=TIMEOUT_SECONDS)
    else:
        server = imaplib.IMAP4(*place, timeout=TIMEOUT_SECONDS)
    try:
        if settings.imap_security == "starttls":
            server.starttls(secure)
        server.login(settings.imap_user, settings.imap_password.get_secret_value())
        if b"ID" in b" ".join(server.capability()[1]).split():
            # 163 and its like take nobody for safe who does not say what he is (RFC 2971).
            server.xatom("ID", '("name" "duban")')
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()
        # One that hung up leaves the connection open on this side.
        with suppress(OSError):
            server.shutdown()


def _check(status: str, parts: list[Any]) -> list[Any]:
    if status != "OK":
        raise imaplib.IMAP4.error(parts[0] if parts else status)
    return parts


def _said(error: imaplib.IMAP4.error) -> str:
    text = error.args[0] if error.args else ""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return re.sub(r"\s+", " ", words)[:200]
