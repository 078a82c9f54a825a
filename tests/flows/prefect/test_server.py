"""The supervision of the server, with programs that are not Prefect: what breaks, hangs or stands in the way."""

import logging
import socket
import threading
from pathlib import Path

import pytest

from flows.prefect import entrypoint
from flows.prefect.server import FlowFailedError, PrefectServer, ServerState
from models.settings import Settings
from tests.processes import eventually, is_alive

LASTING = """
import time

def last() -> None:
    time.sleep(60)

if __name__ == "__main__":
    last()
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder, and beside it a module `lasting` that children can import."""
    (tmp_path / "lasting.py").write_text(LASTING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "home" / "prefect").mkdir(parents=True)
    return Settings(home=tmp_path / "home")


def test_what_was_never_started_is_off_and_can_be_stopped(settings: Settings) -> None:
    server = PrefectServer(settings)

    server.stop()

    assert (server.state, server.pid, server.is_healthy()) == (ServerState.OFF, None, False)


def test_a_program_that_does_not_answer_is_starting_and_ends_when_told(settings: Settings) -> None:
    server = PrefectServer(settings, program=("lasting",))
    server.start()
    server.start()
    assert eventually(lambda: server.pid is not None)
    child = server.pid
    assert child is not None
    assert server.state is ServerState.STARTING

    server.stop()

    assert (is_alive(child), server.state) == (False, ServerState.OFF)


def test_a_program_that_keeps_ending_is_started_again_after_ever_longer_pauses(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.prefect.server.PAUSES", (0.01, 0.03))
    server = PrefectServer(settings, program=("there_is_no_such_module",))
    server.start()
    assert eventually(lambda: len(caplog.records) >= 3)
    server.stop()

    assert all("No module named there_is_no_such_module" in record.getMessage() for record in caplog.records)
    assert [record.args[1] for record in caplog.records[:3] if isinstance(record.args, tuple)] == [0.01, 0.02, 0.03]


def test_a_folder_that_cannot_be_made_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "file").touch()
    server = PrefectServer(Settings(home=tmp_path / "file"))
    server.start()
    assert eventually(lambda: "无法启动" in caplog.text)
    server.stop()


def test_a_port_that_is_taken_is_passed_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("flows.prefect.server.FIRST_PORT", taken)
        server = PrefectServer(settings, program=("lasting",))
        server.start()
        assert eventually(lambda: server.pid is not None)
        port = int(server.url.rpartition(":")[2])
        server.stop()

    assert taken < port < taken + 200


def test_a_flow_that_hangs_is_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.prefect.server.SILENT_SECONDS", 0.5)

    with pytest.raises(FlowFailedError, match="no word for"):
        PrefectServer(settings).run_flow("lasting.last", {})


def test_stopping_cuts_off_the_flow_that_runs_and_lets_no_other_begin(settings: Settings) -> None:
    server = PrefectServer(settings)
    failures: list[str] = []

    def run() -> None:
        try:
            server.run_flow("lasting.last", {})
        except FlowFailedError as error:
            failures.append(str(error))

    running = threading.Thread(target=run)
    running.start()
    assert eventually(lambda: bool(server._runs))

    server.stop()
    running.join(10)

    assert len(failures) == 1
    with pytest.raises(FlowFailedError, match="stopping"):
        server.run_flow("lasting.last", {})


def test_an_entrypoint_is_run_with_its_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "noting.py").write_text("NOTED = []\ndef note(on):\n    NOTED.append(on)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.argv", ["entrypoint", "noting.note", '{"on": "2026-06-23"}'])

    entrypoint.main()

    assert __import__("noting").NOTED == ["2026-06-23"]
