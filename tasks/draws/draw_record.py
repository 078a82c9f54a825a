"""A draw on paper, for the file and for whoever asks: what was bound, how often, where the seed came from, the outcome,
and what the verification found; and every binding of an office as a sheet."""

from collections.abc import Sequence
from pathlib import Path

from models.people.organ import Organ
from tasks.draws.find_draw import BindingShown
from tasks.draws.verify_draw import DrawCheck
from tasks.files.workbook import Book, Column
from tasks.papers.official_document import Block, Heading, OfficialDocument, Paragraph, Table, TextRun
from tasks.wording.days import long_day

COLUMNS = (
    Column("编号", 8, centred=True), Column("抽查计划", 36), Column("第几次绑定", 12, centred=True),
    Column("绑定日期", 13, centred=True), Column("状态", 18, centred=True), Column("抽取日期", 13, centred=True),
    Column("检查对象（户）", 14, centred=True), Column("抽取（户）", 10, centred=True),
    Column("检查人员（人）", 14, centred=True), Column("种子的办法", 26), Column("公开号码的来源", 36),
    Column("重新绑定的理由", 30), Column("绑定的哈希值", 68),
)  # fmt: skip


_WIDE = str.maketrans(",;", "，；")
"""Punctuation as it stands on paper."""


def lay_out_record(organ: Organ, shown: BindingShown, checks: Sequence[DrawCheck]) -> OfficialDocument:
    """The record of one binding, drawn from or not; `checks` are what its verification found when it was written."""
    binding, draw = shown.binding, shown.draw
    bound = (
        f"{shown.count_words.translate(_WIDE)}。本次于{long_day(binding.bound_on)}绑定：检查对象{len(binding.objects)}户，"
        f"抽取比例{binding.percent.normalize():f}%，检查人员{len(binding.inspectors)}人，每户{binding.per_object}人，"
        f"回避{len(binding.conflicts)}条；种子的办法为{binding.seed_way.label}。绑定的哈希值：{binding.bound_hash}。"
    )
    parts: list[tuple[str, list[Block]]] = [("绑定", [_said(bound)])]
    if binding.reason:
        parts[0][1].append(_said(f"重新绑定的理由：{binding.reason}。"))
    if draw is None:
        parts.append(("抽取结果", [_said(f"没有抽取（{shown.stage.label}）。")]))
    else:
        rows = tuple((str(place), row[0], "、".join(row[1:])) for place, row in enumerate(draw.result, 1))
        said = f"{long_day(draw.drawn_on)}抽取{len(rows)}户" + (f"，见证人：{draw.witness}" if draw.witness else "")
        table = Table(("次序", "检查对象", "检查人员"), rows, widths=(2, 14, 12))
        parts.append(("抽取结果", [_said(f"{said}。种子：{draw.seed}。"), table]))
    told = tuple((one.title, "相符" if one.holds else "不符", one.words) for one in checks)
    parts.append(("复核", [Table(("核对", "结论", "说明"), told, widths=(6, 3, 19))]))
    body: list[Block] = []
    for numeral, (heading, blocks) in zip("一二三", parts, strict=True):
        body += [Heading(1, f"{numeral}、", heading), *blocks]
    return OfficialDocument(
        title=f"双随机抽取记录\n（{binding.plan}，第{binding.ordinal}次绑定）", addressee=None, body=tuple(body),
        signature=organ.name, dated_on=draw.drawn_on if draw else binding.bound_on,
    )  # fmt: skip


def export_bindings(organ: Organ, shown: Sequence[BindingShown], path: Path) -> int:
    """Write every binding, drawn from or not, in the order given; answers how many. Raises BadInputError where the file
    cannot be written."""
    with Book() as book:
        page = book.page(f"{organ.name}双随机抽取的绑定", "绑定", COLUMNS)
        for one in shown:
            binding, draw = one.binding, one.draw
            page.add((
                binding.id, binding.plan, binding.ordinal, str(binding.bound_on), one.stage.label,
                str(draw.drawn_on) if draw else None, len(binding.objects), len(draw.result) if draw else None,
                len(binding.inspectors), binding.seed_way.label,
                f"{binding.source}（{binding.source_on}，{binding.digits} 位）" if binding.source else None,
                binding.reason, binding.bound_hash,
            ))  # fmt: skip
        book.save(path)
    return len(shown)


def _said(text: str) -> Paragraph:
    return Paragraph((TextRun(text),))
