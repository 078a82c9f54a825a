"""One-time codes: which way they go, who sees them, and whose hand in an account is remembered."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.errors import ConflictError, ForbiddenError
from models.ladder.letter import Letter
from models.people.account import Account, CodeWay, OneTimeCode
from models.people.person import Person, Post, Role
from tasks.access.give_code import print_slip
from tasks.access.hash_password import hash_password
from tasks.access.hold_session import find_session, start_session
from tasks.access.hold_tokens import find_feed, find_token, make_feed, make_token
from tasks.access.manage_accounts import account_of, close_account, invite, reset
from tasks.access.set_password import change_password, find_invited, set_by_code
from tasks.notices.send_letters import send_letters
from tasks.people.find import find_person
from tasks.people.touch_account import reset_by
from tasks.staff.change_contact import change_contact
from tasks.staff.hand_over import hand_over, leave_office
from tests.actors import administrator
from tests.office import HANDLER, HEAD, SUPERVISOR, Office, day

ON = "2026-06-01"
NOW = opening_of(day(ON))
PASSWORD, NEXT = "河湖长制一年四查九次会议", "河湖长制一年五查九次会议"
OTHER = "林督办"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """The cast with a second supervisor, and an account for the handler."""
    made = Office(engine, tmp_path)
    made.hire(OTHER, Role.SUPERVISOR, "督办员")
    with unit_of_work(engine) as session:
        person = find_person(session, HANDLER)
        kept = hash_password(PASSWORD)
        session.add(Account(person_id=person.id or 0, login=HANDLER, password_hash=kept, made_at=NOW, own_at=NOW))
    return made


def at(office: Office, name: str, minutes: int) -> Callable[[Session], Actor]:
    def by(session: Session) -> Actor:
        later = NOW + dt.timedelta(minutes=minutes)
        return Actor(name, Channel.WEB, day(ON), later, find_person(session, name).id)

    return by


def codes(office: Office) -> list[CodeWay]:
    with Session(office.engine) as session:
        return [row.handed for row in session.exec(select(OneTimeCode).where(col(OneTimeCode.used_at).is_(None)))]


def mailed_code(office: Office, name: str) -> str:
    found = re.search(r"/welcome\?code=([\w-]+)", office.inbox(name).expect("一次性地址"))
    assert found is not None
    return found[1]


def has_no_mail(office: Office, name: str) -> None:
    with unit_of_work(office.engine) as session:
        find_person(session, name).email = None


def hands(office: Office, name: str = HANDLER) -> set[str]:
    with Session(office.engine) as session:
        found = reset_by(session, find_person(session, name))
        return {session.get_one(Person, number).name for number in found}


# --- which way ----------------------------------------------------------------------------------------------------


def test_the_address_goes_to_the_person_s_own_mail_and_nobody_else_sees_it(office: Office) -> None:
    with on_record(office.engine) as session:
        given = reset(session, find_person(session, HANDLER), by=at(office, SUPERVISOR, 1)(session))
    assert (given.way, given.code) == (CodeWay.MAIL, None)
    with pytest.raises(LookupError):
        _ = given.shown
    assert codes(office) == []  # nothing that opens anything is kept while the letter waits
    assert send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2)).letters == 1
    code = mailed_code(office, HANDLER)
    with on_record(office.engine) as session:
        assert find_invited(session, code, now=NOW).person.name == HANDLER
        set_by_code(session, code, NEXT, now=NOW)
    with Session(office.engine) as session:
        kept = "".join(str(row.model_dump()) for row in session.exec(select(Letter)))
    assert code not in kept


def test_without_a_mail_address_another_prints_a_slip(office: Office) -> None:
    has_no_mail(office, HANDLER)
    with on_record(office.engine) as session:
        given = reset(session, find_person(session, HANDLER), by=at(office, SUPERVISOR, 1)(session))
    assert (given.way, given.code, codes(office)) == (CodeWay.PAPER, None, [])
    assert send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2)).letters == 0
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        account = account_of(session, person)
        assert account is not None
        for name in (SUPERVISOR, HEAD):
            with pytest.raises(
                ForbiddenError, match="不能由提出开通或重设的人打印" if name == SUPERVISOR else "不能管理"
            ):
                print_slip(session, person, account, by=at(office, name, 2)(session))
        slip = print_slip(session, person, account, by=at(office, OTHER, 2)(session))
        again = print_slip(session, person, account, by=at(office, OTHER, 3)(session))
        set_by_code(session, again.shown, NEXT, now=NOW)
        assert slip.shown != again.shown
        with pytest.raises(ConflictError, match="不在等待一次性地址"):
            print_slip(session, person, account, by=at(office, OTHER, 4)(session))


def test_paper_may_be_asked_for_and_the_mail_still_tells(office: Office) -> None:
    with on_record(office.engine) as session:
        given = reset(session, find_person(session, HANDLER), by=at(office, SUPERVISOR, 1)(session), paper=True)
    assert given.way is CodeWay.PAPER
    send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2))
    told = office.inbox(HANDLER).expect("重设密码", f"{SUPERVISOR}重设了您在督办系统的密码", "须本人签字领取")
    assert "/welcome" not in told


def test_the_administrator_at_the_machine_is_shown_it_and_the_person_is_told(office: Office) -> None:
    with on_record(office.engine) as session:
        given = reset(session, find_person(session, HANDLER), by=administrator(day(ON)))
    assert (given.way, codes(office)) == (CodeWay.MACHINE, [CodeWay.MACHINE])
    send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2))
    assert given.shown not in office.inbox(HANDLER).expect("重设密码", "由本机管理员交给您本人")


# --- what ends ----------------------------------------------------------------------------------------------------


def held(office: Office) -> tuple[str, str, str]:
    """A token, a calendar address and a session of the handler's."""
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), office.by(session, HANDLER, ON)
        token = make_token(session, person, by=by, name="报表", scopes=["read"])
        feed = make_feed(session, person, by=by)
        return token, feed, start_session(session, person, address="a", agent="b", now=NOW)


def opens(office: Office, given: tuple[str, str, str], now: dt.datetime = NOW) -> list[bool]:
    with Session(office.engine) as session:
        return [
            find_token(session, given[0], now=now) is not None,
            find_feed(session, given[1], now=now) is not None,
            find_session(session, given[2], now=now) is not None,
        ]


def test_a_reset_ends_tokens_and_calendar_too_for_good(office: Office) -> None:
    given = held(office)
    assert opens(office, given) == [True, True, True]
    with on_record(office.engine) as session:
        code = reset(session, find_person(session, HANDLER), by=administrator(day(ON))).shown
    assert opens(office, given) == [False, False, False]
    with on_record(office.engine) as session:
        set_by_code(session, code, NEXT, now=NOW)
    assert opens(office, given) == [False, False, False]


def test_closing_ends_them_and_an_invitation_brings_nothing_back(office: Office) -> None:
    given = held(office)
    with unit_of_work(office.engine) as session:
        account = account_of(session, find_person(session, HANDLER))
        assert account is not None
        account.subject, account.otp_secret = "https://id|7", "sealed"
    with on_record(office.engine) as session:
        close_account(session, find_person(session, HANDLER), by=administrator(day(ON)))
    with on_record(office.engine) as session:
        code = invite(session, find_person(session, HANDLER), by=administrator(day(ON))).shown
        set_by_code(session, code, NEXT, now=NOW)
    assert opens(office, given) == [False, False, False]
    with Session(office.engine) as session:
        account = account_of(session, find_person(session, HANDLER))
        assert account is not None
        assert (account.subject, account.otp_secret, account.closed_at) == (None, None, None)


def test_whoever_returns_after_a_departure_finds_none_of_them(office: Office) -> None:
    given = held(office)
    with on_record(office.engine) as session:
        leave_office(session, find_person(session, HANDLER), by=administrator(day(ON)), on=day(ON))
    with on_record(office.engine) as session:
        post = session.exec(select(Post).where(Post.role == Role.HANDLER)).one()
        back = find_person(session, HANDLER)
        hand_over(session, post, by=administrator(day("2026-06-02")), to=back, on=day("2026-06-03"))
    assert opens(office, given, opening_of(day("2026-06-03"))) == [False, False, False]


def test_tokens_and_calendar_addresses_last_for_the_days_set_and_no_longer(office: Office) -> None:
    given = held(office)
    last, after = (opening_of(day(on)) for on in ("2027-06-01", "2027-06-02"))
    assert opens(office, given, last)[:2] == [True, True]
    assert opens(office, given, after)[:2] == [False, False]


@pytest.mark.parametrize("with_tokens", [False, True])
def test_a_changed_password_ends_them_where_that_is_ticked(office: Office, with_tokens: bool) -> None:
    given = held(office)
    with on_record(office.engine) as session:
        account = account_of(session, find_person(session, HANDLER))
        assert account is not None
        change_password(session, account, NEXT, by=office.by(session, HANDLER, ON), with_tokens=with_tokens)
    assert opens(office, given) == [not with_tokens, not with_tokens, False]


# --- whose hand ---------------------------------------------------------------------------------------------------


def test_who_reset_an_account_is_remembered_until_its_owner_sets_the_password_alone(office: Office) -> None:
    assert hands(office) == set()
    with on_record(office.engine) as session:
        reset(session, find_person(session, HANDLER), by=at(office, SUPERVISOR, 1)(session), paper=True)
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        account = account_of(session, person)
        assert account is not None
        code = print_slip(session, person, account, by=at(office, OTHER, 2)(session)).shown
        set_by_code(session, code, NEXT, now=NOW + dt.timedelta(minutes=3))
    assert hands(office) == {SUPERVISOR, OTHER}
    with on_record(office.engine) as session:
        account = account_of(session, find_person(session, HANDLER))
        assert account is not None
        change_password(session, account, PASSWORD, by=at(office, HANDLER, 4)(session))
    assert hands(office) == set()


def test_a_code_that_only_the_owner_s_mailbox_held_leaves_nobody_s_hand(office: Office) -> None:
    with on_record(office.engine) as session:
        reset(session, find_person(session, HANDLER), by=at(office, SUPERVISOR, 1)(session))
    assert hands(office) == {SUPERVISOR}
    send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2))
    with on_record(office.engine) as session:
        set_by_code(session, mailed_code(office, HANDLER), NEXT, now=NOW + dt.timedelta(minutes=2))
    assert hands(office) == set()


def test_but_not_where_another_named_the_mailbox(office: Office) -> None:
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), at(office, SUPERVISOR, 1)(session)
        change_contact(session, person, by=by, email="elsewhere@office.test", mobile="", deputy=None)
        assert reset(session, person, by=at(office, OTHER, 1)(session)).way is CodeWay.MAIL
    send_letters(office.engine, office.settings, now=NOW + dt.timedelta(minutes=2))
    told = [mail for mail in office.mails() if mail["To"] == "elsewhere@office.test"]
    found = re.search(r"code=([\w-]+)", told[0].get_content())
    assert found is not None
    with on_record(office.engine) as session:
        set_by_code(session, found[1], NEXT, now=NOW + dt.timedelta(minutes=3))
    assert hands(office) == {SUPERVISOR, OTHER}


@pytest.mark.parametrize("before", [True, False])
def test_whoever_names_a_mailbox_cannot_have_the_address_sent_there(office: Office, before: bool) -> None:
    if not before:
        has_no_mail(office, HANDLER)
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), at(office, SUPERVISOR, 1)(session)
        change_contact(session, person, by=by, email="mine@office.test", mobile="", deputy=None)
        assert reset(session, person, by=by).way is CodeWay.PAPER


def test_an_account_opened_again_counts_as_a_reset(office: Office) -> None:
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        close_account(session, person, by=at(office, SUPERVISOR, 1)(session))
        invite(session, person, by=at(office, SUPERVISOR, 2)(session))
    assert hands(office) == {SUPERVISOR}


def test_a_first_account_is_nobody_s_hand(office: Office) -> None:
    with on_record(office.engine) as session:
        invite(session, find_person(session, HEAD), by=at(office, SUPERVISOR, 1)(session))
    assert hands(office, HEAD) == set()
