"""When the machinery stands still, whoever administers hears of it by other ways than the page 系统运行."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from flows import rhythms
from flows.embedded_clock import EmbeddedClock
from models import clock
from models.clock import day_of, opening_of
from models.database import unit_of_work
from models.dates.days import DAY
from models.people.person import Role
from models.settings import Settings
from tasks.engine.show_system import record_run
from tests.homes import lay_home
from tests.office import FIRST, HANDLER, SUPERVISOR, Office
from tests.outside.ping_watch import PingWatch, ping_watch
from tests.processes import eventually
from tests.terminal import Terminal
from tests.web import Web

ADMINISTRATOR = "管网络"
STILL = "每日督办应在"


@pytest.fixture
def watch() -> Iterator[PingWatch]:
    with ping_watch() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, watch: PingWatch) -> Settings:
    made = Settings(home=tmp_path / "home", alarm_ping_url=SecretStr(watch.url))
    lay_home(made.home)
    return made


@pytest.fixture
def office(database: Engine, settings: Settings) -> Office:
    made = Office(database, settings.home, year=clock.today().year)
    made.hire(ADMINISTRATOR, Role.ADMINISTRATOR, "管理员")
    return made


def ran(database: Engine, at: dt.datetime) -> None:
    """Sweep and delivery end at that instant, and the end of the trail is signed."""
    with unit_of_work(database) as session:
        for rhythm in ("daily_supervision", "delivery"):
            record_run(session, rhythm, on=day_of(at), now=at)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], dt.datetime]:
    """Lets the wall clock stand at noon of a day."""

    def stand(day: dt.date) -> dt.datetime:
        at = opening_of(day).add(hours=3)
        monkeypatch.setattr(clock, "now", lambda: at)
        return at

    return stand


def test_pages_tell_whoever_runs_the_office_and_nobody_else(office: Office, database: Engine) -> None:
    web = Web(office)
    ran(database, opening_of(office.today - DAY))
    for name in (ADMINISTRATOR, SUPERVISOR, FIRST, HANDLER):
        assert STILL not in web.of(name).read("/account")

    office.today += DAY
    told = {name: web.of(name).read("/account") for name in (ADMINISTRATOR, SUPERVISOR, FIRST, HANDLER)}
    assert {name for name, words in told.items() if STILL in words} == {ADMINISTRATOR, SUPERVISOR}
    assert "通知发送应在" in told[ADMINISTRATOR]
    system = web.of(ADMINISTRATOR).read("/system")
    assert system.count("故障：每日督办应在") == system.count(STILL) == 1
    assert "请确认 duban serve 在运行" in system

    office.today += DAY
    ran(database, web.now)
    assert STILL not in web.of(ADMINISTRATOR).read("/account")


def test_the_watch_hears_while_all_is_well_and_of_the_fault_when_it_is_not(
    office: Office, database: Engine, settings: Settings, watch: PingWatch, noon: Callable[[dt.date], dt.datetime]
) -> None:
    ran(database, noon(dt.date(2026, 6, 29)))
    assert rhythms.alarm(settings) == {"faults": [], "refused": None}

    noon(dt.date(2026, 7, 1))
    assert rhythms.alarm(settings) == {"faults": ["daily_supervision_late", "delivery_late"], "refused": None}

    assert watch.signals == ["", "/fail"]
    assert "每日督办应在 2026-07-01 08:30 运行，至今没有完成，最近一次是 2026-06-29 12:00。" in watch.heard[1][1]


def test_a_watch_that_does_not_take_it_is_logged_without_its_address(
    settings: Settings, watch: PingWatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.says = b"OK (not found)"

    assert rhythms.alarm(settings)["refused"] == "对方没有这个地址（可能已删除）"
    assert [getattr(record, "action", "") for record in caplog.records] == ["alarm_failed"]
    assert "secret" not in caplog.text


def test_the_watch_hears_of_a_start_and_of_a_stop_in_order(
    settings: Settings, database: Engine, watch: PingWatch
) -> None:
    standing = EmbeddedClock(settings, database, prefect=None, schedules=())
    standing.start()
    eventually(lambda: watch.signals == ["/start"])
    standing.stop()
    standing.stop()

    assert watch.signals == ["/start", "/log"]


def test_a_clock_that_only_stood_by_says_nothing(settings: Settings, database: Engine, watch: PingWatch) -> None:
    first, second = (EmbeddedClock(settings, database, prefect=None, schedules=()) for _ in range(2))
    first.start()
    eventually(lambda: watch.signals == ["/start"])
    second.start()
    second.beat()
    second.stop()

    assert watch.signals == ["/start"]
    first.stop()


def test_doctor_says_by_its_exit_code_how_the_office_fares(
    office: Office, database: Engine, settings: Settings, noon: Callable[[dt.date], dt.datetime]
) -> None:
    terminal = Terminal(settings.home)
    at = noon(dt.date(2026, 6, 29))
    ran(database, at)
    assert terminal.says("doctor") == "正常：督办和发送都在按时进行，没有发现问题。\n"

    folder = settings.home / "backups"
    folder.mkdir()
    (folder / "old.db").write_bytes(b"")
    settings.home.chmod(0o755)
    warned = terminal.run("doctor")
    assert warned.exit_code == 3
    assert f"注意：{settings.home} 对服务器的其他账户开放" in warned.stdout

    noon(dt.date(2026, 7, 1))
    faulty = terminal.run("doctor", "--json")
    assert faulty.exit_code == 1
    told = json.loads(faulty.stdout)
    assert told["state"] == "fault"
    assert [one["code"] for one in told["troubles"][:2]] == ["daily_supervision_late", "delivery_late"]
    assert told["watch"] is None


def test_doctor_tries_the_watch(settings: Settings, watch: PingWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(settings.home)
    assert "DUBAN_ALARM_PING_URL" in terminal.refused("doctor", "--ping")

    monkeypatch.setenv("DUBAN_ALARM_PING_URL", watch.url)
    assert "报警服务：已收下" in terminal.run("doctor", "--ping").stdout
    assert watch.signals == [""]


def test_doctor_finds_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    said = Terminal(tmp_path / "none").run("doctor", "--json")

    assert said.exit_code == 1
    [trouble] = json.loads(said.stdout)["troubles"]
    assert trouble["code"] == "database"
    assert "duban init" in trouble["advice"]
