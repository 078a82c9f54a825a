"""The named figures of a year: each a number with its unit and the very rows it was counted from."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from models.ledger import Outcome, Procedure
from models.organ import Organ
from models.plan import AnnualPlan
from models.report import describe_row
from tasks.compiling.material import YearMaterial, gather_material

YUAN_PER_WAN = Decimal(10_000)


@dataclass(frozen=True)
class Figure:
    """A number as it stands in a text. An approximate one (10余次) is quoted, never counted with.

    `rows` are written as `models.report.describe_row` writes them; a count has as many rows as its value.
    """

    name: str
    value: Decimal
    unit: str
    rows: tuple[str, ...]
    approximate: bool = False

    @property
    def written(self) -> str:
        """The number as the text has it: exact, without a trailing zero, unit behind it (13起, 3.05万元)."""
        return f"{self.value.normalize():f}{self.unit}"

    @property
    def row_hash(self) -> str:
        return hashlib.sha256("\n".join(self.rows).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        whole = self.value == self.value.to_integral_value()
        return {
            "name": self.name,
            "value": int(self.value) if whole else float(self.value),
            "unit": self.unit,
            "approximate": self.approximate,
            "rows": list(self.rows),
            "row_hash": self.row_hash,
        }


def count(name: str, unit: str, table: str, row_ids: Iterable[int]) -> Figure:
    """How many rows there are, none being a figure as well."""
    rows = tuple(describe_row(table, row_id) for row_id in row_ids)
    return Figure(name, Decimal(len(rows)), unit, rows)


def enforcement_figures(material: YearMaterial) -> dict[str, Figure]:
    """The cases decided in the year; the fines as decided, in 万元, rounded nowhere."""
    cases = material.cases

    def cases_where(name: str, wanted: Callable[[Any], bool]) -> Figure:
        return count(name, "起", "case", (case.id for case in cases if wanted(case)))

    fined = [case for case in cases if case.fine]
    return {
        "cases": cases_where("行政执法案件", lambda _: True),
        "simple": cases_where("简易程序案件", lambda case: case.procedure is Procedure.SIMPLE),
        "ordinary": cases_where("普通程序案件", lambda case: case.procedure is Procedure.ORDINARY),
        "fines": Figure(
            "罚款金额",
            sum((case.fine for case in fined), Decimal(0)) / YUAN_PER_WAN,
            "万元",
            tuple(describe_row("case", case.id) for case in fined),
        ),
        "overturned": cases_where("被变更或撤销案件", lambda case: case.outcome is not Outcome.STANDS),
    }


def study_figures(material: YearMaterial) -> dict[str, Figure]:
    """The study sessions held in the year; who took part is summed only where every session says how many."""
    studies = material.studies
    figures = {"studies": count("集中学习研讨", "次", "study", (study.id for study in studies))}
    people = [study.people for study in studies]
    if people and None not in people:
        rows = figures["studies"].rows
        figures["people"] = Figure("学习研讨参加人次", Decimal(sum(filter(None, people))), "人次", rows)
    return figures


def completion_figures(material: YearMaterial) -> dict[str, Figure]:
    """Items of the plan, those finished in the year, and those finished without missing a deadline."""
    finished = [item for item in material.items if material.is_finished(item)]
    return {
        "items": count("列入计划任务", "项", "item", (item.id for item in material.items)),
        "finished": count("完成任务", "项", "item", (item.id for item in finished)),
        "in_time": count("按时完成任务", "项", "item", (item.id for item in finished if not material.missed(item))),
    }


METRICS = (completion_figures, study_figures, enforcement_figures)
"""Every group of figures that an office's year has."""


def gather_figures(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> list[Figure]:
    """All named figures of the plan's year as of `on`, in fixed order."""
    material = gather_material(session, organ, plan, on=on)
    return [figure for metric in METRICS for figure in metric(material).values()]
