#!/usr/bin/env bash
# China's State Council says each November which days of the next year are days off in lieu and which weekends are
# worked. Until then nobody knows, and three Python libraries do three things with a day of such a year:
#   holidays         answers as if nothing were missing: its release of October 2025 was wrong about 12 days of 2026,
#                    among them all six worked weekends and 6 October; a year later it says the same of 2027's
#   workalendar      raises for Monday to Friday but answers for Saturdays and Sundays: "not a working day", also where
#                    they were announced as worked after its last release (one UserWarning when the class is made)
#   chinesecalendar  raises for every day of the year
# No answer of the first two shows whether it is known or guessed.
#
# Seen with: holidays 0.83 (October 2025) and 0.109, workalendar 17.0.0, chinesecalendar 1.11.0, Python 3.11.
# Source: github.com/vacanza/holidays/issues/3293; workalendar/asia/china.py ("need update every year").
# Takes: about 50 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"

cat > "$room/days.py" <<'PY'
import sys
from datetime import date, timedelta

import chinese_calendar
import holidays
from workalendar.asia import China
from workalendar.exceptions import CalendarError

YEAR_2026 = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
china = holidays.country_holidays("CN")


def by_workalendar(day: date) -> str:
    try:
        return "works" if China().is_working_day(day) else "rests"
    except CalendarError:
        return "raises"


def by_chinesecalendar(day: date) -> str:
    try:
        return "works" if chinese_calendar.is_workday(day) else "rests"
    except NotImplementedError:
        return "raises"


def by_holidays(day: date) -> str:
    return "works" if china.is_working_day(day) else "rests"


wrong = [day for day in YEAR_2026 if by_holidays(day) != by_chinesecalendar(day)]
worked_weekends = [day for day in wrong if day.weekday() >= 5]
print(f"holidays {holidays.__version__}: {len(wrong)} days of 2026 wrong, {len(worked_weekends)} of them worked weekends")

days = {
    "Saturday 14 February 2026, worked": date(2026, 2, 14),
    "Wednesday 6 October 2027": date(2027, 10, 6),
    "Saturday 9 October 2027": date(2027, 10, 9),
}
seen = {name: (by_holidays(day), by_workalendar(day), by_chinesecalendar(day)) for name, day in days.items()}
for name, answers in seen.items():
    print(f"    {name}: holidays {answers[0]}, workalendar {answers[1]}, chinesecalendar {answers[2]}")

expected = {"0.83": (12, 6, "rests"), "0.109": (0, 0, "works")}[holidays.__version__]
sys.exit(
    (len(wrong), len(worked_weekends)) != expected[:2]
    or [*seen.values()]
    != [(expected[2], "rests", "works"), ("works", "raises", "raises"), ("rests", "rests", "raises")]
)
PY

for version in 0.83 0.109; do
    "$room/venv/bin/pip" install --quiet --disable-pip-version-check \
        holidays==$version workalendar==17.0.0 chinesecalendar==1.11.0
    "$room/venv/bin/python" -W ignore "$room/days.py"
done
