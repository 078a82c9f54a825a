"""The list of rhythms: valid, the same to both engines, and the same as the committed deployment file."""

import asyncio
import datetime as dt
import inspect
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from flows.prefect.deployment_file import AGAIN_TAG, deployed, deployment_file, is_current
from flows.rhythms import RHYTHMS
from flows.schedules import SCHEDULES, Schedule, for_organs
from flows.slots import slots
from models.clock import OFFICE_ZONE, midnight_of

ROOT = Path(__file__).resolve().parents[2]
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=OFFICE_ZONE)

EXAMPLES = (
    "0 9 * * mon-fri",
    "0 9 * * sun",
    "15 8,20 * * tue,thu-sat",
    "*/7 8-19 * * *",
    "0 6 29 2 *",
    "0 6 31 * *",
    "30 23 1-10/3 */4 *",
)
"""Texts the validation lets through, though no rhythm uses them yet."""


def scheduled(cron: str) -> Schedule:
    return Schedule(slug="example", title="示例", entrypoint="flows.x.x", cron=cron, grace=dt.timedelta(hours=1))


@pytest.mark.parametrize("cron", sorted({*(schedule.cron for schedule in SCHEDULES), *EXAMPLES}))
def test_both_engines_fire_at_the_same_fifty_instants(cron: str) -> None:
    from prefect.server.schemas.schedules import CronSchedule

    schedule = scheduled(cron)
    theirs = asyncio.run(CronSchedule(cron=cron, timezone=schedule.zone).get_dates(50, start=NEW_YEAR))

    ours = list(islice(slots(schedule, NEW_YEAR - dt.timedelta(seconds=1)), 50))

    assert ours == [dt.datetime.fromtimestamp(fire.timestamp(), OFFICE_ZONE) for fire in theirs]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Tokyo", "America/New_York", "UTC"])
def test_the_zone_of_the_machine_moves_no_slot(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by the instants of `models.clock`, as the program does, on machines of several zones."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        found = [list(islice(slots(schedule, midnight_of(NEW_YEAR.date())), 5)) for schedule in SCHEDULES]
    finally:
        monkeypatch.undo()
        time.tzset()

    assert found == [list(islice(slots(schedule, NEW_YEAR), 5)) for schedule in SCHEDULES]
    assert all(NEW_YEAR < first < second for first, second, *_ in found)


@pytest.mark.parametrize(
    "cron",
    [
        pytest.param("0 9 * * 1-5", id="weekdays by number are Tuesday to Saturday to one engine"),
        pytest.param("0 9 * * 0", id="Sunday by number is Monday to one engine"),
        pytest.param("0 9 1 * mon", id="day of month with weekday is and to one, or to the other"),
        pytest.param("0 9 */2 * sat,sun", id="a step is a day of month too"),
        pytest.param("0 9 * *", id="four fields"),
        pytest.param("0 0 9 * * *", id="six fields"),
        pytest.param("@daily", id="a nickname"),
        pytest.param("0 9 L * *", id="a word only one engine knows"),
        pytest.param("0 9 * * mon#1", id="first Monday"),
        pytest.param("0 9 * * Mon", id="a capital letter"),
    ],
)
def test_a_cron_text_the_engines_read_differently_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match="example"):
        scheduled(cron)


def test_slugs_are_unique() -> None:
    assert len({schedule.slug for schedule in SCHEDULES}) == len(SCHEDULES)


def test_circulars_of_different_length_are_remembered_apart() -> None:
    """One that ran on the first of July at seven would else hide another that is missed at ten past."""
    circulars = [schedule.rhythm for schedule in SCHEDULES if schedule.slug.endswith("circular")]

    assert circulars == ["weekly_circular", "monthly_circular", "quarterly_circular"]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.slug)
def test_every_schedule_names_a_rhythm_that_takes_its_parameters(schedule: Schedule) -> None:
    inspect.signature(RHYTHMS[schedule.rhythm]).bind(None, **schedule.parameters)


def test_the_rhythms_stand_where_an_office_expects_them() -> None:
    first = {schedule.slug: next(slots(schedule, NEW_YEAR)).strftime("%m-%d %H:%M") for schedule in SCHEDULES}

    assert first == {
        "daily_supervision": "01-01 08:30",
        "delivery": "01-01 08:00",
        "urgent_delivery": "01-01 08:00",
        "letters": "01-01 00:01",
        "webhooks": "01-01 00:01",
        "returned_mail": "01-01 00:05",
        "alarm": "01-01 00:05",
        "backup": "01-01 02:30",
        "pruning": "01-01 02:40",
        "brief": "01-05 07:30",
        "weekly_circular": "01-02 16:30",
        "monthly_circular": "01-01 07:00",
        "quarterly_circular": "01-01 07:10",
        "year_end_report_draft": "01-05 06:00",
        "year_opening": "01-06 06:00",
        "year_end_report_final": "02-20 06:00",
    }


def test_the_committed_deployment_file_is_the_one_the_schedules_make() -> None:
    assert is_current(ROOT / "prefect.yaml")


def test_what_runs_every_few_minutes_for_nothing_is_not_deployed() -> None:
    names = [deployment["name"] for deployment in deployed()]

    heavy = [schedule for schedule in SCHEDULES if not schedule.light]
    assert len(names) == len(set(names)) == sum(schedule.shards for schedule in heavy)
    assert {name.partition("_of_")[0].rstrip("_1234") for name in names} == {schedule.slug for schedule in heavy}
    parts = [one["parameters"]["shard"] for one in deployed() if one["name"].startswith("year_opening")]
    assert parts == ["1/4", "2/4", "3/4", "4/4"]
    assert {"webhooks", "letters", "urgent_delivery", "alarm", "returned_mail"}.isdisjoint(names)


def test_the_sweep_goes_by_shards_where_there_are_many_organs() -> None:
    few, many = deployed(for_organs(199)), deployed(for_organs(200))

    assert few == deployed()
    sweeps = {each["name"]: each["parameters"] for each in many if each["name"].startswith("daily_supervision")}
    assert sweeps == {f"daily_supervision_{part}_of_4": {"shard": f"{part}/4"} for part in (1, 2, 3, 4)}
    assert {each["name"] for each in few} - {each["name"] for each in many} == {"daily_supervision"}


def test_a_slot_that_counts_waits_and_is_tried_again_and_another_makes_way() -> None:
    made = {deployment["name"]: deployment for deployment in deployed()}
    tried = {
        name: one["work_pool"]["job_variables"]["env"].get("PREFECT_FLOWS_DEFAULT_RETRIES")
        for name, one in made.items()
    }

    assert {name for name, retries in tried.items() if retries is None} == {"delivery"}
    assert {name for name, one in made.items() if one["concurrency_limit"]["collision_strategy"] == "CANCEL_NEW"} == {
        "delivery"
    }
    assert {name for name, one in made.items() if AGAIN_TAG not in one["tags"]} == {"delivery"}


def test_a_deployment_file_that_was_edited_or_is_missing_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    assert not is_current(file)

    file.write_text(deployment_file().replace("30 8", "30 9"), encoding="utf-8")

    assert not is_current(file)


def test_neither_schedules_nor_clock_nor_pages_import_the_engine() -> None:
    """Prefect takes seconds to import and a hundred megabytes to keep."""
    program = """
import sys
import duban.commands.engine, duban.web.serving, flows.prefect.deployment_file, flows.embedded_clock
sys.exit("prefect" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
