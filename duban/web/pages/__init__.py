"""The pages, one file each, every one with its `router`: a new file is a new page, nothing else has to know of it."""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter

from duban.web.ledgers.ledger_code import name_ledgers
from duban.web.row_number import name_rows

name_rows()
name_ledgers()


def routers() -> Iterator[APIRouter]:
    """The routers of all pages, by file name."""
    for module in sorted(pkgutil.walk_packages(__path__, f"{__name__}."), key=lambda found: found.name):
        if not module.ispkg:
            yield importlib.import_module(module.name).router
