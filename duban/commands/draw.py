"""`duban inspect draw|list|show|verify`: the random draw of objects and inspectors, and its verification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from models.draws.inspection_draw import InspectionDraw

inspections = typer.Typer(help="双随机抽查:随机抽取检查对象和检查人员,事后可以复核。", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="抽取编号,见 duban inspect list。", min=1)]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(inspections, name="inspect")


@inspections.command("draw")
def draw(
    context: typer.Context,
    plan: Annotated[str, typer.Option("--plan", metavar="名称", help="抽查计划的名称。")],
    objects: Annotated[
        Path, typer.Option("--objects", metavar="文件", help="检查对象名单,.xlsx 或 .csv:“检查对象”一列。")
    ],
    inspectors: Annotated[
        Path, typer.Option("--inspectors", metavar="文件", help="检查人员名单,.xlsx 或 .csv:“检查人员”一列。")
    ],
    ratio: Annotated[str, typer.Option("--ratio", metavar="比例", help="抽取比例,如 10%;不足一户的进一。")],
    per_object: Annotated[int, typer.Option("--per-object", metavar="人数", help="每户几名检查人员。")] = 2,
    conflicts: Annotated[
        Path | None,
        typer.Option("--conflicts", metavar="文件", help="回避名单,.xlsx 或 .csv:“检查人员”“检查对象”两列。"),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="文字", help="事先公布的种子;缺省由名单、日期和审计记录推算,无人选定。"),
    ] = None,
    witness: Annotated[str | None, typer.Option("--witness", metavar="姓名", help="见证人。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """抽取一次:保存名单、种子和结果,并逐户记入双随机抽查台账。同一计划一天只抽取一次。"""
    from models.draws.random_draw import lists_of
    from tasks.draws.draw_inspection import draw_inspection
    from tasks.draws.read_draw_lists import read_conflicts_file, read_inspectors, read_objects, read_percent

    lists = lists_of(
        plan.strip(), read_objects(objects), read_inspectors(inspectors),
        read_conflicts_file(conflicts) if conflicts else (), percent=read_percent(ratio), per_object=per_object,
    )  # fmt: skip
    reach = edge(context)
    with reach.writing() as session:
        by = reach.recorder(session, as_, today(on), organ)
        made = draw_inspection(session, reach.organ_for(session, by, organ), lists, by=by, seed=seed, witness=witness)
    if as_json:
        print_json(_data(made))
    else:
        _tell(made)


@inspections.command("list")
def list_(
    context: typer.Context,
    year: YearOption = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出各次抽取,新的在前。"""
    from models.database import key
    from tasks.draws.draw_inspection import list_draws
    from tasks.ledgers.find_row import authorize_ledgers

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_ledgers(session, by, key(owner.id))
        found = list_draws(session, owner, year)
    if as_json:
        print_json([_data(one) for one in found])
        return
    shown = table("编号", "抽取日期", "抽查计划", "对象", "抽取", "检查人员", "种子", "见证人")
    for one in found:
        shown.add_row(
            str(one.id), str(one.drawn_on), one.plan, str(len(one.objects)), str(len(one.result)),
            str(len(one.inspectors)), "事先给定" if one.seed_given else "推算", one.witness or "",
        )  # fmt: skip
    show_table(shown)


@inspections.command("show")
def show(
    context: typer.Context,
    number: NumberArgument,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一次抽取:种子、抽中的检查对象和检查人员。"""
    from models.database import key
    from tasks.draws.draw_inspection import find_draw
    from tasks.ledgers.find_row import authorize_ledgers

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_ledgers(session, by, key(owner.id))
        found = find_draw(session, owner, number)
    if as_json:
        print_json(_data(found))
    else:
        _tell(found)


@inspections.command("verify")
def verify(
    context: typer.Context,
    number: NumberArgument,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """复核一次抽取:按名单和种子重新抽取,与结果、审计记录、台账核对;有不符的,退出码为 1。"""
    from models.database import key
    from tasks.draws.draw_inspection import find_draw
    from tasks.draws.verify_draw import verify_draw
    from tasks.ledgers.find_row import authorize_ledgers

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_ledgers(session, by, key(owner.id))
        checks = verify_draw(session, find_draw(session, owner, number))
    holds = all(one.holds for one in checks)
    if as_json:
        told = [{"title": one.title, "holds": one.holds, "words": one.words} for one in checks]
        print_json({"id": number, "holds": holds, "checks": told})
    else:
        for one in checks:
            say(f"{'相符' if one.holds else '不符'} {one.title}:{one.words}。")
    if not holds:
        raise typer.Exit(1)


def _tell(made: InspectionDraw) -> None:
    say(f"抽取 {made.id} {made.plan},{made.drawn_on}")
    share = f"{made.percent.normalize():f}%"
    say(f"从 {len(made.objects)} 户中抽取 {len(made.result)} 户({share}),每户 {made.per_object} 人。")
    say(f"种子:{made.seed}({'事先给定' if made.seed_given else '由名单、日期和审计记录推算'})")
    say(f"哈希值:{made.content_hash}({made.algorithm})")
    if made.witness:
        say(f"见证人:{made.witness}")
    shown = table("次序", "检查对象", "检查人员")
    for place, (target, *people) in enumerate(made.result, 1):
        shown.add_row(str(place), target, "、".join(people))
    show_table(shown)


def _data(made: InspectionDraw) -> dict[str, Any]:
    return {
        "id": made.id, "plan": made.plan, "drawn_on": made.drawn_on, "percent": made.percent,
        "per_object": made.per_object, "seed": made.seed, "seed_given": made.seed_given, "head": made.head,
        "algorithm": made.algorithm, "content_hash": made.content_hash, "witness": made.witness,
        "objects": made.objects, "inspectors": made.inspectors, "conflicts": made.conflicts,
        "result": [{"object": target, "inspectors": people} for target, *people in made.result],
    }  # fmt: skip
