"""Snoozing: one's own reminders of one day wait until a day; what escalates does not."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.errors import BadInputError, ForbiddenError
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.snooze import Snooze
from tasks.items.milestone import add_milestone, reach_milestone
from tasks.items.snooze import snooze
from tests.item_forms import fill
from tests.office import HANDLER, HEAD, SUPERVISOR, Office, day
from tests.web import Web


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    return made


def hold(office: Office, until: str, on: str = "2026-06-22", who: str = HANDLER) -> Snooze:
    held: Snooze = office.do(who, snooze, "1", on=on, until_on=day(until))
    return held


def reminders(office: Office, who: str = HANDLER) -> set[tuple[dt.date, NoticeState]]:
    rows = [row for row in office.rows(Notice) if row.kind is NoticeKind.REMINDER]
    return {(row.fire_on, row.state) for row in rows if office.name_of(row.recipient_id) == who}


def test_reminders_wait_until_the_day_and_what_escalates_leaves_as_ever(office: Office) -> None:
    office.fast_forward("2026-06-19")
    hold(office, "2026-06-29")
    office.fast_forward("2026-06-26")
    held = {on for on, state in reminders(office) if state is NoticeState.PENDING}
    assert held
    office.fast_forward("2026-06-29")
    assert {(on, NoticeState.SENT) for on in held} <= reminders(office)
    office.fast_forward("2026-07-03")
    escalated = {row.state for row in office.rows(Notice) if row.kind is NoticeKind.ESCALATION}
    assert escalated == {NoticeState.SENT}


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2026-06-22", "应在 2026-06-22 之后，不晚于 2026-06-30"),
        ("2026-07-01", "不晚于 2026-06-30"),
        ("2026-06-27", "不是工作日"),
    ],
)
def test_a_day_that_will_not_do_is_refused(office: Office, until: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        hold(office, until)


def test_no_further_than_ten_working_days(office: Office) -> None:
    with pytest.raises(BadInputError, match="最多 10 个工作日"):
        hold(office, "2026-06-29", on="2026-06-10")


def test_once_for_a_person_and_a_day_and_not_once_it_is_due(office: Office) -> None:
    hold(office, "2026-06-24")
    with pytest.raises(ForbiddenError, match="每个时限只能一次"):
        hold(office, "2026-06-26", on="2026-06-23")
    hold(office, "2026-06-25", who=HEAD)
    with pytest.raises(ForbiddenError, match="没有今天以后的时限"):
        hold(office, "2026-07-03", on="2026-06-30")
    assert len(office.rows(Snooze)) == 2


def test_the_next_day_ahead_is_meant_and_the_one_after_it_may_be_held_too(office: Office) -> None:
    office.do(HANDLER, add_milestone, "1", on="2026-06-02", title="初稿", due_on=day("2026-06-18"))
    first = hold(office, "2026-06-12", on="2026-06-10")
    office.do(HANDLER, reach_milestone, "1", on="2026-06-15", title="初稿")
    assert hold(office, "2026-06-26").deadline_id != first.deadline_id


def test_it_is_done_on_the_item_page_once_and_the_supervisor_sees_it(office: Office) -> None:
    office.today = day("2026-06-22")
    web = Web(office)
    assert "稍后提醒" in web.of(HANDLER).read("/items/1")
    assert "/items/1/snooze" not in web.of(SUPERVISOR).get("/items/1").text
    said = fill(web.of(HANDLER), "/items/1/snooze", until_on="2026-06-25")
    assert "任务 1 的提醒 2026-06-25 起再发给您" in said
    assert "/items/1/snooze" not in web.of(HANDLER).get("/items/1").text
    assert "稍后提醒：6月25日（周四） 起再提醒本人" in web.of(SUPERVISOR).read("/items/1")
