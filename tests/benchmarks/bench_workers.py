"""Organs over workers: what many organs need once a year and once a month, by one worker, two and four, on PostgreSQL.

    python -m tests.benchmarks.bench_workers [--organs 24] [--share 0.25] [--rhythm year_end_report]

A worker stands for a machine of its own: its process is held to a share of a core by a control group (of version 1, for
root), so that four together take one core and PostgreSQL has what is left. Where that cannot be had it says so, and the
ratios tell of this machine's cores as well. A ratio is the time of the slowest worker over that of one who does all.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from flows.rhythms import RHYTHMS
from models.clock import today
from models.settings import Settings
from tests.benchmarks.populate import DAY, ITEMS_PER_ORGAN
from tests.databases import made_database, served_postgres
from tests.faults.places import lay_offices

RHYTHM_OF = {"year_end_report": (2026,), "monthly_circular": ("2026-07-01",)}
"""What is done, and for which year or by which day."""
WORKERS = (1, 2, 4)
PERIOD = 20_000
"""Microseconds in which a worker gets its share."""
GROUPS = Path("/sys/fs/cgroup/cpu")
LOOK = 0.02
"""Seconds between two looks at who waits in PostgreSQL."""


def work(trial: Settings, place: Settings, rhythm: str, shard: str) -> None:
    """What a worker's process does: the trial's organ, to load all it needs; then, when told, its shard."""
    RHYTHMS[rhythm](trial, *RHYTHM_OF[rhythm])
    print("ready", flush=True)
    sys.stdin.readline()
    began, used = time.perf_counter(), time.process_time()
    told = RHYTHMS[rhythm](place, *RHYTHM_OF[rhythm], shard)
    results: list[dict[str, Any]] = next(value for value in told.values() if isinstance(value, list))
    failed = sum("problem" in result for result in results)
    print(json.dumps([len(results), failed, time.perf_counter() - began, time.process_time() - used]), flush=True)


@contextmanager
def held(processes: Sequence[int], share: float) -> Iterator[bool]:
    """Each process at a share of a core of its own until it ends; False where the system does not let us."""
    groups = [GROUPS / f"duban-worker-{process}" for process in processes]
    limit = {"cpu.cfs_period_us": f"{PERIOD}", "cpu.cfs_quota_us": f"{PERIOD * share:.0f}"}
    may = True
    try:
        for group, process in zip(groups, processes, strict=True):
            group.mkdir()
            for name, value in (limit | {"cgroup.procs": f"{process}"}).items():
                (group / name).write_text(value, encoding="ascii")
    except OSError:
        may = False
    try:
        yield may
    finally:
        for group in groups:
            with suppress(OSError):
                group.rmdir()


@contextmanager
def office(server: str, home: Path, organs: int) -> Iterator[Settings]:
    """An office of so many organs in a database of its own, swept up to yesterday."""
    with made_database(server) as url:
        place = Settings(home=home, database_url=url)
        lay_offices(place, organs * ITEMS_PER_ORGAN)
        with psycopg.connect(url, autocommit=True) as prepared:
            prepared.execute('UPDATE last_run SET "on" = %s', [today() - DAY])
            prepared.execute("VACUUM ANALYZE")
        yield place


def started(trial: Settings, place: Settings, rhythm: str, shard: str) -> subprocess.Popen[str]:
    """A worker's process."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_workers", "--rhythm", rhythm, "--shard", shard]
    for given in (trial, place):
        command += ["--place", f"{given.home}", f"{given.database_url}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def measured(server: str, folder: Path, rhythm: str, workers: int, organs: int, share: float) -> tuple[float, str]:
    """Seconds of the slowest of so many workers, and what else is to be told of them."""
    waits = Counter[str]()
    with ExitStack() as ends:
        place = ends.enter_context(office(server, folder / "place", organs))
        trials = [ends.enter_context(office(server, folder / f"trial{number}", 1)) for number in range(workers)]
        processes = [
            ends.enter_context(started(trial, place, rhythm, f"{number}/{workers}"))
            for number, trial in enumerate(trials, 1)
        ]
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        may = ends.enter_context(held([process.pid for process in processes], share))
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        with psycopg.connect(place.database_url or "", autocommit=True) as watching:
            while any(process.poll() is None for process in processes):
                waits.update(row[0] for row in watching.execute(_WAITING))
                waits["looks"] += 1
                time.sleep(LOOK)
        told = [json.loads(process.stdout.read()) for process in processes if process.stdout]
    done, failed, used = sum(one[0] for one in told), sum(one[1] for one in told), sum(one[3] for one in told)
    if (done, failed) != (organs, 0):
        raise RuntimeError(f"{done} of {organs} organs, {failed} failed")
    slowest = max(one[2] for one in told)
    among = f"of {waits.pop('looks')} looks {sum(waits.values())} saw one wait for a lock {dict(waits) or ''}"
    return slowest, f"processor {used:5.1f} s together; {among}{'' if may else '; not held to a share'}"


_WAITING = """
    SELECT coalesce(wait_event, '') FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND wait_event_type = 'Lock'
"""


def main() -> None:
    """Print it all; or, with a shard, be its worker."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--organs", type=int, default=24, help="of a thousand items each")
    asked.add_argument("--share", type=float, default=0.25, help="of a core, for each worker")
    asked.add_argument("--rhythm", choices=RHYTHM_OF, help="this one alone")
    asked.add_argument("--shard", help=argparse.SUPPRESS)
    asked.add_argument("--place", nargs=2, action="append", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.shard:
        trial, place = (Settings(home=Path(home), database_url=url) for home, url in given.place)
        work(trial, place, given.rhythm, given.shard)
        return
    with served_postgres() as server:
        for rhythm in [given.rhythm] if given.rhythm else RHYTHM_OF:
            alone = None
            for workers in WORKERS:
                with tempfile.TemporaryDirectory() as folder:
                    seconds, told = measured(server, Path(folder), rhythm, workers, given.organs, given.share)
                alone = alone or seconds
                print(f"{rhythm}  {workers} workers {seconds:6.1f} s  ratio {seconds / alone:4.2f}  {told}", flush=True)


if __name__ == "__main__":
    main()
