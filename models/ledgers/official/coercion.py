"""行政强制: coercive measures, coercive execution by the organ itself, and what a court was asked to execute."""

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Sentence
from models.ledgers.measure import CrossCheck, Measure
from models.ledgers.theme import Theme


class Coercion(Coded):
    """Kinds of 行政强制, by 行政强制法 articles 9 and 12, and 申请法院强制执行 (chapter 5)."""

    SEALED = "sealed", "查封场所、设施或者财物"
    SEIZED = "seized", "扣押财物"
    FROZEN = "frozen", "冻结存款、汇款"
    OTHER_MEASURE = "other_measure", "其他行政强制措施"
    SURCHARGED = "surcharged", "加处罚款或者滞纳金"
    TRANSFERRED = "transferred", "划拨存款、汇款"
    SOLD = "sold", "拍卖或者依法处理查封、扣押的场所、设施或者财物"
    CLEARED = "cleared", "排除妨碍、恢复原状"
    PERFORMED = "performed", "代履行"
    OTHER_EXECUTION = "other_execution", "其他强制执行"
    BY_COURT = "by_court", "申请法院强制执行"


MEASURES = (Coercion.SEALED, Coercion.SEIZED, Coercion.FROZEN, Coercion.OTHER_MEASURE)
"""行政强制措施; all others but the court's are 行政强制执行."""


class CoerciveAct(LedgerRow, table=True):
    """One act. A measure counts on the day it was decided, an execution on the day it was done or ended."""

    __tablename__ = "coercive_act"
    __table_args__ = (Index("ix_coercive_act_organ_id_done_on", "organ_id", "done_on"),)

    done_on: dt.date
    kind: Coercion = Field(sa_type=coded(Coercion))
    number: str | None = Field(default=None, max_length=100)
    party: str | None = Field(default=None, max_length=200)
    content: str | None = Field(default=None, max_length=1000)


_KIND: Any = col(CoerciveAct.kind)

KIND = Kind(
    code="coercion",
    title="行政强制",
    unit="件",
    table=CoerciveAct,
    day="done_on",
    called=("number", "kind"),
    purpose="报告和行政执法统计年报中强制措施、强制执行、申请法院强制执行的数量由此数出",
    identity=("number",),
    tells=("number", "kind", "party", "done_on"),
    fields=(
        LedgerField(
            "done_on", "日期", FieldType.DAY, required=True, headings=("决定日期", "实施日期"),
            hint="强制措施填作出决定的日期，强制执行填执行完毕或者终结的日期，申请法院的填申请的日期。",
        ),
        LedgerField(
            "kind", "种类", FieldType.CHOICE, required=True, choices=Coercion, headings=("强制种类", "类别"),
            words={"查封": Coercion.SEALED, "扣押": Coercion.SEIZED, "冻结": Coercion.FROZEN,
                   "加处罚款": Coercion.SURCHARGED, "滞纳金": Coercion.SURCHARGED, "划拨": Coercion.TRANSFERRED,
                   "拍卖": Coercion.SOLD, "排除妨碍": Coercion.CLEARED, "恢复原状": Coercion.CLEARED,
                   "申请法院": Coercion.BY_COURT},
        ),
        LedgerField(
            "number", "决定书文号", longest=100, hint="不可重复；没有的不填。", headings=("文号", "决定文书号"),
        ),
        LedgerField("party", "当事人", longest=200, headings=("行政相对人", "相对人")),
        LedgerField("content", "内容", FieldType.LONG_TEXT, longest=1000),
    ),
    measures=(
        Measure("total", "行政强制", "件", "日期在期间内的行政强制"),
        Measure("measures", "行政强制措施", "件", "其中查封、扣押、冻结和其他强制措施", _KIND.in_(MEASURES)),
        Measure("by_court", "申请法院强制执行", "件", "其中申请法院强制执行的", _KIND == Coercion.BY_COURT),
        Measure(
            "executions", "行政强制执行", "件", "其中本机关强制执行的", _KIND.not_in((*MEASURES, Coercion.BY_COURT))
        ),
    ),
    cross_checks=(
        CrossCheck(
            "行政强制 = 强制措施 + 强制执行 + 申请法院强制执行", "coercion.total",
            ("coercion.measures", "coercion.executions", "coercion.by_court"),
        ),
    ),
    alike=(("件", "宗", "起"),),
    sentence=Sentence(
        """
{{ opening }}{% if measures.value %}
采取行政强制措施{{ cite(measures) }}{% if executions.value or by_court.value %}，{% else %}。{% endif %}
{% endif %}
{% if executions.value %}
实施行政强制执行{{ cite(executions) }}{% if by_court.value %}，{% else %}。{% endif %}
{% endif %}
{% if by_court.value %}申请法院强制执行{{ cite(by_court) }}。{% endif %}
""",
        ("", "依法"),
        (Theme.ENFORCEMENT, Theme.SUPERVISION, Theme.LAWFUL),
    ),
)  # fmt: skip
