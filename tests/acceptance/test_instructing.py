"""Stories of instructions, and of the sheets that carry them and the ladder's highest rungs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.instruction import Instruction, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.ladder.light import Light
from models.ladder.notice import Notice
from models.ledgers.leadership_act import LeadershipAct
from models.papers.document import Document, DocumentKind
from tasks.items.answer_instruction import close_instruction, reply, sign_instruction
from tasks.items.instruct import instruct_freely
from tasks.papers.draw_up import draw_up
from tasks.people.find import find_person
from tests.loop import acts, answer, department, light, receipts
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


@pytest.fixture
def strict_office(any_engine: Engine, tmp_path: Path) -> Office:
    """Extensions and closures pass two levels: the supervisor, then a leader."""
    return Office(any_engine, tmp_path / "home", preset="三级预警")


def test_a_leader_answers_an_escalation_by_an_instruction_in_one_step(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-03")
    with unit_of_work(office.engine) as session:
        leader = find_person(session, LEADER)
    [notice] = [row for row in office.rows(Notice) if row.recipient_id == leader.id]
    given = office.instruct(number, "三日内报结果", due="2026-07-08", on="2026-07-06", notice=notice)

    assert given.document.written_number == "督办〔2026〕1号"
    [row] = office.rows(Instruction)
    assert (row.notice_id, row.document_id, row.state) == (notice.id, given.document.id, InstructionState.GIVEN)
    [act] = office.rows(LeadershipAct)
    assert (office.name_of(act.person_id), act.kind.label, str(act.on), act.document_number, act.text) == (
        LEADER, "督办", "2026-07-06", "督办〔2026〕1号", "就“普法宣传”批示：三日内报结果",
    )  # fmt: skip
    assert act.instruction_id == row.id
    line = "您是本任务的承办人；张副局批示（督办〔2026〕1号），请于 2026-07-08 前办结：三日内报结果"
    assert office.heard(HANDLER) == [line]
    assert acts(office, number)[-1] == (LEADER, "instruct")
    other = office.assign("案卷评查", due="2026-12-31")
    with pytest.raises(BadInputError, match="说的不是任务 2"):
        office.instruct(other, "三日内报结果", due="2026-07-08", on="2026-07-06", notice=notice)


def test_an_instruction_has_a_day_of_its_own_that_escalates(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.fast_forward("2026-06-10")
    office.instruct(number, "六月底前报方案", due="2026-06-30", on="2026-06-10")
    assert str(office.item(number).due_on) == "2026-06-30"
    office.report(number, "承诺月底报", on="2026-06-22", next_report="2026-07-02")  # quiets no instruction
    office.fast_forward("2026-07-09")
    assert [(when, rung) for when, rung, who in office.told() if who in (HANDLER, FIRST)] == [
        ("2026-06-23", "到期前7天"),
        ("2026-06-26", "到期前3天"),
        ("2026-06-30", "到期当日"),
        ("2026-07-01", "逾期1个工作日"),
        ("2026-07-03", "逾期3个工作日"),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日"),
        ("2026-07-09", "逾期7个工作日，其后每5个工作日"),
    ]
    assert office.inbox(HANDLER).expect("普法宣传", "批示1", "6月30日（周二）")
    [sheet] = [row for row in office.rows(Document) if row.title.startswith("督办单")]
    assert sheet.facts["matter"] == "普法宣传【批示1】"


def test_an_instruction_is_signed_for_replied_to_and_closed(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    given = office.instruct(number, "月底前报方案", due="2026-06-30", on="2026-06-10")
    with pytest.raises(ForbiddenError, match="还有 1 件批示未办结"):
        office.ask_closure(number, on="2026-06-11")
    with unit_of_work(office.engine) as session:
        instruction = session.get_one(Instruction, given.instruction.id)
        with pytest.raises(ForbiddenError, match="还没有反馈"):
            close_instruction(session, instruction, by=office.by(session, LEADER, "2026-06-11"), outcome="已办")
        sign_instruction(session, instruction, by=office.by(session, HANDLER, "2026-06-11"))
    with unit_of_work(office.engine) as session:
        instruction = session.get_one(Instruction, given.instruction.id)
        with pytest.raises(ForbiddenError, match="已由李承办于 2026-06-11 签收"):
            sign_instruction(session, instruction, by=office.by(session, HEAD, "2026-06-12"))
    answer(office, given, on="2026-06-15")
    [row] = office.rows(Instruction)
    assert (row.state, office.name_of(row.closed_by_id), str(row.closed_on), row.outcome) == (
        InstructionState.CLOSED, SUPERVISOR, "2026-06-15", "落实到位",
    )  # fmt: skip
    assert office.heard(LEADER) == ["您是本任务的分管领导；李承办反馈您的批示：已落实"]
    assert str(office.item(number).due_on) == "2026-12-31"
    office.today = day("2026-06-16")
    office.fast_forward("2026-07-03")
    assert office.told() == []
    with unit_of_work(office.engine) as session, pytest.raises(ForbiddenError, match="已于 2026-06-15 办结"):
        reply(
            session, session.get_one(Instruction, given.instruction.id),
            by=office.by(session, HANDLER, "2026-06-16"), content="再报",
        )  # fmt: skip
    assert office.close(number, on="2026-07-06").on_time


def test_an_instruction_given_while_closure_is_reviewed_keeps_the_item_open(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.attach(number, on="2026-06-22")
    office.ask_closure(number, on="2026-06-22")
    given = office.instruct(number, "再核一遍数字", due="2026-06-25", on="2026-06-23")
    with pytest.raises(ForbiddenError, match="还有 1 件批示未办结"):
        office.accept(number, on="2026-06-24")
    answer(office, given, on="2026-06-24")
    closed = office.accept(number, on="2026-06-24")
    assert (closed.state, closed.done_on, closed.on_time) == (ItemState.CLOSED, day("2026-06-22"), True)


def test_an_instruction_may_be_due_before_the_item_begins(office: Office) -> None:
    number = office.assign("下半年开工", start="2026-07-01", due="2026-12-31")
    office.instruct(number, "先报方案", due="2026-06-19", on="2026-06-10")
    office.fast_forward("2026-06-22")
    assert office.told()[-1] == ("2026-06-22", "逾期1个工作日", HEAD)


def test_a_free_standing_instruction_makes_an_item_of_its_own(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31")
    with unit_of_work(office.engine) as session:
        given = instruct_freely(
            session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, LEADER, "2026-06-10"),
            content="核查反映的问题", due_on=day("2026-06-30"), title="核查来信", handler=find_person(session, HANDLER),
        )  # fmt: skip
    item = office.item("批1")
    assert (item.title, item.state, str(item.due_on), given.document.written_number) == (
        "核查来信", ItemState.ISSUED, "2026-06-30", "督办〔2026〕1号",
    )  # fmt: skip
    assert receipts(office, "批1") == [("法规科", None, None, None)]
    [end] = office.deadlines("批1")
    assert (end.kind, end.id) == (DeadlineKind.FINAL, given.instruction.deadline_id)
    with unit_of_work(office.engine) as session:
        sign_instruction(
            session, session.get_one(Instruction, given.instruction.id), by=office.by(session, HANDLER, "2026-06-11")
        )
    assert office.item("批1").state is ItemState.ACTIVE
    assert receipts(office, "批1") == [("法规科", HANDLER, None, "2026-06-11")]
    with pytest.raises(ForbiddenError, match="还有 1 件批示未办结"):
        office.ask_closure("批1", on="2026-06-12")
    answer(office, given, on="2026-06-12", closes=None)
    office.fast_forward("2026-07-20")
    assert light(office, "批1") is not Light.RED
    with unit_of_work(office.engine) as session:
        instruction = session.get_one(Instruction, given.instruction.id)
        close_instruction(session, instruction, by=office.by(session, LEADER, "2026-07-20"), outcome="属实")
    closed = office.item("批1")
    assert (closed.state, str(closed.closed_on), closed.percent) == (ItemState.CLOSED, "2026-06-12", 100)


def test_a_leader_instructs_whom_he_leads_and_of_what_is_refused_nothing_stays(office: Office) -> None:
    office.department("宣传科", "吴科长")
    office.assign("普法宣传", due="2026-12-31")
    before = {table: len(office.rows(table)) for table in (WorkItem, Instruction, Document, Deadline, Receipt)}
    elsewhere = department(office, "宣传科")
    for who in (LEADER, SUPERVISOR, OUTSIDER):
        with pytest.raises((ForbiddenError, NotFoundError)), unit_of_work(office.engine) as session:
            instruct_freely(
                session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, who, "2026-06-10"),
                content="核查", due_on=day("2026-06-30"), title="核查来信", department=elsewhere,
            )  # fmt: skip
    assert {table: len(office.rows(table)) for table in before} == before


def test_the_rung_that_carries_a_sheet_draws_it_up_once_a_turn(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-16")
    for on in ("2026-07-16", "2026-07-16"):
        office.sweep(on)
    sheets = [(row.written_number, row.title, str(row.issued_on), row.person_id) for row in office.rows(Document)]
    assert sheets == [
        ("督办〔2026〕1号", "督办单：普法宣传", "2026-07-09", None),
        ("督办〔2026〕2号", "督办单：普法宣传", "2026-07-16", None),
    ]
    facts = office.rows(Document)[0].facts
    assert (facts["lead_unit"], facts["lead_leader"], facts["due_on"], facts["overdue_words"], facts["colour"]) == (
        "法规科", LEADER, "2026-06-30", "逾期7个工作日", "red",
    )  # fmt: skip


def test_numbers_run_by_year_and_kind(office: Office) -> None:
    def number(kind: DocumentKind, on: str) -> str:
        with unit_of_work(office.engine) as session:
            made = draw_up(
                session, organ_id=office.organ_id, kind=kind, title="一张单子", issued_on=day(on),
                by=office.by(session, SUPERVISOR, on), facts={},
            )  # fmt: skip
            return made.written_number

    asked = [
        (DocumentKind.SHEET, "2026-12-31"),
        (DocumentKind.URGING, "2026-12-31"),
        (DocumentKind.SHEET, "2026-12-31"),
        (DocumentKind.SHEET, "2027-01-01"),
    ]
    assert [number(kind, on) for kind, on in asked] == [
        "督办〔2026〕1号",
        "催办〔2026〕1号",
        "督办〔2026〕2号",
        "督办〔2027〕1号",
    ]


def test_eight_who_draw_at_once_leave_no_gap_though_one_of_them_fails(office: Office) -> None:
    start = Barrier(8)

    def draw(place: int) -> int:
        start.wait()
        with unit_of_work(office.engine) as session:
            made = draw_up(
                session, organ_id=office.organ_id, kind=DocumentKind.SHEET, title=f"第{place}张",
                issued_on=day("2026-06-10"), by=office.by(session, SUPERVISOR, "2026-06-10"), facts={},
            )  # fmt: skip
            if place == 3:
                raise RuntimeError("power cut")
            return made.number

    with ThreadPoolExecutor(8) as pool:
        drawn = [pool.submit(draw, place) for place in range(8)]
        failed = [future.exception() for future in drawn]
    assert [str(error) for error in failed if error] == ["power cut"]
    assert sorted(future.result() for future in drawn if not future.exception()) == [1, 2, 3, 4, 5, 6, 7]
    assert sorted(row.number for row in office.rows(Document)) == [1, 2, 3, 4, 5, 6, 7]
