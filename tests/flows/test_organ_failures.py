"""Whatever goes wrong for one organ, each rhythm names it, leaves nothing of it, and does its work for the others."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from flows import rhythms
from flows.schedules import SCHEDULES
from flows.slots import AGAIN, missed
from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.clock import opening_of
from models.database import key, on_record, open_engine, reading, unit_of_work
from models.engine.problem import OrganProblem
from models.engine.rhythm import LastRun
from models.engine.webhook import Webhook, WebhookMessage
from models.items.item import WorkItem
from models.items.plan import AnnualPlan, Project
from models.ladder.letter import Letter, LetterKind
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice
from models.papers.document import Document
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from models.report.report import Report
from models.settings import Settings
from tasks.engine.show_system import record_run
from tasks.notices.send_letters import ClaimedLetter
from tasks.plan.issue import issue
from tests.homes import lay_home
from tests.office import LONG_AGO, SUPERVISOR, Office
from tests.terminal import Terminal
from tests.web import Web

YEAR, FAILING, OTHER = 2025, "出错局", "某局"
SHEET_DAY = "2025-07-09"
LONG_PAST = opening_of(dt.date(2025, 6, 1))
Work = Callable[..., Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", quiet_from=dt.time(0), quiet_until=dt.time(0), days_ahead=10_000)
    lay_home(made.home)
    return made


@pytest.fixture
def office(settings: Settings, database: Engine) -> Office:
    """Two organs with the same work; the one that was there first, so that its turn comes first, fails."""
    made = Office(database, settings.home, year=YEAR)
    made.assign("普法宣传", due="2025-06-30", on="2025-06-01")
    with unit_of_work(database) as session:
        session.get_one(Organ, made.organ_id).name = FAILING
        other = Organ(code="second", name=OTHER)
        session.add(other)
        session.flush()
        for role, title in ((Role.FIRST_RESPONSIBLE, "局长"), (Role.HANDLER, "科员"), (Role.SUPERVISOR, "督办员")):
            person = Person(organ_id=key(other.id), name=f"某{title}", email=f"{role.value}@second.test")
            post = Post(organ_id=key(other.id), title=title, role=role)
            session.add_all([person, post])
            session.flush()
            session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=LONG_AGO))
        plan = AnnualPlan(organ_id=key(other.id), year=YEAR, title="计划")
        session.add(plan)
        session.flush()
        project = Project(plan_id=key(plan.id), ordinal=1, name="法治建设")
        session.add(project)
        session.flush()
        handler = session.exec(select(Post).where(Post.organ_id == other.id, Post.role == Role.HANDLER)).one()
        session.add(
            WorkItem(
                plan_id=key(plan.id), organ_id=key(other.id), project_id=key(project.id), number="1", title="执法检查",
                due_on=dt.date(2025, 6, 30), handler_post_id=handler.id,
            )
        )  # fmt: skip
        session.flush()
        at = dt.date(2025, 6, 1)
        by = Actor("某督办员", Channel.COMMAND, at, opening_of(at), _person(session, "某督办员"))
        issue(session, plan, by=by, preset=made.preset)
        for organ_id in (made.organ_id, key(other.id)):
            session.add(
                Webhook(
                    organ_id=organ_id, url="http://nowhere.invalid/hook", events=["plan.issued"], salt=str(organ_id),
                    made_at=by.now,
                )
            )  # fmt: skip
    return made


def _person(session: Session, name: str) -> int:
    return key(session.exec(select(Person).where(Person.name == name)).one().id)


def organ_of(*given: Any) -> str:
    """The organ that a task was called for: by a row among its arguments that is one, or belongs to one."""
    for row in given:
        if isinstance(row, Organ):
            return row.name
        if isinstance(row, ClaimedLetter):
            return row.organ
    for row in given:
        session = Session.object_session(row) if hasattr(row, "organ_id") else None
        if session is not None:
            return session.get_one(Organ, row.organ_id).name
    return ""


@dataclass(frozen=True)
class Case:
    """A rhythm, the task within it that fails, what it says of the organs, and what it would leave of one."""

    task: str
    run: Callable[[Settings], dict[str, Any]]
    named: str
    left: Callable[[Session, int], int]
    before: Work = lambda _settings: None
    again: Work | None = None


def documents(session: Session, organ_id: int) -> int:
    return len(session.exec(select(Document).where(Document.organ_id == organ_id)).all())


def notices(session: Session, organ_id: int) -> int:
    ours = select(WorkItem.id).where(WorkItem.organ_id == organ_id)
    raised = select(Notice).where(col(Notice.item_id).in_(ours), Notice.raised_on == dt.date.fromisoformat(SHEET_DAY))
    return len(session.exec(raised).all()) + documents(session, organ_id)


def mails(session: Session, organ_id: int) -> int:
    ours = select(Person.id).where(Person.organ_id == organ_id)
    sent = select(Message).where(col(Message.recipient_id).in_(ours), Message.state == SendState.SENT)
    return len(session.exec(sent).all())


def queued(session: Session, organ_id: int) -> int:
    ours = select(Webhook.id).where(Webhook.organ_id == organ_id)
    return len(session.exec(select(WebhookMessage).where(col(WebhookMessage.webhook_id).in_(ours))).all())


def reports(session: Session, organ_id: int) -> int:
    return len(session.exec(select(Report).where(Report.organ_id == organ_id)).all())


def next_plans(session: Session, organ_id: int) -> int:
    later = select(AnnualPlan).where(AnnualPlan.organ_id == organ_id, AnnualPlan.year == YEAR + 1)
    return len(session.exec(later).all())


def entries(session: Session, organ_id: int) -> int:
    return len(session.exec(select(AuditEntry).where(AuditEntry.organ_id == organ_id)).all())


def sweep(settings: Settings) -> dict[str, Any]:
    return rhythms.daily_supervision(settings, SHEET_DAY)


def deliver_later(settings: Settings, rhythm: Work = rhythms.delivery) -> None:
    """A mail that failed waits for five minutes."""
    engine = open_engine(settings.database)
    with unit_of_work(engine) as session:
        for message in session.exec(select(Message).where(Message.state == SendState.WAITING)):
            message.next_try_at = message.next_try_at - dt.timedelta(hours=1)
    engine.dispose()
    rhythm(settings)


def write_letters(settings: Settings) -> None:
    engine = open_engine(settings.database)
    with unit_of_work(engine) as session:
        for person in session.exec(select(Person).where(col(Person.name).in_([SUPERVISOR, "某督办员"]))):
            session.add(
                Letter(
                    subject=f"test:{person.id}", person_id=key(person.id), address=person.email or "", text="换岗",
                    kind=LetterKind.POST, made_at=LONG_PAST, next_try_at=LONG_PAST,
                )
            )  # fmt: skip
    engine.dispose()


def letters_sent(session: Session, organ_id: int) -> int:
    ours = select(Person.id).where(Person.organ_id == organ_id)
    sent = select(Letter).where(col(Letter.person_id).in_(ours), Letter.state == SendState.SENT)
    return len(session.exec(sent).all())


def send_letters_later(settings: Settings) -> None:
    engine = open_engine(settings.database)
    with unit_of_work(engine) as session:
        for letter in session.exec(select(Letter)):
            letter.next_try_at = LONG_PAST
    engine.dispose()
    rhythms.letters(settings)


CIRCULAR = ("flows.rhythms.compile_circular", "circulars", documents)
CASES = {
    "daily_supervision": Case(
        "tasks.oversight.supervise.escalation_sheet",
        sweep, "problems", documents,
    ),
    "delivery": Case("tasks.notices.deliver.compose", rhythms.delivery, "problems", mails, sweep, deliver_later),
    "urgent_delivery": Case("tasks.notices.deliver.compose", rhythms.urgent_delivery, "problems", mails, sweep,
                            lambda settings: deliver_later(settings, rhythms.urgent_delivery)),
    "letters": Case("tasks.notices.send_letters.compose_letter", rhythms.letters, "problems", letters_sent,
                    write_letters, send_letters_later),
    "webhooks": Case("tasks.webhooks.queue_webhooks._insert", rhythms.webhooks, "problems", queued),
    "brief": Case("flows.rhythms.compile_brief", lambda settings: rhythms.brief(settings, "2025-07-07"), "briefs",
                  documents),
    "weekly_circular": Case(CIRCULAR[0], lambda settings: rhythms.weekly_circular(settings, "2025-07-04"),
                            *CIRCULAR[1:]),
    "monthly_circular": Case(CIRCULAR[0], lambda settings: rhythms.monthly_circular(settings, "2025-07-01"),
                             *CIRCULAR[1:]),
    "quarterly_circular": Case(CIRCULAR[0], lambda settings: rhythms.quarterly_circular(settings, "2025-07-01"),
                               *CIRCULAR[1:]),
    "year_end_report": Case("flows.rhythms.compile_report", lambda settings: rhythms.year_end_report(settings, YEAR),
                            "reports", reports),
    "year_opening": Case("flows.rhythms.open_year", lambda settings: rhythms.year_opening(settings, YEAR + 1), "plans",
                         next_plans),
}  # fmt: skip


class UnforeseenError(Exception):
    """What no task is known to raise."""


def break_task(monkeypatch: pytest.MonkeyPatch, dotted: str, organ: str = FAILING) -> None:
    """Let a task do its work and then fail, for one organ."""
    place, _, name = dotted.rpartition(".")
    module = import_module(place)
    whole = getattr(module, name)

    def broken(*given: Any, **more: Any) -> Any:
        done = whole(*given, **more)
        addressed = more.get("name", "")
        if organ_of(*given) == organ or (addressed and not addressed.startswith("某")):
            raise UnforeseenError
        return done

    monkeypatch.setattr(module, name, broken)


WHOLE = {"alarm", "backup", "pruning", "returned_mail"}
"""They look at the machinery, one mailbox, old rows or all there is as a whole and do nothing for one organ."""


def test_every_rhythm_is_told_here() -> None:
    assert set(CASES) | WHOLE == set(rhythms.RHYTHMS)


@pytest.mark.parametrize("rhythm", CASES)
def test_an_organ_that_fails_unforeseen_is_named_left_whole_and_stops_no_other(
    office: Office, settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, rhythm: str,
) -> None:  # fmt: skip
    case = CASES[rhythm]
    with reading(database) as session:
        other = key(session.exec(select(Organ).where(Organ.name == OTHER)).one().id)
    case.before(settings)
    with reading(database) as session:
        recorded = entries(session, office.organ_id)
    with monkeypatch.context() as broken:
        break_task(broken, case.task)
        told = case.run(settings)

    failed = [row for row in told[case.named] if "problem" in row]
    assert [(row["organ"], row["problem"]) for row in failed] == [(FAILING, "程序出错（UnforeseenError）")]
    assert "organ_failed" in [getattr(record, "action", "") for record in caplog.records]
    with reading(database) as session:
        assert case.left(session, office.organ_id) == 0
        assert case.left(session, other) > 0
        [kept] = session.get_one(LastRun, rhythm).problems
        assert (kept["organ"], kept["fault"]) == (FAILING, True)
        assert entries(session, office.organ_id) == recorded

    (case.again or case.run)(settings)

    with reading(database) as session:
        assert case.left(session, office.organ_id) > 0
        assert session.get_one(LastRun, rhythm).problems == []


def test_a_day_that_failed_for_an_organ_is_made_good_by_the_next_sweep(
    office: Office, settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of the sweep stays where it was, however long ago: what came meanwhile collapses into what is highest."""
    rhythms.daily_supervision(settings, "2025-06-20")
    with monkeypatch.context() as broken:
        broken.setattr("tasks.ladder.remind._Sweep.daily", _fail_for(office.organ_id))
        for day in ("2025-06-23", "2025-06-24"):
            assert [one["organ"] for one in rhythms.daily_supervision(settings, day)["problems"]] == [FAILING]
    with reading(database) as session:
        assert str(session.get_one(LastRun, "daily_supervision").on) == "2025-06-20"

    swept = rhythms.daily_supervision(settings, "2025-06-25")

    assert (swept["raised"], swept["late"], swept["problems"]) == (1, 1, [])
    with reading(database) as session:
        assert str(session.get_one(LastRun, "daily_supervision").on) == "2025-06-25"


def _fail_for(organ_id: int) -> Work:
    from tasks.ladder.remind import _Sweep

    whole = _Sweep.daily

    def daily(sweep: _Sweep, since: dt.date, *, unsigned_since: dt.date) -> None:
        if sweep.ours in ("", f" AND i.organ_id = {organ_id}"):
            raise UnforeseenError
        whole(sweep, since, unsigned_since=unsigned_since)

    return daily


def test_commands_tell_what_was_done_and_then_fail(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(settings.home)
    with monkeypatch.context() as broken:
        break_task(broken, CASES["daily_supervision"].task)
        swept = terminal.run("supervise", "--on", SHEET_DAY, "--for-good")
    assert swept.exit_code == 1
    assert "督办单 1 张" in swept.stdout
    assert FAILING in swept.stderr
    assert terminal.run("supervise", "--on", SHEET_DAY, "--for-good").exit_code == 0

    with monkeypatch.context() as broken:
        break_task(broken, CASES["delivery"].task)
        sent = terminal.run("deliver", "--on", SHEET_DAY)
    assert sent.exit_code == 1
    assert "稍后自动重试" in sent.stderr
    assert FAILING in sent.stderr


def test_the_page_names_the_organ_to_whoever_may_see_it(office: Office, settings: Settings, database: Engine) -> None:
    with on_record(database) as session:
        seen = OrganProblem(office.organ_id, FAILING, "程序出错（UnforeseenError）", fault=True)
        hidden = OrganProblem(office.organ_id + 1, "别局", "程序出错（UnforeseenError）", fault=True)
        record_run(session, "brief", on=office.today, now=opening_of(office.today), problems=[seen, hidden])

    page = Web(office).of(SUPERVISOR).read("/system")

    assert f"{FAILING}未能完成：程序出错（UnforeseenError）" in page
    assert "别局未能完成" not in page


def test_a_run_that_failed_unforeseen_is_tried_again_after_an_hour_and_a_foreseen_failure_is_not() -> None:
    brief = next(schedule for schedule in SCHEDULES if schedule.rhythm == "brief")
    monday = opening_of(dt.date(2026, 6, 29))
    problem = {"organ_id": 1, "organ": FAILING, "problem": "…", "fault": True}
    faulty = LastRun(slug="brief", on=monday.date(), ended_at=monday, problems=[problem])
    foreseen = LastRun(slug="brief", on=monday.date(), ended_at=monday, problems=[problem | {"fault": False}])

    assert missed(brief, faulty, monday + AGAIN / 2) is None
    assert missed(brief, faulty, monday + AGAIN) == monday.replace(hour=7, minute=30)
    assert missed(brief, foreseen, monday + AGAIN) is None


def test_on_every_database_an_organ_whose_sheets_fail_has_its_notices_and_the_next_sweep_draws_them_up(
    any_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(any_engine, tmp_path, year=YEAR)
    office.assign("普法宣传", due="2025-06-30", on="2025-06-01")
    with monkeypatch.context() as broken:
        break_task(broken, CASES["daily_supervision"].task, "某局")
        assert office.sweep(SHEET_DAY).raised > 0
    [failed] = office.rows(LastRun)
    assert (str(failed.on) < SHEET_DAY, len(failed.problems), office.rows(Document)) == (True, 1, [])

    assert office.sweep(SHEET_DAY).raised == 0
    assert len(office.rows(Document)) == 1
    [ran] = office.rows(LastRun)
    assert (str(ran.on), ran.problems) == (SHEET_DAY, [])
