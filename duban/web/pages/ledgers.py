"""台账: the dated records the report is counted from: cases, study sessions, acts of leaders, deficiencies."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from duban.edge import today
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.coded import Coded
from models.database import key
from models.deficiency import Deficiency
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from models.evidence import Evidence
from models.item import WorkItem
from models.leadership import Duty, LeadershipAct
from models.ledger import EnforcementCase, Outcome, Procedure, StudySession
from models.permission import Action
from models.person import Person
from models.plan import AnnualPlan
from tasks.attach import attach_to_act
from tasks.authorize import authorize_organ, organs_within
from tasks.check_upload import Limits
from tasks.file_store import FileStore
from tasks.find import find_person, find_plan, unknown_item
from tasks.find_posts import names_to_offer
from tasks.record import member_named, money, record_act, record_case, record_deficiency, record_study

router = APIRouter()
ROWS = 100


@dataclass(frozen=True)
class Ask:
    """A field of the form: its name, what it is called, and how it is asked."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = False
    longest: int | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Ledger:
    """One kind of record: its table with the day it belongs to, what a row shows, what the form asks."""

    code: str
    title: str
    unit: str
    table: Any
    day: str
    columns: tuple[tuple[str, str], ...]
    asks: tuple[Ask, ...]
    record: Callable[[Session, Posted, dt.date], Any]
    purpose: str


def _of(kind: type[Coded]) -> tuple[tuple[str, str], ...]:
    return tuple((member.value, member.label) for member in kind)


def _case(session: Session, sent: Posted, on: dt.date) -> EnforcementCase:
    return record_case(
        session, sent.visit.organ, by=sent.visit.by, on=on,
        procedure=member_named(Procedure, sent.text("procedure")), fine=money(sent.text("fine") or "0"),
        outcome=member_named(Outcome, sent.text("outcome") or Outcome.STANDS.value),
        number=sent.text("number"), title=sent.text("title"),
    )  # fmt: skip


def _study(session: Session, sent: Posted, on: dt.date) -> StudySession:
    return record_study(
        session, sent.visit.organ, by=sent.visit.by, on=on, topic=sent.text("topic"),
        people=sent.number("people", "参加人数"),
    )  # fmt: skip


def _act(session: Session, sent: Posted, on: dt.date) -> LeadershipAct:
    visit = sent.visit
    act = record_act(
        session, visit.organ, by=visit.by, kind=member_named(Duty, sent.text("kind")), on=on, text=sent.text("text"),
        item=_item(session, visit, on, sent.text("item")),
        person=_person(session, visit, sent.text("person")),
        document_number=sent.text("document_number"),
    )  # fmt: skip
    settings = visit.desk.settings
    for file in sent.files("evidence"):
        attach_to_act(
            session, act, by=visit.by, store=FileStore(settings.evidence_store), limits=Limits(settings.evidence_bytes),
            name=file.filename or "", source=file.file,
        )  # fmt: skip
    return act


def _deficiency(session: Session, sent: Posted, on: dt.date) -> Deficiency:
    return record_deficiency(
        session, sent.visit.organ, by=sent.visit.by, on=on, text=sent.text("text"), cause=sent.text("cause"),
        remedy=sent.text("remedy"), item=_item(session, sent.visit, on, sent.text("item")),
    )  # fmt: skip


_ITEM = Ask("item", "有关任务的编号", hint="当年计划中的编号;没有的不填。", longest=64)

LEDGERS: Mapping[str, Ledger] = {
    ledger.code: ledger
    for ledger in (
        Ledger(
            "case", "执法案件", "起", EnforcementCase, "decided_on",
            (("number", "案号"), ("title", "案件"), ("procedure", "程序"), ("fine", "罚款(元)"), ("outcome", "结果")),
            (
                Ask("on", "作出决定的日期", "date", required=True),
                Ask("procedure", "程序", "choice", required=True, options=_of(Procedure)),
                Ask("number", "案号", hint="不可重复;没有的不填。", longest=100),
                Ask("title", "案件名称", longest=500),
                Ask("fine", "罚款金额(元)", hint="如 3000 或 200.50;没有罚款的不填。", longest=20),
                Ask("outcome", "复议诉讼结果", "choice", options=_of(Outcome)),
            ),
            _case, "报告中的案件数、程序、罚没金额由此数出",
        ),
        Ledger(
            "study", "学习研讨", "次", StudySession, "held_on", (("topic", "主题"), ("people", "人数")),
            (
                Ask("on", "举行的日期", "date", required=True),
                Ask("topic", "主题", required=True, longest=500),
                Ask("people", "参加人数", "number", hint="不清楚的不填。"),
            ),
            _study, "报告中的集体学法次数由此数出",
        ),
        Ledger(
            "act", "履职记录", "次", LeadershipAct, "on",
            (("kind", "类别"), ("text", "内容"), ("person_id", "履职人"), ("item_id", "任务"),
             ("document_number", "文号"), ("evidence", "佐证")),
            (
                Ask("on", "日期", "date", required=True),
                Ask("kind", "类别", "choice", required=True, options=_of(Duty)),
                Ask("text", "做了什么", "textarea", hint="如:主持会议研究执法监督工作。", required=True, longest=2000),
                Ask("person", "履职人", "person", hint="不填为第一责任人。", longest=100),
                _ITEM,
                Ask("document_number", "文号", hint="会议纪要或文件的文号。", longest=100),
                Ask("evidence", "佐证材料", "file", hint="会议纪要、批示原件等,可以没有。"),
            ),
            _act, "报告第三部分(第一责任人职责)由此写成",
        ),
        Ledger(
            "deficiency", "不足", "条", Deficiency, "on",
            (("text", "不足"), ("cause", "原因"), ("remedy", "整改措施"), ("item_id", "任务")),
            (
                Ask("on", "日期", "date", hint="写入这一天所在年度的报告。", required=True),
                Ask("text", "存在什么不足", "textarea", required=True, longest=1000),
                Ask("cause", "原因", "textarea", longest=1000),
                Ask("remedy", "整改措施", "textarea", hint="列入下一年度安排。", longest=1000),
                _ITEM,
            ),
            _deficiency, "报告第二部分(不足和原因)由此写成",
        ),
    )
}  # fmt: skip
"""The ledgers there are, in the order of their tabs."""


Page = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/ledgers")
def ledgers(visit: Signed, kind: str = "case", page: Page = 1, row: RowNumber = None) -> HTMLResponse:
    """The rows of one ledger in one year; with `row`, that one alone."""
    ledger = _named(kind)
    with visit.reading() as session:
        if not _may_read(session, visit):
            return visit.page(session, "ledgers.html", menu="/ledgers", ledger=None)
        year, years = _years(session, visit)
        days = getattr(ledger.table, ledger.day)
        own = select(ledger.table).where(ledger.table.organ_id == visit.organ.id)
        if row is not None:
            own = own.where(ledger.table.id == row)
        else:
            own = own.where(days.between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        total = session.exec(select(func.count()).select_from(own.subquery())).one()
        pages = max(1, -(-total // ROWS))
        page = min(max(1, page), pages)
        rows: Sequence[Any] = session.exec(
            own.order_by(days.desc(), ledger.table.id.desc()).limit(ROWS).offset((page - 1) * ROWS)
        ).all()
        return visit.page(
            session, "ledgers.html", menu="/ledgers", ledger=ledger, ledgers=LEDGERS.values(), rows=rows, total=total,
            page=page, pages=pages, year=year, years=years, one=row is not None, words=_words(session, rows),
            counts=_counts(session, visit, year), may_record=visit.organ.id in _recording(session, visit),
        )  # fmt: skip


@router.get("/ledgers/{kind}/new")
def ask(visit: Signed, kind: str) -> HTMLResponse:
    """The form of one ledger."""
    ledger = _named(kind)
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
        return _form(session, visit, ledger)


@router.post("/ledgers/{kind}")
@router.post("/ledgers/{kind}/evidence")
def record(sent: Sent, kind: str) -> Response:
    """Write a row down; the longer address takes files."""
    visit, ledger = sent.visit, _named(kind)
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
    try:
        written = sent.text("on")
        if not written:
            raise BadInputError("请填写日期。")
        on = today(written)
        with visit.writing() as session:
            row_id = key(ledger.record(session, sent, on).id)
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _form(session, visit, ledger, typed=sent.typed, error=error.message, status_code=status_of(error))
    again = visit.link(f"/ledgers/{kind}/new") if sent.text("do") == "again" else None
    said = f"已登记{ledger.title},编号 {row_id}。"
    return visit.go(again or visit.link("/ledgers", kind=kind, year=on.year) + f"#r-{row_id}", said)


def _named(kind: str) -> Ledger:
    if kind not in LEDGERS:
        raise NotFoundError("没有这种台账。")
    return LEDGERS[kind]


def _may_read(session: Session, visit: Visit) -> bool:
    """Ledgers tell of the whole organ: whoever sees all of it reads them, and whoever keeps them."""
    whole = organs_within(session, visit.looking, Action.VIEW) | organs_within(session, visit.looking, Action.RECORD)
    return visit.organ.id in whole


def _recording(session: Session, visit: Visit) -> set[int]:
    return organs_within(session, visit.by, Action.RECORD)


def _years(session: Session, visit: Visit) -> tuple[int, list[int]]:
    """The year looked at, and those that a ledger may have rows of."""
    planned = session.exec(select(AnnualPlan.year).where(AnnualPlan.organ_id == visit.organ.id)).all()
    year = visit.year or visit.on.year
    return year, sorted({*planned, year, visit.on.year}, reverse=True)


def _counts(session: Session, visit: Visit, year: int) -> dict[str, int]:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    found = {}
    for ledger in LEDGERS.values():
        days = getattr(ledger.table, ledger.day)
        counted = select(func.count()).select_from(ledger.table)
        found[ledger.code] = session.exec(
            counted.where(ledger.table.organ_id == visit.organ.id, days.between(first, last))
        ).one()
    return found


def _words(session: Session, rows: Sequence[Any]) -> Callable[[Any, str], Any]:
    """What a row shows in a column: its words, or (words, where it leads)."""
    people = {row.person_id for row in rows if getattr(row, "person_id", None)}
    items = {row.item_id for row in rows if getattr(row, "item_id", None)}
    acts = {row.id for row in rows if isinstance(row, LeadershipAct)}
    names = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(people))).all()) if people else {}
    titles = (
        {
            item.id: f"{item.number} {item.title}"
            for item in session.exec(select(WorkItem).where(col(WorkItem.id).in_(items)))
        }
        if items
        else {}
    )
    pieces: dict[int | None, list[Evidence]] = {}
    if acts:
        for piece in session.exec(select(Evidence).where(col(Evidence.act_id).in_(acts)).order_by(col(Evidence.id))):
            pieces.setdefault(piece.act_id, []).append(piece)

    def of(row: Any, column: str) -> Any:
        if column == "evidence":
            return "、".join(piece.name for piece in pieces.get(row.id, []))
        value = getattr(row, column)
        if column == "person_id":
            return names.get(value, "第一责任人")
        if column == "item_id":
            return (titles[value], f"/items/{value}") if value in titles else ""
        if column == "fine":
            return f"{value:,.2f}"
        return "" if value is None else getattr(value, "label", value)

    return of


def _item(session: Session, visit: Visit, on: dt.date, number: str) -> WorkItem | None:
    """The item of that day's year, if one is named."""
    if not number:
        return None
    plan = find_plan(session, visit.organ, on.year)
    found = session.exec(select(WorkItem).where(WorkItem.plan_id == plan.id, WorkItem.number == number)).first()
    if found is None:
        raise unknown_item(plan, number)
    return found


def _person(session: Session, visit: Visit, name: str) -> Person | None:
    """The person, if one is named."""
    if not name:
        return None
    try:
        return find_person(session, name, visit.organ)
    except NotFoundError as error:
        raise NotFoundError(f"没有登记“{name}”这个人:请从列表中选择,或先在人员中登记。") from error


def _form(
    session: Session,
    visit: Visit,
    ledger: Ledger,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    people = names_to_offer(session, visit.organ)[1] if any(ask.kind == "person" for ask in ledger.asks) else []
    return visit.page(
        session, "ledger_new.html", menu="/ledgers", ledger=ledger, people=people, error=error,
        typed=typed or {"on": visit.on.isoformat()}, status_code=status_code,
        files=any(ask.kind == "file" for ask in ledger.asks),
    )  # fmt: skip
