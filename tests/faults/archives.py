"""Old months put into files and put back, as work that is killed: a year of notices, messages and entries, long ago."""

import datetime as dt
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session

from flows.health import examined_at
from models import clock
from models.actor import Actor, Channel
from models.archive_seal import ArchiveSeal
from models.audit import AuditEntry
from models.database import reading, unit_of_work
from models.migrate import open_current
from models.settings import Settings
from models.tables import METADATA
from tasks.acting.audit import write_alone
from tasks.archiving.archive_file import opened_archive
from tasks.archiving.attach import ATTACH, proved_stretch
from tasks.archiving.choose_rows import TABLES
from tasks.archiving.detach import DETACH
from tasks.archiving.which_months import every_archive
from tasks.trail.prove_trail import prove_trail
from tests.faults.places import Rows, Work, command, kept, lay_offices, rows
from tests.tasks.archiving.archived_office import file_report

YEAR = 2020
"""So long ago that every machine's clock lets it go."""
MONTHS = [f"{YEAR}-{month:02}" for month in range(1, 13)]
ENTRIES = 100
"""Of the trail, in a month."""
MESSAGES = 50
"""In a month; four notices to a message, two tries each, one in five came back."""


def _lay(place: Settings) -> None:
    lay_offices(place, 1_000)
    kept(place).mkdir()
    engine = open_current(place)
    file_report(engine)
    for month in range(1, 13):
        with unit_of_work(engine) as session:
            _live(session, dt.date(YEAR, month, 15))
    with unit_of_work(engine) as session:
        # The newest of each table stays whatever is archived.
        _live(session, dt.date(YEAR + 1, 6, 15))
    engine.dispose()


def _live(session: Session, on: dt.date) -> None:
    """What is sent and recorded on a day, of items that are done."""
    at = dt.datetime.combine(on, dt.time(1), dt.UTC)
    values = {"on": on, "at": at, "day": on.isoformat(), "messages": MESSAGES}
    for statement in _LIVED:
        session.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
    by = Actor("本机管理员", Channel.COMMAND, on, at)
    for number in range(ENTRIES):
        write_alone(session, by, "told", organ_id=1, after={"number": number})


_SENT = "m.\"on\" = :on AND m.kind = 'urgent'"
_LIVED = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :messages - 1)"
    ' INSERT INTO message (recipient_id, "on", kind, ordinal, reference, channels, channel, state, attempts,'
    " next_try_at, made_at, sent_at) SELECT i % 20 + 1, :on, 'urgent', i, 'ref-' || :day || '-' || i, '[\"mail\"]',"
    " 'mail', 'sent', 1, :at, :at, :at FROM n",
    "INSERT INTO delivery_attempt (message_id, channel, started_at, ended_at, delivered)"
    f" SELECT m.id, 'mail', :at, :at, t.taken FROM message m,"
    f" (SELECT false AS taken UNION ALL SELECT true) t WHERE {_SENT} ORDER BY m.id, t.taken",
    "INSERT INTO returned_mail (message_id, fingerprint, kind, words, read_at)"
    f" SELECT m.id, m.reference, 'delayed', '稍后再试', :at FROM message m WHERE {_SENT} AND m.ordinal % 5 = 0"
    " ORDER BY m.id",
    "INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, for_unit, recipient_id, role, via, kind, due_on,"
    " raised_on, send_on, late, state, message_id)"
    " SELECT :on, d.id, d.item_id, r.id, '', m.recipient_id, 'handler', 'holder', 'reminder', d.due_on, :on, :on,"
    " false, 'sent', m.id"
    " FROM message m, rung r, (SELECT id, item_id, due_on, row_number() OVER (ORDER BY id) - 1 AS place FROM deadline"
    f" WHERE done_on IS NOT NULL) d WHERE {_SENT} AND d.place = m.ordinal ORDER BY m.id, r.id",
)


def _do(place: Settings, number: int) -> None:
    """A year of rounds puts one month after the other into files, the next year of rounds puts them back."""
    year, month = divmod(number, len(MONTHS))
    named = MONTHS[month]
    if year % 2 == 0:
        command(place, "archive", "detach", named, str(kept(place)))
    elif rows(place, f"SELECT 1 FROM archive_seal WHERE month = '{named}' AND attached_at IS NULL"):
        command(place, "archive", "attach", str(kept(place) / f"duban-archive-{named}.zip"))


def _written(place: Settings) -> Rows:
    """The rows in the database and in the files of months that are away; what the trail and the doctor say."""
    engine = open_current(place)
    found: Rows = []
    with reading(engine) as session:
        found += _rows_of(session)
        seals = every_archive(session)
        away = [kept(place) / seal.file for seal in seals if seal.attached_at is None]
        for file in away:
            with opened_archive(file) as opened:
                found += _rows_of(opened.rows)
        proved = [proved_stretch(session, file) for file in away]
        by = Actor("本机管理员", Channel.COMMAND, clock.today(), clock.now())
        opened_parts = [one for one in proved if one is not None]
        chain = prove_trail(session, place.home, by=by, organ_id=None, whole=True, opened=opened_parts)
        found.append(("trail", str(chain.broken), chain.entries, chain.recomputed))
        found += [("doctor", trouble.code) for trouble in examined_at(session, place, now=clock.now())]
    engine.dispose()
    return found + [_told(seal) for seal in seals]


def _rows_of(source: Any) -> Rows:
    """Every row of the tables of an archive; of the entries that archiving itself wrote, which month and how many."""
    found: Rows = []
    for name in TABLES:
        for row in source.execute(select(METADATA.tables[name])).mappings():
            if name == AuditEntry.__tablename__ and row["action"] in (DETACH, ATTACH):
                found.append((name, row["action"], row["after"]["month"], row["after"]["entries_away"]))
            else:
                found.append((name, *map(str, row.values())))
    return found


def _told(seal: ArchiveSeal) -> tuple[Any, ...]:
    return ("seal", seal.month, seal.notices, seal.messages, seal.entries, seal.attached_at is None)


ARCHIVE = Work(_lay, lambda _place, _number: None, _do, _written)
