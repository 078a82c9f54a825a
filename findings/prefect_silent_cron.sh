#!/usr/bin/env bash
# Prefect 3.8.8 allows SQLAlchemy 2.1, and with it a cron schedule never fires. Each round of the server's scheduler
# ends in `Can't evaluate bulk DML statement`, which stands in the server's log only: the server is healthy, the
# deployment and its schedule active, no client sees an error, and no run is ever planned. With 2.0 the same
# deployment has some sixty runs planned ahead at once.
#
# Seen with: prefect 3.8.8, SQLAlchemy 2.0.58 and 2.1.9, FastAPI 0.150.0, SQLite, Python 3.11.
# Source: Prefect's metadata (sqlalchemy<3); prefect/server/models/deployments.py, _insert_scheduled_flow_runs.
# Takes: 7 to 9 minutes on two busy cores (90 s of processor time); with 2.1 it watches for 60 s.
set -euo pipefail
room=$(mktemp -d)
server=
close() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
    server=
}
trap 'close; rm -rf "$room"' EXIT
python3 -m venv "$room/venv"

cat > "$room/watch.py" <<'PY'
import sys
import time

from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import CronSchedule

watched = int(sys.argv[1])
with get_client(sync_client=True) as client:
    begun = time.monotonic()
    while client.api_healthcheck() is not None:
        if time.monotonic() > begun + 120:
            sys.exit("the server did not start")
        time.sleep(1)
    flow = client.create_flow_from_name("every-minute")
    deployment = client.create_deployment(flow, "watched", schedules=[{"schedule": CronSchedule(cron="* * * * *")}])
    begun, runs = time.monotonic(), []
    while not runs and time.monotonic() < begun + watched:
        time.sleep(1)
        runs = client.read_flow_runs()
    read = client.read_deployment(deployment)
    print(len(runs), "runs planned, schedule", "active" if read.schedules[0].active and not read.paused else "paused")
PY

export PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1 PREFECT_LOGGING_TO_API_ENABLED=false
export PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS=5 PREFECT_SERVER_ALLOW_EPHEMERAL_MODE=false
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PREFECT_API_URL="http://127.0.0.1:$port/api"

watch_with() {
    "$room/venv/bin/pip" install --quiet --disable-pip-version-check \
        prefect==3.8.8 fastapi==0.150.0 starlette==1.10.0 pydantic==2.14.3 "sqlalchemy[asyncio]==$1"
    export PREFECT_HOME="$room/home-$1"
    "$room/venv/bin/prefect" server start --host 127.0.0.1 --port "$port" > "$room/log-$1" 2>&1 &
    server=$!
    seen=$("$room/venv/bin/python" "$room/watch.py" 60)
    close
    errors=$(grep -c "Can't evaluate bulk DML statement" "$room/log-$1" || true)
    echo "SQLAlchemy $1: $seen, such errors in the server's log: $errors"
}

watch_with 2.0.58
[ "${seen%% *}" -gt 0 ]
watch_with 2.1.9
[ "$seen" = "0 runs planned, schedule active" ] && [ "$errors" -gt 0 ]
