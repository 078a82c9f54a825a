"""Killing one kind of work after the other with -9 at random, on both databases, and comparing with undisturbed work.

    python -m tests.faults.kill_work [--kills 200] [--only sweep import …] [--postgres]

Each kind of work is done in rounds, twice over: in one place every round is begun again and again by a process that is
killed after a random time, and at last by one that is let be; in the other place nobody is killed. At the end both
places must hold the same rows. Prints the counts, and fails where this does not hold.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

from models.settings import Settings
from tests.databases import made_database, served_postgres
from tests.faults.places import Rows, Work
from tests.faults.works import ONLY_POSTGRES, WORKS

TRIES = 4
"""How often one round is killed at most, before it is let be."""

MakeUrl = Callable[[], str]


@dataclass(frozen=True)
class Counted:
    """What a kind of work came to."""

    kills: int
    rounds: int
    rows: int
    missing: int
    surplus: int
    failed: int
    """Rounds that ended with a failure though nobody killed them."""

    @property
    def holds(self) -> bool:
        return self.rows > 0 and not (self.missing or self.surplus or self.failed)


def kill_again_and_again(work: Work, folder: Path, make_url: MakeUrl, *, kills: int, seed: int) -> Counted:
    """`kills` kills in rounds of the work; `make_url` answers an empty database, or "" for the place's own file."""
    chance = random.Random(seed)
    # No day is doubted: these offices were last swept in another month.
    killed, let_be = (
        Settings(home=folder / name, database_url=make_url(), days_ahead=36_500) for name in ("killed", "let-be")
    )
    for place in (killed, let_be):
        work.lay(place)
    done = rounds = failed = 0
    while done < kills:
        for place in (killed, let_be):
            work.begin(place, rounds)
        well, longest = _let_be(work, let_be, rounds)
        failed += not well
        for _ in range(min(TRIES, kills - done)):
            if not _killed(work, killed, rounds, chance.uniform(0, longest)):
                break
            done += 1
        failed += not _let_be(work, killed, rounds)[0]
        rounds += 1
    written, expected = work.written(killed), work.written(let_be)
    return Counted(
        kills=done,
        rounds=rounds,
        rows=len(expected),
        missing=_less(expected, written),
        surplus=_less(written, expected),
        failed=failed,
    )


def _killed(work: Work, place: Settings, number: int, after: float) -> bool:
    """Whether a process that does the round was still at it after so many seconds; it is not any more."""
    child = _begun(work, place, number)
    child.join(after)
    if not child.is_alive():
        return False
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    return True


def _let_be(work: Work, place: Settings, number: int) -> tuple[bool, float]:
    """Whether a round that nobody kills ends well, and the seconds it takes."""
    began = time.monotonic()
    child = _begun(work, place, number)
    child.join()
    return child.exitcode == 0, time.monotonic() - began


def _begun(work: Work, place: Settings, number: int) -> ForkProcess:
    """A process of its own that does the round: what it holds in memory dies with it."""
    child = get_context("fork").Process(target=work.do, args=(place, number))
    child.start()
    return child


def _less(rows: Rows, others: Rows) -> int:
    """How many of the rows the others lack, counted as often as they stand there."""
    return (Counter(rows) - Counter(others)).total()


@contextmanager
def addresses(postgres: bool) -> Iterator[MakeUrl]:
    """Where places keep their rows: each in a PostgreSQL database of its own, or in its own folder."""
    with ExitStack() as held:
        if postgres:
            server = held.enter_context(served_postgres())
            yield lambda: held.enter_context(made_database(server))
        else:
            yield str


def main() -> None:
    """Run by the options, print the counts, and fail where something was lost or doubled."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200, choices=range(1, 2001), metavar="1..2000")
    options.add_argument("--only", nargs="+", choices=sorted(WORKS), default=list(WORKS))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--postgres", action="store_true", help="a PostgreSQL server of its own instead of SQLite")
    chosen = options.parse_args()
    held = True
    for name in chosen.only:
        if name in ONLY_POSTGRES and not chosen.postgres:
            continue
        with tempfile.TemporaryDirectory() as folder, addresses(chosen.postgres) as make_url:
            found = kill_again_and_again(WORKS[name], Path(folder), make_url, kills=chosen.kills, seed=chosen.seed)
        held = held and found.holds
        sys.stdout.write(
            f"{name}: killed {found.kills} times in {found.rounds} rounds; rows {found.rows},"
            f" missing {found.missing}, doubled or other {found.surplus}, failed though let be {found.failed}\n"
        )
        sys.stdout.flush()
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
