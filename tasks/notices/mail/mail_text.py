"""A parcel as a mail (RFC 5322), put together as bytes: a tree of message objects takes many times as long to write.

Every body is base64, so that no line of one can be taken for a boundary, and no relay has anything to wrap.
"""

import base64
import datetime as dt
import re
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from urllib.parse import quote

from models.errors import DeliveryError
from tasks.notices.channel import Enclosure, Parcel

CALENDAR = "text/calendar"
LONGEST_NAME = 60
"""Characters of a file's name, from its end: nine bytes each, on a line that may have 998."""
_ADDRESS = re.compile(r"[^\s<>,;:\"()\\\[\]@]+@[^\s<>,;:\"()\\\[\]@]+", re.ASCII)
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
_PLAIN = re.compile(r"(?!.*=\?)[ -~]{0,60}")
_WHOLE, _SAYING = "=_duban_whole", "=_duban_saying"
"""Boundaries: no line of base64 holds an underscore."""
_LINE = 76
"""Characters of a line of base64 (RFC 2045)."""
_WORD = 39
"""Bytes of text in one encoded word: with its marks and `Subject: ` 73 characters, of 76 allowed (RFC 2047)."""


def as_mail(parcel: Parcel, sender: str) -> bytes:
    """The parcel as a mail: its text, the same as HTML where there is one, files attached.

    A calendar that rides along alone stands beside the text too: there clients look for an invitation.
    Raises DeliveryError for an address that no mail can go to.
    """
    if not (parcel.to.isascii() and _ADDRESS.fullmatch(parcel.to)):
        raise DeliveryError(f"收件地址“{parcel.to[:100]}”不是可用的邮箱地址。", permanent=True)
    head = (
        f"From: {_mailbox(sender)}\r\nTo: {parcel.to}\r\nSubject: {_words(parcel.subject)}\r\n"
        f"Message-ID: {parcel.reference}\r\nDate: {_date(parcel.sent_at)}\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
    )
    saying = [_text("plain", parcel.plain)]
    if parcel.html is not None:
        saying.append(_text("html", parcel.html))
    calendars = [file for file in parcel.files if file.media_type.startswith(CALENDAR)]
    if len(calendars) == 1:
        saying.append(_part(_media_type(calendars[0]), calendars[0].content))
    body = _together("alternative", _SAYING, saying)
    if parcel.files:
        body = _together("mixed", _WHOLE, [body, *map(_attached, parcel.files)])
    return head.encode("ascii") + body


def _text(kind: str, text: str) -> bytes:
    return _part(f"text/{kind}; charset=utf-8", text.replace("\r\n", "\n").replace("\n", "\r\n").encode())


def _attached(file: Enclosure) -> bytes:
    name = quote(file.name[-LONGEST_NAME:], safe="")
    return _part(_media_type(file), file.content, f"Content-Disposition: attachment;\r\n filename*=utf-8''{name}\r\n")


def _media_type(file: Enclosure) -> str:
    """As the file says; of a calendar with its method, without which clients show no invitation (RFC 6047)."""
    if not file.media_type.startswith(CALENDAR):
        return file.media_type
    method = _METHOD.search(file.content)
    return f"{CALENDAR}; charset=utf-8" + (f"; method={method[1].decode()}" if method else "")


def _part(media_type: str, content: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    coded = base64.b64encode(content)
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return head.encode("ascii") + b"\r\n".join([*lines, b""])


def _together(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return head + b"".join(b"%s\r\n%s\r\n" % (mark, part) for part in parts) + mark + b"--\r\n"


@lru_cache(maxsize=8)
def _mailbox(sender: str) -> str:
    """`督办 <duban@office.test>` as a header has it."""
    name, address = parseaddr(sender)
    return formataddr((name, address), "utf-8")


@lru_cache(maxsize=8)
def _date(sent_at: dt.datetime) -> str:
    return format_datetime(sent_at)


def _words(text: str) -> str:
    """A subject as a header has it: folded between encoded words, each of whole characters."""
    text = " ".join(text.split())
    if _PLAIN.fullmatch(text):
        return text
    words, left = [], text.encode()
    while len(left) > _WORD:
        end = _WORD
        while left[end] & 0xC0 == 0x80:  # In the middle of a character.
            end -= 1
        words.append(left[:end])
        left = left[end:]
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in [*words, left])
