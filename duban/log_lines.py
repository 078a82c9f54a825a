"""The log of a process that lasts: on standard error, a line each."""

import datetime as dt
import logging

from models.clock import OFFICE_ZONE


def log_to_standard_error() -> None:
    """What the clock does and what goes wrong, a line each, in office time whatever the machine's zone."""
    lines = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S")
    lines.converter = lambda seconds: dt.datetime.fromtimestamp(seconds or 0, OFFICE_ZONE).timetuple()
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("flows").setLevel(logging.INFO)
