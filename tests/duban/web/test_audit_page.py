"""操作记录: read as sentences, narrowed down, paged, verified, taken along, and only by whoever may."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from duban.web.background.jobs import jobs_of
from duban.web.pages import audit
from models.audit import GUARDS, AuditEntry
from models.database import unit_of_work
from models.engine.job import Job, JobState
from models.people.person import Person
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.report("1", percent=40, on="2026-06-03")
    made.extend("1", to="2026-07-15", on="2026-06-05", reason="=HYPERLINK(1)")
    made.approve("1", on="2026-06-08")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


def number_of(office: Office, name: str) -> int:
    return next(person.id or 0 for person in office.rows(Person) if person.name == name)


def test_the_newest_stands_first_in_words(visitor: Visitor) -> None:
    shown = visitor.read("/audit")

    order = [shown.index(words) for words in (f"{LEADER} 审批延期", f"{HANDLER} 申请延期", f"{HANDLER} 填报进展")]
    assert order == sorted(order)
    assert "任务 1 ：进度 0 → 40" in shown or "任务 1：进度 0 → 40" in shown


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ({"action": "extend"}, "申请延期", f"{HANDLER} 填报进展"),
        ({"item": "1"}, f"{HANDLER} 填报进展", "下达计划 命令行"),
        ({"from": "2026-06-05", "until": "2026-06-05"}, f"{HANDLER} 申请延期", f"{LEADER} 审批延期"),
    ],
)
def test_the_trail_is_narrowed_down(visitor: Visitor, query: dict[str, str], seen: str, unseen: str) -> None:
    shown = visitor.read("/audit", **query)

    assert seen in shown
    assert unseen not in shown


def test_the_trail_of_one_person(office: Office, visitor: Visitor) -> None:
    shown = visitor.read("/audit", person=number_of(office, LEADER))

    assert f"{LEADER} 审批延期" in shown
    assert f"{HANDLER} 填报进展" not in shown


def test_pages_follow_each_other_without_gap_or_repeat(
    office: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "SHOWN", 2)
    numbers, path = [], "/audit"
    while path:
        html = visitor.get(path).text
        numbers += [int(part.split(" ")[0]) for part in html.split("· 第 ")[1:]]
        path = html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0] if 'rel="next"' in html else ""

    assert numbers == [entry.id for entry in office.rows(AuditEntry)][::-1]
    assert len(numbers) > 4


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "昨天"}, 400), ({"action": "peep"}, 400), ({"before": "x"}, 400), ({"person": "999"}, 404),
        ({"item": "999"}, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_on_the_page(visitor: Visitor, query: dict[str, str], status: int) -> None:
    answer = visitor.get("/audit", **query)

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "duban " not in words_of(answer.text)


def test_the_chain_is_verified_with_its_head(office: Office, visitor: Visitor) -> None:
    head = office.rows(AuditEntry)[-1].hash

    shown = words_of(visitor.post("/audit/verify").text)
    assert f"共 {len(office.rows(AuditEntry))} 条" in shown
    assert head in shown
    assert "完好" in words_of(visitor.post("/audit/verify", {"head": head}).text)
    assert "所记的末尾不在链中" in words_of(visitor.post("/audit/verify", {"head": "0" * 63 + "1"}).text)
    assert visitor.post("/audit/verify", {"head": "nonsense"}).status_code == 400


def test_a_change_behind_the_back_of_the_program_is_found(office: Office, visitor: Visitor) -> None:
    with unit_of_work(office.engine) as session:
        for guard in GUARDS["sqlite"]:
            session.execute(text(f"DROP TRIGGER {guard.split()[2]}"))
        session.execute(text("UPDATE audit_entry SET reason = '改过' WHERE id = 2"))

    shown = words_of(visitor.post("/audit/verify").text)

    assert "已被改动 内容被改动" in shown
    assert "第 2 号记录的内容与它的哈希值不符" in shown


def test_what_is_shown_can_be_taken_along_and_holds_no_formula(visitor: Visitor) -> None:
    answer = visitor.post("/audit/export", {"action": "extend"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer.headers["content-disposition"].startswith("attachment")
    assert [(row["何人"], row["操作"], row["理由"]) for row in rows] == [(HANDLER, "申请延期", "'=HYPERLINK(1)")]


@pytest.mark.parametrize(("path", "said"), [("/audit/verify", "操作记录完好，共 "), ("/audit/export", "已写出 ")])
def test_a_long_trail_is_walked_in_the_background(
    office: Office, web: Web, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 1)
    count = len(office.rows(AuditEntry))

    answer = visitor.post(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/jobs/")
    assert jobs_of(web.app.state.served).settle()

    with unit_of_work(office.engine) as session:
        job = session.exec(select(Job)).one()
    assert (job.state, job.message or "") == (JobState.DONE, job.message)
    assert f"{said}{count} 条" in (job.message or "")


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/audit"), ("GET", "/audit/verify"), ("POST", "/audit/verify"), ("POST", "/audit/export"),
])  # fmt: skip
def test_only_those_who_oversee_read_the_trail(web: Web, method: str, path: str) -> None:
    def status(name: str) -> int:
        visitor = web.of(name)
        return (visitor.get(path) if method == "GET" else visitor.post(path)).status_code

    assert [status(name) for name in (SUPERVISOR, FIRST, HANDLER, LEADER)] == [200, 200, 403, 403]


def test_an_outsider_reads_the_own_trail_and_nothing_of_ours(office: Office, web: Web) -> None:
    visitor = web.of(OUTSIDER)

    assert HANDLER not in visitor.read("/audit")
    assert HANDLER not in visitor.post("/audit/export").text
    assert visitor.get("/audit?organ=bureau").status_code == 404
    assert visitor.get("/audit", person=number_of(office, HANDLER)).status_code == 404
    assert visitor.get("/audit?item=1").status_code == 404
