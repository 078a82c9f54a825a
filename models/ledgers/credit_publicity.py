"""双公示: permits and penalties made public and sent to the credit system, each within its days."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, and_
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount, in_time, keep_last_day
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure, Share
from models.ledgers.official.credit_standard import STANDARD, CreditStandard, check_standard
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class CreditKind(Coded):
    """The two kinds of decision that 双公示 is about."""

    PERMIT = "permit", "行政许可"
    PENALTY = "penalty", "行政处罚"


class CreditPublicity(CreditStandard, table=True):
    """One decision as it was made public and sent to the credit system, with the last day for either."""

    __tablename__ = "credit_publicity"
    __table_args__ = (Index("ix_credit_publicity_organ_id_decided_on", "organ_id", "decided_on"),)

    number: str | None = Field(default=None, max_length=100)
    kind: CreditKind = Field(sa_type=coded(CreditKind))
    party: str | None = Field(default=None, max_length=200)
    """Whom the decision is about; the name may be masked."""
    decided_on: dt.date
    published_on: dt.date | None = None
    sent_on: dt.date | None = None
    publish_by: dt.date | None = None
    send_by: dt.date | None = None


_keep_publish_by = keep_last_day("publish", "decided_on", "publish_by")
_keep_send_by = keep_last_day("send", "decided_on", "send_by")


def _both_last_days(values: Mapping[str, Any], calendar: WorkCalendar, amount: Amount) -> Mapping[str, Any]:
    return _keep_send_by(_keep_publish_by(values, calendar, amount), calendar, amount)


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from check_standard(values)
    decided = values.get("decided_on")
    for name, label in (("published_on", "公示日期"), ("sent_on", "报送日期")):
        day = values.get(name)
        if decided and day and day < decided:
            yield name, f"{label} {day} 早于决定日期 {decided}：应不早于决定日期"


_T = CreditPublicity
_PUBLISHED, _SENT = col(_T.published_on), col(_T.sent_on)
_PUBLISH_BY, _SEND_BY = col(_T.publish_by), col(_T.send_by)
_SOURCE = "双公示有关规定：行政许可、行政处罚信息自作出决定之日起7个工作日内上网公开，并归集到信用平台"

KIND = Kind(
    code="credit",
    title="双公示",
    unit="条",
    table=CreditPublicity,
    day="decided_on",
    called=("number", "party"),
    purpose="报告中行政许可、行政处罚信用公示的条数和及时率由此数出",
    identity=("number",),
    fields=(
        LedgerField(
            "decided_on", "决定日期", FieldType.DAY, required=True,
            headings=("作出决定日期", "许可决定日期", "处罚决定日期"),
        ),
        LedgerField(
            "kind", "类别", FieldType.CHOICE, required=True, choices=CreditKind,
            headings=("信息类别", "公示类别", "类型"), words={"许可": CreditKind.PERMIT, "处罚": CreditKind.PENALTY},
        ),
        LedgerField(
            "number", "决定文书号", longest=100, hint="不可重复；没有的不填。",
            headings=("文书号", "决定文书号码", "许可决定文书号", "处罚决定文书号", "行政处罚决定书文号"),
        ),
        LedgerField(
            "party", "行政相对人", longest=200, headings=("相对人", "行政相对人名称", "当事人"),
            hint="自然人的姓名可以隐去一部分（张某）。",
        ),
        LedgerField("published_on", "公示日期", FieldType.DAY, headings=("公开日期", "网站公示日期", "上网日期")),
        LedgerField("sent_on", "报送日期", FieldType.DAY, headings=("归集日期", "上报日期", "报送信用平台日期")),
        *STANDARD,
    ),
    folded=("国家数据标准的其他内容（写报送表时用）", tuple(field.name for field in STANDARD)),
    check=_check,
    derive=_both_last_days,
    terms=(
        Term("publish", "双公示信息上网公示", "decided_on", "published_on", 7, TermUnit.WORKING, _SOURCE),
        Term("send", "双公示信息报送信用平台", "decided_on", "sent_on", 7, TermUnit.WORKING, _SOURCE),
    ),
    measures=(
        Measure("total", "双公示信息", "条", "决定日期在期间内的行政许可、行政处罚"),
        Measure("permits", "双公示行政许可", "条", "其中行政许可", col(_T.kind) == CreditKind.PERMIT),
        Measure("penalties", "双公示行政处罚", "条", "其中行政处罚", col(_T.kind) == CreditKind.PENALTY),
        Measure(
            "judged", "公示报送日期齐全的双公示信息", "条", "其中公示、报送日期都有记载的",
            and_(_PUBLISHED.is_not(None), _SENT.is_not(None)),
        ),
        Measure(
            "on_time", "按时公示报送的双公示信息", "条", "其中公示、报送都在期限内的",
            and_(in_time(_PUBLISHED, _PUBLISH_BY), in_time(_SENT, _SEND_BY)),
        ),
    ),
    shares=(
        Share("on_time_share", "双公示及时率", "按时公示报送的占日期齐全的", "on_time", "judged"),
    ),
    cross_checks=(
        CrossCheck("双公示信息 = 行政许可 + 行政处罚", "credit.total", ("credit.permits", "credit.penalties")),
        CrossCheck("日期齐全的不少于按时公示报送的", "credit.judged", ("credit.on_time",), at_least=True),
    ),
    sentence=Sentence(
        """
{{ opening }}{% if permits.value %}行政许可信息{{ cite(permits) }}{% endif %}
{% if permits.value and penalties.value %}、{% endif %}
{% if penalties.value %}行政处罚信息{{ cite(penalties) }}{% endif %}
{{ "按规定纳入“双公示”" if not opening }}。
""",
        ("", "按“双公示”要求公示"),
        (Theme.SUPERVISION, Theme.SERVICE, Theme.LAWFUL, Theme.ENFORCEMENT),
    ),
)  # fmt: skip
