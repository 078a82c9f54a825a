"""Sending what waits: put into messages, claimed before it is sent, recorded before and after, channel by channel.

The one place that commits within a task: see `tasks.notices.claim`. Between a provider's answer and our commit lies a
gap nobody can close; a message repeated because of it carries the same reference. The answers of a quick provider are
committed together.
"""

import datetime as dt
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
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
from tasks.ladder.recheck import recheck
from tasks.ladder.remind import SLUG
from tasks.notices.bundle import bundle, bundle_heads, waiting
from tasks.notices.channel import BrokenOffError, ChannelDownError, ChannelSender, MessageChannel, Parcel, PatientSender
from tasks.notices.channel_health import passed_since_last_try
from tasks.notices.claim import CLAIM, Claim, TryOutcome, claim, give_back, settle
from tasks.notices.compose import Wording, compose, compose_head
from tasks.notices.fall_back import fall_back, leave_unset
from tasks.notices.find_channels import channel_behind, channels_set
from tasks.notices.gather_lines import NoticeLine, gather_lines

SETTLE_SECONDS = 0.1
"""How long an answer may wait for its commit: a commit for each takes as long as the message itself."""
AHEAD = 8
"""So many messages are made up at most while others are on their way: each may carry megabytes."""
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
        moved: set[str] = set()
        claims = claim(self.engine, channel, now=self.now, urgent_only=self.urgent_only)
        if not claims:
            return moved
        with channel.open(self.settings) as sender:
            while claims:
                batch = _Batch(self, channel, sender, claims)
                moved |= batch.send()
                if batch.stopped:
                    break
                claims = claim(self.engine, channel, now=self.now, urgent_only=self.urgent_only)
        return moved


@dataclass(frozen=True)
class _Unmade:
    """A message that could not be made up."""

    error: Exception


class _Batch:
    """The messages of one claim, on their way by one channel."""

    def __init__(self, run: _Delivery, channel: MessageChannel, sender: ChannelSender, claims: Sequence[Claim]) -> None:
        self.run, self.channel, self.sender, self.claims = run, channel, sender, claims
        self.stopped = False
        self._moved: set[str] = set()
        self._open: list[TryOutcome] = []
        self._settled_at = -SETTLE_SECONDS
        with reading(run.engine) as session:
            self._lines = gather_lines(session, [one.id for one in claims], on=run.on)
            self._heads = _heads(session, claims)
        self._made: deque[Any] = deque()
        self._making = self._make()
        if isinstance(sender, PatientSender):
            sender.meanwhile = lambda: next(self._making, None)

    def send(self) -> set[str]:
        run, until = self.run, time.monotonic() + CLAIM.total_seconds() / 2
        try:
            for place, claimed in enumerate(self.claims):
                if time.monotonic() > until:
                    self.stopped = True
                    give_back(run.engine, self.channel, (), self.claims[place:], now=run.now, reason=None)
                    break
                try:
                    self._send(claimed)
                except ChannelDownError as error:
                    self._down(error.message, self.claims[place : place + 1], place + 1, pause=error.pause)
                    break
                except BrokenOffError as error:
                    self._broke(claimed, error.message)
                except Exception as error:
                    # Whatever it is about this message, the next one is somebody else's.
                    problem = note_problem("通知发送", claimed.organ_id, claimed.organ, error)
                    run.problems[claimed.organ_id] = problem
                    self._fail(claimed, problem.problem, permanent=False)
        finally:
            self._settle()
        return self._moved

    def _send(self, claimed: Claim) -> None:
        while not self._made:
            next(self._making)
        made = self._made.popleft()
        if made is None:
            self._record(TryOutcome(claimed.id, SendState.EMPTY, "发送前复核:内容均已取消,不发空信"))
            return
        try:
            if isinstance(made, _Unmade):
                raise made.error
            handed = self.sender.send(made)
        except DeliveryError as error:
            self._fail(claimed, error.message, permanent=error.permanent)
        else:
            self._record(TryOutcome(claimed.id, SendState.SENT, handed.answer, delivered=handed.delivered))
            self.run.counts["sent"] += 1

    def _make(self) -> Iterator[None]:
        """Make up the messages in their order, a part of the work at each step, at most AHEAD of them ahead.

        What goes wrong with one is told when its turn comes.
        """
        for claimed in self.claims:
            while len(self._made) >= AHEAD:
                yield
            try:
                lines = self._lines.get(claimed.id, ())
                yield
                wording = self._wording(claimed, lines)
                yield
                self._made.append(None if wording is None else self._packed(claimed, wording))
            except Exception as error:
                self._made.append(_Unmade(error))
            yield

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
            self._moved.add(further)
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
        self._settle()
        if claimed.attempts > 1:
            with reading(run.engine) as session:
                blamed = passed_since_last_try(session, self.channel.name, claimed.id)
            if not blamed:
                later = run.now + UNSETTLED_RETRY
                self._record(TryOutcome(claimed.id, SendState.WAITING, answer, retry_at=later, counted=False))
                run.counts["failed"] += 1
                return
        self._fail(claimed, answer, permanent=False)

    def _down(self, reason: str, tried: Sequence[Claim], place: int, *, pause: dt.timedelta | None = None) -> None:
        """Nothing passes: what is left waits for the channel, not for itself."""
        self.stopped = True
        self.run.down[self.channel.name] = reason
        give_back(
            self.run.engine, self.channel, tried, self.claims[place:], now=self.run.now, reason=reason, pause=pause
        )

    def _record(self, outcome: TryOutcome) -> None:
        self._open.append(outcome)
        if time.monotonic() - self._settled_at >= SETTLE_SECONDS:
            self._settle()

    def _settle(self) -> None:
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
