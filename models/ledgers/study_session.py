"""学习研讨: study sessions of the leading group (中心组学习)."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Sentence
from models.ledgers.measure import Listing, Measure
from models.ledgers.term import YearlyTerm, each_year
from models.ledgers.theme import Theme


class StudySession(LedgerRow, table=True):
    """One study session of the leading group."""

    __tablename__ = "study_session"
    __table_args__ = (Index("ix_study_session_organ_id_held_on", "organ_id", "held_on"),)

    held_on: dt.date
    topic: str = Field(max_length=500)
    people: int | None = None


KIND = Kind(
    code="study",
    title="学习研讨",
    unit="次",
    table=StudySession,
    day="held_on",
    called=("topic",),
    purpose="报告中的集体学法次数由此数出",
    fields=(
        LedgerField("held_on", "举行日期", FieldType.DAY, required=True, headings=("日期", "学习日期")),
        LedgerField("topic", "主题", required=True, headings=("学习主题", "学习内容")),
        LedgerField(
            "people", "参加人数", FieldType.WHOLE, least=Decimal(1), most=Decimal(1_000_000), hint="不清楚的不填。"
        ),
    ),
    yearly=(
        YearlyTerm(
            "planned", "领导班子学习研讨", each_year("领导班子学法"), 2, "次",
            "各地要求不一，由本单位年度学习计划确定", remembered=True,
        ),
    ),
    measures=(
        Measure("studies", "集中学习研讨", "次", "举行日期在期间内的学习研讨"),
        Measure("people", "学习研讨参加人次", "人次", "各次参加人数之和，各次都有记载时", total="people", whole=True),
    ),
    listings=(Listing("topics", "topic"),),
    alike=(("次", "场"),),
    sentence=Sentence(
        """
{% set named = topics|map("quoted")|join if topics|length <= 4 else "" %}
{% if opening == "围绕" and named %}围绕{{ named }}{% elif opening != "围绕" and not named %}先后{% endif %}
专题开展法治学习研讨{{ cite(studies) }}
{% if opening == "专题" and named %}，学习{{ named }}{% endif %}
{% if people %}，参加{{ cite(people) }}{% endif %}。
""",
        ("围绕", "专题"),
        (Theme.STUDY, Theme.TEAM, Theme.ORGANISATION),
    ),
)  # fmt: skip
