"""What people and programs hold on to, in lines: commands, addresses, keys of the interface.

`python -m tests.house.surface` records it anew in `surface.txt`, where a change is meant, and the help of all commands
as `duban` keeps it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from fastapi import APIRouter
from fastapi.routing import APIRoute

from duban.cli import app
from duban.commands.kept_help import KEPT, as_kept
from duban.web import api, pages
from duban.web.interface import describe, make_interface

RECORDED = Path(__file__).with_name("surface.txt")


def surface() -> list[str]:
    """A line for each thing, in a fixed order."""
    return [
        *commands(typer.main.get_command(app), "duban"),
        *sorted(addresses(pages.routers(), "page")),
        *sorted(addresses(api.routers(), "interface")),
        *bodies(),
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


def bodies() -> Iterator[str]:
    """What each operation of the interface takes and answers with, key by key; what is always there has a mark."""
    described = describe(make_interface(None))  # type: ignore[arg-type]
    schemas = described["components"]["schemas"]
    for path, operations in sorted(described["paths"].items()):
        for method, operation in sorted(operations.items()):
            answers = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
            for word, held in (("takes", [operation.get("requestBody", {})]), ("answers", answers)):
                for content in (each for one in held for each in one.get("content", {}).values()):
                    found = sorted(set(keys(content["schema"], schemas)))
                    yield " ".join(["interface", method.upper(), path, word, *found])


def keys(schema: dict[str, Any], schemas: dict[str, Any], at: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The keys of a value of this schema by their way, `items[].title!`; a schema within itself is told once."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from keys(schemas[name], schemas, at, (*seen, name))
        return
    for way in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(way, []):
            yield from keys(one, schemas, at, seen)
    if isinstance(schema.get("items"), dict):
        yield from keys(schema["items"], schemas, f"{at}[]", seen)
    for key, held in schema.get("properties", {}).items():
        inside = f"{at}.{key}" if at else key
        yield f"{inside}{'!' if key in schema.get('required', []) else ''}"
        yield from keys(held, schemas, inside, seen)


if __name__ == "__main__":
    RECORDED.write_text("\n".join(surface()) + "\n", encoding="utf-8")
    KEPT.write_text(as_kept(app), encoding="utf-8")
