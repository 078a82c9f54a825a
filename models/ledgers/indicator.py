"""示范指标: an indicator system as an office brought it in, what each indicator rests on, and the own score."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Numeric, and_, not_, or_
from sqlmodel import Field, col

from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.ledger_link import is_linked
from models.ledgers.measure import CrossCheck, Measure, Share
from models.ledgers.theme import Theme

CODE = "indicator"


class Indicator(LedgerRow, table=True):
    """One indicator of the third level in the self-assessment of one year, with those above it by name.

    How many levels one and two there are is the system's matter: it is data, and no number is built in.
    """

    __table_args__ = (
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("claimed >= 0", name="claimed_not_negative"),
        Index("ix_indicator_organ_id_adopted_on", "organ_id", "adopted_on"),
    )

    adopted_on: dt.date
    """The day from which it is worked with; its year is the year assessed."""
    system: str = Field(max_length=200)
    code: str | None = Field(default=None, max_length=32)
    first: str = Field(max_length=300)
    second: str = Field(max_length=300)
    title: str = Field(max_length=1000)
    points: Decimal | None = Field(default=None, sa_type=Numeric(7, 2))
    """What it is worth; None where it adds no points (否决项)."""
    claimed: Decimal | None = Field(default=None, sa_type=Numeric(7, 2))
    basis: str | None = Field(default=None, max_length=1000)
    branch: str | None = Field(default=None, max_length=640)
    """The second level with the first: 1 and 2 may have parts of the same name."""


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    points, claimed = values.get("points"), values.get("claimed")
    if claimed is None:
        return
    if points is None:
        yield "claimed", "这项指标没有分值，不能自评得分：应不填，或者先填写分值"
    elif claimed > points:
        most = f"{points.normalize():f}"
        yield "claimed", f"自评得分 {claimed.normalize():f} 多于分值 {most}：应在 0 至 {most} 之间"
    if not values.get("basis"):
        yield "basis", "填写了自评得分，应同时填写自评依据"


def _branch(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    return {**values, "branch": f"{values['first']} / {values['second']}"}


_T = Indicator
_COVERED = or_(col(_T.item_id).is_not(None), is_linked(CODE, _T))
_SCORED = and_(col(_T.points).is_not(None), col(_T.claimed).is_not(None))

KIND = Kind(
    code=CODE,
    title="示范指标",
    unit="项",
    table=Indicator,
    day="adopted_on",
    called=("code", "title"),
    purpose="示范创建自评：各项指标的支撑材料和自评得分由此数出",
    identity=("adopted_on", "system", "title"),
    tells=("title", "code", "points", "claimed", "basis"),
    fields=(
        LedgerField(
            "adopted_on", "启用日期", FieldType.DAY, required=True, hint="计入这一天所在年度的自评。",
        ),
        LedgerField(
            "system", "指标体系", required=True, longest=200, headings=("体系名称", "体系", "版本"),
            hint="写明名称和版本。",
        ),
        LedgerField("code", "指标编号", longest=32, headings=("指标代码", "三级指标编号")),
        LedgerField("first", "一级指标", required=True, longest=300, headings=("一级",)),
        LedgerField("second", "二级指标", required=True, longest=300, headings=("二级",)),
        LedgerField(
            "title", "三级指标", FieldType.LONG_TEXT, required=True, longest=1000,
            headings=("三级", "指标内容", "指标名称"),
        ),
        LedgerField(
            "points", "分值", FieldType.DECIMAL, most=Decimal(10_000), headings=("分数", "标准分", "满分"),
            hint="不计分的（如否决项）不填。",
        ),
        LedgerField("claimed", "自评得分", FieldType.DECIMAL, most=Decimal(10_000), headings=("自评分", "得分")),
        LedgerField(
            "basis", "自评依据", FieldType.LONG_TEXT, longest=1000, headings=("自评说明", "得分依据", "佐证说明"),
        ),
    ),
    check=_check,
    derive=_branch,
    measures=(
        Measure("indicators", "三级指标", "项", "启用日期在期间内的三级指标"),
        Measure("first_level", "一级指标", "项", "三级指标所属的不同一级指标", distinct="first"),
        Measure("second_level", "二级指标", "项", "三级指标所属的不同二级指标", distinct="branch"),
        Measure("covered", "有支撑的三级指标", "项", "其中关联了任务或者佐证材料的，未采信的材料不算", _COVERED),
        Measure(
            "missing", "缺支撑的三级指标", "项", "其中没有任何关联的", not_(_COVERED),
            internal="示范创建自评的内部情况",
        ),
        Measure("scored", "已自评的三级指标", "项", "其中填写了自评得分的", _SCORED),
        Measure("points", "指标总分值", "分", "各项分值之和", col(_T.points).is_not(None), total="points"),
        Measure(
            "claimed", "自评得分", "分", "各项自评得分之和", _SCORED, total="claimed",
            internal="自评得分未经上级核定",
        ),
    ),
    shares=(Share("coverage", "指标覆盖率", "有支撑的占全部三级指标", "covered", "indicators"),),
    cross_checks=(
        CrossCheck(
            "三级指标 = 有支撑的 + 缺支撑的", "indicator.indicators", ("indicator.covered", "indicator.missing")
        ),
        CrossCheck("指标总分值不少于自评得分", "indicator.points", ("indicator.claimed",), at_least=True),
        CrossCheck("三级指标不少于已自评的", "indicator.indicators", ("indicator.scored",), at_least=True),
    ),
    sentence=Sentence(
        """
{{ opening }}法治政府建设示范指标体系的{{ cite(indicators) }}三级指标开展自评
{% if covered.value == indicators.value %}，逐项落实工作和材料支撑{{ note(covered) }}{% endif %}。
""",
        ("对照", "按照"),
        (Theme.EXAMPLE, Theme.ORGANISATION, Theme.LAWFUL),
    ),
)  # fmt: skip
