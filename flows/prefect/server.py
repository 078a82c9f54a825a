"""The Prefect server as a supervised child: on loopback, with its own home, restarted when it ends.

Whoever asks its API has to know a secret made anew for each life of the server; it and our flows are told it in their
environment, which only their own account of the machine may read. Its pages could not be told and are not served.

Nothing of ours waits for it. This module does not import Prefect: what it knows of it is a program to start, an
address to ask, and the environment both sides need.
"""

import base64
import http.client
import json
import logging
import os
import re
import secrets
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from flows.prefect.tether import end_tethered, start_tethered
from models.coded import Coded
from models.database import sqlite_url
from models.settings import Settings

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
FIRST_PORT = 4200
HEALTH_SECONDS = 1.0
SILENT_SECONDS = 300.0
"""A flow that says nothing for longer counts as hung: it is cut off, and the plain function does its work."""
STEADY_SECONDS = 120.0
"""A server that lived this long is restarted at once again, a shorter-lived one after ever longer pauses."""
PAUSES = (1.0, 60.0)
"""Seconds before a restart: the first and the longest."""
PATIENCE_SECONDS = 4.0


class ServerState(Coded):
    """How the server is, in a word for the status page."""

    OFF = "off", "未启用"
    STARTING = "starting", "正在启动"
    RUNNING = "running", "运行中"
    DOWN = "down", "已中断，正在恢复"


class FlowFailedError(Exception):
    """A flow did not run to its end under Prefect; the message says what was last heard of it."""


class PrefectServer:
    """A Prefect server for one office. `start` and `stop` may be called again and again, from any thread."""

    def __init__(self, settings: Settings, *, program: Sequence[str] = ("prefect", "server", "start")) -> None:
        self._settings = settings
        self._program = program
        self.folder = settings.home / "prefect"
        """Prefect's home in the data folder: its database and the log of the server's present life."""
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._runs: set[subprocess.Popen[bytes]] = set()
        self._port = FIRST_PORT
        self._was_healthy = False
        self._secret = _new_secret()

    @property
    def url(self) -> str:
        """Where the server is; the port is the first one free from 4200 on."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    @property
    def state(self) -> ServerState:
        if self._thread is None:
            return ServerState.OFF
        if self.is_healthy():
            return ServerState.RUNNING
        ended = self._child is not None and self.pid is None
        return ServerState.DOWN if ended or self._was_healthy else ServerState.STARTING

    def is_healthy(self) -> bool:
        """Whether the server answers its health question now, each answer within a second.

        At its first answer it is also asked where its home is: between our choice of a port and its use lie
        seconds, in which another office's server may have taken it.
        """
        if self.pid is None:
            return False
        try:
            if not self._was_healthy:
                self._was_healthy = json.loads(self._ask("/api/admin/settings"))["home"] == str(self.folder)
            return self._was_healthy and json.loads(self._ask("/api/health")) is True
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            return False

    def _ask(self, path: str) -> bytes:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=HEALTH_SECONDS)
        try:
            connection.request("GET", path, headers={"Authorization": self.authorization})
            return connection.getresponse().read()
        finally:
            connection.close()

    @property
    def authorization(self) -> str:
        """What the header of a question to the server's API says."""
        return f"Basic {base64.b64encode(self._secret.encode()).decode()}"

    def start(self) -> None:
        """Start the server in the background and keep it running; returns at once."""
        with self._lock:
            if self._thread is None:
                self._stopping.clear()
                self._thread = threading.Thread(target=self._supervise, name="prefect-server", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the server and every flow that runs, within seconds."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopping.set()
            child, runs = self._child, tuple(self._runs)
        for run in runs:
            end_tethered(run)
        if child is not None:
            end_tethered(child, patience=PATIENCE_SECONDS)
        if thread is not None:
            thread.join()

    def run_flow(self, entrypoint: str, parameters: Mapping[str, Any]) -> None:
        """Run a flow to its end in a process of its own, its history kept by the server.

        Raises FlowFailedError where the flow failed, hung, or was cut off by `stop`.
        """
        with tempfile.TemporaryFile() as output:
            with self._lock:
                if self._stopping.is_set():
                    raise FlowFailedError("stopping")
                run = start_tethered(
                    ("flows.prefect.entrypoint", entrypoint, json.dumps(dict(parameters))),
                    environment=self.environment(),
                    folder=self.folder,
                    output=output,
                )
                self._runs.add(run)
            try:
                code = _wait(run, output)
            except subprocess.TimeoutExpired as error:
                raise FlowFailedError(f"no word for {SILENT_SECONDS:.0f} s") from error
            finally:
                end_tethered(run)
                self._runs.discard(run)
            if code:
                raise FlowFailedError(f"exit code {code}: {_last_line(output)}")

    def environment(self) -> dict[str, str]:
        """What server and flows are started with. Prefect settings of the machine's user have no say."""
        around = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        # A proxy for the outside must not be asked for a server on this very machine.
        direct = ",".join(filter(None, (around.get("NO_PROXY") or around.get("no_proxy"), LOOPBACK)))
        return around | {
            "DUBAN_HOME": str(self._settings.home),
            "NO_PROXY": direct,
            "no_proxy": direct,
            "DO_NOT_TRACK": "1",
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": f"{self.url}/api",
            "PREFECT_API_AUTH_STRING": self._secret,
            "PREFECT_SERVER_API_AUTH_STRING": self._secret,
            "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,tasks,models",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_API_HOST": LOOPBACK,
            "PREFECT_SERVER_API_PORT": str(self._port),
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.url,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": sqlite_url(self.folder / "prefect.db").replace(
                "sqlite", "sqlite+aiosqlite", 1
            ),
            "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
            # Runs older than ninety days go, else a delivery every five minutes fills the disk.
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_SERVER_UI_ENABLED": "false",
        }

    def _supervise(self) -> None:
        pause, longest = PAUSES
        while not self._stopping.is_set():
            started = time.monotonic()
            ended = self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - started >= STEADY_SECONDS:
                pause = PAUSES[0]
            log.warning("Prefect 服务%s，%.0f 秒后重启", ended, pause, extra={"action": "server_ended"})
            self._stopping.wait(pause)
            pause = min(pause * 2, longest)

    def _run_once(self) -> str:
        """Run the server until it ends; how it ended, in words."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / "server.log").open("w+b") as output:
                with self._lock:
                    if self._stopping.is_set():
                        return "未启动"
                    self._port = _free_port(FIRST_PORT)
                    self._was_healthy = False
                    self._secret = _new_secret()
                    self._child = start_tethered(
                        self._program, environment=self.environment(), folder=self.folder, output=output
                    )
                code = self._child.wait()
                end_tethered(self._child)
                return f"已退出（代码 {code}{f'：{_last_line(output)}' if code > 0 else ''}）"
        except OSError as error:
            return f"无法启动（{error.strerror}）"


def _wait(run: subprocess.Popen[bytes], output: IO[bytes]) -> int:
    """The exit code of a run, however long it goes on. Raises TimeoutExpired for one that is silent for too long."""
    said = 0
    while True:
        try:
            return run.wait(SILENT_SECONDS)
        except subprocess.TimeoutExpired:
            before, said = said, os.fstat(output.fileno()).st_size
            if said == before:
                raise


def _new_secret() -> str:
    """A name and a password, as Prefect wants them."""
    return f"duban:{secrets.token_urlsafe(32)}"


def _free_port(first: int) -> int:
    """The first port on loopback, from `first` on, that nobody listens on."""
    for port in range(first, first + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise OSError(0, "no free port", f"{first}-{first + 199}")


_LOGGED = re.compile(r"\d\d:\d\d:\d\d\.\d+ \|")
"""How Prefect's own log lines begin: some of them come after the error that ended a run."""


def _last_line(output: IO[bytes]) -> str:
    """What a process said last, its error rather than the log of its end."""
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    told = [line for line in lines if line.strip() and not _LOGGED.match(line)]
    return (told or lines or [""])[-1].strip()
