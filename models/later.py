"""Libraries that are loaded with their first use: most days of most offices need few of those that we know."""

from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Asked each time: whoever replaces something of the library's replaces it here too.
        return getattr(import_module(self.__name__), name)


def later(name: str) -> Any:
    """The module of that dotted name, found and loaded when something of it is first asked for, by whichever thread.

    To be used where a library is large and few requests need it, beside an ordinary import for the checker of types:

        if TYPE_CHECKING:
            import httpx
        else:
            httpx = later("httpx")

    Annotations that name it have to stay text (`from __future__ import annotations`).
    """
    return _Later(name)
