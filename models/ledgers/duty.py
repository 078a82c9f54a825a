"""责任清单: the duties of an organ by its 三定方案, power list or a law, and whether this year's plan does them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, extract, not_, or_, select
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.ledger_link import is_linked
from models.ledgers.measure import UNTIL, CrossCheck, Measure, Share
from models.ledgers.theme import Theme

CODE = "duty"


class Basis(Coded):
    """Where a duty comes from."""

    CHARTER = "charter", "三定方案"
    POWERS = "powers", "权力清单"
    LAW = "law", "法律法规"
    OTHER = "other", "其他"


class DutyOfOrgan(LedgerRow, table=True):
    """One duty. It stands from `listed_on`, year after year, until the day it ended."""

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_organ_id_listed_on", "organ_id", "listed_on"),)

    listed_on: dt.date
    ended_on: dt.date | None = None
    """The first day on which the organ no longer has it."""
    code: str | None = Field(default=None, max_length=64)
    title: str = Field(max_length=500)
    basis: Basis = Field(sa_type=coded(Basis))
    article: str | None = Field(default=None, max_length=300)
    department: str | None = Field(default=None, max_length=100)
    public: bool | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    listed, ended = values.get("listed_on"), values.get("ended_on")
    if listed and ended and ended < listed:
        yield "ended_on", f"取消日期 {ended} 早于列入日期 {listed}：应不早于列入日期"


_T = DutyOfOrgan


def _in_the_plan() -> ColumnElement[bool]:
    """An item of the plan of the year is linked to it, or named in it."""
    of_the_year = (
        select(WorkItem.id)  # type: ignore[call-overload]
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .where(col(AnnualPlan.year) == extract("year", UNTIL), of_plan())
    )
    named = and_(col(_T.item_id).is_not(None), col(_T.item_id).in_(of_the_year))
    return or_(is_linked(CODE, _T, items=of_the_year), named)


STANDING = and_(col(_T.listed_on) <= UNTIL, or_(col(_T.ended_on).is_(None), col(_T.ended_on) > UNTIL))
"""The organ has it on the last day counted."""
_DONE = and_(STANDING, _in_the_plan())
LEFT = and_(STANDING, not_(_in_the_plan()))
"""The organ has it, and no item of the plan of that year does it."""

KIND = Kind(
    code=CODE,
    title="责任清单",
    unit="项",
    table=DutyOfOrgan,
    day="listed_on",
    called=("code", "title"),
    purpose="核对职责与年度任务：哪些职责没有任务，哪些任务没有职责",
    identity=("code",),
    tells=("code", "title", "basis", "department", "public"),
    fields=(
        LedgerField(
            "listed_on", "列入日期", FieldType.DAY, required=True, headings=("公布日期", "生效日期", "印发日期"),
            hint="从这一天起每年都计入，直到取消。",
        ),
        LedgerField(
            "code", "职责编号", longest=64, headings=("事项编码", "职权编码", "权力编码"),
            hint="不可重复；没有的不填。",
        ),
        LedgerField(
            "title", "职责", required=True,
            headings=("职责名称", "职责内容", "事项名称", "权力事项", "责任事项", "主要职责"),
        ),
        LedgerField(
            "basis", "来源", FieldType.CHOICE, required=True, choices=Basis, headings=("职责来源", "类别", "清单类别"),
            words={
                "三定": Basis.CHARTER, "三定规定": Basis.CHARTER, "职能配置": Basis.CHARTER,
                "权责清单": Basis.POWERS, "权力事项": Basis.POWERS, "法律": Basis.LAW, "法规": Basis.LAW,
            },
        ),
        LedgerField("article", "依据条款", longest=300, headings=("依据", "法律依据", "设定依据", "实施依据")),
        LedgerField(
            "department", "责任科室", longest=100, headings=("科室", "承办科室", "责任处室", "承办机构", "责任部门"),
        ),
        LedgerField("public", "是否公开", FieldType.YES_NO, headings=("公开", "已公开")),
        LedgerField(
            "ended_on", "取消日期", FieldType.DAY, headings=("废止日期", "失效日期"), hint="这一天起不再有这项职责。",
        ),
    ),
    check=_check,
    measures=(
        Measure("duties", "职责", "项", "期末在清单中的职责", STANDING, standing=True),
        Measure("with_items", "有年度任务的职责", "项", "其中当年计划有任务的", _DONE, standing=True),
        Measure(
            "without_items", "没有年度任务的职责", "项", "其中当年计划没有任务的", LEFT, standing=True,
            internal="职责与任务核对的内部情况",
        ),
        Measure(
            "published", "已公开的职责", "项", "其中已公开的", and_(STANDING, col(_T.public).is_(True)), standing=True,
        ),
        Measure("listed", "新列入的职责", "项", "列入日期在期间内的"),
    ),
    shares=(Share("coverage", "职责覆盖率", "有年度任务的占全部职责", "with_items", "duties"),),
    cross_checks=(
        CrossCheck("职责 = 有年度任务的 + 没有年度任务的", "duty.duties", ("duty.with_items", "duty.without_items")),
        CrossCheck("职责不少于已公开的职责", "duty.duties", ("duty.published",), at_least=True),
    ),
    sentence=Sentence(
        """
{% if duties.value %}
{{ opening }}{{ cite(duties) }}
{% if with_items.value == duties.value %}，均已落实到年度任务{{ note(with_items) }}{% endif %}
{% if published.value == duties.value %}，全部向社会公开{{ note(published) }}
{% elif published.value %}，向社会公开{{ cite(published) }}
{% endif %}
{% if listed.value and listed.value < duties.value %}，新列入{{ cite(listed) }}{% endif %}。
{% endif %}
""",
        ("责任清单列明职责", "列入责任清单的职责"),
        (Theme.SERVICE, Theme.LAWFUL, Theme.ORGANISATION),
    ),
)  # fmt: skip
