"""Stories of closing on evidence, sending back and opening again, and of people who come and go."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.clock import OFFICE_ZONE
from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.evidence import Evidence, EvidenceState
from models.items.extension import Extension, ExtensionDecision
from models.items.item import Importance, ItemState
from models.items.plan import AnnualPlan
from tasks.items.close import accept, reopen, request_close
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.people.find import find_item, find_person
from tests.loop import QUARTERLY, explanation
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


@pytest.fixture
def strict_office(any_engine: Engine, tmp_path: Path) -> Office:
    """Extensions and closures pass two levels: the supervisor, then a leader."""
    return Office(any_engine, tmp_path / "home", preset="三级预警")


@pytest.mark.parametrize(
    ("importance", "pieces"), [(Importance.NORMAL, 1), (Importance.IMPORTANT, 1), (Importance.MAJOR, 2)]
)
def test_an_item_closes_on_the_evidence_its_class_asks_for(office: Office, importance: Importance, pieces: int) -> None:
    number = office.assign("普法宣传", due="2026-06-30", importance=importance)
    office.attach(number, "过期证书.txt", on="2026-06-10", expires_on=day("2026-06-20"))
    office.ask_closure(number, on="2026-06-22")
    for had in range(pieces):
        with pytest.raises(ForbiddenError, match=f"佐证材料不足：应有 {pieces} 件，现有 {had} 件"):
            office.accept(number, on="2026-06-24")
        office.attach(number, f"材料{had}.txt", on="2026-06-23")
    office.accept(number, on="2026-06-24")
    [request] = office.rows(ClosureRequest)
    assert (request.state, request.waiver, request.waived_by) == (ClosureState.ACCEPTED, None, None)
    assert {row.name: (row.state, row.id in request.evidence) for row in office.rows(Evidence)} == {
        "过期证书.txt": (EvidenceState.SUBMITTED, False),
        **{f"材料{place}.txt": (EvidenceState.ACCEPTED, True) for place in range(pieces)},
    }


def test_evidence_may_be_waived_with_a_reason_and_a_name(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.ask_closure(number, on="2026-06-22")
    with pytest.raises(BadInputError, match="免证理由不能为空"):
        office.accept(number, on="2026-06-23", waive=" ")
    office.accept(number, on="2026-06-23", waive="现场已核实")
    [request] = office.rows(ClosureRequest)
    assert (request.waiver, request.waived_by, office.name_of(request.waived_by_id), request.evidence) == (
        "现场已核实", SUPERVISOR, SUPERVISOR, [],
    )  # fmt: skip
    assert office.heard(HANDLER) == ["您是本任务的承办人；陈督办审核，办结申请已通过"]


def test_a_word_too_long_is_refused_before_anything_is_written(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.ask_closure(number, on="2026-06-22")
    for more in ({"waive": "长" * 1001}, {"waive": "现场已核实", "comment": "长" * 1001}):
        with pytest.raises(BadInputError, match="超过 1000 字"):
            office.do(SUPERVISOR, accept, number, on="2026-06-23", **more)
    other = office.assign("案卷评查", due="2026-06-30", sign=False)
    with pytest.raises(BadInputError, match="超过 200 字"):
        office.do(HANDLER, object_to, other, on="2026-06-02", reason="不属职责", suggested="长" * 201)


def test_two_levels_review_in_turn_and_the_second_closes(strict_office: Office) -> None:
    office = strict_office
    number = office.assign("普法宣传", due="2026-06-30")
    office.attach(number, on="2026-06-22")
    office.ask_closure(number, on="2026-06-22")
    assert office.accept(number, on="2026-06-23").state is ItemState.REVIEWED
    assert office.heard(LEADER) == ["您是本任务的分管领导；李承办申请办结，待您审核：已办结"]
    with pytest.raises(ForbiddenError, match="现在轮到第 2 级"):
        office.accept(number, on="2026-06-24")
    office.send_back(number, on="2026-06-24", who=LEADER, reason="数字对不上")
    assert (office.item(number).state, office.item(number).returns) == (ItemState.ACTIVE, 1)
    office.ask_closure(number, on="2026-06-26")
    assert [office.accept(number, on="2026-06-29", who=who).state for who in (SUPERVISOR, LEADER)] == [
        ItemState.REVIEWED,
        ItemState.CLOSED,
    ]
    assert [(row.level, office.name_of(row.person_id), row.passed) for row in office.rows(ClosureReview)] == [
        (1, SUPERVISOR, True),
        (2, LEADER, False),
        (1, SUPERVISOR, True),
        (2, LEADER, True),
    ]


def test_t6_done_at_the_last_minute_and_accepted_a_week_later_is_on_time_and_stays_so(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.attach(number, on="2026-06-30")
    office.fast_forward("2026-06-29")
    with unit_of_work(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), number)
        late_evening = replace(
            office.by(session, HANDLER, "2026-06-30"), now=dt.datetime(2026, 6, 30, 23, 59, tzinfo=OFFICE_ZONE)
        )
        request_close(session, item, by=late_evening, statement="已办结")
    office.fast_forward("2026-07-07")
    assert max(when for when, *_ in office.told()) == "2026-06-26"  # nothing while the request waits
    closed = office.accept(number, on="2026-07-07")
    assert (closed.on_time, closed.done_on) == (True, day("2026-06-30"))
    with pytest.raises(ForbiddenError, match=r"现为“已销号”（2026-06-30 销号）"):
        office.report(number, "补充说明", on="2026-07-08")
    assert explanation(office, number) == "原定 2026-06-30；2026-06-30 按期办结"


def test_what_is_sent_back_counts_and_the_ladder_goes_on_where_its_day_says(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-29")
    office.ask_closure(number, on="2026-06-30")
    office.fast_forward("2026-07-08")
    office.send_back(number, on="2026-07-08", reason="材料不全")
    assert office.heard(HANDLER) == ["您是本任务的承办人；陈督办退回办结申请：材料不全"]
    office.fast_forward("2026-07-09")
    assert [(when, rung, who) for when, rung, who in office.told() if when > "2026-06-26"] == [
        ("2026-07-09", "逾期7个工作日，其后每5个工作日", who) for who in (HANDLER, HEAD, LEADER, FIRST)
    ]
    office.ask_closure(number, on="2026-07-10")
    office.send_back(number, on="2026-07-10", reason="还是不全")
    assert office.item(number).returns == 2
    assert not office.close(number, on="2026-07-13").on_time


def test_a_return_needs_a_reason(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.ask_closure(number, on="2026-06-22")
    with pytest.raises(BadInputError, match="退回理由不能为空"):
        office.send_back(number, on="2026-06-23", reason="  ")
    assert office.item(number).state is ItemState.REQUESTED


def test_each_turn_of_a_recurring_item_is_closed_on_evidence_of_its_own(office: Office) -> None:
    number = office.assign("按季报送", recurrence=QUARTERLY, on="2026-01-05")
    office.attach(number, "一季度.txt", on="2026-06-02")
    office.ask_closure(number, on="2026-06-02")
    first = office.accept(number, on="2026-06-02")
    assert (first.state, first.due_on, first.on_time, first.next_due_on) == (
        ItemState.ACTIVE, day("2026-03-31"), False, day("2026-06-30"),
    )  # fmt: skip
    office.ask_closure(number, on="2026-06-29")
    with pytest.raises(ForbiddenError, match="佐证材料不足"):
        office.accept(number, on="2026-06-30")  # the first quarter's figures prove nothing about the second
    office.attach(number, "二季度.txt", on="2026-06-30")
    second = office.accept(number, on="2026-07-06")
    assert (second.on_time, second.next_due_on) == (True, day("2026-09-30"))
    assert (office.item(number).state, str(office.item(number).due_on)) == (ItemState.ACTIVE, "2026-09-30")
    names = {row.id: row.name for row in office.rows(Evidence)}
    assert [[names[piece] for piece in row.evidence] for row in office.rows(ClosureRequest)] == [
        ["一季度.txt"],
        ["二季度.txt"],
    ]


def test_an_item_opened_again_keeps_what_it_was(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-10", on="2026-06-22")
    office.approve(number, on="2026-06-23")
    office.attach(number, on="2026-07-13")
    office.ask_closure(number, on="2026-07-13")
    office.send_back(number, on="2026-07-14")
    office.ask_closure(number, on="2026-07-15")
    assert not office.accept(number, on="2026-07-15").on_time
    for due_on, says in (("2026-08-03", "应晚于 2026-08-03"), ("2026-06-30", "应晚于")):
        with pytest.raises(BadInputError, match=says):
            office.do(SUPERVISOR, reopen, number, on="2026-08-03", reason="群众反映反弹", due_on=day(due_on))
    with pytest.raises(BadInputError, match="重开理由不能为空"):
        office.do(SUPERVISOR, reopen, number, on="2026-08-03", reason="", due_on=day("2026-08-31"))
    office.do(SUPERVISOR, reopen, number, on="2026-08-03", reason="群众反映反弹", due_on=day("2026-08-31"))

    item = office.item(number)
    assert (item.state, item.percent, item.closed_on, str(item.first_closed_on), str(item.due_on)) == (
        ItemState.ACTIVE, 99, None, "2026-07-15", "2026-08-31",
    )  # fmt: skip
    assert (item.returns, item.extensions, item.reopenings) == (1, 1, 1)
    assert explanation(office, number) == (
        "原定 2026-06-30"
        "；2026-06-23 批准延期，由 2026-06-30 改为 2026-07-10（李承办申请延期（上级要求调整），张副局批准）"
        "；2026-07-15 逾期办结"
    )
    assert office.heard(HANDLER)[-1] == "您是本任务的承办人；陈督办重开任务，新的时限 2026-08-31：群众反映反弹"
    office.today = day("2026-08-20")
    office.fast_forward("2026-08-24")
    assert office.told()[-1] == ("2026-08-24", "到期前7天", HANDLER)
    assert office.close(number, on="2026-08-28").on_time
    item = office.item(number)
    assert (str(item.first_closed_on), str(item.closed_on)) == ("2026-07-15", "2026-08-28")


def test_t4_who_has_left_is_told_nothing_of_what_others_do(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-22")
    with unit_of_work(office.engine) as session:
        find_person(session, HANDLER).left_on = day("2026-06-22")
    office.vacate(HANDLER, on="2026-06-23")
    office.approve(number, on="2026-06-23")
    office.send("2026-06-23")
    assert office.inbox(HANDLER).mails == []
    office.inbox(HEAD).expect("本任务没有在岗的承办人，依次由您接收", "新的时限 2026-07-31")
    office.expect_nothing_else()
    with pytest.raises(NotFoundError):
        office.do(HANDLER, record_progress, number, on="2026-06-23", content="在办")


def test_what_was_to_be_told_reaches_the_successor_with_its_words(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.instruct(number, "月底前报方案", due="2026-06-30", on="2026-06-13")  # a Saturday: it waits for Monday
    office.succeed(HANDLER, "孙接任", on="2026-06-15")
    assert office.send("2026-06-13").sent == 0
    office.send("2026-06-15")
    office.inbox("孙接任").expect("批示：", "请于 2026-06-30 前办结：月底前报方案")
    assert office.inbox(HANDLER).mails == []
    office.expect_nothing_else()


def test_an_answer_goes_to_whoever_asked_though_another_handles_the_item(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-22", who=HEAD)
    office.approve(number, on="2026-06-23")
    office.send("2026-06-23")
    office.inbox(HEAD).expect("新的时限 2026-07-31")
    office.expect_nothing_else()


def test_a_deputy_acts_for_who_is_away_and_both_are_on_record(office: Office) -> None:
    office.leave(LEADER, first="2026-06-22", last="2026-06-26", deputy=SUPERVISOR)
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-22")
    office.approve(number, on="2026-06-23", who=SUPERVISOR)
    [decision] = office.rows(ExtensionDecision)
    assert (office.name_of(decision.person_id), office.name_of(decision.for_id)) == (SUPERVISOR, LEADER)


def test_the_successor_of_a_post_does_what_its_holder_could_and_no_row_is_rewritten(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    before = office.item(number).model_dump()
    office.succeed(HANDLER, "孙接任", on="2026-06-15")
    assert office.item(number).model_dump() == before
    for who, on in (("孙接任", "2026-06-14"), (HANDLER, "2026-06-15")):
        with pytest.raises(NotFoundError):
            office.extend(number, to="2026-07-31", on=on, who=who)
    office.extend(number, to="2026-07-31", on="2026-06-15", who="孙接任")
    assert [office.name_of(row.person_id) for row in office.rows(Extension)] == ["孙接任"]
