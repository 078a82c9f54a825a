"""Who acts: a person, the administrator at the machine, or one of the system's own rhythms."""

import datetime as dt
from dataclasses import dataclass

from models.coded import Coded


class Channel(Coded):
    """By which way an act came in."""

    COMMAND = "command", "命令行"
    WEB = "web", "网页"
    API = "api", "接口"
    RHYTHM = "rhythm", "系统"


@dataclass(frozen=True)
class Actor:
    """Who acts on day `on` at instant `now`; without `person_id` it is the machine's administrator or a rhythm."""

    name: str
    channel: Channel
    on: dt.date
    now: dt.datetime
    person_id: int | None = None

    def hint(self, typed: str) -> str:
        """What an error adds for whoever types commands, in brackets; nothing where there is nothing to type."""
        return f"({typed})" if self.channel is Channel.COMMAND else ""
