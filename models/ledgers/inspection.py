"""双随机抽查: what was drawn to be inspected and by whom, what was found, and when it was made public."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, col

from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount, in_time, keep_last_day
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure, Share
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class Inspection(LedgerRow, table=True):
    """One object drawn in one draw. `drawing` names the draw (day and plan), by which draws are counted."""

    __table_args__ = (
        CheckConstraint("problems >= 0", name="problems_not_negative"),
        Index("ix_inspection_organ_id_drawn_on", "organ_id", "drawn_on"),
    )

    plan: str = Field(max_length=200)
    target: str = Field(max_length=200)
    """Whom or what is inspected (检查对象)."""
    inspectors: str | None = Field(default=None, max_length=500)
    drawn_on: dt.date
    draw_id: int | None = Field(default=None, foreign_key="inspection_draw.id", index=True)
    """The draw of this office's that drew it; None for one drawn elsewhere."""
    inspected_on: dt.date | None = None
    problems: int | None = None
    handled: str | None = Field(default=None, max_length=1000)
    published_on: dt.date | None = None
    publish_by: dt.date | None = None
    drawing: str | None = Field(default=None, max_length=220)


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    drawn, inspected = values.get("drawn_on"), values.get("inspected_on")
    published = values.get("published_on")
    if drawn and inspected and inspected < drawn:
        yield "inspected_on", f"检查日期 {inspected} 早于抽取日期 {drawn}：应不早于抽取日期"
    if inspected and published and published < inspected:
        yield "published_on", f"公示日期 {published} 早于检查日期 {inspected}：应不早于检查日期"
    for name, label in (("problems", "发现问题数"), ("published_on", "公示日期")):
        if values.get(name) is not None and not inspected:
            yield name, f"填写了{label}，应同时填写检查日期"
    if inspected and values.get("problems") is None:
        yield "problems", "填写了检查日期，应同时填写发现问题数：没有发现问题的填 0"


_keep_publish_by = keep_last_day("publish", "inspected_on", "publish_by")


def _derive(values: Mapping[str, Any], calendar: WorkCalendar, amount: Amount) -> Mapping[str, Any]:
    return {**_keep_publish_by(values, calendar, amount), "drawing": f"{values['drawn_on']} {values['plan']}"}


_T = Inspection
_DONE = col(_T.inspected_on).is_not(None)
_PUBLISHED, _DUE = col(_T.published_on), col(_T.publish_by)

KIND = Kind(
    code="inspection",
    title="双随机抽查",
    unit="户次",
    table=Inspection,
    day="drawn_on",
    called=("target", "plan"),
    purpose="报告中双随机抽查的次数、户次、发现问题和公示由此数出",
    tells=("plan", "target", "inspectors", "inspected_on", "problems"),
    fields=(
        LedgerField("drawn_on", "抽取日期", FieldType.DAY, required=True, headings=("抽查日期", "随机抽取日期")),
        LedgerField(
            "plan", "抽查计划", required=True, longest=200,
            headings=("抽查任务", "任务名称", "计划名称", "抽查事项", "抽查任务名称"),
        ),
        LedgerField(
            "target", "检查对象", required=True, longest=200,
            headings=("抽查对象", "对象名称", "企业名称", "单位名称", "被检查单位", "市场主体名称"),
        ),
        LedgerField("inspectors", "检查人员", headings=("执法人员", "抽查人员", "检查人", "执法检查人员")),
        LedgerField("inspected_on", "检查日期", FieldType.DAY, headings=("检查时间", "实施检查日期", "检查完成日期")),
        LedgerField(
            "problems", "发现问题数", FieldType.WHOLE, most=Decimal(100_000),
            headings=("问题数", "发现问题", "问题个数"), hint="检查过而没有发现问题的填 0。",
        ),
        LedgerField(
            "handled", "处理情况", FieldType.LONG_TEXT, longest=1000, headings=("处理结果", "处置情况", "整改情况"),
        ),
        LedgerField(
            "published_on", "公示日期", FieldType.DAY, headings=("公开日期", "结果公示日期", "公示时间"),
        ),
    ),
    check=_check,
    derive=_derive,
    terms=(
        Term(
            "publish", "抽查结果公示", "inspected_on", "published_on", 20, TermUnit.WORKING,
            "“双随机、一公开”有关规定：抽查结束之日起20个工作日内公示结果",
        ),
    ),
    measures=(
        Measure("draws", "双随机抽取", "次", "抽取日期在期间内的抽取，同日、同计划的计一次", distinct="drawing"),
        Measure("drawn", "抽取检查对象", "户次", "各次抽取的检查对象"),
        Measure("inspected", "双随机检查", "户次", "其中已经检查的", _DONE),
        Measure("problems", "双随机抽查发现问题", "个", "已检查的发现问题数之和", _DONE, total="problems"),
        Measure("with_problems", "发现问题的检查对象", "户次", "其中发现问题的", col(_T.problems) > 0),
        Measure("published", "公示抽查结果", "户次", "其中结果已公示的", _PUBLISHED.is_not(None)),
        Measure("on_time", "按时公示抽查结果", "户次", "其中在期限内公示的", in_time(_PUBLISHED, _DUE)),
    ),
    shares=(Share("on_time_share", "抽查结果公示及时率", "按时公示的占有公示日期的", "on_time", "published"),),
    cross_checks=(
        CrossCheck("抽取检查对象不少于双随机检查", "inspection.drawn", ("inspection.inspected",), at_least=True),
        CrossCheck("双随机检查不少于发现问题的", "inspection.inspected", ("inspection.with_problems",), at_least=True),
        CrossCheck("双随机检查不少于公示抽查结果", "inspection.inspected", ("inspection.published",), at_least=True),
        CrossCheck("抽取检查对象不少于抽取次数", "inspection.drawn", ("inspection.draws",), at_least=True),
    ),
    alike=(("户次", "家次"),),
    sentence=Sentence(
        """
{{ opening }}“双随机、一公开”抽查{{ cite(draws) }}
{% if inspected.value %}
，检查{{ cite(inspected) }}，
{% if problems.value %}发现问题{{ cite(problems) }}{% else %}未发现问题{{ note(problems) }}{% endif %}
{% if published.value == inspected.value %}
，结果均已公示{{ note(published) }}
{% elif published.value %}
，公示结果{{ cite(published) }}
{% endif %}
{% endif %}。
""",
        ("开展", "组织"),
        (Theme.SUPERVISION, Theme.LAWFUL, Theme.ENFORCEMENT),
    ),
)  # fmt: skip
