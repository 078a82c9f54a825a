"""行政许可: applications for permits, from the day they came in to what was decided."""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Measure
from models.ledgers.term import Term, TermUnit
from models.ledgers.theme import Theme


class PermitOutcome(Coded):
    """What was decided; a permit changed or prolonged is one granted, one not changed or prolonged is one refused."""

    GRANTED = "granted", "准予许可"
    REFUSED = "refused", "不予许可"


class Permit(LedgerRow, table=True):
    """One application (许可申请)."""

    __tablename__ = "permit"
    __table_args__ = (Index("ix_permit_organ_id_applied_on", "organ_id", "applied_on"),)

    applied_on: dt.date
    number: str | None = Field(default=None, max_length=100)
    matter: str | None = Field(default=None, max_length=300)
    party: str | None = Field(default=None, max_length=200)
    accepted_on: dt.date | None = None
    decided_on: dt.date | None = None
    outcome: PermitOutcome | None = Field(default=None, sa_type=coded(PermitOutcome))
    revoked_on: dt.date | None = None
    """The day the permit was revoked (撤销许可)."""


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    days = [(name, values.get(name)) for name in ("applied_on", "accepted_on", "decided_on", "revoked_on")]
    labels = {"applied_on": "申请日期", "accepted_on": "受理日期", "decided_on": "决定日期", "revoked_on": "撤销日期"}
    said = [(name, day) for name, day in days if day is not None]
    for (before, first), (name, second) in pairwise(said):
        if second < first:
            yield name, f"{labels[name]} {second} 早于{labels[before]} {first}：应不早于{labels[before]}"
    if (values.get("decided_on") is None) != (values.get("outcome") is None):
        name = "outcome" if values.get("outcome") is None else "decided_on"
        yield name, "决定日期和决定结果应同时填写"
    if values.get("revoked_on") and values.get("outcome") is not PermitOutcome.GRANTED:
        yield "revoked_on", "只有准予的许可可以撤销：请先填写决定结果"


_T = Permit
_LAW = "《行政许可法》"

KIND = Kind(
    code="permit",
    title="行政许可",
    unit="件",
    table=Permit,
    day="applied_on",
    called=("number", "matter"),
    purpose="报告中的行政许可数量，行政执法统计年报中申请、受理、许可、不予许可、撤销许可的数量由此数出",
    identity=("number",),
    tells=("number", "matter", "party", "decided_on", "outcome"),
    fields=(
        LedgerField("applied_on", "申请日期", FieldType.DAY, required=True, headings=("收件日期", "申请时间")),
        LedgerField("number", "办件编号", longest=100, hint="不可重复；没有的不填。", headings=("受理编号", "编号")),
        LedgerField("matter", "许可事项", longest=300, headings=("事项名称", "事项")),
        LedgerField("party", "申请人", longest=200, headings=("行政相对人", "申请单位")),
        LedgerField("accepted_on", "受理日期", FieldType.DAY, headings=("受理时间",)),
        LedgerField("decided_on", "决定日期", FieldType.DAY, headings=("办结日期", "许可决定日期")),
        LedgerField(
            "outcome", "决定结果", FieldType.CHOICE, choices=PermitOutcome, headings=("办理结果", "结果"),
            hint="准予变更、延续的算准予，不予变更、延续的算不予。",
            words={"准予": PermitOutcome.GRANTED, "许可": PermitOutcome.GRANTED, "不予": PermitOutcome.REFUSED},
        ),
        LedgerField("revoked_on", "撤销日期", FieldType.DAY, headings=("撤销许可日期",)),
    ),
    check=_check,
    terms=(
        Term(
            "accept", "决定是否受理", "applied_on", "accepted_on", 5, TermUnit.WORKING,
            f"{_LAW}第三十二条、第八十二条：收到申请材料之日起5个工作日内一次告知或者受理",
        ),
        Term(
            "decide", "作出许可决定", "accepted_on", "decided_on", 20, TermUnit.WORKING,
            f"{_LAW}第四十二条、第八十二条：自受理之日起20个工作日内作出决定，经批准可以延长10个工作日",
        ),
    ),
    measures=(
        Measure("applied", "行政许可申请", "件", "申请日期在期间内的"),
        Measure("accepted", "受理行政许可申请", "件", "其中已经受理的", col(_T.accepted_on).is_not(None)),
        Measure("granted", "准予行政许可", "件", "其中准予许可的", col(_T.outcome) == PermitOutcome.GRANTED),
        Measure("refused", "不予行政许可", "件", "其中不予许可的", col(_T.outcome) == PermitOutcome.REFUSED),
    ),
    cross_checks=(
        CrossCheck("行政许可申请不少于受理的", "permit.applied", ("permit.accepted",), at_least=True),
        CrossCheck(
            "行政许可申请不少于准予和不予的", "permit.applied", ("permit.granted", "permit.refused"), at_least=True,
        ),
    ),
    alike=(("件", "宗"),),
    sentence=Sentence(
        """
{% if accepted.value %}
{{ opening }}行政许可申请{{ cite(accepted) }}
{% if granted.value %}，准予许可{{ cite(granted) }}{% endif %}
{% if refused.value %}，不予许可{{ cite(refused) }}{% endif %}。
{% endif %}
""",
        ("受理", "办理"),
        (Theme.SERVICE, Theme.SUPERVISION, Theme.LAWFUL),
    ),
)  # fmt: skip
