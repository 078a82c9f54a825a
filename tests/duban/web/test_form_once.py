"""A form sent twice has its effect once, and the second answer is the first's: double clicks, resends, two at once."""

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from duban.web.acts.form_key import new_key
from models.database import unit_of_work
from models.draws.draw_binding import DrawBinding
from models.engine.job import Job
from models.engine.webhook import Webhook
from models.items.evidence import Evidence
from models.items.instruction import Instruction
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.ladder.notice import Notice
from models.ladder.policy import Policy
from models.ledgers.study_session import StudySession
from models.people.api_token import ApiToken, CalendarFeed
from models.people.kept_form import KeptForm
from models.people.keyed_request import KeyedRequest
from models.people.organ import Organ
from models.people.person import Leave, Person, Role
from models.report.report import ReportBlock
from models.report.report_desk import ReportComment
from tasks.access.hold_session import end_sessions
from tasks.acting.answer_once import KEPT, take_key
from tasks.files.file_store import FileStore
from tasks.report.compiling.compile_report import compile_report
from tests.duban.web.test_gate import forms
from tests.office import FIRST, HANDLER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, words_of

ADMIN = "钱管理"
STUDY = {"held_on": "2026-06-01", "topic": "学习宪法"}
DRAW = {
    "plan": "年度抽查", "percent": "50%", "per_object": "1", "objects": "甲公司\n乙公司\n", "inspectors": "张一\n李二",
    "conflicts": "", "way": "two",
}  # fmt: skip
SHOWN_ONCE = {"/account/tokens", "/account/feed", "/webhooks"}
"""What is answered with a secret, which is shown once."""
AGAIN = {"/reports/1/package", "/logout"}
"""What may be sent as often as wanted: one is answered with a file, one ends what is ended."""

MAKES: list[Any] = [
    pytest.param(SUPERVISOR, "/ledgers/study?year=2026", STUDY, StudySession, id="a row of a ledger"),
    pytest.param(SUPERVISOR, "/items/new", {"title": "审计整改", "do": "draft"}, WorkItem, id="an item"),
    pytest.param(FIRST, "/instructions/new", {"title": "来信", "content": "查清", "handler": HANDLER, "term": "急件"},
                 Instruction, id="a free-standing instruction"),
    pytest.param(HANDLER, "/items/1/report", {"content": "完成一半", "seen": "999999"}, ProgressEntry, id="progress"),
    pytest.param(HANDLER, "/items/1/evidence", {"seen": "999999"}, Evidence, id="evidence"),
    pytest.param(SUPERVISOR, "/items/urge", {"item": ["1"]}, Notice, id="an urge"),
    pytest.param(SUPERVISOR, "/people/new", {"name": "新来的", "department": "执法科", "title": "员", "role": "承办人",
                 "day": "2026-06-02"}, Person, id="a person"),
    pytest.param(SUPERVISOR, f"/people/{HANDLER}/leave", {"from_on": "2026-06-10", "until_on": "2026-06-12"}, Leave,
                 id="leave"),
    pytest.param(SUPERVISOR, "/reports/1/desk/comment", {"text": "再具体些"}, ReportComment,
                 id="a comment upon a report"),
    pytest.param(SUPERVISOR, "/ledgers/draws/upload", DRAW, DrawBinding, id="a draw"),
    pytest.param(SUPERVISOR, "/policies/1/copy", {"name": "本局办法"}, Policy, id="a policy"),
    pytest.param(SUPERVISOR, "/reports/compile", {"report_year": "2026"}, Job, id="work in the background"),
    pytest.param(HANDLER, "/account/tokens", {"name": "程序", "scope": ["read"], "expires_on": "2026-12-31"}, ApiToken,
                 id="a token"),
    pytest.param(HANDLER, "/account/feed", {}, CalendarFeed, id="a calendar's address"),
    pytest.param(ADMIN, "/webhooks", {"url": "https://oa.example.gov.cn/duban", "events": ["item.signed"]}, Webhook,
                 id="a webhook"),
]  # fmt: skip


def told_office(engine: Engine, folder: Path) -> Office:
    made = Office(engine, folder / "home")
    made.store = FileStore(made.settings.evidence_store)
    made.hire(ADMIN, Role.ADMINISTRATOR, "管理员")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return told_office(engine, tmp_path)


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def sender(visitor: Visitor, path: str, data: dict[str, Any], key: str) -> Callable[[], tuple[int, str, str]]:
    """Sends just this form: what comes of it in short."""

    def send() -> tuple[int, str, str]:
        files = {"file": ("总结.txt", io.BytesIO("结果".encode()))} if path.endswith("/evidence") else None
        answer = visitor.post(path, data, files=files, key=key)
        return answer.status_code, answer.headers.get("location", ""), answer.headers.get("set-cookie", "")

    return send


@pytest.mark.parametrize(("who", "path", "data", "table"), MAKES)
def test_what_a_form_makes_is_made_once(
    office: Office, web: Web, who: str, path: str, data: dict[str, Any], table: type
) -> None:
    numbers = {row.name: str(row.id) for row in office.rows(Person)}
    if table is ReportComment:
        with unit_of_work(office.engine) as session:
            by = office.by(session, SUPERVISOR, "2026-06-02")
            compile_report(session, session.get_one(Organ, office.organ_id), 2026, by=by, on=by.on)
        data = data | {"key": office.rows(ReportBlock)[0].key}
    typed = {name: numbers.get(value, value) if isinstance(value, str) else value for name, value in data.items()}
    visitor, where, before = web.of(who), path.replace(HANDLER, numbers[HANDLER]), len(office.rows(table))
    send = sender(visitor, where, typed, new_key())

    first, second = send(), send()

    made = len(office.rows(table)) - before
    assert made > 0, words_of(visitor.post(where, typed).text)
    send()
    assert len(office.rows(table)) - before == made
    if path in SHOWN_ONCE:
        assert (first[0], second[0]) == (200, 409)
    else:
        assert (first[0], second) == (303, first)


def test_every_form_of_every_page_carries_a_key_of_its_own(office: Office, web: Web) -> None:
    shown = [(action, held["csrf"]) for name in (SUPERVISOR, HANDLER) for action, held, _ in forms(web.of(name))]
    keys = [csrf.partition(".")[2] for action, csrf in shown if action.partition("?")[0] not in AGAIN]

    assert [action for action, csrf in shown if "." not in csrf and action not in AGAIN] == []
    assert len(set(keys)) == len(keys) > 40


@pytest.mark.parametrize("crowd", [2, 8])
def test_of_many_at_the_same_moment_one_is_done_and_all_are_answered_alike(
    any_engine: Engine, tmp_path: Path, crowd: int
) -> None:
    office = told_office(any_engine, tmp_path)
    send = sender(Web(office).of(SUPERVISOR), "/ledgers/study?year=2026", STUDY, new_key())

    with ThreadPoolExecutor(crowd) as pool:
        answers = {turn.result() for turn in [pool.submit(send) for _ in range(crowd)]}

    assert [status for status, _, _ in answers] == [303]
    assert len(office.rows(StudySession)) == 1


def test_what_was_refused_may_be_sent_again_with_its_key(office: Office, web: Web) -> None:
    visitor, key = web.of(SUPERVISOR), new_key()

    assert visitor.post("/ledgers/study", STUDY | {"topic": ""}, key=key).status_code == 400
    assert office.rows(KeyedRequest) == []
    assert visitor.post("/ledgers/study", STUDY, key=key).status_code == 303
    assert len(office.rows(StudySession)) == 1


def test_another_content_under_a_used_key_is_shown_beside_what_was_made_and_sent_as_a_new_one(
    office: Office, web: Web
) -> None:
    visitor, key = web.of(SUPERVISOR), new_key()
    led = visitor.post("/ledgers/study?year=2026", STUDY, key=key).headers["location"]
    later = STUDY | {"topic": "学习行政处罚法,结合三起案例讨论"}

    answer = visitor.post("/ledgers/study?year=2026", later, key=key)

    words = words_of(answer.text)
    assert (answer.status_code, len(office.rows(StudySession))) == (409, 1)
    assert "这份表单已经提交过 上次提交的结果：已登记学习研讨，编号 1。" in words
    assert f'href="{led}"' in answer.text
    assert later["topic"] in words
    assert field_value(answer.text, "held_on") == later["held_on"]
    fresh = answer.text.rpartition('name="csrf" value="')[2].partition('"')[0].partition(".")[2]
    for _ in range(2):
        assert visitor.post("/ledgers/study?year=2026", later, key=fresh).status_code == 303
    assert [row.topic for row in office.rows(StudySession)] == [STUDY["topic"], later["topic"]]


def test_no_secret_is_given_back_or_kept(office: Office, web: Web) -> None:
    visitor, key = web.of(HANDLER), new_key()
    sent = {"name": "程序", "scope": ["read"], "expires_on": "2026-12-31"}
    assert "duban_" in visitor.post("/account/tokens", sent, key=key).text

    same, other = (visitor.post("/account/tokens", sent | {"name": name}, key=key) for name in ("程序", "另一程序"))

    assert "那次的结果只在当时的页面上显示" in words_of(same.text)
    assert "没有保存：要再办一次，请刷新原来的页面后重新填写。" in words_of(other.text)
    assert "另一程序" not in other.text
    assert [row.body for row in office.rows(KeyedRequest)] == [""]


def test_a_form_answered_by_nothing_that_was_kept_is_not_done_again(
    office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ended between the deed and its answer."""
    monkeypatch.setattr("duban.web.acts.form_key.keep_answer", lambda *_args, **_more: None)
    monkeypatch.setattr("duban.web.acts.sent_before._PAUSE", 0)
    visitor, key = web.of(SUPERVISOR), new_key()

    answers = [visitor.post("/ledgers/study", STUDY, key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "已经办好，没有再办一次。" in words_of(answers[1].text)
    assert len(office.rows(StudySession)) == 1


def test_keys_are_each_person_s_own(office: Office, web: Web) -> None:
    key = new_key()

    for name in (SUPERVISOR, ADMIN, SUPERVISOR):
        web.of(name).post("/notices/read", key=key)

    assert len(office.rows(KeyedRequest)) == 2


def test_keys_are_forgotten_with_those_of_programs(any_engine: Engine, tmp_path: Path) -> None:
    office = told_office(any_engine, tmp_path)
    at = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
    with unit_of_work(any_engine) as session:
        person = session.exec(select(Person).where(Person.name == HANDLER)).one().id or 0
        for later, name in ((dt.timedelta(0), "a"), (KEPT, "b"), (KEPT + dt.timedelta(seconds=1), "c")):
            take_key(session, person, name, fingerprint="", now=at + later)

    assert {row.key for row in office.rows(KeyedRequest)} == {"b", "c"}


def ended(web: Web, name: str) -> None:
    with unit_of_work(web.office.engine) as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        end_sessions(session, person.id or 0, now=web.now)


def test_what_was_sent_when_the_session_had_ended_is_kept_once_and_sent_once(office: Office, web: Web) -> None:
    visitor, key = web.of(SUPERVISOR), new_key()
    ended(web, SUPERVISOR)

    answers = [visitor.post("/ledgers/study?year=2026", STUDY, key=key) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == ["/login?next=/drafts/1"] * 2
    back = web.of(SUPERVISOR)
    html = back.get("/drafts/1").text
    fresh = html.rpartition('name="csrf" value="')[2].partition('"')[0].partition(".")[2]
    sent = {name: field_value(html, name) for name in ("of_draft", *STUDY)}
    for _ in range(2):
        assert back.post("/ledgers/study?year=2026", sent, key=fresh).status_code == 303
    assert (len(office.rows(StudySession)), office.rows(KeptForm)) == (1, [])


def test_what_was_done_before_the_session_ended_is_not_kept_but_leads_there(office: Office, web: Web) -> None:
    visitor, key = web.of(SUPERVISOR), new_key()
    led = visitor.post("/ledgers/study", STUDY, key=key).headers["location"]
    ended(web, SUPERVISOR)

    same, other = (visitor.post("/ledgers/study", STUDY | more, key=key) for more in ({}, {"topic": "另学一次"}))

    assert web.anonymous().get("/login", params={"next": led}).status_code == 200
    assert same.headers["location"].startswith("/login?next=/ledgers/study%3F")
    assert other.headers["location"] == "/login?next=/drafts/1"
    assert len(office.rows(KeptForm)) == 1
