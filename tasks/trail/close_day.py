"""Each morning the days before are closed in the trail, and its end is signed, to go out with the mail.

What was counted without an entry for each is told: files taken again and again, and tries at the door that failed.
"""

from collections import Counter, defaultdict
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.audit import GENESIS, AuditEntry
from models.clock import midnight_of
from models.database import on_record
from models.day_count import DayCount
from models.people.account import Account, SignInAttempt
from models.people.person import Person
from models.signed_head import SignedHead
from tasks.access.limit_attempts import FAILURES_KEPT
from tasks.acting.audit import LONGEST, write_alone
from tasks.trail.noted_head import sign_line
from tasks.trail.tell_entry import action_label

_HEAD: sa.Table = SQLModel.metadata.tables[str(SignedHead.__tablename__)]
FAILED = "failed_sign_ins"
AGAIN = "again"
NOBODY = "不存在或已关闭的登录名"
"""What is typed as a login is not told where it is none: it may be a password in the wrong place."""


def close_day(database: Engine, home: Path, *, by: Actor) -> SignedHead:
    """Tell what was counted before the day of `by`, once, then sign the end of the trail; done already, as it was.

    Commits by itself, since the end is that of what was committed.
    """
    with on_record(database) as session:
        if _begin(session, by):
            _tell_counts(session, by)
            _tell_failures(session, by)
    with on_record(database) as session:
        head = session.exec(select(SignedHead).where(SignedHead.on == by.on).with_for_update()).one()
        if not head.line:
            last = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(1)).first()
            head.entry_id, head.hash = (last.id or 0, last.hash) if last else (0, GENESIS)
            head.line = sign_line(home, on=head.on, entry_id=head.entry_id, hash=head.hash)
    return head


def _begin(session: Session, by: Actor) -> bool:
    """Whether the day is this caller's to close: of any number at once it is one's."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"on": by.on, "made_at": by.now, "entry_id": 0, "hash": "", "line": ""}
    begun = insert(_HEAD).values(**row).on_conflict_do_nothing().returning(_HEAD.c.on)
    return session.execute(begun).first() is not None


def _tell_counts(session: Session, by: Actor) -> None:
    """An entry an organ of what was done more than once; the rows have served."""
    past = session.exec(select(DayCount).where(col(DayCount.on) < by.on).order_by(col(DayCount.id))).all()
    again: dict[int | None, list[str]] = defaultdict(list)
    for row in past:
        if row.times > 1:
            who = row.who.partition(":")[2]
            again[row.organ_id].append(f"{row.on} {who}{action_label(row.action)}“{row.thing}”共 {row.times} 次")
        session.delete(row)
    for organ_id, lines in again.items():
        write_alone(session, by, AGAIN, organ_id=organ_id, after={"again": _at_most(lines)})


def _tell_failures(session: Session, by: Actor) -> None:
    """An entry an organ of the tries that failed since a day was closed last, by login and place."""
    closed = select(col(SignedHead.on)).where(col(SignedHead.on) < by.on).order_by(col(SignedHead.on).desc()).limit(1)
    last = session.exec(closed).first()
    since = by.now - FAILURES_KEPT if last is None else max(midnight_of(last), by.now - FAILURES_KEPT)
    failed = session.execute(
        sa.select(col(Person.organ_id), col(Account.login), col(SignInAttempt.address))
        .select_from(SignInAttempt)
        .outerjoin(Account, sa.and_(col(Account.login) == SignInAttempt.login, col(Account.closed_at).is_(None)))
        .outerjoin(Person, col(Person.id) == Account.person_id)
        .where(col(SignInAttempt.succeeded).is_(False))
        .where(col(SignInAttempt.at) >= since, col(SignInAttempt.at) < midnight_of(by.on))
        .order_by(col(SignInAttempt.id))
    )
    tries: dict[int | None, Counter[str]] = defaultdict(Counter)
    places: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    for organ_id, login, address in failed:
        name = login or NOBODY
        tries[organ_id][name] += 1
        places[organ_id, name].add(address)
    for organ_id, counted in tries.items():
        lines = [f"{name} {times} 次，来自 {_from(places[organ_id, name])}" for name, times in counted.most_common()]
        write_alone(session, by, FAILED, organ_id=organ_id, after={"failures": _at_most(lines)})


def _from(places: set[str]) -> str:
    told = sorted(places)
    return "、".join(told[:3]) + (f" 等 {len(told)} 处" if len(told) > 3 else "")


def _at_most(lines: list[str]) -> list[str]:
    """As many lines as an entry may hold; the rest counted."""
    return lines if len(lines) <= LONGEST else [*lines[:LONGEST], f"另有 {len(lines) - LONGEST} 项"]
