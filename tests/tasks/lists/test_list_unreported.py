"""Who has not filed and who has not signed, as stories."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import reading, unit_of_work
from models.dates.workdays import WorkCalendar
from models.items.item import ItemUnit
from models.items.plan import AnnualPlan
from tasks.items.close import request_close, send_back
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.suspend import resume, suspend
from tasks.items.transfer import transfer
from tasks.lists.list_unreported import Unreported, Unsigned, owed_period, unreported, unsigned
from tasks.people.find import find_person
from tests.databases import statements_of
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

CALENDAR = WorkCalendar()
HELPER = "钱科长"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Monthly reports by the 25th (常规); June 2026: the 19th rests, the 25th is a Thursday."""
    return Office(any_engine, tmp_path / "home")


def missing(office: Office, on: str, period: str | None = None) -> list[Unreported]:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return unreported(session, plan, on=day(on), calendar=CALENDAR, at=day(period) if period else None)


def numbers(found: list[Any]) -> list[str]:
    return [row.item.number for row in found]


def open_receipts(office: Office, on: str) -> list[Unsigned]:
    with reading(office.engine) as session:
        return unsigned(session, session.get_one(AnnualPlan, office.plan_id), on=day(on))


def test_a_report_that_did_not_come_is_named_with_unit_person_period_and_day(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31", on="2026-05-20")
    office.report(office.assign("案卷评查", due="2026-12-31"), on="2026-06-02")

    [before] = missing(office, "2026-06-24")
    [after] = missing(office, "2026-06-26")

    assert (before.item.number, before.item.title, before.item.unit, before.item.handler) == (
        "1",
        "普法宣传",
        "法规科",
        HANDLER,
    )
    assert (before.period, before.due_on, before.passed) == ("2026年6月", day("2026-06-25"), False)
    assert (after.item.number, after.passed) == ("1", True)


def test_the_period_before_is_asked_for_by_name(office: Office) -> None:
    office.report(office.assign("普法宣传", due="2026-12-31", on="2026-05-04"), on="2026-06-02")

    assert numbers(missing(office, "2026-06-26")) == []
    assert [(row.period, row.passed) for row in missing(office, "2026-06-26", "2026-05-31")] == [("2026年5月", True)]


def test_a_report_after_its_day_but_in_its_period_is_a_report(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.report(number, on="2026-06-29")

    assert numbers(missing(office, "2026-06-28")) == [number]
    assert numbers(missing(office, "2026-06-29")) == []
    assert numbers(missing(office, "2026-07-02")) == [number]


def test_who_owes_nothing_is_not_named(office: Office) -> None:
    """Not issued, not started, closed by the day, suspended on it, and whoever waits for an answer then."""
    for title in ("办结的", "当日办结的", "中止的", "恢复的", "待审核的"):
        office.assign(title, due="2026-12-31", number=title)
    office.assign("未开始的", due="2026-12-31", start="2026-07-01", number="未开始的")
    office.assign("次日下达的", due="2026-12-31", on="2026-06-26", number="次日下达的")
    office.assign("有异议的", due="2026-12-31", on="2026-06-24", number="有异议的", sign=False)
    office.assign("待签收的", due="2026-12-31", number="待签收的", sign=False)
    office.assign("未下达的", due="2026-12-31", number="未下达的", issue=False)
    office.close("办结的", on="2026-06-24")
    office.close("当日办结的", on="2026-06-25")
    for number in ("中止的", "恢复的"):
        office.do(SUPERVISOR, suspend, number, on="2026-06-10", reason="等省里文件")
    office.do(SUPERVISOR, resume, "恢复的", on="2026-06-15")
    office.do(HANDLER, request_close, "待审核的", on="2026-06-24", statement="已办结")
    office.do(HANDLER, object_to, "有异议的", on="2026-06-25", reason="不属本科室职责")

    owing = ["恢复的", "待签收的"]
    assert numbers(missing(office, "2026-06-26")) == owing

    office.do(SUPERVISOR, send_back, "待审核的", on="2026-06-26", reason="材料不全")
    office.do(SUPERVISOR, send_back, "有异议的", on="2026-06-26", reason="属本科室职责")
    office.do(SUPERVISOR, resume, "中止的", on="2026-06-26")
    assert numbers(missing(office, "2026-06-29")) == owing
    assert len(missing(office, "2026-07-27")) == 7


def test_before_the_day_the_present_state_counts(office: Office) -> None:
    started = office.assign("将开始的", due="2026-12-31", start="2026-06-20")
    office.close(office.assign("已办结的", due="2026-12-31"), on="2026-06-10")

    assert numbers(missing(office, "2026-06-15")) == []
    assert numbers(missing(office, "2026-06-20")) == [started]


def test_what_a_cooperating_unit_reports_is_not_the_leads_report(office: Office) -> None:
    helping = office.department("财务科", head=HELPER)
    number = office.assign("普法宣传", due="2026-12-31", helping=(helping,))
    office.do(HELPER, record_progress, number, on="2026-06-10", content="经费已落实")

    assert numbers(missing(office, "2026-06-26")) == [number]


def test_a_plan_that_files_nothing_owes_nothing_and_says_so(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path / "home", preset="三色督办单B")
    office.assign("普法宣传", due="2026-12-31", issue=False)

    def period() -> Any:
        with reading(office.engine) as session:
            plan = session.get_one(AnnualPlan, office.plan_id)
            return owed_period(session, plan, on=day("2026-06-26"), calendar=CALENDAR)

    assert (period(), missing(office, "2026-06-26")) == (None, [])  # not issued
    office.issue()
    assert (period(), missing(office, "2026-06-26")) == (None, [])  # 不定期


def test_receipts_stay_open_until_each_unit_has_signed(office: Office) -> None:
    finance = office.department("财务科", head=HELPER)
    number = office.assign("普法宣传", due="2026-12-31", helping=(finance,), on="2026-06-01", sign=False)

    assert [
        (row.item.unit, row.item.handler, row.leads, str(row.since)) for row in open_receipts(office, "2026-06-03")
    ] == [
        ("法规科", HANDLER, True, "2026-06-01"),
        ("财务科", HELPER, False, "2026-06-01"),
    ]

    office.do(HANDLER, sign, number, on="2026-06-04")
    assert [row.item.unit for row in open_receipts(office, "2026-06-04")] == ["财务科"]
    assert [row.item.unit for row in open_receipts(office, "2026-06-03")] == ["法规科", "财务科"]

    office.do(HELPER, sign, number, on="2026-06-05")
    assert open_receipts(office, "2026-06-05") == []


def test_the_receipt_of_a_transfer_is_the_new_units_alone(office: Office) -> None:
    office.department("财务科", head=HELPER)
    number = office.assign("普法宣传", due="2026-12-31", sign=False)
    with unit_of_work(office.engine) as session:
        helper = find_person(session, HELPER)
    office.do(SUPERVISOR, transfer, number, on="2026-06-08", reason="职责调整", handler=helper)

    assert [(row.item.unit, row.item.handler, str(row.since)) for row in open_receipts(office, "2026-06-09")] == [
        ("财务科", HELPER, "2026-06-08")
    ]


def test_a_unit_outside_and_an_item_closed_unsigned_wait_for_no_receipt(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31", helping=(office.department("财务科"),), issue=False)
    with unit_of_work(office.engine) as session:
        session.add(ItemUnit(item_id=office.item(number).id or 0, ordinal=2, text="市财政局"))
    office.issue()
    assert [(row.item.unit, row.item.handler) for row in open_receipts(office, "2026-06-02")] == [("财务科", None)]

    office.close(number, on="2026-06-10")
    assert open_receipts(office, "2026-06-10") == []


def test_a_longer_list_asks_the_database_no_more_often(office: Office) -> None:
    office.assign("第一项", due="2026-12-31", sign=False)
    few = questions(office)
    for place in range(8):
        office.assign(f"第{place}项", due="2026-12-31", to=(HANDLER, HEAD, LEADER)[place % 3], sign=False)

    assert questions(office) == few
    assert len(missing(office, "2026-06-26")) == len(open_receipts(office, "2026-06-26")) == 9


def questions(office: Office) -> int:
    with statements_of(office.engine) as asked:
        missing(office, "2026-06-26")
        open_receipts(office, "2026-06-26")
    return len(asked)
