"""`duban inspect bind|pledge|reveal|draw`: a random draw of objects and inspectors, bound first and seeded later."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, acting, answer
from duban.commands.ledgers.draw_shown import NumberArgument, data_of, shown_commands, tell

inspections = typer.Typer(
    help="双随机抽查：先绑定名单，后产生种子，再抽取检查对象和检查人员；事后可以复核。", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    shown_commands(inspections)
    app.add_typer(inspections, name="inspect")


@inspections.command("bind")
@acting("as organ json")
def bind(
    errand: Errand,
    plan: Annotated[str, typer.Option("--plan", metavar="名称", help="抽查计划的名称。")],
    objects: Annotated[
        Path, typer.Option("--objects", metavar="文件", help="检查对象名单，.xlsx 或 .csv：“检查对象”一列。")
    ],
    inspectors: Annotated[
        Path, typer.Option("--inspectors", metavar="文件", help="检查人员名单，.xlsx 或 .csv：“检查人员”一列。")
    ],
    ratio: Annotated[str, typer.Option("--ratio", metavar="比例", help="抽取比例，如 10%；不足一户的进一。")],
    per_object: Annotated[int, typer.Option("--per-object", metavar="人数", help="每户几名检查人员。")] = 2,
    conflicts: Annotated[
        Path | None,
        typer.Option("--conflicts", metavar="文件", help="回避名单，.xlsx 或 .csv：“检查人员”“检查对象”两列。"),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="文字",
            help="用公开号码作种子的：哪一个号码、按什么次序读，如“福彩3D第2026160期起四期开奖号码，按期次先后”。"
            "缺省由系统随机数和第二人的数字产生。",
        ),
    ] = None,
    source_on: Annotated[
        str | None, typer.Option("--source-on", metavar="日期", help="公开号码公布的日期，须在绑定之后。")
    ] = None,
    digits: Annotated[
        int | None, typer.Option("--digits", metavar="位数", help="公开号码共几位数字，6 至 60。")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="同一计划再次绑定的理由。")
    ] = None,
) -> Answer:  # fmt: skip
    """绑定名单、回避、计划和产生种子的办法：绑定后不能更改、不能撤销，每次绑定都计数。"""
    from models.draws.random_draw import lists_of
    from models.draws.seed import SeedTerms, SeedWay
    from models.typed_text import day_or_none
    from tasks.draws.bind_draw import bind_draw
    from tasks.draws.find_draw import find_binding
    from tasks.draws.read_draw_lists import read_conflicts_file, read_inspectors, read_objects, read_percent

    lists = lists_of(
        plan.strip(), read_objects(objects), read_inspectors(inspectors),
        read_conflicts_file(conflicts) if conflicts else (), percent=read_percent(ratio), per_object=per_object,
    )  # fmt: skip
    way = SeedWay.PUBLIC if source else SeedWay.TWO
    terms = SeedTerms(way, source, day_or_none(source_on, "公布日期"), digits)
    made = bind_draw(errand.session, errand.organ, lists, terms, by=errand.by, reason=reason)
    shown = find_binding(errand.session, errand.organ, made.id or 0)
    return answer(data_of(shown), lambda: tell(shown))


@inspections.command("pledge")
@acting("as organ json")
def pledge(
    errand: Errand,
    number: NumberArgument,
    said: Annotated[
        str | None,
        typer.Option("--number", metavar="数字", help="承诺的数字，16 至 200 个字符：系统代算承诺值，不留存。"),
    ] = None,
    hashed: Annotated[
        str | None,
        typer.Option("--hash", metavar="承诺值", help="自己算好的承诺值，算法见 docs/howto/random-draw.md。"),
    ] = None,
) -> Answer:
    """第二人承诺一个数字：先交承诺值，以后再揭示。绑定的人和抽取的人不能承诺。"""
    from tasks.draws.find_draw import find_binding
    from tasks.draws.pledge import pledge

    binding = find_binding(errand.session, errand.organ, number).binding
    made = pledge(errand.session, binding, by=errand.by, number=said, hashed=hashed)
    return answer(
        {"id": number, "pledge": made.pledge, "system_number_hash": made.system_hash},
        f"抽取 {number} 已承诺，承诺值：{made.pledge}。",
        f"系统随机数的哈希值：{made.system_hash}。请抄下，抽取后核对。",
    )


@inspections.command("reveal")
@acting("as organ json")
def reveal(
    errand: Errand,
    number: NumberArgument,
    said: Annotated[str, typer.Option("--number", metavar="数字", help="承诺的那个数字。")],
) -> Answer:
    """承诺的人揭示数字；此后可以抽取。"""
    from tasks.draws.find_draw import find_binding
    from tasks.draws.pledge import reveal

    binding = find_binding(errand.session, errand.organ, number).binding
    made = reveal(errand.session, binding, said, by=errand.by)
    return answer({"id": number, "number": made.given_number}, f"抽取 {number} 的数字已揭示，与承诺的一致。")


@inspections.command("draw")
@acting("as organ json")
def draw(
    errand: Errand,
    number: NumberArgument,
    said: Annotated[
        str | None, typer.Option("--number", metavar="号码", help="绑定时指定的公开号码；由第二人提供数字的不填。")
    ] = None,
    witness: Annotated[str | None, typer.Option("--witness", metavar="姓名", help="见证人。")] = None,
) -> Answer:
    """按绑定抽取一次，并逐户记入双随机抽查台账。一次绑定只抽取一次。"""
    from tasks.draws.draw_inspection import draw_inspection
    from tasks.draws.find_draw import find_binding

    binding = find_binding(errand.session, errand.organ, number).binding
    draw_inspection(errand.session, errand.organ, binding, by=errand.by, number=said, witness=witness)
    shown = find_binding(errand.session, errand.organ, number)
    return answer(data_of(shown), lambda: tell(shown))
