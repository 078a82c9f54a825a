"""The command `duban`. One handler maps errors to exit codes: 0 done, 1 failed, 2 bad input."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from duban.commands import Commands
from duban.commands.kept_help import kept_help
from duban.edge import Edge, warn
from duban.usage import UsageError, usage_line
from models.errors import BadInputError, DubanError
from models.faults import fault_of
from models.private_files import keep_private

app = typer.Typer(
    name="duban",
    cls=Commands,
    help="督办：年度工作要点从清单到报告的全年督办与年度报告。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="目录", envvar="DUBAN_HOME", help="数据目录；缺省为 ./duban-data。"),
    ] = None,
) -> None:
    """Where every command begins: the data folder."""
    made = context.obj = Edge(home)
    context.call_on_close(made.close)


def home_first(words: list[str]) -> list[str]:
    """The words of a command with `--home` in front, where it belongs, wherever it was typed."""
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == "--home" and place + 1 < len(words):
            return [*words[place : place + 2], *words[:place], *words[place + 2 :]]
        if word.startswith("--home="):
            return [word, *words[:place], *words[place + 1 :]]
    return words


def main() -> None:
    """Run the command line; an error of the user's or of ours is one Chinese line on standard error."""
    keep_private()
    words = home_first(sys.argv[1:])
    try:
        kept = kept_help(words)
        if kept is not None:
            typer.echo(kept, nl=False)
            return
        code: Any = app(words, standalone_mode=False)
    except UsageError as error:
        sys.exit(_explain(error))
    except typer.Abort:
        sys.exit(1)
    except DubanError as error:
        _refuse(error)
    except BrokenPipeError:
        # Whoever read has enough; what Python still holds for it goes nowhere, and nobody is told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DubanError.exit_code)
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        _refuse(fault)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(error: DubanError) -> NoReturn:
    warn(f"错误：{error.message}")
    sys.exit(error.exit_code)


def _explain(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        warn(f"错误：{usage_line(error)}")
    return BadInputError.exit_code


if __name__ == "__main__":
    main()
