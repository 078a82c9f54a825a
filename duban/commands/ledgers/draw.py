"""`duban inspect draw|list|show|verify`: the random draw of objects and inspectors, and its verification."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import (
    table,
)

if TYPE_CHECKING:
    from models.draws.inspection_draw import InspectionDraw

inspections = typer.Typer(help="双随机抽查:随机抽取检查对象和检查人员,事后可以复核。", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="抽取编号,见 duban inspect list。", min=1)]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(inspections, name="inspect")


@inspections.command("draw")
@acting("as on organ json")
def draw(
    errand: Errand,
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
) -> Answer:
    """抽取一次:保存名单、种子和结果,并逐户记入双随机抽查台账。同一计划一天只抽取一次。"""
    from models.draws.random_draw import lists_of
    from tasks.draws.draw_inspection import draw_inspection
    from tasks.draws.read_draw_lists import read_conflicts_file, read_inspectors, read_objects, read_percent

    session = errand.session
    lists = lists_of(
        plan.strip(), read_objects(objects), read_inspectors(inspectors),
        read_conflicts_file(conflicts) if conflicts else (), percent=read_percent(ratio), per_object=per_object,
    )  # fmt: skip
    by = errand.recorder
    made = draw_inspection(session, errand.organ, lists, by=by, seed=seed, witness=witness)

    return answer(_data(made), lambda: _tell(made))


@inspections.command("list")
@looking("year as on organ json")
def list_(errand: Errand) -> Answer:
    """列出各次抽取,新的在前。"""
    from models.database import key
    from tasks.draws.draw_inspection import list_draws
    from tasks.ledgers.find_row import authorize_ledgers

    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_ledgers(session, by, key(owner.id))
    found = list_draws(session, owner, errand.year)

    def screen() -> Iterator[Shown]:
        shown = table("编号", "抽取日期", "抽查计划", "对象", "抽取", "检查人员", "种子", "见证人")
        for one in found:
            shown.add_row(
                str(one.id), str(one.drawn_on), one.plan, str(len(one.objects)), str(len(one.result)),
                str(len(one.inspectors)), "事先给定" if one.seed_given else "推算", one.witness or "",
            )  # fmt: skip
        yield shown

    return answer([_data(one) for one in found], screen)


@inspections.command("show")
@looking("as on organ json")
def show(errand: Errand, number: NumberArgument) -> Answer:
    """显示一次抽取:种子、抽中的检查对象和检查人员。"""
    from models.database import key
    from tasks.draws.draw_inspection import find_draw
    from tasks.ledgers.find_row import authorize_ledgers

    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_ledgers(session, by, key(owner.id))
    found = find_draw(session, owner, number)

    return answer(_data(found), lambda: _tell(found))


@inspections.command("verify")
@looking("as on organ json")
def verify(errand: Errand, number: NumberArgument) -> Answer:
    """复核一次抽取:按名单和种子重新抽取,与结果、审计记录、台账核对;有不符的,退出码为 1。"""
    from models.database import key
    from tasks.draws.draw_inspection import find_draw
    from tasks.draws.verify_draw import verify_draw
    from tasks.ledgers.find_row import authorize_ledgers

    session, owner = errand.session, errand.organ
    authorize_ledgers(session, errand.by, key(owner.id))
    checks = verify_draw(session, find_draw(session, owner, number))
    holds = all(one.holds for one in checks)
    told = [{"title": one.title, "holds": one.holds, "words": one.words} for one in checks]
    lines = (f"{'相符' if one.holds else '不符'} {one.title}:{one.words}。" for one in checks)
    return answer({"id": number, "holds": holds, "checks": told}, *lines, then=None if holds else typer.Exit(1))


def _tell(made: InspectionDraw) -> Iterator[Shown]:
    yield f"抽取 {made.id} {made.plan},{made.drawn_on}"
    share = f"{made.percent.normalize():f}%"
    yield f"从 {len(made.objects)} 户中抽取 {len(made.result)} 户({share}),每户 {made.per_object} 人。"
    yield f"种子:{made.seed}({'事先给定' if made.seed_given else '由名单、日期和审计记录推算'})"
    yield f"哈希值:{made.content_hash}({made.algorithm})"
    if made.witness:
        yield f"见证人:{made.witness}"
    shown = table("次序", "检查对象", "检查人员")
    for place, (target, *people) in enumerate(made.result, 1):
        shown.add_row(str(place), target, "、".join(people))
    yield shown


def _data(made: InspectionDraw) -> dict[str, Any]:
    return {
        "id": made.id, "plan": made.plan, "drawn_on": made.drawn_on, "percent": made.percent,
        "per_object": made.per_object, "seed": made.seed, "seed_given": made.seed_given, "head": made.head,
        "algorithm": made.algorithm, "content_hash": made.content_hash, "witness": made.witness,
        "objects": made.objects, "inspectors": made.inspectors, "conflicts": made.conflicts,
        "result": [{"object": target, "inspectors": people} for target, *people in made.result],
    }  # fmt: skip
