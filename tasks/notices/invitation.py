"""Deadlines that are new, moved or gone, as a file that a mail client takes over into its calendar (RFC 5546).

An event has the UID and SEQUENCE of the calendar that a person may subscribe to, so that each learns of the newest
move from either. One event is a request of its own, which clients take over and later move or cancel by themselves; of
several in one message a client offers all at once, published.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import TYPE_CHECKING

from models.later import later
from models.settings import Settings
from tasks.lists.write_calendar import deadline_event
from tasks.notices.channel import Enclosure
from tasks.notices.gather_lines import NoticeLine

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = later("icalendar")


def invitation(lines: Sequence[NoticeLine], settings: Settings) -> tuple[Enclosure, ...]:
    """The file for these lines, each of which has an event; none for none."""
    events = {line.deadline_id: line for line in lines}
    if not events:
        return ()
    method = "PUBLISH"
    if len(events) == 1:
        method = "CANCEL" if all(line.event and line.event.gone for line in events.values()) else "REQUEST"
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//duban//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.mail_from)[1]}")
    organizer.params["CN"] = icalendar.vText("督办系统")
    for line in events.values():
        if line.event is None:
            continue
        event = deadline_event(line.event, settings.office_url)
        event["organizer"] = organizer
        if method != "PUBLISH" and line.address:
            attendee = icalendar.vCalAddress(f"mailto:{line.address}")
            attendee.params["RSVP"] = icalendar.vText("FALSE")
            event["attendee"] = attendee
        calendar.add_component(event)
    media_type = f"text/calendar; method={method}; charset=utf-8"
    return (Enclosure("时限.ics", media_type, bytes(calendar.to_ical())),)
