"""What the list of schedules deploys: as `prefect.yaml`, and as `flows.prefect.deploy` makes it on a server.

Light rhythms are not among it: they stay with `duban clock`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.schedules import SCHEDULES, Schedule
from models.engine.shard import Shard

WORK_POOL = "duban"
"""The work pool that workers are started for: `prefect worker start --pool duban`."""
TAG = "督办"
"""Every deployment of ours, and so every run, bears it."""
AGAIN_TAG = "崩溃后补做"
"""A run that bears it, and whose process was lost, is run once more."""
HEARTBEAT_SECONDS = 30
RETRIES, RETRY_SECONDS = 8, 900
"""How often, and after what pause, a run that failed is tried again in its own process: two hours in all."""

_HEAD = """\
# Written by `duban deployments write` from flows/schedules.py; changes made here are lost.
# Workers have duban installed, and DUBAN_HOME, absolute, in their environment: flows are named by module, nothing is
# pulled. `duban deploy` makes the same and more: the work pool, the automations; what is listed no longer is removed.
name: duban
pull: []
deployments:
"""


def deployed(schedules: Sequence[Schedule] = SCHEDULES) -> list[dict[str, Any]]:
    """Each deployment as `prefect.yaml` writes it, one for each shard; a description is the flow's own."""
    return [
        _deployment(schedule, shard)
        for schedule in schedules
        if not schedule.light
        for shard in Shard(parts=schedule.shards).all()
    ]


def deployment_file(schedules: Sequence[Schedule] = SCHEDULES) -> str:
    """The whole text of `prefect.yaml`: the same schedules, the same text."""
    return _HEAD + "".join(_block(deployment) for deployment in deployed(schedules))


def is_current(file: Path) -> bool:
    """Whether `file` is there and says what the schedules say."""
    return file.is_file() and file.read_text(encoding="utf-8") == deployment_file()


def _deployment(schedule: Schedule, shard: Shard) -> dict[str, Any]:
    # A sweep that was cancelled would be a sweep that was missed; of deliveries that pile up one is enough.
    waits = schedule.each_counts
    retries = {
        "PREFECT_FLOWS_DEFAULT_RETRIES": str(RETRIES),
        "PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS": str(RETRY_SECONDS),
    }
    environment = {
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,tasks,models",
    }
    return {
        "name": schedule.slug + (f"_{shard.part}_of_{shard.parts}" if shard.parts > 1 else ""),
        "tags": [TAG, schedule.title, *([AGAIN_TAG] if waits else [])],
        "entrypoint": schedule.entrypoint,
        "parameters": dict(schedule.parameters) | ({"shard": str(shard)} if shard.parts > 1 else {}),
        "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE" if waits else "CANCEL_NEW"},
        "schedules": [{"slug": schedule.slug, "cron": schedule.cron, "timezone": schedule.zone, "active": True}],
        "work_pool": {"name": WORK_POOL, "job_variables": {"env": environment | (retries if waits else {})}},
    }


def _block(deployment: dict[str, Any]) -> str:
    """JSON is YAML."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in deployment.items()]
    return "- " + "  ".join(lines)
