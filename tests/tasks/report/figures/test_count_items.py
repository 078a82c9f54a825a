"""The items of a plan, counted by SQL: the same rule as the report's, which tells the same items in words."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from models.clock import opening_of
from models.database import key
from models.items.item import Deadline, DeadlineKind, DeadlineMove
from tasks.report.compiling.material import gather_material
from tasks.report.figures.count_items import count_items
from tests.report_year import ReportYear, day

DAYS = st.dates(dt.date(2025, 11, 1), dt.date(2026, 2, 28))


@dataclass(frozen=True)
class Drawn:
    """An item and its days: due, done, whether taken back."""

    closed_on: dt.date | None
    due_on: dt.date | None
    days: list[tuple[dt.date, dt.date | None, DeadlineKind, bool]]


ITEMS = st.lists(
    st.builds(
        Drawn,
        st.none() | DAYS,
        st.none() | DAYS,
        st.lists(
            st.tuples(DAYS, st.none() | DAYS, st.sampled_from(list(DeadlineKind)), st.booleans()),
            max_size=3,
            unique_by=lambda drawn: drawn[0],
        ),
    ),
    max_size=5,
)


def filled(session: Session, items: list[Drawn]) -> ReportYear:
    year = ReportYear(session, "工作")
    for drawn in items:
        item = year.item("任务", closed=drawn.closed_on.isoformat() if drawn.closed_on else None)
        item.due_on = drawn.due_on
        for due_on, done_on, kind, cancelled in drawn.days:
            deadline = Deadline(item_id=key(item.id), kind=kind, due_on=due_on, original_due_on=due_on, done_on=done_on)
            session.add(deadline)
            session.flush()
            if cancelled:
                move = DeadlineMove(
                    deadline_id=key(deadline.id),
                    from_on=due_on,
                    to_on=due_on,
                    reason="取消",
                    moved_at=opening_of(due_on),
                )
                session.add(move)
    session.flush()
    return year


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=ITEMS, on=DAYS)
def test_the_statement_and_the_report_s_own_rule_agree(engine: Engine, items: list[Drawn], on: dt.date) -> None:
    with Session(engine) as session:
        year = filled(session, items)
        found = count_items(session, key(year.plan.id), 2025, on=on)
        material = gather_material(session, year.organ, year.plan, on=on)
        finished = [item for item in material.items if material.is_finished(item)]

        assert found["items.items"].rows == tuple(f"item:{item.id}" for item in material.items)
        assert found["items.finished"].rows == tuple(f"item:{item.id}" for item in finished)
        assert found["items.in_time"].rows == tuple(f"item:{item.id}" for item in finished if not material.missed(item))


def test_sub_items_and_the_carriers_of_ledger_days_are_no_items_of_the_plan_s_own(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        year = ReportYear(session, "工作")
        own = year.item("任务", closed="3-1")
        year.item("分办", closed="3-1", parent_id=own.id)
        year.item("执法案件时限", closed="3-1", ledger="case")
        session.flush()

        found = count_items(session, key(year.plan.id), 2025, on=day("2026-01-15"))

    assert {figure.rows for figure in found.values()} == {(f"item:{own.id}",)}
