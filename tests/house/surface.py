"""What people and programs hold on to, in lines: commands with their options, addresses, fields of the interface.

`python -m tests.house.surface` records it anew in `surface.txt`, where a change is meant.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from fastapi import APIRouter
from fastapi.routing import APIRoute

from duban.cli import app
from duban.web import api, pages
from duban.web.interface import describe, make_interface

RECORDED = Path(__file__).with_name("surface.txt")


def surface() -> list[str]:
    """A line for each thing, in a fixed order."""
    return [
        *commands(typer.main.get_command(app), "duban"),
        *sorted(addresses(pages.routers(), "page")),
        *sorted(addresses(api.routers(), "interface")),
        *fields(),
    ]


def commands(command: Any, name: str) -> Iterator[str]:
    """The command and those below it, each with what may be given to it."""
    below = getattr(command, "commands", {})
    if not below:
        yield " ".join(["command", name, *sorted(parameter(one) for one in command.params)])
    for word in sorted(below):
        yield from commands(below[word], f"{name} {word}")


def parameter(one: Any) -> str:
    """An option as typed, an argument by its name; what must be given has a mark, what may be repeated has dots."""
    name = "/".join([*one.opts, *one.secondary_opts]) if one.param_type_name == "option" else f"<{one.name}>"
    return f"{name}{'!' if one.required else ''}{'…' if getattr(one, 'multiple', False) or one.nargs != 1 else ''}"


def addresses(routers: Iterable[APIRouter], of: str) -> Iterator[str]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield f"{of} {route.path} {' '.join(sorted(route.methods or ()))}"


def fields() -> Iterator[str]:
    """The fields of every body and answer of the interface; one that is always there has a mark."""
    schemas = describe(make_interface(None))["components"]["schemas"]  # type: ignore[arg-type]
    for name, schema in sorted(schemas.items()):
        required = schema.get("required", [])
        held = (f"{key}{'!' if key in required else ''}" for key in schema.get("properties", {}))
        yield " ".join(["body", name, *sorted(held)])


if __name__ == "__main__":
    RECORDED.write_text("\n".join(surface()) + "\n", encoding="utf-8")
