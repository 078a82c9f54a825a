"""责任清单: the duties an organ has at the end of a period, and those that the plan of that year does."""

import pytest
from sqlalchemy import Engine

from models.database import key, unit_of_work
from models.items.item import WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.duty import KIND, Basis
from models.people.organ import Organ
from tasks.ledgers.link_row import link_row
from tests.actors import administrator
from tests.kept_ledger import WRITTEN_ON, KeptLedger, problems


def listed(ledger: KeptLedger, title: str, **more: object) -> int:
    return ledger.keep(**{"listed_on": "2024-03-01", "title": title, "basis": Basis.CHARTER, **more})


def plan_item(ledger: KeptLedger, duty: int, *, year: int, carries: str | None = None) -> None:
    """An item of the plan of the year, linked to the duty; `carries`: the ledger whose days it carries."""
    with unit_of_work(ledger.engine) as session:
        plan = AnnualPlan(organ_id=ledger.organ_id, year=year, title="要点")
        session.add(plan)
        session.flush()
        project = Project(plan_id=key(plan.id), ordinal=1, name="履职")
        session.add(project)
        session.flush()
        item = WorkItem(plan_id=key(plan.id), organ_id=ledger.organ_id, project_id=key(project.id), number="1",
                        title="清理制度")  # fmt: skip
        session.add(item)
        session.flush()
        row, organ = session.get_one(KIND.table, duty), session.get_one(Organ, ledger.organ_id)
        link_row(session, organ, KIND, row, item, by=administrator(WRITTEN_ON))
        item.ledger = carries


def test_what_an_organ_has_at_the_end_and_what_its_plan_does(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    planned = listed(ledger, "指导行政执法", public=True)
    listed(ledger, "行政复议", public=True)
    listed(ledger, "普法", listed_on="2025-06-01", basis=Basis.LAW)
    listed(ledger, "行政处罚", ended_on="2025-12-31")
    listed(ledger, "信访", listed_on="2026-01-01")
    plan_item(ledger, planned, year=2025)

    assert ledger.written() == {
        "duties": "3项", "with_items": "1项", "without_items": "2项", "published": "2项", "listed": "1项",
        "coverage": "33.3%",
    }  # fmt: skip
    assert ledger.figures()["without_items"].rows == ("duty:2", "duty:3")
    assert ledger.says() == "责任清单列明职责3项，向社会公开2项，新列入1项。"


def test_until_the_day_it_ends_an_organ_has_a_duty(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    listed(ledger, "行政处罚", ended_on="2025-07-01")

    assert ledger.written("duties", until="2025-06-30") == {"duties": "1项"}
    assert ledger.written("duties", until="2025-07-01") == {"duties": "0项"}


@pytest.mark.parametrize(
    ("year", "carries", "found"), [(2025, None, "1项"), (2024, None, "0项"), (2025, "case", "0项")]
)
def test_only_work_of_the_year_counts(any_engine: Engine, year: int, carries: str | None, found: str) -> None:
    ledger = KeptLedger(any_engine, KIND)
    plan_item(ledger, listed(ledger, "指导行政执法"), year=year, carries=carries)

    assert ledger.written("with_items") == {"with_items": found}


def test_all_done_and_all_public_is_said_in_words(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    plan_item(ledger, listed(ledger, "指导行政执法", public=True), year=2025)

    assert ledger.says() == "责任清单列明职责1项，均已落实到年度任务，全部向社会公开。"


@pytest.mark.parametrize(("ended", "wrong"), [("2024-02-29", ["ended_on"]), ("2024-03-01", []), (None, [])])
def test_a_duty_does_not_end_before_it_is_listed(ended: str | None, wrong: list[str]) -> None:
    assert problems(KIND, listed_on="2024-03-01", ended_on=ended) == wrong


@pytest.mark.parametrize(("said", "basis"), [("三定", Basis.CHARTER), ("权责清单", Basis.POWERS), ("法规", Basis.LAW)])
def test_what_people_call_its_source_is_understood(engine: Engine, said: str, basis: Basis) -> None:
    ledger = KeptLedger(engine, KIND)

    assert ledger.row(listed(ledger, "普法", basis=said)).basis is basis
