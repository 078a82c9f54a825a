"""The web application: its pages and its interface, who is let in, and the clock that lives as long as it does."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban.web.background.jobs import stop_jobs
from duban.web.body_limit import BodyLimit, TokenFirst
from duban.web.call import check_token
from duban.web.interface import PREFIX, Interface
from duban.web.mark_seen import HEAD
from duban.web.pages import Pages
from duban.web.problem import AGAIN, answer, problem_of
from duban.web.refusals import answer_refusals, guard, refuse, told_of
from duban.web.render import templates
from duban.web.served import ServedOffice
from duban.web.taken import is_taken, note_taken
from flows.embedded_clock import EmbeddedClock
from flows.prefect.server import PrefectServer
from models import clock as office_clock
from models.settings import Settings, is_loopback, renewed
from tasks.containers.office_helper import use_helper

STATIC = Path(__file__).parent / "static"

UPLOADS = ("/import", "/evidence", "/report", "/upload")
"""Addresses that end so take files; all others take no more than a form holds."""


class OwnNames(TrustedHostMiddleware):
    """Answers to this machine's names and to the office's address, as that is set at the moment."""

    def __init__(self, app: ASGIApp, *, served: ServedOffice, host: str) -> None:
        super().__init__(app, allowed_hosts=["127.0.0.1", "localhost", host], www_redirect=False)
        self._served, self._own = served, tuple(self.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request, where it names one of ours."""
        self.allowed_hosts = [*self._own, urlsplit(self._served.settings.office_url).hostname or "localhost"]
        await super().__call__(scope, receive, send)


class Heads:
    """Answers HEAD as GET without its body: what monitors and link checkers ask. Nothing counts as seen or taken."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request, one of HEAD as one of GET that says so."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET", HEAD: True}, receive, send_head)


class Guard:
    """Every request meets the settings of the moment, every answer carries the headers of all, and files that leave
    are on record before they do."""

    # Not a middleware by decorator: that passes each request and answer on through a task and a queue of its own.
    def __init__(self, app: ASGIApp, *, served: ServedOffice) -> None:
        self.app, self.served = app, served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or whatever else a server has to say."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.served.settings = renewed(self.served.settings)
        kept_back = False

        async def guarded(message: Message) -> None:
            nonlocal kept_back
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if is_taken(headers) and HEAD not in scope:
                    try:
                        await run_in_threadpool(note_taken, self.served, Request(scope), headers)
                    except (OSError, DBAPIError) as error:
                        # Off the record no file leaves: why not is answered in its stead.
                        kept_back = True
                        await self._keep_back(scope, receive, send, error)
                guard(headers, self.served)
            if not kept_back:
                await send(message)

        await self.app(scope, receive, guarded)

    async def _keep_back(self, scope: Scope, receive: Receive, send: Send, error: OSError | DBAPIError) -> None:
        told = told_of(error)
        by_program = scope["path"].startswith(f"{PREFIX}/")
        page = answer(problem_of(503, told), AGAIN) if by_program else refuse(Request(scope), 503, told)
        guard(page.headers, self.served)
        await page(scope, receive, send)


def create_app(
    settings: Settings,
    database: Engine,
    *,
    clock: EmbeddedClock,
    prefect: PrefectServer | None,
    host: str = "127.0.0.1",
    setup_token: str | None = None,
    now: Callable[[], dt.datetime] = office_clock.now,
) -> FastAPI:
    """The application of one office; starting and stopping it starts and stops `clock`.

    Bound to loopback it answers to this machine's names only: a page of another site that points its own name at
    this machine (DNS rebinding) reads nothing.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        clock.start()
        yield
        await run_in_threadpool(stop_jobs, app.state.served)
        await run_in_threadpool(clock.stop)

    use_helper(settings.soffice)
    app = FastAPI(title="督办", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.served = ServedOffice(settings, database, clock, prefect, now, templates(), setup_token)
    app.add_middleware(BodyLimit, large=settings.evidence_bytes + 1024 * 1024, uploads=UPLOADS)
    app.add_middleware(TokenFirst, prefix=PREFIX, check=partial(check_token, app.state.served))
    if is_loopback(host):
        app.add_middleware(OwnNames, served=app.state.served, host=host)
    app.add_middleware(Guard, served=app.state.served)
    app.add_middleware(Heads)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount(PREFIX, Interface(app.state.served), name="interface")
    answer_refusals(app)

    # As they are: what is included is built anew for each application, with its first request.
    app.router.routes.append(Pages())
    return app
