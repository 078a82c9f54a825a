import datetime as dt
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from duban.web.background.jobs import FAULT, KINDS, Jobs, Report, jobs_of, start_job, stop_jobs
from duban.web.background.work_folder import new_result, prune, touch, work_folder
from duban.web.served import ServedOffice
from duban.web.visit import Visit
from models.database import unit_of_work
from models.engine.job import Job, JobState
from models.engine.rhythm import Lease
from models.errors import BadInputError
from models.settings import Settings
from tasks.engine.lease import database_now, take_lease
from tasks.engine.take_job import ABANDONED, queue_job, take_job
from tasks.people.find import find_organ, find_person
from tests.office import HANDLER, SUPERVISOR, Office
from tests.processes import eventually
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The kinds of work there are, for the length of a test."""
    kinds = dict(KINDS)
    monkeypatch.setattr("duban.web.background.jobs.KINDS", kinds)
    return kinds


def put(office: Office, kind: str = "sum", who: str = SUPERVISOR, **parameters: Any) -> int:
    with unit_of_work(office.engine) as session:
        by = office.by(session, who, office.today)
        job = queue_job(session, by=by, organ_id=office.organ_id, kind=kind, title="求和", parameters=parameters)
        return job.id or 0


def runner(web: Web) -> Jobs:
    return Jobs(web.office.engine, web.office.settings, lambda: web.now)


def outcome(office: Office) -> list[tuple[JobState, str | None]]:
    return [(job.state, job.message) for job in office.rows(Job)]


def add(_database: Engine, _settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    report(1, 2, "正在相加")
    return {"said": f"合计 {sum(job.parameters['numbers'])}。"}


def test_work_is_done_by_one_of_two_runners_whoever_comes_first(web: Web, kind: dict[str, Any]) -> None:
    done: list[int | None] = []
    both = threading.Barrier(2)

    def note(_database: Engine, _settings: Settings, job: Job, _report: Report) -> dict[str, Any]:
        done.append(job.id)
        return {}

    kind["note"] = note
    wanted = [put(web.office, "note") for _ in range(12)]
    counts: list[int] = []

    def work(mine: Jobs) -> None:
        both.wait()
        counts.append(mine.do_waiting())

    threads = [threading.Thread(target=work, args=(runner(web),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(key for key in done if key), sum(counts)) == (wanted, 12)
    assert outcome(web.office) == [(JobState.DONE, "已完成。")] * 12


def test_what_is_wrong_is_told_and_a_fault_is_told_plainly(web: Web, kind: dict[str, Any]) -> None:
    def refuse(*_: Any) -> dict[str, Any]:
        raise BadInputError("第 3 行的时限无法识别。")

    def fail(*_: Any) -> dict[str, Any]:
        raise KeyError("secret detail")

    kind.update(sum=add, refuse=refuse, fail=fail)
    for name in ("sum", "refuse", "fail", "unknown"):
        put(web.office, name, numbers=[1, 2])
    assert runner(web).do_waiting() == 4
    assert outcome(web.office) == [
        (JobState.DONE, "合计 3。"),
        (JobState.FAILED, "第 3 行的时限无法识别。"),
        (JobState.FAILED, FAULT),
        (JobState.FAILED, "这一版程序不认识这项工作，没有做。请重新开始。"),
    ]


def test_work_of_a_process_that_died_is_told_as_not_done_and_that_of_a_living_one_left_alone(
    web: Web, kind: dict[str, Any]
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: Any) -> dict[str, Any]:
        begun.set()
        go_on.wait(30)
        return {"said": "做完了。"}

    kind["slow"] = slow
    dead, living = put(web.office, "slow"), put(web.office, "slow")
    with unit_of_work(web.office.engine) as session:
        assert take_job(session, dead, now=web.now) is not None
        assert take_job(session, dead, now=web.now) is None
    other = runner(web)
    thread = threading.Thread(target=other.do_waiting)
    thread.start()
    begun.wait(30)
    runner(web).tell_abandoned()
    assert outcome(web.office) == [(JobState.FAILED, ABANDONED), (JobState.RUNNING, None)]
    go_on.set()
    thread.join()
    assert [job.id for job in web.office.rows(Job)] == [dead, living]
    assert outcome(web.office)[1] == (JobState.DONE, "做完了。")
    assert sorted(path.name for path in work_folder(web.office.settings).glob("*.held")) == []


def test_on_every_database_work_of_a_living_process_is_left_alone_and_that_of_a_killed_one_told_in_time(
    any_engine: Engine, tmp_path: Path, kind: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.web.background.hold.TERM", dt.timedelta(seconds=0.4))
    monkeypatch.setattr("duban.web.background.hold.BEAT", dt.timedelta(seconds=0.05))
    web = Web(Office(any_engine, tmp_path / "home"))
    begun, go_on = threading.Event(), threading.Event()

    def slow(_database: Engine, _settings: Settings, _job: Job, report: Report) -> dict[str, Any]:
        report(3, 10, "第 3 行")
        begun.set()
        go_on.wait(30)
        report(10, 10, "正在保存")
        return {"said": "做完了。"}

    kind["slow"] = slow
    put(web.office, "slow")
    mine = runner(web)
    thread = threading.Thread(target=mine.do_waiting)
    thread.start()
    begun.wait(30)
    # As another machine would look: with a data folder of its own, far longer than a term.
    elsewhere = Jobs(any_engine, web.office.settings.model_copy(update={"home": tmp_path / "other"}), lambda: web.now)
    if any_engine.dialect.name == "postgresql":
        for _ in range(20):
            elsewhere.tell_abandoned()
            time.sleep(0.05)
        assert outcome(web.office) == [(JobState.RUNNING, None)]
        assert web.office.rows(Job)[0].progress == {"done": 3, "total": 10, "words": "第 3 行"}
    go_on.set()
    thread.join()
    assert outcome(web.office) == [(JobState.DONE, "做完了。")]
    assert web.office.rows(Lease) == []

    killed = put(web.office, "slow")
    with unit_of_work(any_engine) as session:
        take_lease(session, f"job:{killed}", "killed", database_now(session), dt.timedelta(seconds=0.4))
        take_job(session, killed, now=web.now)

    def told() -> bool:
        elsewhere.tell_abandoned()
        return outcome(web.office)[1] == (JobState.FAILED, ABANDONED)

    assert eventually(told, 5)


@pytest.mark.postgres
@pytest.mark.parametrize("any_engine", ["postgres"], indirect=True)
def test_work_whose_lease_was_lost_keeps_nothing(
    any_engine: Engine, tmp_path: Path, kind: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that stood still for longer than a term: another has told the person that nothing was written."""
    monkeypatch.setattr("duban.web.background.hold.BEAT", dt.timedelta(seconds=0.05))
    web = Web(Office(any_engine, tmp_path / "home"))

    def lose(database: Engine, _settings: Settings, job: Job, report: Report) -> dict[str, Any]:
        with unit_of_work(database) as session:
            session.get_one(Lease, f"job:{job.id}").owner = "another"
        time.sleep(0.3)
        report(0, 0, "正在保存")
        return {"said": "做完了。"}

    kind["lose"] = lose
    put(web.office, "lose")
    runner(web).do_waiting()
    assert outcome(web.office) == [(JobState.FAILED, ABANDONED)]


def test_work_under_way_when_the_service_stops_is_broken_off_and_told(web: Web, kind: dict[str, Any]) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def endless(_database: Engine, _settings: Settings, _job: Job, report: Report) -> dict[str, Any]:
        while True:
            report(0, 0, "还在做")
            begun.set()
            stopped.wait(0.01)

    kind["endless"] = endless
    put(web.office, "endless")
    runs = jobs_of(web.app.state.served)
    runs.wake()
    begun.wait(30)
    assert runs.settle(0) is False
    stop_jobs(web.app.state.served)
    assert outcome(web.office) == [(JobState.FAILED, ABANDONED)]


def visit_of(web: Web, name: str) -> Visit:
    served: ServedOffice = web.app.state.served
    with unit_of_work(served.database) as session:
        person, organ = find_person(session, name), find_organ(session, "bureau")
    return Visit(served, None, person, "", organ, None, web.office.today, web.now, web.now)  # type: ignore[arg-type]


def test_a_page_starts_work_and_only_its_person_sees_how_far_it_is(web: Web, kind: dict[str, Any]) -> None:
    go_on = threading.Event()

    def half(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
        report(50, 100, "第 50 行")
        go_on.wait(30)
        made = new_result(settings, "txt")
        made.write_text("一二三", encoding="utf-8")
        return {"said": "写好了。", "file": made.name, "name": "结果.txt", "type": "text/plain", "next": "/plans"}

    kind["half"] = half
    job_id = start_job(visit_of(web, SUPERVISOR), "half", "写文件", {})
    mine, other = web.of(SUPERVISOR), web.of(HANDLER)
    runs = jobs_of(web.app.state.served)
    while (at := runs.progress(job_id)) is None or not at.words:
        threading.Event().wait(0.01)
    assert mine.get(f"/jobs/{job_id}.json").json() == {
        "state": "running", "label": "进行中", "going": True, "percent": 50, "words": "第 50 行",
    }  # fmt: skip
    page = mine.get(f"/jobs/{job_id}").text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "进行中 第 50 行" in words_of(page)
    go_on.set()
    assert runs.settle()
    assert "已完成 写好了。" in mine.read(f"/jobs/{job_id}")
    assert "写文件 已完成" in mine.read("/jobs")
    fetched = mine.get(f"/jobs/{job_id}/file")
    assert (fetched.text, fetched.headers["content-disposition"].split(";")[0]) == ("一二三", "attachment")
    for path in (f"/jobs/{job_id}", f"/jobs/{job_id}.json", f"/jobs/{job_id}/file"):
        assert other.get(path).status_code == 404
    assert "还没有后台工作" in other.read("/jobs")


def test_work_left_waiting_by_a_process_that_is_gone_is_begun_when_its_page_is_looked_at(
    web: Web, kind: dict[str, Any]
) -> None:
    kind["sum"] = add
    job_id = put(web.office, numbers=[4, 5])
    web.of(SUPERVISOR).read(f"/jobs/{job_id}")
    assert jobs_of(web.app.state.served).settle()
    assert outcome(web.office) == [(JobState.DONE, "合计 9。")]


def test_a_result_nobody_fetched_for_a_week_is_thrown_away(web: Web, kind: dict[str, Any]) -> None:
    settings = web.office.settings
    old, new = new_result(settings, "xlsx"), new_result(settings, "xlsx")
    waiting = work_folder(settings) / "list-1" / "token"
    waiting.mkdir(parents=True)
    web.office.fast_forward("2026-06-12", send=False)
    touch(old, now=web.now.replace(day=5))
    touch(new, now=web.now.replace(day=7))
    touch(waiting, now=web.now.replace(day=12))
    prune(settings, now=web.now)
    assert (old.exists(), new.exists(), waiting.exists()) == (False, True, False)
    assert oct(new.stat().st_mode)[-3:] == "600"
    with unit_of_work(web.office.engine) as session:
        by = web.office.by(session, SUPERVISOR, web.office.today)
        job = queue_job(session, by=by, organ_id=web.office.organ_id, kind="sum", title="求和", parameters={})
        job.state, job.result = JobState.DONE, {"file": old.name}
        session.flush()
        job_id = job.id
    gone = web.of(SUPERVISOR).get(f"/jobs/{job_id}/file")
    assert (gone.status_code, "只保留 7 天" in gone.text) == (404, True)
