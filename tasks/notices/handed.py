"""How handing a message over ends: it was taken, or one of two errors beside DeliveryError.

Apart from `channel`, and light, because the process that talks to the mail server knows nothing else of the system.
"""

import datetime as dt
from dataclasses import dataclass

from models.errors import DubanError


@dataclass(frozen=True)
class Handed:
    """A provider took the message. `delivered`: it says that the recipient has it."""

    answer: str
    delivered: bool = False


class ChannelDownError(DubanError):
    """发送渠道不可用，通知保留，恢复后发送。

    No message can pass: no connection, a refused password or token, a rate limit. It uses up no message's tries.
    `pause` is how long the provider asks to wait, where it says.
    """

    def __init__(self, message: str | None = None, *, pause: dt.timedelta | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class BrokenOffError(DubanError):
    """发送中连接中断，稍后重试。

    The connection broke while this one message was handed over: it counts for this message, and the next goes on a
    connection of its own.
    """
