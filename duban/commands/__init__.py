"""One file per group of commands. Heavy imports stand inside the commands, so that help answers at once."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

import typer
from typer.core import TyperGroup

WORDS = {
    "init": "office",
    "settings": "settings",
    "supervise": "supervision",
    "deliver": "supervision",
    "simulate": "supervision",
    "status": "supervision",
    "serve": "engine",
    "schedules": "engine",
    "doctor": "doctor",
    "demo": "demo",
    "people": "people",
    "account": "account",
    "policy": "policy",
    "plan": "plan",
    "calendar": "calendar",
    "notice": "notice",
    "notify": "notify",
    "item": "items.item",
    "instruct": "items.instruct",
    "search": "search",
    "brief": "brief",
    "document": "document",
    "score": "scores.score",
    "act": "ledgers.ledgers",
    "deficiency": "ledgers.ledgers",
    "ledger": "ledgers.ledgers",
    "inspect": "ledgers.draw",
    "indicator": "ledgers.indicator",
    "duty": "ledgers.duty",
    "terms": "ledgers.terms",
    "report": "report.report",
    "audit": "audit",
    "reindex": "search",
    "deployments": "engine",
}
"""Every word that may follow `duban`, as help lists them, and the module of this package whose `register` adds it."""


@cache
def commands_of(module: str) -> Mapping[str, Any]:
    """The commands that one module adds, by their words."""
    made = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    importlib.import_module(f"duban.commands.{module}").register(made)
    return typer.main.get_group(made).commands


class OnDemand(Mapping[str, Any]):
    """The commands by their words; those of a module are made when one of its words is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def __len__(self) -> int:
        return len(WORDS)

    def __getitem__(self, word: str) -> Any:
        return commands_of(WORDS[word])[word]


class Commands(TyperGroup):
    """What may follow `duban`. To run a command makes those of its module only; to list them all makes all."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast(dict[str, Any], OnDemand())
