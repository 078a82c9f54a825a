"""A program says who it is before a byte of what it sends is read: without a token a large body costs nothing."""

from collections.abc import Callable

from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from duban.web.problem import ProblemError, answer

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""What carries nothing to be read; whether it needs a token is for the operation to say."""


class TokenFirst:
    """Asks `check` for the Authorization header of every request under `prefix` that may carry something.

    `check` raises ProblemError for one that opens nothing.
    """

    def __init__(self, app: ASGIApp, *, prefix: str, check: Callable[[str | None], object]) -> None:
        self.app, self.prefix, self.check = app, prefix, check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{self.prefix}/") and scope["method"] not in READING:
            try:
                await run_in_threadpool(self.check, Request(scope).headers.get("authorization"))
            except ProblemError as error:
                # What was not read stands in the way of a next request on the same connection.
                refused = answer(error.problem, {**error.headers, "Connection": "close"})
                await refused(scope, receive, send)
                return
            except OperationalError:
                # That the database cannot be reached is for the interface to say.
                pass
        await self.app(scope, receive, send)
