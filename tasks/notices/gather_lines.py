"""What messages are made of: the notices that wait in them, each with what a reader needs to know, in one query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from models.items.explanation import why
from models.items.item import Deadline, WorkItem
from models.items.plan import Project
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import Relation, Rung

NOTICE, ITEM, DEADLINE, PROJECT = (
    SQLModel.metadata.tables[str(table.__tablename__)] for table in (Notice, WorkItem, Deadline, Project)
)

_TOLD = (NOTICE.c.state == NoticeState.PENDING) | (NOTICE.c.state == NoticeState.SENT) & DEADLINE.c.done_on.is_(None)
"""What waits to be told; and, where a message is sent again by another channel, what is still to be done."""


@dataclass(frozen=True)
class NoticeLine:
    """One notice of a message, with why it is in there."""

    kind: NoticeKind
    unsigned: bool
    number: str
    title: str
    project: str
    due_on: dt.date
    why: str


def gather_lines(session: Session, messages: Collection[int]) -> Mapping[int, Sequence[NoticeLine]]:
    """The lines of each of these messages that has any, by its id."""
    rungs: dict[int | None, Rung] = {rung.id: rung for rung in session.exec(select(Rung))}
    rows = session.execute(
        sa.select(
            NOTICE.c.message_id, NOTICE.c.rung_id, NOTICE.c.role, NOTICE.c.via, NOTICE.c.late, NOTICE.c.due_on,
            NOTICE.c.kind, NOTICE.c.text, ITEM.c.number, ITEM.c.title, PROJECT.c.name, DEADLINE.c.title,
        )
        .join(ITEM, ITEM.c.id == NOTICE.c.item_id)
        .join(DEADLINE, DEADLINE.c.id == NOTICE.c.deadline_id)
        .join(PROJECT, PROJECT.c.id == ITEM.c.project_id)
        .where(NOTICE.c.message_id.in_(messages), _TOLD)
        .order_by(NOTICE.c.message_id, NOTICE.c.id)
    )  # fmt: skip
    lines: dict[int, list[NoticeLine]] = defaultdict(list)
    for message_id, *row in rows:
        lines[message_id].append(_line(rungs, *row))
    return lines


def _line(
    rungs: Mapping[int | None, Rung], rung_id: int | None, role: Any, via: Any, late: bool, due_on: dt.date,
    kind: NoticeKind, said: str | None, number: str, title: str, project: str, part: str | None,
) -> NoticeLine:  # fmt: skip
    rung = rungs.get(rung_id)
    return NoticeLine(
        kind=kind,
        unsigned=rung is not None and rung.relation is Relation.UNSIGNED,
        number=number,
        title=f"{title}【{part}】" if part else title,
        project=project,
        due_on=due_on,
        why=why(rung, role, via, late=late, what=said),
    )
