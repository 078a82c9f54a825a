"""重大决策: major decisions with their five steps, and the other matters of 三重一大."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, false, func, not_, or_
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import OWN_BOOKS, CrossCheck, Measure, Share
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class Matter(Coded):
    """The four matters that the leading group has to decide together (三重一大)."""

    DECISION = "decision", "重大决策"
    APPOINTMENT = "appointment", "重要人事任免"
    PROJECT = "project", "重大项目安排"
    FUNDS = "funds", "大额资金使用"


class Step(Coded):
    """The five steps of a major decision (国务院令第713号), in their order."""

    PUBLIC = "public", "公众参与"
    EXPERT = "expert", "专家论证"
    RISK = "risk", "风险评估"
    LEGALITY = "legality", "合法性审查"
    COLLECTIVE = "collective", "集体讨论"


class DecisionStage(Coded):
    """How far it is: one under way counts in no figure."""

    UNDER_WAY = "under_way", "进行中"
    DECIDED = "decided", "已决定"


_DONE: Mapping[Step, str] = {
    Step.PUBLIC: "comment_until", Step.EXPERT: "expert_on", Step.RISK: "risk_on", Step.LEGALITY: "legality_done_on",
    Step.COLLECTIVE: "discussed_on",
}  # fmt: skip
"""The column that says a step was taken."""

_MAY_NOT_APPLY = (Step.PUBLIC, Step.EXPERT, Step.RISK)
"""What not every major decision needs; the other two are due to each."""


class MajorDecision(LedgerRow, table=True):
    """One matter of 三重一大; of one under way `decided_on` is the day it is meant to be decided.

    A major decision owes all five steps but those `exempt` names; the other matters owe 集体讨论 alone.
    """

    __tablename__ = "major_decision"
    __table_args__ = (Index("ix_major_decision_organ_id_decided_on", "organ_id", "decided_on"),)

    title: str = Field(max_length=500)
    number: str | None = Field(default=None, max_length=100)
    matter: Matter = Field(sa_type=coded(Matter))
    stage: DecisionStage = Field(default=DecisionStage.DECIDED, sa_type=coded(DecisionStage))
    comment_from: dt.date | None = None
    comment_until: dt.date | None = None
    expert_on: dt.date | None = None
    risk_on: dt.date | None = None
    legality_sent_on: dt.date | None = None
    legality_done_on: dt.date | None = None
    discussed_on: dt.date | None = None
    decided_on: dt.date
    exempt: str | None = Field(default=None, max_length=100)
    """The steps that do not apply, by their names (专家论证、风险评估)."""
    exempt_reason: str | None = Field(default=None, max_length=500)


def steps_due(row: Any) -> tuple[Step, ...]:
    """The steps that this matter owes, in their order."""
    if row.matter is not Matter.DECISION:
        return (Step.COLLECTIVE,)
    return tuple(step for step in Step if step.label not in (row.exempt or ""))


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _in_order(values)
    yield from _exemption(values)
    if values.get("stage") is DecisionStage.UNDER_WAY:
        return
    decided, discussed = values.get("decided_on"), values.get("discussed_on")
    if decided and discussed and discussed > decided:
        yield "discussed_on", f"集体讨论日期 {discussed} 晚于决定日期 {decided}：应不晚于决定日期"
    if values.get("comment_from") and not values.get("comment_until"):
        yield "comment_until", "已决定的事项写了征求意见开始日期，应同时填写截止日期"


def _in_order(values: Mapping[str, Any]) -> Iterator[Problem]:
    for first, last, begun, ended in (
        ("comment_from", "comment_until", "征求意见开始日期", "征求意见截止日期"),
        ("legality_sent_on", "legality_done_on", "送合法性审查日期", "合法性审查完成日期"),
    ):
        start, end = values.get(first), values.get(last)
        if start and end and end < start:
            yield last, f"{ended} {end} 早于{begun} {start}：应不早于{begun}"
    if values.get("comment_until") and not values.get("comment_from"):
        yield "comment_from", "写了征求意见截止日期，应同时填写开始日期"


def _exemption(values: Mapping[str, Any]) -> Iterator[Problem]:
    exempt, reason = values.get("exempt"), values.get("exempt_reason")
    if not exempt:
        if reason:
            yield "exempt_reason", "写了不适用的理由，应同时填写不适用的步骤"
        return
    if values.get("matter") is not Matter.DECISION:
        yield "exempt", "只有重大决策才有不适用的步骤；其余事项只需集体讨论，此处应不填"
        return
    allowed = {step.label: step for step in _MAY_NOT_APPLY}
    for name in re.split(r"[、,，;；\s]+", exempt.strip()):
        step = allowed.get(name)
        if step is None:
            yield "exempt", f"“{name}”不能列为不适用的步骤：可写{'、'.join(allowed)}，用顿号分开"
        elif values.get(_DONE[step]):
            yield "exempt", f"{name}已有日期，不能又列为不适用：应去掉其中一项"
    if not reason:
        yield "exempt_reason", "写了不适用的步骤，应填写理由"


def _owes(step: Step) -> Any:
    return lambda row: row.matter is Matter.DECISION and step in steps_due(row)


_T = MajorDecision
_DECIDED = col(_T.stage) == DecisionStage.DECIDED
_DECISION = and_(_DECIDED, col(_T.matter) == Matter.DECISION)


def _missed(step: Step) -> ColumnElement[bool]:
    """A major decision that owes the step and has no day for it; `steps_due` tells the same of one row."""
    applies = not_(func.coalesce(col(_T.exempt), "").contains(step.label))
    return and_(_DECISION, getattr(_T, _DONE[step]).is_(None), applies)


_ANY_MISSED = or_(false(), *(_missed(step) for step in Step))
_RULES = "国务院令第713号《重大行政决策程序暂行条例》（部门参照执行）"

KIND = Kind(
    code="decision",
    title="重大决策",
    unit="项",
    table=MajorDecision,
    day="decided_on",
    called=("number", "title"),
    purpose="报告中的重大决策、三重一大事项及其程序由此数出",
    identity=("number",),
    fields=(
        LedgerField(
            "decided_on", "决定日期", FieldType.DAY, required=True, headings=("决策日期", "出台日期", "日期"),
            hint="还在进行的，填写拟决定的日期，进度选“进行中”。",
        ),
        LedgerField("title", "事项名称", required=True, headings=("决策事项", "事项", "名称", "议题")),
        LedgerField(
            "matter", "事项类别", FieldType.CHOICE, required=True, choices=Matter, headings=("类别", "三重一大类别"),
            words={
                "重大行政决策": Matter.DECISION, "重大事项决策": Matter.DECISION, "重大事项": Matter.DECISION,
                "重要干部任免": Matter.APPOINTMENT, "人事任免": Matter.APPOINTMENT,
                "重大项目": Matter.PROJECT, "重大项目投资": Matter.PROJECT,
                "大额资金": Matter.FUNDS, "大额度资金使用": Matter.FUNDS, "大额度资金运作": Matter.FUNDS,
            },
        ),
        LedgerField(
            "number", "文号", longest=100, headings=("会议纪要文号", "纪要编号"), hint="不可重复；没有的不填。"
        ),
        LedgerField(
            "stage", "进度", FieldType.CHOICE, choices=DecisionStage, default=DecisionStage.DECIDED,
            hint="不填为已决定。", words={"已出台": DecisionStage.DECIDED, "办理中": DecisionStage.UNDER_WAY},
        ),
        LedgerField(
            "comment_from", "征求意见开始日期", FieldType.DAY,
            headings=("公众参与开始日期", "公开征求意见开始"),
        ),
        LedgerField(
            "comment_until", "征求意见截止日期", FieldType.DAY,
            headings=("公众参与截止日期", "公开征求意见截止"),
        ),
        LedgerField("expert_on", "专家论证日期", FieldType.DAY, headings=("专家论证",)),
        LedgerField("risk_on", "风险评估日期", FieldType.DAY, headings=("风险评估",)),
        LedgerField("legality_sent_on", "送合法性审查日期", FieldType.DAY, headings=("送审日期",)),
        LedgerField("legality_done_on", "合法性审查完成日期", FieldType.DAY, headings=("合法性审查", "合法性审查日期")),
        LedgerField("discussed_on", "集体讨论日期", FieldType.DAY, headings=("集体讨论", "会议日期", "党组会日期")),
        LedgerField(
            "exempt", "不适用的步骤", longest=100, headings=("不适用步骤", "免除的步骤"),
            hint="仅重大决策填写：公众参与、专家论证、风险评估中确不适用的，用顿号分开。",
        ),
        LedgerField("exempt_reason", "不适用的理由", headings=("不适用理由",), hint="写了不适用的步骤时必填。"),
    ),
    check=_check,
    terms=(
        Term(
            "comment", "公开征求意见最短期限", "comment_from", "comment_until", 30, TermUnit.CALENDAR,
            f"{_RULES}：公开征求意见的期限一般不少于30日", minimum=True, applies=_owes(Step.PUBLIC),
        ),
        Term(
            "legality", "合法性审查最短时间", "legality_sent_on", "legality_done_on", 7, TermUnit.WORKING,
            f"{_RULES}：合法性审查时间一般不少于7个工作日", minimum=True, applies=_owes(Step.LEGALITY),
        ),
    ),
    measures=(
        Measure("three_majors", "三重一大事项", "项", "决定日期在期间内、已决定的事项", _DECIDED),
        Measure("decisions", "重大决策", "项", "其中类别为重大决策的", _DECISION),
        *(
            Measure(
                str(matter), matter.label, "项", f"其中类别为{matter.label}的",
                and_(_DECIDED, col(_T.matter) == matter),
            )
            for matter in Matter if matter is not Matter.DECISION
        ),
        Measure(
            "discussed", "经集体讨论的三重一大事项", "项", "三重一大事项中有集体讨论日期的",
            and_(_DECIDED, col(_T.discussed_on).is_not(None)),
        ),
        Measure(
            "complete", "程序完备的重大决策", "项", "重大决策中，适用的步骤都有日期的",
            and_(_DECISION, not_(_ANY_MISSED)),
        ),
        Measure(
            "missed", "缺少步骤的重大决策", "项", "重大决策中，适用的步骤有一步以上没有日期的", _ANY_MISSED,
            internal=OWN_BOOKS,
        ),
        *(
            Measure(
                f"missed_{step}", f"缺少{step.label}的重大决策", "项", f"重大决策中，适用{step.label}而没有日期的",
                _missed(step), internal=OWN_BOOKS,
            )
            for step in Step
        ),
    ),
    shares=(Share("complete_share", "重大决策程序完备率", "程序完备的占重大决策", "complete", "decisions"),),
    cross_checks=(
        CrossCheck(
            "三重一大事项 = 重大决策 + 重要人事任免 + 重大项目安排 + 大额资金使用", "decision.three_majors",
            ("decision.decisions", "decision.appointment", "decision.project", "decision.funds"),
        ),
        CrossCheck(
            "重大决策 = 程序完备的 + 缺少步骤的", "decision.decisions", ("decision.complete", "decision.missed")
        ),
        CrossCheck(
            "三重一大事项不少于经集体讨论的三重一大事项", "decision.three_majors", ("decision.discussed",),
            at_least=True,
        ),
    ),
    sentence=Sentence(
        """
{% set how = "集体研究" if discussed.value == three_majors.value else "研究决定" %}
{% set whole = decisions.value == three_majors.value %}
{% set matter = "重大决策" if whole else "“三重一大”事项" %}
{{ how if not opening }}{{ matter }}{{ cite(three_majors) }}{% if opening %}经{{ how }}{% endif %}
{% if whole %}{{ note(decisions) }}{% elif decisions.value %}，其中重大决策{{ cite(decisions) }}{% endif %}
{% if decisions.value and complete.value == decisions.value %}
，{{ "均" if decisions.value > 1 }}履行公众参与、专家论证、风险评估、合法性审查、集体讨论等应经程序{{ note(complete) }}
{% endif %}。
""",
        ("", "“三重一大”事项"),
        (Theme.DECISION, Theme.LAWFUL, Theme.RULES, Theme.ORGANISATION),
    ),
)  # fmt: skip
