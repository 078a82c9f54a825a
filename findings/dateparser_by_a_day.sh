#!/usr/bin/env bash
# 12月31日前 is "by 31 December", the commonest due date of a Chinese work plan. To dateparser 前 is "ago", and 月 and 日
# are amounts: twelve months and thirty-one days ago. On 15 June 2026 the due day becomes 15 May 2025. It says the same
# with PREFER_DATES_FROM="future", and `search_dates` finds it in running text. Without 前 the same day is None when
# the language is named; 之前 and 以前, which mean the same as 前, are None as well.
#
# Seen with: dateparser 1.5.0, Python 3.11.
# Source: github.com/scrapinghub/dateparser/issues/519 (月日 misread); dateparser/data/date_translation_data/zh.py.
# Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0

"$room/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime

import dateparser
from dateparser.search import search_dates

TODAY = datetime(2026, 6, 15, 10)


def read(text: str, **settings: str) -> str | None:
    found = dateparser.parse(text, languages=["zh"], settings={"RELATIVE_BASE": TODAY, **settings})
    return found and found.date().isoformat()


expected = {
    "12月31日前": "2025-05-15",
    "9月30日前": "2025-08-16",
    "12月31日": None,
    "12月31日之前": None,
    "12月31日以前": None,
}
seen = {text: read(text) for text in expected}
preferring = read("12月31日前", PREFER_DATES_FROM="future")
in_text = search_dates("请于12月31日前报送", languages=["zh"], settings={"RELATIVE_BASE": TODAY})
print("on 15 June 2026:", seen)
print("preferring the future:", preferring, "and in running text:", in_text)

sys.exit(
    seen != expected
    or preferring != "2025-05-15"
    or [day.date().isoformat() for _, day in in_text or []] != ["2025-05-15"]
)
PY
