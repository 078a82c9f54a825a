"""Closing a day: what was counted is told once, the end of the trail is signed and mailed, and a cut tail shows."""

import datetime as dt
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.clock import midnight_of, opening_of
from models.database import key, on_record, reading, unit_of_work
from models.day_count import DayCount
from models.errors import ForbiddenError
from models.people.account import Account, SignInAttempt
from models.people.person import Role
from models.signed_head import SignedHead
from tasks.access.sign_in import Caller, sign_in
from tasks.acting.once_a_day import once_a_day
from tasks.people.find import find_person
from tasks.trail.close_day import NOBODY, close_day
from tasks.trail.noted_head import read_head
from tasks.trail.tell_entry import TAKE_FILE
from tasks.trail.verify_audit import ChainFault, verify_audit
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.tampering import tamper

AUDITOR = "孙监督"
ON = day("2026-06-08")
"""A Monday."""


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.hire(AUDITOR, Role.AUDITOR, "监督检查")
    made.assign("普法宣传", due="2026-12-30", on="2026-06-01")
    return made


def close(office: Office, on: dt.date = ON) -> SignedHead:
    by = Actor("每日督办", Channel.RHYTHM, on, opening_of(on))
    return close_day(office.engine, office.settings.home, by=by)


def entries(office: Office, action: str) -> list[AuditEntry]:
    return [entry for entry in office.rows(AuditEntry) if entry.action == action]


def take(office: Office, name: str, thing: str, on: str = "2026-06-05") -> None:
    with on_record(office.engine) as session:
        once_a_day(
            session, office.by(session, name, on), TAKE_FILE, thing, organ_id=office.organ_id, after={"file": thing}
        )


def test_the_first_time_a_day_is_an_entry_and_how_often_it_was_is_told_the_next_morning(office: Office) -> None:
    for name, thing in [(HANDLER, "总结.docx")] * 3 + [(HANDLER, "附件.zip"), (FIRST, "总结.docx")]:
        take(office, name, thing)
    take(office, HANDLER, "总结.docx", on="2026-06-06")

    told = [(entry.actor, str(entry.on), entry.after["file"]) for entry in entries(office, TAKE_FILE)]
    assert told == [
        (HANDLER, "2026-06-05", "总结.docx"), (HANDLER, "2026-06-05", "附件.zip"), (FIRST, "2026-06-05", "总结.docx"),
        (HANDLER, "2026-06-06", "总结.docx"),
    ]  # fmt: skip

    close(office)
    close(office)

    [again] = entries(office, "again")
    assert (again.organ_id, again.after) == (
        office.organ_id,
        {"again": ["2026-06-05 李承办取走文件“总结.docx”共 3 次"]},
    )
    assert office.rows(DayCount) == []


def test_a_day_that_still_runs_is_not_told(office: Office) -> None:
    take(office, HANDLER, "总结.docx", on=str(ON))
    take(office, HANDLER, "总结.docx", on=str(ON))
    close(office)
    assert [row.times for row in office.rows(DayCount)] == [2]


def knock(office: Office, login: str, address: str, at: dt.datetime) -> None:
    with pytest.raises(ForbiddenError):
        sign_in(office.engine, login, "猜出来的密码", caller=Caller(address, "test"), now=at)


def test_tries_that_failed_are_told_once_by_login_and_place_and_no_login_is_told_that_is_none(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        person = find_person(session, HANDLER)
        session.add(Account(person_id=key(person.id), login="li", made_at=opening_of(ON)))
    friday = opening_of(day("2026-06-05"))
    for address in ("10.0.0.8", "10.0.0.8", "10.0.0.9"):
        knock(office, "li", address, friday)
    knock(office, "我的密码是春天", "10.0.0.9", friday)
    knock(office, "li", "10.0.0.8", midnight_of(ON))

    close(office)
    close(office)

    told = {entry.organ_id: entry.after["failures"] for entry in entries(office, "failed_sign_ins")}
    assert told == {
        office.organ_id: ["li 3 次，来自 10.0.0.8、10.0.0.9"],
        None: [f"{NOBODY} 1 次，来自 10.0.0.9"],
    }
    close(office, ON + dt.timedelta(days=1))
    assert [entry.after["failures"] for entry in entries(office, "failed_sign_ins")][2:] == [
        ["li 1 次，来自 10.0.0.8"],
    ]
    assert len(office.rows(SignInAttempt)) == 5


def test_of_two_that_close_a_day_at_once_one_tells_it_and_both_have_the_same_line(office: Office) -> None:
    take(office, HANDLER, "总结.docx")
    take(office, HANDLER, "总结.docx")
    lines, start = [], Barrier(2)

    def run() -> None:
        start.wait()
        lines.append(close(office).line)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entries(office, "again")) == 1
    assert len(lines) == 2
    assert len(set(lines)) == 1


def test_supervisors_and_auditors_get_the_line_in_the_morning_once_and_nobody_else(office: Office) -> None:
    line = close(office).line

    office.send(ON)
    office.send(ON)

    assert line in office.inbox(SUPERVISOR).expect("操作记录链尾 2026-06-08")
    assert line in office.inbox(AUDITOR).expect("操作记录链尾 2026-06-08")
    assert len([mail for mail in office.mails() if "链尾" in mail["Subject"]]) == 2


def test_no_line_is_mailed_on_a_day_of_rest(office: Office) -> None:
    close(office, day("2026-06-07"))
    office.send("2026-06-07")
    assert [mail for mail in office.mails() if "链尾" in mail["Subject"]] == []


def test_the_line_says_whether_the_trail_still_contains_what_it_held(office: Office) -> None:
    noted = read_head(office.settings.home, close(office).line)
    office.report("1", "办理中", on="2026-06-09")
    with reading(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        whole = verify_audit(session, by=by, organ_id=office.organ_id, head=noted)
    assert (whole.broken, whole.noted_words) == (
        None, f"2026-06-08 签发的链尾（第 {noted.entry_id} 号记录）仍在链中，其后又有 1 条。",
    )  # fmt: skip

    tamper(office.engine, f"DELETE FROM audit_entry WHERE id >= {noted.entry_id}")

    with reading(office.engine) as session:
        assert verify_audit(session, by=by, organ_id=office.organ_id).broken is None
        cut = verify_audit(session, by=by, organ_id=office.organ_id, head=noted).broken
    assert cut is not None
    assert cut.fault is ChainFault.CUT
    assert f"2026-06-08 签发，第 {noted.entry_id} 号记录" in cut.words


def test_what_is_no_business_of_another_organ_is_not_shown_to_it(office: Office) -> None:
    """Entries of no organ are for whoever sees every organ's trail; an outsider verifies nothing at all."""
    with reading(office.engine) as session, pytest.raises(ForbiddenError):
        verify_audit(session, by=office.by(session, OUTSIDER, ON), organ_id=office.organ_id)
