"""The pages, one file each, every one with its `router`: a new file is a new page, nothing else has to know of it."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from duban.web.ledgers.ledger_code import name_ledgers
from duban.web.row_number import name_rows

name_rows()
name_ledgers()


def routers() -> Iterator[APIRouter]:
    """The routers of all pages, by file name."""
    for module in sorted(pkgutil.walk_packages(__path__, f"{__name__}."), key=lambda found: found.name):
        if not module.ispkg:
            yield importlib.import_module(module.name).router


class Pages(BaseRoute):
    """Every page as one route: looked for among the few whose addresses begin alike, not among hundreds in a row."""

    def __init__(self) -> None:
        self._alike: dict[str, list[APIRoute]] = defaultdict(list)
        for router in routers():
            for route in router.routes:
                if isinstance(route, APIRoute):
                    self._alike[_first_part(route.path)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the page's own route says, which it leaves in the scope."""
        best: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._alike.get(_first_part(scope["path"]), ()):
            found = route.matches(scope)
            if found[0] is Match.FULL:
                return found
            if best[0] is Match.NONE:
                best = found
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the page that was found."""
        await scope["route"].handle(scope, receive, send)


def _first_part(path: str) -> str:
    return path.lstrip("/").partition("/")[0]
