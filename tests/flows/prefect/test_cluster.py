"""docs/howto/cluster.md: its ten commands bring up a cluster, and its units are units."""

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from models import clock
from models.database import open_engine
from tests.databases import made_database
from tests.flows.prefect.cluster import DEPLOY, ask, environment, free_port, lasting, surroundings
from tests.processes import eventually

ROOT = Path(__file__).resolve().parents[3]
COMMAND = re.compile(r"^    (\S.*?) +# (\d+) (.*)$", re.MULTILINE)


def commands() -> list[tuple[str, bool]]:
    """The commands of the document, and whether each lasts."""
    found = COMMAND.findall((ROOT / "docs" / "howto" / "cluster.md").read_text(encoding="utf-8"))
    assert [int(number) for _, number, _ in found] == list(range(1, 11))
    return [(command, told.startswith("常驻")) for command, _, told in found]


@pytest.mark.engine
@pytest.mark.postgres
@pytest.mark.slow
def test_the_ten_commands_bring_up_a_cluster_that_sweeps_the_day(postgres_url: str, tmp_path: Path) -> None:
    api, web = free_port(), free_port()
    logs: list[Path] = []
    with made_database(postgres_url) as office:
        (tmp_path / "duban.env").write_text(environment(tmp_path, office=office, api=api), encoding="utf-8")
        [(first, _), *others] = commands()
        with ExitStack() as held:
            for place, (command, lasts) in enumerate(others, 2):
                said = command.replace("--port 8000", f"--port {web}").replace("0.0.0.0", "127.0.0.1")  # noqa: S104
                program = ["bash", "-c", f"{first} && exec {said}"]
                if lasts:
                    logs.append(tmp_path / f"{place}.log")
                    held.enter_context(lasting(program, tmp_path, logs[-1]))
                    if said == "prefect server start":
                        assert eventually(lambda: ask(api, "/health") is True, 150), logs[-1].read_text()
                    continue
                ended = subprocess.run(
                    program, cwd=tmp_path, env=surroundings(), capture_output=True, encoding="utf-8", check=False,
                    timeout=300,
                )  # fmt: skip
                told = "\n".join([ended.stdout, ended.stderr, *(log.read_text() for log in logs)])
                # In December doctor warns of the next year's days of rest, which are not part of the product.
                warned = [line for line in ended.stdout.splitlines() if line.startswith("注意：")]
                calendar_alone = said == "duban doctor" and len(warned) == 1 and "年没有放假安排" in warned[0]
                assert ended.returncode == (3 if calendar_alone else 0), f"{said}\n{told}"
            workers = ask(api, "/work_pools/duban/workers/filter", {})
            runs_kept = ask(api, "/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}})
            with urllib.request.urlopen(f"http://127.0.0.1:{web}/healthz", timeout=20) as answer:
                health = json.load(answer)
        engine = open_engine(office)
        with engine.connect() as connection:
            swept = connection.exec_driver_sql("SELECT \"on\" FROM last_run WHERE slug = 'daily_supervision'").scalar()
        engine.dispose()

    assert isinstance(workers, list)
    assert {worker["name"] for worker in workers} == {"one", "two"}
    assert isinstance(runs_kept, list)
    assert f"每日督办 {clock.today()}" in {run["name"] for run in runs_kept}
    assert swept in (clock.today(), clock.today() - dt.timedelta(days=1))
    assert health == {"ok": True, "database": True, "clock": "elsewhere", "prefect": "off"} | health


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_the_units_are_units_and_start_programs_that_there_are(tmp_path: Path) -> None:
    units = sorted(DEPLOY.glob("*.service"))
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        program = re.search(r"^ExecStart=/srv/duban/venv/bin/(\w+)", text, re.MULTILINE)
        assert program is not None
        assert (Path(sys.executable).parent / program[1]).is_file()
        (tmp_path / unit.name).write_text(text.replace(f"/srv/duban/venv/bin/{program[1]}", sys.executable))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.glob("*.service")))],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert len(units) == 4
    assert (checked.returncode, checked.stderr) == (0, "")
