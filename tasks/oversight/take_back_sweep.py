"""Taking back the sweep of a day that should not have been swept, as far as nothing of it has left.

Nothing is deleted: what had not left is dropped with the reason and frees its key, so that the right sweep finds the
rung untold; sheets are void and keep their numbers; what has left stays and is named.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, update
from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.clock import opening_of
from models.engine.rhythm import LastRun
from models.errors import ConflictError, NotFoundError
from models.items.item import Deadline, WorkItem
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.papers.document import Document, DocumentKind
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.ladder.alone import ALONE
from tasks.ladder.note_sweep import SLUG


@dataclass(frozen=True)
class SentNotice:
    """One notice of the sweep that has left, and stays as it is."""

    recipient: str
    item: str
    title: str
    rung: str
    sent_at: dt.datetime | None


@dataclass(frozen=True)
class TakenBack:
    """What came of it: notices taken back, sheets declared void (their numbers), what had been sent already, and the
    last day that counts as swept now; none where no sweep is left.
    """

    on: dt.date
    notices: int
    sheets: list[str]
    sent: list[SentNotice]
    swept: dt.date | None


def take_back_sweep(session: Session, day: dt.date, *, by: Actor, reason: str) -> TakenBack:
    """Take back what the sweep of `day` raised for the organs in which `by` may, on record; the next sweep goes over
    the days between again.

    Raises ForbiddenError; NotFoundError where the day was not swept; ConflictError while a mail of it is being sent.
    """
    organs = organs_within(session, by, Action.TAKE_BACK_SWEEP)
    if not organs:
        authorize_organ(session, by, Action.TAKE_BACK_SWEEP, None)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ALONE)
    items = select(WorkItem.id).where(col(WorkItem.organ_id).in_(organs))
    raised = [
        col(Notice.raised_on) == day, col(Notice.rung_id).is_not(None), col(Notice.taken_back_on).is_(None),
        col(Notice.item_id).in_(items),
    ]  # fmt: skip
    sole = next(iter(organs)) if len(organs) == 1 else None
    with recorded(session, by, Action.TAKE_BACK_SWEEP, organ_id=sole, reason=reason) as record:
        _hold_mails(session, raised, by.now)
        sent, told = _sent(session, raised)
        taken = _drop(session, raised, f"{by.on} 撤回 {day} 的督办：{reason}", by.on)
        _hold_mails(session, [col(Notice.raised_on) == day, col(Notice.taken_back_on) == by.on], by.now)
        session.execute(
            update(Deadline)
            .where(col(Deadline.looked_on) == day, col(Deadline.look_on).is_(None), col(Deadline.done_on).is_(None))
            .where(col(Deadline.item_id).in_(items))
            .values(
                look_on=Deadline.looked_from, promised=Deadline.looked_promised,
                looked_on=None, looked_from=None, looked_promised=None,
            )
        )  # fmt: skip
        sheets = _void(session, day, organs, told, by.on)
        last = session.get(LastRun, SLUG)
        if last is None or not (taken or sent or last.on == day):
            raise NotFoundError(f"{day} 没有可撤回的督办" + (f"，最近一次督办的是 {last.on}。" if last else "。"))
        swept = _set_back(session, last, day)
        record.after |= {"swept_on": day.isoformat(), "notices": taken, "sheets": sheets, "left": len(sent)}
    return TakenBack(day, taken, sheets, sent, swept)


def _hold_mails(session: Session, which: Sequence[ColumnElement[bool]], now: dt.datetime) -> None:
    """Keep every mail that holds such a notice from being claimed until the transaction ends."""
    holding = select(Notice.message_id).where(*which, col(Notice.message_id).is_not(None))
    held = select(Message).where(col(Message.id).in_(holding)).order_by(col(Message.id)).with_for_update()
    mails = session.exec(held.execution_options(populate_existing=True)).all()
    leaving = sum(mail.state is SendState.SENDING and mail.next_try_at > now for mail in mails)
    if leaving:
        raise ConflictError(f"其中 {leaving} 封邮件正在发送，发完以后再撤回（最多等十分钟）；什么也没有改动。")


def _sent(
    session: Session, raised: Sequence[ColumnElement[bool]]
) -> tuple[list[SentNotice], set[tuple[int, int | None, dt.date]]]:
    """What has left, for people to read, and the turns of rungs that it told."""
    rows = session.exec(
        select(Notice, Person.name, WorkItem.number, WorkItem.title, Rung, Message.sent_at)  # type: ignore[call-overload]
        .join(Person, col(Person.id) == Notice.recipient_id)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .outerjoin(Message, col(Message.id) == Notice.message_id)
        .where(*raised, Notice.state == NoticeState.SENT)
        .order_by(col(Person.name), col(Notice.id))
    ).all()
    sent = [SentNotice(name, number, title, rung.label, at) for _, name, number, title, rung, at in rows]
    return sent, {(row[0].deadline_id, row[0].rung_id, row[0].fire_on) for row in rows}


def _drop(session: Session, raised: Sequence[ColumnElement[bool]], reason: str, on: dt.date) -> int:
    """What was dropped before keeps its own reason. Collapsed rungs are freed too: they were never reached."""
    dropped = session.execute(
        update(Notice)
        .where(*raised, col(Notice.state) != NoticeState.SENT)
        .values(
            taken_back_on=on,
            reason=case((col(Notice.state) == NoticeState.DROPPED, Notice.reason), else_=reason[:300]),
            state=NoticeState.DROPPED,
        )
        .returning(col(Notice.id))
        .execution_options(synchronize_session=False)
    )
    count = len(dropped.all())
    session.expire_all()
    return count


def _void(
    session: Session, day: dt.date, organs: set[int], told: set[tuple[int, int | None, dt.date]], on: dt.date
) -> list[str]:
    """Declare the sheets void that the sweep drew up; one whose notice has left stands, as the notice does."""
    drawn = session.exec(
        select(Document)
        .where(Document.kind == DocumentKind.SHEET, Document.issued_on == day, col(Document.void_on).is_(None))
        .where(col(Document.organ_id).in_(organs), col(Document.about).like("rung:%"))
        .order_by(col(Document.id))
    ).all()
    stand = {f"rung:{deadline}:{rung}:{fire_on}" for deadline, rung, fire_on in told}
    void = [sheet for sheet in drawn if sheet.about not in stand]
    for sheet in void:
        sheet.void_on = on
    session.flush()
    return [sheet.written_number for sheet in void]


def _set_back(session: Session, last: LastRun, day: dt.date) -> dt.date | None:
    """The last day swept is the one before `day` that raised something: what lies between is swept again, and what
    stands is found there. Without one it is as before the first sweep.
    """
    session.execute(delete(LastRun).where(col(LastRun.slug).like(f"{SLUG}:%")))
    if last.on < day:
        return last.on
    before = select(func.max(col(Notice.raised_on))).where(
        col(Notice.rung_id).is_not(None), col(Notice.taken_back_on).is_(None), Notice.raised_on < day
    )
    swept = session.exec(before).one()
    if swept is None:
        session.execute(delete(LastRun).where(col(LastRun.slug) == SLUG))
    else:
        # So the clock finds today's slot missed, and no mail of today leaves before today is swept.
        back = {"on": swept, "ended_at": opening_of(swept), "problems": []}
        session.execute(update(LastRun).where(col(LastRun.slug) == SLUG).values(back))
    return swept
