"""`duban serve` as a process: up at once, down within seconds, nothing left behind."""

import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from duban.commands import engine as commands
from models.clock import opening_of
from models.database import on_record
from models.migrate import open_current
from models.settings import Settings
from tasks.access.set_up import set_up
from tasks.trail.known_head import known_head
from tests.homes import lay_home
from tests.processes import children, eventually, is_alive
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return lay_home(tmp_path / "home")


def program(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "duban.cli", "--home", str(home), "serve", *arguments]


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address it said it serves on."""
    with (home / "stderr").open("w+") as errors:
        process = subprocess.Popen(
            program(home, "--port", "0", *arguments),
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert "http://" in said, (home / "stderr").read_text()
            yield process, said.split("http://")[1].split("/")[0]
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def get(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def health(address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(address, "/healthz")[1])
    return found


def found(home: Path) -> None:
    """The first account of the office, with the entries that leaves."""
    engine = open_current(Settings(home=home))
    with on_record(engine) as session:
        now = opening_of(dt.date(2026, 6, 1))
        set_up(
            session, name="赵立群", password="河湖长制一年四查九次会议", now=now, organ_name="某局", organ_code="bureau"
        )
    engine.dispose()


@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_a_signal_ends_it_in_order(home: Path, wanted: signal.Signals) -> None:
    with serving(home, "--no-prefect") as (process, address):
        for path in ("/", "/login"):
            status, html = get(address, path)
            assert (status, "密码" in html) == (200, True)
        assert eventually(lambda: health(address)["clock"] == "owner")
        assert health(address) == {"ok": True, "database": True, "clock": "owner", "prefect": "off", "unwell": []}

        process.send_signal(wanted)

        assert process.wait(10) == 0
        assert "Traceback" not in (home / "stderr").read_text()


def test_a_further_web_process_leaves_the_time_to_the_clock(home: Path) -> None:
    with serving(home, "--no-clock") as (process, address):
        assert health(address) == {"ok": True, "database": True, "clock": "elsewhere", "prefect": "off", "unwell": []}
        clock = subprocess.Popen(
            [sys.executable, "-m", "duban.cli", "--home", str(home), "clock"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        )
        assert clock.stdout is not None
        assert clock.stderr is not None
        assert clock.stdout.readline() == "时钟已启动（按 Ctrl+C 结束）\n"
        assert clock.stderr.readline().endswith(" 时钟值守中\n")

        clock.terminate()

        assert "Traceback" not in clock.communicate(timeout=20)[1]
        assert clock.returncode == 0
        process.terminate()
        assert process.wait(10) == 0


def test_after_it_ends_a_copy_of_the_database_file_alone_is_whole(home: Path, tmp_path: Path) -> None:
    before = shutil.copy(home / "duban.db", tmp_path / "before.db")
    with serving(home, "--no-prefect") as (process, address):
        assert eventually(lambda: health(address)["clock"] == "owner")
        found(home)
        assert (home / "duban.db-wal").stat().st_size > 0

        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    wal = home / "duban.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0

    lone = lay_home(tmp_path / "lone")
    shutil.copy(home / "duban.db", lone / "duban.db")
    told = Terminal(lone).data("audit", "verify")
    known = known_head(home)
    assert told["entries"] > 0
    assert known is not None
    assert (known.entry_id, known.hash) == (told["entries"], told["head"])

    shutil.copy(before, home / "duban.db")
    missing = Terminal(home).refused("audit", "verify")
    assert f"操作记录不完整。末尾的记录缺失：缺少第 1 至 {known.entry_id} 号记录" in missing


def test_it_says_so_when_passwords_travel_unprotected(home: Path) -> None:
    with serving(home, "--no-prefect", "--host", "0.0.0.0"):  # noqa: S104 - what the test is about
        assert "注意：--host 0.0.0.0 使网页可从别的机器访问，而密码未经加密传送" in (home / "stderr").read_text()
    (home / "duban.toml").write_text('office_url = "https://duban.example"', encoding="utf-8")
    with serving(home, "--no-prefect", "--host", "0.0.0.0"):  # noqa: S104
        assert "注意" not in (home / "stderr").read_text()


def test_it_says_so_when_the_data_folder_is_open_to_others(home: Path) -> None:
    for mode, said in ((0o755, True), (0o700, False)):
        home.chmod(mode)
        with serving(home, "--no-prefect"):
            assert (f"注意：{home} 对本机的其他账户开放" in (home / "stderr").read_text()) is said


def test_while_there_is_no_account_it_prints_the_way_to_the_first(home: Path) -> None:
    said = []
    for _ in range(2):
        with serving(home, "--no-prefect") as (process, address):
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(
                f"还没有账户。请在浏览器打开这个一次性地址，建立管理员账户：http://{address}/setup?token="
            )
            said.append(line.partition("token=")[2].strip())
            assert get(address, f"/setup?token={said[-1]}")[0] == 200
            assert get(address, "/setup?token=guess")[0] == 404
    assert said[0] != said[1]
    found(home)
    with serving(home, "--no-prefect") as (process, address):
        assert get(address, f"/setup?token={said[-1]}")[0] == 404
        process.terminate()
        assert process.stdout is not None
        assert process.stdout.read() == ""


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        pytest.param(
            ["--port", "{taken}"], 1, "端口 {taken} 已被占用：请关闭占用它的程序，或用 --port 换一个端口。", id="taken"
        ),
        pytest.param(
            ["--host", "no.such.host.invalid"],
            2,
            "地址“no.such.host.invalid”无法识别：--host 应为本机的地址，如 127.0.0.1。",
            id="unknown host",
        ),
    ],
)
def test_what_cannot_be_served_is_one_chinese_line(home: Path, arguments: list[str], code: int, line: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        ended = subprocess.run(
            program(home, *(argument.format(taken=taken) for argument in arguments)),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
            check=False,
            timeout=60,
        )

    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", f"错误：{line.format(taken=taken)}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked for in /proc")
@pytest.mark.engine
def test_with_prefect_pages_answer_at_once_and_kill_leaves_no_orphan(home: Path) -> None:
    with serving(home) as (process, address):
        assert get(address, "/")[0] == 200
        assert health(address)["prefect"] in ("off", "starting")
        assert eventually(lambda: len(children(process.pid)) == 1)
        [child] = children(process.pid)
        assert eventually((home / "prefect" / "prefect.db").exists, 60), "the server never came to its database"
        assert health(address)["ok"]

        process.kill()
        process.wait()

        assert eventually(lambda: not is_alive(child), 5)


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.callback()(lambda: None)
    commands.register(app)
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output


def test_schedules_lists_what_comes_next() -> None:
    code, output = run("schedules", "--json", "--on", "2027-01-01")

    assert code == 0
    assert {row["slug"]: row["next"][0] for row in json.loads(output)} == {
        "daily_supervision": "2027-01-01T08:30:00+08:00",
        "delivery": "2027-01-01T08:00:00+08:00",
        "urgent_delivery": "2027-01-01T08:00:00+08:00",
        "letters": "2027-01-01T00:01:00+08:00",
        "returned_mail": "2027-01-01T00:05:00+08:00",
        "alarm": "2027-01-01T00:05:00+08:00",
        "pruning": "2027-01-01T02:40:00+08:00",
        "webhooks": "2027-01-01T00:01:00+08:00",
        "backup": "2027-01-01T02:30:00+08:00",
        "brief": "2027-01-04T07:30:00+08:00",
        "weekly_circular": "2027-01-01T16:30:00+08:00",
        "monthly_circular": "2027-01-01T07:00:00+08:00",
        "quarterly_circular": "2027-01-01T07:10:00+08:00",
        "year_end_report_draft": "2027-01-05T06:00:00+08:00",
        "year_opening": "2027-01-06T06:00:00+08:00",
        "year_end_report_final": "2027-02-20T06:00:00+08:00",
    }
    assert "年度报告初稿" in run("schedules")[1]


def test_the_deployment_file_is_written_as_committed_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    assert run("deployments", "check", str(file))[0] == 1

    assert run("deployments", "write", str(file)) == (0, f"已写出 {file}\n")

    assert run("deployments", "check", str(file))[0] == 0
    assert file.read_bytes() == (ROOT / "prefect.yaml").read_bytes()


def test_a_folder_that_cannot_be_written_is_one_chinese_sentence(tmp_path: Path) -> None:
    app = typer.Typer()
    commands.register(app)
    failed = CliRunner().invoke(app, ["deployments", "write", str(tmp_path / "missing" / "prefect.yaml")])

    assert "无法写入" in str(failed.exception)
