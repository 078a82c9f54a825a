"""What each rhythm does, as plain functions: the flows call them, and the clock does where Prefect is absent.

This is an edge: settings are read, the database is opened and time is taken here. Every function may run late,
twice or in two processes at once, takes JSON values and returns them.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from flows.health import troubles_at
from flows.round import Round
from flows.steps import between
from models import clock
from models.actor import Actor, Channel
from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.engine.problem import OrganProblem, note_problem
from models.engine.shard import shard_of
from models.errors import DubanError
from models.items.plan import AnnualPlan
from models.migrate import open_current
from models.papers.circular import CircularKind, closing_day
from models.papers.document import Document
from models.people.organ import Organ
from models.private_files import keep_private
from models.settings import Settings
from tasks.engine.check_shared import check_keys
from tasks.engine.judge_health import Level
from tasks.engine.ping_alarm import ping_troubles
from tasks.engine.show_system import record_run
from tasks.files.discard_orphans import discard_orphans
from tasks.files.file_store import FileStore
from tasks.keeping.nightly import keep_backup
from tasks.ladder.note_shards import note_shards
from tasks.notices.deliver import deliver
from tasks.notices.read_mailbox import MailboxError, read_mailbox
from tasks.notices.send_letters import send_letters
from tasks.notices.take_returned import ReturnedResult, mailbox_place, take_returned
from tasks.oversight.compile_brief import compile_brief, first_reader
from tasks.oversight.compile_circular import compile_circular
from tasks.oversight.doubt_day import doubt_day
from tasks.oversight.supervise import supervise
from tasks.plan.open_year import open_year
from tasks.pruning.old_files import OLD_FILES, prune_files
from tasks.pruning.old_rows import BATCH, OLD_ROWS, prune_rows
from tasks.report.compiling.compile_report import compile_report, newest_report
from tasks.report.desk.set_report_template import template_for
from tasks.trail.close_day import close_day
from tasks.trail.known_head import note_head
from tasks.trail.prove_trail import prove_and_keep
from tasks.webhooks.queue_webhooks import queue_webhooks
from tasks.webhooks.send_webhooks import send_webhooks

log = logging.getLogger(__name__)
LOOK_BACK = dt.timedelta(days=7)
"""A mailbox that was never read, or is numbered anew, is read from mails of this age on: servers give up after five."""


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    keep_private()
    database = open_current(settings)
    try:
        check_keys(database, settings.home)
        yield database
    finally:
        database.dispose()


def daily_supervision(settings: Settings, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """Raise the notices due on `on` (an ISO day; today if none), each exactly once, draw up the sheets they carry, sign
    the end of the trail, and throw away what killed processes left of files.

    The counts of the sweep, and the numbers of the sheets. A day that is doubted is left alone, as by every rhythm that
    works for a day. With a shard, the last of them makes the day a swept one. Raises StoppedError where it was asked to
    stop between two steps; the next one goes on.
    """
    by, part = _rhythm("每日督办", on), shard_of(shard)
    # Not on_record: where each ladder stands is the engine's own state, moved on days that raise nothing too.
    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        with unit_of_work(database) as session:
            result = supervise(session, by=by, calendar=office_calendar(session), between=between, shard=part)
            sheets = [sheet.written_number for sheet in result.sheets]
            problems = [problem.as_dict() for problem in result.problems]
        with unit_of_work(database) as session:
            whole = note_shards(session, part, on=by.on, now=by.now)
        # Last: whatever may be wrong with the trail, the day's reminders are out.
        if whole:
            close_day(database, settings.home, by=by)
    try:
        discard_orphans(settings.home, FileStore(settings.evidence_store), now=by.now)
    except DubanError as error:
        log.warning("未写完的文件未能清理：%s", error.message, extra={"action": "orphans_left"})
    return {**asdict(result.swept), "on": result.swept.on.isoformat(), "sheets": sheets, "problems": problems}


def delivery(settings: Settings) -> dict[str, Any]:
    """Send what waits, outside quiet hours; the counts of the delivery."""
    with _opened(settings) as database:
        delivered = deliver(database, settings, now=clock.now(), quiet=True)
        if delivered.problem:
            log.warning("通知未能发送：%s", delivered.problem, extra={"action": "delivery_failed"})
        with unit_of_work(database) as session:
            record_run(session, delivery.__name__, on=delivered.on, now=clock.now(), problems=delivered.problems)
    return {**asdict(delivered), "on": delivered.on.isoformat()}


def urgent_delivery(settings: Settings) -> dict[str, Any]:
    """Send what cannot wait for a digest, outside quiet hours; the counts of the delivery."""
    with _opened(settings) as database:
        delivered = deliver(database, settings, now=clock.now(), quiet=True, urgent_only=True)
        with unit_of_work(database) as session:
            record_run(session, urgent_delivery.__name__, on=delivered.on, now=clock.now(), problems=delivered.problems)
    counts = {"sent": delivered.sent, "failed": delivered.failed, "parked": delivered.parked}
    return counts | {"problems": [problem.as_dict() for problem in delivered.problems]}


def letters(settings: Settings) -> dict[str, Any]:
    """Send what people are told of their own account and post, whatever the hour; the counts of the sending."""
    now = clock.now()
    with _opened(settings) as database:
        sent = send_letters(database, settings, now=now)
        with unit_of_work(database) as session:
            record_run(session, letters.__name__, on=clock.day_of(now), now=clock.now(), problems=sent.problems)
    return asdict(sent)


def webhooks(settings: Settings) -> dict[str, Any]:
    """Tell webhooks what happened since the last time; the counts of what was queued and sent."""
    now = clock.now()
    with _opened(settings) as database:
        unqueued: list[OrganProblem] = []
        with unit_of_work(database) as session:
            queued = queue_webhooks(session, now=now, problems=unqueued)
        sent = send_webhooks(database, settings, now=now)
        sent.problems[:0] = unqueued
        with unit_of_work(database) as session:
            record_run(session, webhooks.__name__, on=clock.day_of(now), now=clock.now(), problems=sent.problems)
    return {"queued": queued, **asdict(sent)}


def returned_mail(settings: Settings) -> dict[str, Any]:
    """Read the mailbox for bounces and automatic answers and mark what they speak of; the counts of what was found.

    A mailbox that cannot be read is told under `problem`, and tried again by the next run.
    """
    now = clock.now()
    told: dict[str, Any] = {}
    with _opened(settings) as database:
        if settings.imap_host:
            try:
                told = asdict(_read_mailbox(database, settings, now))
            except MailboxError as error:
                log.warning("%s", error.message, extra={"action": "mailbox_failed"})
                told = {"problem": error.message}
        with unit_of_work(database) as session:
            record_run(session, returned_mail.__name__, on=clock.day_of(now), now=clock.now())
    return told


def _read_mailbox(database: Engine, settings: Settings, now: dt.datetime) -> ReturnedResult:
    """The next mails, and what they say; the network is spoken to outside of any transaction."""
    with reading(database) as session:
        place = mailbox_place(session, settings)
    validity, after = (place.validity, place.uid) if place else (None, 0)
    batch = read_mailbox(settings, validity=validity, after=after, since=clock.day_of(now) - LOOK_BACK)
    with unit_of_work(database) as session:
        return take_returned(session, settings, batch, now=now)


def alarm(settings: Settings) -> dict[str, Any]:
    """Look for faults, and tell the watch outside, where one is set, that all is well or which there are."""
    now = clock.now()
    with _opened(settings) as database:
        with reading(database) as session:
            found = troubles_at(session, settings, now=now)
            note_head(session, settings.home)
        refused = ping_troubles(settings, found)
        if refused is not None:
            log.warning("报警服务没有收下：%s", refused, extra={"action": "alarm_failed"})
        with unit_of_work(database) as session:
            record_run(session, alarm.__name__, on=clock.day_of(now), now=clock.now())
    return {"faults": [one.code for one in found if one.level is Level.FAULT], "refused": refused}


def backup(settings: Settings) -> dict[str, Any]:
    """Make the day's backup, where one is made by itself, and remove those that no rule keeps; then prove the trail,
    and leave a checkpoint from which the next proof goes on.

    Where either fails the reason is kept with the run and told under `problem`; the backups that are there stay.
    """
    now = clock.now()
    by = Actor("每夜核验", Channel.COMMAND, clock.day_of(now), now)
    folder = settings.backup_place
    told: dict[str, Any] = {"file": None}
    problems: list[OrganProblem] = []
    with _opened(settings) as database:
        try:
            made = keep_backup(database, settings, folder, now=now) if folder is not None else None
            if made is not None:
                told = {"file": str(made.file), "bytes": made.bytes, "missing": len(made.manifest.missing)}
        except DubanError as error:
            problems.append(note_problem("每夜备份", None, "全部单位", error))
            told["problem"] = error.message
        if broken := prove_and_keep(database, settings.home, by=by).broken:
            altered = DubanError(f"{broken.verdict}。{broken.fault.label}：{broken.words}。")
            problems.append(note_problem("每夜核验", None, "全部单位", altered))
            told.setdefault("problem", altered.message)
        with unit_of_work(database) as session:
            note_head(session, settings.home)
            record_run(session, backup.__name__, on=clock.day_of(now), now=clock.now(), problems=problems)
    return told


def pruning(settings: Settings) -> dict[str, Any]:
    """Throw away what the engine wrote for itself and has outlived its term; how many rows of each table.

    Batch by batch, each in a transaction of its own, so that nobody waits and a run cut short has done its part.
    """
    by = _rhythm("清理旧数据", None)
    pruned: dict[str, Any] = {}
    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        for rows in OLD_ROWS:
            before = by.now - dt.timedelta(days=getattr(settings.keep_days, rows.term))
            pruned[rows.table.name], more = 0, True
            while more:
                with unit_of_work(database) as session:
                    count = prune_rows(session, rows, before)
                pruned[rows.table.name] += count
                more = count == BATCH
        for files in OLD_FILES:
            prune_files(settings.home, files, by.now - dt.timedelta(days=getattr(settings.keep_days, files.term)))
        with unit_of_work(database) as session:
            record_run(session, pruning.__name__, on=by.on, now=clock.now())
    return pruned


def year_end_report(settings: Settings, year: int | None = None, shard: str | None = None) -> dict[str, Any]:
    """Compile the report of `year` (the year before this one if none) for every organ of the shard that has a plan.

    An organ whose report cannot be compiled is named with the reason and stops no other.
    """
    on = clock.today()
    by = Actor("年度报告编制", Channel.RHYTHM, on, clock.now())
    wanted = on.year - 1 if year is None else year

    def compiled(session: Session, organ: Organ, _plan: AnnualPlan) -> dict[str, Any]:
        template = template_for(session, organ, settings.home)
        version = compile_report(session, organ, wanted, by=by, on=on, template=template).version
        report = newest_report(session, organ, wanted)
        return {"version": version, "report": report.id if report else None}

    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        going = Round(database, by.name, shard_of(shard))
        going.over(select(AnnualPlan).where(AnnualPlan.year == wanted), compiled)
        going.end(year_end_report.__name__, on)
    return {"year": wanted, "reports": going.results}


def year_opening(settings: Settings, year: int | None = None, shard: str | None = None) -> dict[str, Any]:
    """Draw up the draft plan of `year` (this one if none) for every organ of the shard that had a plan the year before.

    Nothing is issued, and a plan that is issued already is left alone. An organ whose year cannot be opened is named
    with the reason and stops no other.
    """
    on = clock.today()
    by = Actor("开年编制", Channel.RHYTHM, on, clock.now())
    wanted = on.year if year is None else year
    issued = select(AnnualPlan.organ_id).where(AnnualPlan.year == wanted, col(AnnualPlan.policy_id).is_not(None))
    planned = select(AnnualPlan).where(AnnualPlan.year == wanted - 1, col(AnnualPlan.organ_id).not_in(issued))

    def opened(session: Session, organ: Organ, _plan: AnnualPlan) -> dict[str, Any]:
        made = open_year(session, organ, wanted, by=by)
        return {"made": len(made.made), "incomplete": len(made.incomplete)}

    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        going = Round(database, by.name, shard_of(shard))
        going.over(planned, opened)
        going.end(year_opening.__name__, on)
    return {"year": wanted, "plans": going.results}


def weekly_circular(settings: Settings, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """The circular of the week that was closed last by day `on`."""
    return circular(settings, CircularKind.WEEK, on, shard)


def monthly_circular(settings: Settings, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """The circular of the month that was closed last by day `on`."""
    return circular(settings, CircularKind.MONTH, on, shard)


def quarterly_circular(settings: Settings, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """The circular of the quarter that was closed last by day `on`."""
    return circular(settings, CircularKind.QUARTER, on, shard)


def circular(settings: Settings, kind: str, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """Draw up the circular of the period closed last by `on` (today if none) for every organ of the shard with a plan
    that runs.

    Each kind is a rhythm of its own, so that a missed one is missed whatever the others did. An organ whose circular
    cannot be drawn up is named with the reason and stops no other.
    """
    covers = CircularKind(kind)
    by = _rhythm(covers.label, on)

    def compiled(session: Session, organ: Organ, plan: AnnualPlan) -> dict[str, Any]:
        calendar = office_calendar(session, organ_id=organ.id)
        return _told(compile_circular(session, plan, by=by, kind=covers, until=until, calendar=calendar))

    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        with reading(database) as session:
            until = closing_day(covers, by.on, office_calendar(session))
        going = Round(database, covers.label, shard_of(shard))
        going.over(_running(until), compiled)
        going.end(f"{covers}ly_{circular.__name__}", by.on)
    return {"until": until.isoformat(), "circulars": going.results}


def brief(settings: Settings, on: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """Draw up the first responsible person's brief of `on` (today if none) for every organ of the shard with
    a plan that runs.

    An organ that has no such person, or whose brief cannot be drawn up, is named with the reason and stops no other.
    """
    by = _rhythm("每周简报", on)

    def compiled(session: Session, organ: Organ, plan: AnnualPlan) -> dict[str, Any]:
        calendar = office_calendar(session, organ_id=organ.id)
        return _told(compile_brief(session, plan, first_reader(session, organ, by.on), by=by, calendar=calendar))

    with _opened(settings) as database:
        if doubt := _doubted(database, settings, by):
            return doubt
        going = Round(database, by.name, shard_of(shard))
        going.over(_running(by.on), compiled)
        going.end(brief.__name__, by.on)
    return {"on": by.on.isoformat(), "briefs": going.results}


def _rhythm(name: str, on: str | None) -> Actor:
    """The rhythm as an actor, working for day `on` or for today."""
    now = clock.now()
    return Actor(name, Channel.RHYTHM, dt.date.fromisoformat(on) if on else clock.day_of(now), now)


def _doubted(database: Engine, settings: Settings, by: Actor) -> dict[str, Any] | None:
    """What a rhythm answers that may not work for its day without a person's word (the clock jumped, or the office was
    off for long): nothing is written, and why stands under `stopped`. None where it may.
    """
    with reading(database) as session:
        doubt = doubt_day(session, on=by.on, today=clock.day_of(by.now), most=settings.days_ahead)
    if doubt is None:
        return None
    log.warning("%s已停下，等人确认：%s", by.name, doubt, extra={"action": "sweep_stopped"})
    return {"on": by.on.isoformat(), "stopped": doubt}


def _running(on: dt.date) -> SelectOfScalar[AnnualPlan]:
    """The plans of the day's year that were issued by then."""
    return select(AnnualPlan).where(AnnualPlan.year == on.year, col(AnnualPlan.issued_on) <= on)


def _told(document: Document) -> dict[str, Any]:
    return {"document": document.id, "number": document.written_number}


RHYTHMS: Mapping[str, Callable[..., dict[str, Any]]] = {
    rhythm.__name__: rhythm
    for rhythm in (
        daily_supervision,
        delivery,
        urgent_delivery,
        letters,
        webhooks,
        returned_mail,
        alarm,
        backup,
        pruning,
        brief,
        weekly_circular,
        monthly_circular,
        quarterly_circular,
        year_end_report,
        year_opening,
    )
}
"""By the name a schedule knows them by."""
