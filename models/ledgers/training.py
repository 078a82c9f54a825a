"""培训: training of enforcement officers and of the whole staff, with the hours each officer has."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, Integer, Numeric, and_, cast, func, not_, select
from sqlalchemy.orm import aliased
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.measure import FIRST, ORGAN, OWN_BOOKS, UNTIL, CrossCheck, Measure, Share
from models.ledgers.term import YearlyTerm, each_year
from models.ledgers.theme import Theme

HOURS = 60
"""What an enforcement officer is to have in a year, where the office sets nothing else."""


class TrainingKind(Coded):
    """Whom a training was for."""

    OFFICERS = "officers", "执法人员培训"
    STAFF = "staff", "全体干部培训"


class Training(LedgerRow, table=True):
    """One training, of a group or (`officer`) as one officer had it; `hours` are each person's."""

    __table_args__ = (
        CheckConstraint("hours > 0", name="hours_positive"),
        CheckConstraint("people > 0", name="people_positive"),
        Index("ix_training_organ_id_held_on", "organ_id", "held_on"),
    )

    held_on: dt.date
    topic: str = Field(max_length=500)
    kind: TrainingKind = Field(sa_type=coded(TrainingKind))
    officer: str | None = Field(default=None, max_length=64)
    people: int | None = None
    hours: Decimal | None = Field(default=None, sa_type=Numeric(6, 1))


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    if not values.get("officer"):
        return
    if values.get("kind") is TrainingKind.STAFF:
        yield "officer", "按人登记的只有执法人员培训：类别应为“执法人员培训”，或者不填姓名"
    if values.get("people") not in (None, 1):
        yield "people", f"写了姓名的一行只算一人，人数却是 {values['people']}：应为 1 或者不填"
    if values.get("hours") is None:
        yield "hours", "写了姓名的，应填写学时"


def _one_officer(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    return {**values, "people": 1} if values.get("officer") else values


def _all_trained(rows: Sequence[Any], day: str, amount: Decimal) -> dt.date | None:
    """The day with which the last of the officers named had the hours; None while one is short, or none is named."""
    by_officer: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: getattr(row, day)):
        if row.officer and row.kind is TrainingKind.OFFICERS:
            by_officer[row.officer].append(row)
    days = [_reached(had, day, amount) for had in by_officer.values()]
    reached = [on for on in days if on is not None]
    return max(reached) if reached and len(reached) == len(days) else None


def _reached(rows: Sequence[Any], day: str, amount: Decimal) -> dt.date | None:
    had = Decimal(0)
    for row in rows:
        had += row.hours or 0
        if had >= amount:
            on: dt.date = getattr(row, day)
            return on
    return None


_T = Training
_OF_OFFICERS = col(_T.kind) == TrainingKind.OFFICERS
_BY_NAME = and_(_OF_OFFICERS, col(_T.officer).is_not(None))


def _counting(row: Any) -> ColumnElement[bool]:
    """Of another look at the table: the rows that are counted."""
    return and_(row.organ_id == ORGAN, row.withdrawn_on.is_(None), row.held_on.between(FIRST, UNTIL))


def _first_of_session() -> ColumnElement[bool]:
    """A training that each officer has a row for was held once: its first row stands for it."""
    row: Any = aliased(_T)
    return col(_T.id).in_(select(func.min(row.id)).where(_counting(row)).group_by(row.held_on, row.topic, row.kind))


def _of_officers(*, short: bool) -> ColumnElement[bool]:
    """The rows of the officers who have in the period what the office asks for, or who do not.

    Counted in tenths: as SQLite adds them, 20.1 + 19.9 + 20 need not make 60.
    """
    row: Any = aliased(_T)
    own = select(col(LedgerTermPolicy.amount)).where(
        col(LedgerTermPolicy.organ_id) == ORGAN, col(LedgerTermPolicy.kind) == "training",
        col(LedgerTermPolicy.term) == "hours",
    )  # fmt: skip
    asked = func.coalesce(own.scalar_subquery(), HOURS) * 10
    had = func.coalesce(func.sum(cast(func.round(row.hours * 10), Integer)), 0)
    officers = (
        select(row.officer)
        .where(_counting(row), row.kind == TrainingKind.OFFICERS, row.officer.is_not(None))
        .group_by(row.officer)
        .having(had < asked if short else had >= asked)
    )
    return and_(_BY_NAME, col(_T.officer).in_(officers))


KIND = Kind(
    code="training",
    title="培训",
    unit="条",
    table=Training,
    day="held_on",
    called=("topic",),
    purpose="报告中的培训次数、人次、学时由此数出",
    fields=(
        LedgerField("held_on", "培训日期", FieldType.DAY, required=True, headings=("日期", "培训时间", "时间")),
        LedgerField("topic", "培训主题", required=True, headings=("主题", "培训内容", "课程", "培训名称")),
        LedgerField(
            "kind", "类别", FieldType.CHOICE, required=True, choices=TrainingKind,
            headings=("培训类别", "培训对象"), words={
                "执法人员": TrainingKind.OFFICERS, "行政执法人员": TrainingKind.OFFICERS,
                "全体干部": TrainingKind.STAFF, "干部": TrainingKind.STAFF, "全体人员": TrainingKind.STAFF,
            },
        ),
        LedgerField(
            "officer", "执法人员姓名", longest=64, headings=("姓名", "参训人员", "参训人"),
            hint="按人计学时的，一人一行；不写姓名的，一行为一批人。同一次培训不要两样都填。",
        ),
        LedgerField(
            "people", "人数", FieldType.WHOLE, least=Decimal(1), most=Decimal(1_000_000),
            headings=("参训人数", "培训人数", "参加人数"), hint="写了姓名的不填；不清楚的不填。",
        ),
        LedgerField(
            "hours", "学时", FieldType.DECIMAL, least=Decimal("0.1"), most=Decimal(1000), places=1,
            headings=("每人学时", "人均学时", "培训学时", "课时"), hint="每人的学时，不是各人之和。",
        ),
    ),
    check=_check,
    derive=_one_officer,
    yearly=(
        YearlyTerm(
            "hours", "执法人员培训学时", each_year("执法人员每人培训学时"), HOURS, "学时",
            "国办发〔2023〕27号：行政执法人员每人每年接受培训不少于60学时", remembered=True, met=_all_trained,
        ),
    ),
    measures=(
        Measure("sessions", "培训", "次", "培训日期在期间内的培训，同日、同主题、同类别的计一次", _first_of_session()),
        Measure(
            "officer_sessions", "执法人员培训", "次", "其中类别为执法人员培训的",
            and_(_OF_OFFICERS, _first_of_session()),
        ),
        Measure(
            "staff_sessions", "全体干部培训", "次", "其中类别为全体干部培训的",
            and_(not_(_OF_OFFICERS), _first_of_session()),
        ),
        Measure("people", "培训人次", "人次", "各次参训人数之和，各次都有记载时", total="people", whole=True),
        Measure(
            "hours", "培训学时", "学时", "各次培训每人学时之和，各次都有记载时", _first_of_session(),
            total="hours", whole=True,
        ),
        Measure("officers", "按人登记的参训执法人员", "人", "执法人员培训中写明姓名的人", _BY_NAME, distinct="officer"),
        Measure(
            "hours_met", "学时达标的执法人员", "人", f"其中期间内学时合计达到要求的，未另行规定的为{HOURS}学时",
            _of_officers(short=False), distinct="officer",
        ),
        Measure(
            "hours_short", "学时不足的执法人员", "人", f"其中期间内学时合计不足要求的，未另行规定的为{HOURS}学时",
            _of_officers(short=True), distinct="officer", internal=OWN_BOOKS,
        ),
    ),
    shares=(
        Share("hours_met_share", "执法人员学时达标率", "学时达标的占按人登记的参训执法人员", "hours_met", "officers"),
    ),
    cross_checks=(
        CrossCheck(
            "培训 = 执法人员培训 + 全体干部培训", "training.sessions",
            ("training.officer_sessions", "training.staff_sessions"),
        ),
        CrossCheck(
            "按人登记的参训执法人员 = 学时达标的 + 学时不足的", "training.officers",
            ("training.hours_met", "training.hours_short"),
        ),
    ),
    alike=(("人", "名", "位"), ("次", "场", "期")),
    sentence=Sentence(
        """
{% if staff_sessions.value and officer_sessions.value %}
{{ opening }}各类法治培训{{ cite(sessions) }}，其中执法人员培训{{ cite(officer_sessions) }}
{% elif officer_sessions.value %}
{{ opening }}执法人员培训{{ cite(officer_sessions) }}
{% else %}
{{ opening }}干部法治培训{{ cite(staff_sessions) }}
{% endif %}
{% if people %}，参训{{ cite(people) }}{% endif %}
{% if hours %}，累计{{ cite(hours) }}{% endif %}
{% if officers.value and not hours_short.value %}，执法人员均完成年度学时要求{{ note(hours_short) }}{% endif %}。
""",
        ("组织", "举办"),
        (Theme.TEAM, Theme.STUDY, Theme.ENFORCEMENT),
    ),
)  # fmt: skip
