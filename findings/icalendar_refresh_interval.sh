#!/usr/bin/env bash
# A calendar feed says how often to come back by REFRESH-INTERVAL (RFC 7986) and, for Outlook, X-PUBLISHED-TTL. Given
# the same timedelta, icalendar writes the first without the VALUE=DURATION that the RFC requires, and the second as
# Python prints a timedelta ("1:00:00", "1 day, 0:00:00") instead of PT1H: no client can read it, and icalendar itself
# reads it back as unknown text. Neither raises. `vDuration` and parameters={"VALUE": "DURATION"} write both right.
# Its own property `calendar.refresh_interval` leaves the parameter out as well.
#
# Seen with: icalendar 7.3.2, Python 3.11.
# Source: RFC 7986 section 5.7 (value type DURATION, no default).  Takes: about 20 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2

"$room/venv/bin/python" - <<'PY'
import sys
from datetime import timedelta

from icalendar import Calendar, vDuration


def lines(calendar: Calendar) -> list[str]:
    return [line for line in calendar.to_ical().decode().splitlines() if line.startswith(("REFRESH", "X-"))]


plain, by_property, told = Calendar(), Calendar(), Calendar()
for hours in (1, 24):
    plain.add("X-PUBLISHED-TTL", timedelta(hours=hours))
plain.add("REFRESH-INTERVAL", timedelta(hours=1))
by_property.refresh_interval = timedelta(hours=1)
told.add("REFRESH-INTERVAL", timedelta(hours=1), parameters={"VALUE": "DURATION"})
told.add("X-PUBLISHED-TTL", vDuration(timedelta(hours=1)))
seen = {"added": lines(plain), "as a property": lines(by_property), "told": lines(told)}
back = [type(value).__name__ for value in Calendar.from_ical(plain.to_ical())["X-PUBLISHED-TTL"]]
for how, what in seen.items():
    print(f"{how}: {what}")
print("X-PUBLISHED-TTL read back:", back)

sys.exit(
    back != ["vUnknown", "vUnknown"]
    or seen
    != {
        "added": ["REFRESH-INTERVAL:PT1H", "X-PUBLISHED-TTL:1:00:00", "X-PUBLISHED-TTL:1 day, 0:00:00"],
        "as a property": ["REFRESH-INTERVAL:PT1H"],
        "told": ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"],
    }
)
PY
