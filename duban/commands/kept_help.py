"""What `--help` says of every command and group, kept as text in help.txt: to make a command loads what it acts upon.

Who changes a command writes the file anew: `python -m tests.house.surface`. A test holds it to what the commands say.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

KEPT = Path(__file__).with_name("help.txt")
COLUMNS = 80
"""As wide as help is at most; whoever has a narrower screen gets it made for that."""
_ASKED = ("--help", "-h")
_PAGE = "\f"


def kept_help(words: Sequence[str]) -> str | None:
    """The help that these words ask for, and nothing else; None where it is not kept, or would be too wide."""
    if words and words[0].partition("=")[0] == "--home":
        words = words[1 if "=" in words[0] else 2 :]
    if len(words) < 2 or words[-1] not in _ASKED or shutil.get_terminal_size().columns < COLUMNS:
        return None
    _before, found, after = KEPT.read_text(encoding="utf-8").partition(f"{_PAGE}{' '.join(words[:-1])}\n")
    return after.partition(_PAGE)[0] if found else None


def as_kept(app: typer.Typer) -> str:
    """The file as it ought to be."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="duban", terminal_width=COLUMNS - 2, **root.context_settings)
    return "".join(f"{_PAGE}{words}\n{text}\n" for words, text in _said(context, root, ""))


def _said(context: Any, command: Any, before: str) -> Iterator[tuple[str, str]]:
    for word, below in command.commands.items():
        within = typer.Context(below, parent=context, info_name=word)
        words = f"{before}{word}"
        yield words, below.get_help(within)
        if hasattr(below, "commands"):
            yield from _said(within, below, f"{words} ")
