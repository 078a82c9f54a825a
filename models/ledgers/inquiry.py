"""咨询答复: questions from the public and their answers, each within its days."""

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


class InquiryChannel(Coded):
    """By which way a question came."""

    ONLINE = "online", "网络"
    PHONE = "phone", "电话"
    COUNTER = "counter", "现场"
    LETTER = "letter", "来信"
    OTHER = "other", "其他"


class Inquiry(LedgerRow, table=True):
    """One question from the public; `due_on` is the last day for its answer."""

    __table_args__ = (Index("ix_inquiry_organ_id_asked_on", "organ_id", "asked_on"),)

    number: str | None = Field(default=None, max_length=100)
    asked_on: dt.date
    channel: InquiryChannel = Field(sa_type=coded(InquiryChannel))
    question: str = Field(max_length=2000)
    answered_on: dt.date | None = None
    due_on: dt.date | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    asked, answered = values.get("asked_on"), values.get("answered_on")
    if asked and answered and answered < asked:
        yield "answered_on", f"答复日期 {answered} 早于咨询日期 {asked}：应不早于咨询日期"


_T = Inquiry
_ANSWERED, _DUE = col(_T.answered_on), col(_T.due_on)

KIND = Kind(
    code="inquiry",
    title="咨询答复",
    unit="件",
    table=Inquiry,
    day="asked_on",
    called=("number", "question"),
    purpose="报告中受理和答复群众咨询的件数由此数出",
    identity=("number",),
    fields=(
        LedgerField(
            "asked_on", "咨询日期", FieldType.DAY, required=True,
            headings=("日期", "受理日期", "来信日期", "提问日期"),
        ),
        LedgerField(
            "channel", "渠道", FieldType.CHOICE, required=True, choices=InquiryChannel,
            headings=("咨询渠道", "咨询方式", "来源"), words={
                "网上": InquiryChannel.ONLINE, "网站": InquiryChannel.ONLINE, "留言": InquiryChannel.ONLINE,
                "公众号": InquiryChannel.ONLINE, "邮箱": InquiryChannel.ONLINE,
                "来电": InquiryChannel.PHONE, "热线": InquiryChannel.PHONE, "12345": InquiryChannel.PHONE,
                "来访": InquiryChannel.COUNTER, "窗口": InquiryChannel.COUNTER, "信件": InquiryChannel.LETTER,
            },
        ),
        LedgerField(
            "question", "咨询内容", FieldType.LONG_TEXT, required=True, longest=2000,
            headings=("问题", "内容", "咨询事项", "咨询问题"), hint="不写咨询人的姓名、电话、住址。",
        ),
        LedgerField("answered_on", "答复日期", FieldType.DAY, headings=("回复日期", "办结日期")),
        LedgerField(
            "number", "编号", longest=100, headings=("受理编号", "工单号", "信件编号"),
            hint="不可重复；没有的不填。",
        ),
    ),
    check=_check,
    derive=keep_last_day("answer", "asked_on", "due_on"),
    terms=(
        Term(
            "answer", "答复群众咨询", "asked_on", "answered_on", 15, TermUnit.WORKING,
            "没有统一规定，由本单位确定", remembered=True,
        ),
    ),
    measures=(
        Measure("asked", "受理群众咨询", "件", "咨询日期在期间内的咨询"),
        *(
            Measure(
                f"asked_{channel}", f"{channel.label}咨询", "件", f"其中渠道为{channel.label}的",
                col(_T.channel) == channel,
            )
            for channel in InquiryChannel
        ),
        Measure("answered", "答复群众咨询", "件", "其中有答复日期的", _ANSWERED.is_not(None)),
        Measure("on_time", "按时答复群众咨询", "件", "其中在期限内答复的", in_time(_ANSWERED, _DUE)),
    ),
    shares=(Share("on_time_share", "群众咨询按时答复率", "按时答复的占有答复日期的", "on_time", "answered"),),
    cross_checks=(
        CrossCheck(
            "受理群众咨询 = 各渠道咨询之和", "inquiry.asked",
            tuple(f"inquiry.asked_{channel}" for channel in InquiryChannel),
        ),
        CrossCheck("受理群众咨询不少于答复群众咨询", "inquiry.asked", ("inquiry.answered",), at_least=True),
        CrossCheck("答复群众咨询不少于按时答复群众咨询", "inquiry.answered", ("inquiry.on_time",), at_least=True),
    ),
    alike=(("件", "起", "宗"),),
    sentence=Sentence(
        """
{{ opening }}群众法律政策咨询{{ cite(asked) }}
{% if answered.value == asked.value %}，均已答复{{ note(answered) }}
{% elif answered.value %}，答复{{ cite(answered) }}
{% endif %}。
""",
        ("受理", "收到"),
        (Theme.SERVICE, Theme.DISPUTES, Theme.PUBLICITY),
    ),
)  # fmt: skip
