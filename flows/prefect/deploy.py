"""Make what the list of schedules says on a Prefect server: the work pool, the deployments, the automations.

Whatever stands already as it should is left alone, so that a second call changes nothing; what is ours and listed no
longer is removed. Imports Prefect: for the one command that needs it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.actions import ActionTypes, ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import get_current_settings
from prefect.workers.process import ProcessWorker

from flows.prefect.deployment_file import AGAIN_TAG, HEARTBEAT_SECONDS, TAG, WORK_POOL, deployed
from flows.schedules import SCHEDULES, Schedule
from models.errors import BadInputError, DubanError

SILENCE = dt.timedelta(seconds=3 * HEARTBEAT_SECONDS)
"""A run whose heartbeat was not heard for this long has lost its process."""
START = dt.timedelta(minutes=10)
"""A run that a worker took and that did not begin by then has lost its worker."""
AGAIN_AFTER = dt.timedelta(minutes=1)
_ENDS = (
    "Completed",
    "Failed",
    "TimedOut",
    "Crashed",
    "Cancelling",
    "Cancelled",
    "AwaitingRetry",
    "Paused",
    "Suspended",
)


@dataclass
class Deployed:
    """What a call did, in words for whoever called; nothing where all stood as it should."""

    server: str
    done: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    """Deployments that somebody paused by hand; they stay so."""


def deploy(home: Path, *, schedules: Sequence[Schedule] = SCHEDULES) -> Deployed:
    """Make or mend all of it for workers whose data folder is `home`, an absolute path on each of their machines.

    A changed schedule takes its waiting runs with it. Raises BadInputError where the folder is relative or no server
    is named, DubanError where the server does not answer or refuses.
    """
    if not home.is_absolute():
        raise BadInputError(f"数据目录“{home}”是相对路径：工作进程从别的目录启动，请写完整路径，如 /srv/duban。")
    server = get_current_settings().api.url
    if not server:
        raise BadInputError("没有指明 Prefect 服务：请设环境变量 PREFECT_API_URL，如 http://10.0.0.8:4200/api。")
    made = Deployed(server)
    try:
        with get_client(sync_client=True) as client:
            _make_pool(client, made)
            # Before the first run: only what is heard from the beginning can be missed.
            _make_automations(client, made)
            _make_deployments(client, made, home, schedules)
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        if code in (401, 403):
            raise DubanError(f"{server} 不接受口令：请核对 PREFECT_API_AUTH_STRING。") from error
        raise DubanError(f"{server} 没有接受（{code}）：{error.response.text[:300]}") from error
    except (httpx.HTTPError, RuntimeError) as error:
        raise DubanError(f"{server} 没有应答：请核对地址，确认 Prefect 服务已启动（{error}）。") from error
    return made


def _make_pool(client: SyncPrefectClient, made: Deployed) -> None:
    try:
        pool = client.read_work_pool(WORK_POOL)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        wanted = WorkPoolCreate(
            name=WORK_POOL, type="process", description="督办的工作进程", base_job_template=template
        )
        client.create_work_pool(wanted)
        made.done.append(f"新建工作池 {WORK_POOL}")
        return
    if pool.type != "process":
        raise DubanError(f"工作池 {WORK_POOL} 的类型是 {pool.type}，应为 process：请删除或改名后再运行。")


def _automations() -> list[AutomationCore]:
    """What ends a run whose process is gone, and does its work again. Only our own runs are looked at."""
    ours = ResourceSpecification({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"})
    again = ResourceSpecification({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{AGAIN_TAG}"})
    runs = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
    ends = {f"prefect.flow-run.{state}" for state in _ENDS}

    def silent(related: ResourceSpecification, within: dt.timedelta, after: str, *expect: str) -> EventTrigger:
        return EventTrigger(
            match=runs, match_related=related, for_each={"prefect.resource.id"}, posture=Posture.Proactive,
            after={after}, expect={*expect, *ends}, within=within, threshold=1,
        )  # fmt: skip

    def crashed(name: str, told: str) -> list[ActionTypes]:
        return [ChangeFlowRunState(state=StateType.CRASHED, name=name, message=told)]

    heartbeat = "prefect.flow-run.heartbeat"
    mute = f"运行的进程已不在：{SILENCE.seconds} 秒没有心跳"
    unbegun = f"工作进程领走后 {START.seconds // 60} 分钟没有开始"
    return [
        AutomationCore(
            name="督办：心跳中断的运行记为崩溃",
            description=mute,
            trigger=silent(ours, SILENCE, heartbeat, heartbeat),
            # Under a name of its own, so that the last of these does not do the work a second time.
            actions=crashed("Lost", mute),
        ),
        # Not by the run's change of state: a server that was started anew holds that back for a quarter of an hour, as
        # it waits for the change before.
        AutomationCore(
            name="督办：心跳中断的运行再做一次",
            description="进程中途丢失的，做完的不重复，没做的接着做",
            trigger=silent(again, SILENCE, heartbeat, heartbeat),
            actions=[RunDeployment(source="inferred", schedule_after=AGAIN_AFTER)],
        ),
        AutomationCore(
            name="督办：领走未开始的运行记为崩溃",
            description=unbegun,
            trigger=silent(ours, START, "prefect.flow-run.Pending", "prefect.flow-run.Running"),
            actions=crashed("Crashed", unbegun),
        ),
        AutomationCore(
            name="督办：崩溃的运行再做一次",
            description="进程中途丢失的，做完的不重复，没做的接着做",
            trigger=EventTrigger(
                match=runs, match_related=again, for_each={"prefect.resource.id"}, posture=Posture.Reactive,
                expect={"prefect.flow-run.Crashed"}, threshold=1,
            ),
            actions=[RunDeployment(source="inferred", schedule_after=AGAIN_AFTER)],
        ),
    ]  # fmt: skip


def _make_automations(client: SyncPrefectClient, made: Deployed) -> None:
    for wanted in _automations():
        found = client.read_automations_by_name(wanted.name)
        if not found:
            client.create_automation(wanted)
            made.done.append(f"新建自动化“{wanted.name}”")
        elif found[0].model_dump(exclude={"id", "enabled"}) != wanted.model_dump(exclude={"enabled"}):
            client.update_automation(found[0].id, wanted)
            made.done.append(f"更新自动化“{wanted.name}”")


def _make_deployments(client: SyncPrefectClient, made: Deployed, home: Path, schedules: Sequence[Schedule]) -> None:
    standing = {
        each.name: each
        for each in client.read_deployments(deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG])))
    }
    for listed in deployed(schedules):
        wanted = _wanted(client, listed, home)
        now = standing.pop(listed["name"], None)
        if now is not None and now.paused:
            made.paused.append(now.name)
        if now is not None and _said(now) == wanted:
            continue
        if now is not None:
            _drop_waiting(client, now)
        client.create_deployment(
            **wanted
            | {
                "schedules": [
                    DeploymentScheduleCreate(slug=slug, schedule=CronSchedule(cron=cron, timezone=zone), active=active)
                    for slug, cron, zone, active in wanted["schedules"]
                ],
                "concurrency_options": ConcurrencyOptions(
                    collision_strategy=ConcurrencyLimitStrategy(wanted["concurrency_options"])
                ),
            }
        )
        title = listed["tags"][1]
        made.done.append(f"{'新建' if now is None else '更新'}部署“{title}”（{listed['name']}）")
    for gone in standing.values():
        _drop_waiting(client, gone)
        client.delete_deployment(gone.id)
        made.done.append(f"删除部署 {gone.name}（定时表中已没有）")


def _wanted(client: SyncPrefectClient, listed: dict[str, Any], home: Path) -> dict[str, Any]:
    """A deployment as `_said` tells one that stands."""
    flow: Any = load_flow_from_entrypoint(listed["entrypoint"], use_placeholder_flow=False)
    variables: dict[str, Any] = listed["work_pool"]["job_variables"]
    return {
        "flow_id": client.create_flow_from_name(flow.name),
        "name": listed["name"],
        "description": flow.description,
        "tags": sorted(listed["tags"]),
        "entrypoint": listed["entrypoint"],
        "parameters": listed["parameters"],
        "parameter_openapi_schema": flow.parameters.model_dump_for_openapi(),
        "enforce_parameter_schema": True,
        "concurrency_limit": listed["concurrency_limit"]["limit"],
        "concurrency_options": listed["concurrency_limit"]["collision_strategy"],
        "schedules": [(each["slug"], each["cron"], each["timezone"], each["active"]) for each in listed["schedules"]],
        "work_pool_name": WORK_POOL,
        "job_variables": variables | {"env": variables["env"] | {"DUBAN_HOME": str(home)}},
    }


def _said(standing: DeploymentResponse) -> dict[str, Any]:
    """What a deployment on the server says, in our words."""
    limit, options = standing.global_concurrency_limit, standing.concurrency_options
    return {
        "flow_id": standing.flow_id,
        "name": standing.name,
        "description": standing.description,
        "tags": sorted(standing.tags),
        "entrypoint": standing.entrypoint,
        "parameters": standing.parameters,
        "parameter_openapi_schema": standing.parameter_openapi_schema,
        "enforce_parameter_schema": standing.enforce_parameter_schema,
        "concurrency_limit": limit.limit if limit else None,
        "concurrency_options": options.collision_strategy.value if options else None,
        "schedules": [
            (each.slug, getattr(each.schedule, "cron", ""), getattr(each.schedule, "timezone", ""), each.active)
            for each in standing.schedules
        ],
        "work_pool_name": standing.work_pool_name,
        "job_variables": standing.job_variables,
    }


def _drop_waiting(client: SyncPrefectClient, deployment: DeploymentResponse) -> None:
    """Delete the planned runs of a deployment that changes, those that are late too; what somebody asked for stays."""
    waiting = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
    )
    while runs := client.read_flow_runs(flow_run_filter=waiting, limit=200):
        planned = [run for run in runs if run.auto_scheduled and not run.run_count]
        for run in planned:
            client.delete_flow_run(run.id)
        if not planned:
            return
