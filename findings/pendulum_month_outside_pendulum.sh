#!/usr/bin/env bash
# A month of pendulum's Duration is a calendar month only where pendulum adds it. A Duration is a timedelta, and to
# everything that takes timedeltas a month is thirty days and a year 365, silently: `date(2026, 1, 31) + month` is
# 2 March, where `pendulum.date(2026, 1, 31) + month` is 28 February. That is the type which databases, Pydantic and
# JSON give back. icalendar writes P30D, Pydantic P30D. The difference of two pendulum dates is caught in the same
# way: added to a third date it counts months with pendulum's and days with Python's.
#
# Seen with: pendulum 3.3.0, icalendar 7.3.2, Pydantic 2.14.3, Python 3.11.
# Source: github.com/python-pendulum/pendulum/issues/115 and 528; pendulum/duration.py.  Takes: about 40 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pendulum==3.3.0 icalendar==7.3.2 pydantic==2.14.3

"$room/venv/bin/python" - <<'PY'
import sys
from datetime import date, timedelta

import pendulum
from icalendar import vDuration
from pydantic import TypeAdapter

month, year = pendulum.duration(months=1), pendulum.duration(years=1)
january_to_march = pendulum.date(2026, 3, 1) - pendulum.date(2026, 1, 31)

seen = {
    "pendulum.date(2026, 1, 31) + month": str(pendulum.date(2026, 1, 31) + month),
    "date(2026, 1, 31) + month": str(date(2026, 1, 31) + month),
    "pendulum.date(2024, 1, 1) + year": str(pendulum.date(2024, 1, 1) + year),
    "date(2024, 1, 1) + year": str(date(2024, 1, 1) + year),
    "pendulum.date(2026, 5, 31) + (1 March - 31 January)": str(pendulum.date(2026, 5, 31) + january_to_march),
    "date(2026, 5, 31) + (1 March - 31 January)": str(date(2026, 5, 31) + january_to_march),
    "month == timedelta(days=30)": str(month == timedelta(days=30)),
    "month in a calendar file": vDuration(month).to_ical().decode(),
    "month in JSON": TypeAdapter(timedelta).dump_json(month).decode(),
}
for what, answer in seen.items():
    print(f"{what}: {answer}")

sys.exit(
    [*seen.values()]
    != ["2026-02-28", "2026-03-02", "2025-01-01", "2024-12-31", "2026-07-01", "2026-06-29", "True", "P30D", '"P30D"']
)
PY
