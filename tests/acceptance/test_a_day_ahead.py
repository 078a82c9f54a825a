"""A day that nobody meant: a clock that jumped, a slip of the hand. Doubted, rehearsed, stood by, taken back."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from flows import rhythms
from models import clock
from models.audit import AuditEntry
from models.clock import opening_of
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.engine.rhythm import LastRun
from models.errors import ConflictError, ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.papers.document import Document
from models.people.organ import Organ
from models.report.report import Report
from models.settings import Settings
from tasks.oversight.doubt_day import doubt_day, stand_by
from tasks.oversight.rehearse_day import rehearse_day
from tasks.oversight.take_back_sweep import TakenBack, take_back_sweep
from tasks.papers.list_documents import list_documents
from tasks.papers.write_document import content_of
from tests.homes import lay_home
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day
from tests.terminal import Terminal
from tests.web import Web

WRONG = "2026-09-30"
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def busy(office: Office) -> None:
    """Items in every place of the ladder, and the days up to 10 June lived."""
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01", sign=False)
    office.assign("制度清理", due="2026-06-12", on="2026-06-01")
    office.assign("执法检查", due="2026-06-05", on="2026-06-01")
    office.assign("案卷评查", due="2026-06-08", on="2026-06-01")
    office.today = day("2026-06-01")
    office.fast_forward("2026-06-09")
    office.report("4", on="2026-06-09", next_report="2026-06-16")
    office.fast_forward("2026-06-10")
    office.assign("信息公开", due="2026-06-20", on="2026-06-10", sign=False)


def take_back(office: Office, of: str = WRONG, *, on: str = "2026-06-10", who: str = SUPERVISOR) -> TakenBack:
    with unit_of_work(office.engine) as session:
        return take_back_sweep(session, day(of), by=office.by(session, who, on), reason="时钟跳了")


def swept(office: Office) -> dt.date | None:
    with Session(office.engine) as session:
        last = session.get(LastRun, "daily_supervision")
        return last.on if last else None


def doubted(office: Office, on: str, today: str, most: int = 30) -> str | None:
    with Session(office.engine) as session:
        return doubt_day(session, on=day(on), today=day(today), most=most)


def test_after_a_wrong_sweep_is_taken_back_the_year_goes_on_as_if_it_had_never_been(
    office: Office, other_engine: Engine, tmp_path: Path
) -> None:
    """Every rung between is told on its day, a promise holds, who has not signed is asked."""
    straight = Office(other_engine, tmp_path / "straight")
    for one in (office, straight):
        busy(one)
    wrong = office.sweep(WRONG)
    assert (wrong.raised > 5, wrong.skipped > 5) == (True, True)
    done = take_back(office)
    assert (done.notices, done.sent, done.swept) == (wrong.raised + wrong.skipped, [], day("2026-06-10"))
    assert len(done.sheets) > 1

    for one in (office, straight):
        one.fast_forward("2026-08-10")

    assert sorted(office.told(), key=str) == sorted(straight.told(), key=str)
    assert len(office.mails()) == len(straight.mails())


def test_nothing_recorded_is_lost_and_no_number_is_given_twice(office: Office) -> None:
    busy(office)
    before = {row.id for row in office.rows(Notice)}
    wrong = office.sweep(WRONG)
    done = take_back(office)

    taken = [row for row in office.rows(Notice) if row.id not in before]
    assert len(taken) == wrong.raised + wrong.skipped
    assert {(row.state, row.taken_back_on) for row in taken} == {(NoticeState.DROPPED, day("2026-06-10"))}
    assert "2026-06-10 撤回 2026-09-30 的督办：时钟跳了" in {row.reason for row in taken}
    office.sweep(WRONG)
    sheets = [row for row in office.rows(Document) if row.issued_on == day(WRONG)]
    first = sheets[0].number
    assert [row.number for row in sheets] == list(range(first, first + len(sheets)))
    assert [row.written_number for row in sheets if row.void_on] == done.sheets
    assert {row.about for row in sheets if row.void_on} == {row.about for row in sheets if not row.void_on}
    [entry] = [row for row in office.rows(AuditEntry) if row.action == "take_back_sweep"]
    assert (entry.reason, entry.after["swept_on"], entry.after["sheets"]) == ("时钟跳了", WRONG, done.sheets)


def test_a_void_sheet_says_so_in_the_list_and_on_paper(office: Office) -> None:
    busy(office)
    office.sweep(WRONG)
    take_back(office)

    with Session(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        listed = list_documents(session, organ, by=office.by(session, SUPERVISOR, "2026-06-10"))
        sheet = session.exec(select(Document).where(Document.issued_on == day(WRONG))).first()
        assert sheet is not None
        written = content_of(sheet).number  # type: ignore[union-attr]
    assert {line.title.startswith("【作废】") for line in listed if line.issued_on == day(WRONG)} == {True}
    assert written.endswith("号（作废）")


def test_what_has_left_stays_and_is_named(office: Office) -> None:
    """The mail of one matter is out, the other's is not."""
    busy(office)
    office.sweep("2026-06-25")
    office.send("2026-06-25")
    told = [row for row in office.rows(Notice) if row.raised_on == day("2026-06-25")]
    left = [row for row in told if row.state is NoticeState.SENT]
    parked = {row.id for row in left if row.deadline_id == left[-1].deadline_id}
    left = [row for row in left if row.id not in parked]
    with unit_of_work(office.engine) as session:
        for unsent in session.exec(select(Notice).where(col(Notice.id).in_(parked))):
            unsent.state = NoticeState.PARKED

    done = take_back(office, "2026-06-25")

    assert len(done.sent) == len(left) > 0
    assert done.notices == len(told) - len(done.sent)
    assert {one.recipient for one in done.sent} <= {HANDLER, HEAD, LEADER, FIRST}
    assert all(one.sent_at is not None and one.item and one.rung for one in done.sent)
    states = {row.id: (row.state, row.taken_back_on) for row in office.rows(Notice)}
    assert {states[row.id] for row in left} == {(NoticeState.SENT, None)}
    assert office.sweep("2026-06-25").raised > 0


def test_while_a_mail_of_it_is_being_sent_nothing_is_taken_back(office: Office) -> None:
    busy(office)
    office.sweep("2026-06-25")
    with unit_of_work(office.engine) as session:
        waiting = session.exec(select(Notice).where(Notice.raised_on == day("2026-06-25"))).first()
        assert waiting is not None
        message = Message(
            recipient_id=waiting.recipient_id or 1,
            on=day("2026-06-25"), channels=["mail"], channel="mail", reference="<1@duban.invalid>",
            made_at=opening_of(day("2026-06-10")), state=SendState.SENDING,
            next_try_at=opening_of(day("2026-06-10")) + dt.timedelta(minutes=5),
        )  # fmt: skip
        session.add(message)
        session.flush()
        waiting.message_id = message.id

    with pytest.raises(ConflictError, match="1 封邮件正在发送"):
        take_back(office, "2026-06-25")
    assert {row.taken_back_on for row in office.rows(Notice)} == {None}
    assert take_back(office, "2026-06-25", on="2026-06-11").notices > 0


def test_the_first_sweep_ever_taken_back_leaves_the_office_as_before_it(
    office: Office, other_engine: Engine, tmp_path: Path
) -> None:
    straight = Office(other_engine, tmp_path / "straight")
    for one in (office, straight):
        one.assign("普法宣传", due="2026-06-30", on="2026-06-01", sign=False)
    office.sweep(WRONG)

    assert take_back(office, on="2026-06-02").swept is None
    assert swept(office) is None
    for one in (office, straight):
        one.fast_forward("2026-06-10")
    assert sorted(office.told(), key=str) == sorted(straight.told(), key=str) != []


def test_what_was_not_swept_and_whoever_may_not_are_refused(office: Office) -> None:
    busy(office)
    with pytest.raises(NotFoundError, match="2026-07-01 没有可撤回的督办，最近一次督办的是 2026-06-10"):
        take_back(office, "2026-07-01")
    with pytest.raises(ForbiddenError):
        take_back(office, "2026-06-10", who=HANDLER)


@pytest.mark.parametrize(
    ("on", "today", "doubt"),
    [
        ("2026-06-11", "2026-06-11", None),
        ("2026-06-11", "2026-06-10", "以后"),
        ("2026-07-10", "2026-07-10", None),
        ("2026-07-11", "2026-07-11", "已有 31 天，超过 30 天"),
        ("2026-06-09", "2026-07-11", None),
        ("2036-01-02", "2036-01-02", "最近一次督办"),
        ("2026-06-09", "2026-06-09", "以前"),
        ("1970-01-01", "1970-01-01", "以前"),
    ],
)
def test_a_day_is_doubted_by_today_and_by_the_last_one_swept(
    office: Office, on: str, today: str, doubt: str | None
) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.sweep("2026-06-10")

    found = doubted(office, on, today)

    assert found is None if doubt is None else doubt in (found or "")


def test_before_the_first_sweep_a_day_is_doubted_by_the_newest_entry_of_the_trail(office: Office) -> None:
    assert doubted(office, "2036-01-02", "2036-01-02") is None
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")

    assert "最近一条操作记录（2026-06-01）" in (doubted(office, "2036-01-02", "2036-01-02") or "")
    assert doubted(office, "2026-06-20", "2026-06-20") is None


def test_an_organ_that_fails_for_weeks_does_not_stop_the_others(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        failing = [{"organ_id": 1, "organ": "某局", "problem": "缺人", "fault": False}]
        ran = opening_of(day("2026-07-30"))
        session.add(LastRun(slug="daily_supervision", on=day("2026-06-10"), ended_at=ran, problems=failing))

    assert doubted(office, "2026-07-31", "2026-07-31") is None


def test_a_word_for_today_sets_back_a_day_that_is_still_to_come(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.sweep("2026-06-30")
    with unit_of_work(office.engine) as session:
        stand_by(session, "今天在最近一次督办以前", by=office.by(session, SUPERVISOR, "2026-06-10"))
    office.sweep("2026-06-10")

    assert swept(office) == day("2026-06-10")
    assert doubted(office, "2026-06-11", "2026-06-11") is None


def test_a_rehearsal_shows_the_day_and_keeps_nothing(office: Office) -> None:
    busy(office)
    before = (office.rows(Notice), office.rows(Document), office.rows(AuditEntry), swept(office), office.deadlines("1"))
    with Session(office.engine) as session:
        by = office.by(session, SUPERVISOR, WRONG)
        result, rows = rehearse_day(session, by=by, calendar=office_calendar(session))

    assert len(rows) == result.swept.raised + result.swept.skipped > 10
    assert before == (
        office.rows(Notice), office.rows(Document), office.rows(AuditEntry), swept(office), office.deadlines("1"),
    )  # fmt: skip


# --- by hand, by the clock, on the page: on the real day -----------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    lay_home(made.home)
    return made


@pytest.fixture
def today() -> dt.date:
    return clock.today()


@pytest.fixture
def real(settings: Settings, database: Engine, today: dt.date) -> Office:
    """An office with an item that was due two weeks ago, swept until yesterday as by the clock."""
    made = Office(database, settings.home, year=today.year)
    made.assign("普法宣传", due=str(today - 14 * DAY), on=str(today - 40 * DAY))
    made.sweep(today - DAY)
    return made


def counts(office: Office) -> list[int]:
    return [len(office.rows(table)) for table in (Notice, Document, AuditEntry)]


def test_a_day_ahead_typed_by_hand_is_a_rehearsal_unless_a_person_says_so(
    real: Office, settings: Settings, today: dt.date
) -> None:
    terminal, ahead, before = Terminal(settings.home), str(today + 40 * DAY), counts(real)

    told = terminal.data("supervise", "--on", ahead)
    said = terminal.says("supervise", "--on", ahead)

    assert (len(told["notices"]), told["on"]) == (told["raised"] + told["skipped"], ahead)
    assert f"预览，什么也没有写入：{ahead} 在今天（{today}）以后" in said
    assert f"duban supervise --on {ahead} --for-good" in said
    assert (counts(real), swept(real)) == (before, today - DAY)

    assert "rehearsal" not in terminal.data("supervise", "--on", ahead, "--for-good")
    assert swept(real) == today + 40 * DAY
    [word] = [row for row in real.rows(AuditEntry) if row.action == "supervise_by_word"]
    assert word.after["swept_on"] == ahead

    taken = terminal.says("notice", "take-back", ahead, "--reason", "日期写错", "--as", SUPERVISOR)
    assert f"已撤回 {ahead} 的督办：取消通知" in taken
    assert f"现在督办到 {today - DAY}" in taken
    assert "rehearsal" not in terminal.data("supervise")


def test_a_rhythm_whose_clock_jumped_stops_writes_nothing_and_says_so(
    real: Office, settings: Settings, today: dt.date, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = counts(real)
    for jump in (3650 * DAY, -400 * DAY):
        with monkeypatch.context() as jumped:
            there = clock.now() + jump
            jumped.setattr(clock, "now", lambda there=there: there)
            ran = rhythms.daily_supervision(settings)
        if jump > DAY:
            assert "超过 30 天" in ran["stopped"]
            assert [getattr(record, "action", "") for record in caplog.records] == ["sweep_stopped"]
    assert (counts(real)[:2], swept(real)) == (before[:2], today - DAY)

    assert "stopped" not in rhythms.daily_supervision(settings)
    assert swept(real) == today


@pytest.mark.parametrize(
    "rhythm",
    [
        rhythms.weekly_circular, rhythms.monthly_circular, rhythms.quarterly_circular, rhythms.brief,
        rhythms.year_end_report, rhythms.year_opening,
    ],
)  # fmt: skip
def test_no_rhythm_works_for_a_day_that_nobody_stands_by(
    real: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch, rhythm: Callable[[Settings], dict[str, Any]]
) -> None:
    before = [*counts(real), len(real.rows(LastRun)), len(real.rows(AnnualPlan)), len(real.rows(Report))]
    there = clock.now() + 365 * DAY
    monkeypatch.setattr(clock, "now", lambda: there)

    assert "超过 30 天" in rhythm(settings)["stopped"]

    assert [*counts(real), len(real.rows(LastRun)), len(real.rows(AnnualPlan)), len(real.rows(Report))] == before


def test_an_office_that_was_off_for_months_goes_on_after_one_word(settings: Settings, database: Engine) -> None:
    today = clock.today()
    office = Office(database, settings.home, year=today.year)
    office.assign("普法宣传", due=str(today - 20 * DAY), on=str(today - 170 * DAY))
    office.sweep(today - 161 * DAY)

    assert "已有 161 天" in rhythms.daily_supervision(settings)["stopped"]
    assert Terminal(settings.home).data("supervise", "--for-good")["raised"] > 0
    assert "stopped" not in rhythms.daily_supervision(settings)


def test_the_page_of_the_system_says_that_supervision_stands_still_and_what_to_do(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-01-05")
    office.sweep("2026-01-06")

    shown = Web(office).of(SUPERVISOR).read("/system")

    assert "每日督办已停下，等人确认" in shown
    assert "duban supervise --for-good" in shown
    assert "duban notice take-back" in shown


def test_whoever_may_take_a_sweep_back_stands_by_today_on_the_page_and_the_clock_goes_on(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-01-05")
    office.sweep("2026-01-06")
    web, today = Web(office), str(office.today)
    assert web.of(FIRST).post("/system/go-on", {}).status_code == 403
    assert doubted(office, today, today) is not None
    visitor = web.of(SUPERVISOR)
    assert "日期不错，继续" in visitor.read("/system")

    assert f"已确认今天（{today}）的日期" in visitor.act("/system/go-on", {})

    assert doubted(office, today, today) is None
    assert doubted(office, str(office.today + DAY), str(office.today + DAY)) is not None
    assert "每日督办已停下" not in visitor.read("/system")
    [word] = [row for row in office.rows(AuditEntry) if row.action == "supervise_by_word"]
    assert (word.actor, word.after["swept_on"], "已有 146 天" in word.after["doubt"]) == (SUPERVISOR, today, True)
    assert visitor.post("/system/go-on", {}).status_code == 409


def test_what_is_taken_back_is_no_part_of_any_key(office: Office) -> None:
    """Of a rung and person one notice stands, however often its sweep was taken back."""
    busy(office)
    for _ in range(3):
        office.sweep(WRONG)
        take_back(office)
    office.sweep(WRONG)

    with Session(office.engine) as session:
        found = session.exec(select(Notice).where(col(Notice.taken_back_on).is_(None), Notice.raised_on == day(WRONG)))
        standing = [(row.fire_on, row.deadline_id, row.rung_id, row.recipient_id) for row in found]
    assert len(standing) == len(set(standing)) > 0
