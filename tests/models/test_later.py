"""A library that is loaded with its first use."""

import subprocess
import sys

import pytest

from models.later import later

PROGRAM = """
import sys
from models.later import later
colours = later("colorsys")
print("colorsys" in sys.modules, colours.rgb_to_hsv(1, 0, 0), "colorsys" in sys.modules)
"""


def test_it_is_loaded_by_what_is_first_asked_of_it() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, encoding="utf-8", check=True)

    assert told.stdout.split(maxsplit=1)[0] == "False"
    assert told.stdout.strip().endswith("(0.0, 1.0, 1) True")


def test_what_is_replaced_in_it_is_replaced_here(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = later("colorsys")
    assert colours.ONE_THIRD < 1

    monkeypatch.setattr("colorsys.ONE_THIRD", 3)

    assert colours.ONE_THIRD == 3


def test_what_it_does_not_have_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="no_such_thing"):
        later("colorsys").no_such_thing  # noqa: B018 - asking is the test
