"""Leaders reminded of answers that lie: by the policy's days, once, and never at the cost of another organ."""

from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.engine.problem import OrganProblem
from models.ladder.notice import Notice
from models.ladder.policy import Policy
from tasks.oversight import remind_leaders as module
from tasks.oversight.remind_leaders import remind_leaders
from tests.loop import answer, ask_for_more
from tests.office import Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def remind(office: Office, on: str) -> list[OrganProblem]:
    by, problems = Actor("每日督办", Channel.RHYTHM, day(on), opening_of(day(on))), list[OrganProblem]()
    with unit_of_work(office.engine) as session:
        remind_leaders(session, by=by, calendar=office_calendar(session), problems=problems)
    return problems


def reminded(office: Office) -> list[str]:
    return [str(row.raised_on) for row in office.rows(Notice) if (row.subject or "").startswith("answered:")]


def test_each_answer_is_reminded_of_once_after_the_days_of_the_policy(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    with unit_of_work(office.engine) as session:
        for policy in session.exec(select(Policy)):
            policy.instruction_close_days = 2
    given = office.instruct(number, "报方案", due="2026-06-30", on="2026-06-08")
    answer(office, given, on="2026-06-10", closes=None)
    for on in ("2026-06-11", "2026-06-12", "2026-06-15", "2026-06-16"):
        assert remind(office, on) == []
    assert reminded(office) == ["2026-06-15"]
    ask_for_more(office, given, on="2026-06-16")
    remind(office, "2026-06-30")
    answer(office, given, on="2026-06-30", closes=None)
    remind(office, "2026-07-03")
    assert reminded(office) == ["2026-06-15", "2026-07-03"]


def test_where_it_fails_the_organ_is_named_and_nothing_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    given = office.instruct(office.assign("普法宣传", due="2026-12-31"), "报方案", due="2026-06-30", on="2026-06-08")
    answer(office, given, on="2026-06-10", closes=None)

    def fail(*_args: object, **_more: object) -> NoReturn:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(module, "tell", fail)
        [problem] = remind(office, "2026-06-30")
    assert problem.organ == "某局"
    assert reminded(office) == []
    assert remind(office, "2026-06-30") == []
    assert reminded(office) == ["2026-06-30"]
