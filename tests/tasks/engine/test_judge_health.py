"""What is wrong with the machinery is found from facts: what each fact makes of it, and nothing where all is well."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.slots import expected
from models.clock import OFFICE_ZONE
from models.engine.rhythm import LastRun
from tasks.engine.judge_health import Backups, Disk, DownChannel, Health, Level, Runs, judge_health
from tasks.keeping.nightly import LastBackup
from tasks.notices.message_templates import TemplateProblem

PROBLEM = {"organ_id": 1, "organ": "某局", "problem": "程序出错（KeyError）", "fault": True}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def ran(rhythm: str, ended: str, on: str | None = None, problems: tuple[dict[str, Any], ...] = ()) -> LastRun:
    day = dt.date.fromisoformat(on or ended[:10])
    return LastRun(slug=rhythm, on=day, ended_at=at(ended), problems=list(problems))


def runs(swept: LastRun | None, sent: LastRun | None, **waiting_since: str) -> Runs:
    last = {run.slug: run for run in (swept, sent) if run is not None}
    return Runs(last, {rhythm: dt.date.fromisoformat(day) for rhythm, day in waiting_since.items()})


NOON = at("2026-06-30 12:00")
WELL = Health(
    runs=runs(ran("daily_supervision", "2026-06-30 08:31"), ran("delivery", "2026-06-30 11:55")),
    doubt=None, lease_until=at("2026-06-30 12:01"), signed_on=dt.date(2026, 6, 30), database_at=NOON, apart=True,
    last_run_at=at("2026-06-30 11:55"), unsent_on=dt.date(2026, 6, 30), disk=Disk(1000, 500),
    backups=None, open_folders=(), templates=(), channels_down=(), parked=0,
)  # fmt: skip
"""An office at noon on the last of June."""


def judged(health: Health, now: str = "2026-06-30 12:00", hours: int = 2) -> list[str]:
    awaited = expected(at(now), hours=hours)
    return [f"{one.level} {one.code}" for one in judge_health(health, awaited, now=at(now), hours=hours)]


def kept(newest: str | None, *, since: str | None = None, problem: str | None = None) -> Backups:
    last = LastBackup("duban.zip", at(newest), 1000) if newest else None
    return Backups(last, at(since) if since else None, problem, hours=50)


SWEPT, SENT = "fault daily_supervision_late", "fault delivery_late"


@pytest.mark.parametrize(
    ("swept", "sent", "now", "hours", "found"),
    [
        pytest.param("2026-06-29 08:31", "2026-06-30 10:25", "2026-06-30 10:29", 2, [], id="not two hours late"),
        pytest.param("2026-06-29 08:31", "2026-06-30 10:25", "2026-06-30 10:30", 2, [SWEPT], id="two hours late"),
        pytest.param("2026-06-30 08:31", "2026-06-30 10:25", "2026-06-30 12:29", 2, [], id="sent two hours ago"),
        pytest.param("2026-06-30 08:31", "2026-06-30 10:25", "2026-06-30 12:30", 2, [SENT], id="not sent since"),
        pytest.param("2026-06-30 08:31", "2026-06-30 19:55", "2026-07-01 09:59", 2, [], id="no mail leaves at night"),
        pytest.param("2026-06-30 08:31", "2026-06-30 19:55", "2026-07-01 10:00", 2, [SENT], id="nor in the morning"),
        pytest.param("2026-06-28 08:31", "2026-06-28 19:55", "2026-06-30 07:00", 2, [SWEPT, SENT], id="a day off"),
        pytest.param("2026-06-30 08:29", "2026-06-30 11:55", "2026-06-30 12:00", 2, [SWEPT], id="swept too early"),
        pytest.param("2026-06-29 08:31", "2026-06-29 19:55", "2026-07-01 08:00", 72, [], id="a patient office"),
    ],
)  # fmt: skip
def test_a_rhythm_is_late_some_hours_after_a_planned_instant_that_no_run_followed(
    swept: str, sent: str, now: str, hours: int, found: list[str]
) -> None:
    ran_then = runs(ran("daily_supervision", swept), ran("delivery", sent))
    health = replace(WELL, runs=ran_then, lease_until=at(now), database_at=at(now), signed_on=at(now).date())
    health = replace(health, unsent_on=None, last_run_at=None)

    assert judged(health, now, hours) == found


@pytest.mark.parametrize(
    ("since", "found"),
    [
        pytest.param({}, [], id="nothing to do yet"),
        pytest.param({"daily_supervision": "2026-07-01", "delivery": "2026-07-01"}, [], id="nothing to do so far"),
        pytest.param({"daily_supervision": "2026-06-30"}, [SWEPT], id="a plan is issued"),
        pytest.param({"delivery": "2026-06-20"}, [SENT], id="a notice waits"),
    ],
)  # fmt: skip
def test_what_never_ran_is_late_once_there_is_something_for_it_to_do(since: dict[str, str], found: list[str]) -> None:
    assert judged(replace(WELL, runs=runs(None, None, **since))) == found


@pytest.mark.parametrize(
    ("begun", "found"),
    [("2026-06-30 08:29", [SWEPT]), ("2026-06-30 08:31", []), ("2026-06-29 08:31", [SWEPT])],
    ids=["before the sweep", "after it", "a day ago"],
)
def test_nothing_is_missed_before_there_was_an_office(begun: str, found: list[str]) -> None:
    never = replace(runs(None, None, daily_supervision="2026-01-06"), begun=at(begun))
    assert judged(replace(WELL, runs=never)) == found
    lived_before = replace(runs(ran("daily_supervision", "2026-06-29 09:00"), None), begun=at(begun))
    assert judged(replace(WELL, runs=lived_before)) == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        pytest.param({}, [], id="all is well"),
        pytest.param({"doubt": "今天离最近一次督办已有 40 天"}, ["fault daily_supervision_stopped"], id="stopped"),
        pytest.param({"lease_until": at("2026-06-30 11:54")}, ["fault clock_unowned"], id="nobody has the clock"),
        pytest.param({"lease_until": at("2026-06-30 11:56")}, [], id="a restart"),
        pytest.param({"lease_until": None}, [], id="rhythms run by other means"),
        pytest.param({"lease_until": at("2026-06-30 12:02")}, [], id="a lease of two terms"),
        pytest.param({"lease_until": at("2026-06-30 12:03")}, ["fault lease_ahead"], id="a lease nobody alive took"),
        pytest.param({"database_at": at("2026-06-30 11:59")}, [], id="a minute apart"),
        pytest.param({"database_at": at("2026-06-30 11:58"), "lease_until": None},
                     ["warning clock_off"], id="ahead of the database"),
        pytest.param({"database_at": at("2026-06-30 11:50"), "apart": False, "lease_until": None}, [], id="one clock"),
        pytest.param({"database_at": at("2026-06-30 12:02")}, ["warning clock_off"], id="behind the database"),
        pytest.param({"last_run_at": at("2026-06-30 12:02")}, ["warning run_ahead"], id="a run yet to come"),
        pytest.param({"unsent_on": dt.date(2026, 6, 27)}, [], id="a notice of three days ago waits"),
        pytest.param({"unsent_on": dt.date(2026, 6, 26)}, ["warning notices_waiting"], id="a notice waits longer"),
        pytest.param({"signed_on": dt.date(2026, 6, 29)}, ["warning trail_unsigned"], id="trail not signed today"),
        pytest.param({"signed_on": None}, ["warning trail_unsigned"], id="trail never signed"),
        pytest.param({"channels_down": [DownChannel("邮件", at("2026-06-30 10:00"), "拒绝连接")]},
                     ["fault channel_down"], id="no mail passes for two hours"),
        pytest.param({"channels_down": [DownChannel("邮件", at("2026-06-30 10:01"), "拒绝连接")]},
                     ["warning channel_down"], id="no mail passes"),
        pytest.param({"parked": 3}, ["warning messages_parked"], id="messages given up"),
        pytest.param({"disk": Disk(1000, 99)}, ["warning disk_scarce"], id="disk nearly full"),
        pytest.param({"disk": None}, [], id="disk unknown"),
        pytest.param({"backups": kept("2026-06-28 09:59")}, ["warning backup_old"], id="backup too old"),
        pytest.param({"backups": kept("2026-06-28 10:01")}, [], id="backup of these days"),
        pytest.param({"backups": kept(None, since="2026-06-28 09:59")}, ["warning backup_old"], id="never a backup"),
        pytest.param({"backups": kept(None, since="2026-06-28 10:01")}, [], id="an office too new for one"),
        pytest.param({"backups": kept(None)}, [], id="nothing to keep yet"),
        pytest.param(
            {"backups": kept("2026-06-30 02:31", problem="磁盘已满。")}, ["warning backup_failed"], id="backup failed"
        ),
        pytest.param({"open_folders": [Path("data")]}, ["warning folder_open"], id="folder open to others"),
        pytest.param(
            {"templates": [TemplateProblem(Path("message.txt"), 2, "没有“nam”。")]},
            ["warning template_refused"],
            id="template of messages not used",
        ),
    ],
)  # fmt: skip
def test_each_fact_that_is_not_as_it_should_be_is_told(more: dict[str, Any], found: list[str]) -> None:
    assert judged(replace(WELL, **more)) == found


def test_a_sweep_that_failed_for_an_organ_is_a_fault_and_not_late() -> None:
    swept = ran("daily_supervision", "2026-06-30 08:31", on="2026-06-29", problems=(PROBLEM,))
    health = replace(WELL, runs=runs(swept, ran("delivery", "2026-06-30 11:55")))

    [trouble] = judge_health(health, expected(NOON, hours=2), now=NOON, hours=2)
    assert (trouble.code, trouble.level) == ("daily_supervision_failed", Level.FAULT)
    assert "未能为 1 个单位完成" in trouble.words


def test_a_stopped_sweep_is_told_as_such_and_not_as_late_too() -> None:
    health = replace(
        WELL, doubt="今天离最近一次督办已有 40 天", runs=runs(ran("daily_supervision", "2026-05-21 08:31"), None)
    )

    assert judged(health) == ["fault daily_supervision_stopped"]


def test_faults_come_first() -> None:
    health = replace(WELL, disk=Disk(1000, 1), lease_until=at("2026-06-30 09:00"))

    assert judged(health) == ["fault clock_unowned", "warning disk_scarce"]
