"""The rules of supervision as stories; T1 to T17 are mistakes seen in other systems, each kept out by name."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from models.database import open_engine
from models.dates.unit import Unit
from models.errors import ForbiddenError
from models.items.item import ItemState
from models.ladder.policy import PRESETS, Relation
from models.people.person import Role
from models.tables import METADATA
from tasks.items.suspend import suspend
from tasks.ladder.remind import SweepResult
from tests.databases import lay_sqlite
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office

BEFORE, AFTER, UNSIGNED = Relation.BEFORE, Relation.AFTER, Relation.UNSIGNED
CALENDAR, WORKING = Unit.CALENDAR, Unit.WORKING


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def test_a_year_of_one_item_climbs_the_ladder_and_stops_at_closure(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-10")
    assert office.told() == [
        ("2026-06-23", "到期前7天", HANDLER),
        ("2026-06-26", "到期前3天", HANDLER),  # 27 June is a Saturday: the working day before
        ("2026-06-26", "到期前3天", HEAD),
        ("2026-06-30", "到期当日", HANDLER),
        ("2026-07-01", "逾期1个工作日", HANDLER),
        ("2026-07-01", "逾期1个工作日", HEAD),
        ("2026-07-03", "逾期3个工作日", HANDLER),
        ("2026-07-03", "逾期3个工作日", HEAD),
        ("2026-07-03", "逾期3个工作日", LEADER),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日", HANDLER),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日", HEAD),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日", LEADER),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日", FIRST),
    ]
    office.close(number, on="2026-07-13")
    office.fast_forward("2026-07-31")
    assert max(when for when, _rung, _name in office.told()) == "2026-07-09"


def test_each_person_gets_one_digest_a_day_what_is_overdue_by_itself_and_the_outsider_nothing(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-23")
    office.assign("案卷评查", due="2026-06-26")
    office.assign("制度清理", due="2026-06-22")
    office.fast_forward("2026-06-23")
    body = office.inbox(HANDLER).expect("今日到期", "为何收到此消息", "案卷评查", "普法宣传")
    assert body.index("【今日到期】") < body.index("【三日内】")
    assert "普法宣传" not in office.inbox(HANDLER).expect("逾期1个工作日：制度清理")
    ids = [mail["Message-ID"] for mail in office.mails()]
    assert len(ids) == len(set(ids))
    assert office.inbox(OUTSIDER).mails == []


def test_t1_a_stop_over_a_rung_is_made_good_once_and_marked_late(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    late = office.sweep("2026-06-24")
    assert (late.raised, late.late) == (1, 1)
    assert office.sweep("2026-06-24").raised == 0
    assert "补发" in office.notices(on="2026-06-24")[0]["why"]


def test_t2_a_sweep_run_twice_writes_nothing_new(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    first, second = office.sweep("2026-06-23"), office.sweep("2026-06-23")
    assert (first.raised, second) == (1, SweepResult(dt.date(2026, 6, 23), 0, 0, 0, 0, 0, 0))


def test_t3_an_item_in_progress_and_overdue_is_still_reminded(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.report(number, "正在办理", on="2026-06-10", percent=60)
    assert office.item(number).state is ItemState.ACTIVE
    office.fast_forward("2026-07-01")
    assert ("2026-07-01", "逾期1个工作日", HANDLER) in office.told()


def test_t4_who_left_gets_nothing_and_the_next_level_hears_at_once(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.vacate(HANDLER, on="2026-06-01")
    office.fast_forward("2026-06-23")
    assert office.told() == [("2026-06-23", "到期前7天", HEAD)]
    assert "没有在岗的承办人" in office.notices()[0]["why"]
    assert office.inbox(HANDLER).mails == []


def test_whoever_is_reached_in_his_own_post_hears_it_there_not_in_place_of_another(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.vacate(HANDLER, on="2026-06-01")
    office.fast_forward("2026-06-26")
    [row] = office.notices(on="2026-06-26")
    assert (row["rung"], row["recipient"]) == ("到期前3天", HEAD)
    assert "没有在岗的承办人" not in row["why"]


def test_t5_a_make_up_saturday_sends_and_a_weekday_holiday_holds(office: Office) -> None:
    office.today = dt.date(2026, 9, 20)
    office.ladder((BEFORE, 0, CALENDAR, [Role.HANDLER]))
    office.assign("调休日到期", due="2026-10-10")  # a Saturday that works
    office.assign("节日到期", due="2026-10-01")  # a Thursday that rests
    office.fast_forward("2026-10-10")
    assert [when for when, *_ in office.told()] == ["2026-09-30", "2026-10-10"]


def test_t5_what_is_made_good_on_a_rest_day_waits_for_the_next_working_day(office: Office) -> None:
    office.ladder((BEFORE, 0, CALENDAR, [Role.HANDLER]))
    office.assign("停机期间到期", due="2026-09-30")
    office.sweep("2026-09-29")
    made_good = office.sweep("2026-10-02")
    assert (made_good.raised, made_good.held, made_good.late) == (1, 1, 1)
    assert office.send("2026-10-02").sent == 0
    assert office.send("2026-10-08").sent == 1


def test_t6_done_on_the_due_day_is_on_time_and_stays_on_time(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    assert office.close(number, on="2026-06-30").on_time
    with pytest.raises(ForbiddenError, match="现为“已销号”（2026-06-30 销号）"):
        office.close(number, on="2026-07-07")
    assert office.item(number).closed_on == dt.date(2026, 6, 30)


def test_an_office_without_any_plan_is_swept_too(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    assert office.sweep("2026-06-23").raised == 0
    assert caplog.records == []


def test_t7_nothing_due_means_no_mail(office: Office) -> None:
    result = office.sweep("2026-06-23")
    assert result.raised == 0
    assert office.send("2026-06-23").sent == 0
    assert office.mails() == []


def test_t8_one_working_day_after_a_friday_is_monday(office: Office) -> None:
    office.ladder((AFTER, 1, WORKING, [Role.HANDLER]))
    office.assign("周五到期", due="2026-06-26")
    office.fast_forward("2026-06-30")
    assert [when for when, *_ in office.told()] == ["2026-06-29"]


def test_t15_no_name_of_an_office_stands_in_the_schema() -> None:
    words = {column.name for table in METADATA.tables.values() for column in table.columns} | set(METADATA.tables)
    assert all(re.fullmatch(r"[a-z_0-9]+", word) for word in words)


def test_t17_an_item_issued_nearer_than_every_offset_is_reminded_at_once_and_once(office: Office) -> None:
    office.fast_forward("2026-06-25")
    office.assign("临时交办", due="2026-06-29")
    first = office.sweep("2026-06-26")
    assert (first.raised, first.late) == (2, 0)  # three days before: handler and head, the higher rung only
    assert office.sweep("2026-06-26").raised == 0
    office.fast_forward("2026-06-28")
    assert [(when, rung) for when, rung, who in office.told() if who == HANDLER] == [("2026-06-26", "到期前3天")]


def test_an_item_that_starts_late_is_quiet_until_its_start(office: Office) -> None:
    office.assign("下月开工", start="2026-06-29", due="2026-06-30")
    office.fast_forward("2026-06-28")
    assert office.told() == []
    office.fast_forward("2026-06-29")
    assert [when for when, *_ in office.told()] == ["2026-06-29", "2026-06-29"]


def test_missed_rungs_collapse_into_the_highest_and_the_ledger_says_so(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-20")
    office.sweep("2026-07-06")
    assert {(row["rung"], row["state"]) for row in office.notices()} == {
        ("到期前7天", "collapsed"),
        ("到期前3天", "collapsed"),
        ("到期当日", "collapsed"),
        ("逾期1个工作日", "collapsed"),
        ("逾期3个工作日", "pending"),
    }
    assert office.send("2026-07-06").sent == 3


@given(skipped=st.integers(1, 40), due=st.integers(0, 300))
@example(skipped=1, due=263)  # two rungs fall on the last working day before a holiday
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_skipping_days_and_running_once_reaches_whom_running_daily_does(tmp_path: Path, skipped: int, due: int) -> None:
    """What is told more than once day by day is told once, to everybody; and every rung is on record either way.

    What each hears of which rung is for `tests/tasks/ladder/test_remind.py`.
    """
    start = dt.date(2026, 1, 20) + dt.timedelta(days=due)
    ends = []
    for way in ("daily", "once"):
        engine = open_engine(lay_sqlite(tmp_path / f"{way}.db"))
        office = Office(engine, tmp_path)
        office.assign("甲", due=str(start))
        office.assign("乙", due=str(start + dt.timedelta(days=9)), to=HEAD)
        first, last = start - dt.timedelta(days=10), start - dt.timedelta(days=10) + dt.timedelta(days=skipped)
        office.sweep(first)
        if way == "daily":
            office.today = first
            office.fast_forward(last, send=False)
        else:
            office.sweep(last)
        rows = office.notices()
        told = {(row["item"], row["recipient"]) for row in rows if row["state"] == "pending"}
        ends.append(({(row["item"], row["rung"]) for row in rows}, told))
        engine.dispose()
    assert ends[0] == ends[1]


def test_a_moved_due_day_arms_its_rungs_anew(office: Office) -> None:
    from models.clock import opening_of
    from models.database import unit_of_work
    from models.items.plan import AnnualPlan
    from tasks.ladder.arm import reschedule
    from tasks.people.find import find_item

    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-30")
    with unit_of_work(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), number)
        item.due_on = dt.date(2026, 7, 31)
        reschedule(session, item, reason="批准延期", on=dt.date(2026, 6, 30), now=opening_of(dt.date(2026, 6, 30)))
    office.fast_forward("2026-07-31")
    assert [(when, rung) for when, rung, who in office.told() if who == HANDLER and when > "2026-06-30"] == [
        ("2026-07-24", "到期前7天"),
        ("2026-07-28", "到期前3天"),
        ("2026-07-31", "到期当日"),
    ]


def test_the_successor_takes_over_and_no_row_of_the_item_is_rewritten(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    before = office.item(number).model_dump()
    office.fast_forward("2026-06-23")
    office.succeed(HANDLER, "孙接任", on="2026-06-25")
    office.fast_forward("2026-06-26")
    assert {who for when, _rung, who in office.told() if when == "2026-06-26"} == {"孙接任", HEAD}
    assert office.item(number).model_dump() == before


def test_somebody_on_leave_is_answered_for_by_the_deputy(office: Office) -> None:
    office.hire("钱代理")
    office.assign("普法宣传", due="2026-06-30")
    office.leave(HANDLER, first="2026-06-20", last="2026-06-24", deputy="钱代理")
    office.fast_forward("2026-06-26")
    assert [who for _when, _rung, who in office.told()] == ["钱代理", HANDLER, HEAD]
    assert "代理" in office.notices()[0]["why"]


def test_a_deputy_on_leave_passes_the_matter_up(office: Office) -> None:
    office.hire("钱代理")
    office.assign("普法宣传", due="2026-06-30")
    office.leave(HANDLER, first="2026-06-20", last="2026-06-24", deputy="钱代理")
    office.leave("钱代理", first="2026-06-22", last="2026-06-24")
    office.fast_forward("2026-06-23")
    assert office.told() == [("2026-06-23", "到期前7天", HEAD)]


def test_a_rung_that_resolves_to_nobody_at_all_is_on_record(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR):
        office.vacate(name, on="2026-06-01")
    office.fast_forward("2026-06-22")
    swept = office.sweep("2026-06-23")
    assert (swept.raised, swept.skipped) == (0, 1)
    assert office.sweep("2026-06-23").skipped == 0
    assert "无人在岗" in office.notices()[0]["why"]


def test_several_leaders_are_all_escalated_to(office: Office) -> None:
    office.hire("周副局", Role.LEADER, "副局长")
    office.ladder((AFTER, 1, WORKING, [Role.LEADER]))
    office.assign("普法宣传", due="2026-06-30", leaders=(LEADER, "周副局"))
    office.fast_forward("2026-07-01")
    assert {who for _when, _rung, who in office.told()} == {LEADER, "周副局"}
    assert office.inbox("周副局").expect("普法宣传")


def test_a_promise_quiets_the_ladder_until_its_day_and_silence_rearms_it(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-01")
    office.report(number, "下周报结果", on="2026-07-02", next_report="2026-07-09")
    office.fast_forward("2026-07-09")
    assert max(when for when, *_ in office.told()) == "2026-07-01"
    office.fast_forward("2026-07-13")
    again = [(when, rung) for when, rung, who in office.told() if when > "2026-07-09" and who == FIRST]
    assert again == [("2026-07-10", "逾期7个工作日，其后每5个工作日")]


def test_a_promise_kept_lets_the_ladder_go_on_without_repeating_itself(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-01")
    office.report(number, "下周报结果", on="2026-07-02", next_report="2026-07-07")
    office.fast_forward("2026-07-06")
    office.report(number, "已完成八成", on="2026-07-07", percent=80)
    office.fast_forward("2026-07-08")
    assert max(when for when, *_ in office.told()) == "2026-07-01"
    office.fast_forward("2026-07-09")
    assert ("2026-07-09", "逾期7个工作日，其后每5个工作日", FIRST) in office.told()


def test_an_unsigned_item_is_asked_after_and_a_signed_one_is_not(office: Office) -> None:
    office.ladder((UNSIGNED, 2, WORKING, [Role.DEPARTMENT_HEAD]))
    office.today = dt.date(2026, 3, 2)
    office.assign("未签收", due="2026-12-31", on="2026-03-02", sign=False)
    signed = office.assign("已签收", due="2026-12-31", on="2026-03-02", sign=False)
    office.fast_forward("2026-03-03")
    office.report(signed, "收到", on="2026-03-03")
    office.fast_forward("2026-03-31")
    assert office.told() == [("2026-03-04", "未签收满2个工作日", HEAD)]


def test_what_is_closed_before_delivery_is_dropped_with_a_reason(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    office.sweep("2026-06-23")
    office.close(number, on="2026-06-23")
    result = office.send("2026-06-23")
    assert (result.sent, result.dropped) == (1, 1)
    assert "任务已办结" in office.notices()[0]["why"]
    assert "到期前7天" not in office.inbox(HANDLER).expect("办结申请已通过")


def test_what_is_suspended_before_delivery_is_dropped_and_no_empty_mail_leaves(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    office.sweep("2026-06-23")
    office.do(SUPERVISOR, suspend, number, on="2026-06-23", reason="等待上级批复")
    result = office.send("2026-06-23")
    assert (result.sent, result.dropped) == (0, 1)
    assert "督办已停止" in office.notices()[0]["why"]
    assert office.mails() == []


def test_what_was_reassigned_before_delivery_reaches_the_successor_instead(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    office.sweep("2026-06-23")
    office.succeed(HANDLER, "孙接任", on="2026-06-23")
    office.send("2026-06-23")
    assert office.inbox("孙接任").expect("普法宣传")
    assert office.inbox(HANDLER).mails == []
    office.expect_nothing_else()


def test_a_recurring_item_is_supervised_turn_by_turn(office: Office) -> None:
    number = office.assign("按季报送", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", on="2026-01-05")
    assert office.item(number).due_on == dt.date(2026, 3, 31)
    closed = office.close(number, on="2026-03-30")
    assert (closed.on_time, closed.next_due_on) == (True, dt.date(2026, 6, 30))
    office.fast_forward("2026-06-30")
    assert {str(row["due_on"]) for row in office.notices() if row["kind"] == "reminder"} == {"2026-06-30"}
    for turn in ("2026-06-30", "2026-09-30", "2026-12-31"):
        office.close(number, on=turn)
    assert office.item(number).state is ItemState.CLOSED


def test_an_incomplete_draft_cannot_be_issued(office: Office) -> None:
    office.assign("没有时限", due=None, issue=False)
    office.assign("没有责任人", due="2026-06-30", to=None, department=False, issue=False)
    result = office.issue()
    assert result.issued == 0
    assert [row["missing"] for row in result.incomplete] == [["完成时限"], ["责任人"]]


def test_a_running_plan_keeps_its_policy_when_the_preset_is_edited(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    with office.engine.begin() as connection:
        connection.execute(
            text('UPDATE rung SET "offset" = 20 WHERE policy_id IN (SELECT id FROM policy WHERE frozen_hash IS NULL)')
        )
    office.fast_forward("2026-06-23")
    assert office.told() == [("2026-06-23", "到期前7天", HANDLER)]


@pytest.mark.parametrize("preset", list(PRESETS))
def test_each_preset_runs_a_year_and_reaches_the_first_responsible_person(
    engine: Engine, tmp_path: Path, preset: str
) -> None:
    office = Office(engine, tmp_path / "home", preset=preset)
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-31", send=False)
    assert FIRST in {who for _when, _rung, who in office.told()}
    assert {row["late"] for row in office.notices()} == {False}
