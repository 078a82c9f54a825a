"""`duban inspect list|show|verify|record|export`: bindings and draws shown, verified, and written to files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.document import word_file
from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.edge import table

if TYPE_CHECKING:
    from tasks.draws.find_draw import BindingShown

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="抽取编号，见 duban inspect list。", min=1)]


def shown_commands(inspections: typer.Typer) -> None:
    """Add these to the group."""
    for name, command in (
        ("list", list_), ("show", show), ("verify", verify), ("record", record), ("export", export),
    ):  # fmt: skip
        inspections.command(name)(command)


@looking("year as on organ json")
def list_(errand: Errand) -> Answer:
    """列出各次绑定，抽取了的和没有抽取的都在内，新的在前。"""
    from tasks.draws.find_draw import list_bindings

    _authorize(errand)
    found = list_bindings(errand.session, errand.organ, errand.year)

    def screen() -> Iterator[Shown]:
        shown = table("编号", "抽查计划", "第几次绑定", "绑定日期", "状态", "对象", "抽取", "检查人员", "种子")
        for one in found:
            binding, drawn = one.binding, one.draw
            shown.add_row(
                str(binding.id), binding.plan, f"{binding.ordinal}/{one.of_plan}", str(binding.bound_on),
                one.stage.label, str(len(binding.objects)), str(len(drawn.result)) if drawn else "",
                str(len(binding.inspectors)), binding.seed_way.label,
            )  # fmt: skip
        yield shown

    return answer([data_of(one) for one in found], screen)


@looking("as on organ json")
def show(errand: Errand, number: NumberArgument) -> Answer:
    """显示一次绑定，以及由它抽中的检查对象和检查人员。"""
    from tasks.draws.find_draw import find_binding

    _authorize(errand)
    found = find_binding(errand.session, errand.organ, number)
    return answer(data_of(found), lambda: tell(found))


@looking("as on organ json")
def verify(errand: Errand, number: NumberArgument) -> Answer:
    """复核：按记录重新计算绑定、种子和结果，与审计记录、台账核对；有不符的，退出码为 1。"""
    from tasks.draws.find_draw import find_binding
    from tasks.draws.verify_draw import verify_draw

    _authorize(errand)
    checks = verify_draw(errand.session, find_binding(errand.session, errand.organ, number))
    holds = all(one.holds for one in checks)
    told = [{"title": one.title, "holds": one.holds, "words": one.words} for one in checks]
    lines = (f"{'相符' if one.holds else '不符'} {one.title}：{one.words}。" for one in checks)
    return answer({"id": number, "holds": holds, "checks": told}, *lines, then=None if holds else typer.Exit(1))


@looking("as on organ json")
def record(
    errand: Errand,
    number: NumberArgument,
    out: Annotated[Path, typer.Option("--out", metavar="文件.docx", help="写出的 Word 文件。")],
) -> Answer:
    """写出一次绑定的抽取记录：绑定次数、种子的来历、结果和复核。"""
    from tasks.draws.draw_record import lay_out_record
    from tasks.draws.find_draw import find_binding
    from tasks.draws.verify_draw import verify_draw
    from tasks.papers.official_document import write

    file = word_file(out)
    _authorize(errand)
    found = find_binding(errand.session, errand.organ, number)
    write(lay_out_record(errand.organ, found, verify_draw(errand.session, found)), file)
    return answer({"id": number, "file": str(file)}, f"已写入 {file}。")


@looking("year as on organ json")
def export(
    errand: Errand, out: Annotated[Path, typer.Option("--out", metavar="文件", help="写入的 .xlsx 文件。")]
) -> Answer:  # fmt: skip
    """写出各次绑定的一览表，没有抽取的也在内。"""
    from tasks.draws.draw_record import export_bindings
    from tasks.draws.find_draw import list_bindings

    _authorize(errand)
    count = export_bindings(errand.organ, list_bindings(errand.session, errand.organ, errand.year), out)
    return answer({"file": str(out), "rows": count}, f"已写入 {out}：{count} 次绑定。")


def _authorize(errand: Errand) -> None:
    from models.database import key
    from tasks.ledgers.find_row import authorize_ledgers

    authorize_ledgers(errand.session, errand.by, key(errand.organ.id))


def tell(shown: BindingShown) -> Iterator[Shown]:
    """A binding and its draw on the screen."""
    binding, drawn = shown.binding, shown.draw
    yield f"抽取 {binding.id} {binding.plan}，{binding.bound_on} 绑定，{shown.stage.label}"
    yield f"{shown.count_words}。" + (f"重新绑定的理由：{binding.reason}。" if binding.reason else "")
    share = f"{binding.percent.normalize():f}%"
    yield (
        f"检查对象 {len(binding.objects)} 户，抽取 {binding.lists.count} 户（{share}），每户 {binding.per_object} 人。"
    )
    yield f"绑定的哈希值：{binding.bound_hash}"
    said = f"：{binding.source}，{binding.source_on} 公布，{binding.digits} 位数字" if binding.source else ""
    yield f"种子的办法：{binding.seed_way.label}{said}"
    if shown.pledge is not None:
        yield f"承诺值：{shown.pledge.pledge}"
        yield f"系统随机数的哈希值：{shown.pledge.system_hash}"
    if drawn is None:
        return
    yield f"{drawn.drawn_on} 抽取，种子：{drawn.seed}"
    yield f"哈希值：{drawn.content_hash}（{drawn.algorithm}）"
    if drawn.witness:
        yield f"见证人：{drawn.witness}"
    rows = table("次序", "检查对象", "检查人员")
    for place, (target, *people) in enumerate(drawn.result, 1):
        rows.add_row(str(place), target, "、".join(people))
    yield rows


def data_of(shown: BindingShown) -> dict[str, Any]:
    """A binding and its draw for a program. The system's number stands in it once it was drawn."""
    binding, pledged, revealed, drawn = shown.binding, shown.pledge, shown.reveal, shown.draw
    return {
        "id": binding.id, "plan": binding.plan, "ordinal": binding.ordinal, "bindings_of_plan": shown.of_plan,
        "draws_of_plan": shown.drawn_of_plan, "stage": shown.stage.value, "reason": binding.reason,
        "bound_on": binding.bound_on, "bound_at": binding.bound_at, "binding_hash": binding.bound_hash,
        "percent": binding.percent, "per_object": binding.per_object, "objects": binding.objects,
        "inspectors": binding.inspectors, "conflicts": binding.conflicts, "way": binding.seed_way.value,
        "source": binding.source, "source_on": binding.source_on, "digits": binding.digits,
        "pledge": pledged.pledge if pledged else None,
        "system_number_hash": pledged.system_hash if pledged else None,
        "revealed_number": revealed.given_number if revealed else None,
        "draw": None if drawn is None else {
            "drawn_on": drawn.drawn_on, "system_number": drawn.system_number, "number": drawn.given_number,
            "seed": drawn.seed, "algorithm": drawn.algorithm, "content_hash": drawn.content_hash,
            "witness": drawn.witness,
            "result": [{"object": target, "inspectors": people} for target, *people in drawn.result],
        },
    }  # fmt: skip
