"""The day of an instruction: presets of the policy, days of rest said and offered."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import reading
from models.dates.rest_day import RestDay
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from tasks.items.instruction_day import instruction_day, terms_from
from tests.office import LEADER, Office, day

ON = "2026-06-10"
"""A Wednesday; 19 to 21 June are days of rest."""


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-12-31")
    return office


def meant(session: Session, office: Office, on: str = ON, **said: Any) -> str:
    asked: dict[str, Any] = {"due_on": None, "term": None, "rest": None} | said
    plan = session.get_one(AnnualPlan, office.plan_id)
    return str(instruction_day(session, plan, by=office.by(session, LEADER, on), **asked))


@pytest.mark.parametrize(
    ("said", "day_meant"),
    [
        ({"term": "特急件"}, "2026-06-11"),
        ({"term": "急件"}, "2026-06-15"),
        ({"term": "急件", "rest": RestDay.BEFORE}, "2026-06-12"),
        ({"term": "急件", "rest": RestDay.KEEP}, "2026-06-13"),
        ({"term": "一般件"}, "2026-06-25"),
        ({"due_on": day("2026-06-18")}, "2026-06-18"),
        ({"due_on": day("2026-06-20"), "rest": RestDay.BEFORE}, "2026-06-18"),
        ({"due_on": day("2026-06-20"), "rest": RestDay.AFTER}, "2026-06-22"),
        ({"due_on": day("2026-06-20"), "rest": RestDay.KEEP}, "2026-06-20"),
        ({"due_on": day("2026-06-18"), "rest": RestDay.AFTER}, "2026-06-18"),
    ],
)
def test_the_day_meant(office: Office, said: dict[str, Any], day_meant: str) -> None:
    with reading(office.engine) as session:
        assert meant(session, office, **said) == day_meant


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "一个日期.*或一个档次"),
        ({"term": "急件", "due_on": day("2026-06-18")}, "二者取一"),
        ({"term": "加急"}, "没有名为“加急”的档次；可用：特急件、急件、平急件、一般件、疑难件"),
        ({"due_on": day("2026-06-09")}, "不能早于 2026-06-10"),
        ({"due_on": day("2026-06-20")}, "2026-06-20 不是工作日.*之前的工作日是 2026-06-18，之后的是 2026-06-22"),
        ({"due_on": day("2026-06-20"), "on": "2026-06-20"}, "：之后的工作日是 2026-06-22。"),
        ({"due_on": day("2026-06-20"), "on": "2026-06-20", "rest": RestDay.BEFORE}, "2026-06-18 已过"),
    ],
)
def test_what_is_no_day_is_refused_with_what_would_be_accepted(
    office: Office, said: dict[str, Any], words: str
) -> None:
    with reading(office.engine) as session, pytest.raises(BadInputError, match=words):
        meant(session, office, **said)


def test_presets_are_data_of_the_policy_and_say_the_day_they_mean_today() -> None:
    policy = Policy(name="本例", instruction_terms=[{"name": "急件", "days": 3}, {"name": "当日件", "days": 0}])
    assert terms_from(policy, day(ON), WorkCalendar()) == [
        ("急件", "急件：3天，6月15日前，6月13日休息"), ("当日件", "当日件：0天，6月10日前"),
    ]  # fmt: skip
