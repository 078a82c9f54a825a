"""The report's days as ordinary items of the next year's plan: the law's, the organ's own, none of them twice."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.people.organ import Organ
from tasks.report.filing.deadlines import (
    FILE,
    OWN,
    PUBLISH,
    TABLES,
    ensure_filing_items,
    filing_items,
    own_day,
    set_report_term,
    statutory_items,
)
from tests.office import HANDLER, SUPERVISOR, Office

ON = "2026-01-05"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def ensure(office: Office, who: str = SUPERVISOR) -> list[WorkItem]:
    with on_record(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return ensure_filing_items(session, plan, by=office.by(session, who, ON))


def own(office: Office, written: str, note: str | None = None) -> dt.date | None:
    with on_record(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        set_report_term(session, organ, written, by=office.by(session, SUPERVISOR, ON), note=note)
        return own_day(session, office.organ_id, 2025)


@pytest.mark.parametrize(
    ("year", "days"),
    [(2025, ["2026-02-28", "2026-03-31"]), (2027, ["2028-02-29", "2028-03-31"]), (2099, ["2100-02-28", "2100-03-31"])],
)
def test_the_laws_two_days(year: int, days: list[str]) -> None:
    assert [one.due_on.isoformat() for one in statutory_items(year)] == days


def test_who_enforces_the_law_publishes_its_tables_in_january(office: Office) -> None:
    assert [item.title[:6] for item in ensure(office)] == ["报送2025", "公开2025"]
    with unit_of_work(office.engine) as session:
        session.add(
            EnforcementCase(
                organ_id=office.organ_id, procedure=Procedure.SIMPLE, decided_on=dt.date(2025, 3, 3),
                recorded_at=office.by(session, SUPERVISOR, ON).now,
            )
        )  # fmt: skip
    (item,) = ensure(office)
    assert (item.title, str(item.due_on)) == ("公开2025年度行政执法统计年报", "2026-01-31")
    assert ensure(office) == []
    with unit_of_work(office.engine) as session:
        assert set(filing_items(session, office.organ_id, 2025)) == {FILE, PUBLISH, TABLES}


@pytest.mark.parametrize(("own_on", "codes"), [
    ("2026-02-10", [OWN, FILE, PUBLISH]), ("2026-02-27", [OWN, FILE, PUBLISH]), ("2026-02-28", [FILE, PUBLISH]),
])  # fmt: skip
def test_an_own_day_counts_where_it_is_earlier(own_on: str, codes: list[str]) -> None:
    assert [one.code for one in statutory_items(2025, own_on=dt.date.fromisoformat(own_on))] == codes


def test_they_come_into_the_plan_as_drafts_for_a_person_to_issue(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", number="年报1", issue=False)
    made = ensure(office)
    assert [(item.number, item.state, str(item.due_on)) for item in made] == [
        ("年报2", ItemState.DRAFT, "2026-02-28"), ("年报3", ItemState.DRAFT, "2026-03-31"),
    ]  # fmt: skip
    assert all(item.missing == [] for item in made)
    office.issue(on=ON)
    assert office.item("年报2").state is ItemState.ACTIVE
    assert [str(one.due_on) for one in office.deadlines("年报2")] == ["2026-02-28"]


def test_asked_again_nothing_is_added_but_what_is_new(office: Office) -> None:
    assert len(ensure(office)) == 2
    assert ensure(office) == []
    own(office, "2-10", "市司法局通知")
    (added,) = ensure(office)
    assert (str(added.due_on), added.note) == ("2026-02-10", "本单位自定时限（市司法局通知）")
    assert ensure(office) == []


def test_what_a_person_renamed_is_known_again(office: Office) -> None:
    made = ensure(office)
    with unit_of_work(office.engine) as session:
        session.get_one(WorkItem, made[0].id).title = "上报年报"
    assert ensure(office) == []


def test_what_came_in_with_the_list_is_not_added_again(office: Office) -> None:
    """The report's own section on the next year names both days; read in, they are items already."""
    with unit_of_work(office.engine) as session:
        project = Project(plan_id=office.plan_id, ordinal=1, name="依法报告和公开")
        session.add(project)
        session.flush()
        for place, (verb, due) in enumerate((("报送", "2026-02-28"), ("公开", "2026-03-31")), start=1):
            session.add(WorkItem(
                plan_id=office.plan_id, organ_id=office.organ_id, project_id=project.id or 0, number=str(place),
                title=f"{verb}上一年度法治政府建设情况报告", due_on=dt.date.fromisoformat(due),
            ))  # fmt: skip
    assert ensure(office) == []
    with unit_of_work(office.engine) as session:
        assert {code: item.number for code, item in filing_items(session, office.organ_id, 2025).items()} == {
            FILE: "1", PUBLISH: "2",
        }  # fmt: skip


def test_the_items_are_those_of_one_year_and_one_organ(office: Office) -> None:
    ensure(office)
    with unit_of_work(office.engine) as session:
        other = session.exec(select(Organ.id).where(Organ.code == "other")).one()
        assert filing_items(session, office.organ_id, 2024) == {}
        assert filing_items(session, other or 0, 2025) == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [("02-10", "2026-02-10"), ("2-9", "2026-02-09"), ("1-31", "2026-01-31"), ("02-29", "2026-02-28")],
)
def test_an_own_day_is_a_day_of_the_year_after(office: Office, written: str, read: str) -> None:
    assert str(own(office, written)) == read


@pytest.mark.parametrize("written", ["", "2月10日", "13-01", "02-30", "03-01", "12-31", "2026-02-10"])
def test_what_is_no_earlier_day_is_refused(office: Office, written: str) -> None:
    with pytest.raises(BadInputError, match="自定日"):
        own(office, written)


def test_whoever_may_not_plan_adds_nothing(office: Office) -> None:
    with pytest.raises(ForbiddenError, match="不能导入计划"):
        ensure(office, HANDLER)
    assert office.rows(WorkItem) == []
