"""The program itself, as a process on a machine whose clock shows another time."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

from models import clock

_PROGRAM = """
import sys
from models import clock
machine, shift = clock.now, {shift!r}
clock.now = lambda: machine().subtract(seconds=shift)
from duban.cli import main
main()
"""


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
