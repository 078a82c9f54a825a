"""A leader's evaluation of a department for a period: a later one is a new row, the newest counts."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.span import Span
from models.items.plan import AnnualPlan
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Oversight, Role
from models.scores.score_rules import as_points
from models.scores.scoring import Evaluation
from models.typed_text import words
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_department, organs_within, seats
from tasks.acting.consent import Hands, consent_for_department, hands, holders_in
from tasks.people.find import departments_of

MOST = Decimal(100)


def departments_to_evaluate(session: Session, plan: AnnualPlan, *, by: Actor) -> Sequence[Department]:
    """The departments that `by` may evaluate: all of the plan's organ, or those in the charge of its posts."""
    if plan.organ_id in organs_within(session, by, Action.EVALUATE):
        return departments_of(session, plan.organ_id)
    posts = [seat.post_id for seat in seats(session, by)]
    led = select(Oversight.department_id).where(col(Oversight.post_id).in_(posts))
    query = select(Department).where(Department.organ_id == plan.organ_id, col(Department.id).in_(led))
    return session.exec(query.order_by(col(Department.id))).all()


def evaluate(
    session: Session,
    department: Department,
    span: Span,
    *,
    by: Actor,
    points: Decimal | str,
    comment: str | None = None,
) -> Evaluation:
    """Give a department 0 to 100 points for the period; scores of just this period take it up when next worked out.

    What was published stays as it was. Raises ForbiddenError for whoever does not lead the department or is its head,
    BadInputError for other points.
    """
    authorize_department(session, by, Action.EVALUATE, department)
    standing = consent_for_department(session, by, Action.EVALUATE, department, _heads(session, department, by))
    points = as_points(points, "评价分", most=MOST)
    with recorded(
        session, by, Action.EVALUATE, organ_id=department.organ_id, for_id=standing.seat.for_id, reason=comment
    ):
        evaluation = Evaluation(
            department_id=key(department.id),
            from_on=span.from_on,
            until_on=span.until_on,
            points=points,
            comment=words(comment, "评语", longest=1000) if (comment or "").strip() else None,
            # The grant is a person's alone.
            person_id=key(by.person_id),
            for_id=standing.seat.for_id,
            on=by.on,
            recorded_at=by.now,
        )
        session.add(evaluation)
    return evaluation


def _heads(session: Session, department: Department, by: Actor) -> Hands:
    """The heads of the department on the day, and whoever stands in for one: nobody gives points to his own."""
    found = holders_in(session, department.organ_id, [Role.DEPARTMENT_HEAD], on=by.on, department_id=department.id)
    heads = [person.id for _, person in found]
    if any(seat.for_id in heads and seat.department_id == department.id for seat in seats(session, by)):
        heads.append(by.person_id)
    return hands((one, None, f"任{department.name}负责人") for one in heads)
