"""Who acts: a person, the administrator at the machine, or one of the system's own rhythms."""

import datetime as dt
from dataclasses import dataclass

from models.clock import day_of
from models.coded import Coded


class Channel(Coded):
    """By which way an act came in."""

    COMMAND = "command", "命令行"
    WEB = "web", "网页"
    API = "api", "接口"
    RHYTHM = "rhythm", "系统"


@dataclass(frozen=True)
class Actor:
    """Who acts or looks at instant `now`; without `person_id` it is the machine's administrator or a rhythm."""

    name: str
    channel: Channel
    on: dt.date
    """The day that is shown, or on which what is done counts as done."""
    now: dt.datetime
    person_id: int | None = None

    @property
    def present(self) -> dt.date:
        """The day by whose posts is asked what the actor may.

        Whoever signs in may what is his today, whatever day is shown: no address chooses it. At the machine a day
        can be rehearsed whole (`--on`), and a rhythm runs for its day.
        """
        return day_of(self.now) if self.channel in (Channel.WEB, Channel.API) else self.on

    def hint(self, typed: str) -> str:
        """What an error adds for whoever types commands, in brackets; nothing where there is nothing to type."""
        return f"（{typed}）" if self.channel is Channel.COMMAND else ""
