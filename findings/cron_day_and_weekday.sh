#!/usr/bin/env bash
# A cron line that names a day of the month AND a weekday has three readings in three good Python libraries:
#   0 9 1 * mon     croniter: the 1st or any Monday    cronsim: the same      APScheduler: a 1st that is a Monday
#   0 9 */2 * mon   croniter: odd days or any Monday   cronsim: odd Mondays   APScheduler: odd Mondays
#   0 9 1-31/2 * mon names the same days as */2, and to cronsim it is the other rule all the same.
# cronsim does what Vixie's and Debian's cron do: a field that begins with a star leaves the choice to the other one,
# even when a step follows. croniter needs `implement_cron_bug=True` for it. So the line that "everybody knows is an
# OR" is only one as long as neither field starts with a star, and never in APScheduler.
#
# Seen with: croniter 7.0.0, cronsim 2.8, APScheduler 3.11.3, Python 3.11.
# Source: crontab(5), github.com/pallets-eco/croniter/issues/41.  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
    apscheduler==3.11.3 croniter==7.0.0 cronsim==2.8 tzdata==2026.6

"$room/venv/bin/python" - <<'PY'
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = datetime(2026, 3, 1, tzinfo=ZONE)  # a Sunday
FIRST_OR_MONDAYS = [1, 2, 9, 16, 23, 30]
ODD_MONDAYS = [9, 23]
ODD_OR_MONDAYS = sorted({*range(1, 32, 2), 2, 9, 16, 23, 30})


def by_apscheduler(line: str) -> list[int]:
    trigger, days, now = CronTrigger.from_crontab(line, timezone=ZONE), [], MARCH
    while (fire := trigger.get_next_fire_time(None, now)) < MARCH + timedelta(days=31):
        days.append(fire.day)
        now = fire + timedelta(minutes=1)
    return days


def within_march(fires) -> list[int]:
    days = []
    while (fire := next(fires)) < MARCH + timedelta(days=31):
        days.append(fire.day)
    return days


def readings(line: str) -> dict[str, list[int]]:
    before = MARCH - timedelta(minutes=1)
    return {
        "croniter": within_march(croniter(line, before, ret_type=datetime)),
        "croniter, cron's way": within_march(croniter(line, before, ret_type=datetime, implement_cron_bug=True)),
        "cronsim": within_march(CronSim(line, before)),
        "APScheduler": by_apscheduler(line),
    }


seen = {line: readings(line) for line in ("0 9 1 * mon", "0 9 */2 * mon", "0 9 1-31/2 * mon")}
for line, days in seen.items():
    print(line)
    for library, which in days.items():
        print(f"    {library:21} {which}")

expected = {
    "0 9 1 * mon": [FIRST_OR_MONDAYS, FIRST_OR_MONDAYS, FIRST_OR_MONDAYS, []],
    "0 9 */2 * mon": [ODD_OR_MONDAYS, ODD_MONDAYS, ODD_MONDAYS, ODD_MONDAYS],
    "0 9 1-31/2 * mon": [ODD_OR_MONDAYS, ODD_OR_MONDAYS, ODD_OR_MONDAYS, ODD_MONDAYS],
}
sys.exit({line: [*days.values()] for line, days in seen.items()} != expected)
PY
