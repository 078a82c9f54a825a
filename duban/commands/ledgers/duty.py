"""`duban duty`: the duties of an organ against the plan of a year."""

from collections.abc import Iterator
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.commands.ledgers.unlinked import unlinked
from duban.edge import (
    YearOption,
    table,
)

duties = typer.Typer(help="责任清单：职责与年度任务的关联，两边的缺口。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(duties, name="duty")


@duties.command("gaps")
@looking("year as on organ json")
def gaps(errand: Errand) -> Answer:
    """列出没有年度任务的职责和没有职责的任务。"""
    from models.database import key
    from tasks.ledgers.duty_gaps import duty_gaps
    from tasks.ledgers.find_row import authorize_ledgers

    day = errand.day
    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_ledgers(session, by, key(owner.id))
    found = duty_gaps(session, owner, errand.year or day.year, on=day)

    def screen() -> Iterator[Shown]:
        yield (
            f"{found.year} 年（截至 {found.until}）：职责 {found.duties} 项，没有任务的 {len(found.left)} 项；"
            f"计划任务 {found.items} 项，没有职责的 {len(found.unasked)} 项。"
        )
        if found.left:
            shown = table("编号", "职责编号", "职责", "责任科室", title="没有年度任务的职责")
            for row in found.left:
                shown.add_row(str(row.id), row.code or "", row.title, row.department or "")
            yield shown
        if found.unasked:
            shown = table("任务编号", "任务", title="没有职责的任务")
            for item in found.unasked:
                shown.add_row(item.number, item.title)
            yield shown
        if found.left or found.unasked:
            yield "关联：duban duty link 编号 --item 任务编号。"

    data = {
        "year": found.year, "until": found.until, "duties": found.duties, "items": found.items,
        "duties_without_item": [
            {"id": row.id, "code": row.code, "title": row.title, "department": row.department}
            for row in found.left
        ],
        "items_without_duty": [
            {"id": item.id, "number": item.number, "title": item.title} for item in found.unasked
        ],
    }  # fmt: skip
    return answer(data, screen)


@duties.command("link")
@acting("as on organ json")
def link(
    errand: Errand,
    number: Annotated[int, typer.Argument(metavar="编号", help="职责在台账中的编号。", min=1)],
    item: Annotated[str, typer.Option("--item", metavar="任务编号", help="计划中任务的编号。")],
    year: YearOption = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明。")] = None,
) -> Answer:
    """把一项职责关联到一项任务；--year 为任务所在计划的年度，缺省为今年。"""
    from models.ledgers.duty import KIND
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.link_row import item_to_link, link_row

    day = errand.day
    session = errand.session
    by = errand.recorder
    owner = errand.organ
    to = item_to_link(session, owner, item, year or day.year)
    row = find_row(session, owner, KIND, number)
    made = link_row(session, owner, KIND, row, to, by=by, note=note)
    data = {"id": made.id, "duty": number, "item": to.number, "linked_on": made.linked_on}
    return answer(data, f"已把职责 {number} 关联到任务 {item}（关联 {data['id']}）。")


@duties.command("unlink")
@acting("as on organ json")
def unlink(
    errand: Errand, number: Annotated[int, typer.Argument(metavar="关联", help="关联的编号。", min=1)]
) -> Answer:
    """取消一条关联；记录保留。"""
    from models.ledgers.duty import KIND

    return unlinked(errand, KIND, number)
