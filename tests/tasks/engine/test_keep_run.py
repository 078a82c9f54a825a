"""Runs as they are kept: begun, ended or not, the newest of each rhythm."""

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import OFFICE_ZONE
from models.engine.rhythm import KeptRun, RunDriver, RunOutcome
from tasks.engine.keep_run import begin_run, end_run, newest_runs, outcome_of

BEGAN = dt.datetime(2026, 6, 23, 8, 30, tzinfo=OFFICE_ZONE)


def begun(session: Session, rhythm: str, minutes: int = 0, driver: RunDriver = RunDriver.CLOCK) -> int:
    now = BEGAN + dt.timedelta(minutes=minutes)
    return begin_run(session, rhythm, driver, place="甲机", on=now.date(), now=now)


def test_a_run_without_an_end_is_one_whose_process_was_lost(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        begun(session, "brief")
        whole = begun(session, "daily_supervision", 1, RunDriver.PREFECT)
        end_run(session, whole, RunOutcome.COMPLETED, now=BEGAN + dt.timedelta(minutes=2))

        told = [(run.rhythm, run.driver, run.ended_at, run.outcome) for run in newest_runs(session)]

    assert told == [
        ("daily_supervision", RunDriver.PREFECT, BEGAN + dt.timedelta(minutes=2), RunOutcome.COMPLETED),
        ("brief", RunDriver.CLOCK, None, None),
    ]


def test_of_each_rhythm_the_newest_are_listed_and_the_oldest_go(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.engine.keep_run.KEPT", 7)
    with Session(any_engine) as session:
        begun(session, "brief")
        for minute in range(9):
            begun(session, "delivery", minute)

        told = [(run.rhythm, run.began_at.minute) for run in newest_runs(session)]
        held = [run.rhythm for run in session.exec(select(KeptRun))]

    assert told == [
        ("delivery", 38),
        ("delivery", 37),
        ("delivery", 36),
        ("delivery", 35),
        ("delivery", 34),
        ("brief", 30),
    ]
    assert (held.count("delivery"), held.count("brief")) == (7, 1)


def test_a_run_that_was_let_go_meanwhile_ends_without_a_word(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        end_run(session, 7, RunOutcome.COMPLETED, now=BEGAN)

        assert newest_runs(session) == []


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"on": "2026-06-23", "raised": 3, "sheets": [], "problems": []}, RunOutcome.COMPLETED),
        ({"on": "2026-06-23", "problems": [{"organ": "某局"}]}, RunOutcome.PARTLY),
        ({"sent": 3, "problem": "邮件不通"}, RunOutcome.PARTLY),
        ({"sent": 3, "problem": None}, RunOutcome.COMPLETED),
        ({"year": 2025, "reports": [{"organ": "某局"}, {"organ": "某镇", "problem": "缺计划"}]}, RunOutcome.PARTLY),
        ({"on": "2026-06-23", "stopped": "时钟跳了"}, RunOutcome.STOPPED),
        ({"queued": 1, "stopped": 2}, RunOutcome.COMPLETED),
    ],
)  # fmt: skip
def test_how_a_run_ended_is_told_from_what_it_answered(result: dict[str, object], outcome: RunOutcome) -> None:
    assert outcome_of(result) is outcome
