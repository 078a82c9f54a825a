"""How scores are shown: tables for a person, data for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from duban.commands.errand import Shown
from duban.edge import table

if TYPE_CHECKING:
    from models.scores.score_rules import Subtotal
    from tasks.scores.score import Preview, Statement, UnitScore
    from tasks.scores.show_scores import PublishedLine, Ranked


def preview_data(made: Preview, department: str | None, *, with_changes: bool) -> dict[str, Any]:
    """A statement, or a what-if with what it changes, of all units or the one named."""
    stated = made.after if with_changes else made.before
    units = [score for score in stated.units if department in (None, score.unit.name)]
    data: dict[str, Any] = {
        "period": {"from_on": stated.span.from_on, "until_on": stated.span.until_on, "label": stated.span.label},
        "rule": {"name": stated.rule.name, "version": stated.rule.version},
        "units": [_unit_data(score) for score in units],
    }
    if with_changes:
        data["changes"] = [change for change in made.changes if department in (None, change.unit)]
    return data


def _unit_data(score: UnitScore) -> dict[str, Any]:
    return {
        "unit": score.unit.name,
        "department_id": score.unit.department_id,
        "rank": score.rank,
        "total": score.total,
        "parts": score.parts,
        "lines": [
            {
                "event": line.fact.event,
                "item": line.fact.number,
                "title": line.fact.title,
                "day": line.fact.day,
                "points": line.points,
                "words": line.words,
            }
            for line in score.lines
        ],
    }


def show_units(stated: Statement, title: str) -> Iterator[Shown]:
    """A statement's units by rank."""
    from models.scores.score_rules import written

    yield title
    made = table("名次", "科室", "扣分条数", "扣分", "客观分", "领导评价", "得分")
    for score in stated.units:
        total = score.total
        figures = ("-", "-", "-", "-") if total is None else (
            written(total.deducted), written(total.objective),
            "-" if total.evaluation is None else written(total.evaluation), written(total.final),
        )  # fmt: skip
        made.add_row(str(score.rank or "-"), score.unit.name, str(len(score.lines)), *figures)
    yield made
    if any(score.rank is None for score in stated.units):
        yield "没有名次的：不是本单位科室，或期间内没有任务、也没有评价。"


def show_statement(score: UnitScore, title: str) -> Iterator[Shown]:
    """One unit's statement, line by line, and how its score comes about."""
    from models.scores.score_rules import written

    yield f"{title} {score.unit.name}"
    made = table("日期", "扣分项", "任务", "扣分", "事由")
    for line in score.lines:
        made.add_row(
            str(line.fact.day), line.fact.event.label, f"{line.fact.number} {line.fact.title[:20]}",
            written(line.points), line.words,
        )  # fmt: skip
    yield made
    yield from _say_parts(score.parts)
    if score.total is not None:
        yield f"{score.total.words}；第 {score.rank} 名。"
    else:
        yield "期间内没有任务、也没有评价，不参加排名。"


def _say_parts(parts: Iterable[Subtotal]) -> Iterator[Shown]:
    from models.scores.score_rules import written

    for part in parts:
        capped = f"，封顶后计 {written(part.counted)} 分" if part.counted != part.points else ""
        yield f"{part.event.label} {part.count} 次，共 {written(part.points)} 分{capped}。"


def show_changes(made: Preview, department: str | None, title: str) -> Iterator[Shown]:
    """What other points would mean for each department."""
    from models.scores.score_rules import written

    yield f"{title}：改动分值前后"
    shown = table("科室", "原得分", "试算得分", "原名次", "试算名次")
    for change in made.changes:
        if department in (None, change.unit):
            shown.add_row(
                change.unit, written(change.before), written(change.after), str(change.rank_before),
                str(change.rank_after),
            )  # fmt: skip
    yield shown


def show_ranking(ranked: Iterable[Ranked], title: str) -> Iterator[Shown]:
    """Published results; where an appeal changed one, what was published first stands beside it."""
    from models.scores.score_rules import written

    yield title
    made = table("名次", "科室", "扣分", "客观分", "领导评价", "得分", "公布时")
    for row in ranked:
        changed = (row.final, row.rank) != (row.published, row.published_rank)
        made.add_row(
            str(row.rank), row.department, written(row.deducted), written(row.objective),
            "-" if row.evaluation is None else written(row.evaluation), written(row.final),
            f"{written(row.published)} 分，第 {row.published_rank} 名" if changed else "",
        )  # fmt: skip
    yield made


def show_lines(lines: Iterable[PublishedLine], parts: Iterable[Subtotal]) -> Iterator[Shown]:
    """Published lines with their numbers and what became of appeals, and what they sum up to."""
    from models.scores.score_rules import written

    made = table("条目", "日期", "扣分项", "任务", "扣分", "事由", "申诉")
    for line in lines:
        outcome = "" if line.appeal is None else f"{line.appeal} {line.outcome.label if line.outcome else '待裁定'}"
        if line.points_after is not None:
            outcome += f"，改扣 {written(line.points_after)} 分"
        made.add_row(
            str(line.id), str(line.day), line.event.label, f"{line.item} {line.title[:20]}", written(line.points),
            line.words, outcome,
        )  # fmt: skip
    yield made
    yield from _say_parts(parts)
