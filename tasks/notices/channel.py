"""What a channel is: how its addresses are found, whether it is set up, how fast it may be used, and how it sends.

A channel is one file in `tasks/notices/channels/` with a `CHANNEL` in it, and is found by that. A sender takes parcels
one after the other over one connection, and says how each ended in one of four ways: handed over, or one of the three
errors below. Which of them is raised decides what becomes of everybody's messages, so every channel tells them apart by
what its provider documents.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from models.coded import Coded
from models.errors import BadInputError
from models.settings import Settings
from tasks.notices.handed import Handed


@dataclass(frozen=True)
class Enclosure:
    """Something that rides along: a 督办单, an invitation to a calendar."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """One message to one person, in every form a channel may need; `plain` says all that `html` says.

    `reference` is the same each time the message is tried. `brief` is one line, for channels that carry little; `url`
    is where the recipient reads on and acts.
    """

    reference: str
    to: str
    name: str
    subject: str
    brief: str
    plain: str
    html: str | None
    url: str
    sent_at: dt.datetime
    files: tuple[Enclosure, ...] = ()


class ChannelSender(Protocol):
    """An open channel."""

    def pack(self, parcel: Parcel) -> Any:
        """The parcel as it goes over the wire, made ahead while another one is being sent.

        Raises DeliveryError for one that this channel can never send.
        """
        ...

    def send(self, packed: Any) -> Handed:
        """Hand over what `pack` made.

        Raises DeliveryError where the provider refuses this one message (`permanent`: always will), BrokenOffError
        where the connection broke with it, ChannelDownError where none can pass.
        """
        ...


class QueuedSender(Protocol):
    """An open channel that takes messages ahead of its answers; it sends and answers in the order they were given."""

    @property
    def full(self) -> bool:
        """Whether an answer must be taken before it is given more."""
        ...

    def pack(self, parcel: Parcel) -> Any:
        """As `ChannelSender.pack`."""
        ...

    def hand(self, packed: Any) -> None:
        """Give it what `pack` made; raises nothing about it."""
        ...

    def answer(self) -> Handed:
        """How the oldest one without an answer ended; raises as `ChannelSender.send`. After a ChannelDownError it has
        tried nothing more.
        """
        ...


class InTurn:
    """A channel without a queue: each message is sent when its answer is asked for."""

    full = True

    def __init__(self, sender: ChannelSender) -> None:
        self.pack = sender.pack
        self._send = sender.send

    def hand(self, packed: Any) -> None:
        self._packed = packed

    def answer(self) -> Handed:
        return self._send(self._packed)


class AddressKind(Coded):
    """Where the address of a person on a channel stands."""

    MAIL = "mail", "人员名单中的邮箱"
    MOBILE = "mobile", "人员名单中的手机号"
    OWN = "own", "本人在该渠道的账号"


@dataclass(frozen=True)
class Rate:
    """At most so many messages in so many seconds, as the provider publishes."""

    messages: int
    seconds: int


ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-.@+]{0,63}")
"""What a system calls a person, safe to stand in an address of the web too."""


def account_typed(_settings: Settings, typed: str) -> str:
    """An account as it is kept. Raises BadInputError that says what is accepted."""
    typed = typed.strip()
    if not ACCOUNT.fullmatch(typed):
        raise BadInputError("账号应由字母、数字和 _-.@+ 组成，以字母或数字开头，不超过 64 个字符。")
    return typed


@dataclass(frozen=True)
class MessageChannel:
    """One way to a person. `open` connects with the first parcel and lets go at the end.

    `own` is how an address that a person names is kept, sealed where it holds a secret; it raises BadInputError that
    says what is accepted. `secret` is by what the receiver at such an address knows that a message is ours.
    `open_apart` is for very many messages, where sending them is work enough for a process of its own.
    """

    name: str
    label: str
    address: AddressKind
    is_set: Callable[[Settings], bool]
    open: Callable[[Settings], AbstractContextManager[ChannelSender]]
    rate: Rate | None = None
    own: Callable[[Settings, str], str] = account_typed
    secret: Callable[[Settings, str], str | None] | None = None
    open_apart: Callable[[Settings], AbstractContextManager[QueuedSender]] | None = None

    @contextmanager
    def opened(self, settings: Settings, *, many: bool) -> Iterator[QueuedSender]:
        """The channel, as fits the number of messages."""
        if many and self.open_apart is not None:
            with self.open_apart(settings) as queued:
                yield queued
        else:
            with self.open(settings) as sender:
                yield InTurn(sender)
