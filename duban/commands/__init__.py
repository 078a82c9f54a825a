"""One file per group of commands. Heavy imports stand inside the commands, so that help answers at once."""

import importlib
from functools import cache

import typer

GROUPS = (
    "office",
    "people",
    "account",
    "policy",
    "plan",
    "calendar",
    "supervision",
    "item",
    "instruct",
    "brief",
    "document",
    "score",
    "ledgers",
    "draw",
    "indicator",
    "duty",
    "terms",
    "report",
    "audit",
    "engine",
    "demo",
)
"""Modules of this package, each with `register(app)`, in the order in which help lists them."""


@cache
def register(app: typer.Typer) -> None:
    """Add every group's commands to `app`, once however often it is asked."""
    for group in GROUPS:
        importlib.import_module(f"duban.commands.{group}").register(app)
