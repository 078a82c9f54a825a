"""The engine for real: a Prefect server as our child, our flows in it, our deployments, and the canary.

Prefect's metadata permits versions of its own dependencies with which it plans no run and says nothing, or
refuses our deployments (docs/stack.md). These tests notice.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from duban.cli import app
from flows.prefect.deployment_file import deployed
from flows.prefect.server import FlowFailedError, PrefectServer, ServerState
from flows.prefect.tether import end_tethered, start_tethered
from flows.schedules import SCHEDULES, Schedule
from models.database import open_engine
from models.engine.rhythm import LastRun
from models.errors import DubanError
from models.migrate import create_or_upgrade
from models.settings import Settings
from tests.homes import lay_home
from tests.processes import eventually, is_alive

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.engine

CANARY = """
from prefect import flow

@flow
def canary() -> None:
    pass

if __name__ == "__main__":
    canary.serve(name="canary", cron="* * * * *")
"""

HANGING = """
import datetime as dt
from dataclasses import replace
from flows.prefect import rhythm

rhythm.SCHEDULES = tuple(replace(one, silence=dt.timedelta(seconds=3)) for one in rhythm.SCHEDULES)
from flows.daily_supervision import daily_supervision

daily_supervision(on="2026-06-25")
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(home=tmp_path_factory.mktemp("office") / "home")
    lay_home(made.home)
    return made


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[PrefectServer]:
    """One server for all: it takes twenty seconds to its first answer, and must take none to end."""
    made = PrefectServer(settings)
    made.start()
    assert eventually(made.is_healthy, 120), (settings.home / "prefect" / "server.log").read_text()
    assert made.state is ServerState.RUNNING
    child = made.pid
    yield made
    made.stop()
    assert child is not None
    assert not is_alive(child)
    assert (made.pid, made.state) == (None, ServerState.OFF)


def ask(server: PrefectServer, path: str, question: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.url}/api{path}",
        json.dumps(question).encode(),
        {"Content-Type": "application/json", "Authorization": server.authorization},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
        return json.load(answer)


def test_a_deployment_that_is_due_every_minute_has_runs_planned(server: PrefectServer, tmp_path: Path) -> None:
    """The canary: with the wrong SQLAlchemy nothing is ever planned, and no client sees an error."""
    (tmp_path / "canary_flow.py").write_text(CANARY, encoding="utf-8")
    planned = {"deployments": {"name": {"any_": ["canary"]}}}
    with (tmp_path / "output").open("w+b") as output:
        runner = start_tethered(
            ("canary_flow",),
            environment=server.environment() | {"PYTHONPATH": str(tmp_path)},
            folder=tmp_path,
            output=output,
        )
        try:
            assert eventually(lambda: ask(server, "/flow_runs/count", planned) > 0, 90), (
                f"{(tmp_path / 'output').read_text()}\n{(server.folder / 'server.log').read_text()}"
            )
        finally:
            end_tethered(runner)


def test_a_flow_runs_with_its_history_kept_and_its_work_done(server: PrefectServer, settings: Settings) -> None:
    server.run_flow("flows.daily_supervision.daily_supervision", {"on": "2026-06-23"})

    [run] = ask(server, "/flow_runs/filter", {"flows": {"name": {"any_": ["每日督办"]}}})
    assert (run["name"], run["state_type"], run["parameters"]) == (
        "每日督办 2026-06-23",
        "COMPLETED",
        {"on": "2026-06-23", "shard": None},
    )
    lines = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}
    assert eventually(
        lambda: any("每日督办 2026-06-23：" in line["message"] for line in ask(server, "/logs/filter", lines))
    )
    [left] = ask(server, "/artifacts/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert left["data"].startswith("# 每日督办 2026-06-23\n\n提醒 0 条，升级督办 0 条")
    assert left["data"].endswith("[系统运行](http://127.0.0.1:8000/system)")
    engine = open_engine(settings.database)
    with engine.connect() as connection:
        swept = connection.exec_driver_sql(f'SELECT "on" FROM {LastRun.__tablename__}').scalar_one()
        kept = connection.exec_driver_sql('SELECT rhythm, driver, "on", outcome FROM kept_run').one()
    engine.dispose()
    assert str(swept) == "2026-06-23"
    assert kept == ("daily_supervision", "prefect", "2026-06-23", "completed")


def test_a_flow_that_fails_says_with_what(server: PrefectServer) -> None:
    with pytest.raises(FlowFailedError, match="day value is outside expected range"):
        server.run_flow("flows.daily_supervision.daily_supervision", {"on": "2026-02-30"})


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.slug)
def test_a_worker_can_load_the_flow_by_its_dotted_name(schedule: Schedule) -> None:
    from prefect.flows import load_flow_from_entrypoint

    loaded: Any = load_flow_from_entrypoint(schedule.entrypoint, use_placeholder_flow=False)

    assert loaded.fn.__name__ == schedule.rhythm
    assert loaded.description is not None
    assert set(schedule.parameters) <= set(loaded.parameters.properties)


@pytest.fixture
def administrator(server: PrefectServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The surroundings of whoever runs the server."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    environment = server.environment()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, environment[name])
    with temporary_settings(
        {PREFECT_API_URL: f"{server.url}/api", PREFECT_API_AUTH_STRING: environment["PREFECT_API_AUTH_STRING"]}
    ):
        yield


def duban(settings: Settings, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(settings.home), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def standing(server: PrefectServer) -> dict[str, dict[str, Any]]:
    found = ask(server, "/deployments/filter", {"work_pools": {"name": {"any_": ["duban"]}}})
    return {made["name"]: made for made in found}


def test_one_command_makes_pool_deployments_and_automations_and_a_second_changes_nothing(
    server: PrefectServer, settings: Settings, administrator: None
) -> None:
    first, second = duban(settings, "deploy"), duban(settings, "deploy")

    assert "新建工作池 duban" in first
    assert "新建部署“每日督办”（daily_supervision）" in first
    assert second == f"{server.url}/api 上的部署与定时表一致，没有改动\n"
    made = standing(server)
    assert {name: one["entrypoint"] for name, one in made.items()} == {
        each["name"]: each["entrypoint"] for each in deployed()
    }
    crons = {name: one["schedules"][0]["schedule"] for name, one in made.items()}
    assert {name: (cron["cron"], cron["timezone"]) for name, cron in crons.items()} == {
        each["name"]: (each["schedules"][0]["cron"], each["schedules"][0]["timezone"]) for each in deployed()
    }
    daily = made["daily_supervision"]
    assert (daily["global_concurrency_limit"]["limit"], daily["concurrency_options"]["collision_strategy"]) == (
        1,
        "ENQUEUE",
    )
    assert made["delivery"]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert daily["job_variables"]["env"]["DUBAN_HOME"] == str(settings.home)
    assert daily["description"].startswith("逐级提醒与升级督办")
    assert daily["parameter_openapi_schema"]["properties"]["on"]["anyOf"][0] == {"format": "date", "type": "string"}
    automations = ask(server, "/automations/filter", {})
    assert [one["name"] for one in automations if one["enabled"]] == [
        "督办：崩溃的运行再做一次",
        "督办：心跳中断的运行再做一次",
        "督办：心跳中断的运行记为崩溃",
        "督办：领走未开始的运行记为崩溃",
    ]


def test_what_was_deployed_with_the_file_is_taken_over(
    server: PrefectServer, settings: Settings, administrator: None, tmp_path: Path
) -> None:
    (tmp_path / "prefect.yaml").write_bytes((ROOT / "prefect.yaml").read_bytes())
    by_file = subprocess.run(
        [sys.executable, "-P", "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=tmp_path,
        env=server.environment() | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert by_file.returncode == 0, by_file.stdout + by_file.stderr
    assert "DUBAN_HOME" not in standing(server)["backup"]["job_variables"]["env"]

    assert "更新部署“每夜备份”（backup）" in duban(settings, "deploy")

    assert standing(server)["backup"]["job_variables"]["env"]["DUBAN_HOME"] == str(settings.home)
    assert standing(server).keys() == {one["name"] for one in deployed()}


def test_a_changed_cron_takes_its_waiting_runs_along_and_what_is_listed_no_longer_goes(
    server: PrefectServer, administrator: None
) -> None:
    from flows.prefect.deploy import deploy

    backup = next(schedule for schedule in SCHEDULES if schedule.slug == "backup")
    planned = {"deployments": {"name": {"any_": ["backup"]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    deploy(Path("/srv/duban"))
    assert eventually(lambda: ask(server, "/flow_runs/count", planned) > 0, 90)
    asked = ask(server, f"/deployments/{standing(server)['backup']['id']}/create_flow_run", {})

    told = deploy(Path("/srv/duban"), schedules=[replace(backup, cron="15 3 * * tue")]).done

    assert "更新部署“每夜备份”（backup）" in told
    assert "删除部署 daily_supervision（定时表中已没有）" in told
    assert list(standing(server)) == ["backup"]
    assert eventually(lambda: ask(server, "/flow_runs/count", planned) > 1, 90)
    runs = ask(server, "/flow_runs/filter", planned)
    assert {run["expected_start_time"][11:16] for run in runs if run["auto_scheduled"]} == {"19:15"}
    assert [run["id"] for run in runs if not run["auto_scheduled"]] == [asked["id"]]


@pytest.mark.parametrize(
    ("surroundings", "home", "said"),
    [
        ({}, "office", "数据目录“office”是相对路径：工作进程从别的目录启动，请写完整路径，如 /srv/duban。"),
        ({"PREFECT_API_AUTH_STRING": "duban:guessed"}, "/srv/duban", "不接受口令：请核对 PREFECT_API_AUTH_STRING。"),
        ({"PREFECT_API_URL": "http://127.0.0.1:1/api"}, "/srv/duban", "http://127.0.0.1:1/api 没有应答：请核对地址"),
        ({"PREFECT_API_URL": None}, "/srv/duban", "没有指明 Prefect 服务：请设环境变量 PREFECT_API_URL，如 http://"),
    ],
)
@pytest.mark.usefixtures("administrator")
def test_what_cannot_be_deployed_is_one_chinese_sentence(
    surroundings: dict[str, str | None], home: str, said: str
) -> None:
    import prefect.settings

    from flows.prefect.deploy import deploy

    with (
        prefect.settings.temporary_settings({getattr(prefect.settings, k): v for k, v in surroundings.items()}),
        pytest.raises(DubanError, match=re.escape(said)),
    ):
        deploy(Path(home))


def test_the_servers_surroundings_are_ours_alone(server: PrefectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere.example/api")
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    monkeypatch.setenv("NO_PROXY", "intranet.example")

    made = server.environment()

    assert made["PREFECT_API_URL"] == f"{server.url}/api"
    assert "PREFECT_LOGGING_LEVEL" not in made
    assert made["NO_PROXY"] == "intranet.example,127.0.0.1"
    assert made["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"
    assert made["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert made["DO_NOT_TRACK"] == "1"


def test_a_page_of_another_site_may_not_speak_to_the_server(server: PrefectServer) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.url}/api/health", headers={"Origin": "https://evil.example"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
        assert answer.headers["Access-Control-Allow-Origin"] not in ("*", "https://evil.example")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path",
    ["/admin/settings", "/admin/version", "/flow_runs/filter", "/flow_runs/count", "/deployments/filter", "/docs"],
)
@pytest.mark.parametrize("credentials", [None, "Basic ZHViYW46Z3Vlc3NlZA==", "Bearer guessed"])
def test_whoever_does_not_know_the_secret_is_told_nothing(
    server: PrefectServer, method: str, path: str, credentials: str | None
) -> None:
    headers = {"Authorization": credentials} if credentials else {}
    answer = httpx.request(method, f"{server.url}/api{path}", headers=headers, timeout=20, trust_env=False)
    assert answer.status_code == 401
    assert answer.json() == {"exception_message": "Unauthorized"}


def test_the_servers_pages_are_not_served(server: PrefectServer) -> None:
    for path in ("/", "/runs", "/dashboard"):
        assert "<html" not in httpx.get(f"{server.url}{path}", timeout=20, trust_env=False).text


def test_the_secret_stands_in_no_argument_no_log_no_file_and_no_answer(server: PrefectServer) -> None:
    secret = server.environment()["PREFECT_SERVER_API_AUTH_STRING"].partition(":")[2].encode()
    server.run_flow("flows.daily_supervision.daily_supervision", {"on": "2026-06-24"})

    assert server.pid is not None
    arguments = subprocess.run(["ps", "-e", "-ww", "-o", "args"], capture_output=True, check=True).stdout
    assert b"flows.prefect.tether" in arguments
    assert secret not in arguments
    files = [path for path in server.folder.parent.rglob("*") if path.is_file()]
    assert {"prefect.db", "server.log"} <= {path.name for path in files}
    assert [path for path in files if secret in path.read_bytes()] == []
    assert secret not in server._ask("/api/admin/settings")


def test_a_server_that_is_killed_comes_back_with_another_secret(server: PrefectServer) -> None:
    """Last, because everything before wants the server in peace."""
    killed, known = server.pid, server.authorization
    assert killed is not None
    os.kill(killed, 9)

    assert eventually(lambda: server.pid not in (None, killed), 10)
    assert eventually(server.is_healthy, 60)
    assert server.authorization != known


@pytest.mark.postgres
def test_a_flow_that_hears_nothing_from_its_database_is_ended_and_says_so(
    server: PrefectServer, settings: Settings, postgres_database: str, tmp_path: Path
) -> None:
    create_or_upgrade(settings.model_copy(update={"database_url": postgres_database}))
    (tmp_path / "hanging.py").write_text(HANGING, encoding="utf-8")
    engine = open_engine(postgres_database)
    with engine.connect() as connection, (tmp_path / "output").open("w+b") as output:
        connection.exec_driver_sql("SELECT pg_advisory_lock(hashtext('duban.remind'))")
        environment = server.environment() | {"PYTHONPATH": str(tmp_path), "DUBAN_DATABASE_URL": postgres_database}
        hanging = start_tethered(("hanging",), environment=environment, folder=tmp_path, output=output)
        assert hanging.wait(120) != 0
        end_tethered(hanging)
        ours = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        assert connection.exec_driver_sql(ours).scalar_one() == 0
    engine.dispose()

    [run] = ask(server, "/flow_runs/filter", {"flow_runs": {"name": {"any_": ["每日督办 2026-06-25"]}}})
    assert (run["state_name"], "3 秒没有进展" in run["state"]["message"]) == ("TimedOut", True)
