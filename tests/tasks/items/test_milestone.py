import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.item import ItemState
from tasks.items.milestone import add_milestone, reach_milestone
from tests.office import HANDLER, Office, day
from tests.web import statements


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def plan(office: Office, number: str, title: str, due: str) -> None:
    office.do(HANDLER, add_milestone, number, on=str(office.today), title=title, due_on=day(due))


def reached(office: Office, number: str, title: str, on: str) -> bool:
    return office.do(HANDLER, reach_milestone, number, on=on, title=title)


def test_a_milestone_is_reminded_of_by_name_and_not_once_it_is_reached(office: Office) -> None:
    number = office.assign("修订制度", due="2026-09-30")
    plan(office, number, "方案报审", "2026-06-18")
    plan(office, number, "征求意见", "2026-06-26")
    assert office.item(number).due_on == dt.date(2026, 6, 18)
    office.fast_forward("2026-06-11")
    assert office.inbox(HANDLER).expect("修订制度【方案报审】", "6月18日（周四）")
    assert reached(office, number, "方案报审", "2026-06-12")
    office.fast_forward("2026-06-18")
    later = {str(row["due_on"]) for row in office.notices() if row["fired_on"] > day("2026-06-12")}
    assert later == {"2026-06-26"}
    assert not reached(office, number, "征求意见", "2026-06-29")
    assert office.item(number).due_on == dt.date(2026, 9, 30)


def test_closing_the_item_ends_its_milestones_and_is_judged_by_its_own_day(office: Office) -> None:
    number = office.assign("修订制度", due="2026-09-30")
    plan(office, number, "方案报审", "2026-06-18")
    assert office.close(number, on="2026-06-30").on_time
    assert office.item(number).state is ItemState.CLOSED
    office.fast_forward("2026-06-30")
    assert office.told() == []


def test_a_recurring_item_with_an_open_milestone_closes_with_its_last_turn(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=3,6;BYMONTHDAY=-1", on="2026-01-05")
    plan(office, number, "核对口径", "2026-06-18")
    assert office.close(number, on="2026-03-31").next_due_on == dt.date(2026, 6, 30)
    office.close(number, on="2026-06-30")
    assert office.item(number).state is ItemState.CLOSED


@pytest.mark.parametrize(
    ("title", "due", "words"),
    [(" ", "2026-06-18", "不能为空"), ("方案报审", "2026-06-20", "已有"), ("另一节点", "2026-06-18", "一天只设一个"),
     ("太晚", "2026-10-01", "节点时限 2026-10-01 不在任务期间：应为 2026-01-01 至 2026-09-30。"),
     ("百年前", "1926-06-30", "节点时限 1926-06-30 不在任务期间：应为 2026-01-01 至 2026-09-30。"),
     ("头一天", "2025-12-31", "不在任务期间")],
)  # fmt: skip
def test_a_milestone_that_does_not_fit_is_refused(office: Office, title: str, due: str, words: str) -> None:
    number = office.assign("修订制度", due="2026-09-30")
    plan(office, number, "方案报审", "2026-06-18")
    with pytest.raises(BadInputError, match=words):
        plan(office, number, title, due)


def test_the_age_of_one_day_costs_a_sweep_nothing(office: Office) -> None:
    """A hundred years before the day of the sweep, as a clock or a slip of the hand may have written it."""
    number = office.assign("修订制度", due="2026-09-30")
    plan(office, number, "方案报审", "2026-06-18")
    office.fast_forward("2026-06-19")

    def swept(due: str, on: str) -> tuple[int, int]:
        with unit_of_work(office.engine) as session:
            session.execute(
                text("UPDATE deadline SET due_on = :due, original_due_on = :due WHERE title = '方案报审'"),
                {"due": day(due)},
            )
        before = len(office.notices())
        return statements(office.engine, lambda: office.sweep(on)), len(office.notices()) - before

    late, ancient = swept("2026-06-18", "2026-06-22"), swept("1926-06-18", "2026-06-23")
    assert ancient[0] <= late[0]
    assert ancient[1] <= 10


def test_a_draft_and_a_closed_item_take_no_milestone(office: Office) -> None:
    number = office.assign("修订制度", due="2026-09-30", issue=False)
    with pytest.raises(ForbiddenError, match="现为“拟办”，不能设置阶段节点：须在“待签收”、“在办”时"):
        plan(office, number, "方案报审", "2026-06-18")
    office.issue()
    office.close(number, on="2026-06-10")
    with pytest.raises(ForbiddenError, match="销号"):
        plan(office, number, "方案报审", "2026-06-18")


def test_a_milestone_nobody_set_is_named_with_those_there_are(office: Office) -> None:
    number = office.assign("修订制度", due="2026-09-30")
    plan(office, number, "方案报审", "2026-06-18")
    with pytest.raises(NotFoundError, match="现有：方案报审"):
        reached(office, number, "没有", "2026-06-18")
