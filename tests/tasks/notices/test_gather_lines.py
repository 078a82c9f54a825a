"""What messages tell of an item, told as stories: who is asked what, and where a link leads."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select, update

from models.clock import opening_of
from models.database import reading, unit_of_work
from models.items.item import WorkItem
from models.ladder.message import Message
from models.ladder.notice import Notice, NoticeState
from models.people.person import Person, Role
from tasks.items.answer_instruction import reply, sign_instruction
from tasks.items.close import reopen
from tasks.items.object_to import object_to
from tasks.items.transfer import transfer
from tasks.notices.gather_lines import NoticeLine, action_path, gather_lines
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


def bundled(office: Office, on: str, *names: str) -> dict[str, int]:
    """A message with all that waits for each of these people, by name."""
    at, made = opening_of(day(on)), {}
    with unit_of_work(office.engine) as session:
        for name in names:
            person = find_person(session, name)
            message = Message(
                recipient_id=person.id or 0, on=day(on), reference=f"<{on}.{person.id}>", channels=["mail"],
                channel="mail", next_try_at=at, made_at=at,
            )  # fmt: skip
            session.add(message)
            session.flush()
            made[name] = message.id or 0
            waiting = select(Notice).where(Notice.recipient_id == person.id, Notice.state == NoticeState.PENDING)
            for notice in session.exec(waiting):
                notice.message_id = message.id
    return made


def told(office: Office, name: str, on: str) -> list[NoticeLine]:
    """The lines that wait for somebody on the day."""
    [message] = bundled(office, on, name).values()
    with reading(office.engine) as session:
        return list(gather_lines(session, [message], on=day(on)).get(message, ()))


def steps(office: Office, name: str, on: str) -> list[tuple[str, str]]:
    return [(line.step.words, line.path) for line in told(office, name, on)]


def test_a_line_says_who_does_the_item_and_how_far_it_is(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.report("1", "第一段\n第二段", on="2026-06-20")
    office.report("1", "已完成初稿", on="2026-06-24")
    office.sweep("2026-06-26")

    [line] = told(office, HANDLER, "2026-06-26")
    assert (line.title, line.project, line.unit, line.handler) == ("普法宣传", "法治建设", "法规科", HANDLER)
    assert (line.progress, line.progress_on) == ("已完成初稿", dt.date(2026, 6, 24))
    assert line.contact is not None
    assert line.contact.name == SUPERVISOR
    assert line.open_path == f"/notices/open/{line.notice_id}"


def test_a_deputy_is_told_for_whom(office: Office) -> None:
    office.hire("孙代办")
    office.leave(HANDLER, first="2026-06-25", last="2026-06-30", deputy="孙代办")
    office.assign("普法宣传", due="2026-06-29")
    office.sweep("2026-06-26")

    [line] = told(office, "孙代办", "2026-06-26")
    assert line.why.startswith(f"代{HANDLER}（请假）收，{HANDLER}是本任务的承办人")
    assert line.step.words == "填报进展"


@pytest.mark.parametrize(
    ("on", "asked"),
    [
        ("2026-06-26", ("填报进展", "report")),
        ("2026-06-29", ("申请办结", "request-close")),
        ("2026-06-30", ("填报进展", "report")),
    ],
)
def test_whoever_does_it_reports_and_on_the_last_day_asks_for_closure(
    office: Office, on: str, asked: tuple[str, str]
) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.sweep(on)
    assert steps(office, HANDLER, on) == [(asked[0], f"/items/1/{asked[1]}")]


def test_what_is_not_signed_for_is_signed_first(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29", sign=False, on="2026-06-26")
    office.sweep("2026-06-26")
    assert set(steps(office, HANDLER, "2026-06-26")) == {("签收", "/items/1/sign")}


def test_a_leader_is_led_to_an_instruction_and_its_answer_back_to_it(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-10")
    office.sweep("2026-06-15")
    assert ("批示", "/items/1/instruct") in steps(office, LEADER, "2026-06-15")

    given = office.instruct("1", "抓紧", due="2026-06-20", on="2026-06-15").instruction
    lines = told(office, HANDLER, "2026-06-16")
    asked = next(line for line in lines if line.said)
    assert (asked.step.words, asked.path) == ("签收批示", f"/items/1/sign-instruction?instruction={given.id}")
    with unit_of_work(office.engine) as session:
        given = session.merge(given)
        sign_instruction(session, given, by=office.by(session, HANDLER, "2026-06-16"))
    assert again(office, asked, "2026-06-16") == f"/items/1/reply?instruction={given.id}"
    with unit_of_work(office.engine) as session:
        reply(session, session.merge(given), by=office.by(session, HANDLER, "2026-06-17"), content="已办")
    assert (f"/items/1/close-instruction?instruction={given.id}") in [
        line.path for line in told(office, LEADER, "2026-06-17")
    ]


def test_requests_lead_to_their_decision_and_decisions_to_what_follows(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.extend("1", to="2026-07-10", on="2026-06-20")
    [asked] = told(office, LEADER, "2026-06-20")
    assert (asked.step.words, asked.path) == ("审批延期", "/items/1/approve")
    office.refuse("1", on="2026-06-21")
    assert steps(office, HANDLER, "2026-06-21") == [("填报进展", "/items/1/report")]

    office.ask_closure("1", on="2026-06-22")
    assert steps(office, SUPERVISOR, "2026-06-22") == [("审核办结", "/items/1/accept")]
    office.send_back("1", on="2026-06-23")
    assert ("申请办结", "/items/1/request-close") in steps(office, HANDLER, "2026-06-23")


def test_an_objection_is_answered_and_a_transfer_signed_for(office: Office) -> None:
    office.hire("孙代办")
    office.assign("普法宣传", due="2026-06-29", sign=False, on="2026-06-01")
    office.do(HANDLER, object_to, "1", on="2026-06-01", reason="不属本科室")
    assert steps(office, SUPERVISOR, "2026-06-01") == [("转办或退回", "/items/1/transfer")]
    with reading(office.engine) as session:
        other = find_person(session, "孙代办")
    office.do(SUPERVISOR, transfer, "1", on="2026-06-02", reason="转办", handler=other)
    assert steps(office, "孙代办", "2026-06-02") == [("签收", "/items/1/sign")]


def test_what_is_done_meanwhile_leads_to_the_item(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.sweep("2026-06-26")
    [line] = told(office, HANDLER, "2026-06-26")
    office.ask_closure("1", on="2026-06-26")
    assert again(office, line, "2026-06-26") == "/items/1"


def again(office: Office, line: NoticeLine, on: str) -> str:
    """Where the link of the line leads now."""
    with reading(office.engine) as session:
        return action_path(session, session.get_one(Notice, line.notice_id), on=day(on))


def test_a_post_without_anybody_is_answered_for_by_the_next_who_looks_at_the_item(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.vacate(HANDLER, on="2026-06-20")
    office.sweep("2026-06-22")
    assert steps(office, HEAD, "2026-06-22") == [("查看任务", "/items/1")]


def test_a_sheet_goes_to_leaders_who_may_read_it(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-01")
    office.sweep("2026-06-10")
    people = bundled(office, "2026-06-10", HANDLER, HEAD, LEADER, FIRST)
    with reading(office.engine) as session:
        lines = gather_lines(session, people.values(), on=day("2026-06-10"))
    sheets = {name: [line.sheet is not None for line in lines[message]] for name, message in people.items()}
    assert sheets == {HANDLER: [False], HEAD: [False], LEADER: [True], FIRST: [True]}
    packed = [lines[people[name]][0].sheet.pack() for name in (LEADER, FIRST)]  # type: ignore[union-attr]
    assert packed[0] is packed[1]
    assert packed[0].name == "督办〔2026〕1号.docx"


def test_a_calendar_learns_of_days_that_are_new_moved_or_gone(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29", sign=False, on="2026-06-01")
    office.sweep("2026-06-01")
    [new] = told(office, HANDLER, "2026-06-01")
    office.issue(on="2026-06-01")
    office.extend("1", to="2026-07-10", on="2026-06-20")
    office.approve("1", on="2026-06-21")
    moved = told(office, HANDLER, "2026-06-21")[-1]
    office.close("1", on="2026-06-22")
    gone = told(office, HANDLER, "2026-06-22")[-1]
    known = [(line.event.sequence, line.event.gone) for line in (new, moved, gone) if line.event]
    assert known == [(0, False), (1, False), (2, True)]
    assert len({line.deadline_id for line in (new, moved, gone)}) == 1


def test_a_calendar_is_told_of_a_move_once(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.extend("1", to="2026-07-10", on="2026-06-20")
    office.approve("1", on="2026-06-21")
    assert [line.event is not None for line in told(office, HANDLER, "2026-06-21")] == [True]
    with unit_of_work(office.engine) as session:
        session.execute(update(Notice).values(state=NoticeState.SENT))
    office.sweep("2026-07-07")
    assert [line.event for line in told(office, HANDLER, "2026-07-07")] == [None]


def test_a_reopened_item_brings_a_new_day(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.close("1", on="2026-06-22")
    office.do(SUPERVISOR, reopen, "1", on="2026-06-23", reason="群众反映反弹", due_on=day("2026-08-31"))
    lines = [line for line in told(office, HANDLER, "2026-06-23") if "重开" in line.said]
    assert [(line.event is not None, line.step.words) for line in lines] == [(True, "填报进展")]


def test_the_supervisors_deputy_is_named_while_he_is_away(office: Office) -> None:
    office.hire("孙代办")
    office.leave(SUPERVISOR, first="2026-06-25", last="2026-06-30", deputy="孙代办")
    office.assign("普法宣传", due="2026-06-29")
    office.sweep("2026-06-26")
    [line] = told(office, HANDLER, "2026-06-26")
    assert line.contact is not None
    assert line.contact.name == "孙代办"


def test_an_ordinary_reminder_leaves_the_calendar_alone(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.sweep("2026-06-26")
    assert [line.event for line in told(office, HANDLER, "2026-06-26")] == [None]


@pytest.mark.parametrize("count", [1, 40])
def test_however_many_there_are_the_same_few_questions_are_asked(office: Office, count: int) -> None:
    for place in range(count):
        office.assign(f"任务{place}", due="2026-06-01", issue=False)
    office.issue()
    office.sweep("2026-06-10")
    people = bundled(office, "2026-06-10", HANDLER, HEAD, LEADER, FIRST)
    asked: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with reading(office.engine) as session:
        lines = gather_lines(session, people.values(), on=day("2026-06-10"))
    assert sum(map(len, lines.values())) == 4 * count
    assert len(asked) <= 14


def test_both_databases_tell_the_same(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path)
    office.hire("孙代办")
    office.leave(LEADER, first="2026-06-09", last="2026-06-30", deputy="孙代办")
    office.assign("普法宣传", due="2026-06-01")
    office.report("1", "已完成初稿", on="2026-06-01")
    office.sweep("2026-06-10")
    [line] = told(office, "孙代办", "2026-06-10")
    assert line.why.startswith(f"代{LEADER}（请假）收")
    assert (line.handler, line.progress, line.step.words) == (HANDLER, "已完成初稿", "批示")
    assert line.sheet is not None


def test_an_internal_item_and_a_stub_are_marked(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    office.assign("涉密事项", due="2026-06-29")
    with unit_of_work(office.engine) as session:
        mark(session, "普法宣传")
    office.sweep("2026-06-26")
    assert [line.internal for line in told(office, HANDLER, "2026-06-26")] == [True, True]


def mark(session: Session, title: str) -> None:
    item = session.exec(select(WorkItem).where(WorkItem.title == title)).one()
    item.internal_only = True
    session.add(item)


def test_whoever_left_the_office_supervises_no_more(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-29")
    with unit_of_work(office.engine) as session:
        find_person(session, SUPERVISOR).mobile = "13800000000"
    office.hire("吴督办", Role.SUPERVISOR)
    office.vacate(SUPERVISOR, on="2026-06-25")
    office.sweep("2026-06-26")
    [line] = told(office, HANDLER, "2026-06-26")
    assert line.contact is not None
    assert (line.contact.name, line.contact.phone) == ("吴督办", "")
    assert office.rows(Person)
