"""What tests that start processes share: waiting for something to hold, whether a process lives, and the program itself
on a machine whose clock shows another time.
"""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from models import clock

_PROGRAM = """
import sys
from models import clock
machine, shift = clock.now, {shift!r}
clock.now = lambda: machine().subtract(seconds=shift)
from duban.cli import main
main()
"""


def eventually(holds: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether it holds within `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    """A zombie that its new parent has not collected yet is dead."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or _fields(stat)[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that still are its own. Linux only."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(_fields(stat)[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _fields(stat: Path) -> list[str]:
    """State, parent and so on: what follows the name, which may hold anything."""
    return stat.read_text().rpartition(")")[2].split()


def shifted(home: Path, *words: str, at: dt.datetime) -> list[str]:
    """The command line of a process that believes it begins at `at`."""
    program = _PROGRAM.format(shift=clock.now().timestamp() - at.timestamp())
    return [sys.executable, "-c", program, "--home", str(home), *words]


def run_shifted(
    home: Path, *words: str, at: dt.datetime, database: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """One command to its end, with what it said; `environment` is added to ours."""
    around = {**os.environ, "PYTHONUTF8": "1", "DUBAN_DATABASE_URL": database, **environment}
    return subprocess.run(
        shifted(home, *words, at=at), env=around, capture_output=True, text=True, timeout=300, check=False
    )


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The system's own limit for this process, in bytes, which breaks a write as a full disk does."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
