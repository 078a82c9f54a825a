"""An act that would bring about very many messages asks first, by person, and leaves nothing behind until somebody is
sure.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import on_record
from models.dates.day_override import office_calendar
from models.errors import ManyMessagesError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice
from tasks.notices.ask_first import asking_first
from tasks.plan.issue import issue
from tests.office import HANDLER, SUPERVISOR, Office


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home", ask_above=3)
    for name in ("甲", "乙", "丙"):
        made.hire(name)
        made.assign(f"{name}的事", due="2026-09-30", to=name, issue=False)
    for title in ("一", "二"):
        made.assign(title, due="2026-09-30", issue=False)
    return made


def do(office: Office, *, sure: bool = False) -> None:
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, "2026-06-01")
        plan = session.get_one(AnnualPlan, office.plan_id)
        with asking_first(session, office.settings, by=by, calendar=office_calendar(session), sure=sure):
            issue(session, plan, by=by)


def states(office: Office) -> set[ItemState]:
    return {row.state for row in office.rows(WorkItem)}


def test_it_asks_with_the_list_by_person_and_nothing_is_kept(office: Office) -> None:
    with pytest.raises(ManyMessagesError, match="今天将引出 4 封消息") as asked:
        do(office)
    assert list(asked.value.people) == [(HANDLER, 2), ("丙", 1), ("乙", 1), ("甲", 1)]
    assert states(office) == {ItemState.DRAFT}
    assert office.rows(Notice) == []


def test_who_is_sure_is_not_asked(office: Office) -> None:
    do(office, sure=True)
    assert states(office) == {ItemState.ISSUED}


def test_few_messages_are_no_question_and_the_look_ahead_leaves_no_notice(office: Office) -> None:
    office.settings.ask_above = 4
    do(office)
    assert states(office) == {ItemState.ISSUED}
    assert office.rows(Notice) == []


def test_what_would_leave_anyhow_does_not_count(office: Office) -> None:
    do(office, sure=True)
    office.assign("三", due="2026-09-30", issue=False)
    do(office)
    assert len(states(office)) == 1


def test_nobody_is_named_twice_and_a_storm_for_one_is_one_message(office: Office) -> None:
    for number in range(20):
        office.assign(f"事{number}", due="2026-09-30", issue=False)
    with Session(office.engine), pytest.raises(ManyMessagesError) as asked:
        do(office)
    assert asked.value.messages == 4
    assert dict(asked.value.people)[HANDLER] == 22
