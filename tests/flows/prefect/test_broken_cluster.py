"""A cluster whose every part is broken off while it sweeps a day: in the end the day is swept as if nothing had."""

import json
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from duban.web.visit import COOKIE
from flows.rhythms import daily_supervision
from models import clock
from models.database import open_engine, unit_of_work
from models.items.evidence import Evidence
from models.items.item import WorkItem
from models.migrate import create_or_upgrade
from models.people.person import Person
from models.settings import Settings
from tasks.access.hold_session import start_session
from tasks.access.office_key import FILE
from tests.benchmarks.populate import DAY, ON, populate
from tests.databases import made_database
from tests.faults.works import WORKS
from tests.flows.prefect.cluster import ask, change, environment, free_port, kill, lasting, own_postgres
from tests.item_forms import fill
from tests.processes import children, eventually, is_alive
from tests.web import Visitor

pytestmark = [pytest.mark.engine, pytest.mark.postgres, pytest.mark.slow]

WORK = WORKS["sweep"]
ITEMS = 4_000
MISSED = 9
"""Days since the last sweep: what was missed is made good in many parts, each committed by itself."""
PAUSE = "5"
"""Seconds before a run that failed is tried again; a quarter of an hour as deployed."""
ENDS = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def lay(place: Settings) -> None:
    """Organs of a thousand items each, a sheet at the third rung, and some days that nobody swept."""
    create_or_upgrade(place)
    engine = open_engine(place.database)
    with unit_of_work(engine) as session:
        for table in ("rung", "policy"):
            session.execute(text(f"DELETE FROM {table}"))
    populate(engine, ITEMS)
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE rung SET document = '督办单' WHERE ordinal = 3"))
        session.execute(text('UPDATE last_run SET "on" = :on'), {"on": ON - MISSED * DAY})
    engine.dispose()


def raised(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text("SELECT count(*) FROM notice WHERE raised_on = :on"), {"on": ON}).scalar_one()
        )


@contextmanager
def held_in_mid_sweep(engine: Engine, *, beyond: int) -> Iterator[int]:
    """Wait until the sweep has raised more notices than so many, and let it write no other; how many there are then."""
    assert eventually(lambda: raised(engine) > beyond, 240), raised(engine)
    waiting = text("SELECT count(*) FROM pg_locks WHERE relation = 'notice'::regclass AND NOT granted")
    connection = engine.connect()
    try:
        connection.execute(text("LOCK TABLE notice IN SHARE ROW EXCLUSIVE MODE"))
        assert eventually(lambda: bool(connection.execute(waiting).scalar()), 60), "nobody was sweeping"
        yield int(
            connection.execute(text("SELECT count(*) FROM notice WHERE raised_on = :on"), {"on": ON}).scalar_one()
        )
    finally:
        # A connection that PostgreSQL broke off cannot be rolled back.
        connection.invalidate()
        connection.close()


@dataclass
class Cluster:
    """Its processes, by what they are called."""

    folder: Path
    api: int
    held: ExitStack
    of: dict[str, "Popen[bytes]"]

    def start(self, name: str, command: str) -> None:
        program = ["bash", "-c", f"set -a; . ./duban.env; set +a; {command}"]
        self.of[name] = self.held.enter_context(lasting(program, self.folder, self.folder / f"{name}.log"))

    def start_prefect(self) -> None:
        self.start("prefect", "exec prefect server start")
        assert eventually(lambda: ask(self.api, "/health") is True, 150), self.said()

    def said(self) -> str:
        """The end of what every process said."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-6000:]}" for log in sorted(self.folder.glob("*.log")))

    def run(self, command: str) -> None:
        self.start("command", command)
        assert self.of["command"].wait(300) == 0, self.said()

    def runs(self) -> list[dict[str, Any]]:
        found = ask(self.api, "/flow_runs/filter", {"sort": "START_TIME_ASC"})
        named = f"每日督办 {ON}"
        return [run for run in found if run["name"] == named] if isinstance(found, list) else []

    def states(self) -> Counter[str]:
        return Counter(str(run["state"]["type"]) for run in self.runs())


def started_by(pid: int) -> list[int]:
    """A worker gives each run a session of its own."""
    found = children(pid)
    return found + [further for child in found for further in started_by(child)]


def health(port: int) -> dict[str, Any]:
    """What a web process answers a monitor, well or not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as unwell:
        return dict(json.load(unwell))
    except OSError:
        return {}


def reaches_database(port: int) -> bool:
    return bool(health(port).get("database"))


def browser(port: int, token: str, held: ExitStack) -> Visitor:
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", cookies={COOKIE: token}, follow_redirects=True, timeout=60, trust_env=False
    )
    return Visitor(cast(Any, held.enter_context(client)), token)


def leave_alone_the_sweep(api: int) -> None:
    """Nothing else runs by the time of this machine, and what fails of the sweep is tried again after seconds."""
    deployments = cast(list[dict[str, Any]], ask(api, "/deployments/filter", {"limit": 200}))
    for one in deployments:
        if one["name"] != "daily_supervision":
            change(api, f"/deployments/{one['id']}", {"paused": True})
            continue
        variables = one["job_variables"]
        variables["env"]["PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS"] = PAUSE
        # A run that is done again has the deployment's own parameters: of themselves they are those of today.
        change(api, f"/deployments/{one['id']}", {"job_variables": variables, "parameters": {"on": ON.isoformat()}})


def test_a_day_is_swept_whole_though_worker_prefect_and_postgres_are_broken_off_over_it(tmp_path: Path) -> None:
    api, webs = free_port(), {"web one": free_port(), "web two": free_port()}
    with ExitStack() as held:
        postgres = held.enter_context(own_postgres())
        urls = [held.enter_context(made_database(postgres.url)) for _ in range(2)]
        place, undisturbed = (
            Settings(home=tmp_path / name, database_url=url) for name, url in zip(("duban", "other"), urls, strict=True)
        )
        for one in (place, undisturbed):
            lay(one)
        daily_supervision(undisturbed, ON.isoformat())
        expected = WORK.written(undisturbed)
        engine = open_engine(place.database)
        held.callback(engine.dispose)

        (tmp_path / "duban.env").write_text(environment(tmp_path, office=urls[0], api=api), encoding="utf-8")
        cluster = Cluster(tmp_path, api, held, {})
        cluster.start_prefect()
        cluster.run("exec duban deploy")
        leave_alone_the_sweep(api)
        for name in ("one", "two"):
            cluster.start(name, f"exec prefect worker start --pool duban --type process --name {name}")
        (tmp_path / "second").mkdir(mode=0o700)
        for (name, port), home in zip(webs.items(), ("duban", "second"), strict=True):
            if home == "second":
                shutil.copy(place.home / FILE, tmp_path / home / FILE)
            cluster.start(name, f"DUBAN_HOME={tmp_path}/{home} exec duban serve --no-clock --port {port}")
            assert eventually(partial(reaches_database, port), 120), cluster.said()
        cluster.run("exec prefect deployment run 每日督办/daily_supervision")

        # The worker and its run, in mid-sweep.
        with held_in_mid_sweep(engine, beyond=0) as first:
            assert cluster.states() == {"RUNNING": 1}
            [taken] = [name for name in ("one", "two") if children(cluster.of[name].pid)]
            sweeping = started_by(cluster.of[taken].pid)
            kill(cluster.of[taken])
            for pid in filter(is_alive, sweeping):
                os.kill(pid, signal.SIGKILL)
            assert eventually(lambda: not any(map(is_alive, sweeping)))
        assert 0 < first < len([row for row in expected if len(row) == 7])
        # Prefect, which still believes in that run.
        assert cluster.states() == {"RUNNING": 1}
        kill(cluster.of["prefect"])
        cluster.start_prefect()
        # PostgreSQL, while the other worker does the run again.
        with held_in_mid_sweep(engine, beyond=first):
            assert cluster.states() == {"CRASHED": 1, "RUNNING": 1}, cluster.said()
            postgres.break_off()
            assert not any(map(reaches_database, webs.values()))
            time.sleep(int(PAUSE))
        postgres.start()

        assert eventually(lambda: cluster.states() == {"CRASHED": 1, "COMPLETED": 1}, 240), cluster.said()
        written = WORK.written(place)
        assert Counter(written) == Counter(expected)
        [crashed, _completed] = cluster.runs()
        assert "心跳" in crashed["state"]["message"]

        assert eventually(lambda: all(map(reaches_database, webs.values())), 30), cluster.said()
        with unit_of_work(engine) as session:
            handler = session.get_one(Person, 2)
            item = session.exec(
                select(WorkItem.id).where(WorkItem.handler_post_id == 2, WorkItem.state == "active")
            ).first()
            token = start_session(session, handler, address="127.0.0.1", agent="test", now=clock.now())
        content = "清理结果".encode()
        first_web, second_web = (browser(port, token, held) for port in webs.values())
        fill(first_web, f"/items/{item}/evidence", files=[("file", ("总结.txt", content, "text/plain"))])
        with unit_of_work(engine) as session:
            [piece] = session.exec(select(Evidence.id)).all()
        assert second_web.get(f"/evidence/{piece}").content == content
