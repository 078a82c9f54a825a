"""The second factor: a code counts once, wrong ones are counted as passwords are, and the database alone makes none."""

import datetime as dt
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError, SlowDownError
from models.people.account import Account, RecoveryCode
from models.people.web_session import SessionStage
from tasks.access.hash_password import hash_password
from tasks.access.hold_session import find_session
from tasks.access.manage_accounts import reset
from tasks.access.second_factor import clear_factor, codes_left, drop_factor, enrol, factor_owed, new_secret
from tasks.access.set_password import set_by_code
from tasks.access.sign_in import GONE, WRONG_CODE, Caller, enrol_at_door, enter, go_on, sign_in
from tasks.notices.send_letters import send_letters
from tasks.people.find import find_person
from tasks.people.touch_account import reset_by
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, SUPERVISOR, Office, day

ON = "2026-06-01"
NOW = opening_of(day(ON))
PASSWORD = "河湖长制一年四查九次会议"
DESK = Caller("10.0.0.5", "test")
STEP = dt.timedelta(seconds=30)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path)
    with unit_of_work(any_engine) as session:
        kept = hash_password(PASSWORD)
        for name in (HANDLER, SUPERVISOR):
            person = find_person(session, name)
            session.add(Account(person_id=person.id or 0, login=name, password_hash=kept, made_at=NOW))
    return made


def account_in(session: Session, name: str = HANDLER) -> Account:
    return session.exec(select(Account).where(Account.login == name)).one()


class Phone:
    """Somebody's authenticator, and the recovery codes on paper."""

    def __init__(self, office: Office, name: str = HANDLER) -> None:
        self.office, self.name = office, name
        with on_record(office.engine) as session:
            account = account_in(session, name)
            secret, sealed = new_secret(office.settings.home, account)
            self.totp = pyotp.TOTP(secret)
            by = office.by(session, name, ON)
            earlier = NOW - 10 * STEP
            by = type(by)(by.name, by.channel, by.on, earlier, by.person_id)
            self.recovery = enrol(session, account, sealed, self.code(earlier), home=office.settings.home, by=by)
        self.secret, self.sealed = secret, sealed

    def code(self, now: dt.datetime) -> str:
        return self.totp.at(now)

    def enters(self, code: str, now: dt.datetime = NOW) -> str:
        half = sign_in(self.office.engine, self.name, PASSWORD, caller=DESK, now=now)
        return go_on(self.office.engine, half, code, caller=DESK, home=self.office.settings.home, now=now)


def is_in(office: Office, token: str, now: dt.datetime = NOW) -> bool:
    with Session(office.engine) as session:
        return find_session(session, token, now=now) is not None


def test_the_password_alone_opens_nothing_and_the_code_does(office: Office) -> None:
    phone = Phone(office)
    half = sign_in(office.engine, HANDLER, PASSWORD, caller=DESK, now=NOW)
    assert not is_in(office, half)
    with pytest.raises(ForbiddenError, match=WRONG_CODE):
        go_on(office.engine, half, "000000", caller=DESK, home=office.settings.home, now=NOW)
    token = go_on(office.engine, half, phone.code(NOW), caller=DESK, home=office.settings.home, now=NOW)
    assert is_in(office, token)
    with pytest.raises(ForbiddenError, match=GONE):  # it was used up
        go_on(office.engine, half, phone.code(NOW + STEP), caller=DESK, home=office.settings.home, now=NOW)
    with pytest.raises(ForbiddenError, match=GONE):  # one that is in is not half-way
        go_on(office.engine, token, phone.code(NOW + STEP), caller=DESK, home=office.settings.home, now=NOW)


def test_a_half_way_sign_in_lasts_ten_minutes(office: Office) -> None:
    phone = Phone(office)
    half = sign_in(office.engine, HANDLER, PASSWORD, caller=DESK, now=NOW)
    late = NOW + dt.timedelta(minutes=10)
    with pytest.raises(ForbiddenError, match=GONE):
        go_on(office.engine, half, phone.code(late), caller=DESK, home=office.settings.home, now=late)


@pytest.mark.parametrize(("off", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_s_clock_may_be_half_a_minute_off(office: Office, off: int, passes: bool) -> None:
    phone = Phone(office)
    if passes:
        assert phone.enters(phone.code(NOW + off * STEP))
    else:
        with pytest.raises(ForbiddenError, match=WRONG_CODE):
            phone.enters(phone.code(NOW + off * STEP))


def test_a_code_counts_once_and_so_does_each_before_it(office: Office) -> None:
    phone = Phone(office)
    phone.enters(phone.code(NOW))
    for used in (phone.code(NOW), phone.code(NOW - STEP)):
        with pytest.raises(ForbiddenError, match=WRONG_CODE):
            phone.enters(used)
    assert phone.enters(phone.code(NOW + STEP), NOW + STEP)


def test_a_recovery_code_counts_once_however_it_is_typed(office: Office) -> None:
    phone = Phone(office)
    first, second = phone.recovery[:2]
    assert len(phone.recovery) == len({*phone.recovery}) == 10
    assert phone.enters(f" {first.upper()} ")
    with pytest.raises(ForbiddenError, match=WRONG_CODE):
        phone.enters(first)
    assert phone.enters(second.replace("-", ""))
    with Session(office.engine) as session:
        assert codes_left(session, account_in(session)) == 8


def test_wrong_codes_are_counted_and_knowing_the_password_does_not_start_the_count_anew(office: Office) -> None:
    phone = Phone(office)
    for _ in range(5):
        with pytest.raises(ForbiddenError, match=WRONG_CODE):
            phone.enters("000000")
    with pytest.raises(SlowDownError):
        phone.enters(phone.code(NOW))


def test_a_copy_of_the_database_makes_no_code(office: Office, tmp_path: Path) -> None:
    phone = Phone(office)
    with unit_of_work(office.engine) as session:
        account, other = account_in(session), account_in(session, SUPERVISOR)
        kept = str(account.otp_secret)
        assert phone.secret not in kept
        hashes = [row.code_hash for row in session.exec(select(RecoveryCode))]
        assert not {code.replace("-", "") for code in phone.recovery} & {*hashes}
        other.otp_secret = kept  # moved to another account it opens nothing either
    half = sign_in(office.engine, SUPERVISOR, PASSWORD, caller=DESK, now=NOW)
    with pytest.raises(BadInputError, match="无法识别"):
        go_on(office.engine, half, phone.code(NOW), caller=DESK, home=office.settings.home, now=NOW)
    half = sign_in(office.engine, HANDLER, PASSWORD, caller=DESK, now=NOW)
    with pytest.raises(BadInputError, match="无法识别"):
        go_on(office.engine, half, phone.code(NOW), caller=DESK, home=tmp_path / "elsewhere", now=NOW)


# --- who must -----------------------------------------------------------------------------------------------------


def test_whoever_changes_people_plans_or_reports_owes_one(office: Office) -> None:
    with Session(office.engine) as session:
        owing = {name for name in (HANDLER, HEAD, "张副局", FIRST, SUPERVISOR)
                 if factor_owed(session, find_person(session, name), on=day(ON))}  # fmt: skip
    assert owing == {FIRST, SUPERVISOR}
    office.vacate(SUPERVISOR, on=ON)
    with Session(office.engine) as session:
        assert not factor_owed(session, find_person(session, SUPERVISOR), on=day(ON))


def test_who_owes_one_sets_it_up_at_the_door_before_anything_opens(office: Office) -> None:
    home = office.settings.home
    assert is_in(office, sign_in(office.engine, HANDLER, PASSWORD, caller=DESK, now=NOW, roles=True))
    assert is_in(office, sign_in(office.engine, SUPERVISOR, PASSWORD, caller=DESK, now=NOW, roles=False))
    half = sign_in(office.engine, SUPERVISOR, PASSWORD, caller=DESK, now=NOW, roles=True)
    assert not is_in(office, half)
    with Session(office.engine) as session:
        secret, sealed = new_secret(home, account_in(session, SUPERVISOR))
    code = pyotp.TOTP(secret).at(NOW)
    with pytest.raises(BadInputError, match="动态码不正确"):
        enrol_at_door(office.engine, half, sealed, "123", caller=DESK, home=home, now=NOW)
    token, codes = enrol_at_door(office.engine, half, sealed, code, caller=DESK, home=home, now=NOW)
    assert (is_in(office, token), len(codes)) == (True, 10)
    with pytest.raises(ForbiddenError, match=GONE):
        enrol_at_door(office.engine, half, sealed, code, caller=DESK, home=home, now=NOW)
    half = sign_in(office.engine, SUPERVISOR, PASSWORD, caller=DESK, now=NOW, roles=True)
    with pytest.raises(ForbiddenError, match=WRONG_CODE):  # the code that took it up counts no more
        go_on(office.engine, half, code, caller=DESK, home=home, now=NOW)


def test_a_reset_password_leaves_the_second_factor_in_the_way(office: Office) -> None:
    Phone(office)
    with on_record(office.engine) as session:
        code = reset(session, find_person(session, HANDLER), by=administrator(day(ON))).shown
        invited = set_by_code(session, code, PASSWORD, now=NOW)
        token = enter(session, invited.account, invited.person, caller=DESK, now=NOW, way="一次性地址")
    with Session(office.engine) as session:
        found = find_session(session, token, now=NOW, halfway=True)
        assert found is not None
        assert found[0].stage is SessionStage.CODE
    assert not is_in(office, token)


# --- without one again --------------------------------------------------------------------------------------------


def test_a_lost_phone_is_helped_by_another_on_record_and_by_mail(office: Office) -> None:
    Phone(office)
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        with pytest.raises(ForbiddenError, match="不能管理人员"):
            clear_factor(session, person, by=office.by(session, HEAD, ON))
        clear_factor(session, person, by=office.by(session, SUPERVISOR, ON))
        with pytest.raises(NotFoundError):
            clear_factor(session, person, by=office.by(session, SUPERVISOR, ON))
    assert is_in(office, sign_in(office.engine, HANDLER, PASSWORD, caller=DESK, now=NOW))
    with Session(office.engine) as session:
        supervisor = find_person(session, SUPERVISOR).id
        assert reset_by(session, find_person(session, HANDLER)) == {supervisor}
        assert session.exec(select(RecoveryCode)).all() == []
    send_letters(office.engine, office.settings, now=NOW)
    office.inbox(HANDLER).expect("账户变动", "您的账户启用了新的第二因素", "如果不是您本人办的")
    office.inbox(HANDLER).expect("账户变动", f"{SUPERVISOR}解除了您登录用的第二因素")


def test_one_s_own_is_ended_by_oneself_only(office: Office) -> None:
    Phone(office, SUPERVISOR)
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        with pytest.raises(ConflictError, match="我的账户"):
            clear_factor(session, find_person(session, SUPERVISOR), by=by)
        drop_factor(session, account_in(session, SUPERVISOR), by=by)
        with pytest.raises(NotFoundError):
            drop_factor(session, account_in(session, SUPERVISOR), by=by)
