"""The command `duban`. One handler maps errors to exit codes: 0 done, 1 failed, 2 bad input."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from duban.edge import Edge, warn
from models.errors import DubanError

app = typer.Typer(
    name="duban",
    help="督办:年度工作要点从清单到报告的全年督办与年度报告。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="目录", envvar="DUBAN_HOME", help="数据目录;缺省为 ./duban-data。"),
    ] = None,
) -> None:
    """Where every command begins: the data folder."""
    context.obj = Edge(home)


def main() -> None:
    """Run the command line; an error of ours is one Chinese line on standard error."""
    from duban.commands import register

    register(app)
    try:
        app()
    except DubanError as error:
        warn(f"错误:{error.message}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
