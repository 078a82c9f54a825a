"""A tethered child dies with its parent, whatever the parent dies of, and takes its own children along."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.prefect.tether import end_tethered, start_tethered
from tests.processes import eventually, is_alive

PARENT = """
import os, sys, time
from pathlib import Path
from flows.prefect.tether import start_tethered

folder = Path(sys.argv[1])
child = start_tethered(("lasting",), environment={**os.environ, "PYTHONPATH": str(folder)}, folder=folder,
                       output=(folder / "output").open("wb"))
time.sleep(60)
"""

LASTING = """
import os, signal, subprocess, sys, time
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
Path("pids.part").write_text(f"{os.getpid()} {grandchild.pid}")
Path("pids.part").rename("pids")
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lasting.py").write_text(LASTING, encoding="utf-8")
    return tmp_path


def pids(folder: Path) -> list[int]:
    assert eventually((folder / "pids").exists), (folder / "output").read_text(errors="replace")
    return [int(pid) for pid in (folder / "pids").read_text().split()]


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_no_orphan_survives_the_parents_death(folder: Path, death: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)])
    family = pids(folder)
    assert all(map(is_alive, family))

    parent.send_signal(death)
    parent.wait()

    assert eventually(lambda: not any(map(is_alive, family)))


def test_a_child_that_ignores_being_asked_is_cut_off_with_all_its_own(folder: Path) -> None:
    with (folder / "output").open("wb") as output:
        child = start_tethered(
            ("lasting",), environment={**os.environ, "PYTHONPATH": str(folder)}, folder=folder, output=output
        )
    family = pids(folder)

    end_tethered(child, patience=0.2)

    assert child.poll() is not None
    assert eventually(lambda: not any(map(is_alive, family)))


def test_a_module_runs_as_if_it_had_been_started_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "greeting.py").write_text("import sys\nprint(__name__, sys.argv[1:])\nsys.exit(3)", encoding="utf-8")
    with (tmp_path / "output").open("w+b") as output:
        child = start_tethered(
            ("greeting", "甲", "乙"),
            environment={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
            folder=tmp_path,
            output=output,
        )
        assert child.wait() == 3
        end_tethered(child)
        output.seek(0)
        assert output.read().decode() == "__main__ ['甲', '乙']\n"
