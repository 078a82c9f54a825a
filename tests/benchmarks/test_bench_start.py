"""The help of `duban`, of a command that stands alone and of one in a group, against the start of Typer alone."""

import resource
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.benchmarks.conftest import say
from tests.benchmarks.measure import Span

pytestmark = pytest.mark.benchmark

TURNS = 9


def _started(*words: str) -> Span:
    """Processor seconds of a process of its own: what else the machine does is not counted."""
    before = _spent()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    return Span(_spent() - before, None)


def _spent() -> float:
    """By all processes that this one has started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


@pytest.mark.parametrize("asked", [["--help"], ["status", "--help"], ["item", "request-close", "--help"]])
def test_the_help_of_a_command(asked: Sequence[str]) -> None:
    floor, ours = [], []
    for _turn in range(TURNS):
        floor.append(_started("-c", "import typer"))
        ours.append(_started("-m", "duban.cli", *asked))
    say(f"duban {' '.join(asked)}", floor[1:], ours[1:], 1.5, database="–", items=0)
