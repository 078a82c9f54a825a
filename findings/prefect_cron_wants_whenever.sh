#!/usr/bin/env bash
# Prefect 3.9.1 allows whenever from 0.10.5 on, and with 0.10.5 no cron schedule can be reckoned where pendulum is
# installed (Python below 3.13): whenever takes a datetime with Python's own ZoneInfo only, and Prefect hands it one
# with pendulum's zone. The server's scheduler hits the same in each round, so a deployment looks healthy and no run is
# ever planned. With whenever 0.11.0 the same schedule answers. A lock that was made for Prefect 3.8 holds 0.10.5 and
# is kept by an upgrade of Prefect alone.
#
# Seen with: prefect 3.9.1, whenever 0.10.5 and 0.11.0, pendulum 3.3.0, Python 3.11.
# Source: Prefect's metadata (whenever>=0.10.5,<0.12); prefect/server/schemas/schedules.py, _whenever_zdt_from_py.
# Takes: 1 to 3 minutes, most of it pip's.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
export PREFECT_HOME="$room/home" DO_NOT_TRACK=1

cat > "$room/next.py" <<'PY'
import asyncio

from prefect.server.schemas.schedules import CronSchedule

try:
    print("next:", asyncio.run(CronSchedule(cron="* * * * *", timezone="Asia/Shanghai").get_dates(1)))
except ValueError as error:
    print("refused:", error)
PY

for version in 0.10.5 0.11.0; do
    "$room/venv/bin/pip" install --quiet --disable-pip-version-check \
        prefect==3.9.1 fastapi==0.150.0 starlette==1.10.0 pydantic==2.14.4 pendulum==3.3.0 whenever==$version
    seen=$("$room/venv/bin/python" -W ignore "$room/next.py")
    echo "whenever $version: $seen"
    case "$version $seen" in
        "0.10.5 refused: tzinfo must be of type ZoneInfo"*) ;;
        "0.11.0 next: "*) ;;
        *) exit 1 ;;
    esac
done
