"""Acts on ten thousand items in one transaction, each with its entry in the trail, against the same acts without."""

from contextlib import nullcontext
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.database import unit_of_work
from models.items.item import WorkItem
from tasks.acting.audit import recorded
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import NOW, ON

pytestmark = pytest.mark.benchmark

MANY = 10_000
BY = Actor("职员28", Channel.WEB, ON, NOW, person_id=28)


def _act(session: Session, items: list[WorkItem], percent: int, *, on_record: bool) -> None:
    for item in items:
        entry: Any = recorded(session, BY, "progress", organ_id=item.organ_id, item_id=item.id)
        with entry if on_record else nullcontext():
            item.percent = percent
            session.flush()


def test_the_trail_within_acts_on_many_items(filled: Filled) -> None:
    percent = iter(range(21, 100))

    def run(*, on_record: bool) -> None:
        with unit_of_work(filled.engine) as session:
            items = session.exec(select(WorkItem).order_by(col(WorkItem.id)).limit(MANY)).all()
            _act(session, list(items), next(percent), on_record=on_record)

    [(before,)] = filled.rows("SELECT count(*) FROM audit_entry")
    filled.compare("trail of 10,000 acts", lambda: run(on_record=False), lambda: run(on_record=True), bar=2.0, turns=3)
    assert filled.rows("SELECT count(*) FROM audit_entry") == [(before + 3 * MANY,)]
    filled.by_hand("UPDATE work_item SET percent = CASE WHEN closed_on IS NULL THEN 20 ELSE 100 END")
