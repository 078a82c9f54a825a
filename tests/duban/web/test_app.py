"""The application around every page: what it answers to, what it forbids, what it says when something is wrong."""

import datetime as dt
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from duban.web.app import create_app
from duban.web.body_limit import SMALL
from duban.web.dates import day_text, instant_text
from flows.embedded_clock import ClockState, EmbeddedClock
from models.clock import OFFICE_ZONE, opening_of
from models.database import open_engine, unit_of_work
from models.items.plan import AnnualPlan
from models.people.person import Person
from models.settings import Settings, is_loopback
from tasks.engine.show_system import record_run
from tests.homes import lay_home
from tests.office import HANDLER, LONG_AGO, SUPERVISOR, Office, day
from tests.processes import eventually
from tests.web import Web, words_of

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-23")
    made.assign("制度清理", due="2026-06-22", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_organ_year_day_and_the_next_deadline_head_every_page(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-10-09", on="2026-06-01")

    words = web.of(SUPERVISOR).read("/board", on="2026-10-01")

    assert words.startswith("督办看板 · 某局 跳到正文 某局 2026")
    assert "10月1日（周四） 国庆节放假 下一时限 10月9日（周五）" in words


def test_another_year_is_a_link_away_and_keeps_the_page(office: Office, web: Web) -> None:
    with unit_of_work(office.engine) as session:
        session.add(AnnualPlan(organ_id=office.organ_id, year=2027, title="2027年工作要点"))
    visitor = web.of(SUPERVISOR)

    assert '<a href="/board?year=2027">2027</a>' in visitor.get("/board").text
    assert "2027年工作要点" in visitor.read("/board?year=2027")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        pytest.param("/board?organ=nowhere", 404, "没有代码为“nowhere”的单位", id="unknown organ"),
        pytest.param(
            "/board?organ=other", 404, "没有代码为“other”的单位，或者它不在您的查看范围内", id="foreign organ"
        ),
        pytest.param("/board?on=2026-02-30", 400, "日期“2026-02-30”无法识别", id="no such day"),
        pytest.param("/board?year=去年", 400, "网址中的参数不正确", id="year in words"),
        pytest.param("/nothing", 404, "没有这个页面", id="no such page"),
    ],
)
def test_a_wrong_address_is_answered_in_one_chinese_sentence(web: Web, address: str, status: int, words: str) -> None:
    answer = web.of(SUPERVISOR).get(address)

    assert answer.status_code == status
    assert words in answer.text
    assert "回到工作台" in answer.text


def test_a_fault_of_ours_is_admitted_in_words(web: Web) -> None:
    @web.app.get("/fault")
    def fault() -> None:
        raise ZeroDivisionError

    answer = web.anonymous().get("/fault")

    assert (answer.status_code, "程序出错，已记入日志" in answer.text) == (500, True)
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_fault_behind_tls_still_keeps_the_browser_to_it(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"office_url": "https://duban.example"})
    web = Web(office, host="0.0.0.0")  # noqa: S104 - behind a proxy

    @web.app.get("/fault")
    def fault() -> None:
        raise ZeroDivisionError

    assert "max-age" in web.anonymous().get("/fault").headers["strict-transport-security"]


@pytest.mark.parametrize("address", ["/board", "/nothing", "/healthz", "/login", "/static/duban.css"])
def test_every_answer_forbids_what_is_not_ours(web: Web, address: str) -> None:
    headers = web.of(SUPERVISOR).get(address).headers

    assert headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", ["/", "/board", "/items", "/items/1", "/people", "/audit", "/workdays"])
def test_pages_have_no_inline_script_or_style_and_take_nothing_from_elsewhere(web: Web, address: str) -> None:
    visitor = web.of(SUPERVISOR)
    html = visitor.get(address).text
    fetched = re.findall(r'<(?:link|script|img)[^>]*(?:src|href)="([^"]*)"', html)

    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", html)
    assert all(found.startswith("/static/") for found in fetched)
    assert {visitor.get(found).status_code for found in fetched} == {200}


def test_style_sheets_fetch_nothing(web: Web) -> None:
    for sheet in (Path(__file__).resolve().parents[3] / "duban" / "web" / "static").glob("*.css"):
        assert not re.search(r"@import|url\(", sheet.read_text(encoding="utf-8")), sheet.name


def test_what_people_typed_is_text_never_markup(office: Office, web: Web) -> None:
    office.assign("<script>alert(1)</script>&<b>粗</b>", due="2026-06-22", on="2026-06-01")

    html = web.of(SUPERVISOR).get("/board").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&lt;b&gt;粗&lt;/b&gt;" in html
    assert "<script>alert" not in html


def test_the_board_shows_no_address_and_no_number_of_anybody(office: Office, web: Web) -> None:
    with unit_of_work(office.engine) as session:
        for person in session.exec(select(Person)):
            person.mobile = "13800000000"

    html = web.of(SUPERVISOR).get("/board").text

    assert "@" not in html
    assert "13800000000" not in html


def test_another_sites_name_for_this_machine_reads_nothing(web: Web) -> None:
    answer = web.of(SUPERVISOR).client.get("/board", headers={"host": "evil.example"})

    assert (answer.status_code, "某局" in answer.text) == (400, False)


def test_an_application_for_the_network_answers_to_any_name(office: Office) -> None:
    web = Web(office, host="0.0.0.0")  # noqa: S104 - what the test is about

    assert TestClient(web.app, base_url="http://duban.office.example").get("/login").status_code == 200


def test_a_form_larger_than_a_form_is_refused_before_it_is_read(office: Office, web: Web) -> None:
    visitor = web.of(HANDLER)

    answer = visitor.post("/items/1/instruct", {"content": "字" * SMALL})

    assert (answer.status_code, answer.text) == (413, "内容过大：最多 2 MB。")
    chunks = (b"x" * 65536 for _ in range(SMALL // 65536 + 2))
    streamed = visitor.client.post("/items/1/instruct", content=chunks, headers=FORM)
    assert streamed.status_code == 413


def test_health_tells_database_clock_and_prefect(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    lay_home(settings.home)
    database = open_engine(settings.database)
    embedded = EmbeddedClock(settings, database, prefect=None, schedules=())
    app = create_app(settings, database, clock=embedded, prefect=None)
    with TestClient(app, base_url="http://localhost") as running:
        assert eventually(lambda: embedded.state is ClockState.OWNER)
        alive = running.get("/healthz")
        with unit_of_work(database) as session:
            record_run(session, "daily_supervision", on=LONG_AGO, now=opening_of(LONG_AGO))
        late = running.get("/healthz")
    stopped = TestClient(app, base_url="http://localhost").get("/healthz")
    database.dispose()

    assert (alive.status_code, alive.json()) == (
        200, {"ok": True, "database": True, "clock": "owner", "prefect": "off", "unwell": []},
    )  # fmt: skip
    assert (late.status_code, late.json()["unwell"]) == (503, ["daily_supervision_late"])
    assert (stopped.status_code, stopped.json()["ok"], stopped.json()["clock"]) == (503, False, "stopped")


def test_a_database_that_is_gone_is_said_in_words_and_in_health(
    office: Office, web: Web, engine: Engine, tmp_path: Path
) -> None:
    visitor = web.of(SUPERVISOR)
    with unit_of_work(engine) as session:
        session.connection().exec_driver_sql("PRAGMA foreign_keys=OFF")
        session.connection().exec_driver_sql("DROP TABLE day_override")
    answer = visitor.get("/board")
    assert answer.status_code == 503
    assert "数据库的结构与本程序不符（没有表 day_override）" in words_of(answer.text)

    engine.dispose()
    for file in tmp_path.glob("test.db*"):
        file.unlink()
    (tmp_path / "test.db").mkdir()

    assert visitor.get("/healthz").json() == {
        "ok": False,
        "database": False,
        "clock": "stopped",
        "prefect": "off",
        "unwell": [],
    }


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True),
        ("::", False), ("192.168.1.5", False), ("duban.office.example", False),
    ],
)  # fmt: skip
def test_which_hosts_are_this_machine_only(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_days_and_instants_read_as_in_an_office() -> None:
    on, now = dt.date(2026, 6, 23), dt.datetime(2026, 6, 23, 9, 0, tzinfo=OFFICE_ZONE)

    assert day_text(dt.date(2026, 6, 30), on=on) == "6月30日（周二）"
    assert day_text(dt.date(2027, 1, 3), on=on) == "2027年1月3日（周日）"
    assert instant_text(dt.datetime(2026, 6, 23, 0, 30, tzinfo=dt.UTC), now=now) == "今天 08:30"
    assert instant_text(dt.datetime(2026, 6, 22, 0, 30, tzinfo=dt.UTC), now=now) == "6月22日（周一） 08:30"
