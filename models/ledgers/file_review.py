"""案卷评查: reviews of case files, what defects they found and how many were corrected."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure
from models.ledgers.term import YearlyTerm, each_year
from models.ledgers.theme import Theme


class FileReviewKind(Coded):
    """Who reviewed the files."""

    SELF_CHECK = "self_check", "自查"
    SUPERIOR = "superior", "上级评查"


class FileReview(LedgerRow, table=True):
    """One review of case files; `uncorrected` is what is left of `defects` after `corrected`."""

    __tablename__ = "file_review"
    __table_args__ = (
        CheckConstraint("corrected <= defects", name="corrected_within_defects"),
        Index("ix_file_review_organ_id_held_on", "organ_id", "held_on"),
    )

    held_on: dt.date
    kind: FileReviewKind = Field(sa_type=coded(FileReviewKind))
    files: int
    defects: int = 0
    corrected: int = 0
    corrected_on: dt.date | None = None
    uncorrected: int = 0


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    defects, corrected = values.get("defects") or 0, values.get("corrected") or 0
    if corrected > defects:
        yield "corrected", f"已整改 {corrected} 个多于发现问题 {defects} 个：应不多于发现问题数"
    held, on = values.get("held_on"), values.get("corrected_on")
    if on and not corrected:
        yield "corrected_on", "写了整改完成日期，已整改数应大于 0"
    if held and on and on < held:
        yield "corrected_on", f"整改完成日期 {on} 早于评查日期 {held}：应不早于评查日期"


def _what_is_left(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    return {**values, "uncorrected": (values.get("defects") or 0) - (values.get("corrected") or 0)}


_T = FileReview
_MANY = Decimal(1_000_000)

KIND = Kind(
    code="file_review",
    title="案卷评查",
    unit="次",
    table=FileReview,
    day="held_on",
    called=("kind",),
    purpose="报告中评查案卷、发现和整改问题的数目由此数出",
    fields=(
        LedgerField("held_on", "评查日期", FieldType.DAY, required=True, headings=("日期", "评查时间")),
        LedgerField(
            "kind", "评查类别", FieldType.CHOICE, required=True, choices=FileReviewKind, headings=("类别", "评查方式"),
            words={
                "自查自纠": FileReviewKind.SELF_CHECK, "自评": FileReviewKind.SELF_CHECK,
                "上级": FileReviewKind.SUPERIOR, "抽查": FileReviewKind.SUPERIOR, "集中评查": FileReviewKind.SUPERIOR,
            },
        ),
        LedgerField(
            "files", "案卷数", FieldType.WHOLE, required=True, least=Decimal(1), most=_MANY,
            headings=("评查案卷数", "评查份数", "卷宗数"),
        ),
        LedgerField(
            "defects", "发现问题数", FieldType.WHOLE, most=_MANY, default=0, hint="没有问题的不填。",
            headings=("问题数", "发现问题"),
        ),
        LedgerField(
            "corrected", "已整改数", FieldType.WHOLE, most=_MANY, default=0, hint="还没有整改的不填。",
            headings=("整改数", "已整改", "整改问题数"),
        ),
        LedgerField("corrected_on", "整改完成日期", FieldType.DAY, headings=("整改日期", "完成整改日期")),
    ),
    check=_check,
    derive=_what_is_left,
    yearly=(
        YearlyTerm(
            "twice", "案卷评查", each_year("案卷评查"), 2, "次",
            "没有统一规定，由本单位确定；每年评查两次（自查和上级评查）为常见安排", remembered=True,
        ),
    ),
    measures=(
        Measure("reviews", "案卷评查", "次", "评查日期在期间内的案卷评查"),
        Measure("self_checks", "案卷自查", "次", "其中自查的", col(_T.kind) == FileReviewKind.SELF_CHECK),
        Measure("superior", "上级案卷评查", "次", "其中上级评查的", col(_T.kind) == FileReviewKind.SUPERIOR),
        Measure("files", "评查案卷", "份", "各次评查案卷数之和", total="files"),
        Measure("defects", "案卷评查发现问题", "个", "各次发现问题数之和", col(_T.defects) > 0, total="defects"),
        Measure("corrected", "案卷评查整改问题", "个", "其中已整改的", col(_T.corrected) > 0, total="corrected"),
        Measure(
            "uncorrected", "案卷评查未整改问题", "个", "其中未整改的", col(_T.uncorrected) > 0,
            total="uncorrected",
        ),
    ),
    cross_checks=(
        CrossCheck(
            "案卷评查 = 自查 + 上级评查", "file_review.reviews",
            ("file_review.self_checks", "file_review.superior"),
        ),
        CrossCheck(
            "案卷评查发现问题 = 已整改 + 未整改", "file_review.defects",
            ("file_review.corrected", "file_review.uncorrected"),
        ),
        CrossCheck(
            "案卷评查发现问题不少于整改问题", "file_review.defects", ("file_review.corrected",), at_least=True
        ),
    ),
    sentence=Sentence(
        """
{{ opening }}案卷评查{{ cite(reviews) }}，评查案卷{{ cite(files) }}，
{% if not defects.value %}
未发现问题{{ note(defects) }}。
{% elif not uncorrected.value %}
发现问题{{ cite(defects) }}，均已整改{{ note(uncorrected) }}。
{% else %}
发现问题{{ cite(defects) }}，已整改{{ cite(corrected) }}。
{% endif %}
""",
        ("开展", "组织"),
        (Theme.ENFORCEMENT, Theme.SUPERVISION, Theme.LAWFUL),
    ),
)  # fmt: skip
