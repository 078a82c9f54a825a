"""Stories of instructions that were answered: whose clock runs, whose does not, and what stays on record."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import reading
from models.dates.day_override import office_calendar
from models.dates.span import span_named
from models.errors import ForbiddenError
from models.items.instruction import Instruction, InstructionReply, InstructionState
from models.items.item import DeadlineKind
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.ladder.notice import AT_ONCE, Notice, NoticeKind
from models.scores.scoring import ScoreEvent
from tasks.scores.gather_score_events import gather_score_events
from tests.loop import acts, answer, ask_for_more, light
from tests.office import HANDLER, LEADER, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def late(office: Office, *, until: str) -> list[str]:
    """The late days that a score of the half year knows of by a day."""
    with reading(office.engine) as session:
        plan, calendar = session.get_one(AnnualPlan, office.plan_id), office_calendar(session)
        found = gather_score_events(session, plan, span_named("2026-H1"), calendar=calendar, on=day(until))
        return [str(fact.day) for fact in found.facts if fact.event is ScoreEvent.LATE]


def test_what_was_answered_in_time_is_quiet_whatever_the_leader_does(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    given = office.instruct(number, "月底前报方案", due="2026-06-30", on="2026-06-10")
    answer(office, given, on="2026-06-30", closes=None)
    office.today = day("2026-07-01")
    office.fast_forward("2026-08-03")

    assert [row for row in office.told() if row[0] > "2026-06-30"] == []
    assert str(office.item(number).due_on) == "2026-12-31"
    assert light(office, number) is not Light.RED
    assert late(office, until="2026-08-03") == []
    waits = [line for line in office.heard(LEADER) if "待您办结" in line]
    assert waits == ["您是本任务的分管领导；李承办 2026-06-30 反馈您的批示，已6个工作日，待您办结或要求补充：已落实"]
    [told] = [row for row in office.rows(Notice) if (row.subject or "").startswith("answered:")]
    assert (str(told.raised_on), told.kind) == ("2026-07-08", NoticeKind.APPROVAL)


def test_a_leader_asks_for_more_and_the_clock_runs_again_with_what_was_left(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    given = office.instruct(number, "月底前报方案", due="2026-06-12", on="2026-06-01")
    answer(office, given, on="2026-06-10", closes=None)
    with pytest.raises(ForbiddenError, match="不能对任务 1 要求补充"):
        ask_for_more(office, given, on="2026-06-22", who=HANDLER)
    ask_for_more(office, given, on="2026-06-22")
    [row] = office.rows(Instruction)
    [term] = [one for one in office.deadlines(number) if one.kind is DeadlineKind.INSTRUCTION]
    [reply_] = office.rows(InstructionReply)
    assert (row.state, term.claimed_on, str(term.due_on)) == (InstructionState.SIGNED, None, "2026-06-24")
    assert (reply_.more, office.name_of(reply_.more_by_id), str(reply_.more_on)) == ("请附名单", LEADER, "2026-06-22")
    assert acts(office, number)[-1] == (LEADER, "ask_more")
    [told] = [one for one in office.rows(Notice) if (one.subject or "").startswith("more:")]
    assert (office.name_of(told.recipient_id), told.kind, told.kind in AT_ONCE) == (
        HANDLER, NoticeKind.RETURNED, True,
    )  # fmt: skip
    assert late(office, until="2026-06-22") == []
    office.today = day("2026-06-23")
    office.fast_forward("2026-06-25")
    assert ("2026-06-25", "逾期1个工作日", HANDLER) in office.told()
    answer(office, given, on="2026-06-25", closes=LEADER)
    assert late(office, until="2026-06-30") == ["2026-06-24"]


def test_what_was_answered_late_stays_late(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    given = office.instruct(number, "月底前报方案", due="2026-06-12", on="2026-06-01")
    answer(office, given, on="2026-06-15", closes=None)
    assert len(late(office, until="2026-06-20")) == 1
    ask_for_more(office, given, on="2026-06-22")
    [term] = [one for one in office.deadlines(number) if one.kind is DeadlineKind.INSTRUCTION]
    assert str(term.due_on) == "2026-06-12"
    answer(office, given, on="2026-06-23", closes=LEADER)
    assert len(late(office, until="2026-06-30")) == 1


def test_an_answered_instruction_is_untouched_by_a_return_and_by_a_suspension(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.attach(number, on="2026-06-08")
    office.ask_closure(number, on="2026-06-08")
    given = office.instruct(number, "再核一遍数字", due="2026-06-12", on="2026-06-09")
    answer(office, given, on="2026-06-10", closes=None)
    office.send_back(number, on="2026-06-11")
    office.suspend(number, on="2026-06-12")
    office.resume(number, on="2026-06-22")
    [term] = [one for one in office.deadlines(number) if one.kind is DeadlineKind.INSTRUCTION]
    assert (str(term.claimed_on), term.policy_id, str(term.due_on)) == ("2026-06-10", None, "2026-06-12")
