"""制度文件: rules made, revised and repealed, with their legality review."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, and_
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Listing, Measure, Share
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class RuleAct(Coded):
    """What was done to a rule."""

    MADE = "made", "制定"
    REVISED = "revised", "修订"
    REPEALED = "repealed", "废止"


class RuleCategory(Coded):
    """Only normative documents (规范性文件) bind the public, and must have been reviewed for legality."""

    NORMATIVE = "normative", "规范性文件"
    INTERNAL = "internal", "内部制度"


class RuleStage(Coded):
    """How far it is: one under way has its deadlines and counts in no figure."""

    UNDER_WAY = "under_way", "办理中"
    ISSUED = "issued", "已印发"


class Regulation(LedgerRow, table=True):
    """One rule made, revised or repealed; of one under way `issued_on` is the day it is meant to be issued."""

    __table_args__ = (Index("ix_regulation_organ_id_issued_on", "organ_id", "issued_on"),)

    title: str = Field(max_length=500)
    number: str | None = Field(default=None, max_length=100)
    act: RuleAct = Field(sa_type=coded(RuleAct))
    category: RuleCategory = Field(sa_type=coded(RuleCategory))
    stage: RuleStage = Field(default=RuleStage.ISSUED, sa_type=coded(RuleStage))
    submitted_on: dt.date | None = None
    """The day it was submitted for legality review."""
    reviewed_on: dt.date | None = None
    issued_on: dt.date
    published_on: dt.date | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    submitted, reviewed = values.get("submitted_on"), values.get("reviewed_on")
    issued, published = values.get("issued_on"), values.get("published_on")
    if submitted and reviewed and reviewed < submitted:
        yield "reviewed_on", f"审核完成日期 {reviewed} 早于送审日期 {submitted}：应不早于送审日期"
    if values.get("stage") is RuleStage.UNDER_WAY:
        if published:
            yield "published_on", "办理中的文件没有公布日期：进度应为“已印发”，或者不填公布日期"
        return
    if issued and reviewed and reviewed > issued:
        yield "reviewed_on", f"审核完成日期 {reviewed} 晚于印发日期 {issued}：应不晚于印发日期"
    if issued and published and published < issued:
        yield "published_on", f"公布日期 {published} 早于印发日期 {issued}：应不早于印发日期"


def _normative(row: Any) -> bool:
    return row.category is RuleCategory.NORMATIVE


_T = Regulation
_ISSUED = col(_T.stage) == RuleStage.ISSUED
_NORMATIVE = and_(_ISSUED, col(_T.category) == RuleCategory.NORMATIVE)
_REVIEW = "国办发〔2018〕115号：行政规范性文件合法性审核一般不少于5个工作日，最长不超过15个工作日"

KIND = Kind(
    code="rule",
    title="制度文件",
    unit="件",
    table=Regulation,
    day="issued_on",
    called=("number", "title"),
    purpose="报告中制定、修订、废止的制度文件由此数出",
    identity=("number",),
    fields=(
        LedgerField(
            "issued_on", "印发日期", FieldType.DAY, required=True,
            headings=("发文日期", "成文日期", "施行日期", "废止日期"),
            hint="还在办理的，填写拟印发的日期，进度选“办理中”。",
        ),
        LedgerField("title", "文件名称", required=True, headings=("标题", "名称", "制度名称", "文件标题")),
        LedgerField("number", "文号", longest=100, headings=("发文字号", "发文文号"), hint="不可重复；没有的不填。"),
        LedgerField(
            "act", "制修废", FieldType.CHOICE, required=True, choices=RuleAct,
            headings=("类型", "办理类型", "立改废"), words={
                "新制定": RuleAct.MADE, "新增": RuleAct.MADE, "立": RuleAct.MADE,
                "修改": RuleAct.REVISED, "修正": RuleAct.REVISED, "改": RuleAct.REVISED, "废": RuleAct.REPEALED,
            },
        ),
        LedgerField(
            "category", "文件类别", FieldType.CHOICE, required=True, choices=RuleCategory, headings=("类别",),
            words={
                "行政规范性文件": RuleCategory.NORMATIVE, "内部管理制度": RuleCategory.INTERNAL,
                "制度": RuleCategory.INTERNAL,
            },
        ),
        LedgerField(
            "stage", "进度", FieldType.CHOICE, choices=RuleStage, default=RuleStage.ISSUED, hint="不填为已印发。",
            words={"审核中": RuleStage.UNDER_WAY, "起草中": RuleStage.UNDER_WAY, "已废止": RuleStage.ISSUED},
        ),
        LedgerField("submitted_on", "送审日期", FieldType.DAY, headings=("送合法性审核日期", "提请审核日期")),
        LedgerField("reviewed_on", "审核完成日期", FieldType.DAY, headings=("合法性审核日期", "审核日期")),
        LedgerField("published_on", "公布日期", FieldType.DAY, headings=("公开日期", "发布日期")),
    ),
    check=_check,
    terms=(
        Term(
            "review_least", "规范性文件合法性审核最短时间", "submitted_on", "reviewed_on", 5, TermUnit.WORKING, _REVIEW,
            remembered=True, minimum=True, applies=_normative,
        ),
        Term(
            "review_most", "完成规范性文件合法性审核", "submitted_on", "reviewed_on", 15, TermUnit.WORKING, _REVIEW,
            remembered=True, applies=_normative,
        ),
    ),
    measures=(
        Measure("rules", "制定修订废止制度文件", "件", "印发日期在期间内、已印发的制度文件", _ISSUED),
        *(
            Measure(str(act), f"{act.label}制度文件", "件", f"其中{act.label}的", and_(_ISSUED, col(_T.act) == act))
            for act in RuleAct
        ),
        Measure("normative", "规范性文件", "件", "其中类别为规范性文件的", _NORMATIVE),
        Measure(
            "internal", "内部制度", "件", "其中类别为内部制度的",
            and_(_ISSUED, col(_T.category) == RuleCategory.INTERNAL),
        ),
        Measure(
            "reviewed", "经合法性审核的规范性文件", "件", "规范性文件中有审核完成日期的",
            and_(_NORMATIVE, col(_T.reviewed_on).is_not(None)),
        ),
    ),
    shares=(
        Share("reviewed_share", "规范性文件合法性审核率", "经合法性审核的占规范性文件", "reviewed", "normative"),
    ),
    listings=(
        Listing("made_titles", "title", and_(_ISSUED, col(_T.act) == RuleAct.MADE)),
        Listing("revised_titles", "title", and_(_ISSUED, col(_T.act) == RuleAct.REVISED)),
        Listing("repealed_titles", "title", and_(_ISSUED, col(_T.act) == RuleAct.REPEALED)),
    ),
    cross_checks=(
        CrossCheck(
            "制定修订废止制度文件 = 制定 + 修订 + 废止", "rule.rules", ("rule.made", "rule.revised", "rule.repealed")
        ),
        CrossCheck("制定修订废止制度文件 = 规范性文件 + 内部制度", "rule.rules", ("rule.normative", "rule.internal")),
        CrossCheck("规范性文件不少于经合法性审核的规范性文件", "rule.normative", ("rule.reviewed",), at_least=True),
    ),
    alike=(("件", "份", "部", "项", "个"),),
    sentence=Sentence(
        """
{% macro done(figure, act, titles) %}
{% if titles|length > 3 %}{{ act if not opening }}制度文件{{ cite(figure) }}
{% else %}{{ act if not opening }}{% for title in titles %}{{ title|titled }}{% endfor %}
{% if titles|length > 1 %}等制度文件{{ cite(figure) }}{% else %}{{ note(figure) }}{% endif %}
{% endif %}
{% if opening %}的{{ act }}{% endif %}
{% endmacro %}
{% for figure, act, titles in (
    (made, "制定", made_titles), (revised, "修订", revised_titles), (repealed, "废止", repealed_titles)
) if figure.value %}
{{ opening if loop.first else "，" }}{{ done(figure, act, titles) }}
{% endfor %}
{% if normative.value and reviewed.value == normative.value %}
，规范性文件均经合法性审核{{ note(normative) }}{{ note(reviewed) }}
{% endif %}。
""",
        ("", "完成"),
        (Theme.RULES, Theme.LAWFUL, Theme.DECISION, Theme.ORGANISATION),
    ),
)  # fmt: skip
