"""The first page: how the year stands, at a glance, and nothing in it that a browser should not get."""

import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from duban.web.app import create_app, is_loopback
from duban.web.dates import day_text, instant_text
from flows.embedded_clock import ClockState, EmbeddedClock
from models import clock
from models.clock import OFFICE_ZONE
from models.database import key, open_engine, unit_of_work
from models.migrate import create_or_upgrade
from models.organ import Organ
from models.person import Person
from models.plan import AnnualPlan
from models.settings import Settings
from tasks.record_run import record_run
from tests.office import HANDLER, HEAD, Office
from tests.processes import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    create_or_upgrade(made)
    return made


@pytest.fixture
def database(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database)
    yield engine
    engine.dispose()


@pytest.fixture
def page(settings: Settings, database: Engine) -> TestClient:
    """The application with a clock that stands still: no lifespan is entered."""
    app = create_app(settings, database, clock=EmbeddedClock(settings, database, prefect=None), prefect=None)
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture
def office(settings: Settings, database: Engine) -> Office:
    made = Office(database, settings.home, year=2026)
    made.today = dt.date(2026, 6, 20)
    made.assign("制度清理", due="2026-06-22", on="2026-06-01")
    made.report(made.assign("普法宣传", due="2026-06-30", on="2026-06-01"), percent=80, on="2026-06-19")
    made.report(made.assign("案卷评查", due="2026-12-30", on="2026-06-01"), percent=20, on="2026-06-19")
    made.assign("下半年培训", due="2026-11-30", start="2026-09-01", on="2026-06-01")
    made.close(made.assign("权责清单", due="2026-06-25", on="2026-06-01"), on="2026-06-19")
    made.fast_forward("2026-06-23", send=False)
    return made


class Reader(HTMLParser):
    """What a person reads: the words, by the element that holds them, and nothing else."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))


def read(page: TestClient, address: str = "/?on=2026-06-23") -> list[str]:
    answer = page.get(address)
    assert answer.status_code == 200, answer.text
    return Reader(answer.text).words


def test_the_five_counts_add_up_and_say_their_words(office: Office, page: TestClient) -> None:
    words = read(page)
    start = words.index("逾期")

    assert words[start : start + 12] == [
        "逾期", "1", "临期", "1", "正常", "1", "未开始", "1", "已办结", "1", "合计", "5",
    ]  # fmt: skip


def test_the_table_counts_by_department(office: Office, page: TestClient) -> None:
    words = read(page)
    start = words.index("法规科")

    assert words[start + 1 : start + 7] == ["1", "1", "1", "1", "1", "5"]


def test_a_light_that_some_item_shows_has_its_column_too(office: Office, page: TestClient) -> None:
    office.report("2", percent=40, on="2026-06-23")
    words = read(page)
    start = words.index("逾期")

    assert words[start : start + 6] == ["逾期", "1", "严重滞后", "1", "临期", "0"]


def test_organ_year_and_day_head_the_page(office: Office, page: TestClient) -> None:
    words = read(page, "/?on=2026-10-01")

    assert "某局" in words
    assert "2026 年度" in words
    assert "国庆节放假" in words


def test_the_last_notices_say_who_what_and_why(office: Office, page: TestClient) -> None:
    words = " ".join(read(page))

    assert "6月23日(周二),共 3 条" in words
    why = "时限 6月22日(周一),逾期1个工作日。本任务的承办人;触发规则:逾期1个工作日"
    assert f"升级督办 {HANDLER} 1 制度清理 {why}" in words
    assert f"升级督办 {HEAD} 1 制度清理" in words
    assert f"提醒 {HANDLER} 2 普法宣传" in words
    assert "您" not in words


def test_a_page_of_an_earlier_day_does_not_know_what_came_later(office: Office, page: TestClient) -> None:
    words = " ".join(read(page, "/?on=2026-06-22"))

    assert "6月22日(周一)" in words
    assert "升级督办" not in words


def test_long_lists_name_the_command_for_the_rest(office: Office, page: TestClient) -> None:
    for number in range(10):
        office.assign(f"事项{number}", due="2026-07-01", on="2026-06-01")
    office.sweep("2026-06-24")

    words = " ".join(read(page, "/?on=2026-06-24"))

    assert "其余 4 条: duban notice list --on 2026-06-24" in words


def test_the_rhythms_say_when_they_ran_and_when_they_will(office: Office, page: TestClient, database: Engine) -> None:
    with unit_of_work(database) as session:
        record_run(session, "delivery", on=clock.today(), now=clock.now())

    words = read(page)
    start = words.index("通知发送")

    assert words[start + 1].startswith("上次 今天 ")
    assert words[start + 2].startswith("下次 ")
    assert words[words.index("年度报告初稿") + 1] == "上次 尚未运行"
    assert "时钟未运行;Prefect 未启用" in words


def test_without_an_organ_the_page_says_what_to_do(page: TestClient) -> None:
    assert "还没有任何单位" in read(page)


def test_without_a_plan_the_page_says_what_to_do(page: TestClient, database: Engine) -> None:
    with unit_of_work(database) as session:
        session.add(Organ(code="new", name="新局"))

    assert "还没有 2026 年工作要点" in read(page)


def test_without_items_and_before_issue_the_page_says_what_to_do(page: TestClient, database: Engine) -> None:
    with unit_of_work(database) as session:
        organ = Organ(code="new", name="新局")
        session.add(organ)
        session.flush()
        session.add(AnnualPlan(organ_id=key(organ.id), year=2026, title="2026年工作要点"))

    words = " ".join(read(page))

    assert "2026 年度计划尚未下达,不会发出提醒" in words
    assert "计划中还没有任务" in words
    assert "还没有通知" in words


def test_another_year_and_another_organ_are_a_link_away(office: Office, page: TestClient, database: Engine) -> None:
    with unit_of_work(database) as session:
        session.add(AnnualPlan(organ_id=office.organ_id, year=2027, title="2027年工作要点"))

    html = page.get("/?on=2026-06-23").text

    assert '<a href="/?organ=bureau&amp;year=2027">2027 年度</a>' in html
    assert '<a href="/?organ=other">别局</a>' in html
    assert "2027 年度" in read(page, "/?organ=bureau&year=2027&on=2026-06-23")
    assert "还没有 2026 年工作要点" in read(page, "/?organ=other&on=2026-06-23")


def test_what_people_typed_is_text_never_markup(office: Office, page: TestClient) -> None:
    office.assign("<script>alert(1)</script>&<b>粗</b>", due="2026-06-24", on="2026-06-01")
    office.sweep("2026-06-24")

    html = page.get("/?on=2026-06-24").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&lt;b&gt;粗&lt;/b&gt;" in html
    assert "<script" not in html


def test_the_page_shows_no_address_and_no_number_of_anybody(office: Office, page: TestClient, database: Engine) -> None:
    with unit_of_work(database) as session:
        for person in session.exec(select(Person)):
            person.mobile = "13800000000"

    html = page.get("/?on=2026-06-23").text

    assert "@" not in html
    assert "13800000000" not in html


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        pytest.param("/?organ=nowhere", 404, "没有代码为“nowhere”的单位", id="unknown organ"),
        pytest.param("/?organ=bureau&year=1999", 404, "没有 1999 年度计划", id="unknown year"),
        pytest.param("/?on=2026-02-30", 400, "日期“2026-02-30”无法识别", id="no such day"),
        pytest.param("/?year=去年", 400, "网址中的参数不正确", id="year in words"),
        pytest.param("/nothing", 404, "没有这个页面", id="no such page"),
    ],
)
def test_a_wrong_address_is_answered_in_one_chinese_sentence(
    office: Office, page: TestClient, address: str, status: int, words: str
) -> None:
    answer = page.get(address)

    assert answer.status_code == status
    assert words in answer.text
    assert "回到督办看板" in answer.text


def test_a_fault_of_ours_is_admitted_in_words(settings: Settings, database: Engine) -> None:
    app = create_app(settings, database, clock=EmbeddedClock(settings, database, prefect=None), prefect=None)

    @app.get("/fault")
    def fault() -> None:
        raise ZeroDivisionError

    answer = TestClient(app, base_url="http://localhost", raise_server_exceptions=False).get("/fault")

    assert (answer.status_code, "程序出错,已记入日志" in answer.text) == (500, True)
    assert "ZeroDivisionError" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("address", ["/", "/nothing", "/healthz", "/static/duban.css"])
def test_every_answer_forbids_what_is_not_ours(page: TestClient, address: str) -> None:
    headers = page.get(address).headers

    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_needs_no_script_no_inline_style_and_nothing_from_elsewhere(office: Office, page: TestClient) -> None:
    html = page.get("/?on=2026-06-23").text
    fetched = re.findall(r'(?:src|href)="([^"]*)"', html)

    assert not re.search(r"<script|<style|style=|\son\w+=", html)
    assert all(address.startswith("/") and not address.startswith("//") for address in fetched)
    assert "@import" not in page.get("/static/duban.css").text
    assert "url(" not in page.get("/static/duban.css").text
    assert {page.get(address).status_code for address in fetched if address.startswith("/static")} == {200}


def test_another_sites_name_for_this_machine_reads_nothing(office: Office, page: TestClient) -> None:
    answer = page.get("/", headers={"host": "evil.example"})

    assert (answer.status_code, "某局" in answer.text) == (400, False)


def test_an_application_for_the_network_answers_to_any_name(settings: Settings, database: Engine) -> None:
    app = create_app(
        settings,
        database,
        clock=EmbeddedClock(settings, database, prefect=None),
        prefect=None,
        host="0.0.0.0",  # noqa: S104 - what the test is about
    )

    assert TestClient(app, base_url="http://duban.office.example").get("/").status_code == 200


def test_health_tells_database_clock_and_prefect(settings: Settings, database: Engine) -> None:
    embedded = EmbeddedClock(settings, database, prefect=None, schedules=())
    app = create_app(settings, database, clock=embedded, prefect=None)
    with TestClient(app, base_url="http://localhost") as running:
        assert eventually(lambda: embedded.state is ClockState.OWNER)
        alive = running.get("/healthz")
    stopped = TestClient(app, base_url="http://localhost").get("/healthz")

    assert (alive.status_code, alive.json()) == (
        200, {"ok": True, "database": True, "clock": "owner", "prefect": "off"},
    )  # fmt: skip
    assert (stopped.status_code, stopped.json()["ok"], stopped.json()["clock"]) == (503, False, "stopped")


def test_a_database_that_is_gone_is_said_in_words_and_in_health(
    settings: Settings, page: TestClient, database: Engine
) -> None:
    with unit_of_work(database) as session:
        session.connection().exec_driver_sql("DROP TABLE organ")
    assert page.get("/").status_code == 503
    assert "数据库暂时无法访问" in page.get("/").text

    database.dispose()
    for file in settings.home.glob("duban.db*"):
        file.unlink()
    settings.home.rmdir()

    assert page.get("/healthz").json() == {"ok": False, "database": False, "clock": "stopped", "prefect": "off"}


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

    assert day_text(dt.date(2026, 6, 30), on=on) == "6月30日(周二)"
    assert day_text(dt.date(2027, 1, 3), on=on) == "2027年1月3日(周日)"
    assert instant_text(dt.datetime(2026, 6, 23, 0, 30, tzinfo=dt.UTC), now=now) == "今天 08:30"
    assert instant_text(dt.datetime(2026, 6, 22, 17, 0, tzinfo=dt.UTC), now=now) == "今天 01:00"
    assert instant_text(dt.datetime(2026, 6, 22, 8, 30, tzinfo=OFFICE_ZONE), now=now) == "6月22日(周一) 08:30"
