"""执法案件: enforcement cases, from filing to publication, with what review or lawsuit made of the decision."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class Procedure(Coded):
    """Procedure of an administrative penalty (行政处罚法 chapter 5)."""

    SIMPLE = "simple", "简易程序"
    ORDINARY = "ordinary", "普通程序"


class Outcome(Coded):
    """What review or lawsuit made of a decision."""

    STANDS = "stands", "未被变更或撤销"
    CHANGED = "changed", "被变更"
    REVOKED = "revoked", "被撤销"


class DecisionKind(Coded):
    """What kind of decision it is: penalties are published sooner than the others (国办发〔2018〕118号)."""

    PENALTY = "penalty", "行政处罚"
    OTHER = "other", "其他执法决定"


class Penalty(Coded):
    """Kinds of penalty from the lightest to the heaviest, in the order of the published yearly form
    (行政处罚法 article 9); OTHER comes before any other."""

    OTHER = "other", "其他行政处罚"
    WARNING = "warning", "警告"
    CRITICISM = "criticism", "通报批评"
    FINE = "fine", "罚款"
    CONFISCATION = "confiscation", "没收违法所得、没收非法财物"
    SUSPENSION = "suspension", "暂扣许可证件"
    DOWNGRADE = "downgrade", "降低资质等级"
    RESTRICTION = "restriction", "限制开展生产经营活动"
    STOPPED = "stopped", "责令停产停业"
    CLOSED = "closed", "责令关闭、限制从业"
    REVOCATION = "revocation", "吊销许可证件"
    DETENTION = "detention", "行政拘留"


class EnforcementCase(LedgerRow, table=True):
    """One enforcement case (执法案件); `fine` is in yuan."""

    __tablename__ = "enforcement_case"
    __table_args__ = (
        CheckConstraint("fine >= 0", name="fine_not_negative"),
        Index("ix_enforcement_case_organ_id_decided_on", "organ_id", "decided_on"),
    )

    number: str | None = Field(default=None, max_length=100)
    title: str | None = Field(default=None, max_length=500)
    kind: DecisionKind = Field(default=DecisionKind.PENALTY, sa_type=coded(DecisionKind))
    procedure: Procedure = Field(sa_type=coded(Procedure))
    filed_on: dt.date | None = None
    decided_on: dt.date
    fine: Decimal = Field(default=Decimal(0), sa_type=Numeric(14, 2))
    penalty: Penalty | None = Field(default=None, sa_type=coded(Penalty))
    """The heaviest of its penalties; unsaid, a case with a fine was a fine."""
    confiscated: Decimal = Field(default=Decimal(0), sa_type=Numeric(14, 2))
    """What was confiscated, as far as it has an amount, in yuan."""
    recorded_throughout: bool | None = None
    """Whether the whole process was recorded (执法全过程记录)."""
    reviewed_on: dt.date | None = None
    """The day of the legal review (重大执法决定法制审核)."""
    published_on: dt.date | None = None
    outcome: Outcome = Field(default=Outcome.STANDS, sa_type=coded(Outcome))
    outcome_on: dt.date | None = None
    """The day from which the decision stands changed or revoked."""
    taken_down_on: dt.date | None = None
    """The day the published decision was taken back from the public."""


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    decided = values.get("decided_on")
    filed, published = values.get("filed_on"), values.get("published_on")
    if decided and filed and filed > decided:
        yield "filed_on", f"立案日期 {filed} 晚于决定日期 {decided}：应不晚于决定日期"
    if decided and published and published < decided:
        yield "published_on", f"公开日期 {published} 早于决定日期 {decided}：应不早于决定日期"
    if values.get("outcome_on") and values.get("outcome") in (None, Outcome.STANDS):
        yield "outcome_on", "写了变更或撤销的日期，结果应为“被变更”或“被撤销”"
    if values.get("taken_down_on") and not published:
        yield "taken_down_on", "未公开的决定没有可撤回的：请先填写公开日期"


_T = EnforcementCase
_OVERTURNED = col(_T.outcome) != Outcome.STANDS

KIND = Kind(
    code="case",
    title="执法案件",
    unit="起",
    table=EnforcementCase,
    day="decided_on",
    called=("number", "title"),
    purpose="报告中的案件数、程序、罚没金额由此数出",
    identity=("number",),
    tells=("number", "title", "procedure", "fine", "outcome"),
    fields=(
        LedgerField("decided_on", "决定日期", FieldType.DAY, required=True, headings=("作出决定日期", "处罚决定日期")),
        LedgerField(
            "procedure", "程序", FieldType.CHOICE, required=True, choices=Procedure,
            headings=("适用程序", "处罚程序"), words={
                "简易": Procedure.SIMPLE, "普通": Procedure.ORDINARY, "一般程序": Procedure.ORDINARY,
                "简易处罚程序": Procedure.SIMPLE, "普通处罚程序": Procedure.ORDINARY,
            },
        ),
        LedgerField("number", "案号", longest=100, hint="不可重复；没有的不填。", headings=("文号", "决定书文号")),
        LedgerField("title", "案件名称", headings=("案由",)),
        LedgerField(
            "kind", "决定类别", FieldType.CHOICE, choices=DecisionKind, default=DecisionKind.PENALTY,
            hint="不填为行政处罚。", words={"处罚": DecisionKind.PENALTY, "其他": DecisionKind.OTHER},
        ),
        LedgerField(
            "fine", "罚款（元）", FieldType.MONEY, default=Decimal(0), hint="没有罚款的不填。",
            headings=("罚款金额", "罚没金额"),
        ),
        LedgerField(
            "penalty", "处罚种类", FieldType.CHOICE, choices=Penalty, headings=("处罚类别",),
            hint="并处几种的，填其中最重的一种；只有罚款的可以不填。行政执法统计年报按它归类。",
            words={"没收违法所得": Penalty.CONFISCATION, "没收非法财物": Penalty.CONFISCATION,
                   "没收": Penalty.CONFISCATION, "暂扣": Penalty.SUSPENSION, "暂扣许可证": Penalty.SUSPENSION,
                   "吊销": Penalty.REVOCATION, "吊销许可证": Penalty.REVOCATION,
                   "停产停业": Penalty.STOPPED, "责令关闭": Penalty.CLOSED,
                   "限制从业": Penalty.CLOSED, "拘留": Penalty.DETENTION, "其他": Penalty.OTHER},
        ),
        LedgerField("confiscated", "没收金额（元）", FieldType.MONEY, default=Decimal(0), hint="能够确定金额的。"),
        LedgerField("filed_on", "立案日期", FieldType.DAY),
        LedgerField("recorded_throughout", "全过程记录", FieldType.YES_NO),
        LedgerField("reviewed_on", "法制审核日期", FieldType.DAY),
        LedgerField("published_on", "公开日期", FieldType.DAY, headings=("公示日期",)),
        LedgerField(
            "outcome", "复议诉讼结果", FieldType.CHOICE, choices=Outcome, default=Outcome.STANDS, headings=("结果",),
            words={"维持": Outcome.STANDS, "变更": Outcome.CHANGED, "撤销": Outcome.REVOKED, "无": Outcome.STANDS},
        ),
        LedgerField("outcome_on", "变更或撤销日期", FieldType.DAY),
        LedgerField("taken_down_on", "撤回公开日期", FieldType.DAY),
    ),
    check=_check,
    terms=(
        Term(
            "publish", "行政处罚决定公开", "decided_on", "published_on", 7, TermUnit.WORKING,
            "国办发〔2018〕118号：行政许可、行政处罚决定作出之日起7个工作日内公开",
            applies=lambda row: row.kind is DecisionKind.PENALTY,
        ),
        Term(
            "publish_other", "其他执法决定公开", "decided_on", "published_on", 20, TermUnit.WORKING,
            "国办发〔2018〕118号：执法决定作出之日起20个工作日内公布",
            applies=lambda row: row.kind is DecisionKind.OTHER,
        ),
        Term(
            "decide", "作出处罚决定", "filed_on", "decided_on", 90, TermUnit.CALENDAR,
            "《行政处罚法》第六十条：自立案之日起90日内作出决定",
            applies=lambda row: row.kind is DecisionKind.PENALTY,
        ),
        Term(
            "take_down", "撤回已公开的决定并说明理由", "outcome_on", "taken_down_on", 3, TermUnit.CALENDAR,
            "《行政处罚法》第四十八条：被变更、撤销、确认违法或者无效的，3日内撤回并说明理由",
            applies=lambda row: row.outcome is not Outcome.STANDS and row.published_on is not None,
        ),
    ),
    measures=(
        Measure("cases", "行政执法案件", "起", "决定日期在期间内的案件"),
        Measure("simple", "简易程序案件", "件", "其中适用简易程序的", col(_T.procedure) == Procedure.SIMPLE),
        Measure("ordinary", "普通程序案件", "件", "其中适用普通程序的", col(_T.procedure) == Procedure.ORDINARY),
        Measure(
            "fines", "罚款金额", "万元", "罚款合计，按决定书", col(_T.fine) > 0, total="fine", scale=Decimal(10_000)
        ),
        Measure("overturned", "被变更或撤销案件", "起", "复议或诉讼后被变更、被撤销的", _OVERTURNED),
        Measure("published", "已公开的执法决定", "件", "有公开日期的", col(_T.published_on).is_not(None)),
    ),
    cross_checks=(
        CrossCheck("行政执法案件 = 简易程序案件 + 普通程序案件", "case.cases", ("case.simple", "case.ordinary")),
        CrossCheck("行政执法案件不少于被变更或撤销案件", "case.cases", ("case.overturned",), at_least=True),
        CrossCheck("行政执法案件不少于已公开的执法决定", "case.cases", ("case.published",), at_least=True),
    ),
    alike=(("起", "件", "宗"),),
    sentence=Sentence(
        """
{{ opening }}行政执法案件{{ cite(cases) }}，
{% if simple.value and ordinary.value %}
其中简易程序{{ cite(simple) }}、普通程序{{ cite(ordinary) }}，
{% else %}
均适用{{ "简易程序" if simple.value else "普通程序" }}{{ note(simple) }}{{ note(ordinary) }}，
{% endif %}
{% if fines.value %}作出罚款处罚{{ cite(fines) }}，{% else %}{{ note(fines) }}{% endif %}
{% if overturned.value %}
其中{{ cite(overturned) }}的处罚决定被变更或者撤销。
{% else %}
未发生行政处罚决定被变更或者撤销的情况{{ note(overturned) }}。
{% endif %}
""",
        ("办理", "查处"),
        (Theme.ENFORCEMENT, Theme.SUPERVISION, Theme.LAWFUL),
    ),
)  # fmt: skip
