"""What all requests share: the office's settings and database, the clock, Prefect, the templates, the present."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from fastapi import Request
from jinja2 import Environment
from sqlalchemy import Engine

from flows.embedded_clock import EmbeddedClock
from flows.prefect.server import PrefectServer, ServerState
from models.settings import Settings


@dataclass
class ServedOffice:
    """One served office. `now` is the only way a page learns the time."""

    settings: Settings
    database: Engine
    clock: EmbeddedClock
    prefect: PrefectServer | None
    now: Callable[[], dt.datetime]
    templates: Environment
    setup_token: str | None = None
    """Makes the first administrator, while there is no account; printed once by `duban serve`."""
    parts: dict[str, Any] = field(default_factory=dict)
    """What single pages keep for the length of the process, by their own name: the runner of long work."""

    @property
    def prefect_state(self) -> ServerState:
        return self.prefect.state if self.prefect else ServerState.OFF

    @property
    def secure(self) -> bool:
        """Whether people reach the office by TLS, so that cookies may be held to it."""
        return self.settings.office_url.startswith("https://")

    @property
    def logo(self) -> str:
        """The address of the office's logo, a new one for each; empty where there is none."""
        file = self.settings.logo_file
        return f"/logo?v={quote(file.name)}" if file is not None else ""


def served_office(request: Request) -> ServedOffice:
    """The office the application was made for."""
    return cast(ServedOffice, request.app.state.served)
