"""A page beside the same template filled from constants: what remains when nothing is asked of the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any, cast

from fastapi.responses import HTMLResponse

from models.settings import Settings
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import ON
from tests.office import Office
from tests.web import Visitor, Web

CONSTANT = "/constant"
_FORM_KEY = re.compile(r"(?<=[0-9a-f]{64}\.)[\w-]{16}")


def unkeyed(html: str) -> str:
    """The page without the keys that make each of its forms one of a kind."""
    return _FORM_KEY.sub("", html)


@contextmanager
def beside_constant(filled: Filled, template: str, who: str) -> Iterator[tuple[Visitor, list[dict[str, Any]]]]:
    """The browser of `who`, in which `CONSTANT` is the page first shown by this template, and what it was filled with.

    Where a template is shared by several pages, open the one meant first.
    """
    office = cast(Office, SimpleNamespace(settings=Settings(home=Path(gettempdir())), engine=filled.engine, today=ON))
    web = Web(office)
    filled_in: list[dict[str, Any]] = []
    made = web.app.state.served.templates.get_template(template)
    render = made.render

    def noted(**context: Any) -> str:
        filled_in.append(context)
        return cast(str, render(**context))

    @web.app.get(CONSTANT)
    def constant() -> HTMLResponse:
        return HTMLResponse(render(**filled_in[0]), headers={"Cache-Control": "no-store"})

    made.render = noted
    yield web.of(who), filled_in
