"""`duban item`: the list, one item, and every act upon it; those declared in `duban.acts` follow from there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from duban.acts.declaration import Way
from duban.acts.item import ACTS
from duban.acts.item_hand import ADD
from duban.acts.item_work import MILESTONE, REACHED
from duban.commands.acts import ITEM, Number, Subject, add_command, do
from duban.commands.brought import Vouched, brought
from duban.commands.errand import Answer, Errand, acting, answer, apart, looking
from duban.edge import table, today

items = typer.Typer(help="任务：查看、签收、填报、延期、催办、中止、办结销号。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(items, name="item")


@items.command("list")
@looking()
def list_(
    errand: Errand,
    state: Annotated[str | None, typer.Option("--state", metavar="状态", help="如 在办、待签收、申请办结。")] = None,
    light: Annotated[str | None, typer.Option("--light", metavar="灯", help="如 逾期、临期、滞后、正常。")] = None,
    department: Annotated[str | None, typer.Option("--department", metavar="科室", help="牵头科室。")] = None,
    only: Annotated[Literal["open", "mine"] | None, typer.Option("--only", help="open 未办结；mine 我承办的。")] = None,
) -> Answer:
    """列出有权查看的任务：状态、亮灯、时限、承办人。"""
    from models.items.item import ItemState
    from models.ladder.light import Light
    from models.ledgers.kinds import member_named
    from models.people.organ import Organ
    from tasks.lists.browse_items import list_items
    from tasks.lists.choose_items import NamedList
    from tasks.people.find import find_department

    session, plan, by = errand.session, errand.plan, errand.by
    rows = list_items(
        session,
        plan,
        by=by,
        calendar=errand.calendar,
        state=member_named(ItemState, state) if state else None,
        light=member_named(Light, light) if light else None,
        department=find_department(session, session.get_one(Organ, plan.organ_id), department) if department else None,
        standing=NamedList(only) if only else None,
    )
    made = table("灯", "编号", "任务", "牵头单位", "承办人", "时限", "", "进度", "状态", title=f"{plan.title} {by.on}")
    for row in rows:
        made.add_row(
            row.light.label, row.number, row.title[:30], row.unit, row.handler or "-", str(row.due_on or "-"),
            row.distance, f"{row.percent}%", row.state.label,
        )  # fmt: skip
    return answer([row.as_dict() for row in rows], made, f"共 {len(rows)} 项。")


@items.command()
@looking()
def show(errand: Errand, number: Number) -> Answer:
    """一项任务的全部：时限的来历、签收、进展、材料、延期、批示、审核，以及现在可以办什么。"""
    from duban.commands.items.item_page import item_page
    from tasks.items.show_item import show_item
    from tasks.people.find import find_item

    item = find_item(errand.session, errand.plan, number)
    data = show_item(errand.session, item, by=errand.by, calendar=errand.calendar)
    return answer(data, lambda: item_page(data))


@items.command()
@looking()
def comments(errand: Errand, number: Number) -> Answer:
    """一项任务的留言：谁在哪天说了什么，提到和抄送了谁；已撤回的只写明撤回。"""
    from duban.commands.items.item_page import comment_line
    from tasks.items.show_comments import list_comments
    from tasks.people.find import find_item

    item = find_item(errand.session, errand.plan, number)
    rows = list_comments(errand.session, item, by=errand.by)
    return answer(rows, *(comment_line(row) for row in rows), f"共 {len(rows)} 条留言。")


@items.command()
@apart("json")
def rules(_errand: Errand) -> Answer:
    """任务怎样流转：每个动作在什么状态下、由谁办、变为什么状态、有什么条件。"""
    from models.items.lifecycle import LIFECYCLE
    from models.people.permission import GRANTS

    rows = [
        {
            "action": action,
            "name": action.label,
            "from": [state.label for state in transition.sources],
            "to": [state.label for state in transition.to],
            "who": list(dict.fromkeys(f"{grant.role.label}（{grant.scope.label}）" for grant in GRANTS[action])),
            "guard": transition.guard,
            "records": transition.records,
        }
        for action, transition in LIFECYCLE.items()
    ]
    made = table("动作", "状态", "办理人", "变为", "条件", title="任务的流转")
    for action, transition in LIFECYCLE.items():
        who = dict.fromkeys(f"{grant.role.label}（{grant.scope.label}）" for grant in GRANTS[action])
        states = ("\n".join(state.label for state in chosen) for chosen in (transition.sources, transition.to))
        made.add_row(action.label, next(states), "\n".join(who), next(states), transition.guard.replace("，", "\n"))
        made.add_section()
    return answer(rows, made)


add_command(items, ADD, Subject(lambda errand: (errand.plan, None)))
for _act in ACTS:
    if Way.COMMAND in _act.ways and not _act.of_instruction:
        add_command(items, _act, ITEM)


@items.command()
@apart()
def evidence(
    errand: Errand,
    number: Number,
    file: Annotated[Path | None, typer.Argument(metavar="文件", help="要上传的材料。")] = None,
    category: Annotated[
        str, typer.Option("--category", metavar="类别", help="制度建设、日常工作、会议信息、成果展示、经验提炼。")
    ] = "日常工作",
    public: Annotated[bool, typer.Option("--public", help="可以公开（缺省为内部）。")] = False,
    expires: Annotated[str | None, typer.Option("--expires", metavar="日期", help="有效期的最后一天。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明。")] = None,
    replaces: Annotated[int | None, typer.Option("--replaces", metavar="材料编号", help="作为这份材料的新版。")] = None,
    vouched: Vouched = False,
    get: Annotated[int | None, typer.Option("--get", metavar="材料编号", help="取出这份材料，写到“文件”。")] = None,
) -> Answer:
    """上传佐证材料；或用 --get 取出一份。同一内容只存一份，修订保留旧版。"""
    from models.errors import BadInputError
    from models.items.evidence import Category
    from models.ledgers.kinds import member_named
    from tasks.files.check_upload import limits_of
    from tasks.files.file_store import FileStore
    from tasks.items.attach import attach
    from tasks.people.find import find_item

    if get is not None:
        return _get(errand, number, get, file)
    if file is None:
        raise BadInputError("请写明要上传的文件，或用 --get 材料编号 取出一份。")
    kind, settings = member_named(Category, category), errand.edge.settings
    with brought(file) as examined, errand.writing() as session:
        piece = attach(
            session, find_item(session, errand.plan, number), by=errand.by, store=FileStore(settings.evidence_store),
            limits=limits_of(settings), file=examined, category=kind, public=public,
            expires_on=today(expires) if expires else None, note=note, replaces=replaces, vouched=vouched,
        )  # fmt: skip
    data = {
        "id": piece.id, "item": number, "name": piece.name, "sha256": piece.sha256, "revision": piece.revision,
        "category": piece.category,
    }  # fmt: skip
    return answer(data, f"材料“{piece.name}”已上传，编号 {piece.id}，第 {piece.revision} 版（{kind.label}）。")


def _get(errand: Errand, number: str, wanted: int, file: Path | None) -> Answer:
    from models.errors import DubanError, NotFoundError
    from models.people.permission import Action
    from tasks.acting.authorize import authorize
    from tasks.files.file_store import FileStore
    from tasks.items.attach import find_evidence
    from tasks.people.find import find_item

    with errand.reading() as session:
        item = find_item(session, errand.plan, number)
        authorize(session, errand.by, Action.READ, item)
        piece = find_evidence(session, wanted)
        if piece.item_id != item.id:
            raise NotFoundError(f"任务 {number} 没有编号为 {wanted} 的佐证材料。")
    target = file or Path(piece.name)
    try:
        target.write_bytes(FileStore(errand.edge.settings.evidence_store).read(piece.sha256))
    except OSError as error:
        raise DubanError(f"无法写入 {target}：{error.strerror}。") from error
    errand.note_taken("item evidence --get", target, item)
    return answer({"id": piece.id, "file": str(target)}, f"材料“{piece.name}”已写到 {target}。")


@items.command()
@acting()
def milestone(
    errand: Errand,
    number: Number,
    title: Annotated[str, typer.Option("--title", metavar="名称", help="节点名称，如 方案报审。")],
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="设节点：它的时限。")] = None,
    reached: Annotated[bool, typer.Option("--done", help="节点已完成（完成日为 --on）。")] = False,
) -> Answer:
    """设一个阶段节点（--due），或记它已完成（--done）；节点同样按策略提醒和升级。"""
    from models.errors import BadInputError
    from tasks.people.find import find_item

    if (due is None) == (not reached):
        raise BadInputError("请写 --due 日期（设节点）或 --done（节点已完成），两者取一。")
    item = find_item(errand.session, errand.plan, number)
    if due is None:
        return do(errand, REACHED, item, {"title": title})
    return do(errand, MILESTONE, item, {"title": title, "due_on": today(due)})


@items.command()
@acting()
def urge(
    errand: Errand,
    numbers: Annotated[list[str], typer.Argument(metavar="编号…", help="一项或几项任务的编号。")],
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="催办要求。")] = None,
    reply_by: Annotated[
        str | None, typer.Option("--reply-by", metavar="日期", help="回复期限；缺省为 3 个工作日内。")
    ] = None,
) -> Answer:
    """催办一项或几项任务，出一张催办单；同一任务在策略规定的间隔内不重复催。"""
    from tasks.items.urge import urge as press
    from tasks.people.find import find_item

    session = errand.session
    chosen = [find_item(session, errand.plan, number) for number in dict.fromkeys(numbers)]
    slip = press(session, chosen, by=errand.by, demand=text, reply_by=today(reply_by) if reply_by else None)
    return answer(
        {"document": slip.id, "number": slip.written_number, "items": numbers},
        f"已催办 {len(chosen)} 项任务：{slip.written_number}（duban document export {slip.id}）。",
    )


@items.command()
@apart()
def unfiled(
    errand: Errand,
    press: Annotated[bool, typer.Option("--urge", help="催办的正是这些任务（近日催过的除外）。")] = False,
) -> Answer:
    """谁本期还没有填报进展；加 --urge 一次催办这些任务。"""
    from models.items.item import WorkItem
    from models.people.organ import Organ
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.items.urge import urge as ask
    from tasks.items.urge import urgeable
    from tasks.lists.list_unreported import unreported as missing

    with errand.reading() as session:
        plan = errand.plan
        authorize_organ(session, errand.by, Action.VIEW, plan.organ_id)
        rows = missing(session, plan, on=errand.day, calendar=errand.calendar)
        title = f"{session.get_one(Organ, plan.organ_id).name} {rows[0].period if rows else ''} 未填报 {len(rows)} 项"
    number = None
    if press and rows:
        with errand.writing() as session:
            chosen = urgeable(session, [session.get_one(WorkItem, row.item.id) for row in rows], on=errand.day)
            if chosen:
                number = ask(session, chosen, by=errand.by, demand="本期进展尚未填报，请补报。").written_number
    made = table("牵头单位", "编号", "任务", "承办人", "填报期", "填报截止", title=title)
    for row in rows:
        item = row.item
        made.add_row(item.unit, item.number, item.title[:30], item.handler or "-", row.period, str(row.due_on))
    urged = f"已催办：{number}。" if number else "没有可催办的任务（没有未填报的，或近日都已催过）。"
    return answer({"unfiled": [row.as_dict() for row in rows], "urged": number}, made, *([urged] if press else []))


@items.command()
@looking()
def problems(errand: Errand) -> Answer:
    """哪些任务现在没有人承办：岗位空缺、离任无人接任、请假无人代理、未明确责任人。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.lists.find_gaps import gaps

    plan = errand.plan
    authorize_organ(errand.session, errand.by, Action.VIEW, plan.organ_id)
    found = gaps(errand.session, plan, on=errand.day)
    made = table("编号", "任务", "牵头单位", "问题", "通知现送", title=f"无人承办的任务 {len(found)} 项")
    for gap in found:
        made.add_row(gap.item.number, gap.item.title[:30], gap.item.unit, gap.words, gap.instead or "无人")
    return answer([gap.as_dict() for gap in found], made)
