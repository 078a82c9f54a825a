"""Sending what waits: put into messages, claimed before it is sent, recorded before and after, channel by channel.

The one place that commits within a task: see `tasks.notices.claim`. Between a provider's answer and our commit lies a
gap nobody can close; a message repeated because of it carries the same reference. The answers of a quick provider are
committed together.
"""

import datetime as dt
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.clock import day_of, local
from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem, note_problem
from models.engine.rhythm import LastRun
from models.errors import DeliveryError
from models.ladder.message import MessageKind, SendState
from models.settings import Settings
from models.signed_head import SignedHead
from tasks.ladder.note_sweep import SLUG
from tasks.ladder.recheck import recheck
from tasks.notices.bundle import bundle, bundle_heads, waiting
from tasks.notices.channel import MessageChannel, Parcel, QueuedSender
from tasks.notices.channel_health import passed_since_last_try
from tasks.notices.claim import BATCH, CLAIM, Claim, TryOutcome, claim, give_back, settle
from tasks.notices.compose import Wording, compose, compose_head
from tasks.notices.fall_back import fall_back, leave_unset
from tasks.notices.find_channels import channel_behind, channels_set
from tasks.notices.gather_lines import NoticeLine, gather_lines
from tasks.notices.handed import BrokenOffError, ChannelDownError

SETTLE_SECONDS = 0.1
"""How long an answer may wait for its commit: a commit for each takes as long as the message itself."""
APART_FROM = BATCH
"""From so many messages at once on it is worth a process of its own where the channel has one: about 0.1 s."""
FIRST_RETRY = dt.timedelta(minutes=5)
UNSETTLED_RETRY = dt.timedelta(minutes=30)
"""How long a message waits on which the connection broke again while nothing else passed either."""


@dataclass(frozen=True)
class DeliveryResult:
    """What one delivery did: messages sent, failed (tried again later, by the next channel too) and parked; notices
    dropped and held.
    """

    on: dt.date
    sent: int = 0
    failed: int = 0
    parked: int = 0
    dropped: int = 0
    held: int = 0
    unreachable: int = 0
    """Notices that stay in the system alone: no usable channel, or the person wants it so."""
    early: bool = False
    """Whether something is held because the day's sweep has not run yet."""
    problem: str | None = None
    """Which channels are down, and why."""
    problems: tuple[OrganProblem, ...] = ()
    """The organs with a message that failed in a way nobody foresaw; it is tried again like any other."""


def is_quiet(settings: Settings, now: dt.datetime) -> bool:
    """Whether `now` lies in the office's quiet hours, which may reach over midnight."""
    start, end, at = settings.quiet_from, settings.quiet_until, local(now).time()
    return (start <= at or at < end) if start > end else start <= at < end


def awaits_sweep(session: Session, day: dt.date) -> bool:
    """Whether the day's sweep has not run yet."""
    swept = session.get(LastRun, SLUG)
    return swept is None or max(swept.on, day_of(swept.ended_at)) < day


def deliver(
    engine: Engine, settings: Settings, *, now: dt.datetime, on: dt.date | None = None, quiet: bool = False,
    urgent_only: bool = False,
) -> DeliveryResult:  # fmt: skip
    """Send every message that waits. With `quiet`, quiet hours and people's own hours hold them; nothing held is lost.

    Works for the day `on`, which a person names; without one for today, whatever day was swept, and then nobody's
    digest of the day is made up before the day's sweep has run: what waits from yesterday would spend it. One failing
    address stops nobody else, one channel that is down stops no other. With `urgent_only` nothing but what cannot wait.
    """
    with reading(engine) as session:
        day = on or day_of(now)
        early = on is None and awaits_sweep(session, day)
        if quiet and is_quiet(settings, now):
            return DeliveryResult(day, held=waiting(session))
    with unit_of_work(engine) as session:
        calendar = office_calendar(session)
        dropped = recheck(session, on=day)
        digests = not early and not urgent_only
        leave_unset(session, settings, now=now)
        unreachable = bundle(session, settings, day, now, digests=digests, hours=quiet)
        if calendar.on_or_after(day) == day:
            fall_back(session, settings, now=now)
            if not urgent_only:
                bundle_heads(session, day, now)
    delivery = _Delivery(engine, settings, now=now, on=day, calendar=calendar, urgent_only=urgent_only)
    delivery.run()
    with reading(engine) as session:
        held = waiting(session)
    return DeliveryResult(
        day, **delivery.counts, early=early and held > 0,
        dropped=dropped, held=held, unreachable=unreachable, problem=" ".join(delivery.down.values()) or None,
        problems=tuple(delivery.problems.values()),
    )  # fmt: skip


@dataclass
class _Delivery:
    """One run over all channels."""

    engine: Engine
    settings: Settings
    now: dt.datetime
    on: dt.date
    calendar: WorkCalendar
    urgent_only: bool
    counts: dict[str, int] = field(default_factory=lambda: {"sent": 0, "failed": 0, "parked": 0})
    down: dict[str, str] = field(default_factory=dict)
    problems: dict[int, OrganProblem] = field(default_factory=dict)

    def run(self) -> None:
        """Send by each channel until nothing is left to try; a channel that takes over another's message comes after
        it, whatever the office's order.
        """
        self.usable: Mapping[str, MessageChannel] = {one.name: one for one in channels_set(self.settings)}
        todo = list(self.usable.values())
        while todo:
            moved = self._by(todo.pop(0))
            todo += [self.usable[name] for name in moved if self.usable[name] not in todo]

    def _by(self, channel: MessageChannel) -> set[str]:
        """Send what waits for this channel; returns the channels that got messages from it.

        One so slow that the claim is half spent ends its run: what is left is let go, and never tried by two at once.
        """
        claims = self._claim(channel)
        if not claims:
            return set()
        with channel.opened(self.settings, many=len(claims) >= APART_FROM) as sender:
            way = _Way(self, channel, sender)
            try:
                while claims:
                    way.send(claims)
                    claims = (
                        () if way.ended else claim(self.engine, channel, now=self.now, urgent_only=self.urgent_only)
                    )
                way.hear_all()
            finally:
                way.settle()
        return way.moved

    def _claim(self, channel: MessageChannel) -> Sequence[Claim]:
        return claim(self.engine, channel, now=self.now, urgent_only=self.urgent_only)


class _Way:
    """The messages on their way by one channel."""

    def __init__(self, run: _Delivery, channel: MessageChannel, sender: QueuedSender) -> None:
        self.run, self.channel, self.sender = run, channel, sender
        self.ended = False
        self.moved: set[str] = set()
        self._todo: deque[Claim] = deque()
        self._away: deque[Claim] = deque()
        """Handed over, and not answered yet."""
        self._open: list[TryOutcome] = []
        self._settled_at = -SETTLE_SECONDS

    def send(self, claims: Sequence[Claim]) -> None:
        """Hand the messages of one claim over, as far as they pass; the last answers may come later."""
        until = time.monotonic() + CLAIM.total_seconds() / 2
        with reading(self.run.engine) as session:
            self._lines = gather_lines(session, [one.id for one in claims], on=self.run.on)
            self._heads = _heads(session, claims)
        self._todo.extend(claims)
        while self._todo:
            if time.monotonic() > until:
                self.hear_all()
                self._let_go()
                return
            self._hand(self._todo.popleft())
            while self._away and self.sender.full:
                self._hear()

    def hear_all(self) -> None:
        """Wait until everything handed over is answered for."""
        while self._away:
            self._hear()

    def _hand(self, claimed: Claim) -> None:
        try:
            wording = self._wording(claimed, self._lines.get(claimed.id, ()))
            if wording is None:
                self._record(TryOutcome(claimed.id, SendState.EMPTY, "发送前复核：内容均已取消，不发空信"))
                return
            self.sender.hand(self._packed(claimed, wording))
        except Exception as error:
            self._end(claimed, error)
        else:
            self._away.append(claimed)

    def _hear(self) -> None:
        """How the oldest one ended."""
        claimed = self._away.popleft()
        try:
            handed = self.sender.answer()
        except Exception as error:
            self._end(claimed, error)
        else:
            self._record(TryOutcome(claimed.id, SendState.SENT, handed.answer, delivered=handed.delivered))
            self.run.counts["sent"] += 1

    def _end(self, claimed: Claim, error: Exception) -> None:
        """What becomes of a message that was not taken, and of those after it."""
        match error:
            case ChannelDownError():
                # Nothing passes: what is left waits for the channel, not for itself.
                self.run.down[self.channel.name] = error.message
                self._let_go([claimed], reason=error.message, pause=error.pause)
            case BrokenOffError():
                self._broke(claimed, error.message)
            case DeliveryError():
                self._fail(claimed, error.message, permanent=error.permanent)
            case _:
                # Whatever it is about this message, the next one is somebody else's.
                problem = note_problem("通知发送", claimed.organ_id, claimed.organ, error)
                self.run.problems[claimed.organ_id] = problem
                self._fail(claimed, problem.problem, permanent=False)

    def _packed(self, claimed: Claim, wording: Wording) -> Any:
        if claimed.address is None:
            raise DeliveryError(f"没有登记{self.channel.label}的地址", permanent=True)
        return self.sender.pack(self._parcel(claimed, claimed.address, wording))

    def _wording(self, claimed: Claim, lines: Sequence[NoticeLine]) -> Wording | None:
        run = self.run
        if claimed.kind is MessageKind.HEAD:
            return compose_head(self._heads[claimed.on], name=claimed.name, on=claimed.on, settings=run.settings)
        if not lines:
            return None
        return compose(lines, name=claimed.name, on=run.on, settings=run.settings, calendar=run.calendar)

    def _parcel(self, claimed: Claim, address: str, wording: Wording) -> Parcel:
        settings = self.run.settings
        return Parcel(
            reference=claimed.reference, to=address, name=claimed.name, subject=wording.subject, brief=wording.brief,
            plain=wording.plain, html=wording.html, files=wording.files, sent_at=self.run.now,
            url=settings.address(f"/notices/{claimed.id}"),
        )  # fmt: skip

    def _fail(self, claimed: Claim, answer: str, *, permanent: bool) -> None:
        """Try again later, each time twice as late; what keeps failing goes on by the next channel, or is parked."""
        run = self.run
        if not permanent and claimed.attempts < run.settings.delivery_attempts:
            later = run.now + FIRST_RETRY * 2 ** (claimed.attempts - 1)
            self._record(TryOutcome(claimed.id, SendState.WAITING, answer, retry_at=later))
            run.counts["failed"] += 1
            return
        further = channel_behind(claimed.channels, self.channel.name, run.usable)
        if further is not None:
            self._record(TryOutcome(claimed.id, SendState.WAITING, answer, goes_on=further))
            self.moved.add(further)
            run.counts["failed"] += 1
        elif claimed.sent_before:
            self._record(TryOutcome(claimed.id, SendState.SENT, answer, taken=False))
        else:
            self._record(TryOutcome(claimed.id, SendState.PARKED, answer))
            run.counts["parked"] += 1

    def _broke(self, claimed: Claim, answer: str) -> None:
        """The connection broke with this message. Once more, and it is to blame where others passed since; where none
        did, that cannot be told, and the try does not count.
        """
        run = self.run
        self.settle()
        if claimed.attempts > 1:
            with reading(run.engine) as session:
                blamed = passed_since_last_try(session, self.channel.name, claimed.id)
            if not blamed:
                later = run.now + UNSETTLED_RETRY
                self._record(TryOutcome(claimed.id, SendState.WAITING, answer, retry_at=later, counted=False))
                run.counts["failed"] += 1
                return
        self._fail(claimed, answer, permanent=False)

    def _let_go(
        self, tried: Sequence[Claim] = (), *, reason: str | None = None, pause: dt.timedelta | None = None
    ) -> None:
        """End here: what has no answer yet was not tried."""
        untried = [*self._away, *self._todo]
        self.ended = True
        self._away.clear()
        self._todo.clear()
        self.settle()
        give_back(self.run.engine, self.channel, tried, untried, now=self.run.now, reason=reason, pause=pause)

    def _record(self, outcome: TryOutcome) -> None:
        self._open.append(outcome)
        if time.monotonic() - self._settled_at >= SETTLE_SECONDS:
            self.settle()

    def settle(self) -> None:
        """Write down how those answered for ended."""
        if self._open:
            settle(self.run.engine, self.channel, self._open, now=self.run.now)
            self._open.clear()
        self._settled_at = time.monotonic()


def _heads(session: Session, claims: Sequence[Claim]) -> Mapping[dt.date, str]:
    """The signed ends of the trail that the claimed messages carry."""
    days = {one.on for one in claims if one.kind is MessageKind.HEAD}
    if not days:
        return {}
    return {head.on: head.line for head in session.exec(select(SignedHead).where(col(SignedHead.on).in_(days)))}
