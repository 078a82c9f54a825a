"""执法证件: certificates of enforcement officers, from issue to expiry, renewal or stop."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import Index, and_, or_
from sqlmodel import Field, col

from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import OWN_BOOKS, UNTIL, CrossCheck, Measure, Share
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme

RENEWAL = relativedelta(months=6)


class Certificate(LedgerRow, table=True):
    """One certificate; a renewed one is a row of its own. `renewable_on` is the day renewal opens."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_organ_id_issued_on", "organ_id", "issued_on"),)

    issued_on: dt.date
    holder: str = Field(max_length=64)
    number: str | None = Field(default=None, max_length=100)
    unit: str | None = Field(default=None, max_length=200)
    expires_on: dt.date
    renewable_on: dt.date | None = None
    examined_on: dt.date | None = None
    """The day the holder passed the examination for renewal, or applied for it."""
    settled_on: dt.date | None = None
    """The day it was renewed, or the holder's right to enforce was stopped."""
    stopped: bool | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    issued, expires, settled = (values.get(name) for name in ("issued_on", "expires_on", "settled_on"))
    if issued and expires and expires <= issued:
        yield "expires_on", f"有效期至 {expires} 不晚于发证日期 {issued}：应晚于发证日期"
    if issued and settled and settled < issued:
        yield "settled_on", f"换证或停用日期 {settled} 早于发证日期 {issued}：应不早于发证日期"
    if values.get("stopped") and not settled:
        yield "settled_on", "已停用的，应填写停用日期"


def _opens(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    expires: dt.date | None = values.get("expires_on")
    return {**values, "renewable_on": expires - RENEWAL if expires else None}


_T = Certificate
_HELD = and_(col(_T.issued_on) <= UNTIL, or_(col(_T.settled_on).is_(None), col(_T.settled_on) > UNTIL))
_VALID = and_(_HELD, col(_T.expires_on) >= UNTIL)
_VALIDITY = "各地规定不一，常见为5年（湖南省2022年启用的行政执法证）；到期前6个月参加考试换发"

KIND = Kind(
    code="certificate",
    title="执法证件",
    unit="本",
    table=Certificate,
    day="issued_on",
    called=("number", "holder"),
    purpose="报告中的持证人数、持证有效率由此数出",
    identity=("number",),
    tells=("holder", "number", "expires_on", "settled_on", "stopped"),
    fields=(
        LedgerField("issued_on", "发证日期", FieldType.DAY, required=True, headings=("领证日期", "颁发日期")),
        LedgerField("holder", "持证人", required=True, longest=64, headings=("姓名", "执法人员")),
        LedgerField("number", "证号", longest=100, headings=("执法证号", "证件编号"), hint="不可重复；没有的不填。"),
        LedgerField("unit", "所在科室", longest=200, headings=("科室", "部门", "单位")),
        LedgerField(
            "expires_on", "有效期至", FieldType.DAY, required=True, headings=("有效期", "到期日期", "有效期限"),
            hint="有效期的最后一天。",
        ),
        LedgerField("examined_on", "换证考试日期", FieldType.DAY, headings=("考试日期", "申请换证日期")),
        LedgerField(
            "settled_on", "换证或停用日期", FieldType.DAY, headings=("换证日期", "停用日期", "注销日期"),
            hint="换发新证的日期，或者停止执法资格的日期；新证另记一条。",
        ),
        LedgerField("stopped", "停用", FieldType.YES_NO, headings=("是否停用",), hint="停止执法资格的填“是”。"),
    ),
    check=_check,
    derive=_opens,
    terms=(
        Term(
            "renew", "启动换证", "expires_on", "examined_on", -6, TermUnit.MONTH, _VALIDITY, remembered=True,
            applies=lambda row: row.settled_on is None or row.examined_on is not None,
        ),
        Term(
            "expire", "换发执法证或者停止执法", "expires_on", "settled_on", 0, TermUnit.CALENDAR,
            "证件载明的有效期；《行政处罚法》第四十二条：执法人员应当具有行政执法资格",
        ),
    ),
    measures=(
        Measure(
            "holders", "持执法证人数", "人", "期末持有未换未停证件的，同名的计一次", _HELD, distinct="holder",
            standing=True,
        ),
        Measure("valid", "执法证有效人数", "人", "其中期末在有效期内的", _VALID, distinct="holder", standing=True),
        Measure(
            "expiring", "六个月内到期的执法证", "本", "期末起六个月内到期、尚未换发的",
            and_(_VALID, col(_T.renewable_on) <= UNTIL), standing=True, internal=OWN_BOOKS,
        ),
        Measure(
            "expired", "过期未停用的执法证", "本", "期末已过有效期，既没有换发也没有停用的",
            and_(_HELD, col(_T.expires_on) < UNTIL), standing=True, internal=OWN_BOOKS,
        ),
        Measure("issued", "新发执法证", "本", "发证日期在期间内的"),
    ),
    shares=(Share("valid_share", "执法证有效率", "有效人数占持证人数", "valid", "holders"),),
    cross_checks=(
        CrossCheck("持执法证人数不少于执法证有效人数", "certificate.holders", ("certificate.valid",), at_least=True),
    ),
    alike=(("人", "名", "位"),),
    sentence=Sentence(
        """
{% if valid.value %}{{ opening }}行政执法人员{{ cite(valid) }}{{ "持证上岗" if not opening }}{% endif %}
{% if valid.value and issued.value %}，{% endif %}
{% if opening and not valid.value %}办理{% endif %}
{% if issued.value %}新领、换领行政执法证{{ cite(issued) }}{% endif %}
{% if valid.value or issued.value %}。{% endif %}
""",
        ("", "持证上岗的"),
        (Theme.TEAM, Theme.ENFORCEMENT, Theme.SUPERVISION),
    ),
)  # fmt: skip
