"""日历订阅: a person's deadlines for the calendar of a phone or desk; the secret in the address is the key."""

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import Response

from duban.web.call import VERSION, has
from duban.web.served import served_office
from models.actor import Actor, Channel
from models.clock import day_of
from models.database import reading
from models.errors import NotFoundError
from tasks.access.hold_tokens import find_feed
from tasks.lists.write_calendar import calendar_mark, write_calendar

router = APIRouter()

ICALENDAR = "text/calendar; charset=utf-8"


@router.get("/feeds/{secret}.ics")
def feed(request: Request, secret: str) -> Response:
    """The calendar; the same answer for an address that never was and for one that is no longer."""
    served = served_office(request)
    now = served.now()
    with reading(served.database) as session:
        held = find_feed(session, secret, now=now)
        if held is None:
            raise NotFoundError("没有这个页面。")
        _held, person = held
        mark = f"{VERSION}:{served.settings.office_url}:{calendar_mark(session, person, on=day_of(now))}"
        etag = f'"{hashlib.sha256(mark.encode()).hexdigest()[:24]}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"}
        if has(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
        by = Actor(person.name, Channel.API, day_of(now), now, person.id)
        content = write_calendar(session, person, by=by, office_url=served.settings.office_url)
    return Response(content, media_type=ICALENDAR, headers=headers)
