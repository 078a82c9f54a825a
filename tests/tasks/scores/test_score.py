"""Scores as stories: what costs points, what does not, and whose it is."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.ladder.policy import ReportingCycle
from models.scores.scoring import ScoreEvent
from tasks.items.close import reopen
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.split import split
from tests.office import HANDLER, SUPERVISOR, Office, day
from tests.scores import HELPER, OTHER, OWN, lost, pass_on, quiet_office, stated, words


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return quiet_office(any_engine, tmp_path / "home")


def test_done_on_its_day_costs_nothing_and_a_day_later_it_does(office: Office) -> None:
    office.close(office.assign("普法宣传", due="2026-06-30"), on="2026-06-30")
    office.close(office.assign("案卷评查", due="2026-06-30"), on="2026-07-01")
    office.assign("制度清理", due="2026-07-10")

    assert lost(office, on="2026-07-10") == [("late", "2026-06-30")]
    assert lost(office, on="2026-07-11") == [("late", "2026-06-30"), ("late", "2026-07-10")]
    assert words(office) == ["完成时限 2026-06-30，2026-07-01 才办结", "完成时限 2026-07-10，到期未办结"]


def test_each_missed_day_lies_in_one_period(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.assign("全年宣传", due="2026-12-31")

    found = [len(lost(office, period)) for period in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026")]
    assert found == [0, 1, 0, 1, 2]


def test_an_extension_in_time_saves_the_day_and_a_late_one_does_not(office: Office) -> None:
    timely, late = office.assign("普法宣传", due="2026-06-30"), office.assign("案卷评查", due="2026-06-30")
    office.extend(timely, to="2026-07-20", on="2026-06-22")
    office.approve(timely, on="2026-06-24")
    office.extend(late, to="2026-07-20", on="2026-07-02", late=True)
    assert lost(office, on="2026-07-02") == [("extended", "2026-06-24"), ("late", "2026-06-30"),
                                             ("late_extension", "2026-07-02")]  # fmt: skip
    office.approve(late, on="2026-07-03")
    for number in (timely, late):
        office.close(number, on="2026-07-20")

    assert lost(office) == [
        ("extended", "2026-06-24"),
        ("late", "2026-06-30"),
        ("late_extension", "2026-07-02"),
        ("extended", "2026-07-03"),
    ]
    assert words(office)[1] == "完成时限 2026-06-30 未办结，2026-07-03 才批准延期至 2026-07-20"


def test_a_refused_late_request_costs_nothing_but_the_missed_day(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-20", on="2026-07-02", late=True)
    office.refuse(number, on="2026-07-03")
    assert lost(office) == [("late", "2026-06-30")]


def test_what_waits_for_review_is_done_on_the_day_it_was_asked_for(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.ask_closure(number, on="2026-06-29")
    assert lost(office, on="2026-07-31") == []

    office.send_back(number, on="2026-07-06")
    assert lost(office, on="2026-07-31") == [("late", "2026-06-30"), ("returned", "2026-07-06")]
    assert words(office)[1] == "办结申请被退回：材料不全"


def test_a_late_item_stays_late_when_it_is_opened_again_and_closed_in_time(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.close(number, on="2026-07-02")
    office.do(SUPERVISOR, reopen, number, on="2026-07-06", reason="资料有误", due_on=day("2026-07-31"))
    office.close(number, on="2026-07-20")

    assert lost(office) == [("late", "2026-06-30"), ("reopened", "2026-07-06")]
    assert words(office)[1] == "销号后重开：资料有误"


def test_a_suspended_span_is_nobodys_fault(office: Office) -> None:
    paused, passed = office.assign("普法宣传", due="2026-06-30"), office.assign("案卷评查", due="2026-06-10")
    for number in (paused, passed):
        office.suspend(number, on="2026-06-15")
    assert lost(office, on="2026-07-10") == [("late", "2026-06-10")]

    for number in (paused, passed):
        office.resume(number, on="2026-07-13")
    assert str(office.item(paused).due_on) == "2026-07-27"
    assert lost(office, on="2026-07-27") == [("late", "2026-06-10")]
    assert lost(office, on="2026-07-28") == [("late", "2026-06-10"), ("late", "2026-07-27")]


def test_each_turn_of_a_recurring_item_is_a_day_of_its_own(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=6,9,12;BYMONTHDAY=-1")
    office.close(number, on="2026-07-01")
    office.close(number, on="2026-09-30")
    assert lost(office) == [("late", "2026-06-30"), ("late", "2026-12-31")]


def test_every_urging_costs(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.urge(number, on="2026-06-08")
    office.close(number, on="2026-06-30")
    assert words(office) == ["被催办（催办〔2026〕1号）"]


def test_a_period_without_a_report_costs_once_for_each_item_under_way(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")  # monthly, by the 25th
    for title in ("填报的", "月底填报的", "未填的", "办结的", "中止的", "重开的"):
        office.assign(title, due="2026-12-31", number=title)
    office.assign("未开始的", due="2026-12-31", start="2026-08-01", number="未开始的")
    office.report("填报的", on="2026-06-10")
    office.report("月底填报的", on="2026-06-29")
    for number in ("办结的", "重开的"):
        office.close(number, on="2026-06-24")
    office.suspend("中止的", on="2026-06-20")
    office.do(SUPERVISOR, reopen, "重开的", on="2026-06-29", reason="资料有误", due_on=day("2026-12-30"))

    def missing(period: str, **more: Any) -> list[str]:
        score = stated(office, period, **more).of(OWN)
        assert score is not None
        return [line.fact.number for line in score.lines if line.fact.event is ScoreEvent.UNREPORTED]

    assert missing("2026-06", on="2026-06-25") == []
    assert missing("2026-06", on="2026-06-26") == ["月底填报的", "未填的"]
    assert missing("2026-06") == ["未填的"]
    assert missing("2026-07") == ["填报的", "月底填报的", "未填的", "重开的"]
    assert "2026年6月的进展到 2026-06-25 应填未填" in words(office)


def test_what_a_cooperating_unit_reports_is_not_the_leads_report(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    helping = office.department(OTHER, head=HELPER)
    number = office.assign("普法宣传", due="2026-12-31", helping=(helping,))
    office.do(HELPER, sign, number, on="2026-06-02")
    office.do(HELPER, record_progress, number, on="2026-06-10", content="经费已落实")
    assert lost(office, "2026-06") == [("unfiled", "2026-06-25")]
    assert lost(office, "2026-06", unit=OTHER) == []


def test_each_unit_signs_within_two_working_days(office: Office) -> None:
    """Friday, 5 June: signed by the 9th is in time."""
    helping = office.department("办公室", head="孙主任")
    number = office.assign("普法宣传", due="2026-12-31", on="2026-06-05", helping=(helping,), sign=False)
    open_one = office.assign("案卷评查", due="2026-12-31", on="2026-06-05", sign=False)
    office.do(HANDLER, sign, number, on="2026-06-09")
    office.do("孙主任", sign, number, on="2026-06-10")

    assert lost(office, on="2026-06-09") == []
    assert lost(office, on="2026-06-10") == [("unsigned_late", "2026-06-09")]
    assert words(office, on="2026-06-10") == ["2026-06-05 交办，应在 2026-06-09 前签收，未签收"]
    late = ["2026-06-05 交办，应在 2026-06-09 前签收，2026-06-10 才签收"]
    assert words(office, "办公室", on="2026-06-10") == late
    office.do(HANDLER, sign, open_one, on="2026-06-10")
    assert words(office, on="2026-06-10") == late


def test_a_unit_that_objected_in_time_has_answered(office: Office) -> None:
    upheld, dismissed = (
        office.assign(title, due="2026-12-31", on="2026-06-01", sign=False) for title in ("普法宣传", "案卷评查")
    )
    for number in (upheld, dismissed):
        office.do(HANDLER, object_to, number, on="2026-06-03", reason="不属本科室职责")
    assert lost(office, on="2026-06-12") == []

    pass_on(office, upheld, on="2026-06-08")
    office.send_back(dismissed, on="2026-06-08", reason="属本科室职责")

    assert lost(office, on="2026-06-12") == [("unsigned_late", "2026-06-10")]
    assert lost(office, unit=OTHER, on="2026-06-12") == [("unsigned_late", "2026-06-10")]


def test_a_missed_day_stays_with_the_unit_that_missed_it(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-10")
    pass_on(office, number, on="2026-06-15")
    office.do(HELPER, sign, number, on="2026-06-16")
    office.urge(number, on="2026-06-22")

    assert lost(office) == [("late", "2026-06-10")]
    assert lost(office, unit=OTHER) == [("urged", "2026-06-22")]


def test_every_line_belongs_to_one_unit_and_the_units_sums_are_the_whole(any_engine: Engine, tmp_path: Path) -> None:
    """T16: whoever an item is split to, passed on to or led by, no deduction is lost or counted twice."""
    office = Office(any_engine, tmp_path / "home")
    other = office.department(OTHER, head=HELPER)
    for number in ("分办的", "转办的", "延期的", "外单位的", "未明确的"):
        office.assign(number, due="2026-06-12", number=number, helping=(other,), sign=False, issue=False,
                      department=number not in ("外单位的", "未明确的"))  # fmt: skip
    with unit_of_work(office.engine) as session:
        item = office.item("外单位的")
        item.lead_text = "市财政局"
        session.add(item)
    office.issue(sign=False)
    for number in ("分办的", "转办的", "延期的"):
        office.do(HANDLER, sign, number, on="2026-06-05")
    office.do(SUPERVISOR, split, "分办的", on="2026-06-08", due_on=day("2026-06-10"))
    office.extend("延期的", to="2026-06-30", on="2026-06-16", late=True)
    office.approve("延期的", on="2026-06-17")
    pass_on(office, "转办的", on="2026-06-17")

    made = stated(office)
    sources = [(line.fact.event, line.fact.source, line.fact.day) for unit in made.units for line in unit.lines]
    by_hand = {
        # Due to be signed on 3 June, signed on the 5th or never. The other department: five receipts as a cooperating
        # unit, one for the part it was given, one for the item passed on to it.
        OWN: {"unsigned_late": 3, "late": 4, "late_extension": 1, "extended": 1},
        OTHER: {"unsigned_late": 7, "late": 1},
        "市财政局": {"unsigned_late": 1, "late": 1},
        "未明确": {"unsigned_late": 1, "late": 1},
    }
    counts = {
        unit.unit.name: {part.event.value: part.count for part in unit.parts if part.event is not ScoreEvent.UNREPORTED}
        for unit in made.units
    }
    assert counts == by_hand
    assert len(sources) == len(set(sources)) == sum(part.count for unit in made.units for part in unit.parts)
    assert [(unit.unit.name, unit.rank is not None) for unit in made.units] == [
        (OTHER, True), (OWN, True), ("市财政局", False), ("未明确", False),
    ]  # fmt: skip


def test_an_item_closed_before_closures_were_asked_for_owes_no_report(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path / "home")
    number = office.assign("普法宣传", due="2026-12-31")
    with unit_of_work(engine) as session:
        item = office.item(number)
        item.closed_on = item.first_closed_on = day("2026-06-24")
        session.add(item)
    assert lost(office, "2026-06") == []


def test_weekly_filling_counts_week_by_week(engine: Engine, tmp_path: Path) -> None:
    """Friday, 19 June rests: that week is reported by Thursday."""
    office = quiet_office(engine, tmp_path / "home", ReportingCycle.WEEKLY)
    office.report(office.assign("普法宣传", due="2026-12-31", on="2026-06-01"), on="2026-06-09")
    found = lost(office, "2026-06", on="2026-06-20")
    assert found == [("unfiled", "2026-06-05"), ("unfiled", "2026-06-18")]


def test_the_same_facts_make_the_same_statement(office: Office) -> None:
    for place in range(6):
        office.assign(f"第{place}项", due="2026-06-30")
    assert stated(office).units == stated(office).units
