"""What is asked of a request before its body is read: that it is no larger than what it is for, and, of a program,
who it is. Without a token a large body costs nothing.
"""

from collections.abc import Callable

from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban.web.problem import MEDIA_TYPE, ProblemError, answer, problem_of

SMALL = 2 * 1024 * 1024
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""What carries nothing to be read; whether it needs a token is for the operation to say."""


class TooLargeError(Exception):
    """The body is larger than the limit."""


class BodyLimit:
    """Bounds the bodies of all requests at `small` bytes, and of those to the `uploads` paths at `large`."""

    def __init__(self, app: ASGIApp, *, large: int, uploads: tuple[str, ...], small: int = SMALL) -> None:
        self.app, self.small, self.large, self.uploads = app, small, large, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].rstrip("/")
        # An act of the interface is JSON, whatever its name; its files have an address of their own.
        limit = self.large if path.endswith(self.uploads) and "/acts/" not in path else self.small
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if length.isdigit() and int(length) > limit:
            await _refuse(send, limit, scope["path"])
            return
        seen, answered = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooLargeError:
            if not answered:
                await _refuse(send, limit, scope["path"])


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


async def _refuse(send: Send, limit: int, path: str) -> None:
    detail = f"内容过大：最多 {limit // (1024 * 1024)} MB。"
    words, kind = detail.encode(), b"text/plain; charset=utf-8"
    if path.startswith("/api/"):
        words, kind = problem_of(413, detail).model_dump_json(exclude_none=True).encode(), MEDIA_TYPE.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(words)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": words})
