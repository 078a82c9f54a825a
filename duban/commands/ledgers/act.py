"""`duban act`, `duban deficiency`: what leaders did in person, and what fell short."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.brought import Vouched, brought
from duban.commands.errand import Answer, Errand, acting, answer, apart, looking
from duban.commands.ledgers.ledger_shown import list_rows
from duban.edge import Edge

if TYPE_CHECKING:
    import datetime as dt

    from sqlmodel import Session

    from models.actor import Actor
    from models.items.evidence import Evidence
    from models.items.item import WorkItem
    from models.ledgers.leadership_act import LeadershipAct
    from models.people.organ import Organ
    from tasks.files.check_upload import Examined

acts = typer.Typer(help="第一责任人履职记录：部署、过问、协调、督办。", no_args_is_help=True)
deficiencies = typer.Typer(help="不足和原因。", no_args_is_help=True)

ItemOption = Annotated[str | None, typer.Option("--item", metavar="编号", help="有关任务的编号。")]


@acts.command("add")
@apart("as on organ json")
def add_act(
    errand: Errand,
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="类别", help="deploy 部署、inquire 过问、coordinate 协调、supervise 督办。"),
    ],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="做了什么，如“主持会议研究……”。")],
    item: ItemOption = None,
    document_number: Annotated[
        str | None, typer.Option("--document-number", metavar="文号", help="会议纪要或文件的文号。")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="履职人；缺省为第一责任人。")] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", metavar="文件", help="佐证材料，如会议纪要、批示原件。")
    ] = None,
    vouched: Vouched = False,
) -> Answer:
    """登记一次履职，计入当年报告的第一责任人部分。"""
    from models.ledgers.kinds import member_named
    from models.people.personal_duty import Duty
    from tasks.ledgers.record_named import record_act
    from tasks.people.find import find_person

    day = errand.day

    with brought(evidence) if evidence else nullcontext() as file, errand.writing() as session:
        by = errand.recorder
        owner = errand.organ
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
        if file is not None:
            piece = _attached(errand.edge, session, act, by, file, vouched=vouched)
            data["evidence"] = {"id": piece.id, "name": piece.name, "sha256": piece.sha256}
    proof = f"，佐证材料“{data['evidence']['name']}”" if "evidence" in data else ""
    return answer(data, f"已登记 {day} 的履职（{act.kind.label}），编号 {act.id}{proof}。")


def _attached(
    reach: Edge, session: "Session", act: "LeadershipAct", by: "Actor", file: "Examined", *, vouched: bool
) -> "Evidence":
    from tasks.files.check_upload import limits_of
    from tasks.files.file_store import FileStore
    from tasks.items.attach import attach_to_act

    store, limits = FileStore(reach.settings.evidence_store), limits_of(reach.settings)
    return attach_to_act(session, act, by=by, store=store, limits=limits, file=file, vouched=vouched)


@acts.command("list")
@looking("year organ json")
def list_acts(errand: Errand) -> Answer:
    """列出履职记录。"""
    from models.ledgers.kinds import KINDS
    from tasks.ledgers.browse import Wanted

    return list_rows(errand, KINDS["act"], Wanted(year=errand.year))


@deficiencies.command("add")
@acting("as on organ json")
def add_deficiency(
    errand: Errand,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="存在什么不足。")],
    cause: Annotated[str | None, typer.Option("--cause", metavar="文字", help="原因。")] = None,
    remedy: Annotated[str | None, typer.Option("--remedy", metavar="文字", help="整改措施，列入下一年度安排。")] = None,
    item: ItemOption = None,
) -> Answer:
    """登记一条不足；--on 所在的年度就是写入报告的年度。"""
    from tasks.ledgers.record_named import record_deficiency

    day = errand.day
    session = errand.session
    by = errand.recorder
    owner = errand.organ
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
    return answer(data, f"已登记不足，编号 {deficiency.id}，写入 {day.year} 年度报告。")


@deficiencies.command("list")
@looking("year organ json")
def list_deficiencies(errand: Errand) -> Answer:
    """列出不足、原因和整改措施。"""
    from models.ledgers.kinds import KINDS
    from tasks.ledgers.browse import Wanted

    return list_rows(errand, KINDS["deficiency"], Wanted(year=errand.year))


def _item(session: "Session", organ: "Organ", on: "dt.date", number: str | None) -> "WorkItem | None":
    """The item of that day's year, if one is named."""
    from tasks.people.find import find_item, find_plan

    return find_item(session, find_plan(session, organ, on.year), number) if number else None
