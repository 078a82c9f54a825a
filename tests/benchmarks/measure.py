"""What one run of some work took: seconds, and the memory it needed beyond what its process held before."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Span(NamedTuple):
    """`grown` is the peak of the run in megabytes above its beginning; None where the system does not tell."""

    seconds: float
    grown: float | None


def measured(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Span:
    """Run `work` once."""
    before = _peak_from_here()
    began = clock()
    work()
    took = clock() - began
    return Span(took, None if before is None else max(resident("self", "VmHWM") - before, 0.0))


def resident(process: int | str, which: str = "VmRSS") -> float:
    """Megabytes of main memory that a process holds, or with `VmHWM` held at most."""
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(told.partition(f"{which}:")[2].split()[0]) / 1024


def _peak_from_here() -> float | None:
    """Let the system forget the peak of this process; what it holds now. Only Linux can."""
    if not _CLEAR.exists():
        return None
    _CLEAR.write_text("5", encoding="ascii")
    return resident("self", "VmHWM")
