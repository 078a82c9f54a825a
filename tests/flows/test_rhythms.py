"""The rhythms as plain functions: what they leave behind, and that running them twice leaves no more."""

import datetime as dt
import io
import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from flows import rhythms
from models import clock
from models.database import key, unit_of_work
from models.engine.rhythm import LastRun
from models.items.plan import AnnualPlan
from models.papers.document import Document
from models.people.organ import Organ
from models.report.report import Report
from models.settings import Settings
from tasks.files.file_store import FileStore
from tasks.ladder.arm import issue_plan
from tests.homes import lay_home
from tests.office import HANDLER, Office

YEAR = 2025


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # Whatever hour the machine has: nothing is quiet, and everybody's hour has come.
    midnight = dt.time(0)
    made = Settings(
        home=tmp_path / "home", quiet_from=midnight, quiet_until=midnight, digest_at=midnight, days_ahead=10_000
    )
    lay_home(made.home)
    return made


@pytest.fixture
def office(settings: Settings, database: Engine) -> Office:
    made = Office(database, settings.home, year=YEAR)
    made.assign("普法宣传", due="2025-06-30", on="2025-06-01")
    return made


def last_run(database: Engine, rhythm: str) -> LastRun | None:
    with Session(database) as session:
        return session.get(LastRun, rhythm)


def test_a_day_is_swept_and_its_notices_are_delivered(office: Office, settings: Settings, database: Engine) -> None:
    swept = rhythms.daily_supervision(settings, on="2025-06-23")
    sent = rhythms.delivery(settings)

    assert (swept["on"], swept["raised"], swept["reminders"]) == ("2025-06-23", 1, 1)
    assert (sent["sent"], sent["problem"]) == (1, None)
    office.inbox(HANDLER).expect("普法宣传")
    assert last_run(database, "daily_supervision") is not None
    assert last_run(database, "delivery") is not None


def test_a_rhythm_run_twice_changes_nothing(office: Office, settings: Settings) -> None:
    rhythms.daily_supervision(settings, on="2025-06-23")
    rhythms.delivery(settings)

    assert rhythms.daily_supervision(settings, on="2025-06-23")["raised"] == 0
    assert rhythms.delivery(settings)["sent"] == 0
    assert len(office.mails()) == 1


def test_the_flows_do_what_the_plain_functions_do(
    office: Office, settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bodies call no task, so that no engine starts."""
    from flows.brief import brief
    from flows.circular import monthly_circular, quarterly_circular, weekly_circular
    from flows.daily_supervision import daily_supervision
    from flows.delivery import delivery, urgent_delivery
    from flows.letters import letters
    from flows.webhooks import webhooks
    from flows.year_end_report import year_end_report
    from flows.year_opening import year_opening

    monkeypatch.setenv("DUBAN_HOME", str(settings.home))
    monkeypatch.setenv("DUBAN_DAYS_AHEAD", "10000")
    monkeypatch.setenv("DUBAN_QUIET_FROM", "00:00")
    monkeypatch.setenv("DUBAN_QUIET_UNTIL", "00:00")
    monkeypatch.setenv("DUBAN_DIGEST_AT", "00:00")

    assert daily_supervision.fn(dt.date(2025, 6, 23))["raised"] == 1
    assert delivery.fn()["sent"] == 1
    assert urgent_delivery.fn() == {"sent": 0, "failed": 0, "parked": 0, "problems": []}
    assert letters.fn() == {"letters": 0, "failed": 0, "parked": 0, "problems": []}
    assert webhooks.fn() == {"queued": 0, "sent": 0, "failed": 0, "parked": 0, "stopped": 0, "problems": []}
    assert year_end_report.fn(YEAR)["reports"] == [{"organ": "某局", "version": 1, "report": 1}]
    assert year_opening.fn(YEAR + 1)["plans"][0]["organ"] == "某局"
    assert brief.fn(dt.date(2025, 6, 30))["briefs"][0]["number"] == "督简〔2025〕1号"
    for place, rhythm in enumerate((weekly_circular, monthly_circular, quarterly_circular), 1):
        assert rhythm.fn(dt.date(2025, 7, 4))["circulars"][0]["number"] == f"督通〔2025〕{place}号"


def test_what_killed_processes_left_of_files_is_thrown_away_after_a_day(office: Office, settings: Settings) -> None:
    store, work = Path(settings.evidence_store), settings.home / "work"
    kept = FileStore(settings.evidence_store).put(io.BytesIO(b"evidence"), largest=100)
    left, lasting = list[Path](), list[Path]()
    for folder, name in ((store, ".unfinished-{}"), (work, "copy-{}/copy.db"), (work, "made-{}.xlsx")):
        for age in ("old", "new"):
            path = folder / name.format(age)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
            top = path if path.parent == folder else path.parent
            long_ago = (clock.now() - dt.timedelta(days=1, minutes=1)).timestamp()
            if age == "old":
                os.utime(top, (long_ago, long_ago))
            (left if age == "old" and "made" not in name else lasting).append(top)

    rhythms.daily_supervision(settings, on="2025-06-23")

    assert [path.exists() for path in left] == [False, False]
    assert [path.exists() for path in lasting] == [True] * 4
    assert FileStore(settings.evidence_store).verify(kept.sha256)


def test_a_store_that_cannot_be_reached_stops_no_sweep(
    office: Office, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = settings.model_copy(update={"evidence_url": "nowhere://evidence"})

    assert rhythms.daily_supervision(nowhere, on="2025-06-23")["raised"] == 1

    assert "orphans_left" in [getattr(record, "action", "") for record in caplog.records]


def test_mail_that_cannot_leave_is_said_and_waits(
    office: Office, settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    rhythms.daily_supervision(settings, on="2025-06-23")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    sent = rhythms.delivery(
        settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"})
    )

    assert (sent["sent"], bool(sent["problem"])) == (0, True)
    assert [getattr(record, "action", "") for record in caplog.records] == ["delivery_failed"]


def test_each_organ_with_a_plan_gets_its_report_and_a_failing_one_stops_no_other(
    office: Office, settings: Settings, database: Engine
) -> None:
    with unit_of_work(database) as session:
        empty = Organ(code="new", name="新局")
        session.add(empty)
        session.flush()
        session.add(AnnualPlan(organ_id=key(empty.id), year=YEAR, title="空计划"))

    compiled = rhythms.year_end_report(settings, year=YEAR)
    again = rhythms.year_end_report(settings, year=YEAR)

    assert compiled["reports"][0] == {"organ": "某局", "version": 1, "report": 1}
    assert compiled["reports"][1]["organ"] == "新局"
    assert "没有任务" in compiled["reports"][1]["problem"]
    assert again == compiled
    with Session(database) as session:
        assert len(session.exec(select(Report)).all()) == 1
    assert last_run(database, "year_end_report") is not None


def test_without_a_year_the_report_is_that_of_the_year_before(office: Office, settings: Settings) -> None:
    assert rhythms.year_end_report(settings)["year"] == clock.today().year - 1


def test_a_year_is_opened_for_each_organ_once_and_an_issued_plan_is_left_alone(
    office: Office, settings: Settings, database: Engine
) -> None:
    opened = rhythms.year_opening(settings, year=YEAR + 1)
    again = rhythms.year_opening(settings, year=YEAR + 1)

    assert opened["plans"][0]["made"] > 2
    assert again["plans"] == [{"organ": "某局", "made": 0, "incomplete": 0}]
    with unit_of_work(database) as session:
        plan = session.exec(select(AnnualPlan).where(AnnualPlan.year == YEAR + 1)).one()
        assert plan.issued_on is None
        issue_plan(session, plan, on=clock.today())
    assert rhythms.year_opening(settings, year=YEAR + 1)["plans"] == []
    assert last_run(database, "year_opening") is not None


def test_a_day_that_reaches_a_rung_with_a_sheet_draws_it_up_once(office: Office, settings: Settings) -> None:
    assert rhythms.daily_supervision(settings, on="2025-07-08")["sheets"] == []
    assert rhythms.daily_supervision(settings, on="2025-07-09")["sheets"] == ["督办〔2025〕1号"]
    assert rhythms.daily_supervision(settings, on="2025-07-09")["sheets"] == []


@pytest.mark.parametrize(
    ("kind", "on", "until", "first"),
    [
        pytest.param("week", "2025-07-04", "2025-07-04", "2025-06-30", id="on Friday the week that ends"),
        pytest.param("week", "2025-07-07", "2025-07-06", "2025-06-30", id="made good on Monday, the same"),
        pytest.param("month", "2025-07-01", "2025-06-30", "2025-06-01", id="the month before"),
        pytest.param("month", "2025-07-09", "2025-06-30", "2025-06-01", id="made good a week late, the same"),
        pytest.param("quarter", "2025-07-01", "2025-06-30", "2025-04-01", id="the quarter before"),
    ],
)
def test_a_circular_is_drawn_up_once_a_period_however_often_it_runs(
    office: Office, settings: Settings, database: Engine, kind: str, on: str, until: str, first: str
) -> None:
    drawn, again = rhythms.circular(settings, kind, on), rhythms.circular(settings, kind, on)

    [document] = office.rows(Document)
    assert (
        drawn
        == again
        == {
            "until": until,
            "circulars": [{"organ": "某局", "document": document.id, "number": "督通〔2025〕1号"}],
        }
    )
    assert (document.about, document.person_id) == (f"circular:{kind}:{first}", None)
    ran = last_run(database, f"{kind}ly_circular")
    assert ran is not None
    assert str(ran.on) == on


def test_a_brief_is_drawn_up_once_a_day_for_the_first_responsible_person(
    office: Office, settings: Settings, database: Engine
) -> None:
    drawn, again = rhythms.brief(settings, "2025-06-30"), rhythms.brief(settings, "2025-06-30")

    assert drawn == again
    assert [(row["organ"], row["number"]) for row in drawn["briefs"]] == [("某局", "督简〔2025〕1号")]
    assert rhythms.brief(settings, "2025-07-07")["briefs"][0]["number"] == "督简〔2025〕2号"
    assert last_run(database, "brief") is not None


def test_an_organ_that_fails_is_named_and_stops_no_other(
    office: Office, settings: Settings, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with unit_of_work(database) as session:
        headless = Organ(code="headless", name="无首长局")
        session.add(headless)
        session.flush()
        running = session.get_one(AnnualPlan, office.plan_id)
        session.add_all(
            [
                AnnualPlan(
                    organ_id=key(headless.id), year=YEAR, title="计划", policy_id=running.policy_id,
                    issued_on=running.issued_on,
                ),
                AnnualPlan(organ_id=key(headless.id), year=YEAR - 1, title="旧计划", policy_id=running.policy_id),
            ]
        )  # fmt: skip
        session.flush()

    first, second = rhythms.brief(settings, "2025-06-30")["briefs"]

    assert first["number"] == "督简〔2025〕1号"
    assert second == {
        "organ": "无首长局",
        "problem": "无首长局在 2025-06-30 没有在任的第一责任人：请先在“人员”中登记。",
    }
    assert [getattr(record, "action", "") for record in caplog.records] == ["organ_failed"]
    assert [row["organ"] for row in rhythms.circular(settings, "month", "2025-07-01")["circulars"]] == [
        "某局",
        "无首长局",
    ]


def test_a_plan_that_was_not_issued_by_then_has_neither_circular_nor_brief(office: Office, settings: Settings) -> None:
    assert rhythms.circular(settings, "month", "2025-06-02") == {"until": "2025-05-31", "circulars": []}
    assert rhythms.brief(settings, "2025-05-26") == {"on": "2025-05-26", "briefs": []}
