"""`duban instruct`: a leader's instructions, from giving one to what came of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from duban.acts.item import ACTS
from duban.commands.acts import INSTRUCTION, add_command
from duban.commands.errand import Answer, Errand, acting, answer, looking
from duban.edge import table, today

instructions = typer.Typer(help="领导批示：批示、签收、反馈、办结。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(instructions, name="instruct")


@instructions.command()
@acting()
def add(
    errand: Errand,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="内容。")],
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="办理时限。")] = None,
    term: Annotated[
        str | None, typer.Option("--term", metavar="档次", help="时限档次，如 急件，由督办策略定；与 --due 二者取一。")
    ] = None,
    rest: Annotated[
        str | None, typer.Option("--rest", metavar="选项", help="时限遇休息日：之前的工作日、之后的工作日、就在当天。")
    ] = None,
    item: Annotated[str | None, typer.Option("--item", metavar="编号", help="批示在哪项任务上。")] = None,
    notice: Annotated[
        int | None, typer.Option("--notice", metavar="通知编号", help="就收到的这条升级督办作批示（见 notice list）。")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="文字", help="不在任务上的批示：事项名称。")] = None,
    department: Annotated[str | None, typer.Option("--department", metavar="科室", help="交给哪个科室。")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="姓名", help="交给哪位承办人。")] = None,
    hear: Annotated[
        str, typer.Option("--tell", metavar="选项", help="即时告知谁：承办人和分管领导，或只告知承办人。")
    ] = "承办人和分管领导",
    copy: Annotated[
        list[str] | None,
        typer.Option("--copy", metavar="姓名", help="抄送给谁知悉，可写几次；可以查看任务，不需办理。"),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="类别", help="履职类别：部署、过问、协调、督办。")] = "督办",
) -> Answer:
    """作一件批示:在任务上(--item)、就一条升级督办(--notice),或单独交办(--title 加 --department 或 --to)。

    批示有自己的时限、督办单和反馈，逾期同样升级，并记为第一责任人（分管领导）履职。
    """
    from models.dates.rest_day import RestDay
    from models.errors import BadInputError, NotFoundError
    from models.items.instruction import Hearers
    from models.items.item import Deadline, WorkItem
    from models.ladder.notice import Notice
    from models.ledgers.kinds import member_named
    from models.people.organ import Organ
    from models.people.personal_duty import Duty
    from tasks.items.instruct import instruct, instruct_freely
    from tasks.people.find import find_department, find_item, find_people, find_person

    if sum(given is not None for given in (item, notice, title)) != 1:
        raise BadInputError("请写明批示的对象：--item 任务编号、--notice 通知编号、--title 事项名称，三者取一。")
    session, by, plan = errand.session, errand.by, errand.plan
    owner = session.get_one(Organ, plan.organ_id)
    how: dict[str, Any] = {
        "content": text, "due_on": today(due) if due else None, "term": term,
        "rest": member_named(RestDay, rest) if rest else None, "hear": member_named(Hearers, hear),
        "kind": member_named(Duty, kind), "copies": find_people(session, "、".join(copy or ()), owner),
    }  # fmt: skip
    if title is not None:
        given = instruct_freely(
            session, plan, by=by, title=title, **how,
            department=find_department(session, owner, department) if department else None,
            handler=find_person(session, to, owner) if to else None,
        )  # fmt: skip
    else:
        answered = session.get(Notice, notice) if notice is not None else None
        if notice is not None and answered is None:
            raise NotFoundError(f"没有编号为 {notice} 的通知；可用 duban notice list 查看。")
        target = session.get_one(WorkItem, answered.item_id) if answered else find_item(session, plan, item or "")
        given = instruct(session, target, by=by, notice=answered, **how)
    due_on = session.get_one(Deadline, given.instruction.deadline_id).due_on
    data = {
        "id": given.instruction.id, "item": given.item.number, "due_on": due_on, "document": given.document.id,
        "number": given.document.written_number,
    }  # fmt: skip
    return answer(data, f"批示已下达（编号 {data['id']}，{data['number']}，任务 {data['item']}，时限 {due_on}）。")


@instructions.command("list")
@looking()
def list_(errand: Errand) -> Answer:
    """列出有权查看的批示：谁在何时批示了什么，办得怎样。"""
    from tasks.items.instruct import list_instructions

    rows = list_instructions(errand.session, errand.plan, by=errand.by)
    made = table("编号", "日期", "领导", "任务", "批示", "时限", "状态", "结果", title=f"{errand.plan.year} 年批示")
    for row in rows:
        late = "（逾期）" if row["overdue"] else ""
        made.add_row(
            str(row["id"]), str(row["on"]), row["person"], f"{row['item']} {row['title'][:16]}", row["text"][:30],
            str(row["due_on"]), row["state"].label + late, row["outcome"] or row["last_reply"] or "",
        )  # fmt: skip
    return answer(rows, made)


for _act in ACTS:
    if _act.of_instruction:
        add_command(instructions, _act, INSTRUCTION)
