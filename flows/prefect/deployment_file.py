"""`prefect.yaml`, written from the list of schedules: for offices that run a Prefect server with workers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.schedules import SCHEDULES, Schedule

WORK_POOL = "duban"
"""The work pool that workers are started for: `prefect worker start --pool duban`."""

_HEAD = """\
# Written by `duban deployments write` from flows/schedules.py; changes made here are lost.
# Workers have duban installed, so flows are named by module and nothing is pulled.
name: duban
pull: []
deployments:
"""


def deployment_file(schedules: Sequence[Schedule] = SCHEDULES) -> str:
    """The whole text of `prefect.yaml`: the same schedules, the same text."""
    return _HEAD + "".join(_deployment(schedule) for schedule in schedules)


def is_current(file: Path) -> bool:
    """Whether `file` is there and says what the schedules say."""
    return file.is_file() and file.read_text(encoding="utf-8") == deployment_file()


def _deployment(schedule: Schedule) -> str:
    # Overlapping runs queue up: a sweep that was cancelled would be a sweep that was missed.
    return f"""\
- name: {schedule.slug}
  description: {_scalar(schedule.title)}
  entrypoint: {schedule.entrypoint}
  parameters: {_scalar(dict(schedule.parameters))}
  concurrency_limit:
    limit: 1
    collision_strategy: ENQUEUE
  schedules:
  - slug: {schedule.slug}
    cron: {_scalar(schedule.cron)}
    timezone: {_scalar(schedule.zone)}
    active: true
  work_pool:
    name: {WORK_POOL}
"""


def _scalar(value: Any) -> str:
    """JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
