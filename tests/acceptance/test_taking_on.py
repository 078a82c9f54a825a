"""Stories of signing, objecting, giving elsewhere, and reporting."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.clock import opening_of
from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.item import ItemState
from models.items.objection import Objection
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.people.organ import Department
from tasks.items.close import reopen
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.split import split
from tasks.items.transfer import transfer
from tasks.people.find import find_person
from tests.loop import HELPER, department, receipts
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


@pytest.fixture
def strict_office(any_engine: Engine, tmp_path: Path) -> Office:
    """Extensions and closures pass two levels: the supervisor, then a leader."""
    return Office(any_engine, tmp_path / "home", preset="三级预警")


def test_each_unit_signs_for_itself_with_person_day_and_time(office: Office) -> None:
    helper = office.department("财务科", HELPER)
    number = office.assign("普法宣传", due="2026-12-31", sign=False, helping=(helper,))
    office.do(HELPER, sign, number, on="2026-06-02")
    assert office.item(number).state is ItemState.ISSUED
    office.do(HANDLER, sign, number, on="2026-06-03")
    assert office.item(number).state is ItemState.ACTIVE
    assert receipts(office, number) == [
        ("法规科", HANDLER, None, "2026-06-03"),
        ("财务科", HELPER, None, "2026-06-02"),
    ]
    times = [opening_of(day("2026-06-03")), opening_of(day("2026-06-02"))]
    assert [row.signed_at for row in office.rows(Receipt)] == times
    with pytest.raises(ForbiddenError, match="法规科已由李承办于 2026-06-03 签收"):
        office.do(HANDLER, sign, number, on="2026-06-04")
    with pytest.raises(ForbiddenError, match="财务科已由钱科长于 2026-06-02 签收"):
        office.do(HELPER, sign, number, on="2026-06-04")


def test_a_deputy_signs_in_the_holders_name_and_both_are_on_record(office: Office) -> None:
    office.hire("孙代理")
    office.leave(HANDLER, first="2026-06-01", last="2026-06-05", deputy="孙代理")
    number = office.assign("普法宣传", due="2026-12-31", sign=False)
    with pytest.raises(ForbiddenError, match="签收"):
        office.do("孙代理", sign, number, on="2026-06-08")  # the leave is over
    office.do("孙代理", sign, number, on="2026-06-02")
    assert receipts(office, number) == [("法规科", "孙代理", HANDLER, "2026-06-02")]
    [entry] = [row for row in office.rows(AuditEntry) if row.action == "sign"]
    assert (entry.actor, office.name_of(entry.for_id)) == ("孙代理", HANDLER)


def test_every_unit_is_asked_to_sign_and_none_once_it_has(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科", "吴科长"))
    number = office.assign("普法宣传", due="2026-12-31", sign=False, helping=units)
    office.fast_forward("2026-06-02")
    office.do(HELPER, sign, number, on="2026-06-02")
    office.fast_forward("2026-06-30")
    assert Counter(office.told()) == {
        ("2026-06-01", "下达待签收", HANDLER): 1,
        ("2026-06-01", "下达待签收", HELPER): 1,
        ("2026-06-01", "下达待签收", "吴科长"): 1,
        ("2026-06-03", "未签收满2个工作日", HANDLER): 1,
        ("2026-06-03", "未签收满2个工作日", HEAD): 1,
        ("2026-06-03", "未签收满2个工作日", "吴科长"): 1,
    }
    office.inbox(HANDLER).expect("待签收", "下达待签收")
    office.inbox(HANDLER).expect("待签收", "未签收满2个工作日")
    office.inbox(HEAD).expect("待签收")
    office.inbox(HELPER).expect("待签收", "您是配合科室“财务科”的科室负责人")
    office.inbox("吴科长").expect("您是配合科室“宣传科”的科室负责人", "下达待签收")
    office.inbox("吴科长").expect("您是配合科室“宣传科”的科室负责人", "未签收满2个工作日")
    office.expect_nothing_else()


def test_who_signs_before_the_mail_leaves_is_not_asked_and_the_others_are(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科", "吴科长"))
    number = office.assign("普法宣传", due="2026-12-31", sign=False, helping=units)
    office.sweep("2026-06-01")
    office.do(HANDLER, sign, number, on="2026-06-01")
    office.do(HELPER, sign, number, on="2026-06-01")
    office.send("2026-06-01")
    assert office.inbox("吴科长").expect("宣传科")
    assert office.inbox(HANDLER).mails == office.inbox(HELPER).mails == []


def test_a_unit_without_a_head_is_asked_through_whoever_is_in_charge(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科"))
    office.leave(HELPER, first="2026-06-03", last="2026-06-03", deputy=SUPERVISOR)
    office.assign("普法宣传", due="2026-12-31", helping=units)
    office.fast_forward("2026-06-05")
    assert Counter(office.told()) == {
        ("2026-06-01", "下达待签收", HELPER): 1,
        ("2026-06-01", "下达待签收", LEADER): 1,
        ("2026-06-03", "未签收满2个工作日", SUPERVISOR): 1,
        ("2026-06-03", "未签收满2个工作日", LEADER): 1,
    }
    office.inbox(LEADER).expect("本任务没有在岗的科室负责人，依次由您接收", "下达待签收")


def test_whoever_answers_for_two_units_is_asked_for_each(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科", "吴科长"))
    office.leave("吴科长", first="2026-06-01", last="2026-06-30", deputy=HELPER)
    number = office.assign("普法宣传", due="2026-12-31", helping=units)
    office.sweep("2026-06-01")
    assert [who for _when, _rung, who in office.told()] == [HELPER, HELPER]
    office.do(HELPER, sign, number, on="2026-06-01")
    office.send("2026-06-01")
    assert Counter(row["state"] for row in office.notices()) == {"sent": 1, "dropped": 1}


def test_a_unit_with_nobody_above_it_is_on_record(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31", helping=(office.department("宣传科"),))
    for name in (LEADER, FIRST, SUPERVISOR):
        office.vacate(name, on="2026-06-01")
    office.sweep("2026-06-01")
    assert [(row["state"], row["recipient"]) for row in office.notices()] == [("dropped", None)]
    assert "配合科室及以上各级均无人在岗" in office.notices()[0]["why"]


def test_what_is_issued_after_the_mornings_sweep_is_asked_after_the_next_morning(office: Office) -> None:
    office.sweep("2026-06-01")
    office.assign("普法宣传", due="2026-12-31", sign=False, on="2026-06-01")
    office.sweep("2026-06-01")
    office.sweep("2026-06-02")
    assert [(rung, who) for _when, rung, who in office.told()] == [("下达待签收", HANDLER)]
    assert {row["late"] for row in office.notices()} == {False}


def test_an_objection_is_heard_for_three_working_days_and_its_dismissal_is_final(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31", sign=False)
    late = office.assign("案卷评查", due="2026-12-31", sign=False)
    office.do(HANDLER, object_to, number, on="2026-06-04", reason="不属本科室职责", suggested="宣传科")
    with pytest.raises(ForbiddenError, match=r"转办异议须在 3 个工作日内（2026-06-04 前含当日）提出"):
        office.do(HANDLER, object_to, late, on="2026-06-05", reason="不属本科室职责")
    assert (office.item(number).state, office.item(late).state) == (ItemState.OBJECTED, ItemState.ISSUED)
    assert office.heard(SUPERVISOR) == ["您是本任务的督办员；李承办提出转办异议，待您转办或退回"]

    office.send_back(number, on="2026-06-05", reason="职责分工第三条")
    assert office.item(number).state is ItemState.ISSUED
    assert office.heard(HANDLER) == ["您是本任务的承办人；陈督办未采纳转办异议：职责分工第三条"]
    [row] = office.rows(Objection)
    assert (row.suggested, row.upheld, office.name_of(row.decided_by_id), str(row.decided_on), row.answer) == (
        "宣传科", False, SUPERVISOR, "2026-06-05", "职责分工第三条",
    )  # fmt: skip
    with pytest.raises(ForbiddenError, match="已答复过"):
        office.do(HANDLER, object_to, number, on="2026-06-04", reason="还是不属本科室职责")
    assert office.item(number).returns == 0


def test_an_objection_upheld_gives_the_item_elsewhere_and_the_ladder_of_signing_starts_anew(office: Office) -> None:
    office.department("宣传科", "吴科长")
    number = office.assign("普法宣传", due="2026-12-31", sign=False)
    office.fast_forward("2026-06-03")
    office.do(HANDLER, object_to, number, on="2026-06-04", reason="不属本科室职责")
    office.fast_forward("2026-06-04")
    office.do(
        SUPERVISOR, transfer, number, on="2026-06-04", reason="属宣传科职责", department=department(office, "宣传科")
    )
    assert receipts(office, number) == [("法规科", None, None, None), ("宣传科", None, None, None)]
    assert [row.upheld for row in office.rows(Objection)] == [True]
    office.fast_forward("2026-06-12")
    assert [row for row in office.told() if row[0] > "2026-06-04"] == [
        ("2026-06-05", "下达待签收", "吴科长"),
        ("2026-06-08", "未签收满2个工作日", "吴科长"),
    ]
    with pytest.raises(NotFoundError):
        office.do(HANDLER, sign, number, on="2026-06-12")  # no longer any of his business
    office.do("吴科长", sign, number, on="2026-06-12")
    assert receipts(office, number) == [("法规科", None, None, None), ("宣传科", "吴科长", None, "2026-06-12")]
    assert office.item(number).assignments == 2


def test_what_was_signed_for_stays_signed_for_when_it_goes_to_another(office: Office) -> None:
    office.hire("孙接任")
    number = office.assign("普法宣传", due="2026-12-31")
    with unit_of_work(office.engine) as session:
        successor = find_person(session, "孙接任")
    with pytest.raises(BadInputError, match="请写明转给哪个科室"):
        office.do(HEAD, transfer, number, on="2026-06-08", reason="分工调整")
    office.do(HEAD, transfer, number, on="2026-06-08", reason="分工调整", handler=successor)
    assert receipts(office, number) == [("法规科", HANDLER, None, "2026-06-01"), ("法规科", None, None, None)]
    assert office.heard("孙接任") == ["您是本任务的承办人；王科长将本任务转您办理，请签收"]
    with pytest.raises(BadInputError, match="本来就由其承办"):
        office.do(HEAD, transfer, number, on="2026-06-08", reason="分工调整", handler=successor)


def test_a_head_gives_work_to_his_own_people_only_and_does_not_answer_his_own_units_objection(office: Office) -> None:
    office.department("宣传科", "吴科长")
    office.hire("孙接任")
    number = office.assign("普法宣传", due="2026-12-31", sign=False)
    with pytest.raises(ForbiddenError, match="只能在本科室内转办"):
        office.do(HEAD, transfer, number, on="2026-06-02", reason="不归我们", department=department(office, "宣传科"))
    office.do(HANDLER, object_to, number, on="2026-06-02", reason="不属本科室职责")
    with unit_of_work(office.engine) as session:
        successor = find_person(session, "孙接任")
    with pytest.raises(ForbiddenError, match="异议"):
        office.do(HEAD, transfer, number, on="2026-06-02", reason="分工调整", handler=successor)
    assert [row.upheld for row in office.rows(Objection)] == [None]


def test_an_item_split_among_its_units_closes_after_all_of_them(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科", "吴科长"))
    number = office.assign("普法宣传", due="2026-06-30", helping=units)
    made = office.do(SUPERVISOR, split, number, on="2026-06-03", due_on=day("2026-06-19"))
    assert [(child.number, child.title, str(child.due_on), child.state) for child in made] == [
        ("1-1", "普法宣传（财务科）", "2026-06-19", ItemState.ISSUED),
        ("1-2", "普法宣传（宣传科）", "2026-06-19", ItemState.ISSUED),
    ]
    office.fast_forward("2026-06-03")
    assert [row for row in office.told() if row[0] == "2026-06-03" and row[1] == "下达待签收"] == [
        ("2026-06-03", "下达待签收", HELPER),
        ("2026-06-03", "下达待签收", "吴科长"),
    ]
    for child, head in (("1-1", HELPER), ("1-2", "吴科长")):
        with pytest.raises(ForbiddenError, match="尚未销号，不能申请办结"):
            office.ask_closure(number, on="2026-06-10")
        office.do(head, sign, child, on="2026-06-10")
        office.close(child, on="2026-06-11")
    assert office.close(number, on="2026-06-12").state is ItemState.CLOSED
    with pytest.raises(ForbiddenError, match="请先重开任务 1"):
        office.do(SUPERVISOR, reopen, "1-1", on="2026-06-15", reason="漏了一项", due_on=day("2026-06-30"))


def test_a_sub_item_takes_a_number_that_is_free(office: Office) -> None:
    units = (office.department("财务科", HELPER), office.department("宣传科", "吴科长"))
    office.assign("普法宣传", number="1", due="2026-06-30", helping=units)
    office.assign("普法宣传之一", number="1-1", due="2026-06-30")
    assert [child.number for child in office.do(SUPERVISOR, split, "1", on="2026-06-03")] == ["1-2", "1-3"]
    with pytest.raises(BadInputError, match="没有尚未分办的配合科室"):
        office.do(SUPERVISOR, split, "1", on="2026-06-03")


def test_progress_stands_beside_even_progress_and_a_helpers_word_does_not_move_the_item(office: Office) -> None:
    helper = office.department("财务科", HELPER)
    number = office.assign("普法宣传", start="2026-06-01", due="2026-06-10", sign=False, helping=(helper,))
    office.do(HELPER, record_progress, number, on="2026-06-02", content="已拨付经费", percent=90)
    assert (office.item(number).state, office.item(number).percent) == (ItemState.ISSUED, 0)
    office.report(number, "已印制材料", on="2026-06-03", percent=20)
    office.do(HELPER, record_progress, number, on="2026-06-04", content="完成结算", percent=100)
    item = office.item(number)
    assert (item.state, item.percent, str(item.reported_on)) == (ItemState.ACTIVE, 20, "2026-06-03")
    names = {row.id: row.name for row in office.rows(Department)}
    assert [(names.get(row.department_id), row.percent, row.planned) for row in office.rows(ProgressEntry)] == [
        ("财务科", 90, 20),
        (None, 20, 30),
        ("财务科", 100, 40),
    ]


def test_a_helper_cannot_quiet_the_ladder_by_a_promise(office: Office) -> None:
    helper = office.department("财务科", HELPER)
    number = office.assign("普法宣传", due="2026-06-30", helping=(helper,))
    office.fast_forward("2026-06-29")
    office.do(HELPER, record_progress, number, on="2026-06-29", content="在办", next_report_on=day("2026-07-09"))
    office.fast_forward("2026-07-01")
    assert [who for when, _rung, who in office.told() if when == "2026-07-01"] == [HANDLER, HEAD]


def test_an_entry_written_for_an_earlier_day_does_not_turn_progress_back(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.report(number, on="2026-06-10", percent=60)
    office.report(number, "补录上周情况", on="2026-06-05", percent=30)
    assert (office.item(number).percent, str(office.item(number).reported_on)) == (60, "2026-06-10")
    office.report(number, "未写进度", on="2026-06-12")
    office.report(number, "补录", on="2026-06-11", percent=70)
    assert office.item(number).percent == 70  # the newest entry that names a figure


def test_a_promise_made_before_the_start_does_not_wake_the_ladder_early(office: Office) -> None:
    number = office.assign("下月开工", start="2026-06-29", due="2026-06-30")
    office.report(number, "已备料", on="2026-06-02", next_report="2026-06-05")
    office.fast_forward("2026-06-28")
    assert office.told() == []
    office.fast_forward("2026-06-29")
    assert {when for when, *_ in office.told()} == {"2026-06-29"}


def test_t9_an_item_that_was_signed_for_escalates_months_later(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-10-30")
    office.report(number, "收到，正在办理", on="2026-06-02", percent=5, next_report="2026-06-10")
    office.today = dt.date(2026, 10, 20)
    office.fast_forward("2026-11-10")
    reached = [(when, rung) for when, rung, who in office.told() if who == FIRST]
    assert reached == [("2026-11-10", "逾期7个工作日，其后每5个工作日")]


def test_t12_a_promise_made_after_the_mornings_sweep_holds_back_what_it_raised(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-22")
    office.sweep("2026-06-23")
    office.report(number, "后天报结果", on="2026-06-23", next_report="2026-06-25")
    result = office.send("2026-06-23")
    assert (result.sent, result.dropped) == (0, 1)
    assert "已承诺再次报告" in office.notices()[0]["why"]
    office.today = day("2026-06-24")
    office.fast_forward("2026-06-26")
    assert [when for when, *_ in office.told()] == ["2026-06-26", "2026-06-26"]
