"""Days that were over before the issue: asked about, treated as chosen, armed anew by a moved day."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import reading
from models.dates.day_override import office_calendar
from models.dates.span import span_named
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.lookback import Lookback
from models.papers.document import Document
from models.scores.scoring import ScoreEvent
from tasks.items.show_item import show_item
from tasks.scores.gather_score_events import gather_score_events
from tests.office import FIRST, HANDLER, HEAD, LEADER, Office


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Nobody has issued anything until 11 May, when one day of March is long over and one of May is to come."""
    made = Office(any_engine, tmp_path / "home")
    made.today = dt.date(2026, 5, 11)
    made.assign("一季度调研", due="2026-03-31", issue=False)
    made.assign("五月培训", due="2026-05-20", issue=False)
    return made


def why(office: Office, number: str) -> str:
    def shown(session: Session, item: WorkItem) -> str:
        by, calendar = office.by(session, HANDLER, "2026-05-11"), office_calendar(session)
        return str(show_item(session, item, by=by, calendar=calendar)["deadlines"][0]["why"])

    return office._do(shown, number)


def late(office: Office) -> list[str]:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        span = span_named("2026-Q1")
        found = gather_score_events(session, plan, span, calendar=office_calendar(session), on=dt.date(2026, 6, 30))
        return [fact.number for fact in found.facts if fact.event is ScoreEvent.LATE]


@pytest.mark.parametrize("chosen", list(Lookback))
def test_the_issue_says_which_days_are_past_and_keeps_what_was_chosen(office: Office, chosen: Lookback) -> None:
    done = office.issue(on="2026-05-11", lookback=chosen)

    assert done.past == [{"number": "1", "title": "一季度调研", "due_on": dt.date(2026, 3, 31)}]
    assert f"下达时已过，{chosen.label}" in why(office, "1")
    assert "下达时已过" not in why(office, "2")
    with reading(office.engine) as session:
        (entry,) = session.exec(select(AuditEntry).where(col(AuditEntry.action) == "issue"))
    assert (entry.after["past_days"], entry.after["lookback"]) == (1, chosen.label)
    assert office.issue(on="2026-05-12", lookback=chosen).past == []


def test_by_default_nobody_hears_of_a_day_that_was_past_until_it_is_moved(office: Office) -> None:
    office.issue(on="2026-05-11")
    office.fast_forward("2026-05-29")

    assert {row["item"] for row in office.notices()} == {"2"}
    assert {sheet.item_id for sheet in office.rows(Document)} == {2}
    office.extend("1", to="2026-06-05", on="2026-05-29", late=True)
    office.approve("1", on="2026-05-29")
    office.fast_forward("2026-06-08")
    told = {(str(row["fired_on"]), row["rung"], row["recipient"]) for row in office.notices() if row["item"] == "1"}
    assert {("2026-06-05", "到期当日", HANDLER), ("2026-06-08", "逾期1个工作日", HEAD)} <= told


def test_turns_that_ended_before_the_issue_are_not_armed(office: Office) -> None:
    office.assign("报送统计数据", recurrence="FREQ=MONTHLY;BYMONTHDAY=25", number="月", issue=False)
    office.assign("季度分析", recurrence="FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", number="季", issue=False)

    assert office.issue(on="2026-05-11", sign=False).left_out == 5
    swept = office.sweep("2026-05-11")

    assert [str(one.due_on) for one in office.deadlines("月")][:2] == ["2026-05-25", "2026-06-25"]
    assert [str(one.due_on) for one in office.deadlines("季")] == ["2026-06-30", "2026-09-30", "2026-12-31"]
    assert (swept.escalations, office.rows(Document), late(office)) == (0, [], [])


def test_no_round_of_suspension_return_or_promise_wakes_a_quiet_day(office: Office) -> None:
    office.issue(on="2026-05-11")
    office.suspend("1", on="2026-05-12")
    office.resume("1", on="2026-05-13")
    office.report("1", on="2026-05-13", next_report="2026-05-14")
    office.attach("1", on="2026-05-18")
    office.ask_closure("1", on="2026-05-18")
    office.send_back("1", on="2026-05-19")
    office.fast_forward("2026-05-19")

    assert {row["item"] for row in office.notices() if row["kind"] in ("reminder", "escalation")} == {"2"}


def test_told_only_is_one_notice_to_the_handler(office: Office) -> None:
    office.issue(on="2026-05-11", lookback=Lookback.NOTICE)
    office.fast_forward("2026-05-29")

    (told,) = [row for row in office.notices() if row["item"] == "1"]
    assert (told["recipient"], told["state"], str(told["fired_on"])) == (HANDLER, "sent", "2026-05-11")
    assert office.inbox(HANDLER).expect("一季度调研", "2026-03-31 已过")


def test_the_whole_ladder_escalates_as_it_says(office: Office) -> None:
    office.issue(on="2026-05-11", lookback=Lookback.WHOLE)
    office.sweep("2026-05-11")

    assert {row["recipient"] for row in office.notices() if row["item"] == "1"} == {HANDLER, HEAD, LEADER, FIRST}


@pytest.mark.parametrize(("chosen", "missed"), [(Lookback.NONE, []), (Lookback.NOTICE, []), (Lookback.WHOLE, ["1"])])
def test_a_day_past_at_issue_is_a_miss_only_where_the_whole_ladder_was_chosen(
    office: Office, chosen: Lookback, missed: list[str]
) -> None:
    office.issue(on="2026-05-11", lookback=chosen)
    office.extend("1", to="2026-06-05", on="2026-05-29", late=True)
    office.approve("1", on="2026-05-29")

    assert late(office) == missed
