"""`duban act`, `duban deficiency`, `duban ledger`: what the report needs and no item brings along."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from duban.edge import (
    AsOption,
    Edge,
    JsonOption,
    OnOption,
    OrganOption,
    YearOption,
    edge,
    print_json,
    say,
    show_table,
    table,
    today,
)

if TYPE_CHECKING:
    import datetime as dt

    from sqlmodel import Session

    from models.actor import Actor
    from models.evidence import Evidence
    from models.item import WorkItem
    from models.leadership import LeadershipAct
    from models.organ import Organ

acts = typer.Typer(help="第一责任人履职记录:部署、过问、协调、督办。", no_args_is_help=True)
deficiencies = typer.Typer(help="不足和原因。", no_args_is_help=True)
ledgers = typer.Typer(help="台账:执法案件、学习研讨。", no_args_is_help=True)
additions = typer.Typer(help="登记一条台账。", no_args_is_help=True)

ItemOption = Annotated[str | None, typer.Option("--item", metavar="编号", help="有关任务的编号。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    ledgers.add_typer(additions, name="add")
    app.add_typer(acts, name="act")
    app.add_typer(deficiencies, name="deficiency")
    app.add_typer(ledgers, name="ledger")


@acts.command("add")
def add_act(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="类别", help="deploy 部署、inquire 过问、coordinate 协调、supervise 督办。"),
    ],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="做了什么,如“主持会议研究……”。")],
    item: ItemOption = None,
    document_number: Annotated[
        str | None, typer.Option("--document-number", metavar="文号", help="会议纪要或文件的文号。")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="履职人;缺省为第一责任人。")] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", metavar="文件", help="佐证材料,如会议纪要、批示原件。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一次履职,计入当年报告的第一责任人部分。"""
    from models.leadership import Duty
    from tasks.find import find_person
    from tasks.record import member_named, record_act

    reach, day = edge(context), today(on)
    with _opened(evidence) as source, reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        act = record_act(
            session,
            owner,
            by=by,
            kind=member_named(Duty, kind),
            on=day,
            text=text,
            item=_item(session, owner, day, item),
            person=find_person(session, person, owner) if person else None,
            document_number=document_number,
        )
        data: dict[str, Any] = {"id": act.id, "kind": act.kind, "on": act.on, "text": act.text}
        if source is not None and evidence is not None:
            piece = _attached(reach, session, act, by, evidence.name, source)
            data["evidence"] = {"id": piece.id, "name": piece.name, "sha256": piece.sha256}
    proof = f",佐证材料“{data['evidence']['name']}”" if "evidence" in data else ""
    _done(data, f"已登记 {day} 的履职({act.kind.label}),编号 {act.id}{proof}。", as_json)


@contextmanager
def _opened(file: Path | None) -> Iterator[BinaryIO | None]:
    """The file to be attached, open, if there is one: opened before anything is written down."""
    from models.errors import BadInputError

    if file is None:
        yield None
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise BadInputError(f"文件 {file} 无法打开:{error.strerror}。") from error
    with source:
        yield source


def _attached(
    reach: Edge, session: "Session", act: "LeadershipAct", by: "Actor", name: str, source: BinaryIO
) -> "Evidence":
    from tasks.attach import attach_to_act
    from tasks.check_upload import Limits
    from tasks.file_store import FileStore

    store, limits = FileStore(reach.settings.evidence_store), Limits(reach.settings.evidence_bytes)
    return attach_to_act(session, act, by=by, store=store, limits=limits, name=name, source=source)


@acts.command("list")
def list_acts(
    context: typer.Context, year: YearOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """列出履职记录。"""
    from models.leadership import LeadershipAct as Act

    rows = _rows(
        edge(context),
        organ,
        year,
        Act.on,
        id=Act.id,
        on=Act.on,
        kind=Act.kind,
        text=Act.text,
        document_number=Act.document_number,
    )
    _list(rows, {"id": "编号", "on": "日期", "kind": "类别", "text": "内容", "document_number": "文号"}, as_json)


@deficiencies.command("add")
def add_deficiency(
    context: typer.Context,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="存在什么不足。")],
    cause: Annotated[str | None, typer.Option("--cause", metavar="文字", help="原因。")] = None,
    remedy: Annotated[str | None, typer.Option("--remedy", metavar="文字", help="整改措施,列入下一年度安排。")] = None,
    item: ItemOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一条不足;--on 所在的年度就是写入报告的年度。"""
    from tasks.record import record_deficiency

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        deficiency = record_deficiency(
            session,
            owner,
            by=by,
            on=day,
            text=text,
            cause=cause,
            remedy=remedy,
            item=_item(session, owner, day, item),
        )
        data = {"id": deficiency.id, "on": deficiency.on, "text": deficiency.text}
    _done(data, f"已登记不足,编号 {deficiency.id},写入 {day.year} 年度报告。", as_json)


@deficiencies.command("list")
def list_deficiencies(
    context: typer.Context, year: YearOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """列出不足、原因和整改措施。"""
    from models.deficiency import Deficiency as Row

    rows = _rows(
        edge(context), organ, year, Row.on, id=Row.id, on=Row.on, text=Row.text, cause=Row.cause, remedy=Row.remedy
    )
    _list(rows, {"id": "编号", "on": "日期", "text": "不足", "cause": "原因", "remedy": "整改措施"}, as_json)


@additions.command("case")
def add_case(
    context: typer.Context,
    procedure: Annotated[str, typer.Option("--procedure", metavar="程序", help="simple 简易程序、ordinary 普通程序。")],
    fine: Annotated[str, typer.Option("--fine", metavar="元", help="罚款金额,以元为单位。")] = "0",
    outcome: Annotated[
        str, typer.Option("--outcome", metavar="结果", help="stands 未被变更或撤销、changed 被变更、revoked 被撤销。")
    ] = "stands",
    number: Annotated[str | None, typer.Option("--number", metavar="案号", help="案号,不可重复。")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="名称", help="案件名称。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一起行政执法案件;--on 为作出决定的日期。"""
    from models.ledger import Outcome, Procedure
    from tasks.record import member_named, money, record_case

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        case = record_case(
            session,
            reach.organ_for(session, by, organ),
            by=by,
            procedure=member_named(Procedure, procedure),
            on=day,
            fine=money(fine),
            outcome=member_named(Outcome, outcome),
            number=number,
            title=title,
        )
        data = {"id": case.id, "on": day, "procedure": case.procedure, "fine": case.fine, "outcome": case.outcome}
    _done(data, f"已登记执法案件({case.procedure.label}),编号 {case.id}。", as_json)


@additions.command("study")
def add_study(
    context: typer.Context,
    topic: Annotated[str, typer.Option("--topic", metavar="主题", help="学习研讨的主题。")],
    people: Annotated[int | None, typer.Option("--people", metavar="人数", help="参加人数。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一次学习研讨;--on 为举行的日期。"""
    from tasks.record import record_study

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        study = record_study(session, reach.organ_for(session, by, organ), by=by, on=day, topic=topic, people=people)
        data = {"id": study.id, "on": day, "topic": study.topic, "people": study.people}
    _done(data, f"已登记 {day} 的学习研讨,编号 {study.id}。", as_json)


@ledgers.command("list")
def list_ledgers(
    context: typer.Context, year: YearOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """列出台账:执法案件和学习研讨。"""
    from models.ledger import EnforcementCase as Case
    from models.ledger import StudySession as Study

    cases = _rows(
        edge(context),
        organ,
        year,
        Case.decided_on,
        id=Case.id,
        on=Case.decided_on,
        number=Case.number,
        title=Case.title,
        procedure=Case.procedure,
        fine=Case.fine,
        outcome=Case.outcome,
    )
    studies = _rows(
        edge(context), organ, year, Study.held_on, id=Study.id, on=Study.held_on, topic=Study.topic, people=Study.people
    )
    if as_json:
        print_json({"cases": cases, "studies": studies})
        return
    _list(
        cases,
        {
            "id": "编号",
            "on": "决定日期",
            "number": "案号",
            "title": "案件",
            "procedure": "程序",
            "fine": "罚款(元)",
            "outcome": "结果",
        },
        False,
        "执法案件",
    )
    _list(studies, {"id": "编号", "on": "日期", "topic": "主题", "people": "人数"}, False, "学习研讨")


def _item(session: "Session", organ: "Organ", on: "dt.date", number: str | None) -> "WorkItem | None":
    """The item of that day's year, if one is named."""
    from tasks.find import find_item, find_plan

    return find_item(session, find_plan(session, organ, on.year), number) if number else None


def _done(data: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        print_json(data)
    else:
        say(words)


def _rows(reach: Edge, organ: str | None, year: int | None, day: Any, **columns: Any) -> list[dict[str, Any]]:
    """Rows of one table of the organ by day, of one year if it is named."""
    import datetime as dt

    from sqlalchemy import select

    with reach.reading() as session:
        owner = reach.organ(session, organ)
        query = select(*(column.label(name) for name, column in columns.items()))
        query = query.where(day.class_.organ_id == owner.id).order_by(day, columns["id"])
        if year is not None:
            query = query.where(day.between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        return [dict(row._mapping) for row in session.execute(query)]


def _list(rows: list[dict[str, Any]], columns: dict[str, str], as_json: bool, title: str | None = None) -> None:
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(f"{title or '记录'}:没有。")
        return
    shown = table(*columns.values(), title=title)
    for row in rows:
        values = (row[name] for name in columns)
        shown.add_row(*("" if value is None else str(getattr(value, "label", value)) for value in values))
    show_table(shown)
