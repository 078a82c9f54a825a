"""不足: deficiencies with their causes, and what is to be done about them."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, col

from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.ledgers.measure import Measure


class Deficiency(LedgerRow, table=True):
    """A shortcoming a person recorded. Proposals drawn from overdue items are computed, never stored as facts."""

    __table_args__ = (Index("ix_deficiency_organ_id_on", "organ_id", "on"),)

    on: dt.date
    text: str = Field(max_length=1000)
    cause: str | None = Field(default=None, max_length=1000)
    remedy: str | None = Field(default=None, max_length=1000)


KIND = Kind(
    code="deficiency",
    title="存在不足",
    unit="条",
    table=Deficiency,
    day="on",
    called=("text",),
    purpose="报告第二部分（不足和原因）由此写成",
    fields=(
        LedgerField("on", "日期", FieldType.DAY, required=True, hint="写入这一天所在年度的报告。"),
        LedgerField(
            "text", "不足", FieldType.LONG_TEXT, required=True, longest=1000, headings=("存在的不足", "存在问题")
        ),
        LedgerField("cause", "原因", FieldType.LONG_TEXT, longest=1000),
        LedgerField("remedy", "整改措施", FieldType.LONG_TEXT, longest=1000, hint="列入下一年度安排。"),
        LedgerField("item_id", "有关任务", FieldType.ITEM, hint="当年计划中的编号；没有的不填。"),
    ),
    measures=(
        Measure("deficiencies", "存在的不足", "条", "日期在期间内登记的不足"),
        Measure("remedied", "提出整改措施的不足", "条", "其中写明整改措施的", col(Deficiency.remedy).is_not(None)),
    ),
)  # fmt: skip
