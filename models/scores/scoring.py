"""Scores (考核): rules by version, leaders' evaluations, and runs that freeze every deduction line by line.

What is published is never rewritten: an appeal that is upheld makes new result values beside the old ones.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.row import Row


class ScoreEvent(Coded):
    """What costs points. Each is a fact with a day, told by rows that later acts never remove."""

    LATE = "late", "逾期"
    LATE_EXTENSION = "late_extension", "逾期申请延期"
    EXTENDED = "extended", "延期"
    RETURNED = "returned", "办结退回"
    REOPENED = "reopened", "重开"
    UNREPORTED = "unfiled", "未按期填报"
    UNSIGNED_LATE = "unsigned_late", "逾期签收"
    URGED = "urged", "被催办"


DEFAULT_RULE = "常规考核"
PRESET_RULES: dict[str, dict[str, Any]] = {
    DEFAULT_RULE: {
        "start": 100,
        "leader_weight": 20,
        "events": [
            {"event": "late", "points": "5", "cap": "30"},
            {"event": "late_extension", "points": "2", "cap": None},
            {"event": "extended", "points": "1", "cap": "4"},
            {"event": "returned", "points": "2", "cap": "10"},
            {"event": "reopened", "points": "2", "cap": None},
            {"event": "unfiled", "points": "2", "cap": "20"},
            {"event": "unsigned_late", "points": "1", "cap": "5"},
            {"event": "urged", "points": "1", "cap": "10"},
        ],
    },
}
"""The rules an office starts from, in the spirit of published 考核细则 (100 points, so much off for each event, a
leader's evaluation beside it). No published source sets these figures: they are defaults an office edits."""


class ScoringRule(Row, table=True):
    """One version of a rule; it is never edited, changing it makes the next version. Without an organ: a preset.

    `start` is in points, `leader_weight` the percentage of the final score that a leader's evaluation makes up.
    `events` is a list of {event, points, cap}: points off for each, at most `cap` (none: no limit) in a period,
    numbers as text. A preset that came with the program has no `made_on`.
    """

    __tablename__ = "scoring_rule"
    __table_args__ = (
        UniqueConstraint("organ_id", "name", "version"),
        # Nulls differ from each other in a unique constraint, so the presets need their own.
        Index(
            "uq_scoring_rule_preset",
            "name",
            "version",
            unique=True,
            sqlite_where=text("organ_id IS NULL"),
            postgresql_where=text("organ_id IS NULL"),
        ),
        CheckConstraint("leader_weight BETWEEN 0 AND 100", name="weight_in_range"),
        CheckConstraint("start > 0", name="starts_above_zero"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int | None = Field(default=None, foreign_key="organ.id")
    name: str = Field(max_length=100)
    version: int = 1
    start: int = 100
    events: list[dict[str, Any]] = Field(sa_type=JSON)
    leader_weight: int = 20
    made_on: dt.date | None = None


class Evaluation(Row, table=True):
    """A leader's evaluation of a department for exactly one period, 0 to 100 points; the newest row counts."""

    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 100", name="points_in_range"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        Index("ix_evaluation_department_id_from_on", "department_id", "from_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    department_id: int = Field(foreign_key="department.id")
    from_on: dt.date
    until_on: dt.date
    points: Decimal = Field(sa_type=Numeric(6, 2))
    comment: str | None = Field(default=None, max_length=1000)
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    recorded_at: dt.datetime


class ScoreRun(Row, table=True):
    """One publication of the scores of a plan for a period, both days included; the highest version counts."""

    __tablename__ = "score_run"
    __table_args__ = (
        UniqueConstraint("plan_id", "from_on", "until_on", "version"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id", index=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    from_on: dt.date
    until_on: dt.date
    version: int = 1
    rule_id: int = Field(foreign_key="scoring_rule.id")
    published_on: dt.date
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: dt.datetime


class ScoreLine(Row, table=True):
    """One deduction as it was published. `unit` is the department's name at the time, or the text of the list."""

    __tablename__ = "score_line"
    __table_args__ = (
        UniqueConstraint("run_id", "event", "source", "day"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        Index("ix_score_line_run_id_department_id", "run_id", "department_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="score_run.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    unit: str = Field(max_length=300)
    event: ScoreEvent = Field(sa_type=coded(ScoreEvent))
    item_id: int = Field(foreign_key="work_item.id")
    day: dt.date
    points: Decimal = Field(sa_type=Numeric(6, 2))
    """What the event costs; caps apply to the sum of an event, not to a line."""
    source: str = Field(max_length=60)
    """The row that tells it (`deadline:12`)."""
    words: str = Field(max_length=500)


class ScoreResult(Row, table=True):
    """What a department's lines came to. Revision 0 was published; each appeal upheld makes the next, the last counts.

    All in points. `deducted` is after caps and may exceed the start; `objective` never falls below 0.
    """

    __tablename__ = "score_result"
    __table_args__ = (UniqueConstraint("run_id", "department_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="score_run.id")
    department_id: int = Field(foreign_key="department.id")
    revision: int = 0
    deducted: Decimal = Field(sa_type=Numeric(10, 2))
    objective: Decimal = Field(sa_type=Numeric(6, 2))
    evaluation: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    final: Decimal = Field(sa_type=Numeric(6, 2))
    rank: int
    """Equal scores share a rank; the next one follows after as many places."""


class AppealOutcome(Coded):
    """What became of an appeal."""

    UPHELD = "upheld", "采纳"
    DISMISSED = "dismissed", "不予采纳"


class ScoreAppeal(Row, table=True):
    """A department's appeal against one line, once; upheld it counts `points_after` instead of the line's points."""

    __tablename__ = "score_appeal"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name="decision_has_a_day"),
        CheckConstraint("outcome <> 'upheld' OR points_after IS NOT NULL", name="upheld_names_points"),
    )

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="score_line.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(max_length=1000)
    on: dt.date
    recorded_at: dt.datetime
    outcome: AppealOutcome | None = Field(default=None, sa_type=coded(AppealOutcome))
    points_after: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_on: dt.date | None = None
    answer: str | None = Field(default=None, max_length=1000)
