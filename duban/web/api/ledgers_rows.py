"""台账: every ledger there is, its rows by page, one row with its days and past; recorded, corrected, withdrawn."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.web.api_fields import PLAIN, After, Limit, RowId, text
from duban.web.api_fields import Body as Sent
from duban.web.call import Call, Reader, Writer
from duban.web.doing import IdempotencyKey, IfMatch, done_once
from duban.web.ledgers.body import read_body, request_schema
from duban.web.problem import Fault, ProblemError, TrailChange, problem_of
from models.database import key
from models.dates.day_override import office_calendar
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS, kind_named
from tasks.ledgers.browse import count_kinds, rows_after
from tasks.ledgers.find_row import authorize_ledgers, seen_row
from tasks.ledgers.ledger_reach import authorize_writing, reads, reads_of
from tasks.ledgers.own_terms import amounts
from tasks.ledgers.read_values import ValuesRefusedError
from tasks.ledgers.record import LONGEST_REASON, correct_row, record_row, reinstate_row, withdraw_row
from tasks.ledgers.row_history import row_history, who_changed
from tasks.ledgers.row_terms import row_terms
from tasks.ledgers.tell_row import Teller, program_name
from tasks.sheets.template import how_to_fill
from tasks.trail.tell_entry import action_label

router = APIRouter(tags=["台账"])

Code = Annotated[
    str, Path(title="台账", description=f"代码：{'、'.join(f'{kind.code} {kind.title}' for kind in KINDS.values())}。",
              max_length=32, pattern=PLAIN)
]  # fmt: skip
FromOn = Annotated[dt.date | None, Query(title="从哪天起")]
UntilOn = Annotated[dt.date | None, Query(title="到哪天为止", description="含当日。")]
OfYear = Annotated[int | None, Query(title="年度", description="缺省为今年。", ge=1990, le=2200)]


class LedgerFieldShown(BaseModel):
    """台账的一项。"""

    name: str = Field(title="字段名")
    label: str = Field(title="名称")
    takes: str = Field(title="类型代码")
    required: bool = Field(title="必填")
    how: str = Field(title="怎样填")


class LedgerShown(BaseModel):
    """一种台账和它在这一年的情况。"""

    code: str = Field(title="代码", examples=["case"])
    title: str = Field(title="名称", examples=["执法案件"])
    unit: str = Field(title="计量单位")
    day: str = Field(title="决定年度的日期（字段名）")
    rows: int = Field(title="记录数")
    open_terms: int = Field(title="未办时限")
    overdue_terms: int = Field(title="已过时限")
    last_on: dt.date | None = Field(title="最近一条的日期")
    fields: list[LedgerFieldShown] = Field(title="各项")


class LedgerListShown(BaseModel):
    """各种台账。"""

    year: int = Field(title="年度")
    ledgers: list[LedgerShown] = Field(title="台账")


class RowShown(BaseModel):
    """台账中的一条记录。"""

    id: int = Field(title="编号")
    revision: int = Field(title="版次", description="每更正一次加一。")
    values: dict[str, Any] = Field(title="内容", description="按字段名；选项为代码，人员为姓名，任务为编号。")
    batch: int | None = Field(title="导入批次")
    withdrawn_on: dt.date | None = Field(title="撤下日")
    withdrawn_reason: str | None = Field(title="撤下理由")


class RowListShown(BaseModel):
    """一批记录，按编号。"""

    rows: list[RowShown] = Field(title="记录")
    next: int | None = Field(title="下一页的 after")


class TermShown(BaseModel):
    """一条记录产生的一个时限。"""

    code: str = Field(title="代码")
    title: str = Field(title="事项")
    due_on: dt.date = Field(title="时限", description="minimum 为 true 时是最早允许的一天。")
    done_on: dt.date | None = Field(title="完成日")
    minimum: bool = Field(title="是否为最短期间")
    source: str = Field(title="依据")


class RowWhole(RowShown):
    """一条记录的全部。"""

    terms: list[TermShown] = Field(title="时限")
    history: list[TrailChange] = Field(title="历次更正")


class RowDone(BaseModel):
    """办理结果。"""

    ledger: str = Field(title="台账代码")
    row: RowShown = Field(title="办理后的记录")
    said: str = Field(title="结果", examples=["已登记执法案件，编号 1。"])


class Withdrawal(Sent):
    """撤下一条记录。"""

    reason: text(LONGEST_REASON) = Field(title="理由")  # type: ignore[valid-type]


@router.get("/ledgers", summary="各种台账", operation_id="list_ledgers")
def ledgers(call: Reader, year: OfYear = None) -> LedgerListShown:
    """有哪些台账、各有哪些字段、这一年有多少记录和未办的时限。"""
    with call.reading() as session:
        reached = reads_of(session, call.by, key(call.organ.id))
        if not reached:
            authorize_ledgers(session, call.by, key(call.organ.id))
        call.seen(session)
        own = amounts(session, key(call.organ.id))
        counts = count_kinds(session, call.organ, year or call.on.year, on=call.on, amounts=own, reached=reached)
    return LedgerListShown(
        year=year or call.on.year,
        ledgers=[
            LedgerShown(
                code=one.kind.code, title=one.kind.title, unit=one.kind.unit, day=one.kind.day, rows=one.rows,
                open_terms=one.open, overdue_terms=one.overdue, last_on=one.last_on,
                fields=[
                    LedgerFieldShown(
                        name=program_name(field), label=field.label, takes=field.takes.value, required=field.required,
                        how=how_to_fill(field),
                    )
                    for field in one.kind.columns
                ],
            )
            for one in counts
        ],
    )  # fmt: skip


@router.get("/ledgers/{code}", summary="一种台账的记录", operation_id="list_ledger_rows")
def rows(
    call: Reader,
    code: Code,
    from_on: FromOn = None,
    until_on: UntilOn = None,
    withdrawn: Annotated[bool, Query(title="只要撤下的")] = False,
    after: After = 0,
    limit: Limit = 100,
) -> RowListShown:
    """按决定年度的日期筛选，按编号分页。"""
    kind = kind_named(code)
    with call.reading() as session:
        reach = reads(session, call.by, key(call.organ.id), kind)
        if not reach:
            authorize_ledgers(session, call.by, key(call.organ.id))
        call.seen(session)
        page, following = rows_after(
            session,
            call.organ,
            kind,
            after,
            limit=limit,
            from_on=from_on,
            until_on=until_on,
            withdrawn=withdrawn,
            reach=reach,
        )
        teller = Teller(session, kind, page)
    return RowListShown(rows=[_row(teller, row) for row in page], next=following)


@router.post(
    "/ledgers/{code}", summary="登记一条记录", operation_id="record_ledger_row", response_model=RowDone,
    openapi_extra=request_schema(whole=True),
)  # fmt: skip
def record(
    call: Writer,
    code: Code,
    body: Annotated[dict[str, Any], Body()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """内容按台账的字段；有错误时答复 422，逐项列出。"""
    kind = kind_named(code)

    def do(session: Session) -> RowDone:
        authorize_writing(session, call.by, key(call.organ.id), kind)
        given = read_body(kind, body, whole=True)
        row = record_row(session, call.organ, kind, given, by=call.by)
        return _done(session, kind, row, f"已登记{kind.title}，编号 {row.id}。")

    return _once(call, do, idempotency_key, body)


@router.get("/ledgers/{code}/{row_id}", summary="一条记录", operation_id="show_ledger_row")
def row(call: Reader, code: Code, row_id: RowId) -> RowWhole:
    """一条记录的内容、时限和历次更正。答复带 ETag；更正时放在 If-Match 中带回，别人改过的就不会盲目覆盖。"""
    kind = kind_named(code)
    with call.reading() as session:
        shown = seen_row(session, call.organ, kind, row_id, by=call.by)
        call.seen(session, prefix=f"{shown.revision}-")
        calendar = office_calendar(session, organ_id=call.organ.id)
        terms = row_terms(kind, shown, calendar, amounts(session, key(call.organ.id)))
        return RowWhole(
            **_row(Teller(session, kind, [shown]), shown).model_dump(),
            terms=[
                TermShown(
                    code=term.term.code, title=term.term.title, due_on=term.due_on, done_on=term.done_on,
                    minimum=term.term.minimum, source=term.term.source,
                )
                for term in terms
            ],
            history=_changes(session, kind, shown),
        )  # fmt: skip


@router.patch(
    "/ledgers/{code}/{row_id}", summary="更正一条记录", operation_id="correct_ledger_row", response_model=RowDone,
    openapi_extra=request_schema(whole=False),
)  # fmt: skip
def correct(
    call: Writer,
    code: Code,
    row_id: RowId,
    body: Annotated[dict[str, Any], Body()],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """只改所给的字段，null 为清除。"""
    kind = kind_named(code)

    def do(session: Session) -> RowDone:
        held = _held(session, call, kind, row_id, if_match)
        changed = correct_row(session, call.organ, kind, held, read_body(kind, body, whole=False), by=call.by)
        said = f"已更正{kind.title} {row_id}：{'、'.join(changed)}。" if changed else "与原来相同，没有改动。"
        return _done(session, kind, held, said)

    return _once(call, do, idempotency_key, body)


@router.post(
    "/ledgers/{code}/{row_id}/withdraw", summary="撤下一条记录", operation_id="withdraw_ledger_row",
    response_model=RowDone,
)  # fmt: skip
def withdraw(
    call: Writer,
    code: Code,
    row_id: RowId,
    body: Withdrawal,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """撤下的仍可查看，不计入任何数字。"""
    kind = kind_named(code)

    def do(session: Session) -> RowDone:
        held = _held(session, call, kind, row_id, if_match)
        withdraw_row(session, call.organ, kind, held, body.reason, by=call.by)
        return _done(session, kind, held, f"已撤下{kind.title} {row_id}。")

    return _once(call, do, idempotency_key, body.model_dump())


@router.post(
    "/ledgers/{code}/{row_id}/reinstate", summary="恢复一条记录", operation_id="reinstate_ledger_row",
    response_model=RowDone,
)  # fmt: skip
def reinstate(
    call: Writer,
    code: Code,
    row_id: RowId,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """撤下的记录重新计入各项数字。"""
    kind = kind_named(code)

    def do(session: Session) -> RowDone:
        held = _held(session, call, kind, row_id, if_match)
        reinstate_row(session, call.organ, kind, held, by=call.by)
        return _done(session, kind, held, f"已恢复{kind.title} {row_id}。")

    return _once(call, do, idempotency_key, {})


def _once(call: Call, do: Any, idempotency_key: str | None, body: dict[str, Any]) -> Response:
    try:
        return done_once(call, do, key=idempotency_key, sent=repr(sorted(body.items())))
    except ValuesRefusedError as error:
        faults = [Fault(field=one.name.removesuffix("_id"), place="body", detail=one.told()) for one in error.problems]
        raise ProblemError(problem_of(422, error.message, errors=faults)) from error


def _held(session: Session, call: Call, kind: Kind, row_id: int, if_match: str | None) -> Any:
    """The row, held. Raises ProblemError (412), telling what was changed, where it is not as the program read it."""
    row = seen_row(session, call.organ, kind, row_id, by=call.by)
    authorize_writing(session, call.by, key(call.organ.id), kind, row)
    session.refresh(row, with_for_update=True)
    if if_match is None or if_match.strip() == "*":
        return row
    revisions = [int(number) for part in if_match.split(",")
                 if (number := part.strip().strip('"').partition("-")[0]).isdecimal() and len(number) < 10]  # fmt: skip
    if not revisions:
        raise ProblemError(problem_of(412, 'If-Match 不是读取记录时得到的 ETag：请原样带回，如 "0-3f…"。'))
    if row.revision not in revisions:
        changes = row_history(session, kind, row, after=max(revisions))
        detail = f"{kind.title} {row_id} 在您读取之后已有变化（{who_changed(changes)}），没有办理：请重新读取后再试。"
        told = _changes(session, kind, row, after=max(revisions))
        raise ProblemError(problem_of(412, detail, changes=told))
    return row


def _changes(session: Session, kind: Kind, row: Any, *, after: int = 0) -> list[TrailChange]:
    return [
        TrailChange(
            at=change.at.isoformat(), actor=change.actor, action=change.action,
            action_name=action_label(change.action), changes=list(change.lines),
        )
        for change in row_history(session, kind, row, after=after)
    ]  # fmt: skip


def _row(teller: Teller, row: Any) -> RowShown:
    data = teller.data(row)
    own = ("id", "revision", "batch", "withdrawn_on", "withdrawn_reason")
    values = {name: value for name, value in data.items() if name not in own}
    return RowShown(values=values, **{name: data[name] for name in own})


def _done(session: Session, kind: Kind, row: Any, said: str) -> RowDone:
    return RowDone(ledger=kind.code, row=_row(Teller(session, kind, [row]), row), said=said)
