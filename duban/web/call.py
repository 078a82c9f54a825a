"""One request of a program: whose token it carries, what that may be used for, and what the program has seen already.

A token is looked for in the Authorization header alone. No cookie opens the interface, so no page of another site
can use it in somebody's name; no token opens a page.
"""

import datetime as dt
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Annotated

from fastapi import Depends, Query, Request, Response, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlmodel import Session

from duban.web.gate import Findings, found_in, searched
from duban.web.problem import ProblemError, problem_of
from duban.web.served import ServedOffice, served_office
from duban.web.taken import Asker
from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key, on_record, reading, unit_of_work
from models.errors import NotFoundError
from models.items.plan import AnnualPlan
from models.people.api_token import ApiToken, TokenScope
from models.people.organ import Organ
from models.people.person import Person
from tasks.access.hold_tokens import find_token, note_token_use
from tasks.acting.find_seen import seen_organ
from tasks.files.check_upload import Examined
from tasks.people.find import find_plan
from tasks.trail.changes_since import newest_of_all

VERSION = version("duban")

bearer = HTTPBearer(
    auto_error=False, description="个人的接口令牌：在“我的账户”中生成，放在 Authorization: Bearer 之后。"
)


class NotModifiedError(Exception):
    """The program has what it asks for already."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


@dataclass(frozen=True)
class Call:
    """What an operation works with. Permission is asked of `tasks.acting.authorize`, by `by`."""

    served: ServedOffice
    request: Request
    response: Response
    token: ApiToken
    person: Person
    organ: Organ
    """The organ asked for: the person's own unless the address names one the person may know of."""
    now: dt.datetime
    findings: Findings = field(default_factory=dict)
    """What was found in the files that came along."""

    @property
    def on(self) -> dt.date:
        return day_of(self.now)

    @property
    def by(self) -> Actor:
        """The person, acting or looking by the interface, today."""
        return Actor(self.person.name, Channel.API, self.on, self.now, self.person.id)

    def file(self, sent: UploadFile) -> Examined:
        """A file that came along, searched. Raises what stands against it."""
        return found_in(self.findings, sent)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only looks."""
        return reading(self.served.database)

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction in which the person acts: what is changed without an audit entry is refused whole."""
        return on_record(self.served.database)

    def plan(self, session: Session, year: int | None) -> AnnualPlan:
        """The plan of the year asked for, else of this year, else the newest. Raises NotFoundError."""
        try:
            if year is None:
                with suppress(NotFoundError):
                    return find_plan(session, self.organ, self.on.year)
            return find_plan(session, self.organ, year)
        except NotFoundError as error:
            which = f"{year} 年度" if year else "年度"
            raise NotFoundError(f"{self.organ.name}没有{which}计划。") from error

    def seen(self, session: Session, *more: object, prefix: str = "") -> None:
        """Date the answer, and answer no more than 304 where the program has it already.

        Nothing of the office's changes without an audit entry, so the newest entry's number dates everything but
        what the engine keeps for itself, which goes into `more`. Distances are told from the day, and what is shown
        depends on who looks.
        """
        newest = newest_of_all(session)
        asked = f"{self.request.url.path}?{self.request.url.query}"
        parts = (VERSION, newest, self.on, self.person.id, asked, *more)
        etag = f'"{prefix}{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'
        if has(self.request.headers.get("if-none-match"), etag):
            raise NotModifiedError(etag)
        self.response.headers["ETag"] = etag
        self.response.headers["Cache-Control"] = "private, no-cache"


def has(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match names the tag; compared weakly, as RFC 9110 asks."""
    if header is None:
        return False
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in named or etag in named


def called(
    request: Request,
    response: Response,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    organ: Annotated[
        str | None, Query(title="单位", description="单位的代码或名称；缺省为本人所在单位。", max_length=64)
    ] = None,
) -> Call:
    """Who asks. Raises ProblemError (401), or NotFoundError for an organ the person may not know of."""
    served = served_office(request)
    now = served.now()
    with reading(served.database) as session:
        token, person = _held(session, credentials.credentials if credentials else None, now)
        asked_of = session.get_one(Organ, person.organ_id)
        if organ and organ not in (asked_of.code, asked_of.name):
            by = Actor(person.name, Channel.API, day_of(now), now, person.id)
            asked_of = seen_organ(session, organ, by=by)
    if token.used_on is None or token.used_on < day_of(now):
        with unit_of_work(served.database) as session:
            note_token_use(session, token, on=day_of(now))
    call = Call(served, request, response, token, person, asked_of, now)
    request.state.asker = Asker(call.by, key(asked_of.id))
    return call


def may_read(call: Annotated[Call, Depends(called)]) -> Call:
    """Raises ProblemError (403) for a token that was not made for reading."""
    return _scoped(call, TokenScope.READ)


def check_token(served: ServedOffice, authorization: str | None) -> None:
    """Raises ProblemError (401) for a header that opens nothing."""
    scheme, secret = get_authorization_scheme_param(authorization)
    with reading(served.database) as session:
        _held(session, secret if scheme.lower() == "bearer" and secret else None, served.now())


def _held(session: Session, secret: str | None, now: dt.datetime) -> tuple[ApiToken, Person]:
    if secret is None:
        raise _unknown("请求没有带令牌：请在 Authorization 头中写 Bearer 和您的接口令牌。", "")
    held = find_token(session, secret, now=now)
    if held is None:
        raise _unknown("令牌无效：可能已吊销、已过期，或者抄写有误。", ', error="invalid_token"')
    return held


def allowed(call: Annotated[Call, Depends(called)]) -> Call:
    """Raises ProblemError (403) for a token that was not made for acting."""
    return _scoped(call, TokenScope.WRITE)


async def may_write(call: Annotated[Call, Depends(allowed)]) -> AsyncIterator[Call]:
    """The call with its files searched. Raises MarkedError where anything it carries has a secrecy marking."""
    try:
        yield replace(call, findings=await searched(call.request))
    finally:
        await call.request.close()


Reader = Annotated[Call, Depends(may_read)]
"""Declares an operation that only looks."""
Writer = Annotated[Call, Depends(may_write)]
"""Declares an operation that acts."""


def _scoped(call: Call, scope: TokenScope) -> Call:
    if scope.value not in call.token.scopes:
        raise ProblemError(
            problem_of(403, f"这个令牌不能用于{scope.label}：请生成用途含“{scope.label}”的令牌。"),
            {"WWW-Authenticate": f'Bearer realm="duban", error="insufficient_scope", scope="{scope.value}"'},
        )
    return call


def _unknown(detail: str, error: str) -> ProblemError:
    return ProblemError(problem_of(401, detail), {"WWW-Authenticate": f'Bearer realm="duban"{error}'})
