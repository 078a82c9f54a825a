"""履职记录: what the first responsible person did in person (四个亲自), the rows behind the report's third part."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col

from models.coded import coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.ledgers.measure import Measure
from models.ledgers.term import YearlyTerm, each_half, nth_row
from models.people.personal_duty import Duty


class LeadershipAct(LedgerRow, table=True):
    """One dated act of a leader, by document or meeting, on an item or free-standing."""

    __tablename__ = "leadership_act"
    __table_args__ = (Index("ix_leadership_act_organ_id_on", "organ_id", "on"),)

    person_id: int | None = Field(default=None, foreign_key="person.id")
    """Whose act it is; nobody: the first responsible person's."""
    instruction_id: int | None = Field(default=None, foreign_key="instruction.id")
    """The instruction this act consists of."""
    kind: Duty = Field(sa_type=coded(Duty))
    on: dt.date
    text: str = Field(max_length=2000)
    document_number: str | None = Field(default=None, max_length=100)
    hearing: bool | None = None
    """Whether it was hearing a report on the work (听取汇报)."""


_T = LeadershipAct

KIND = Kind(
    code="act",
    title="履职记录",
    unit="次",
    table=LeadershipAct,
    day="on",
    called=("kind", "text"),
    purpose="报告第三部分（第一责任人职责）由此写成",
    fields=(
        LedgerField("on", "日期", FieldType.DAY, required=True, headings=("履职日期",)),
        LedgerField(
            "kind", "类别", FieldType.CHOICE, required=True, choices=Duty, headings=("履职类别",),
            words={
                "亲自部署": Duty.DEPLOY, "亲自过问": Duty.INQUIRE, "亲自协调": Duty.COORDINATE,
                "亲自督办": Duty.SUPERVISE,
            },
        ),
        LedgerField(
            "text", "内容", FieldType.LONG_TEXT, required=True, longest=2000, hint="如：主持会议研究执法监督工作。",
            headings=("履职内容", "做了什么"),
        ),
        LedgerField("person_id", "履职人", FieldType.PERSON, hint="不填为第一责任人。"),
        LedgerField("hearing", "听取汇报", FieldType.YES_NO, hint="是否为听取法治工作汇报。"),
        LedgerField("item_id", "有关任务", FieldType.ITEM, hint="当年计划中的编号；没有的不填。"),
        LedgerField("document_number", "文号", longest=100, hint="会议纪要或文件的文号。"),
    ),
    yearly=(
        YearlyTerm(
            "hearing", "听取法治政府建设情况汇报", each_half("听取汇报"), 1, "次",
            "《党政主要负责人履行推进法治建设第一责任人职责规定》第五条：定期听取汇报；每半年一次为常见做法",
            remembered=True, met=lambda rows, day, amount: _nth_hearing(rows, amount),
        ),
    ),
    measures=(
        Measure("acts", "第一责任人履职", "次", "日期在期间内的履职记录"),
        *(
            Measure(str(duty), f"亲自{duty.label}", "次", f"其中类别为{duty.label}的", col(_T.kind) == duty)
            for duty in Duty
        ),
        Measure("hearings", "听取法治工作汇报", "次", "其中听取汇报的", col(_T.hearing).is_(True)),
    ),
)  # fmt: skip


def _nth_hearing(rows: Sequence[Any], amount: Decimal) -> dt.date | None:
    return nth_row([row for row in rows if row.hearing], "on", amount)
