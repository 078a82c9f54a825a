"""Sending letters: what people are told of their own account and post, at once and each once.

As in `deliver`, a letter is claimed by a conditional update and committed before the network is spoken to, and one that
is repeated after a crash carries the same Message-ID. Quiet hours hold no letter: whoever's way in was changed at night
should hear of it that night.

A one-time address is made here and not when it is asked for: the code exists in the letter alone, the database gets its
hash in the transaction of the claim. A letter that is tried again carries a new code, and the one before ends.
"""

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.clock import day_of
from models.database import key, reading, unit_of_work
from models.engine.problem import OrganProblem, note_problem
from models.errors import DeliveryError
from models.ladder.letter import Letter
from models.ladder.message import SendState
from models.people.account import Account, CodeWay
from models.people.organ import Organ
from models.people.person import Person
from models.settings import Settings
from tasks.access.give_code import new_code
from tasks.notices.channel import ChannelSender, Parcel
from tasks.notices.channel_health import allowance, note_down, note_passed
from tasks.notices.channels.mail import CHANNEL
from tasks.notices.handed import BrokenOffError, ChannelDownError

CLAIM = dt.timedelta(minutes=10)
"""A claim older than this is taken to be a crash, and tried again."""
FIRST_RETRY = dt.timedelta(minutes=1)
SUPERSEDED = "已不需要：账户已关闭、已设密码或本人已离任"


@dataclass
class LettersResult:
    """What one run did: letters sent, failed (tried again later), parked."""

    letters: int = 0
    failed: int = 0
    parked: int = 0
    problems: list[OrganProblem] = field(default_factory=list)
    """The organs with a letter that failed in a way nobody foresaw; it is tried again like any other."""


@dataclass(frozen=True)
class ClaimedLetter:
    """A letter this run holds, to whom it goes, and the code that it carries, nowhere else kept."""

    letter: Letter
    name: str
    code: str | None
    organ_id: int
    organ: str


def send_letters(engine: Engine, settings: Settings, *, now: dt.datetime) -> LettersResult:
    """Send every letter that waits. One address that fails stops no other; a server that is down stops the run, uses
    up no letter's tries and is left alone for a while (`channel_health`).
    """
    result, last = LettersResult(), 0
    with reading(engine) as session:
        if not allowance(session, CHANNEL, 1, now=now):
            return result
    with CHANNEL.open(settings) as mail:
        while (claimed := _claim(engine, now, last)) is not None:
            last = key(claimed.letter.id)
            if claimed.letter.state is SendState.EMPTY:
                continue
            try:
                _send(engine, settings, mail, claimed, result, now)
            except ChannelDownError as error:
                _wait_for_mail(engine, claimed, error, now)
                result.failed += 1
                break
            except Exception as error:
                # Whatever it is about this letter, the next one is somebody else's.
                problem = note_problem("账户信件", claimed.organ_id, claimed.organ, error)
                result.problems.append(problem)
                _fail(engine, settings, claimed, problem.problem, result, now, permanent=False)
    return result


def _claim(engine: Engine, now: dt.datetime, after: int) -> ClaimedLetter | None:
    """The next letter behind `after` that nobody else holds, with its attempt and the hash of its code on record."""
    with unit_of_work(engine) as session:
        free = (
            sa.select(col(Letter.id))
            .where(col(Letter.state).in_([SendState.WAITING, SendState.SENDING]))
            .where(col(Letter.next_try_at) <= now, col(Letter.id) > after)
            .order_by(col(Letter.id))
            .limit(1)
        )
        taken = (
            sa.update(Letter)
            .where(col(Letter.id).in_(free), col(Letter.next_try_at) <= now)
            .values(state=SendState.SENDING, next_try_at=now + CLAIM, attempts=col(Letter.attempts) + 1)
            .returning(col(Letter.id))
        )
        found = session.execute(taken).scalar_one_or_none()
        if found is None:
            return None
        letter = session.get_one(Letter, found)
        person = session.get_one(Person, letter.person_id)
        code = None
        if letter.account_id is not None:
            account = _waiting(session, letter.account_id, now)
            if account is None:
                letter.state, letter.answer = SendState.EMPTY, SUPERSEDED
            else:
                code = new_code(session, account, CodeWay.MAIL, now=now)
        organ = session.get_one(Organ, person.organ_id)
        return ClaimedLetter(letter, person.name, code, key(organ.id), organ.name)


def _waiting(session: Session, account_id: int, now: dt.datetime) -> Account | None:
    """The account, as long as it waits for a one-time address: whoever got in meanwhile needs none."""
    waiting = (
        select(Account)
        .join(Person, col(Person.id) == Account.person_id)
        .where(Account.id == account_id, col(Account.closed_at).is_(None), col(Account.password_hash).is_(None))
        .where(sa.or_(col(Person.left_on).is_(None), col(Person.left_on) >= day_of(now)))
    )
    return session.exec(waiting.with_for_update()).first()


def _send(
    engine: Engine,
    settings: Settings,
    mail: ChannelSender,
    claimed: ClaimedLetter,
    result: LettersResult,
    now: dt.datetime,
) -> None:
    try:
        answer = mail.send(mail.pack(compose_letter(claimed, settings, now=now))).answer
    except DeliveryError as error:
        _fail(engine, settings, claimed, error.message, result, now, permanent=error.permanent)
        return
    except BrokenOffError as error:
        _fail(engine, settings, claimed, error.message, result, now, permanent=False)
        return
    _end(engine, claimed, SendState.SENT, answer, now, sent_at=now)
    result.letters += 1


def _fail(
    engine: Engine,
    settings: Settings,
    claimed: ClaimedLetter,
    answer: str,
    result: LettersResult,
    now: dt.datetime,
    *,
    permanent: bool,
) -> None:
    """Try again later, each time twice as late, or park what keeps failing."""
    attempts = claimed.letter.attempts
    if permanent or attempts >= settings.delivery_attempts:
        _end(engine, claimed, SendState.PARKED, answer, now)
        result.parked += 1
    else:
        _end(engine, claimed, SendState.WAITING, answer, now + FIRST_RETRY * 2 ** (attempts - 1))
        result.failed += 1


def _wait_for_mail(engine: Engine, claimed: ClaimedLetter, error: ChannelDownError, now: dt.datetime) -> None:
    """The try does not count: it was the server's failure."""
    ours = sa.update(Letter).where(col(Letter.id) == claimed.letter.id, col(Letter.state) == SendState.SENDING)
    with unit_of_work(engine) as session:
        note_down(session, CHANNEL.name, error.message, now=now, pause=error.pause)
        session.execute(
            ours.values(
                state=SendState.WAITING, attempts=col(Letter.attempts) - 1, next_try_at=now, answer=error.message[:500]
            )
        )


def _end(
    engine: Engine,
    claimed: ClaimedLetter,
    state: SendState,
    answer: str,
    next_try_at: dt.datetime,
    sent_at: dt.datetime | None = None,
) -> None:
    """Record how the try ended, unless the letter was taken back meanwhile."""
    ended = sa.update(Letter).where(col(Letter.id) == claimed.letter.id, col(Letter.state) == SendState.SENDING)
    with unit_of_work(engine) as session:
        session.execute(ended.values(state=state, answer=answer[:500], next_try_at=next_try_at, sent_at=sent_at))
        if sent_at is not None:
            note_passed(session, CHANNEL.name, now=sent_at)


def compose_letter(claimed: ClaimedLetter, settings: Settings, *, now: dt.datetime) -> Parcel:
    """The mail of one letter. Its reference is the same each time it is tried."""
    letter = claimed.letter
    parts = [f"{claimed.name}：", "", letter.text]
    if claimed.code is not None:
        address = settings.address(f"/welcome?code={claimed.code}")
        parts += ["", "请本人打开下面的一次性地址设置密码，72 小时内有效，只能用一次，不要转给别人：", address]
    parts += ["", f"系统地址：{settings.office_url}", "如果您没有要求过、或者内容不对，请马上告诉本单位的管理人员。"]
    return Parcel(
        reference=f"<letter.{letter.id}.{int(letter.made_at.timestamp())}@duban.invalid>",
        to=letter.address,
        name=claimed.name,
        subject=f"【督办】{letter.kind.label}",
        brief=f"【督办】{letter.kind.label}",
        plain="\n".join(parts) + "\n",
        html=None,
        url=settings.office_url,
        sent_at=now,
    )
