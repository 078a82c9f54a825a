"""Sending what waits: one digest per person and day, claimed before it is sent, recorded before and after.

The one place that commits within a task: a digest is claimed by a conditional update and committed before the
network is spoken to. Between a server's answer and our commit lies a gap nobody can close; a mail repeated
because of it carries the same Message-ID. The answers of a quick server are committed together.
"""

import datetime as dt
import time
from collections import defaultdict
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.clock import day_of, local
from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem, note_problem
from models.engine.rhythm import LastRun
from models.errors import DeliveryError
from models.items.explanation import why
from models.items.item import Deadline, WorkItem
from models.items.plan import Project
from models.ladder.notice import DeliveryAttempt, Digest, DigestState, Notice, NoticeKind, NoticeState
from models.ladder.policy import Relation, Rung
from models.people.organ import Organ
from models.people.person import Person
from models.settings import Settings
from models.signed_head import SignedHead
from tasks.ladder.recheck import recheck
from tasks.ladder.remind import SLUG
from tasks.notices.bundle import HEADS, bundle, bundle_heads, release_unreachable, waiting
from tasks.notices.channels.mail import ChannelDownError, Mail, open_mail
from tasks.notices.digest import DigestLine, compose, compose_head


def _table(model: type[SQLModel]) -> sa.Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


NOTICE, DIGEST, ATTEMPT = _table(Notice), _table(Digest), _table(DeliveryAttempt)
PERSON, ITEM, DEADLINE, PROJECT = _table(Person), _table(WorkItem), _table(Deadline), _table(Project)
ORGAN = _table(Organ)

BATCH = 100
"""Digests claimed at a time: what a crash leaves waiting for its claim to run out is at most this many."""
CLAIM = dt.timedelta(minutes=10)
"""A claim older than this is taken to be a crash, and tried again."""
SETTLE_SECONDS = 0.05
"""How long an answer may wait for its commit: a commit for each takes as long as the mail itself."""
FIRST_RETRY = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """A digest this run holds, and whom it is for."""

    id: int
    message_id: str
    attempts: int
    name: str
    email: str
    organ_id: int
    organ: str
    channel: str
    on: dt.date


@dataclass(frozen=True)
class DeliveryResult:
    """What one delivery did: digests sent, failed (tried again later) and parked; notices dropped and held."""

    on: dt.date
    sent: int = 0
    failed: int = 0
    parked: int = 0
    dropped: int = 0
    held: int = 0
    unreachable: int = 0
    """Notices for people without a mail address: they are read in the system only."""
    early: bool = False
    """Whether something is held because the day's sweep has not run yet."""
    problem: str | None = None
    """Why nothing at all could be sent, when so."""
    problems: tuple[OrganProblem, ...] = ()
    """The organs with a mail that failed in a way nobody foresaw; it is tried again like any other."""


def is_quiet(settings: Settings, now: dt.datetime) -> bool:
    """Whether `now` lies in the office's quiet hours, which may reach over midnight."""
    start, end, at = settings.quiet_from, settings.quiet_until, local(now).time()
    return (start <= at or at < end) if start > end else start <= at < end


def deliver(
    engine: Engine, settings: Settings, *, now: dt.datetime, on: dt.date | None = None, quiet: bool = False
) -> DeliveryResult:
    """Send every digest that waits. With `quiet`, quiet hours hold them; nothing held is ever lost.

    Works for the day `on`, which a person names; without one for today, whatever day was swept, and then nobody's
    digest of the day is made up before the day's sweep has run: what waits from yesterday would spend it. One failing
    address stops nobody else.
    """
    with reading(engine) as session:
        swept = session.get(LastRun, SLUG)
        day = on or day_of(now)
        early = on is None and (swept is None or max(swept.on, day_of(swept.ended_at)) < day)
        if quiet and is_quiet(settings, now):
            return DeliveryResult(day, held=waiting(session))
    with unit_of_work(engine) as session:
        calendar = office_calendar(session)
        dropped = recheck(session, on=day)
        unreachable = release_unreachable(session, day)
        if not early:
            bundle(session, day, now)
        if calendar.on_or_after(day) == day:
            bundle_heads(session, day, now)
    with open_mail(settings) as mail:
        delivery = _Delivery(engine, settings, mail, now=now, on=day, calendar=calendar)
        problem = delivery.run()
    with reading(engine) as session:
        held = waiting(session)
    return DeliveryResult(
        day, **delivery.counts, early=early and held > 0,
        dropped=dropped, held=held, unreachable=unreachable, problem=problem,
        problems=tuple(delivery.problems.values()),
    )  # fmt: skip


def _claim(engine: Engine, now: dt.datetime, after: int) -> list[Claim]:
    """Take up to BATCH digests behind `after` that nobody else holds, and note the attempt before one is sent."""
    with unit_of_work(engine) as session:
        free = (
            sa.select(DIGEST.c.id)
            .where(DIGEST.c.state.in_([DigestState.WAITING, DigestState.SENDING]))
            .where(DIGEST.c.next_try_at <= now, DIGEST.c.id > after)
            .order_by(DIGEST.c.id)
            .limit(BATCH)
        )
        taken = (
            sa.update(DIGEST)
            .where(DIGEST.c.id.in_(free), DIGEST.c.next_try_at <= now)
            .values(state=DigestState.SENDING, next_try_at=now + CLAIM, attempts=DIGEST.c.attempts + 1)
            .returning(DIGEST.c.id)
        )
        ids = session.execute(taken).scalars().all()
        if not ids:
            return []
        session.execute(sa.insert(ATTEMPT), [{"digest_id": digest_id, "started_at": now} for digest_id in ids])
        rows = session.execute(
            sa.select(
                DIGEST.c.id, DIGEST.c.message_id, DIGEST.c.attempts, PERSON.c.name, PERSON.c.email, ORGAN.c.id,
                ORGAN.c.name, DIGEST.c.channel, DIGEST.c.on,
            )
            .join(PERSON, PERSON.c.id == DIGEST.c.recipient_id)
            .join(ORGAN, ORGAN.c.id == PERSON.c.organ_id)
            .where(DIGEST.c.id.in_(ids))
            .order_by(DIGEST.c.id)
        )  # fmt: skip
        return [Claim(*row) for row in rows]


_HEADINGS = {
    NoticeKind.APPROVAL: "待我审批",
    NoticeKind.INSTRUCTION: "批示",
    NoticeKind.URGE: "催办",
    NoticeKind.ANSWER: "办理结果",
}
"""What comes from a person's act stands under a heading of its own, whenever the item is due."""


@dataclass(frozen=True)
class _Said:
    """The notices of the claimed digests, and the rungs that raised them."""

    rungs: dict[int | None, Rung]
    rows: dict[int, list[Any]]
    heads: dict[dt.date, str]

    def lines(self, digest_id: int) -> list[DigestLine]:
        """What the digest has to say."""
        return [self._line(*row[1:]) for row in self.rows[digest_id]]

    def _line(
        self, rung_id: int | None, role: Any, via: Any, late: bool, due_on: dt.date, kind: NoticeKind, said: str | None,
        number: str, title: str, project: str, part: str | None,
    ) -> DigestLine:  # fmt: skip
        rung = self.rungs.get(rung_id)
        reason = why(rung, role, via, late=late, what=said)
        named = f"{title}【{part}】" if part else title
        unsigned = rung is not None and rung.relation is Relation.UNSIGNED
        return DigestLine(number, named, project, due_on, reason, "待签收" if unsigned else _HEADINGS.get(kind))


def _said(engine: Engine, claims: list[Claim]) -> _Said:
    """What the claimed digests are made of, in one query for all."""
    with reading(engine) as session:
        rungs: dict[int | None, Rung] = {rung.id: rung for rung in session.exec(select(Rung))}
        rows = session.execute(
            sa.select(
                NOTICE.c.digest_id,
                NOTICE.c.rung_id,
                NOTICE.c.role,
                NOTICE.c.via,
                NOTICE.c.late,
                NOTICE.c.due_on,
                NOTICE.c.kind,
                NOTICE.c.text,
                ITEM.c.number,
                ITEM.c.title,
                PROJECT.c.name,
                DEADLINE.c.title,
            )
            .join(ITEM, ITEM.c.id == NOTICE.c.item_id)
            .join(DEADLINE, DEADLINE.c.id == NOTICE.c.deadline_id)
            .join(PROJECT, PROJECT.c.id == ITEM.c.project_id)
            .where(NOTICE.c.digest_id.in_([claim.id for claim in claims]), NOTICE.c.state == NoticeState.PENDING)
        )
        by_digest: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            by_digest[row[0]].append(row)
        days = {claim.on for claim in claims if claim.channel == HEADS}
        heads = session.exec(select(SignedHead).where(col(SignedHead.on).in_(days))).all() if days else ()
        return _Said(rungs, by_digest, {head.on: head.line for head in heads})


@dataclass(frozen=True)
class _Outcome:
    """How an attempt ended."""

    digest_id: int
    state: DigestState
    answer: str
    retry_at: dt.datetime | None


_END_DIGEST = (
    sa.update(DIGEST)
    .where(DIGEST.c.id == sa.bindparam("digest"))
    .values(state=sa.bindparam("became"), next_try_at=sa.bindparam("try_at"), sent_at=sa.bindparam("left_at"))
)
_END_ATTEMPT = (
    sa.update(ATTEMPT)
    .where(ATTEMPT.c.digest_id == sa.bindparam("digest"), ATTEMPT.c.ended_at.is_(None))
    .values(ended_at=sa.bindparam("at"), delivered=sa.bindparam("arrived"), answer=sa.bindparam("said"))
)
_END_NOTICES = (
    sa.update(NOTICE)
    .where(NOTICE.c.digest_id == sa.bindparam("digest"), NOTICE.c.state == NoticeState.PENDING)
    .values(state=sa.bindparam("became"), reason=sa.bindparam("because"))
)


def _settle(session: Session, outcomes: list[_Outcome], now: dt.datetime) -> None:
    """Record how attempts ended, on each digest, its attempt and the notices in it."""
    digests, attempts, notices = [], [], []
    for outcome in outcomes:
        digest: dict[str, Any] = {"digest": outcome.digest_id}
        sent = outcome.state is DigestState.SENT
        left_at = now if sent else None
        digests.append(digest | {"became": outcome.state, "try_at": outcome.retry_at or now, "left_at": left_at})
        attempts.append(digest | {"at": now, "arrived": sent, "said": outcome.answer[:500]})
        if sent:
            notices.append(digest | {"became": NoticeState.SENT, "because": None})
        elif outcome.state is DigestState.PARKED:
            notices.append(digest | {"became": NoticeState.PARKED, "because": outcome.answer[:300]})
    session.execute(_END_DIGEST, digests)
    session.execute(_END_ATTEMPT, attempts)
    if notices:
        session.execute(_END_NOTICES, notices)


class _Delivery:
    """One run over the claimed digests."""

    def __init__(
        self, engine: Engine, settings: Settings, mail: Mail, *, now: dt.datetime, on: dt.date, calendar: WorkCalendar
    ) -> None:
        self.engine, self.settings, self.mail = engine, settings, mail
        self.now, self.on, self.calendar = now, on, calendar
        self.counts = {"sent": 0, "failed": 0, "parked": 0}
        self.problems: dict[int, OrganProblem] = {}
        self._open: list[_Outcome] = []
        self._settled_at = -SETTLE_SECONDS

    def run(self) -> str | None:
        """Send until nothing is left to try; returns why nothing more can pass, when so.

        A server so slow that the claim is half spent ends the run: what is left is tried again when the claim
        has run out, and never by two at once.
        """
        last = 0
        try:
            while claims := _claim(self.engine, self.now, last):
                last = claims[-1].id
                until = time.monotonic() + CLAIM.total_seconds() / 2
                said = _said(self.engine, claims)
                for place, claim in enumerate(claims):
                    if time.monotonic() > until:
                        return None
                    try:
                        self._send(claim, said)
                    except ChannelDownError as error:
                        for waiting in claims[place:]:
                            self._fail(waiting, error.message, permanent=False)
                        return error.message
                    except Exception as error:
                        # Whatever it is about this mail, the next one is somebody else's.
                        problem = note_problem("通知发送", claim.organ_id, claim.organ, error)
                        self.problems[claim.organ_id] = problem
                        self._fail(claim, problem.problem, permanent=False)
        finally:
            self._settle()
        return None

    def _send(self, claim: Claim, said: _Said) -> None:
        message = self._head(claim, said) if claim.channel == HEADS else self._digest(claim, said)
        if message is None:
            self._record(claim, DigestState.EMPTY, answer="发送前复核:内容均已取消,不发空信")
            return
        try:
            answer = self.mail.send(message)
        except DeliveryError as error:
            self._fail(claim, error.message, permanent=error.permanent)
        else:
            self._record(claim, DigestState.SENT, answer=answer)
            self.counts["sent"] += 1

    def _digest(self, claim: Claim, said: _Said) -> EmailMessage | None:
        lines = said.lines(claim.id)
        if not lines:
            return None
        return compose(
            sender=self.settings.mail_from,
            recipient=claim.email,
            name=claim.name,
            message_id=claim.message_id,
            lines=lines,
            on=self.on,
            sent_at=self.now,
            office_url=self.settings.office_url,
            calendar=self.calendar,
        )

    def _head(self, claim: Claim, said: _Said) -> EmailMessage:
        return compose_head(
            sender=self.settings.mail_from,
            recipient=claim.email,
            name=claim.name,
            message_id=claim.message_id,
            line=said.heads[claim.on],
            on=claim.on,
            sent_at=self.now,
            office_url=self.settings.office_url,
        )

    def _fail(self, claim: Claim, answer: str, *, permanent: bool) -> None:
        """Try again later, each time twice as late, or park what keeps failing."""
        if permanent or claim.attempts >= self.settings.delivery_attempts:
            self._record(claim, DigestState.PARKED, answer=answer)
            self.counts["parked"] += 1
        else:
            later = self.now + FIRST_RETRY * 2 ** (claim.attempts - 1)
            self._record(claim, DigestState.WAITING, answer=answer, retry_at=later)
            self.counts["failed"] += 1

    def _record(self, claim: Claim, state: DigestState, *, answer: str, retry_at: dt.datetime | None = None) -> None:
        self._open.append(_Outcome(claim.id, state, answer, retry_at))
        if time.monotonic() - self._settled_at >= SETTLE_SECONDS:
            self._settle()

    def _settle(self) -> None:
        if self._open:
            with unit_of_work(self.engine) as session:
                _settle(session, self._open, self.now)
            self._open.clear()
        self._settled_at = time.monotonic()
