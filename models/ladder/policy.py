"""Policies: the ladder of reminders and escalations and the terms of the closed loop, as data an office can edit.

A plan that is issued runs by a frozen copy of its preset, so that editing the preset never changes a
running year. Copies are known by the hash of their content: plans issued with the same ladder share one. A plan whose
policy is changed while it runs gets a further version, for itself alone (`models.ladder.policy_change`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.dates.unit import Unit
from models.people.person import Role
from models.row import Row


class Relation(Coded):
    """The day a rung is counted from: the due day, or the day the item was issued and not yet signed for."""

    BEFORE = "before", "到期前"
    AFTER = "after", "逾期"
    UNSIGNED = "unsigned", "未签收满"


class Colour(Coded):
    """The colour a rung's sheet carries; shown always with its word."""

    NONE = "none", ""
    BLUE = "blue", "蓝"
    YELLOW = "yellow", "黄"
    ORANGE = "orange", "橙"
    RED = "red", "红"


class ReportingCycle(Coded):
    """How often progress has to be reported (定期填报)."""

    NONE = "none", "不定期"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"


def _levels(*levels: Sequence[Role]) -> list[list[str]]:
    return [[str(role) for role in level] for level in levels]


LEADERS = (Role.LEADER, Role.FIRST_RESPONSIBLE)
ONE_LEADER = _levels(LEADERS)
SUPERVISOR_ONLY = _levels((Role.SUPERVISOR,))
SUPERVISOR_THEN_LEADER = _levels((Role.SUPERVISOR,), LEADERS)
EVIDENCE_RULES: dict[str, dict[str, Any]] = {
    "normal": {"pieces": 1, "categories": []},
    "important": {"pieces": 1, "categories": []},
    "major": {"pieces": 2, "categories": []},
}


class LagScope(Coded):
    """Which items are judged by planned progress (序时进度), and not by time alone."""

    STAGED = "staged", "有阶段节点的任务"
    ALL = "all", "所有任务"


INSTRUCTION_TERMS: list[dict[str, Any]] = [
    {"name": "特急件", "days": 1}, {"name": "急件", "days": 3}, {"name": "平急件", "days": 5},
    {"name": "一般件", "days": 15}, {"name": "疑难件", "days": 30},
]  # fmt: skip
"""急件 1 to 5 days, 非急件 15, of much difficulty 30 (a local 督查办法)."""


class Policy(Row, table=True):
    """A ladder with its terms: a preset while `frozen_hash` is null, else a copy that never changes.

    Levels are lists of roles, one list a level in the order they decide; the first responsible person may decide
    at any. No published source sets the terms in days: they are defaults an office may change.
    """

    __table_args__ = (
        UniqueConstraint("name", "frozen_hash"),
        CheckConstraint("lag_yellow IS NULL OR lag_red IS NULL OR lag_yellow <= lag_red", name="lag_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, index=True)
    frozen_hash: str | None = Field(default=None, max_length=64, unique=True)
    near_days: int = 5
    """An open item this many working days or fewer before its due day shows yellow."""
    lag_yellow: int | None = 10
    """Points behind planned progress from which on an item shows yellow (银川发改委 2025: 10 to 30); none: never."""
    lag_red: int | None = 30
    """Points behind planned progress beyond which an item shows red."""
    lag_of: LagScope = Field(default=LagScope.STAGED, sa_type=coded(LagScope))
    """Whose progress has a plan: nobody asked an item without stages to be half done at half-time."""
    objection_days: int = 3
    """Working days from issue within which a unit may object to being given an item (县政务督办工作规则)."""
    extension_limit: int = 2
    extension_levels: list[list[str]] = Field(default_factory=lambda: ONE_LEADER, sa_type=JSON)
    adjustment_levels: list[list[str]] = Field(default_factory=lambda: ONE_LEADER, sa_type=JSON)
    """Who approves before the supervisor moves a day of an issued item; no level: it moves at once."""
    closure_levels: list[list[str]] = Field(default_factory=lambda: SUPERVISOR_ONLY, sa_type=JSON)
    evidence_rules: dict[str, dict[str, Any]] = Field(default_factory=lambda: EVIDENCE_RULES, sa_type=JSON)
    """What closes an item of each importance: so many pieces, and one at least of each category named."""
    urge_gap: int = 3
    """Working days that lie between two urgings of one item, whoever urges (政府督查工作条例 art. 15 in spirit)."""
    instruction_close_days: int = 5
    """Working days after an answer to an instruction within which its leader closes it or asks for more; then told."""
    instruction_terms: list[dict[str, Any]] = Field(default_factory=lambda: INSTRUCTION_TERMS, sa_type=JSON)
    """Presets for the day of an instruction: each a name and days."""
    instruction_unit: Unit = Field(default=Unit.CALENDAR, sa_type=coded(Unit))
    """The days in which those count."""
    filling: ReportingCycle = Field(default=ReportingCycle.NONE, sa_type=coded(ReportingCycle))
    filling_day: int = 25
    """The day of the month by which a month or quarter is reported; a week is reported by its last working day."""
    suspension_unit: Unit = Field(default=Unit.WORKING, sa_type=coded(Unit))
    """The days by which a suspended item's due day moves."""


class Rung(Row, table=True):
    """One step of a ladder: when, to whom, in which colour.

    `every` repeats an `after` rung each so many units until the item is closed, at most `times` times.
    """

    __table_args__ = (
        UniqueConstraint("policy_id", "ordinal"),
        CheckConstraint('"offset" >= 0', name="offset_not_negative"),
        CheckConstraint("every IS NULL OR (every > 0 AND times > 0)", name="repeats_forward"),
    )

    id: int | None = Field(default=None, primary_key=True)
    policy_id: int = Field(foreign_key="policy.id")
    ordinal: int
    relation: Relation = Field(sa_type=coded(Relation))
    offset: int
    unit: Unit = Field(sa_type=coded(Unit))
    roles: list[str] = Field(sa_type=JSON)
    colour: Colour = Field(default=Colour.NONE, sa_type=coded(Colour))
    document: str | None = Field(default=None, max_length=50)
    every: int | None = None
    times: int = 0

    @property
    def label(self) -> str:
        """How a person calls this rung: 到期前7天, 到期当日, 逾期3个工作日."""
        if self.offset == 0 and self.relation is Relation.BEFORE:
            return "到期当日"
        if self.offset == 0 and self.relation is Relation.UNSIGNED:
            return "下达待签收"
        text = f"{self.relation.label}{self.offset}{self.unit.label}"
        return f"{text}，其后每{self.every}{self.unit.label}" if self.every else text


_HANDLER, _HEAD, _LEADER, _FIRST = Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE
_BEFORE, _AFTER, _UNSIGNED = Relation.BEFORE, Relation.AFTER, Relation.UNSIGNED
_WORKING, _CALENDAR = Unit.WORKING, Unit.CALENDAR


def _rung(relation: Relation, offset: int, unit: Unit, *roles: Role, **more: Any) -> dict[str, Any]:
    return {"relation": relation, "offset": offset, "unit": unit, "roles": [str(role) for role in roles], **more}


PRESETS: dict[str, list[dict[str, Any]]] = {
    "常规": [
        _rung(_BEFORE, 7, _CALENDAR, _HANDLER),
        _rung(_BEFORE, 3, _CALENDAR, _HANDLER, _HEAD),
        _rung(_BEFORE, 0, _CALENDAR, _HANDLER),
        _rung(_AFTER, 1, _WORKING, _HANDLER, _HEAD, colour=Colour.YELLOW),
        _rung(_AFTER, 3, _WORKING, _HANDLER, _HEAD, _LEADER, colour=Colour.ORANGE),
        _rung(
            _AFTER,
            7,
            _WORKING,
            _HANDLER,
            _HEAD,
            _LEADER,
            _FIRST,
            colour=Colour.RED,
            document="督办单",
            every=5,
            times=24,
        ),
        _rung(_UNSIGNED, 0, _WORKING, _HANDLER),
        _rung(_UNSIGNED, 2, _WORKING, _HANDLER, _HEAD),
    ],
    # T-10, T-5 and T-3 working days, each to a higher level before the day is missed (义马 2021).
    "三级预警": [
        _rung(_BEFORE, 10, _WORKING, _HANDLER, _HEAD, colour=Colour.BLUE),
        _rung(_BEFORE, 5, _WORKING, _HANDLER, _HEAD, _LEADER, colour=Colour.YELLOW),
        _rung(_BEFORE, 3, _WORKING, _HANDLER, _HEAD, _LEADER, _FIRST, colour=Colour.RED),
        _rung(_AFTER, 1, _WORKING, _HANDLER, _HEAD, _LEADER, _FIRST, colour=Colour.RED, every=5, times=24),
    ],
    # Blue near the due day, yellow on it, red while overdue until closed (宿迁产发 2025).
    "三色督办单A": [
        _rung(_BEFORE, 7, _CALENDAR, _HANDLER, colour=Colour.BLUE, document="蓝色督办单"),
        _rung(_BEFORE, 1, _WORKING, _HANDLER, _HEAD, colour=Colour.YELLOW, document="黄色督办单"),
        _rung(
            _AFTER,
            1,
            _WORKING,
            _HANDLER,
            _HEAD,
            _LEADER,
            _FIRST,
            colour=Colour.RED,
            document="红色督办单",
            every=5,
            times=24,
        ),
    ],
    # Blue, then orange, then red, each when the sheet before it brought nothing (三明 2017).
    "三色督办单B": [
        _rung(_BEFORE, 3, _WORKING, _HANDLER, colour=Colour.BLUE, document="蓝色督查单"),
        _rung(_AFTER, 3, _WORKING, _HANDLER, _HEAD, _LEADER, colour=Colour.ORANGE, document="橙色督查单"),
        _rung(
            _AFTER,
            8,
            _WORKING,
            _HANDLER,
            _HEAD,
            _LEADER,
            _FIRST,
            colour=Colour.RED,
            document="红色督查单",
            every=5,
            times=24,
        ),
    ],
}
"""The ladders an office starts from. Places named are where the practice was published; the figures are defaults."""

PRESET_TERMS: dict[str, dict[str, Any]] = {
    "常规": {"filling": ReportingCycle.MONTHLY},
    "三级预警": {
        "extension_levels": SUPERVISOR_THEN_LEADER,
        "closure_levels": SUPERVISOR_THEN_LEADER,
        "filling": ReportingCycle.MONTHLY,
    },
    "三色督办单A": {"extension_levels": SUPERVISOR_THEN_LEADER, "filling": ReportingCycle.MONTHLY},
    "三色督办单B": {"extension_levels": SUPERVISOR_THEN_LEADER, "lag_yellow": None, "lag_red": None},
}
"""Where a preset's terms differ from the defaults of `Policy`."""

DEFAULT_PRESET = "常规"
