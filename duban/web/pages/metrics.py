"""What a monitor asks (Prometheus): numbers of the machinery, nothing about people; never without its token."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from hmac import compare_digest

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from duban.web.call import VERSION
from duban.web.served import ServedOffice, served_office
from flows.embedded_clock import ClockState
from flows.health import troubles_at
from flows.schedules import SCHEDULES
from flows.slots import newest_slot
from models.database import reading
from tasks.engine.judge_health import Level, Trouble
from tasks.engine.show_system import Measures, lag, measure
from tasks.ladder.note_sweep import SLUG

router = APIRouter()

REFUSED = (
    "监控须凭令牌读取：请在环境变量 DUBAN_METRICS_TOKEN 中设置一个令牌并重启服务（如用 openssl rand -hex 32 生成），"
    "监控系统以 Authorization: Bearer 令牌 读取。\n"
)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The measures, for the bearer of the token; to everybody else how it is set, and no number."""
    served = served_office(request)
    if not _bears_token(request, served):
        headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
        return PlainTextResponse(REFUSED, 401, headers=headers)
    now = served.now()
    with reading(served.database) as session:
        measures = measure(session, now=now)
        found = troubles_at(session, served.settings, now=now)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Office(served, measures, found, now))
    return Response(
        generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
    )


class _Office(Collector):
    """One answer's numbers, held by its own registry."""

    def __init__(self, served: ServedOffice, measures: Measures, troubles: Sequence[Trouble], now: dt.datetime) -> None:
        self._served, self._found, self._troubles, self._now = served, measures, troubles, now

    def collect(self) -> Iterator[Metric]:
        measures, now = self._found, self._now
        info = InfoMetricFamily("duban", "Version of the program.")
        info.add_metric([], {"version": VERSION})
        yield info
        planned = last_slot(now)
        late = lag(planned, measures.last_runs.get(SLUG), now=now)
        yield _one(
            "duban_reminder_lag_seconds", "Seconds the daily sweep was, or is, behind its planned instant.", late
        )
        runs = GaugeMetricFamily("duban_last_run_timestamp_seconds", "When a rhythm ended last.", labels=["rhythm"])
        for rhythm, ended_at in sorted(measures.last_runs.items()):
            runs.add_metric([rhythm], ended_at.timestamp())
        yield runs
        swept = measures.last_runs.get(SLUG)
        yield _one("duban_last_sweep_timestamp_seconds", "When the daily sweep ended last; 0 if never.",
                   swept.timestamp() if swept else 0.0)  # fmt: skip
        yield _one("duban_notices_pending", "Notices that may leave and wait.", measures.notices_pending)
        yield _one(
            "duban_oldest_unsent_seconds", "Age of the oldest notice that waits.", measures.oldest_unsent_seconds
        )
        yield _states("duban_messages", "Messages by state.", measures.messages)
        yield _states("duban_webhook_messages", "Messages to webhooks by state.", measures.webhook_messages)
        yield _one(
            "duban_oldest_webhook_seconds", "Age of the oldest message that waits.", measures.oldest_webhook_seconds
        )
        yield _states("duban_jobs", "Long work by state.", measures.jobs)
        yield _one("duban_sessions", "Browsers signed in.", measures.sessions)
        levels = {level.value: sum(one.level is level for one in self._troubles) for level in Level}
        yield _by("level", "duban_troubles", "What is wrong with the machinery, by how bad it is.", levels)
        owns = self._served.clock.state is ClockState.OWNER
        yield _one("duban_clock_owner", "1 where this process runs the clock.", float(owns))


def last_slot(now: dt.datetime) -> dt.datetime | None:
    """The newest instant up to `now` at which the daily sweep was planned."""
    daily = next(schedule for schedule in SCHEDULES if schedule.rhythm == SLUG)
    return newest_slot(daily, now, dt.timedelta(days=2))


def _one(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _states(name: str, about: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    return _by("state", name, about, counts)


def _by(label: str, name: str, about: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        made.add_metric([value], count)
    return made


def _bears_token(request: Request, served: ServedOffice) -> bool:
    wanted = served.settings.metrics_token.get_secret_value()
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(wanted) and kind.lower() == "bearer" and compare_digest(given.strip().encode(), wanted.encode())
