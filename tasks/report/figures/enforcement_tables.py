"""行政执法统计年报: its tables, each cell a figure with the rows it was counted from.

The tables and their columns are those that offices publish by 31 January (国办发〔2018〕118号; docs/official-forms.md).
What happened is counted in the year in which it happened: a permit granted in March for an application of December
stands among the granted of the one year and the applications of the other.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from models.exact import decimal_text
from models.ledgers.enforcement_case import DecisionKind, EnforcementCase, Penalty
from models.ledgers.inspection import Inspection
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.measure import FIRST, UNTIL, Measure
from models.ledgers.official.coercion import Coercion, CoerciveAct
from models.ledgers.official.permit import Permit, PermitOutcome
from models.report.figure import Figure
from tasks.report.figures.count_ledgers import count_ledgers


@dataclass(frozen=True)
class TableCell:
    """One number of a table and what stands above it."""

    heading: str
    figure: Figure

    @property
    def said(self) -> str:
        """The number without its unit, which the heading has."""
        return decimal_text(self.figure.value)


@dataclass(frozen=True)
class YearlyTable:
    """One table; `notes` say how it is counted, `unsaid` what rows do not say and so keeps them out of its columns."""

    title: str
    cells: tuple[TableCell, ...]
    notes: tuple[str, ...]
    unsaid: Figure | None = None


_CASE, _PERMIT, _ACT, _INSPECTION = EnforcementCase, Permit, CoerciveAct, Inspection
_PENALTY: Any = col(_CASE.penalty)
_PENALTIES = (
    ("警告、通报批评", (Penalty.WARNING, Penalty.CRITICISM)),
    ("罚款", (Penalty.FINE,)),
    ("没收违法所得、没收非法财物", (Penalty.CONFISCATION,)),
    ("暂扣许可证件、降低资质等级", (Penalty.SUSPENSION, Penalty.DOWNGRADE)),
    ("限制开展生产经营活动", (Penalty.RESTRICTION,)),
    ("责令停产停业、责令关闭、限制从业", (Penalty.STOPPED, Penalty.CLOSED)),
    ("吊销许可证件", (Penalty.REVOCATION,)),
    ("行政拘留", (Penalty.DETENTION,)),
    ("其他行政处罚", (Penalty.OTHER,)),
)
_IS_PENALTY = col(_CASE.kind) == DecisionKind.PENALTY
_ONLY_FINED = and_(_PENALTY.is_(None), col(_CASE.fine) > 0)


def _of_kinds(kinds: tuple[Penalty, ...]) -> ColumnElement[bool]:
    named = _PENALTY.in_(kinds)
    return and_(_IS_PENALTY, or_(named, _ONLY_FINED) if Penalty.FINE in kinds else named)


def _within(day: Any) -> ColumnElement[bool]:
    return col(day).between(FIRST, UNTIL)


_CASES = (
    *(
        Measure(f"penalty_{place}", heading, "宗", f"处罚种类为{heading}的", _of_kinds(kinds))
        for place, (heading, kinds) in enumerate(_PENALTIES)
    ),
    Measure("penalties", "合计（宗）", "宗", "决定日期在年度内的行政处罚", _IS_PENALTY),
    Measure("fined", "罚款金额", "元", "罚款合计，按决定书", and_(_IS_PENALTY, col(_CASE.fine) > 0), total="fine"),
    Measure(
        "taken", "没收金额", "元", "没收合计，按决定书", and_(_IS_PENALTY, col(_CASE.confiscated) > 0),
        total="confiscated",
    ),
    Measure(
        "unsaid", "没有填写处罚种类的", "宗", "没有填写处罚种类，也没有罚款的",
        and_(_IS_PENALTY, _PENALTY.is_(None), col(_CASE.fine) == 0),
    ),
)  # fmt: skip
_PERMITS = (
    Measure("applied", "申请数量", "件", "年度内收到的许可申请", _within(_PERMIT.applied_on), standing=True),
    Measure("accepted", "受理数量", "件", "年度内受理的", _within(_PERMIT.accepted_on), standing=True),
    Measure(
        "granted", "许可数量", "件", "年度内准予许可的",
        and_(_within(_PERMIT.decided_on), col(_PERMIT.outcome) == PermitOutcome.GRANTED), standing=True,
    ),
    Measure(
        "refused", "不予许可数量", "件", "年度内不予许可的",
        and_(_within(_PERMIT.decided_on), col(_PERMIT.outcome) == PermitOutcome.REFUSED), standing=True,
    ),
    Measure("revoked", "撤销许可数量", "件", "年度内撤销的许可", _within(_PERMIT.revoked_on), standing=True),
)  # fmt: skip
_ACTS = (
    *(
        Measure(kind.value, kind.label, "宗", f"年度内的{kind.label}", col(_ACT.kind) == kind)
        for kind in Coercion
    ),
    Measure("total", "合计（宗）", "宗", "年度内的行政强制"),
)  # fmt: skip
_CHECKS = (
    Measure("made", "行政检查总次数", "次", "检查日期在年度内的检查", _within(_INSPECTION.inspected_on), standing=True),
)


def _counting(code: str, measures: tuple[Measure, ...]) -> Kind:
    return replace(KINDS[code], measures=measures, shares=(), listings=(), cross_checks=())


_TABLES: tuple[tuple[str, Kind, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "行政处罚实施情况统计表", _counting("case", _CASES),
        (*(f"penalty_{place}" for place in range(len(_PENALTIES))), "penalties", "fined", "taken"),
        (
            "统计年度内作出的行政处罚决定。",
            "并处两种以上行政处罚的，算一宗，计入其中最重的一种。",
            "罚款、没收的金额以处罚决定书确定的为准，不能确定金额的不计入。",
        ),
    ),
    (
        "行政许可实施情况统计表", _counting("permit", _PERMITS),
        ("applied", "accepted", "granted", "refused", "revoked"),
        (
            "统计年度内收到的申请和作出的受理、许可、不予许可、撤销决定，各按其日期计入。",
            "准予变更、延续的计入许可数量，不予变更、延续的计入不予许可数量。",
        ),
    ),
    (
        "行政强制实施情况统计表", _counting("coercion", _ACTS), (*(kind.value for kind in Coercion), "total"),
        (
            "强制措施按作出决定计，强制执行按执行完毕或者终结计，申请法院强制执行按提出申请计。",
        ),
    ),
    (
        "行政检查实施情况统计表", _counting("inspection", _CHECKS), ("made",),
        ("统计年度内对检查对象实施的检查，一个检查对象一次计一次。",),
    ),
)  # fmt: skip


def enforcement_tables(session: Session, organ_id: int, year: int, *, on: dt.date) -> list[YearlyTable]:
    """The tables of the year as of `on`: one statement, whatever the organ's size."""
    first, until = dt.date(year, 1, 1), min(on, dt.date(year, 12, 31))
    figures = count_ledgers(session, organ_id, first, until, kinds=[kind for _, kind, _, _ in _TABLES])
    return [
        YearlyTable(
            title, tuple(_cells(kind, codes, figures)), notes, _unsaid(figures) if kind.code == "case" else None
        )
        for title, kind, codes, notes in _TABLES
    ]


def _cells(kind: Kind, codes: Iterable[str], figures: dict[str, Figure]) -> Iterable[TableCell]:
    for code in codes:
        figure = figures[f"{kind.code}.{code}"]
        yield TableCell(f"{figure.name}（元）" if figure.unit == "元" else figure.name, figure)


def _unsaid(figures: dict[str, Figure]) -> Figure | None:
    found = figures["case.unsaid"]
    return found if found.rows else None


def enforces_law(session: Session, organ_id: int) -> bool:
    """Whether the organ keeps any of the ledgers that the tables are counted from."""
    kept = (select(1).where(col(kind.table.organ_id) == organ_id).exists() for _, kind, _, _ in _TABLES)
    return bool(session.scalar(select(or_(*kept))))
