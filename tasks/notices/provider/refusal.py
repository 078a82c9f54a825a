"""What a provider's error code means for the message it answers."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What becomes of the message, and of all others on the channel."""

    NEVER = "这条不再重试"
    LATER = "这条稍后重试"
    DOWN = "渠道暂停"
    STALE = "换新令牌再试一次"


@dataclass(frozen=True)
class Refusal:
    """One line of a provider's table. `pause`: after how long the provider takes messages again, where it says."""

    verdict: Verdict
    meaning: str
    pause: dt.timedelta | None = None


def never(meaning: str) -> Refusal:
    """The message or its recipient is refused, and always will be."""
    return Refusal(Verdict.NEVER, meaning)


def later(meaning: str) -> Refusal:
    """This message is refused for now."""
    return Refusal(Verdict.LATER, meaning)


def down(meaning: str, *, seconds: int | None = None) -> Refusal:
    """No message passes."""
    return Refusal(Verdict.DOWN, meaning, None if seconds is None else dt.timedelta(seconds=seconds))


def stale(meaning: str) -> Refusal:
    """The access token is no longer taken."""
    return Refusal(Verdict.STALE, meaning)
