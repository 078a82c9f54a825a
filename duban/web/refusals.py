"""What a browser is told when something cannot be done: one place for all pages, always in the house's words."""

import logging
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from duban.web.acts.kept import keep_lost
from duban.web.acts.sent_before import answer_again
from duban.web.attempt import FormAgainError
from duban.web.gate import MarkedFormError
from duban.web.posted import ForgedError, SentBeforeError
from duban.web.served import ServedOffice, served_office
from duban.web.visit import SignInNeededError
from models.errors import BadInputError, ConflictError, DubanError, ForbiddenError, NotFoundError
from models.faults import OutsideError, fault_of

log = logging.getLogger(__name__)

HEADINGS = {
    400: "请求有误",
    403: "不能这样做",
    404: "没有找到",
    409: "已有变化",
    413: "内容过大",
    500: "程序出错",
    503: "暂时无法访问",
}


GUARDING = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer tells the browser to keep to, whatever came of the request."""


def guard(headers: MutableHeaders, served: ServedOffice) -> None:
    """Give an answer the headers that it does not carry yet."""
    for name, value in GUARDING.items():
        headers.setdefault(name, value)
    if served.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def status_of(error: DubanError) -> int:
    """The HTTP status that says the same as the error."""
    match error:
        case NotFoundError():
            return 404
        case ConflictError():
            return 409
        case ForbiddenError():
            return 403
        case BadInputError():
            return 400
        case OutsideError():
            return 503
    return 500


def told_of(error: OSError | DBAPIError) -> str:
    """The sentence of what a disk or the database did, logged; what is the program's own fault is raised as it is."""
    fault = fault_of(error)
    if fault is None and not isinstance(error, OperationalError):
        raise error
    words = fault.message if fault is not None else "数据库暂时无法访问，请稍后再试；若一直如此，请联系管理员。"
    log.error("%s", words, exc_info=error, extra={"action": "outside_failed"})
    return words


def refuse(request: Request, status_code: int, message: str, typed: Mapping[str, str] | None = None) -> Response:
    """A page that says what is wrong and what to do; `typed` is given back to be corrected."""
    heading = HEADINGS.get(status_code, "未能完成")
    page = (
        served_office(request)
        .templates.get_template("error.html")
        .render(heading=heading, message=message, typed=typed)
    )
    return HTMLResponse(page, status_code, headers={"Cache-Control": "no-store"})


def answer_refusals(app: FastAPI) -> None:
    """Teach `app` to answer every error in Chinese and to lead whoever is not signed in to the door."""

    @app.exception_handler(SignInNeededError)
    async def not_signed_in(request: Request, _error: SignInNeededError) -> Response:
        try:
            kept = await keep_lost(request)
        except MarkedFormError as error:
            return refuse(request, 400, f"{error.message}没有保存任何内容。", error.typed)
        if kept is not None:
            return RedirectResponse(f"/login?next={quote(kept)}", 303)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = quote(path, safe="") if request.method == "GET" else ""
        return RedirectResponse(f"/login?next={back}" if back and path != "/" else "/login", 303)

    @app.exception_handler(ForgedError)
    def forged(request: Request, _error: ForgedError) -> Response:
        return refuse(
            request, 403, "这个表单不是从本系统的页面提交的，或页面已过期：请返回后刷新页面再试。没有做任何改动。"
        )

    @app.exception_handler(SentBeforeError)
    async def sent_before(_request: Request, error: SentBeforeError) -> Response:
        return await answer_again(error.sent, error.form_key)

    @app.exception_handler(FormAgainError)
    def again(_request: Request, error: FormAgainError) -> Response:
        return error.page

    @app.exception_handler(MarkedFormError)
    def marked(request: Request, error: MarkedFormError) -> Response:
        return refuse(request, 400, f"{error.message}没有保存任何内容。", error.typed)

    @app.exception_handler(DubanError)
    def refused(request: Request, error: DubanError) -> Response:
        status_code = status_of(error)
        if status_code >= 500:
            log.error("未能完成", exc_info=error, extra={"action": "request_failed"})
        return refuse(request, status_code, error.message)

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, _error: RequestValidationError) -> Response:
        return refuse(request, 400, "网址中的参数不正确：年度应如 2026，日期应如 2026-06-30，编号应为数字。")

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        words = {404: "没有这个页面。", 405: "这个地址不能这样访问。"}
        return refuse(request, error.status_code, words.get(error.status_code, "这个请求无法处理。"))

    @app.exception_handler(Exception)
    def failed(request: Request, _error: Exception) -> Response:
        # Answered outside of everything else, so that the headers of all answers are put here too.
        page = refuse(request, 500, "程序出错，已记入日志。请把出错的时间和所做的操作告诉管理员。")
        guard(page.headers, served_office(request))
        return page

    @app.exception_handler(OSError)
    @app.exception_handler(DBAPIError)
    def outside(request: Request, error: OSError | DBAPIError) -> Response:
        return refuse(request, 503, told_of(error))
