"""The engine for real: a Prefect server as our child, our flows in it, our deployments, and the canary.

Prefect's metadata permits versions of its own dependencies with which it plans no run and says nothing, or
refuses our deployments (docs/stack.md). These tests notice.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.prefect.server import FlowFailedError, PrefectServer, ServerState
from flows.prefect.tether import end_tethered, start_tethered
from flows.schedules import SCHEDULES, Schedule
from models.database import open_engine
from models.engine.rhythm import LastRun
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
    assert (run["state_type"], run["parameters"]) == ("COMPLETED", {"on": "2026-06-23"})
    engine = open_engine(settings.database)
    with engine.connect() as connection:
        swept = connection.exec_driver_sql(f'SELECT "on" FROM {LastRun.__tablename__}').scalar_one()
    engine.dispose()
    assert str(swept) == "2026-06-23"


def test_a_flow_that_fails_says_with_what(server: PrefectServer) -> None:
    with pytest.raises(FlowFailedError, match="day is out of range"):
        server.run_flow("flows.daily_supervision.daily_supervision", {"on": "2026-02-30"})


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.slug)
def test_a_worker_can_load_the_flow_by_its_dotted_name(schedule: Schedule) -> None:
    from prefect.flows import load_flow_from_entrypoint

    loaded: Any = load_flow_from_entrypoint(schedule.entrypoint, use_placeholder_flow=False)

    assert loaded.fn.__name__ == schedule.rhythm
    assert loaded.description is not None
    assert set(schedule.parameters) <= set(loaded.parameters.properties)


def test_the_committed_deployments_are_accepted_with_their_schedules(server: PrefectServer, tmp_path: Path) -> None:
    (tmp_path / "prefect.yaml").write_bytes((ROOT / "prefect.yaml").read_bytes())
    environment = server.environment() | {"PYTHONUTF8": "1"}
    ask(server, "/work_pools/", {"name": "duban", "type": "process"})

    deployed = subprocess.run(
        [sys.executable, "-P", "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    found = ask(server, "/deployments/filter", {"work_pools": {"name": {"any_": ["duban"]}}})
    crons = {made["name"]: made["schedules"][0]["schedule"] for made in found}
    assert {made["name"]: made["entrypoint"] for made in found} == {made.slug: made.entrypoint for made in SCHEDULES}
    assert {name: (cron["cron"], cron["timezone"]) for name, cron in crons.items()} == {
        made.slug: (made.cron, made.zone) for made in SCHEDULES
    }


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
