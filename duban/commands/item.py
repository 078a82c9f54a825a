"""`duban item`: the list, one item, and what those who do it do: sign, object, report, attach, split, transfer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from duban.commands.acting import Number, Reason, acting, done, looking
from duban.edge import (
    AsOption,
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
    pass

items = typer.Typer(help="任务:查看、签收、填报、延期、催办、挂起、办结销号。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    from duban.commands import item_closure, item_terms

    item_terms.register(items)
    item_closure.register(items)
    app.add_typer(items, name="item")


@items.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str | None, typer.Option("--state", metavar="状态", help="如 在办、待签收、申请办结。")] = None,
    light: Annotated[str | None, typer.Option("--light", metavar="灯", help="如 逾期、临期、滞后、正常。")] = None,
    department: Annotated[str | None, typer.Option("--department", metavar="科室", help="牵头科室。")] = None,
    only: Annotated[Literal["open", "mine"] | None, typer.Option("--only", help="open 未办结;mine 我承办的。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出有权查看的任务:状态、亮灯、时限、承办人。"""
    from models.item import ItemState
    from models.ledgers.kinds import member_named
    from models.light import Light
    from models.organ import Organ
    from tasks.lists.browse_items import list_items
    from tasks.lists.choose_items import NamedList
    from tasks.people.find import find_department

    with looking(context, as_, on, year, organ) as (session, plan, by):
        owner = session.get_one(Organ, plan.organ_id)
        rows = list_items(
            session,
            plan,
            by=by,
            calendar=edge(context).calendar(session),
            state=member_named(ItemState, state) if state else None,
            light=member_named(Light, light) if light else None,
            department=find_department(session, owner, department) if department else None,
            standing=NamedList(only) if only else None,
        )
    if as_json:
        print_json([row.as_dict() for row in rows])
        return
    made = table("灯", "编号", "任务", "牵头单位", "承办人", "时限", "", "进度", "状态", title=f"{plan.title} {by.on}")
    for row in rows:
        made.add_row(
            row.light.label, row.number, row.title[:30], row.unit, row.handler or "-", str(row.due_on or "-"),
            row.distance, f"{row.percent}%", row.state.label,
        )  # fmt: skip
    show_table(made)
    say(f"共 {len(rows)} 项。")


@items.command()
def show(
    context: typer.Context,
    number: Number,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """一项任务的全部:时限的来历、签收、进展、材料、延期、批示、审核,以及现在可以办什么。"""
    from duban.commands.item_page import show_page
    from tasks.items.show_item import show_item
    from tasks.people.find import find_item

    with looking(context, as_, on, year, organ) as (session, plan, by):
        item = find_item(session, plan, number)
        data = show_item(session, item, by=by, calendar=edge(context).calendar(session))
    if as_json:
        print_json(data)
    else:
        show_page(data)


@items.command()
def rules(as_json: JsonOption = False) -> None:
    """任务怎样流转:每个动作在什么状态下、由谁办、变为什么状态、有什么条件。"""
    from models.lifecycle import LIFECYCLE
    from models.permission import GRANTS

    rows = [
        {
            "action": action,
            "name": action.label,
            "from": [state.label for state in transition.sources],
            "to": [state.label for state in transition.to],
            "who": list(dict.fromkeys(f"{grant.role.label}({grant.scope.label})" for grant in GRANTS[action])),
            "guard": transition.guard,
            "records": transition.records,
        }
        for action, transition in LIFECYCLE.items()
    ]
    if as_json:
        print_json(rows)
        return
    made = table("动作", "状态", "办理人", "变为", "条件", title="任务的流转")
    for action, transition in LIFECYCLE.items():
        who = dict.fromkeys(f"{grant.role.label}({grant.scope.label})" for grant in GRANTS[action])
        states = ("\n".join(state.label for state in chosen) for chosen in (transition.sources, transition.to))
        made.add_row(action.label, next(states), "\n".join(who), next(states), transition.guard.replace(",", "\n"))
        made.add_section()
    show_table(made)


@items.command()
def sign(
    context: typer.Context,
    number: Number,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """签收:牵头单位签收后任务在办;配合科室各自签收;代理人签收时两人的姓名都记下。"""
    from models.person import Person
    from tasks.items.sign import sign as take_on

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        receipt = take_on(session, item, by=by)
        stands_for = session.get_one(Person, receipt.for_id).name if receipt.for_id else None
        data = {
            "item": number, "state": item.state, "lead": receipt.unit_id is None, "person": by.name,
            "for": stands_for, "signed_on": by.on,
        }  # fmt: skip
    whose = f"(代{stands_for})" if stands_for else ""
    unit = "牵头" if receipt.unit_id is None else "配合"
    done(as_json, data, f"任务 {number} 已由{by.name}{whose}于 {by.on} 签收({unit}),现为“{item.state.label}”。")


@items.command("object")
def object_(
    context: typer.Context,
    number: Number,
    reason: Reason,
    suggest: Annotated[str | None, typer.Option("--suggest", metavar="科室", help="建议由谁承办。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """转办异议:认为不属于本科室职责的,在策略规定的工作日内提出;由督办员转办或退回。"""
    from tasks.items.object_to import object_to

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        objection = object_to(session, item, by=by, reason=reason, suggested=suggest)
        data = {"item": number, "id": objection.id, "state": item.state}
    done(as_json, data, f"任务 {number} 的转办异议已提出,等待督办员转办(item transfer)或退回(item return)。")


@items.command()
def transfer(
    context: typer.Context,
    number: Number,
    reason: Reason,
    department: Annotated[str | None, typer.Option("--department", metavar="科室", help="转给哪个科室。")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="姓名", help="转给哪位承办人。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """转办、改派:任务重新待签收,原来的签收记录保留,时限不变。"""
    from models.organ import Organ
    from tasks.items.transfer import transfer as give
    from tasks.people.find import find_department, find_person

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        owner = session.get_one(Organ, item.organ_id)
        give(
            session,
            item,
            by=by,
            reason=reason,
            department=find_department(session, owner, department) if department else None,
            handler=find_person(session, to, owner) if to else None,
        )
        data = {"item": number, "state": item.state, "assignment": item.assignments}
    done(as_json, data, f"任务 {number} 已转{department or ''}{to or ''},待签收。")


@items.command()
def split(
    context: typer.Context,
    number: Number,
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="子任务的时限;缺省与任务相同。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """分办:为每个配合科室立一项子任务;子任务都销号后,任务才能申请办结。"""
    from tasks.items.split import split as share_out

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        made = share_out(session, item, by=by, due_on=today(due) if due else None)
        data = {"item": number, "children": [{"number": child.number, "title": child.title} for child in made]}
    done(as_json, data, f"任务 {number} 已分办为 {'、'.join(child.number for child in made)}。")


@items.command()
def progress(
    context: typer.Context,
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="进展情况。")],
    percent: Annotated[int | None, typer.Option("--percent", metavar="0-100", help="完成进度。")] = None,
    problems: Annotated[str | None, typer.Option("--problems", metavar="文字", help="存在的困难或问题。")] = None,
    next_step: Annotated[str | None, typer.Option("--next-step", metavar="文字", help="下一步安排。")] = None,
    achievement: Annotated[
        str | None, typer.Option("--achievement", metavar="一句话", help="可写入年度报告的成效。")
    ] = None,
    next_report: Annotated[
        str | None, typer.Option("--next-report", metavar="日期", help="承诺的下次报告日;此前不再催。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """填报进展;牵头单位首次填报即视为签收。"""
    from tasks.items.progress import record_progress

    with acting(context, number, as_, on, year, organ) as (session, item, by):
        entry = record_progress(
            session,
            item,
            by=by,
            content=text,
            percent=percent,
            problems=problems,
            next_step=next_step,
            achievement=achievement,
            next_report_on=today(next_report) if next_report else None,
        )
        data = {
            "id": entry.id, "item": item.number, "state": item.state, "percent": item.percent,
            "planned": entry.planned,
        }  # fmt: skip
    planned = f",序时进度 {entry.planned}%" if entry.planned is not None else ""
    done(as_json, data, f"已记录任务 {number} 的进展({item.state.label},进度 {item.percent}%{planned})。")


@items.command()
def evidence(
    context: typer.Context,
    number: Number,
    file: Annotated[Path | None, typer.Argument(metavar="文件", help="要上传的材料。")] = None,
    category: Annotated[
        str, typer.Option("--category", metavar="类别", help="制度建设、日常工作、会议信息、成果展示、经验提炼。")
    ] = "日常工作",
    public: Annotated[bool, typer.Option("--public", help="可以公开(缺省为内部)。")] = False,
    expires: Annotated[str | None, typer.Option("--expires", metavar="日期", help="有效期的最后一天。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明。")] = None,
    replaces: Annotated[int | None, typer.Option("--replaces", metavar="材料编号", help="作为这份材料的新版。")] = None,
    get: Annotated[int | None, typer.Option("--get", metavar="材料编号", help="取出这份材料,写到“文件”。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """上传佐证材料;或用 --get 取出一份。同一内容只存一份,修订保留旧版。"""
    from models.errors import BadInputError
    from models.evidence import Category
    from models.ledgers.kinds import member_named
    from tasks.files.check_upload import Limits
    from tasks.files.file_store import FileStore
    from tasks.items.attach import attach

    settings = edge(context).settings
    store = FileStore(settings.evidence_store)
    if get is not None:
        _get(context, number, get, file, store, as_, on, year, organ, as_json)
        return
    if file is None:
        raise BadInputError("请写明要上传的文件,或用 --get 材料编号 取出一份。")
    kind = member_named(Category, category)
    try:
        source = file.open("rb")
    except OSError as error:
        raise BadInputError(f"文件 {file} 无法打开:{error.strerror}。") from error
    with source, acting(context, number, as_, on, year, organ) as (session, item, by):
        piece = attach(
            session,
            item,
            by=by,
            store=store,
            limits=Limits(settings.evidence_bytes),
            name=file.name,
            source=source,
            category=kind,
            public=public,
            expires_on=today(expires) if expires else None,
            note=note,
            replaces=replaces,
        )
        data = {
            "id": piece.id, "item": number, "name": piece.name, "sha256": piece.sha256, "revision": piece.revision,
            "category": piece.category,
        }  # fmt: skip
    done(as_json, data, f"材料“{piece.name}”已上传,编号 {piece.id},第 {piece.revision} 版({kind.label})。")


def _get(
    context: typer.Context,
    number: str,
    wanted: int,
    file: Path | None,
    store: Any,
    as_: str | None,
    on: str | None,
    year: int | None,
    organ: str | None,
    as_json: bool,
) -> None:
    from models.errors import DubanError, NotFoundError
    from models.permission import Action
    from tasks.acting.authorize import authorize
    from tasks.items.attach import find_evidence
    from tasks.people.find import find_item

    with looking(context, as_, on, year, organ) as (session, plan, by):
        item = find_item(session, plan, number)
        authorize(session, by, Action.VIEW, item)
        piece = find_evidence(session, wanted)
        if piece.item_id != item.id:
            raise NotFoundError(f"任务 {number} 没有编号为 {wanted} 的佐证材料。")
    target = file or Path(piece.name)
    try:
        target.write_bytes(store.read(piece.sha256))
    except OSError as error:
        raise DubanError(f"无法写入 {target}:{error.strerror}。") from error
    done(as_json, {"id": piece.id, "file": str(target)}, f"材料“{piece.name}”已写到 {target}。")


@items.command()
def milestone(
    context: typer.Context,
    number: Number,
    title: Annotated[str, typer.Option("--title", metavar="名称", help="节点名称,如 方案报审。")],
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="设节点:它的时限。")] = None,
    reached: Annotated[bool, typer.Option("--done", help="节点已完成(完成日为 --on)。")] = False,
    as_: AsOption = None,
    on: OnOption = None,
    year: YearOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """设一个阶段节点(--due),或记它已完成(--done);节点同样按策略提醒和升级。"""
    from models.errors import BadInputError
    from tasks.items.milestone import add_milestone, reach_milestone

    if (due is None) == (not reached):
        raise BadInputError("请写 --due 日期(设节点)或 --done(节点已完成),两者取一。")
    with acting(context, number, as_, on, year, organ) as (session, item, by):
        if due is not None:
            set_for = today(due)
            add_milestone(session, item, by=by, title=title, due_on=set_for)
            done(
                as_json,
                {"item": number, "title": title, "due_on": set_for},
                f"任务 {number} 的节点“{title}”已设,时限 {set_for}。",
            )
            return
        timely = reach_milestone(session, item, by=by, title=title)
    data = {"item": number, "title": title, "done_on": by.on, "on_time": timely}
    done(as_json, data, f"任务 {number} 的节点“{title}”已于 {by.on} {'按期' if timely else '逾期'}完成。")
