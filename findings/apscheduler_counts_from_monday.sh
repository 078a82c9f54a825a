#!/usr/bin/env bash
# APScheduler 3's `CronTrigger.from_crontab` takes a crontab line but counts its weekdays from Monday = 0, where cron
# counts from Sunday = 0: `0 9 * * 1-5` runs from Tuesday to Saturday, `0 9 * * 0` on Mondays. Nothing is raised, and
# on four days of the week the line seems right. Prefect reads the same line through croniter, as cron does, so one
# line given to both means two things. Weekday names mean the same in both.
#
# Seen with: APScheduler 3.11.3, croniter 7.0.0, Python 3.11.
# Source: github.com/agronholm/apscheduler/issues/286 (kept in 3.x, changed in 4).  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check apscheduler==3.11.3 croniter==7.0.0 tzdata==2026.6

"$room/venv/bin/python" - <<'PY'
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 3, 1, tzinfo=ZONE)
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def week(fires: set[datetime]) -> str:
    return " ".join(DAYS[number] for number in sorted({fire.weekday() for fire in fires}))


def by_apscheduler(line: str) -> str:
    trigger = CronTrigger.from_crontab(line, timezone=ZONE)
    midnights = [SUNDAY + timedelta(days=day) for day in range(7)]
    return week({trigger.get_next_fire_time(None, midnight) for midnight in midnights})


def by_croniter(line: str) -> str:
    return week({croniter(line, SUNDAY + timedelta(days=day)).get_next(datetime) for day in range(7)})


seen = {line: (by_apscheduler(line), by_croniter(line)) for line in ("0 9 * * 1-5", "0 9 * * 0", "0 9 * * mon-fri")}
for line, (apscheduler, cron) in seen.items():
    print(f"{line:16} APScheduler: {apscheduler:20} croniter: {cron}")

sys.exit(
    seen
    != {
        "0 9 * * 1-5": ("Tue Wed Thu Fri Sat", "Mon Tue Wed Thu Fri"),
        "0 9 * * 0": ("Mon", "Sun"),
        "0 9 * * mon-fri": ("Mon Tue Wed Thu Fri", "Mon Tue Wed Thu Fri"),
    }
)
PY
