"""What messages are made of: the notices that wait in them, each with what a reader needs to know and can do now.

However many messages are asked for, it is a handful of statements.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.among import among
from models.items.explanation import why
from models.items.instruction import Instruction
from models.items.item import Deadline, DeadlineMove
from models.items.plan import Project
from models.items.progress import ProgressEntry
from models.ladder.notice import Notice, NoticeKind, NoticeState, Via
from models.ladder.policy import Relation, Rung
from models.ledgers.ledger_deadline import LedgerDeadline
from models.people.organ import Organ
from models.people.person import Leave, Person, Post, Role, Tenure
from models.report.filing import Filing
from models.report.filing_rows import Consultation
from models.secrecy import STUB
from tasks.lists.write_calendar import DeadlineLine, deadline_lines
from tasks.notices.next_step import LOOK, NextStep, NoticeFacts, next_step
from tasks.notices.sheets_of import AttachedSheet, sheets_of
from tasks.people.address import recipient_by_role
from tasks.people.people_in_lists import ITEM, doer_name, unit_name

DEADLINE, RECIPIENT = aliased(Deadline, name="d"), aliased(Person, name="r")

_OF_NOTICE: tuple[Any, ...] = (
    Notice.id, Notice.message_id, Notice.rung_id, Notice.recipient_id, Notice.fire_on, Notice.due_on, Notice.kind,
    Notice.role, Notice.via, Notice.subject, Notice.text, Notice.late,
)  # fmt: skip
"""Columns, not rows as objects: of many messages those take longer than all that is asked beside them."""
_TOLD = (col(Notice.state) == NoticeState.PENDING) | (
    (col(Notice.state) == NoticeState.SENT) & col(DEADLINE.done_on).is_(None)
)
"""What waits to be told; and, where a message is sent again by another channel, what is still to be done."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a recipient may ask (督办联系人)."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice of a message, with why it is in there.

    `said` is what somebody did or asked, in a line; without one a rung speaks. `handler` does the item and `unit` leads
    it; `progress` is the newest entry, whole. `event` is what a calendar learns of the deadline, `sheet` the 督办单 of
    the escalation. Of an `internal` item nothing but number and day may be told outside.
    """

    notice_id: int
    item_id: int
    deadline_id: int
    kind: NoticeKind
    unsigned: bool
    number: str
    title: str
    project: str
    due_on: dt.date
    why: str
    said: str = ""
    unit: str = ""
    handler: str | None = None
    progress: str = ""
    progress_on: dt.date | None = None
    step: NextStep = LOOK
    internal: bool = False
    contact: Contact | None = None
    event: DeadlineLine | None = None
    sheet: AttachedSheet | None = None
    address: str = ""
    """The recipient's mail address, to which an invitation is made out."""

    @property
    def path(self) -> str:
        """The page on which the next step is taken, once the notice is marked as read."""
        return self.step.path

    @property
    def open_path(self) -> str:
        """The page that marks the notice as read and leads on to `path`."""
        return f"/notices/open/{self.notice_id}"


def gather_lines(session: Session, messages: Collection[int], *, on: dt.date) -> Mapping[int, Sequence[NoticeLine]]:
    """The lines of each of these messages that has any, by its id, as things stand on the day."""
    rungs: dict[int | None, Rung] = {rung.id: rung for rung in session.exec(select(Rung))}
    told = _facts().where(among(Notice.message_id, messages), _TOLD)
    rows = session.execute(told.order_by(col(Notice.message_id), col(Notice.id))).all()
    return _Gathered(rows, _Beside(session, rows, rungs, on))


class _Gathered(Mapping[int, Sequence[NoticeLine]]):
    """Of each message its rows; what they say is put into words when it is asked for."""

    def __init__(self, rows: Sequence[Any], beside: "_Beside") -> None:
        self._rows: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            self._rows[row.message_id].append(row)
        self._beside = beside

    def __getitem__(self, message: int) -> Sequence[NoticeLine]:
        if message not in self._rows:
            raise KeyError(message)
        return [self._beside.line(row) for row in self._rows[message]]

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def action_path(session: Session, notice: Notice, *, on: dt.date) -> str:
    """The page on which the recipient of the notice takes the next step, as things stand now."""
    row = session.execute(_facts().where(col(Notice.id) == notice.id)).one()
    rung = session.get(Rung, notice.rung_id) if notice.rung_id is not None else None
    return next_step(_step_facts(row, rung, _report_years(session, [row])), on=on).path


def _facts() -> sa.Select[Any]:
    """Each notice with its item, its deadline and what that belongs to, and the newest progress."""
    entry = aliased(ProgressEntry)
    newest = (
        sa.select(col(entry.id))
        .where(col(entry.item_id) == ITEM.id)
        .order_by(col(entry.on).desc(), col(entry.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    chosen: sa.Select[Any] = (
        sa.select(
            *_OF_NOTICE,
            col(ITEM.id).label("item_id"), ITEM.organ_id, ITEM.number, ITEM.title, ITEM.state,
            ITEM.internal_only, col(Project.name).label("project"), col(DEADLINE.id).label("deadline_id"),
            DEADLINE.done_on, col(DEADLINE.kind).label("deadline"), col(DEADLINE.title).label("part"),
            _moved().label("moved"), RECIPIENT.email, col(Instruction.id).label("instruction_id"),
            col(Instruction.state).label("instruction"), col(LedgerDeadline.kind).label("ledger"),
            col(LedgerDeadline.row_id).label("ledger_row"),
            col(ProgressEntry.text).label("progress"), col(ProgressEntry.on).label("progress_on"),
        )  # type: ignore[call-overload]
        .join(ITEM, ITEM.id == Notice.item_id)
        .join(DEADLINE, DEADLINE.id == Notice.deadline_id)
        .join(Project, col(Project.id) == ITEM.project_id)
        .outerjoin(RECIPIENT, RECIPIENT.id == Notice.recipient_id)
        .outerjoin(Instruction, col(Instruction.deadline_id) == DEADLINE.id)
        .outerjoin(LedgerDeadline, col(LedgerDeadline.deadline_id) == DEADLINE.id)
        .outerjoin(ProgressEntry, col(ProgressEntry.id) == newest)
    )  # fmt: skip
    return chosen


def _moved() -> sa.ColumnElement[bool]:
    """Whether the day was moved and its recipient was not told since."""
    told = aliased(Notice)
    since = sa.or_(
        col(told.raised_on) > DeadlineMove.moved_on,
        sa.and_(col(told.raised_on) == DeadlineMove.moved_on, col(told.kind) == NoticeKind.ANSWER),
    )
    known = sa.exists().where(
        col(told.item_id) == Notice.item_id,
        col(told.deadline_id) == Notice.deadline_id,
        col(told.recipient_id) == Notice.recipient_id,
        col(told.id) < Notice.id,
        col(told.state) == NoticeState.SENT,
        since,
    )
    return sa.exists().where(col(DeadlineMove.deadline_id) == DEADLINE.id, ~known)


def _step_facts(row: Any, rung: Rung | None, years: Mapping[str, int]) -> NoticeFacts:
    return NoticeFacts(
        kind=row.kind, role=row.role, via=row.via, subject=row.subject, unsigned=_is_unsigned(rung),
        item_id=row.item_id, state=row.state, deadline=row.deadline, due_on=row.due_on, done=row.done_on is not None,
        instruction_id=row.instruction_id, instruction=row.instruction, ledger=row.ledger, ledger_row=row.ledger_row,
        report_year=years.get(_act_of(row)),
    )  # fmt: skip


def _is_unsigned(rung: Rung | None) -> bool:
    return rung is not None and rung.relation is Relation.UNSIGNED


def _act_of(row: Any) -> str:
    """The act and the row it is about: `extension:5`, of a subject that says more."""
    return ":".join(row.subject.split(":")[:2]) if row.subject else ""


class _Beside:
    """What is asked once for all notices: who does their items, who is away, whom to ask, what rides along."""

    def __init__(self, session: Session, rows: Sequence[Any], rungs: Mapping[int | None, Rung], on: dt.date) -> None:
        self.rungs, self.on = rungs, on
        self.people = _doers(session, {row.item_id for row in rows}, on)
        self.away = _stood_for(session, [row.id for row in rows if row.via is Via.DEPUTY])
        self.contacts = _contacts(session, {row.organ_id for row in rows}, on)
        self.years = _report_years(session, rows)
        self.sheets = sheets_of(session, [row for row in rows if self._shows_sheet(row)], on=on)
        self.events = deadline_lines(session, {row.deadline_id for row in rows if self._changes_calendar(row)})

    def line(self, row: Any) -> NoticeLine:
        rung = self.rungs.get(row.rung_id)
        unit, handler = self.people[row.item_id]
        of_unit = row.text if rung is not None else None
        return NoticeLine(
            notice_id=row.id,
            item_id=row.item_id,
            deadline_id=row.deadline_id,
            kind=row.kind,
            unsigned=_is_unsigned(rung),
            # The item that carries a ledger's days is nobody's to look for.
            number=row.number if row.ledger is None else "",
            title=f"{row.title}【{row.part}】" if row.part else row.title,
            project=row.project,
            due_on=row.due_on,
            why=why(rung, row.role, row.via, late=row.late, what=of_unit, stood_for=self.away.get(row.id)),
            said="" if rung is not None else row.text or "",
            unit=unit,
            handler=handler,
            progress=row.progress or "",
            progress_on=row.progress_on,
            step=next_step(_step_facts(row, rung, self.years), on=self.on),
            internal=row.internal_only or row.title == STUB,
            contact=self.contacts.get(row.organ_id),
            event=self.events.get(row.deadline_id) if self._changes_calendar(row) else None,
            sheet=self.sheets.get((row.id, row.recipient_id)),
            address=row.email or "",
        )

    def _changes_calendar(self, row: Any) -> bool:
        """Whether it tells whoever does the item of a day that is new, was moved since it was set, or is no more."""
        mine = (row.role is Role.HANDLER and row.via is Via.HOLDER) or self._asks_helper(row)
        new = _is_unsigned(self.rungs.get(row.rung_id)) or row.kind in _SETS_A_DAY
        new = new or _act_of(row).startswith("reopen:")
        return mine and (new or row.moved or row.done_on is not None)

    def _asks_helper(self, row: Any) -> bool:
        return row.text is not None and _is_unsigned(self.rungs.get(row.rung_id))

    def _shows_sheet(self, row: Any) -> bool:
        rung = self.rungs.get(row.rung_id)
        return rung is not None and rung.document is not None and row.role in _LEADERS


_LEADERS = (Role.LEADER, Role.FIRST_RESPONSIBLE)
_SETS_A_DAY = (NoticeKind.INSTRUCTION, NoticeKind.TRANSFERRED)


def _doers(session: Session, items: Collection[int], on: dt.date) -> dict[int, tuple[str, str | None]]:
    """The leading unit of each item, and who does it."""
    found = session.execute(sa.select(col(ITEM.id), unit_name(), doer_name(on)).where(among(ITEM.id, items)))
    return {item_id: (unit, name) for item_id, unit, name in found}


def _stood_for(session: Session, notices: Sequence[int | None]) -> dict[int | None, str]:
    """By the notices that reached a deputy, whom it stands in for: the holder away whose post the item names, else
    one in the same role."""
    if not notices:
        return {}
    day = col(Notice.raised_on)
    named = sa.case((col(Post.id).in_([ITEM.handler_post_id, ITEM.leader_post_id]), 0), else_=1)
    deputy = sa.func.coalesce(Leave.deputy_id, Person.deputy_id)
    asked = sa.select(col(Notice.recipient_id)).where(among(Notice.id, notices))
    leaves = sa.select(col(Leave.id)).join(Person, col(Person.id) == Leave.person_id).where(deputy.in_(asked))
    rows = session.execute(
        sa.select(col(Notice.id), col(Person.name))
        .join(ITEM, col(ITEM.id) == Notice.item_id)
        .join(Leave, col(Leave.id).in_(leaves) & (col(Leave.from_on) <= day) & (col(Leave.until_on) >= day))
        .join(Person, (col(Person.id) == Leave.person_id) & (deputy == Notice.recipient_id))
        .join(
            Tenure,
            (col(Tenure.person_id) == Person.id)
            & (col(Tenure.started_on) <= day)
            & (col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= day)),
        )
        .join(
            Post,
            (col(Post.id) == Tenure.post_id)
            & ((col(Post.role) == Notice.role) | col(Post.id).in_([ITEM.handler_post_id, ITEM.leader_post_id])),
        )
        .where(among(Notice.id, notices))
        .order_by(named.desc(), col(Post.id).desc())
    )
    # The last one stays: of several the one whose post the item names.
    return {row.id: row.name for row in rows}


def _contacts(session: Session, organs: Collection[int], on: dt.date) -> dict[int, Contact]:
    """The supervisor of each organ on the day, or whoever stands in."""
    scalar = recipient_by_role(f"'{Role.SUPERVISOR}'", frozenset({Role.SUPERVISOR}), leaves=True)
    item = sa.select(col(Organ.id), col(Organ.id).label("organ_id")).where(col(Organ.id).in_(organs)).subquery("i")
    answer = sa.literal_column(scalar.replace(":on", f"'{on.isoformat()}'"), sa.Integer)
    asked = sa.select(item.c.organ_id, answer.label("found")).subquery()
    rows = session.execute(
        sa.select(asked.c.organ_id, col(Person.name), col(Person.mobile)).join(
            Person, col(Person.id) == asked.c.found // 4
        )
    )
    return {organ_id: Contact(name, mobile or "") for organ_id, name, mobile in rows}


def _report_years(session: Session, rows: Sequence[Any]) -> dict[str, int]:
    """The years of the reports that notices speak of, by their act."""
    asked = [act.split(":") for row in rows if (act := _act_of(row)).startswith(("filing:", "consult:"))]
    if not asked:
        return {}
    filings = {int(number) for act, number in asked if act == "filing"}
    items = {int(number) for act, number in asked if act == "consult"}
    found = session.execute(
        sa.select(col(Filing.id), col(Filing.year), col(Consultation.item_id))
        .outerjoin(Consultation, col(Consultation.filing_id) == Filing.id)
        .where(col(Filing.id).in_(filings) | col(Consultation.item_id).in_(items))
    )
    years: dict[str, int] = {}
    for filing_id, year, item_id in found:
        years |= {f"filing:{filing_id}": year, f"consult:{item_id}": year}
    return years
