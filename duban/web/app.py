"""The web application: pages, the answer to health questions, and the clock that lives as long as it does."""

import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from duban import edge
from duban.web.dates import day_text, instant_text
from duban.web.status_page import status_page
from flows.embedded_clock import ClockState, EmbeddedClock
from flows.prefect_server import PrefectServer, ServerState
from models import clock as office_clock
from models.database import reading
from models.errors import DubanError, NotFoundError
from models.settings import Settings

log = logging.getLogger(__name__)

HERE = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` is reached from its own machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def create_app(
    settings: Settings,
    database: Engine,
    *,
    clock: EmbeddedClock,
    prefect: PrefectServer | None,
    host: str = "127.0.0.1",
) -> FastAPI:
    """The application of one office; starting and stopping it starts and stops `clock`.

    Bound to loopback it answers to this machine's names only: a page of another site that points its own name at
    this machine (DNS rebinding) reads nothing.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        clock.start()
        yield
        await run_in_threadpool(clock.stop)

    app = FastAPI(title="督办", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    if is_loopback(host):
        names = {"127.0.0.1", "localhost", host, urlsplit(settings.office_url).hostname or "localhost"}
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=sorted(names), www_redirect=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(day_text=day_text, instant_text=instant_text)

    def render(template: str, status_code: int = 200, **context: object) -> HTMLResponse:
        return HTMLResponse(
            pages.get_template(template).render(context), status_code, headers=HEADERS | {"Cache-Control": "no-store"}
        )

    def refuse(status_code: int, message: str) -> HTMLResponse:
        return render("error.html", status_code, message=message)

    @app.middleware("http")
    async def guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(DubanError)
    def refused(_request: Request, error: DubanError) -> HTMLResponse:
        return refuse(404 if isinstance(error, NotFoundError) else 400, error.message)

    @app.exception_handler(RequestValidationError)
    def misread(_request: Request, _error: RequestValidationError) -> HTMLResponse:
        return refuse(400, "网址中的参数不正确:year 应为年份,如 2026;on 应为日期,如 2026-06-30。")

    @app.exception_handler(HTTPException)
    def unknown(_request: Request, error: HTTPException) -> HTMLResponse:
        return refuse(error.status_code, "没有这个页面。" if error.status_code == 404 else "这个请求无法处理。")

    @app.exception_handler(Exception)
    def failed(_request: Request, _error: Exception) -> HTMLResponse:
        return refuse(500, "程序出错,已记入日志。请把出错的时间和所做的操作告诉管理员。")

    @app.exception_handler(OperationalError)
    def unreachable(_request: Request, error: OperationalError) -> HTMLResponse:
        log.error("数据库无法访问", exc_info=error, extra={"action": "database_failed"})
        return refuse(503, "数据库暂时无法访问,请稍后刷新;若一直如此,请联系管理员。")

    @app.get("/")
    def standing(organ: str | None = None, year: int | None = None, on: str | None = None) -> HTMLResponse:
        now = office_clock.now()
        with reading(database) as session:
            return render(
                "status.html",
                page=status_page(session, clock, on=edge.today(on), now=now, organ_code=organ, year=year),
                now=now,
                prefect=prefect.state if prefect else ServerState.OFF,
                clock_state=clock.state,
            )

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        reachable = _is_reachable(database)
        ok = reachable and clock.state is not ClockState.STOPPED
        return JSONResponse(
            {
                "ok": ok,
                "database": reachable,
                "clock": clock.state.value,
                "prefect": (prefect.state if prefect else ServerState.OFF).value,
            },
            200 if ok else 503,
        )

    return app


def _is_reachable(database: Engine) -> bool:
    try:
        with reading(database) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
