"""Running a Python module in a child process that cannot outlive this one.

The child reads its standard input, a pipe that only the parent holds open. When the parent is gone, by whatever
death, the system closes the pipe and the child, as long as it runs, kills its process group: itself and all it has
started.
Unlike a death signal (PR_SET_PDEATHSIG) this reaches grandchildren, does not fire when a mere thread of the
parent ends, and needs no particular system.

As a program: `python -P -m flows.prefect.tether MODULE [ARGUMENT…]` runs MODULE as `python -m` would. `-P` keeps the
current folder from shadowing packages.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

CUT_SECONDS = 1.0
"""How long a child whose tether was cut may take to notice; one that is stuck is killed then."""


def start_tethered(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a module with its arguments in `folder`; all it prints goes to `output`.

    The tether is the process's `stdin`: never close it, and never call `communicate`, while the child is wanted.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter, a module named by us
        [sys.executable, "-P", "-m", "flows.prefect.tether", *arguments],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
    )


def end_tethered(process: subprocess.Popen[bytes], *, patience: float = 0) -> None:
    """Ask the child to end and wait `patience` seconds; then cut the tether, at once without patience."""
    if patience:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(CUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main() -> None:
    """Hang on to the parent, then become the module named on the command line."""
    threading.Thread(target=_end_with_parent, name="tether", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    # os.read, not sys.stdin: a daemon thread inside a buffered reader makes the interpreter abort at its exit.
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
