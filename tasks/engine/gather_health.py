"""The facts by which the office's machinery is judged: what ran, who has the clock, how full the disk is."""

import datetime as dt
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, func, select

from models.audit import AuditEntry
from models.clock import day_of
from models.engine.rhythm import LastRun
from models.items.plan import AnnualPlan
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.private_files import open_folders
from models.settings import Settings
from models.signed_head import SignedHead
from tasks.engine.judge_health import Backups, Disk, DownChannel, Expected, Health, Runs
from tasks.engine.lease import database_now
from tasks.engine.show_system import clock_lease, last_runs
from tasks.keeping.nightly import RHYTHM, last_backup
from tasks.ladder.note_sweep import SLUG
from tasks.notices.channel_health import channels_down
from tasks.notices.find_channels import channel_label
from tasks.notices.message_templates import check_templates
from tasks.oversight.doubt_day import doubt_day


def gather_health(session: Session, settings: Settings, expected: Collection[Expected], *, now: dt.datetime) -> Health:
    """What is known at `now`. A few short queries, and a look at the data folder."""
    today, lease = day_of(now), clock_lease(session)
    unsent = select(func.min(Notice.send_on)).where(Notice.state == NoticeState.PENDING)
    signed = select(func.max(col(SignedHead.on))).where(SignedHead.line != "")
    return Health(
        runs=gather_runs(session, expected),
        doubt=doubt_day(session, on=today, today=today, most=settings.days_ahead),
        lease_until=lease.expires_at if lease is not None else None,
        database_at=database_now(session),
        apart=session.get_bind().dialect.name != "sqlite",
        last_run_at=session.exec(select(func.max(LastRun.ended_at))).one(),
        unsent_on=session.exec(unsent).one(),
        signed_on=session.exec(signed).one(),
        channels_down=_channels_down(session),
        parked=session.exec(select(func.count()).where(Message.state == SendState.PARKED)).one(),
        disk=disk_of(settings.home),
        backups=gather_backups(session, settings),
        open_folders=open_folders(settings),
        templates=check_templates(settings),
    )


def gather_runs(session: Session, expected: Collection[Expected]) -> Runs:
    """How these rhythms ran last, and since when there is an office. Two queries, and one for each that never did."""
    last = last_runs(session, [one.rhythm for one in expected])
    work: dict[str, Select[Any]] = {
        SLUG: select(func.min(AnnualPlan.issued_on)),
        "delivery": select(func.min(Notice.send_on)).where(Notice.state == NoticeState.PENDING),
    }
    never = [one.rhythm for one in expected if one.rhythm not in last]
    since: dict[str, dt.date | None] = {rhythm: session.execute(work[rhythm]).scalar_one() for rhythm in never}
    return Runs(last, {rhythm: day for rhythm, day in since.items() if day is not None}, _begun(session))


def _begun(session: Session) -> dt.datetime | None:
    """When the first act was put on record, by the clock of then: also of an office that lives through earlier days."""
    return session.exec(select(AuditEntry.at).order_by(col(AuditEntry.id)).limit(1)).first()


def _channels_down(session: Session) -> list[DownChannel]:
    return [
        DownChannel(channel_label(one.name), one.down_since, one.reason or "")
        for one in channels_down(session)
        if one.down_since is not None
    ]


def disk_of(folder: Path) -> Disk | None:
    """The disk on which the folder lies; None where it cannot be asked."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(found.total, found.free)


def gather_backups(session: Session, settings: Settings) -> Backups | None:
    """How the office is kept; None where no backups are made by themselves. Two short queries, a look at a folder."""
    folder = settings.backup_place
    if folder is None:
        return None
    ran = last_runs(session, [RHYTHM]).get(RHYTHM)
    return Backups(
        newest=last_backup(folder),
        since=_begun(session),
        problem=ran.problems[0]["problem"] if ran is not None and ran.problems else None,
        hours=settings.backup_hours,
    )
