"""法律审核: contracts, documents and matters that legal counsel reviewed, each within its days."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.derive import in_time, keep_last_day
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure, Share
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class ReviewKind(Coded):
    """What was reviewed."""

    CONTRACT = "contract", "合同"
    DOCUMENT = "document", "文件"
    OPINION = "opinion", "法律意见"


class LegalReview(LedgerRow, table=True):
    """One thing that counsel reviewed; `due_on` is the last day of its review."""

    __tablename__ = "legal_review"
    __table_args__ = (Index("ix_legal_review_organ_id_received_on", "organ_id", "received_on"),)

    title: str = Field(max_length=500)
    kind: ReviewKind = Field(sa_type=coded(ReviewKind))
    reviewer: str | None = Field(default=None, max_length=100)
    received_on: dt.date
    done_on: dt.date | None = None
    adopted: bool | None = None
    """Whether what counsel said was followed."""
    due_on: dt.date | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    received, done = values.get("received_on"), values.get("done_on")
    if received and done and done < received:
        yield "done_on", f"审核完成日期 {done} 早于收到日期 {received}：应不早于收到日期"
    if values.get("adopted") is not None and not done:
        yield "adopted", "写了意见是否采纳，应同时填写审核完成日期"


_T = LegalReview
_DONE, _DUE = col(_T.done_on), col(_T.due_on)

KIND = Kind(
    code="review",
    title="法律审核",
    unit="件",
    table=LegalReview,
    day="received_on",
    called=("title",),
    purpose="报告中审核合同、文件和出具法律意见的件数由此数出",
    fields=(
        LedgerField("received_on", "收到日期", FieldType.DAY, required=True, headings=("送审日期", "收件日期", "日期")),
        LedgerField("title", "名称", required=True, headings=("合同名称", "文件名称", "审核事项", "事项", "标题")),
        LedgerField(
            "kind", "类别", FieldType.CHOICE, required=True, choices=ReviewKind, headings=("审核类别", "类型"),
            words={
                "合同审核": ReviewKind.CONTRACT, "合同审查": ReviewKind.CONTRACT, "协议": ReviewKind.CONTRACT,
                "文件审核": ReviewKind.DOCUMENT, "文件审查": ReviewKind.DOCUMENT, "公文": ReviewKind.DOCUMENT,
                "咨询": ReviewKind.OPINION, "法律意见书": ReviewKind.OPINION, "意见": ReviewKind.OPINION,
            },
        ),
        LedgerField(
            "reviewer", "审核人", longest=100, headings=("法律顾问", "审核律师", "经办律师"),
            hint="不清楚的不填。",
        ),
        LedgerField("done_on", "审核完成日期", FieldType.DAY, headings=("完成日期", "审结日期", "出具日期")),
        LedgerField(
            "adopted", "意见采纳", FieldType.YES_NO, headings=("是否采纳", "采纳情况"),
            hint="没有提出意见的不填。",
        ),
    ),
    check=_check,
    derive=keep_last_day("review", "received_on", "due_on"),
    terms=(
        Term(
            "review", "完成法律审核", "received_on", "done_on", 15, TermUnit.WORKING,
            ("没有统一规定，由本单位确定；"
"暂按行政规范性文件合法性审核的最长时间（国办发〔2018〕115号）"), remembered=True,
        ),
    ),
    measures=(
        Measure("reviews", "法律审核", "件", "收到日期在期间内的合同、文件、法律意见"),
        Measure("contracts", "审核合同", "件", "其中类别为合同的", col(_T.kind) == ReviewKind.CONTRACT),
        Measure("documents", "审核文件", "件", "其中类别为文件的", col(_T.kind) == ReviewKind.DOCUMENT),
        Measure("opinions", "出具法律意见", "件", "其中类别为法律意见的", col(_T.kind) == ReviewKind.OPINION),
        Measure("done", "完成法律审核", "件", "其中有审核完成日期的", _DONE.is_not(None)),
        Measure("on_time", "按时完成法律审核", "件", "其中在期限内完成的", in_time(_DONE, _DUE)),
        Measure("adopted", "采纳审核意见", "件", "其中意见被采纳的", col(_T.adopted).is_(True)),
    ),
    shares=(Share("on_time_share", "法律审核及时率", "按时完成的占有审核完成日期的", "on_time", "done"),),
    cross_checks=(
        CrossCheck(
            "法律审核 = 合同 + 文件 + 法律意见", "review.reviews",
            ("review.contracts", "review.documents", "review.opinions"),
        ),
        CrossCheck("法律审核不少于完成法律审核", "review.reviews", ("review.done",), at_least=True),
        CrossCheck("完成法律审核不少于采纳审核意见", "review.done", ("review.adopted",), at_least=True),
        CrossCheck("完成法律审核不少于按时完成法律审核", "review.done", ("review.on_time",), at_least=True),
    ),
    alike=(("件", "份"),),
    sentence=Sentence(
        """
{% set kinds = ((contracts, "合同"), (documents, "文件"), (opinions, "法律咨询"))|selectattr("0.value")|list %}
{% if kinds|length == 1 %}
{{ opening }}{{ kinds[0][1] }}合法性审查{{ cite(kinds[0][0]) }}
{% else %}
{{ opening }}合法性审查{{ cite(reviews) }}，其中
{% for figure, what in kinds %}{{ what }}{{ cite(figure) }}{{ "、" if not loop.last }}{% endfor %}
{% endif %}
{% if done.value == reviews.value %}{{ note(done) }}{% elif done.value %}，已办结{{ cite(done) }}{% endif %}
{% if adopted.value %}，采纳审查意见{{ cite(adopted) }}{% endif %}。
""",
        ("开展", "办理"),
        (Theme.COUNSEL, Theme.DECISION, Theme.LAWFUL, Theme.RULES),
    ),
)  # fmt: skip
