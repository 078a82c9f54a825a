"""The interface for programs as an application of its own under /api/v1: its operations, errors and description."""

import threading
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from duban.web.api import routers
from duban.web.call import VERSION, NotModifiedError
from duban.web.problem import KINDS, MEDIA_TYPE, Problem, answer_problems
from duban.web.served import ServedOffice, served_office
from models.coded import Coded

PREFIX = "/api/v1"

ABOUT = """\
督办系统供程序使用的接口。每次请求以个人的令牌办理，权限与本人在网页上的相同，操作同样留痕。

令牌放在 Authorization 头，写作 Bearer duban_…。用途分“查看”（read）和“办理”（write）。
出错时答复 application/problem+json(RFC 9457),detail 说明错在哪里、怎样改。
"""

ALWAYS = (401, 403, 404, 422, 503)
WRITING = (400, 409, 412, 413)
READING = (400,)
"""Which problems an operation may answer with."""


class Interface:
    """The application to be mounted at PREFIX, made for its first request: most offices have no program that asks."""

    def __init__(self, served: ServedOffice) -> None:
        self._served, self._making = served, threading.Lock()
        self._made: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if (made := self._made) is None:
            made = await run_in_threadpool(self.made)
        await made(scope, receive, send)

    def made(self) -> FastAPI:
        """The application itself."""
        with self._making:
            if self._made is None:
                self._made = make_interface(self._served)
            return self._made


def make_interface(served: ServedOffice) -> FastAPI:
    """All of it at once."""
    app = FastAPI(
        title="督办接口",
        version=VERSION,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
    )
    app.state.served = served
    answer_problems(app)

    @app.exception_handler(NotModifiedError)
    def not_modified(_request: Request, error: NotModifiedError) -> Response:
        return Response(status_code=304, headers={"ETag": error.etag, "Cache-Control": "private, no-cache"})

    for router in routers():
        # As they are: what is included is built anew for each application, with its first request.
        app.router.routes.extend(router.routes)

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        """The description as a page, drawn from the same OpenAPI document."""
        api = app.openapi()
        page = served_office(request).templates.get_template("api_docs.html").render(api=api, groups=_by_tag(api))
        return HTMLResponse(page)

    return app


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: as FastAPI makes it, with every problem an operation may answer with."""
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers
    )
    schemas = made["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    _name_codes(schemas)
    made["components"]["responses"] = {f"P{status}": _problem(status) for status in KINDS}
    for path in made["paths"].values():
        for method, operation in path.items():
            statuses = ALWAYS + (READING if method == "get" else WRITING)
            operation["responses"] |= {
                str(status): {"$ref": f"#/components/responses/P{status}"} for status in sorted(statuses)
            }
            if method == "get" and not _is_file(operation):
                operation["responses"]["304"] = {"description": "没有变化：用手上已有的即可。"}
                operation["responses"]["200"]["headers"] = _ETAG
                operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    made["components"]["securitySchemes"]["HTTPBearer"]["bearerFormat"] = "duban_…"
    return made


def _by_tag(api: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str, Any]]]]:
    """The operations in their groups, as a page lists them: method, path, operation."""
    found: dict[str, list[tuple[str, str, Any]]] = {}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append((method, path, operation))
    first = ["本人", "任务", "办理"]
    return sorted(found.items(), key=lambda group: first.index(group[0]) if group[0] in first else len(first))


def _name_codes(schemas: dict[str, Any]) -> None:
    """Say of every enumeration what its codes are called."""
    kinds = {(kind.__name__, tuple(str(member.value) for member in kind)): kind for kind in Coded.__subclasses__()}
    for name, schema in schemas.items():
        kind = kinds.get((name, tuple(schema.get("enum", ()))))
        if kind is not None:
            schema["description"] = "、".join(f"{member.value} {member.label}" for member in kind if member.label)


def _is_file(operation: Mapping[str, Any]) -> bool:
    return "application/json" not in operation["responses"]["200"].get("content", {})


_ETAG = {"ETag": {"description": "所见版本：带回到 If-None-Match 或 If-Match。", "schema": {"type": "string"}}}
_IF_NONE_MATCH = {
    "name": "if-none-match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": "手上的版本"},
    "description": "上次答复的 ETag；没有变化时答复 304，不带内容。",
}


def _problem(status: int) -> dict[str, Any]:
    name, title = KINDS[status]
    described: dict[str, Any] = {
        "description": title,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": f"urn:duban:problem:{name}", "title": title, "status": status, "detail": _EXAMPLES[status],
                },
            }
        },
    }  # fmt: skip
    if status == 401:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}}
    return described


_EXAMPLES = {
    400: "新时限 2026-06-01 不可用：应晚于原时限 2026-06-30 和申请日 2026-06-05。",
    401: "令牌无效：可能已吊销、已过期，或者抄写有误。",
    403: "任务 3 现为“待签收”，不能申请办结：须在“在办”时，由承办人李承办办理。",
    404: "没有这项任务，或者它不在您的查看范围内。",
    405: "这个地址不能用这种方法访问：可用的方法见 Allow。",
    409: "此事项刚被他人处理，请刷新后再试。",
    412: "任务 3 在您读取之后已有变化（王科长填报进展），没有办理：请重新读取后再试。",
    413: "内容过大：最多 2 MB。",
    422: "“percent”应不大于 100。",
    500: "程序出错，已记入日志。请把出错的时间和所做的操作告诉管理员。",
    503: "数据库、磁盘或文件存放处暂时不能用，请稍后再试。",
}
