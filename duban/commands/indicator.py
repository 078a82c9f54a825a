"""`duban indicator`: an indicator system brought in, its support, the own score, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.unlinked import unlinked
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
    warn,
)

if TYPE_CHECKING:
    from tasks.ledgers.indicator_tree import Branch, Leaf

indicators = typer.Typer(help="示范指标:导入指标体系、关联支撑材料、自评、查缺。", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="指标在台账中的编号。", min=1)]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(indicators, name="indicator")


@indicators.command("import")
def bring_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="列有一、二、三级指标和分值的 .xlsx 或 .csv。")],
    system: Annotated[str, typer.Option("--system", metavar="名称", help="指标体系的名称和版本。")],
    year: YearOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对,不写入。")] = False,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入一个指标体系(合并的单元格照样读);再次导入的,按三级指标的名称更正。"""
    from models.ledgers.indicator import KIND
    from tasks.ledgers.import_ledger import import_ledger, refuse_errors

    reach, day = edge(context), today(on)
    always = {"adopted_on": f"{year or day.year}-01-01", "system": system}
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        done = import_ledger(session, file, owner, KIND, by=by, dry_run=dry_run, always=always)
    if as_json:
        print_json(done.as_dict())
        if done.errors:
            raise typer.Exit(2)
        return
    for error in done.errors:
        warn(f"第 {error.row} 行 {error.column or ''} “{error.value}” {error.accepted}")
    refuse_errors(done)
    say(done.told)


@indicators.command("list")
def list_(
    context: typer.Context,
    year: YearOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出一年的各项指标:分值、自评得分、支撑。"""
    root = _tree(context, year, as_, on, organ)
    if as_json:
        print_json([_data(leaf) for leaf in root.leaves()])
    else:
        _show(root, list(root.leaves()), "示范指标")


@indicators.command("missing")
def missing(
    context: typer.Context,
    year: YearOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出还没有支撑的指标。"""
    root = _tree(context, year, as_, on, organ)
    left = [leaf for leaf in root.leaves() if not leaf.covered]
    if as_json:
        print_json([_data(leaf) for leaf in left])
    else:
        _show(root, left, "缺支撑的指标")


@indicators.command("link")
def link(
    context: typer.Context,
    number: NumberArgument,
    item: Annotated[
        str | None, typer.Option("--item", metavar="任务编号", help="指标启用年度计划中任务的编号。")
    ] = None,
    evidence: Annotated[int | None, typer.Option("--evidence", metavar="编号", help="佐证材料的编号。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一项指标关联到一项任务,或者一份佐证材料。"""
    from models.errors import BadInputError
    from models.ledgers.indicator import KIND
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.link_row import evidence_to_link, item_to_link, link_row

    if (item is None) == (evidence is None):
        raise BadInputError("请用 --item 任务编号 或者 --evidence 编号 写明关联到什么,只写一个。")
    reach = edge(context)
    with reach.writing() as session:
        by = reach.recorder(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        row = find_row(session, owner, KIND, number)
        to: Any = (
            item_to_link(session, owner, item, row.adopted_on.year)
            if item is not None
            else evidence_to_link(session, owner, evidence or 0)
        )
        made = link_row(session, owner, KIND, row, to, by=by, note=note)
        data = {"id": made.id, "indicator": number, "item": item, "evidence": evidence, "linked_on": made.linked_on}
    if as_json:
        print_json(data)
    else:
        say(f"已把指标 {number} 关联到{f'任务 {item}' if item else f'佐证材料 {evidence}'}(关联 {data['id']})。")


@indicators.command("unlink")
def unlink(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="关联", help="关联的编号,见 duban indicator list --json。", min=1)],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """取消一条关联;记录保留。"""
    from models.ledgers.indicator import KIND

    unlinked(context, KIND, number, as_, on, organ, as_json)


@indicators.command("score")
def score(
    context: typer.Context,
    number: NumberArgument,
    points: Annotated[str, typer.Argument(metavar="得分", help="自评得分,不多于分值。")],
    basis: Annotated[str, typer.Option("--basis", metavar="文字", help="自评依据。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """填写一项指标的自评得分和依据。"""
    from models.ledgers.indicator import KIND
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.record import correct_row
    from tasks.ledgers.tell_row import Teller

    reach = edge(context)
    with reach.writing() as session:
        by = reach.recorder(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        row = find_row(session, owner, KIND, number)
        correct_row(session, owner, KIND, row, {"claimed": points, "basis": basis}, by=by)
        data = Teller(session, KIND, [row]).data(row)
    if as_json:
        print_json(data)
    else:
        say(f"指标 {number} 自评 {data['claimed']} 分(分值 {data['points']})。")


def _tree(context: typer.Context, year: int | None, as_: str | None, on: str | None, organ: str | None) -> Branch:
    from models.database import key
    from tasks.ledgers.find_row import authorize_ledgers
    from tasks.ledgers.indicator_tree import indicator_tree

    reach, day = edge(context), today(on)
    with reach.reading() as session:
        by = reach.actor(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        authorize_ledgers(session, by, key(owner.id))
        return indicator_tree(session, owner, year or day.year)


def _data(leaf: Leaf) -> dict[str, Any]:
    from models.exact import number

    row = leaf.row
    return {
        "id": row.id, "system": row.system, "first": row.first, "second": row.second, "title": row.title,
        "code": row.code, "points": None if row.points is None else number(row.points),
        "claimed": None if row.claimed is None else number(row.claimed), "covered": leaf.covered,
        "links": [
            {"id": one.link_id, "name": one.name, "item_id": one.item_id, "evidence_id": one.evidence_id,
             "counts": one.counts, "note": one.note}
            for one in leaf.links
        ],
    }  # fmt: skip


def _show(root: Branch, leaves: list[Leaf], title: str) -> None:
    shown = table("编号", "一级", "二级", "三级指标", "分值", "自评", "支撑", title=title)
    for leaf in leaves:
        row = leaf.row
        support = str(len(leaf.links) + (row.item_id is not None)) if leaf.covered else "无"
        shown.add_row(str(row.id), row.first, row.second, row.title, _number(row.points), _number(row.claimed), support)
    if leaves:
        show_table(shown)
    scores = f"分值 {_number(root.points)},自评 {_number(root.claimed)} 分"
    say(f"三级指标 {root.total} 项,有支撑 {root.covered} 项;{scores}。")


def _number(value: Any) -> str:
    from models.exact import decimal_text

    return "" if value is None else decimal_text(value)
