"""Duties against the plan of a year, from both sides."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import key, unit_of_work
from models.items.item import WorkItem
from models.ledgers.duty import KIND
from models.people.organ import Organ
from tasks.ledgers.duty_gaps import DutyGaps, duty_gaps
from tests.linked_office import LinkedOffice
from tests.office import day


def gaps(office: LinkedOffice, year: int = 2026, on: str = "2026-06-10") -> DutyGaps:
    with unit_of_work(office.engine) as session:
        return duty_gaps(session, session.get_one(Organ, office.organ_id), year, on=day(on))


def told(found: DutyGaps) -> tuple[int, int, list[str], list[str]]:
    return found.duties, found.items, [row.title for row in found.left], [item.title for item in found.unasked]


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> LinkedOffice:
    made = LinkedOffice(any_engine, tmp_path)
    made.assign("公开目录", due="2026-06-30", on="2026-06-01")
    made.assign("清理制度", due="2026-06-30", on="2026-06-01")
    return made


def test_gaps_are_seen_from_both_sides(office: LinkedOffice) -> None:
    duty = office.duty("政务公开", code="02")
    office.duty("行政复议", code="01")
    office.duty("以后的职责", listed_on="2026-07-01")
    office.duty("从前的职责", ended_on="2026-06-01")
    link = office.link(KIND, duty, item="1")
    assert told(gaps(office)) == (2, 2, ["行政复议"], ["清理制度"])
    assert told(gaps(office, on="2026-07-01"))[2] == ["行政复议", "以后的职责"]
    office.unlink(KIND, key(link.id))
    assert told(gaps(office)) == (2, 2, ["行政复议", "政务公开"], ["公开目录", "清理制度"])


def test_an_item_named_in_the_duty_does_it(office: LinkedOffice) -> None:
    office.duty("清理规范性文件", listed_on="2026-01-01", item_id="2")

    assert told(gaps(office)) == (1, 2, [], ["公开目录"])


def test_a_part_of_an_item_does_it_and_work_of_the_ledgers_is_none(office: LinkedOffice) -> None:
    duty = office.duty("政务公开")
    with unit_of_work(office.engine) as session:
        whole = session.get_one(WorkItem, 1)
        more: dict[str, Any] = {"plan_id": whole.plan_id, "organ_id": whole.organ_id, "project_id": whole.project_id}
        session.add(WorkItem(number="1-1", title="分办", parent_id=whole.id, **more))
        session.add(WorkItem(number="台账", title="时限", ledger="case", **more))
    office.link(KIND, duty, item="1-1")

    assert told(gaps(office)) == (1, 2, [], ["清理制度"])


def test_another_year_has_its_own_gaps(office: LinkedOffice) -> None:
    office.link(KIND, office.duty("政务公开"), item="1")

    found = gaps(office, year=2025)
    assert (told(found), found.until.isoformat()) == ((1, 0, ["政务公开"], []), "2025-12-31")
