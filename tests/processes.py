"""What tests that start processes share: waiting for something to hold, and whether a process lives."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


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
