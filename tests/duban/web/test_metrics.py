"""What a monitor is told: how late, how much waits, how old; and nobody else."""

import datetime as dt
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import Engine

from models.clock import OFFICE_ZONE
from models.database import unit_of_work
from models.ladder.notice import NoticeState
from tasks.engine.show_system import lag, record_run
from tests.office import CAST, HANDLER, SUPERVISOR, Office
from tests.web import ADDRESS, Web

TOKEN = "monitor-token-for-tests"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home", metrics_token=SecretStr(TOKEN), backup_folder="")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def asked(web: Web, authorization: str | bytes | None = f"Bearer {TOKEN}") -> Response:
    client = TestClient(web.app, base_url=ADDRESS)
    answer: Response = client.get(
        "/metrics", headers={"Authorization": authorization} if authorization is not None else {}
    )
    return answer


def measured(web: Web) -> dict[str, float]:
    answer = asked(web)
    assert answer.status_code == 200
    return {
        sample.name + "".join(f":{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_monitor_reads_how_the_office_fares(office: Office, web: Web) -> None:
    office.sweep("2026-06-23")
    office.today = dt.date(2026, 6, 23)
    ran = dt.datetime(2026, 6, 23, 8, 30, 40, tzinfo=OFFICE_ZONE)
    with unit_of_work(office.engine) as session:
        record_run(session, "daily_supervision", on=ran.date(), now=ran)
    waiting = [notice for notice in office.notices() if notice["state"] == NoticeState.PENDING]
    web.of(SUPERVISOR)

    found = measured(web)
    assert found["duban_reminder_lag_seconds"] == 40
    assert found["duban_last_sweep_timestamp_seconds"] == ran.timestamp()
    assert found["duban_last_run_timestamp_seconds:daily_supervision"] == ran.timestamp()
    assert found["duban_notices_pending"] == len(waiting) > 0
    assert found["duban_oldest_unsent_seconds"] >= 0
    assert found["duban_sessions"] == 1
    assert (found["duban_messages:sent"], found["duban_messages:waiting"]) == (0, 0)
    assert (found["duban_troubles:fault"], found["duban_troubles:warning"]) == (0, 0)
    assert (found["duban_webhook_messages:parked"], found["duban_jobs:failed"]) == (0, 0)

    office.send("2026-06-23")
    found = measured(web)
    assert (found["duban_notices_pending"], found["duban_oldest_unsent_seconds"]) == (0, 0)
    assert found["duban_messages:sent"] > 0


@pytest.mark.parametrize(
    ("planned", "ran", "seconds"),
    [
        pytest.param(None, None, 0, id="never planned"),
        pytest.param("08:30", None, 3600, id="never ran"),
        pytest.param("08:30", "08:31", 60, id="ran a minute late"),
        pytest.param("08:30", "07:00", 3600, id="has not run since"),
    ],
)
def test_the_lag_grows_until_the_sweep_has_run(planned: str | None, ran: str | None, seconds: float) -> None:
    def at(text: str | None) -> dt.datetime | None:
        return dt.datetime.fromisoformat(f"2026-06-23T{text}:00+08:00") if text else None

    now = dt.datetime.fromisoformat("2026-06-23T09:30:00+08:00")
    assert lag(at(planned), at(ran), now=now) == seconds


def test_numbers_only_and_nothing_about_people(office: Office, web: Web) -> None:
    office.sweep("2026-06-23")
    text = asked(web).text

    assert not any(name in text for name in (*CAST, "普法", "某局"))
    assert text.isascii()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (None, 401),
        ("Bearer wrong", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer ", 401),
        (b"Bearer \xff\xfe", 401),
    ],
)
def test_only_the_bearer_of_the_token_gets_them(web: Web, authorization: str | bytes | None, status: int) -> None:
    answer = asked(web, authorization)
    assert answer.status_code == status
    assert ("duban_jobs" in answer.text) is (status == 200)
    assert ("DUBAN_METRICS_TOKEN" in answer.text) is (status == 401)


def test_without_a_token_set_none_opens_them_from_this_machine_either(engine: Engine, tmp_path: Path) -> None:
    web = Web(Office(engine, tmp_path / "other"))

    for authorization in (None, "Bearer ", f"Bearer {TOKEN}"):
        assert asked(web, authorization).status_code == 401
    assert web.of(HANDLER).get("/metrics").status_code == 401
