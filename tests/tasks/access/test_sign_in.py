"""Getting in: the rule of waiting as a table of cases, and what else decides at the door."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError, SlowDownError
from models.people.account import Account, SignInAttempt
from models.people.organ import Organ
from models.people.password import fault_of
from models.people.person import Person
from tasks.access.bind_subject import bind_own, subject_of
from tasks.access.hash_password import hash_password, is_outdated, is_password
from tasks.access.hold_session import find_session
from tasks.access.hold_tokens import (
    feed_of,
    find_feed,
    find_token,
    make_feed,
    make_token,
    note_token_use,
    revoke_feed,
    revoke_token,
    tokens_of,
)
from tasks.access.limit_attempts import FAILURES_KEPT, KNOWN_FOR, count_attempt, folded, note_success, place_of, prune
from tasks.access.manage_accounts import account_of, accounts_of, close_account, invite, invite_all, reset, unlock
from tasks.access.set_password import change_password, find_invited, set_by_code
from tasks.access.sign_in import REFUSED, Caller, enter_by_provider, find_account, prove, sign_in, sign_out
from tasks.people.find import find_person
from tests.actors import administrator
from tests.conftest import STRONG
from tests.office import FIRST, HANDLER, HEAD, OUTSIDER, SUPERVISOR, Office, day

ON = "2026-06-01"
NOW = opening_of(day(ON))
PASSWORD = "河湖长制一年四查九次会议"
OFFICE, HOME, STREET = "10.0.0.5", "203.0.113.9", "198.51.100.7"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return made(engine, tmp_path)


def made(engine: Engine, tmp_path: Path) -> Office:
    """The cast, with accounts for the handler and the head, one password for both."""
    office = Office(engine, tmp_path)
    with unit_of_work(engine) as session:
        kept = hash_password(PASSWORD)
        for name in (HANDLER, HEAD):
            person = find_person(session, name)
            session.add(Account(person_id=person.id or 0, login=name, password_hash=kept, made_at=NOW))
    return office


def at(office: Office, address: str, *, minutes: float = 0, name: str = HANDLER, password: str = PASSWORD) -> str:
    caller = Caller(address, "test")
    return sign_in(office.engine, name, password, caller=caller, now=NOW + minutes * MINUTE)


# --- the rule of waiting ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Failed:
    """Failures on one login from one place (`{n}`: a place each), the last of them `ago` minutes ago."""

    times: int
    login: str
    address: str
    ago: float = 1


@dataclass(frozen=True)
class Case:
    """What happened before, who then comes from where with the right password, and how long that one must wait."""

    who: str
    known: tuple[tuple[str, str], ...]
    failed: tuple[Failed, ...]
    login: str
    address: str
    waits: int | None


AT_WORK = ((HANDLER, OFFICE),)
CASES = [
    Case("nobody failed", (), (), HANDLER, OFFICE, None),
    Case("four slips are forgiven", AT_WORK, (Failed(4, HANDLER, OFFICE),), HANDLER, OFFICE, None),
    Case("after five the owner waits too, there", AT_WORK, (Failed(5, HANDLER, OFFICE),), HANDLER, OFFICE, 14),
    Case("but not at another place of the account's", (*AT_WORK, (HANDLER, HOME)), (Failed(5, HANDLER, OFFICE),),
         HANDLER, HOME, None),
    Case("nor does anybody else there", (*AT_WORK, (HEAD, OFFICE)), (Failed(5, HANDLER, OFFICE),), HEAD, OFFICE, None),
    Case("a quarter of an hour ends it", AT_WORK, (Failed(5, HANDLER, OFFICE, ago=15),), HANDLER, OFFICE, None),
    Case("twenty in a day are too many", AT_WORK, (Failed(20, HANDLER, OFFICE, ago=20),), HANDLER, OFFICE, 1420),
    Case("a stranger's guessing does not hold up the owner", AT_WORK, (Failed(5, HANDLER, STREET),),
         HANDLER, OFFICE, None),
    Case("nor does guessing from everywhere", AT_WORK, (Failed(500, HANDLER, "198.51.{n}"),), HANDLER, OFFICE, None),
    Case("which holds up whoever comes from anywhere else", AT_WORK, (Failed(20, HANDLER, "198.51.{n}"),),
         HANDLER, HOME, 59),
    Case("not while it is little", AT_WORK, (Failed(19, HANDLER, "198.51.{n}"),), HANDLER, HOME, None),
    Case("nor after an hour", AT_WORK, (Failed(20, HANDLER, "198.51.{n}", ago=60),), HANDLER, HOME, None),
    Case("one place that tries everybody has to wait", (), (Failed(30, "{n}", STREET),), HANDLER, STREET, 14),
    Case("but holds up nobody at another", (), (Failed(30, "{n}", STREET),), HANDLER, OFFICE, None),
    Case("nor whoever usually comes from there", AT_WORK, (Failed(30, "{n}", OFFICE),), HANDLER, OFFICE, None),
    Case("of IPv6 the network counts", (), (Failed(5, HANDLER, "2001:db8::1"),), HANDLER, "2001:db8::2", 14),
    Case("a name nobody has waits just the same", (), (Failed(5, "无此人", STREET),), "无此人", STREET, 14),
    Case("the way a name is typed makes no difference", (), (Failed(5, " 李 承办", STREET),), HANDLER, STREET, 14),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.who)
def test_who_waits_and_who_does_not(any_engine: Engine, tmp_path: Path, case: Case) -> None:
    office = made(any_engine, tmp_path)
    with unit_of_work(office.engine) as session:
        for login, address in case.known:
            note_success(session, count_attempt(session, login, address=address, now=NOW - dt.timedelta(days=3)))
        for failed in case.failed:
            for n in range(failed.times):
                login = failed.login.replace("{n}", f"人{n}")
                address = failed.address.replace("{n}", f"{n // 250}.{n % 250}")
                known = (folded(login), place_of(address)) in case.known
                session.add(
                    SignInAttempt(
                        at=NOW - failed.ago * MINUTE, login=folded(login), address=place_of(address), known=known,
                        succeeded=False,
                    )
                )  # fmt: skip
    if case.waits is None:
        assert at(office, case.address, name=case.login)
        return
    with pytest.raises(SlowDownError) as told:
        at(office, case.address, name=case.login)
    assert told.value.minutes == case.waits
    assert ("请在 24 小时后再试" if case.waits > 120 else f"请在 {case.waits} 分钟后再试") in told.value.message


def test_a_story_of_guessing(office: Office) -> None:
    """The owner comes every day; a stranger guesses from the street; the owner never notices."""
    at(office, OFFICE)
    for minute in range(5):
        with pytest.raises(ForbiddenError, match=REFUSED):
            at(office, STREET, minutes=minute, password="猜" * 10)
    with pytest.raises(SlowDownError, match="请在 10 分钟后再试"):
        at(office, STREET, minutes=5)  # even with the right one
    assert at(office, OFFICE, minutes=5)
    assert at(office, HOME, minutes=5)
    assert at(office, STREET, minutes=15)  # knocking meanwhile did not make it longer


def test_getting_in_starts_the_count_anew(office: Office) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(ForbiddenError):
                at(office, OFFICE, password="记错了" * 4)
        at(office, OFFICE, minutes=1)


def test_a_try_is_on_record_before_the_password_is_looked_at(office: Office) -> None:
    with pytest.raises(ForbiddenError):
        at(office, STREET, password="")
    at(office, STREET)
    at(office, STREET)
    with Session(office.engine) as session:
        tries = session.exec(select(SignInAttempt)).all()
    assert [(row.login, row.address, row.known, row.succeeded) for row in tries] == [
        (HANDLER, STREET, False, False),
        (HANDLER, STREET, False, True),
        (HANDLER, STREET, True, True),
    ]


def test_old_tries_are_forgotten_failures_first(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        for days, succeeded in ((6, False), (8, False), (8, True), (91, True)):
            at_ = NOW - dt.timedelta(days=days)
            session.add(SignInAttempt(at=at_, login="a", address="b", known=False, succeeded=succeeded))
        session.flush()
        prune(session, now=NOW)
        left = session.exec(select(SignInAttempt)).all()
    assert [(row.at, row.succeeded) for row in left] == [
        (NOW - dt.timedelta(days=6), False),
        (NOW - dt.timedelta(days=8), True),
    ]
    assert dt.timedelta(days=7) == FAILURES_KEPT < KNOWN_FOR


def test_somebody_who_knocks_for_days_fills_no_table(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        for minute in range(0, 30 * 24 * 60, 75):
            count_attempt(session, f"无此人{minute % 7}", address=STREET, now=NOW + minute * MINUTE)
        assert len(session.exec(select(SignInAttempt.id)).all()) <= 7 * 24 + 50


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.5", "10.0.0.5"), ("::ffff:10.0.0.5", "10.0.0.5"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_place_is_an_address_or_a_network(address: str, place: str) -> None:
    assert place_of(address) == place


# --- passwords ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("河湖长制一年四查九次会议", None), ("correct horse battery", None), ("督办台账每周三更新一次", "太短"),
        ("短", "太短"), ("长" * 201, "太长"), ("长" * 200, "太常见"), ("1234567890123", "太常见"),
        ("Password12345", "太常见"), ("ＰＡＳＳＷＯＲＤ１２３４５", "太常见"), ("P@ssw0rd2024!!", "太常见"),
        ("abababababababab", "太常见"), ("bcdefghijklm", "太常见"), ("1qaz2wsx3edc", "太常见"),
        ("Qwer1234!@#$", "太常见"), ("woaini5201314", "太常见"), ("bangongshi2026", "太常见"),
        ("duban20262026", "太常见"), ("zhongguo1949", "太常见"), ("李承办李承办李承办李承办", "自己的姓名"),
        ("李承办138000000012026", "手机号"), ("Li.Cheng!2026", "自己的姓名"), ("138000000010001", "手机号"),
        ("青禾县水务局水政监察大队", "单位名称"), ("青禾县水务局水政监察大队1号", "单位名称"),
        ("李承办今年夏天要去海边看日出", None), ("0" * 150 + "河湖长制一年四查九次会议", None),
    ],
)  # fmt: skip
def test_a_password_must_be_long_and_not_what_anybody_tries_first(password: str, fault: str | None) -> None:
    said = fault_of(password, names=("李承办", "13800000001", "li.cheng@office.test", "青禾县水务局水政监察大队"))
    assert (said is None) == (fault is None)
    assert fault is None or fault in str(said)


def test_passwords_are_kept_as_argon2id_each_with_its_salt_and_spelling_makes_no_difference() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert kept != hash_password(PASSWORD)
    assert is_password(hash_password("ｐａｓｓ phrase é"), "pass phrase e\u0301")
    assert not is_password(kept, PASSWORD + " ")
    assert not is_password(None, "nobody's")
    assert not is_password(kept, "长" * 1_000_000)
    with pytest.raises(LookupError):
        is_password("plain", PASSWORD)


def test_passwords_are_kept_with_the_strength_of_rfc_9106_for_small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.access.hash_password.HASHER", STRONG)
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_password(kept, PASSWORD)


def test_a_hash_of_other_parameters_is_renewed_at_the_next_sign_in(office: Office) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with unit_of_work(office.engine) as session:
        account_in(session).password_hash = old
    at(office, OFFICE)
    with Session(office.engine) as session:
        kept = str(account_in(session).password_hash)
    assert (is_outdated(old), is_outdated(kept), is_password(kept, PASSWORD)) == (True, False, True)


def account_in(session: Session, name: str = HANDLER) -> Account:
    return session.exec(select(Account).where(Account.login == name)).one()


# --- who gets in --------------------------------------------------------------------------------------------------


def test_one_same_answer_to_whoever_does_not_get_in(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        account_in(session, HEAD).closed_at = NOW
        person = find_person(session, FIRST)
        session.add(Account(person_id=person.id or 0, login=FIRST, made_at=NOW))
    for name, password in (
        (HANDLER, "错" * 10),
        ("无此人", PASSWORD),
        (HEAD, PASSWORD),
        (FIRST, PASSWORD),
        (FIRST, ""),
    ):
        with pytest.raises(ForbiddenError) as refused:
            at(office, OFFICE, name=name, password=password)
        assert refused.value.message == REFUSED
    with unit_of_work(office.engine) as session:
        find_person(session, HANDLER).left_on = day("2026-05-31")
    with pytest.raises(ForbiddenError, match=REFUSED):
        at(office, OFFICE)


def test_a_sign_in_makes_a_new_session_and_ends_the_browser_s_former_one(office: Office) -> None:
    first = at(office, OFFICE)
    caller = Caller(OFFICE, "test", former=first)
    second = sign_in(office.engine, HANDLER, PASSWORD, caller=caller, now=NOW)
    with Session(office.engine) as session:
        assert find_session(session, first, now=NOW) is None
        assert find_session(session, second, now=NOW) is not None
    with on_record(office.engine) as session:
        sign_out(session, second, now=NOW)
        sign_out(session, second, now=NOW)
        assert find_session(session, second, now=NOW) is None
    assert trail(office) == [(HANDLER, "登录"), (HANDLER, "登录"), (HANDLER, "退出登录")]


def trail(office: Office) -> list[tuple[str, str]]:
    from tasks.trail.show_audit import show_audit

    with Session(office.engine) as session:
        return [(row.actor, row.action_label) for row in show_audit(session, by=administrator(day(ON)))]


def test_single_sign_on_opens_the_account_that_is_bound_and_never_one_of_that_name(office: Office) -> None:
    def by_provider(subject: str, called: str) -> str:
        with on_record(office.engine) as session:
            return enter_by_provider(
                session, subject=subject, called=called, provider="统一认证", caller=Caller(HOME, "test"), now=NOW
            )

    for called in (HANDLER, OUTSIDER, ""):
        with pytest.raises(ForbiddenError, match="没有账户与它绑定"):
            by_provider("https://id|7", called)
    with on_record(office.engine) as session:
        by = office.by(session, HANDLER, ON)
        bind_own(session, account_in(session), subject_of("https://id", "7"), by=by)
        with pytest.raises(ConflictError, match="已绑定另一个账户"):
            bind_own(session, account_in(session, HEAD), subject_of("https://id", "7"), by=by)
    assert by_provider("https://id|7", "改名了")
    for subject in ("https://id|8", "https://other|7"):
        with pytest.raises(ForbiddenError, match="没有账户与它绑定"):
            by_provider(subject, HANDLER)
    with unit_of_work(office.engine) as session:
        account_in(session).closed_at = NOW
    with pytest.raises(ForbiddenError, match="没有账户与它绑定"):
        by_provider("https://id|7", HANDLER)
    assert trail(office) == [(HANDLER, "绑定单点登录"), (HANDLER, "登录")]


# --- accounts -----------------------------------------------------------------------------------------------------


def test_an_invitation_sets_a_password_once_within_three_days(office: Office) -> None:
    with on_record(office.engine) as session:
        first = invite(session, find_person(session, FIRST), by=administrator(day(ON))).shown
        code = invite(session, find_person(session, FIRST), by=administrator(day(ON))).shown
    with on_record(office.engine) as session:
        for wrong, when in ((first, NOW), (code + "x", NOW), (code, NOW + dt.timedelta(hours=72))):
            with pytest.raises(NotFoundError, match="一次性地址不能用了"):
                find_invited(session, wrong, now=when)
        with pytest.raises(BadInputError, match="太短"):
            set_by_code(session, code, "短", now=NOW)
        invited = set_by_code(session, code, PASSWORD, now=NOW + dt.timedelta(hours=71))
        assert (invited.person.name, invited.account.login) == (FIRST, FIRST)
        with pytest.raises(NotFoundError):
            set_by_code(session, code, PASSWORD, now=NOW)
    assert at(office, OFFICE, name=FIRST)
    with Session(office.engine) as session, pytest.raises(ConflictError, match="已有账户"):
        invite(session, find_person(session, FIRST), by=office.by(session, SUPERVISOR, ON))
    assert trail(office)[:3] == [("本机管理员", "管理人员"), ("本机管理员", "管理人员"), (FIRST, "设置密码")]


def test_everybody_who_holds_a_post_gets_an_account_namesakes_by_their_mobile_number(office: Office) -> None:
    office.hire("王 五")
    office.hire("王五")
    with unit_of_work(office.engine) as session:
        session.exec(select(Person).where(Person.name == "王五")).one().mobile = "13800001234"
        session.add(Person(organ_id=office.organ_id, name="无岗"))
    office.vacate(FIRST, on=ON)
    with on_record(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        new = invite_all(session, organ, by=administrator(day(ON)))
        assert invite_all(session, organ, by=administrator(day(ON))) == []
    assert [one.login for one in new] == ["张副局", SUPERVISOR, "王五", "王五1234"]
    with Session(office.engine) as session:
        found = [find_invited(session, one.shown, now=NOW).person.name for one in new]
    assert found == [one.person.name for one in new]


def test_a_reset_ends_the_old_password_and_every_session(office: Office) -> None:
    token = at(office, OFFICE)
    with on_record(office.engine) as session:
        code = reset(session, find_person(session, HANDLER), by=administrator(day(ON))).shown
    with Session(office.engine) as session:
        assert find_session(session, token, now=NOW) is None
    with pytest.raises(ForbiddenError, match=REFUSED):
        at(office, OFFICE)
    with on_record(office.engine) as session:
        set_by_code(session, code, PASSWORD + "之二", now=NOW)
    assert at(office, OFFICE, password=PASSWORD + "之二")


def test_a_closed_account_lets_nobody_in_by_any_way_until_it_is_opened_again(office: Office) -> None:
    token = at(office, OFFICE)
    with on_record(office.engine) as session:
        person = find_person(session, HANDLER)
        own = office.by(session, HANDLER, ON)
        key_, feed = (
            make_token(session, person, by=own, name="报表", scopes=["read"]),
            make_feed(session, person, by=own),
        )
        close_account(session, person, by=office.by(session, SUPERVISOR, ON))
        with pytest.raises(NotFoundError, match="账户已关闭"):
            close_account(session, person, by=office.by(session, SUPERVISOR, ON))
    with Session(office.engine) as session:
        assert find_session(session, token, now=NOW) is None
        assert find_token(session, key_, now=NOW) is None
        assert find_feed(session, feed, now=NOW) is None
        assert find_account(session, HANDLER, on=day(ON)) is None
    with on_record(office.engine) as session:
        invite(session, find_person(session, HANDLER), by=office.by(session, SUPERVISOR, ON))
    with pytest.raises(ForbiddenError, match=REFUSED):
        at(office, OFFICE)


def test_accounts_are_managed_by_whoever_manages_the_people_of_the_organ(office: Office) -> None:
    with Session(office.engine) as session:
        person, organ = find_person(session, HANDLER), session.get_one(Organ, office.organ_id)
        for name in (HANDLER, HEAD, OUTSIDER):
            by = office.by(session, name, ON)
            for act in (invite, reset, close_account, unlock):
                with pytest.raises(ForbiddenError, match="不能管理人员"):
                    act(session, person, by=by)
            with pytest.raises(ForbiddenError):
                invite_all(session, organ, by=by)
            with pytest.raises(ForbiddenError):
                accounts_of(session, organ, by=by)
        by = office.by(session, SUPERVISOR, ON)
        invite(session, find_person(session, SUPERVISOR), by=by)
        with pytest.raises(ForbiddenError, match="不能关闭自己的账户"):
            close_account(session, find_person(session, SUPERVISOR), by=by)


def test_what_an_administrator_sees_of_accounts(office: Office) -> None:
    at(office, OFFICE, minutes=3)
    with on_record(office.engine) as session:
        invite(session, find_person(session, SUPERVISOR), by=administrator(day(ON)), login=" Ｄ007 ")
        close_account(session, find_person(session, HEAD), by=administrator(day(ON)))
    with Session(office.engine) as session:
        lines = accounts_of(session, session.get_one(Organ, office.organ_id), by=administrator(day(ON)))
    later = NOW + dt.timedelta(days=4)
    assert [
        (line.person.name, line.account and line.account.login, line.state(NOW), line.state(later), line.signed_in_at)
        for line in lines
    ] == [
        (HANDLER, HANDLER, "正常", "正常", NOW + 3 * MINUTE),
        (HEAD, HEAD, "已关闭", "已关闭", None),
        ("张副局", None, "无账户", "无账户", None),
        (FIRST, None, "无账户", "无账户", None),
        (SUPERVISOR, "d007", "待设密码", "一次性地址已过期", None),
    ]


def test_a_login_that_will_not_do_is_refused(office: Office) -> None:
    with Session(office.engine) as session:
        person = find_person(session, FIRST)
        with pytest.raises(ConflictError, match="已有人用"):
            invite(session, person, by=administrator(day(ON)), login=HANDLER)
        for wrong in (" ", "长" * 65):
            with pytest.raises(BadInputError, match="应为 1 至 64 个字"):
                invite(session, person, by=administrator(day(ON)), login=wrong)
        person.left_on = day("2026-05-01")
        with pytest.raises(BadInputError, match="离任"):
            invite(session, person, by=administrator(day(ON)))


def test_whoever_is_locked_out_is_let_in_by_the_administrator(office: Office) -> None:
    for _ in range(5):
        with pytest.raises(ForbiddenError):
            at(office, OFFICE, password="记错了" * 4)
    with on_record(office.engine) as session:
        assert unlock(session, find_person(session, HANDLER), by=administrator(day(ON))) == 5
    assert at(office, OFFICE)


def test_a_changed_password_ends_every_session(office: Office) -> None:
    token = at(office, OFFICE)
    account_id = prove(office.engine, HANDLER, PASSWORD, address=OFFICE, now=NOW)
    with on_record(office.engine) as session:
        account = session.get_one(Account, account_id)
        with pytest.raises(BadInputError, match="自己的姓名"):
            change_password(session, account, HANDLER * 4, by=office.by(session, HANDLER, ON))
        change_password(session, account, PASSWORD + "之二", by=office.by(session, HANDLER, ON))
    with Session(office.engine) as session:
        assert find_session(session, token, now=NOW) is None
    assert at(office, OFFICE, password=PASSWORD + "之二")


# --- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_opens_until_it_is_revoked_or_its_last_day_is_over(office: Office) -> None:
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), office.by(session, HANDLER, ON)
        token = make_token(
            session, person, by=by, name=" 报表 程序 ", scopes=["write", "read"], expires_on=day("2026-06-30")
        )
        found = find_token(session, token, now=opening_of(day("2026-06-30")))
        assert found is not None
        assert (found[0].name, found[0].scopes, found[1].name) == ("报表 程序", ["read", "write"], HANDLER)
        assert token.startswith("duban_")
        assert token not in str(found[0].model_dump())
        assert find_token(session, token, now=opening_of(day("2026-07-01"))) is None
        assert find_token(session, token + "x", now=NOW) is None
        note_token_use(session, found[0], on=day(ON))
        session.refresh(found[0])
        assert found[0].used_on == day(ON)
        person.left_on = day("2026-06-02")
        session.flush()
        assert find_token(session, token, now=opening_of(day("2026-06-03"))) is None
        person.left_on = None
        with pytest.raises(NotFoundError):
            revoke_token(session, found[0].id or 0, by=office.by(session, HEAD, ON))
        revoke_token(session, found[0].id or 0, by=by)
        assert find_token(session, token, now=NOW) is None
        assert tokens_of(session, person) == []
    assert trail(office) == [(HANDLER, "生成接口令牌"), (HANDLER, "吊销接口令牌")]


def test_a_token_that_will_not_do_is_refused(office: Office) -> None:
    with Session(office.engine) as session:
        person, by = find_person(session, HANDLER), office.by(session, HANDLER, ON)
        for name, scopes, until, error in (
            ("", ["read"], None, "起一个名称"), ("长" * 61, ["read"], None, "起一个名称"), ("甲", [], None, "用途"),
            ("甲", ["root"], None, "用途"), ("甲", ["read"], day("2026-05-31"), "已经过去"),
            ("甲", ["read"], day("2027-06-02"), "太远"),
        ):  # fmt: skip
            with pytest.raises(BadInputError, match=error):
                make_token(session, person, by=by, name=name, scopes=scopes, expires_on=until)
        with pytest.raises(ForbiddenError, match="只能由本人办理"):
            make_token(session, person, by=office.by(session, SUPERVISOR, ON), name="甲", scopes=["read"])
        for place in range(20):
            make_token(session, person, by=by, name=f"程序{place}", scopes=["read"])
        with pytest.raises(ConflictError, match="至多 20 个"):
            make_token(session, person, by=by, name="甲", scopes=["read"])
        revoke_token(session, tokens_of(session, person)[0].id or 0, by=by)
        with pytest.raises(ConflictError, match="已有名为“程序3”的令牌"):
            make_token(session, person, by=by, name="程序3", scopes=["read"])


def test_a_new_calendar_address_ends_the_one_before(office: Office) -> None:
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), office.by(session, HANDLER, ON)
        first, second = make_feed(session, person, by=by), make_feed(session, person, by=by)
        assert find_feed(session, first, now=NOW) is None
        found = find_feed(session, second, now=NOW)
        assert found is not None
        assert found[1].name == HANDLER
        assert feed_of(session, person) == found[0]
        revoke_feed(session, person, by=by)
        assert find_feed(session, second, now=NOW) is None
        with pytest.raises(NotFoundError):
            revoke_feed(session, person, by=by)
        with pytest.raises(ForbiddenError):
            make_feed(session, person, by=office.by(session, HEAD, ON))


def test_no_secret_reaches_the_trail(office: Office) -> None:
    from models.audit import AuditEntry

    with on_record(office.engine) as session:
        code = invite(session, find_person(session, FIRST), by=administrator(day(ON))).shown
        set_by_code(session, code, PASSWORD, now=NOW)
        own = office.by(session, FIRST, ON)
        token = make_token(session, find_person(session, FIRST), by=own, name="甲", scopes=["read"])
        account = account_of(session, find_person(session, FIRST))
        assert account is not None
        kept = str(account.password_hash)
    with Session(office.engine) as session:
        told = "".join(f"{entry.before}{entry.after}" for entry in session.exec(select(AuditEntry)))
    from tasks.access.hold_session import hashed

    assert [secret for secret in (code, hashed(code), token, hashed(token), kept, PASSWORD) if secret in told] == []
