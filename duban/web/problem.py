"""What a program is told when something cannot be done: problem details (RFC 9457), in plain Chinese."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from duban.web.misread import explain
from duban.web.refusals import status_of, told_of
from models.errors import DubanError, ImportRefusedError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

AGAIN = {"Retry-After": "30"}
"""What goes with 503."""

KINDS: Mapping[int, tuple[str, str]] = {
    400: ("bad-input", "请求有误"),
    401: ("unauthorized", "没有有效的令牌"),
    403: ("forbidden", "不能这样做"),
    404: ("not-found", "没有找到"),
    405: ("method-not-allowed", "这个地址不能这样访问"),
    409: ("conflict", "已有变化"),
    412: ("precondition-failed", "您看过之后已有变化"),
    413: ("too-large", "内容过大"),
    422: ("unprocessable", "内容不符合要求"),
    500: ("internal", "程序出错"),
    503: ("unavailable", "暂时无法访问"),
}
"""By status: the last part of the problem's `type`, and its title."""


class Fault(BaseModel):
    """内容中的一处错误。"""

    field: str = Field(title="字段", description="字段名；在列表或对象中的以点分隔，如 evidence.0。")
    place: str = Field(title="位置", description="body 正文，query 查询参数，path 路径，header 请求头。")
    detail: str = Field(title="说明", description="错在哪里，应当怎样写。")


class TrailChange(BaseModel):
    """别人做过的一件事。"""

    at: str = Field(title="时间")
    actor: str = Field(title="经办人")
    action: str = Field(title="操作代码")
    action_name: str = Field(title="操作")
    changes: list[str] = Field(title="改动")


class Problem(BaseModel):
    """未能完成的原因（RFC 9457）。"""

    type: str = Field(title="类别", examples=["urn:duban:problem:not-found"])
    title: str = Field(title="标题", examples=["没有找到"])
    status: int = Field(title="HTTP 状态码", examples=[404])
    detail: str = Field(title="说明", examples=["没有这项任务，或者它不在您的查看范围内。"])
    errors: list[Fault] | None = Field(default=None, title="各处错误", description="仅 422。")
    changes: list[TrailChange] | None = Field(default=None, title="其后的变化", description="仅 412。")


class ProblemError(Exception):
    """What only the interface refuses, already in its words."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem, self.headers = problem, dict(headers or {})


def problem_of(status: int, detail: str, **more: Any) -> Problem:
    """The problem that a status stands for."""
    name, title = KINDS.get(status, ("other", "未能完成"))
    return Problem(type=f"urn:duban:problem:{name}", title=title, status=status, detail=detail, **more)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an answer."""
    return Response(
        problem.model_dump_json(exclude_none=True),
        problem.status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def answer_problems(app: FastAPI) -> None:
    """Teach the interface to answer every error as a problem."""

    @app.exception_handler(ProblemError)
    def told(_request: Request, error: ProblemError) -> Response:
        return answer(error.problem, error.headers)

    @app.exception_handler(DubanError)
    def refused(_request: Request, error: DubanError) -> Response:
        status = status_of(error)
        if status >= 500:
            log.error("未能完成", exc_info=error, extra={"action": "request_failed"})
        faults = _cells(error) if isinstance(error, ImportRefusedError) else None
        return answer(problem_of(status, error.message, errors=faults), AGAIN if status == 503 else None)

    @app.exception_handler(RequestValidationError)
    def misread(_request: Request, error: RequestValidationError) -> Response:
        return answer(_unprocessable(error.errors()))

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, OSError):
            # The disk took no more of what was being sent; FastAPI calls it a body that cannot be parsed.
            return outside(request, error.__cause__)
        words = {
            400: "请求的内容无法读取：在传送中损坏，或不是所声明的格式。",
            404: "没有这个地址：可用的地址见 /api/v1/docs。",
            405: "这个地址不能用这种方法访问：可用的方法见 Allow。",
        }
        return answer(problem_of(error.status_code, words.get(error.status_code, "这个请求无法处理。")), error.headers)

    @app.exception_handler(Exception)
    def failed(_request: Request, _error: Exception) -> Response:
        return answer(problem_of(500, "程序出错，已记入日志。请把出错的时间和所做的操作告诉管理员。"))

    @app.exception_handler(OSError)
    @app.exception_handler(DBAPIError)
    def outside(_request: Request, error: OSError | DBAPIError) -> Response:
        return answer(problem_of(503, told_of(error)), AGAIN)


def _unprocessable(found: Sequence[Any]) -> Problem:
    faults = [Fault(place=place, field=field, detail=detail) for place, field, detail in map(explain, found)]
    first = f"“{faults[0].field}”{faults[0].detail}" if faults and faults[0].field else faults[0].detail
    rest = f"（共 {len(faults)} 处，见 errors）" if len(faults) > 1 else ""
    return problem_of(422, f"{first}{rest}", errors=faults)


def _cells(error: ImportRefusedError) -> list[Fault]:
    return [
        Fault(place="body", field=f"{cell.sheet or ''}!{cell.column or ''}{cell.row or ''}", detail=cell.accepted)
        for cell in error.errors
    ]
