"""Whom a day's sweep reminded and escalated to, in numbers: by rung and post, without names and without items."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col, func
from sqlmodel import select as rows_of

from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import Rung
from models.people.person import Role


@dataclass(frozen=True)
class Reminded:
    """One rung to one kind of post: how many people, in how many notices."""

    kind: NoticeKind
    rung: str
    role: Role
    people: int
    notices: int


def count_reminded(session: Session, on: dt.date) -> list[Reminded]:
    """What was raised on the day and reaches people, reminders before escalations, the earlier rung first."""
    counted = (
        select(
            col(Notice.kind),
            col(Notice.rung_id),
            col(Notice.role),
            func.count(col(Notice.recipient_id).distinct()),
            func.count(),
        )
        .where(
            col(Notice.raised_on) == on,
            col(Notice.rung_id).is_not(None),
            col(Notice.state).not_in([NoticeState.COLLAPSED, NoticeState.DROPPED]),
        )
        .group_by(col(Notice.kind), col(Notice.rung_id), col(Notice.role))
    )
    rows = session.execute(counted).all()
    rungs = {rung.id: rung for rung in session.exec(rows_of(Rung).where(col(Rung.id).in_({row[1] for row in rows})))}
    # Every plan has a copy of its policy: what is called the same is the same to whoever reads.
    together: dict[tuple[NoticeKind, int, str, Role], list[int]] = {}
    for kind, rung_id, role, people, notices in rows:
        rung = rungs[rung_id]
        counts = together.setdefault((kind, rung.ordinal, rung.label, role), [0, 0])
        counts[0] += people
        counts[1] += notices
    kinds, roles = list(NoticeKind), list(Role)
    order = sorted(together, key=lambda of: (kinds.index(of[0]), of[1], of[2], roles.index(of[3])))
    return [Reminded(kind, label, role, *together[kind, place, label, role]) for kind, place, label, role in order]
