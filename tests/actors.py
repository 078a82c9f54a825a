"""Who acts in tests that are not about who acts: the administrator at the machine."""

import datetime as dt

from models.actor import Actor, Channel
from models.clock import opening_of


def administrator(on: dt.date) -> Actor:
    """At nine in the morning of that day."""
    return Actor("本机管理员", Channel.COMMAND, on, opening_of(on))
