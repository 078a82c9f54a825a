#!/usr/bin/env bash
# A pendulum DateTime turned to Python's own UTC (`astimezone(datetime.timezone.utc)`) still says +00:00, but whatever
# is added to it answers a time without a zone, silently: pendulum knows only zones of its own kind and takes Python's
# for none. The next step of the same arithmetic, back into a zone, then reads that time as the machine's local one.
# So a library that adds through UTC, as APScheduler's cron trigger does between two instants, answers rightly on a
# machine that runs on UTC and wrongly by the machine's offset anywhere else. Python's own datetimes keep their zone.
#
# Seen with: pendulum 3.3.0, Python 3.11.
# Source: pendulum/datetime.py (`tz`, `add`); apscheduler/util.py (`datetime_utc_add`).  Takes: about 20 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pendulum==3.3.0

for zone in UTC Asia/Shanghai; do
    TZ=$zone "$room/venv/bin/python" - <<'PY'
import os
import sys
from datetime import UTC, datetime, timedelta

import pendulum

office = pendulum.timezone("Asia/Shanghai")
quarter = timedelta(minutes=15)
theirs = pendulum.datetime(2026, 1, 9, 8, 45, tz=office).astimezone(UTC)
plain = datetime(2026, 1, 9, 8, 45, tzinfo=office).astimezone(UTC)
seen = [
    theirs.isoformat(),
    (theirs + quarter).isoformat(),
    (theirs + quarter).astimezone(office).isoformat(),
    (plain + quarter).astimezone(office).isoformat(),
]
print(os.environ["TZ"], *seen)
there = "2026-01-09T09:00:00+08:00" if os.environ["TZ"] == "UTC" else "2026-01-09T01:00:00+08:00"
sys.exit(seen != ["2026-01-09T00:45:00+00:00", "2026-01-09T01:00:00", there, "2026-01-09T09:00:00+08:00"])
PY
done
