"""What a mail that came back says of one that was sent: not delivered, delayed, or that its reader is away.

By RFC 3464 (delivery status notifications), RFC 3834 (automatic answers), and what providers send in their place. The
mail comes from anywhere: what it claims is only ever held against what was sent, and no more of it is read than asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from email.utils import getaddresses
from typing import Any

from models.ladder.returned_mail import ReturnKind

READ = 65_536
"""Bytes of a mail that are looked at: a notification says what it has to say before it returns the mail."""
_PARTS, _RECIPIENTS, _REFERENCES = 40, 50, 50
"""How many parts a mail may have, and of how many recipients and mails it may speak."""
_REASON, _AWAY = 300, 200
"""Characters kept of a reason, and of what somebody away says."""

_REFERENCE = re.compile(r"<[\w.-]{1,80}@duban\.invalid>")
"""The Message-IDs that we give."""
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?!duban\.invalid)[\w.-]{1,190}")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
"""RFC 3463."""
_REPLY_CODE = re.compile(r"\b([45])[0-5]\d[ -]")
"""RFC 5321."""
_TAG = re.compile(r"<(?![^\s<>]*@)[^<>]*>")
"""Of a page; an address between such marks is none."""
_REPLY = re.compile(
    r"\s*(自动回复|自动答复|自動回覆|自動回復|automatic reply|auto(matic)?[- ]?reply|out of (the )?office)", re.I
)
"""How providers begin the subject of an automatic answer: 163, QQ and Coremail, Exchange, and in English."""
_SYSTEM = ("mailer-daemon", "postmaster")


@dataclass(frozen=True)
class Returned:
    """What one mail says of one address: `references` are the mails it may speak of, as their Message-IDs."""

    kind: ReturnKind
    address: str
    """In lower case."""
    references: tuple[str, ...]
    words: str
    """Why, in a line."""


def read_returned(raw: bytes) -> list[Returned]:
    """What the mail says, an answer for each address; none for a mail that is nothing of the kind. Never raises."""
    raw = raw[:READ]
    if raw.lower().count(b"content-type:") > _PARTS:
        return []
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        report = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
        if report:
            return list(_of_report(mail, report[0]))
        if _sender(mail).partition("@")[0] in _SYSTEM:
            return list(_of_system(mail))
        return list(_of_reader(mail))
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        # The library raises whatever a broken mail leads it to; such a mail says nothing.
        return []


def _of_report(mail: Message, report: Message) -> Iterator[Returned]:
    """RFC 3464: a block about the mail, then one for each recipient."""
    references, blocks = _references(mail), report.get_payload()
    for block in blocks[: _RECIPIENTS + 1] if isinstance(blocks, list) else ():
        action = _field(block, "Action").lower()
        kind = {"failed": ReturnKind.FAILED, "delayed": ReturnKind.DELAYED}.get(action)
        reason = _field(block, "Diagnostic-Code").partition(";")[2].strip() or _field(block, "Status")
        # An alias is known to the sender by its own name, and to the other server by what it stands for.
        for name in ("Original-Recipient", "Final-Recipient"):
            address = _field(block, name).partition(";")[2].strip().strip("<>").lower()
            if kind is not None and "@" in address:
                yield Returned(kind, address, references, _line(reason, _REASON))


def _of_system(mail: Message) -> Iterator[Returned]:
    """A notification in words alone: of the addresses that stand in it, failed where it says why by code."""
    text = _text(mail)
    found = _STATUS.search(text) or _REPLY_CODE.search(text)
    if found is None or found[1] == "2":
        return
    kind = ReturnKind.FAILED if found[1] == "5" else ReturnKind.DELAYED
    line = next((line for line in text.splitlines() if found[0] in line), "")
    named = _field(mail, "X-Failed-Recipients") or text
    for address in list(dict.fromkeys(_ADDRESS.findall(named)))[:_RECIPIENTS]:
        yield Returned(kind, address.lower(), _references(mail, text), _line(line, _REASON))


def _of_reader(mail: Message) -> Iterator[Returned]:
    """An automatic answer of somebody who is away."""
    submitted = _field(mail, "Auto-Submitted").lower()
    subject = _decoded(_field(mail, "Subject"))
    automatic = submitted.startswith("auto-replied") or "x-autoreply" in mail or _REPLY.match(subject)
    if automatic and (address := _sender(mail)):
        words = _line(f"{subject}：{_text(mail)}", _AWAY)
        yield Returned(ReturnKind.AWAY, address, _references(mail), words)


def _references(mail: Message, text: str = "") -> tuple[str, ...]:
    """Of which mails it speaks: the one it returns, and those it says that it answers."""
    said = [_field(mail, "In-Reply-To"), _field(mail, "References"), text]
    for part in mail.walk():
        if part is not mail and part.get_content_type() == "text/rfc822-headers":
            said.append(_field(HeaderParser().parsestr(_text(part)), "Message-ID"))
        elif part is not mail and "message-id" in part:
            said.append(_field(part, "Message-ID"))
    return tuple(dict.fromkeys(_REFERENCE.findall(" ".join(said))))[:_REFERENCES]


def _text(mail: Message) -> str:
    """The words of its first text part, of a page without its tags."""
    for part in mail.walk():
        if part.get_content_maintype() == "text" and isinstance(payload := part.get_payload(decode=True), bytes):
            try:
                text = payload.decode(part.get_content_charset() or "utf-8", "replace")
            except LookupError:
                text = payload.decode("utf-8", "replace")
            return _TAG.sub("\n", text) if part.get_content_subtype() == "html" else text
    return ""


def _sender(mail: Message) -> str:
    """The address it comes from, in lower case."""
    return next((address.lower() for _, address in getaddresses([_field(mail, "From")]) if "@" in address), "")


def _field(part: Any, name: str) -> str:
    return str(part.get(name, ""))[:4_000] if isinstance(part, Message) else ""


def _decoded(field: str) -> str:
    return str(make_header(decode_header(field)))


def _line(text: str, most: int) -> str:
    """In one line, without what is no text."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:most]
