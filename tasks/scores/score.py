"""Scoring (考核): what a plan's departments lost in a period, line by line, what they come to, and who ranks where.

Nothing is written here: a statement is worked out anew from the facts each time, until it is published.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.dates.days import DAY
from models.dates.span import Span, span_between
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from models.scores.score_rules import Price, Subtotal, Total, prices, ranked, repriced, subtotals, total, written
from models.scores.scoring import Evaluation, ScoreEvent, ScoringRule
from tasks.scores.gather_score_events import Gathered, ScoreFact, gather_score_events
from tasks.scores.item_past import AnsweringUnit, department_names

LineKey = tuple[ScoreEvent, str, dt.date]
"""Event, source and day: what makes a line the same in two statements."""


@dataclass(frozen=True)
class Deduction:
    """One deduction: an event and the points it costs. Caps apply to the sum of an event, not to a line."""

    fact: ScoreFact
    points: Decimal
    words: str


@dataclass(frozen=True)
class UnitScore:
    """One unit's statement. Without `total` it is not scored: no department, or one that had nothing to do."""

    unit: AnsweringUnit
    lines: tuple[Deduction, ...]
    parts: tuple[Subtotal, ...]
    total: Total | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Statement:
    """Every unit's statement: the scored departments by rank, then what has no score, by name."""

    span: Span
    rule: ScoringRule
    units: tuple[UnitScore, ...]

    def of(self, unit: str) -> UnitScore | None:
        """The statement of the unit with this name."""
        return next((score for score in self.units if score.unit.name == unit), None)


@dataclass(frozen=True)
class ScoreChange:
    """What other points would mean for one department."""

    unit: str
    before: Decimal
    after: Decimal
    rank_before: int
    rank_after: int


@dataclass(frozen=True)
class Preview:
    """A what-if: the statement as the rule has it, as it would be, and what changes for each department."""

    before: Statement
    after: Statement
    changes: tuple[ScoreChange, ...]


def statement(
    session: Session,
    plan: AnnualPlan,
    *,
    from_on: dt.date,
    until_on: dt.date,
    rule: ScoringRule,
    calendar: WorkCalendar,
    on: dt.date | None = None,
    mended: Mapping[LineKey, Decimal] | None = None,
) -> Statement:
    """What the plan's departments lost from one day to another, both included, by the rule, as known on day `on`.

    Without `on` it is seen from the day after the period. Each line belongs to exactly one unit: the one that led the
    item on the line's day, or that had to sign. `mended` holds the points of lines corrected on appeal.
    Raises BadInputError for a period that ends before it begins.
    """
    span = span_between(from_on, until_on)
    gathered = gather_score_events(session, plan, span, calendar=calendar, on=on or until_on + DAY)
    book = _Book(session, plan, span, gathered)
    return book.stated(rule, prices(rule.events), mended or {})


def preview(
    session: Session,
    plan: AnnualPlan,
    *,
    from_on: dt.date,
    until_on: dt.date,
    rule: ScoringRule,
    calendar: WorkCalendar,
    overrides: Mapping[str, Any],
    on: dt.date | None = None,
) -> Preview:
    """What other points for some events ({event: points}; caps stay) would mean, without writing anything.

    Raises BadInputError naming the accepted events.
    """
    span = span_between(from_on, until_on)
    changed = repriced(prices(rule.events), ({"event": name, "points": value} for name, value in overrides.items()))
    gathered = gather_score_events(session, plan, span, calendar=calendar, on=on or until_on + DAY)
    book = _Book(session, plan, span, gathered)
    before, after = book.stated(rule, prices(rule.events), {}), book.stated(rule, changed, {})
    return Preview(before, after, tuple(_changes(before, after)))


class _Book:
    """What statements of one period are made from, whatever the rule."""

    def __init__(self, session: Session, plan: AnnualPlan, span: Span, gathered: Gathered) -> None:
        self.span, self.facts = span, gathered.facts
        self.departments = department_names(session, plan)
        self.evaluations = evaluations(session, span, self.departments)
        self.scored = gathered.busy | self.evaluations.keys()

    def stated(
        self, rule: ScoringRule, costs: Mapping[ScoreEvent, Price], mended: Mapping[LineKey, Decimal]
    ) -> Statement:
        lines: dict[AnsweringUnit, list[Deduction]] = {
            AnsweringUnit(number, name): [] for number, name in self.departments.items()
        }
        for fact in self.facts:
            if fact.event in costs and costs[fact.event].points:
                line = Deduction(fact, costs[fact.event].points, fact.words)
                won = mended.get((fact.event, fact.source, fact.day))
                if won is not None and won < line.points:
                    line = Deduction(fact, won, f"{fact.words}（申诉后改扣{written(won)}分）")
                lines.setdefault(fact.unit, []).append(line)
        caps = {event: price.cap for event, price in costs.items()}
        return Statement(self.span, rule, _ranked(self._score(unit, lines[unit], rule, caps) for unit in lines))

    def _score(
        self, unit: AnsweringUnit, lines: list[Deduction], rule: ScoringRule, caps: Mapping[ScoreEvent, Decimal | None]
    ) -> UnitScore:
        costs = [(line.fact.event, line.points) for line in lines]
        made = UnitScore(unit, tuple(lines), subtotals(costs, caps))
        if unit.department_id is None or unit.department_id not in self.scored:
            return made
        evaluation = self.evaluations.get(unit.department_id)
        return replace(made, total=total(rule.start, costs, caps, evaluation, rule.leader_weight))


def evaluations(session: Session, span: Span, departments: Iterable[int]) -> dict[int, Decimal]:
    """The newest evaluation of each of these departments for exactly this period, where there is one."""
    rows = session.exec(
        select(Evaluation)
        .where(col(Evaluation.department_id).in_(list(departments)))
        .where(Evaluation.from_on == span.from_on, Evaluation.until_on == span.until_on)
        .order_by(col(Evaluation.id))
    )
    return {row.department_id: row.points for row in rows}


def _ranked(scores: Iterable[UnitScore]) -> tuple[UnitScore, ...]:
    made = list(scores)
    ranks = ranked({score.unit: score.total.final for score in made if score.total is not None})
    placed = [replace(score, rank=ranks.get(score.unit)) for score in made]
    # The number breaks the tie of two units of one name, so that the order never depends on chance.
    return tuple(
        sorted(
            placed,
            key=lambda score: (score.rank is None, score.rank or 0, score.unit.name, score.unit.department_id or 0),
        )
    )


def _changes(before: Statement, after: Statement) -> Iterable[ScoreChange]:
    then = {score.unit: score for score in after.units}
    for score in before.units:
        later = then[score.unit]
        if score.total and later.total and score.rank is not None and later.rank is not None:
            yield ScoreChange(score.unit.name, score.total.final, later.total.final, score.rank, later.rank)
