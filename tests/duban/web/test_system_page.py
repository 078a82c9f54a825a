"""系统运行: whether reminders go out, what waits, and no secret to anybody."""

import datetime as dt
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from models.clock import opening_of
from models.database import unit_of_work
from models.engine.rhythm import RunDriver, RunOutcome
from models.people.person import Role
from tasks.engine.keep_run import begin_run, end_run
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web

ADMINISTRATOR = "管网络"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(
        engine, tmp_path / "home", smtp_password=SecretStr("甲乙丙丁"), smtp_user="duban",
        sms_url="http://sms.office.test/?key=甲乙丙丁",
        sms_fields={"to": "{mobile}", "text": "{text}", "key": "甲乙丙丁"},
        sms_headers={"X-Key": "geheim"}, sms_success_path="code", sms_success_value="0",
    )  # fmt: skip
    made.settings.home.mkdir(exist_ok=True)
    made.hire(ADMINISTRATOR, Role.ADMINISTRATOR, "管理员")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_a_stopped_clock_is_warned_of(web: Web) -> None:
    shown = web.of(SUPERVISOR).read("/system")

    assert "未运行 时钟" in shown
    assert "提醒不会自动生成和发送" in shown
    assert "还没有进程值守过" in shown


def test_each_rhythm_tells_its_last_run_and_its_next(office: Office, web: Web) -> None:
    office.fast_forward("2026-06-02")

    shown = web.of(SUPERVISOR).read("/system")

    assert "每日督办 6月2日（周二） 09:00 6月4日（周四） 08:30" in shown
    assert "第一责任人简报 尚未运行" in shown


def test_what_waits_to_be_sent_is_counted(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01", sign=False)
    office.fast_forward("2026-06-01", send=False)

    shown = web.of(SUPERVISOR).read("/system")
    assert "1 待发通知" in shown
    assert "最早应发 6月1日（周一）" in shown

    office.send("2026-06-02")
    shown = web.of(SUPERVISOR).read("/system")
    assert "0 待发通知" in shown
    assert "邮件 已发送 1 封" in shown


def test_the_newest_backup_is_named(office: Office, web: Web) -> None:
    assert "还没有备份" in web.of(SUPERVISOR).read("/system")
    folder = office.settings.home / "backups"
    folder.mkdir()
    (folder / "duban-2026-06-01.zip").write_bytes(b"x" * 3_000_000)

    assert "duban-2026-06-01.zip" in web.of(SUPERVISOR).read("/system")
    assert "2.9 MB" in web.of(SUPERVISOR).read("/system")
    assert str(folder) not in web.of(SUPERVISOR).read("/system")
    assert str(folder) in web.of(ADMINISTRATOR).read("/system")


def test_settings_are_the_administrators_to_read_and_secrets_nobodys(office: Office, web: Web) -> None:
    own, other = web.of(ADMINISTRATOR).read("/system"), web.of(SUPERVISOR).read("/system")

    assert "邮件密码 smtp_password 已设置" in own
    assert "短信网关字段 sms_fields 已设置" in own
    assert "甲乙丙丁" not in own
    assert "geheim" not in own
    assert str(office.settings.home) in own
    assert "smtp_password" not in other
    assert str(office.settings.home) not in other


def test_every_setting_has_a_word() -> None:
    from duban.web.pages.system import SETTING_WORDS
    from models.settings import Settings

    assert SETTING_WORDS.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize(
    ("name", "status"),
    [(ADMINISTRATOR, 200), (SUPERVISOR, 200), (FIRST, 403), (LEADER, 403), (HANDLER, 403), (OUTSIDER, 403)],
)
def test_only_those_who_run_the_office_look_at_the_system(web: Web, name: str, status: int) -> None:
    assert web.of(name).get("/system").status_code == status


def test_a_data_folder_open_to_other_accounts_is_told_to_the_administrator(office: Office, web: Web) -> None:
    office.settings.home.chmod(0o755)
    warned = f"{office.settings.home} 对服务器的其他账户开放"
    assert warned in web.of(ADMINISTRATOR).read("/system")
    assert warned not in web.of(SUPERVISOR).read("/system")

    office.settings.home.chmod(0o700)
    assert "其他账户开放" not in web.of(ADMINISTRATOR).read("/system")


def test_the_runs_of_the_clock_and_of_prefect_stand_in_one_list(office: Office, web: Web) -> None:
    noon = opening_of(dt.date(2026, 6, 2))
    with unit_of_work(office.engine) as session:
        for rhythm, driver, hours in (
            ("brief", RunDriver.CLOCK, -5),
            ("daily_supervision", RunDriver.CLOCK, 0),
            ("daily_supervision", RunDriver.PREFECT, 24),
        ):
            now = noon + dt.timedelta(hours=hours)
            run = begin_run(session, rhythm, driver, place="甲机", on=now.date(), now=now)
            if rhythm != "brief":
                end_run(session, run, RunOutcome.COMPLETED, now=now + dt.timedelta(minutes=1))
    office.today = dt.date(2026, 6, 4)

    shown = web.of(SUPERVISOR).read("/system")
    seen_by_administrator = web.of(ADMINISTRATOR).read("/system")

    assert (
        "每日督办 6月3日（周三） Prefect 6月3日（周三） 09:00 6月3日（周三） 09:01 完成 "
        "每日督办 6月2日（周二） 时钟 6月2日（周二） 09:00 6月2日（周二） 09:01 完成 "
        "第一责任人简报 6月2日（周二） 时钟 6月2日（周二） 04:00 没有结束：还在运行，或已中断"
    ) in shown
    assert "甲机" not in shown
    assert "甲机" in seen_by_administrator
