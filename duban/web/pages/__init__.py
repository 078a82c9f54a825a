"""The pages, one file each, every one with its `router`: a new file is a new page, nothing else has to know of it."""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter

from duban.web.ledger_code import name_ledgers
from duban.web.row_number import name_rows

name_rows()
name_ledgers()


def routers() -> Iterator[APIRouter]:
    """The routers of all pages, by file name."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        yield importlib.import_module(f"{__name__}.{module.name}").router
