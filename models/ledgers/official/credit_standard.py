"""What the national data standard of 双公示 asks of a decision beyond what the report counts.

The columns are those of 行政许可和行政处罚等信用信息公示数据标准 (annex of 发改办财金〔2018〕424号), as public programs
name them (docs/official-forms.md).
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Numeric
from sqlmodel import Field

from models.coded import Coded, coded
from models.later import later
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField

if TYPE_CHECKING:
    from stdnum.cn import ric, uscc
else:
    ric, uscc = later("stdnum.cn.ric"), later("stdnum.cn.uscc")


class PartyKind(Coded):
    """Whom a decision is about (行政相对人类别)."""

    LEGAL = "legal", "法人及非法人组织"
    TRADER = "trader", "个体工商户"
    PERSON = "person", "自然人"


class IdKind(Coded):
    """Papers by which a natural person is known (证件类型)."""

    RESIDENT = "resident", "身份证"
    PASSPORT = "passport", "护照号"
    HONG_KONG = "hong_kong", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台湾居民来往大陆通行证"
    FOREIGN = "foreign", "外国人永久居留身份证"


class PermitKind(Coded):
    """What kind of permit it is (许可类别), by the articles of the 行政许可法."""

    ORDINARY = "ordinary", "普通"
    FRANCHISE = "franchise", "特许"
    QUALIFIED = "qualified", "认可"
    APPROVED = "approved", "核准"
    REGISTERED = "registered", "登记"
    OTHER = "other", "其他"


class CreditStandard(LedgerRow):
    """The columns of one decision; amounts are in yuan here and in 万元 in the standard."""

    party_kind: PartyKind | None = Field(default=None, sa_type=coded(PartyKind))
    party_code: str | None = Field(default=None, max_length=18)
    representative: str | None = Field(default=None, max_length=100)
    id_kind: IdKind | None = Field(default=None, sa_type=coded(IdKind))
    id_number: str | None = Field(default=None, max_length=32)
    document: str | None = Field(default=None, max_length=200)
    permit_kind: PermitKind | None = Field(default=None, sa_type=coded(PermitKind))
    certificate: str | None = Field(default=None, max_length=200)
    certificate_number: str | None = Field(default=None, max_length=100)
    content: str | None = Field(default=None, max_length=4000)
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    violation: str | None = Field(default=None, max_length=500)
    facts: str | None = Field(default=None, max_length=4000)
    basis: str | None = Field(default=None, max_length=2000)
    penalties: str | None = Field(default=None, max_length=200)
    fine: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    confiscated: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    licence: str | None = Field(default=None, max_length=200)
    public_until: dt.date | None = None


STANDARD = (
    LedgerField(
        "party_kind", "行政相对人类别", FieldType.CHOICE, choices=PartyKind, headings=("相对人类别",),
        words={"法人": PartyKind.LEGAL, "企业": PartyKind.LEGAL, "个体": PartyKind.TRADER, "个人": PartyKind.PERSON},
    ),
    LedgerField(
        "party_code", "统一社会信用代码", longest=18,
        headings=("行政相对人代码_1（统一社会信用代码）", "行政相对人代码_1"),
        hint="法人、非法人组织和个体工商户的，18位。",
    ),
    LedgerField("representative", "法定代表人", longest=100, headings=("法定代表人姓名", "负责人")),
    LedgerField(
        "id_kind", "证件类型", FieldType.CHOICE, choices=IdKind, hint="自然人的。", words={"护照": IdKind.PASSPORT},
    ),
    LedgerField("id_number", "证件号码", longest=32, hint="自然人的。不进入报告。"),
    LedgerField(
        "document", "行政许可决定文书名称", longest=200, headings=("许可文书名称", "决定文书名称"),
    ),
    LedgerField("permit_kind", "许可类别", FieldType.CHOICE, choices=PermitKind),
    LedgerField("certificate", "许可证书名称", longest=200),
    LedgerField("certificate_number", "许可编号", longest=100, headings=("许可证书编号", "证书编号")),
    LedgerField(
        "content", "决定内容", FieldType.LONG_TEXT, longest=4000, headings=("许可内容", "处罚内容"),
        hint="许可内容或者处罚内容，照决定书填写。",
    ),
    LedgerField("valid_from", "有效期自", FieldType.DAY),
    LedgerField("valid_until", "有效期至", FieldType.DAY, headings=("处罚有效期",)),
    LedgerField("violation", "违法行为类型", longest=500),
    LedgerField("facts", "违法事实", FieldType.LONG_TEXT, longest=4000, headings=("主要违法事实",)),
    LedgerField("basis", "处罚依据", FieldType.LONG_TEXT, longest=2000),
    LedgerField(
        "penalties", "处罚类别", longest=200, headings=("处罚种类",), hint="有几种的用“、”分开，如：警告、罚款。",
    ),
    LedgerField("fine", "罚款金额（元）", FieldType.MONEY),
    LedgerField(
        "confiscated", "没收违法所得、没收非法财物的金额（元）", FieldType.MONEY, headings=("没收金额（元）",),
    ),
    LedgerField("licence", "暂扣或吊销证照名称及编号", longest=200),
    LedgerField("public_until", "公示截止期", FieldType.DAY),
)  # fmt: skip
"""Asked last and folded: whoever only counts needs none of them."""


def check_standard(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong in itself; what the standard misses is said when it is written out."""
    code, number = values.get("party_code"), values.get("id_number")
    if code and not uscc.is_valid(code):
        yield "party_code", f"统一社会信用代码“{code}”不正确：应为18位，且校验位相符（GB 32100）"
    if number and values.get("id_kind") is IdKind.RESIDENT and not ric.is_valid(number):
        yield "id_number", "身份证号码不正确：应为18位，且出生日期、校验位相符（GB 11643）"
    start, end = values.get("valid_from"), values.get("valid_until")
    if start and end and end < start:
        yield "valid_until", f"有效期至 {end} 早于有效期自 {start}：应不早于有效期自"
