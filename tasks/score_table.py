"""The published scores of a period, by unit, as other papers quote them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from models.filling import Period
from models.plan import AnnualPlan
from models.scoring import ScoreRun
from tasks.show_scores import ranking


@dataclass(frozen=True)
class Score:
    """A unit's points and rank; none where it has none."""

    points: Decimal | None = None
    rank: int | None = None


def scores_of(session: Session, plan: AnnualPlan, span: Period) -> dict[str, Score]:
    """By department, those of the newest publication for exactly this period; empty where none was published."""
    run = session.exec(
        select(ScoreRun)
        .where(ScoreRun.plan_id == plan.id, ScoreRun.from_on == span.first, ScoreRun.until_on == span.last)
        .order_by(col(ScoreRun.version).desc())
    ).first()
    if run is None:
        return {}
    return {row.department: Score(row.final, row.rank) for row in ranking(session, run)}
