"""What progress and closure refuse, in the words a user reads."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.item import ItemState
from tests.office import HANDLER, Office


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "  "}, "进展内容不能为空"),
        ({"percent": 101}, "不在 0 到 100 之间"),
        ({"next_report": "2026-06-10"}, "下次报告日须在 2026-06-10 之后"),
        ({"next_report": "2026-06-26"}, "2026-06-25"),  # ten working days, 19 June rests
    ],
)
def test_progress_says_what_it_does_not_take(office: Office, given: dict[str, Any], words: str) -> None:
    number = office.assign("普法宣传", due="2026-06-30", sign=False)
    with pytest.raises(BadInputError, match=words):
        office.report(number, on="2026-06-10", **given)
    assert office.item(number).state is ItemState.ISSUED


def test_the_last_day_a_promise_may_name_is_taken(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.report(number, on="2026-06-10", next_report="2026-06-25", percent=30)
    assert (office.item(number).state, office.item(number).percent) == (ItemState.ACTIVE, 30)


def test_a_draft_takes_neither_progress_nor_closure(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", issue=False)
    with pytest.raises(ForbiddenError, match=r"现为“拟办”，不能填报进展.*请先在“年度计划”中下达"):
        office.report(number, on="2026-06-10")
    with pytest.raises(ForbiddenError, match="现为“拟办”，不能申请办结"):
        office.close(number, on="2026-06-10")


def test_an_item_is_not_closed_before_it_starts(office: Office) -> None:
    number = office.assign("普法宣传", start="2026-06-15", due="2026-06-30")
    with pytest.raises(BadInputError, match="从 2026-06-15 开始"):
        office.close(number, on="2026-06-14")


def test_a_late_closure_is_late(office: Office) -> None:
    assert not office.close(office.assign("普法宣传", due="2026-06-30"), on="2026-07-01").on_time


def test_a_recurring_item_can_be_closed_as_a_whole(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", on="2026-01-05")
    assert office.close(number, on="2026-03-30", whole=True).next_due_on is None
    assert office.item(number).state is ItemState.CLOSED


def test_nothing_is_done_on_a_day_before_the_item_was_given_out(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", on="2026-06-08")
    with pytest.raises(BadInputError, match=f"任务 {number} 于 2026-06-08 下达，不能在 2026-06-05 填报进展"):
        office.report(number, "正在办理", on="2026-06-05")


def test_a_number_nobody_gave_is_named(office: Office) -> None:
    with pytest.raises(NotFoundError, match="没有编号为“99”的任务"):
        office.close("99", on="2026-06-30")


def test_somebody_who_is_not_registered_is_named(office: Office) -> None:
    with pytest.raises(NotFoundError, match="没有登记“周无名”"):
        office.inbox("周无名")


def test_of_two_people_of_one_name_the_mobile_decides(office: Office) -> None:
    office.hire(HANDLER)
    with pytest.raises(BadInputError, match="有 2 位"):
        office.inbox(HANDLER)


def test_a_policy_nobody_knows_is_named_with_those_there_are(office: Office) -> None:
    office.preset = "没有的策略"
    with pytest.raises(BadInputError, match="可用：常规、三级预警"):
        office.assign("普法宣传", due="2026-06-30")


def test_a_rule_without_a_turn_in_the_year_is_refused_by_name(office: Office) -> None:
    with pytest.raises(BadInputError, match="在 2026 年内没有任何一期"):
        office.assign("下年报送", recurrence="FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=10", start="2026-02-01")
