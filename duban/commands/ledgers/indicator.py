"""`duban indicator`: an indicator system brought in, its support, the own score, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.commands.ledgers.unlinked import unlinked
from duban.edge import (
    YearOption,
    table,
    warn,
)

if TYPE_CHECKING:
    from tasks.ledgers.indicator_tree import Branch, Leaf

indicators = typer.Typer(help="示范指标：导入指标体系、关联支撑材料、自评、查缺。", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="指标在台账中的编号。", min=1)]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(indicators, name="indicator")


@indicators.command("import")
@acting("as on organ json")
def bring_in(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="文件", help="列有一、二、三级指标和分值的 .xlsx 或 .csv。")],
    system: Annotated[str, typer.Option("--system", metavar="名称", help="指标体系的名称和版本。")],
    year: YearOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入。")] = False,
) -> Answer:
    """导入一个指标体系（合并的单元格照样读）；再次导入的，按三级指标的名称更正。"""
    from models.ledgers.indicator import KIND
    from tasks.ledgers.import_ledger import import_ledger, refuse_errors

    always = {"adopted_on": f"{year or errand.day.year}-01-01", "system": system}
    done = import_ledger(errand.session, file, errand.organ, KIND, by=errand.recorder, dry_run=dry_run, always=always)

    def screen() -> Iterator[Shown]:
        for error in done.errors:
            warn(f"第 {error.row} 行 {error.column or ''} “{error.value}” {error.accepted}")
        refuse_errors(done)
        yield done.told

    return answer(done.as_dict(), screen, then=typer.Exit(2) if done.errors else None)


@indicators.command("list")
@looking("year as on organ json")
def list_(errand: Errand) -> Answer:
    """列出一年的各项指标：分值、自评得分、支撑。"""
    root = _tree(errand)

    return answer([_data(leaf) for leaf in root.leaves()], lambda: _show(root, list(root.leaves()), "示范指标"))


@indicators.command("missing")
@looking("year as on organ json")
def missing(errand: Errand) -> Answer:
    """列出还没有支撑的指标。"""
    root = _tree(errand)
    left = [leaf for leaf in root.leaves() if not leaf.covered]

    return answer([_data(leaf) for leaf in left], lambda: _show(root, left, "缺支撑的指标"))


@indicators.command("link")
@acting("as on organ json")
def link(
    errand: Errand,
    number: NumberArgument,
    item: Annotated[
        str | None, typer.Option("--item", metavar="任务编号", help="指标启用年度计划中任务的编号。")
    ] = None,
    evidence: Annotated[int | None, typer.Option("--evidence", metavar="编号", help="佐证材料的编号。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明。")] = None,
) -> Answer:
    """把一项指标关联到一项任务，或者一份佐证材料。"""
    from models.errors import BadInputError
    from models.ledgers.indicator import KIND
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.link_row import evidence_to_link, item_to_link, link_row

    session = errand.session
    if (item is None) == (evidence is None):
        raise BadInputError("请用 --item 任务编号 或者 --evidence 编号 写明关联到什么，只写一个。")
    by = errand.recorder
    owner = errand.organ
    row = find_row(session, owner, KIND, number)
    to: Any = (
        item_to_link(session, owner, item, row.adopted_on.year)
        if item is not None
        else evidence_to_link(session, owner, evidence or 0)
    )
    made = link_row(session, owner, KIND, row, to, by=by, note=note)
    data = {"id": made.id, "indicator": number, "item": item, "evidence": evidence, "linked_on": made.linked_on}
    return answer(
        data, f"已把指标 {number} 关联到{f'任务 {item}' if item else f'佐证材料 {evidence}'}（关联 {data['id']}）。"
    )


@indicators.command("unlink")
@acting("as on organ json")
def unlink(
    errand: Errand,
    number: Annotated[int, typer.Argument(metavar="关联", help="关联的编号，见 duban indicator list --json。", min=1)],
) -> Answer:
    """取消一条关联；记录保留。"""
    from models.ledgers.indicator import KIND

    return unlinked(errand, KIND, number)


@indicators.command("score")
@acting("as on organ json")
def score(
    errand: Errand,
    number: NumberArgument,
    points: Annotated[str, typer.Argument(metavar="得分", help="自评得分，不多于分值。")],
    basis: Annotated[str, typer.Option("--basis", metavar="文字", help="自评依据。")],
) -> Answer:
    """填写一项指标的自评得分和依据。"""
    from models.ledgers.indicator import KIND
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.record import correct_row
    from tasks.ledgers.tell_row import Teller

    session = errand.session
    by = errand.recorder
    owner = errand.organ
    row = find_row(session, owner, KIND, number)
    correct_row(session, owner, KIND, row, {"claimed": points, "basis": basis}, by=by)
    data = Teller(session, KIND, [row]).data(row)
    return answer(data, f"指标 {number} 自评 {data['claimed']} 分（分值 {data['points']}）。")


def _tree(errand: Errand) -> Branch:
    from models.database import key
    from tasks.ledgers.find_row import authorize_ledgers
    from tasks.ledgers.indicator_tree import indicator_tree

    authorize_ledgers(errand.session, errand.by, key(errand.organ.id))
    return indicator_tree(errand.session, errand.organ, errand.year or errand.day.year)


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


def _show(root: Branch, leaves: list[Leaf], title: str) -> Iterator[Shown]:
    shown = table("编号", "一级", "二级", "三级指标", "分值", "自评", "支撑", title=title)
    for leaf in leaves:
        row = leaf.row
        support = str(len(leaf.links) + (row.item_id is not None)) if leaf.covered else "无"
        shown.add_row(str(row.id), row.first, row.second, row.title, _number(row.points), _number(row.claimed), support)
    if leaves:
        yield shown
    scores = f"分值 {_number(root.points)}，自评 {_number(root.claimed)} 分"
    yield f"三级指标 {root.total} 项，有支撑 {root.covered} 项；{scores}。"


def _number(value: Any) -> str:
    from models.exact import decimal_text

    return "" if value is None else decimal_text(value)
