"""An act of a program: done once by its key, not done where what it rests on has changed, answered in few words."""

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.web.call import Call
from duban.web.problem import ProblemError, TrailChange, problem_of
from models.database import key as row_key
from models.items.item import ItemState, WorkItem
from tasks.acting.answer_once import keep_answer, take_key
from tasks.trail.changes_since import changes_since, newest_entry

IdempotencyKey = Annotated[
    str | None,
    Header(
        title="幂等键",
        description="由调用方生成的唯一值（如 UUID）。带同一键重发同一请求，不再办一次，得到原来的答复；保留 7 天。",
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(title="所见版本", description="读取任务时得到的 ETag。其后任务有变化的，不办理，答复 412 并列出变化。"),
]


class Done(BaseModel):
    """办理结果。"""

    item: int = Field(title="任务编号（id）")
    number: str = Field(title="任务编号", examples=["3"])
    state: ItemState = Field(title="任务状态代码")
    state_name: str = Field(title="任务状态", examples=["在办"])
    said: str = Field(title="结果", examples=["任务 3 已签收。"])
    created: list[int] = Field(
        default_factory=list, title="新建的记录", description="这次办理产生的记录的 id：佐证材料、子任务、文书等。"
    )


def done_once(
    call: Call,
    act: Callable[[Session], BaseModel],
    *,
    key: str | None,
    sent: str,
    status: int = 200,
) -> Response:
    """Do it in one transaction and answer. With a key that was answered before, answer the same and do nothing.

    `sent` is all that was sent, in one way of writing. Raises ProblemError (422) for a key that was used for something
    else.
    """
    with call.writing() as session:
        taken = None
        if key is not None:
            fingerprint = hashlib.sha256(f"{call.request.method} {call.request.url.path}\n{sent}".encode()).hexdigest()
            own = f"{row_key(call.token.id)} {key}"
            taken = take_key(session, row_key(call.person.id), own, fingerprint=fingerprint, now=call.now)
            if not taken.same:
                detail = f"幂等键“{key}”已用于另一个请求：请为每次办理生成新的键，重发时内容不变。"
                raise ProblemError(problem_of(422, detail))
            if taken.answered is not None:
                return _answer(taken.answered.body, taken.answered.status, {"Idempotent-Replayed": "true"})
        body = act(session).model_dump_json()
        if taken is not None:
            keep_answer(session, taken, status=status, body=body)
    return _answer(body, status)


def check_unchanged(session: Session, call: Call, item: WorkItem, if_match: str | None) -> None:
    """Raises ProblemError (412), telling what others did, where the item changed since the program read it.

    The item is held from here on, so that nothing comes between.
    """
    if if_match is None or if_match.strip() == "*":
        return
    session.refresh(item, with_for_update=True)
    newest = newest_entry(session, item)
    entries = [seen for part in if_match.split(",") if (seen := _entry(part)) is not None]
    if newest in entries:
        return
    if not entries:
        raise ProblemError(problem_of(412, 'If-Match 不是读取任务时得到的 ETag：请原样带回，如 "12-3f…"。'))
    told = changes_since(session, item, max(entries), by=call.by)
    changes = [
        TrailChange(
            at=entry.at.isoformat(), actor=entry.actor, action=entry.action, action_name=entry.action_label,
            changes=list(entry.changes),
        )
        for entry in told
    ]  # fmt: skip
    what = "、".join(dict.fromkeys(f"{change.actor}{change.action_name}" for change in changes)) or "您自己已有办理"
    detail = f"任务 {item.number} 在您读取之后已有变化（{what}），没有办理：请重新读取后再试。"
    raise ProblemError(problem_of(412, detail, changes=changes))


def _entry(tag: str) -> int | None:
    """The item's newest entry that the tag was made at."""
    number = tag.strip().strip('"').partition("-")[0]
    return int(number) if number.isdecimal() and len(number) < 19 else None


def _answer(body: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")
