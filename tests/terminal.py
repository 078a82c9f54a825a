"""A person at the command line: whole commands, exit codes and what stands on the screen."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.cli import main


@dataclass(frozen=True)
class Said:
    """What one command answered."""

    exit_code: int
    stdout: str
    stderr: str


class Terminal:
    """Runs commands on one data folder, through the same `main` as the installed command."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *args: str | Path) -> Said:
        out, err = io.StringIO(), io.StringIO()
        before, sys.argv = sys.argv, ["duban", "--home", str(self.home), *map(str, args)]
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            sys.argv = before
        return Said(code, out.getvalue(), err.getvalue())

    def says(self, *args: str | Path) -> str:
        """The screen after a command that worked."""
        said = self.run(*args)
        assert said.exit_code == 0, said
        return said.stdout

    def refused(self, *args: str | Path) -> str:
        """The one line on standard error after a command that was refused."""
        said = self.run(*args)
        assert said.exit_code != 0, said
        assert len(said.stderr.strip().splitlines()) == 1, said
        return said.stderr

    def data(self, *args: str | Path) -> Any:
        """What a program reads."""
        return json.loads(self.says(*args, "--json"))
