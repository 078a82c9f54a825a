"""Help answers at once: of every command it is kept as text, and is what the command itself would say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duban.cli import app, home_first
from duban.commands import WORDS
from duban.commands.kept_help import KEPT, as_kept, kept_help
from tests.house.surface import RECORDED

HEAVY = ("fastapi", "prefect", "pydantic", "sqlalchemy", "sqlmodel")
LISTED = [line.split()[2:] for line in RECORDED.read_text(encoding="utf-8").splitlines() if line.startswith("command ")]
COMMANDS = [" ".join(word for word in words if word[0] not in "-<") for words in LISTED]

ASK_ALL = f"""
import contextlib, io, sys
from duban.cli import main
for words in sys.stdin.read().splitlines():
    sys.argv = ["duban", *words.split(), "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        main()
    assert said.getvalue().startswith(f"Usage: duban {{words}} "), words
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_what_is_kept_is_what_the_commands_say() -> None:
    """After a change: `python -m tests.house.surface`."""
    assert KEPT.read_text(encoding="utf-8") == as_kept(app)


def test_the_help_of_no_command_or_group_loads_tables_or_what_reads_them() -> None:
    asked = [*COMMANDS, *WORDS]

    said = subprocess.run(
        [sys.executable, "-c", ASK_ALL],
        input="\n".join(asked),
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert len(COMMANDS) > 200
    assert (said.stderr, said.returncode, said.stdout) == ("", 0, "\n")


def test_help_is_the_same_whichever_way_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    kept = kept_help(["item", "list", "--help"])

    assert kept is not None
    assert "--light 灯" in kept
    assert kept_help(["item", "list", "-h"]) == kept
    assert kept_help(home_first(["item", "list", "--home", str(tmp_path), "-h"])) == kept
    assert kept_help(home_first(["item", "list", f"--home={tmp_path}", "-h"])) == kept


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["item", "list"],
        ["item", "lis", "--help"],
        ["item", "show", "1", "--help"],
        ["item", "list", "--json", "--help"],
        ["--help", "item"],
        [],
    ],
)
def test_what_is_not_kept_is_left_to_the_command(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert kept_help(words) is None


def test_a_narrow_screen_gets_help_made_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    assert kept_help(["item", "list", "--help"]) is None
