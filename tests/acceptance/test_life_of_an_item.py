"""Any life an item may live: random people do what they may and what they may not, on days that only go forward.

After every step the office's books are still in order.
"""

import datetime as dt
import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, col, select

from models.audit import GENESIS, LEDGERS, AuditEntry
from models.database import key, open_engine, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.rest_day import RestDay
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.comment import ItemComment
from models.items.evidence import Category, Evidence, EvidenceState
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.instruction import Instruction, InstructionState
from models.items.item import (
    Deadline,
    DeadlineKind,
    DeadlineMove,
    Importance,
    ItemState,
    ItemUnit,
    MoveCause,
    WorkItem,
)
from models.items.lifecycle import LIFECYCLE, OVER
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Relation, Rung
from models.papers.document import Document
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person, Role
from models.tables import METADATA
from tasks.acting.authorize import standings
from tasks.acting.perform import policy_of
from tasks.files.check_upload import Limits, examine
from tasks.files.file_store import MEGABYTE
from tasks.items.achieve import achieve
from tasks.items.answer_instruction import ask_more, close_instruction, reply, sign_instruction
from tasks.items.attach import attach
from tasks.items.cancel_item import cancel_item
from tasks.items.close import accept, reopen, request_close, send_back
from tasks.items.comment import comment, withdraw_comment
from tasks.items.correct_progress import correct_progress
from tasks.items.edit_item import edit_item
from tasks.items.extend import current_deadline, decide_extension, extend, pending_extension
from tasks.items.instruct import instruct
from tasks.items.item_fields import ItemFacts
from tasks.items.milestone import add_milestone
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.snooze import snooze
from tasks.items.split import split
from tasks.items.suspend import resume, suspend
from tasks.items.transfer import transfer
from tasks.items.urge import urge
from tasks.items.withdraw import Request, open_requests, withdraw
from tasks.ladder.status import overall, status
from tasks.people.find import find_item, find_person
from tasks.people.people_of import handler_of
from tests.databases import lay_sqlite
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office

SECOND, HELPER = "孙承办", "钱科长"
PEOPLE = [HANDLER, SECOND, HEAD, LEADER, FIRST, SUPERVISOR, HELPER, OUTSIDER]
DAY = dt.timedelta(days=1)
REFUSALS = (ForbiddenError, BadInputError, NotFoundError, ConflictError)
RECORDS = set(METADATA.tables) - LEDGERS
"""What people record, and what is recorded about them; the rest the engine keeps for itself."""
S = ItemState


@dataclass(frozen=True)
class Deed:
    """Somebody does something to an item."""

    action: Action
    who: str
    more: dict[str, Any] = field(default_factory=dict)


def newest_instruction(session: Session, item: WorkItem) -> Instruction:
    found = session.exec(
        select(Instruction).where(Instruction.item_id == item.id).order_by(col(Instruction.id).desc())
    ).first()
    if found is None:
        raise NotFoundError("没有批示")
    return found


def newest_comment(session: Session, item: WorkItem) -> ItemComment:
    found = session.exec(
        select(ItemComment).where(ItemComment.item_id == item.id).order_by(col(ItemComment.id).desc())
    ).first()
    if found is None:
        raise NotFoundError("没有留言")
    return found


ACTS: dict[Action, Callable[..., object]] = {
    Action.SIGN: sign,
    Action.OBJECT: object_to,
    Action.TRANSFER: transfer,
    Action.SPLIT: split,
    Action.REPORT: record_progress,
    Action.ATTACH: attach,
    Action.MILESTONE: add_milestone,
    Action.EXTEND: extend,
    Action.DECIDE_EXTENSION: decide_extension,
    Action.DECIDE_ADJUSTMENT: partial(decide_extension, action=Action.DECIDE_ADJUSTMENT),
    Action.URGE: lambda session, item, **more: urge(session, [item], **more),
    Action.INSTRUCT: instruct,
    Action.SIGN_INSTRUCTION: lambda session, item, **more: sign_instruction(
        session, newest_instruction(session, item), **more
    ),
    Action.REPLY: lambda session, item, **more: reply(session, newest_instruction(session, item), **more),
    Action.ASK_MORE: lambda session, item, **more: ask_more(session, newest_instruction(session, item), **more),
    Action.CLOSE_INSTRUCTION: lambda session, item, **more: close_instruction(
        session, newest_instruction(session, item), **more
    ),
    Action.SUSPEND: suspend,
    Action.RESUME: resume,
    Action.REQUEST_CLOSE: request_close,
    Action.ACCEPT: accept,
    Action.RETURN: send_back,
    Action.REOPEN: reopen,
    Action.SNOOZE: snooze,
    Action.WITHDRAW: withdraw,
    Action.CORRECT: correct_progress,
    Action.ACHIEVE: achieve,
    Action.COMMENT_ITEM: comment,
    Action.WITHDRAW_COMMENT: lambda session, item, **more: withdraw_comment(
        session, newest_comment(session, item), **more
    ),
    Action.EDIT: edit_item,
    Action.ADJUST: partial(edit_item, adjust=True),
    Action.CANCEL: cancel_item,
}
assert set(ACTS) == set(LIFECYCLE) - {Action.ISSUE}


class LifeOfItems(RuleBasedStateMachine):
    """Four items: plain, recurring, one with a cooperating unit, a major one that names a leader."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.engine = open_engine(lay_sqlite(home / "office.db"))
        self.home = home
        self.today = dt.date(2026, 6, 1)
        self.files = 0
        self.seen: dict[str, int] = {}
        self.sticky: dict[Any, Any] = {}

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    @initialize(preset=st.sampled_from(["常规", "三级预警"]))
    def found(self, preset: str) -> None:
        self.office = office = Office(self.engine, self.home / "home", preset=preset)
        office.hire(SECOND)
        helper = office.department("财务科", HELPER)
        office.assign("普法宣传", number="1", due="2026-06-30", issue=False)
        office.assign("按月报送", number="2", start="2026-06-01", recurrence="FREQ=MONTHLY;BYMONTHDAY=-1", issue=False)
        office.assign("案卷评查", number="3", due="2026-07-10", to=SECOND, helping=(helper,), issue=False)
        office.assign(
            "重大决策", number="4", due="2026-07-31", start="2026-06-15", to=None, leaders=(LEADER,),
            importance=Importance.MAJOR, issue=False,
        )  # fmt: skip
        office.issue(on="2026-06-01", sign=False)
        self.offices = {row.name: row for row in office.rows(Department)}

    # --- time ---

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.today += days * DAY

    @rule()
    def the_day_is_swept_and_its_mail_delivered(self) -> None:
        self.office.sweep(self.today)
        assert self.office.sweep(self.today).raised == 0
        self.office.send(self.today)
        closed = {item.id for item in self.office.rows(WorkItem) if item.state in OVER}
        waiting = [row for row in self.office.rows(Notice) if row.state is NoticeState.PENDING and row.rung_id]
        assert [row.item_id for row in waiting if row.item_id in closed] == []

    # --- acts ---

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), action=st.sampled_from(list(ACTS)))
    def somebody_tries_something(self, data: st.DataObject, who: str, action: Action) -> None:
        number = data.draw(st.sampled_from(self._numbers()), "number")
        with reading(self.engine) as session:
            more = self._random(session, data, action)
        was = self.office.item(number).state
        before = self._dump()
        try:
            self._do(number, Deed(action, who, more))
        except REFUSALS as error:
            note(f"refused: {error}")
            assert self._dump() == before
        else:
            note("done")
            assert was in LIFECYCLE[action].sources
            assert who != OUTSIDER

    @rule(data=st.data())
    def somebody_does_what_is_right(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self._numbers()), "number")
        with reading(self.engine) as session:
            ways = list(self._right(session, self._find(session, number)))
        if not ways:
            return
        deed = data.draw(st.sampled_from(ways), "deed")
        was = self.office.item(number).state
        self._do(number, deed)
        assert self.office.item(number).state in (was, *LIFECYCLE[deed.action].to)

    def _do(self, number: str, deed: Deed) -> None:
        more = dict(deed.more)
        if deed.action is Action.ATTACH:
            more |= {"store": self.office.store, "limits": Limits(MEGABYTE), "category": Category.ROUTINE}
            more |= {"file": examine("材料.txt", io.BytesIO(str(more.pop("content")).encode()))}
        with unit_of_work(self.engine) as session:
            by = self.office.by(session, deed.who, self.today)
            if more.get("handler"):
                more["handler"] = find_person(session, more["handler"])
            ACTS[deed.action](session, self._find(session, number), by=by, **more)

    def _find(self, session: Session, number: str) -> WorkItem:
        return find_item(session, session.get_one(AnnualPlan, self.office.plan_id), number)

    def _numbers(self) -> list[str]:
        return [item.number for item in self.office.rows(WorkItem)]

    def _random(self, session: Session, data: st.DataObject, action: Action) -> dict[str, Any]:
        """What an act is told, sensible or not."""
        said = st.sampled_from(["按计划推进", "按计划推进", "  "])
        day = st.integers(-3, 45).map(lambda ahead: self.today + ahead * DAY)
        drawn: dict[Action, dict[str, st.SearchStrategy[Any]]] = {
            Action.OBJECT: {"reason": said},
            Action.TRANSFER: {
                "reason": said,
                "handler": st.sampled_from([None, HANDLER, SECOND, HELPER]),
                "department": st.sampled_from([None, *self.offices.values()]),
            },
            Action.SPLIT: {"due_on": st.none() | day},
            Action.REPORT: {
                "content": said,
                "percent": st.none() | st.integers(-1, 101),
                "next_report_on": st.none() | day,
            },
            Action.ATTACH: {"content": st.sampled_from(["甲", "乙", "丙"])},
            Action.MILESTONE: {"title": st.sampled_from(["方案报审", "征求意见"]), "due_on": day},
            Action.EXTEND: {"to": day, "reason": said, "progress": said, "late": st.booleans()},
            Action.DECIDE_EXTENSION: {"approve": st.booleans(), "to": st.none() | day, "comment": st.none() | said},
            Action.DECIDE_ADJUSTMENT: {"approve": st.booleans(), "comment": st.none() | said},
            Action.INSTRUCT: {"content": said, "due_on": day},
            Action.REPLY: {"content": said},
            Action.ASK_MORE: {"content": said},
            Action.CLOSE_INSTRUCTION: {"outcome": said},
            Action.SUSPEND: {"reason": said},
            Action.REQUEST_CLOSE: {"statement": said, "whole": st.booleans()},
            Action.ACCEPT: {"waive": st.none() | said},
            Action.RETURN: {"reason": said},
            Action.REOPEN: {"reason": said, "due_on": day},
            Action.SNOOZE: {"until_on": day},
            Action.WITHDRAW: {"reason": said},
            Action.COMMENT_ITEM: {"content": st.sampled_from(["请抓紧", f"@{HELPER} 请看", "@查无此人", "  "])},
            Action.CORRECT: {"content": said, "percent": st.none() | st.integers(-1, 101), "reason": said},
            Action.ACHIEVE: {"achievement": st.none() | said},
            Action.EDIT: {"reason": said, "wanted": st.sampled_from([self._says("改名"), self._due(self.today)])},
            Action.ADJUST: {"reason": said, "wanted": day.map(self._due)},
            Action.CANCEL: {"reason": said},
        }
        return {name: data.draw(strategy, name) for name, strategy in drawn.get(action, {}).items()}

    def _right(self, session: Session, item: WorkItem) -> Iterator[Deed]:
        """What the table allows in the item's state, by the right person and with its guard met: it has to succeed."""
        state, today = item.state, self.today
        doer = handler_of(session, item, today)
        does = doer.name if doer else SUPERVISOR
        if today.day % 5 == 0:
            yield Deed(Action.COMMENT_ITEM, SUPERVISOR, {"content": f"@{FIRST} 请知悉"})
        talk = select(ItemComment).where(ItemComment.item_id == item.id).order_by(col(ItemComment.id))
        said = session.exec(talk).all()
        if said and said[-1].taken_back_on is None:
            yield Deed(Action.WITHDRAW_COMMENT, session.get_one(Person, said[-1].person_id).name)
        if state in (S.REQUESTED, S.REVIEWED, S.CLOSED):
            yield Deed(Action.ACHIEVE, SUPERVISOR, {"achievement": f"{today}办成"})
        if state is S.CLOSED:
            parent = session.get(WorkItem, item.parent_id) if item.parent_id else None
            if parent is None or parent.state not in OVER:
                had = {one.original_due_on for one in self._deadlines(session, item)}
                due = next(day for ahead in range(20, 90) if (day := today + ahead * DAY) not in had)
                yield Deed(Action.REOPEN, SUPERVISOR, {"reason": "群众反映反弹", "due_on": due})
            return
        if state is S.CANCELLED:
            return
        if state is not S.OBJECTED:
            yield Deed(Action.EDIT, SUPERVISOR, {"reason": "写明", "wanted": self._says(f"{item.title}改")})
        if state in (S.ISSUED, S.ACTIVE, S.SUSPENDED) and today.day % 7 == 0 and self._nothing_open(session, item):
            yield Deed(Action.CANCEL, SUPERVISOR, {"reason": "上级取消"})
        if state in (S.ISSUED, S.ACTIVE):
            yield from self._adjustment(session, item)
        if state in (S.ISSUED, S.ACTIVE) and self._nothing_asked(session, item):
            due = next(one for ahead in range(20, 90) if (one := today + ahead * DAY) != item.due_on)
            yield Deed(Action.ADJUST, SUPERVISOR, {"reason": "计划调整", "wanted": self._due(due)})
        yield Deed(Action.INSTRUCT, FIRST, {"content": "抓紧办理", "due_on": today + 5 * DAY, "rest": RestDay.KEEP})
        yield from self._on_instruction(session, item, does)
        if state is S.ISSUED:
            yield Deed(Action.SIGN, does)
            yield from self._objection(session, item, does)
        if state is S.OBJECTED:
            yield Deed(Action.RETURN, SUPERVISOR, {"reason": "属本科室职责"})
        if state in (S.ISSUED, S.OBJECTED, S.ACTIVE):
            other = SECOND if does == HANDLER else HANDLER
            yield Deed(Action.TRANSFER, SUPERVISOR, {"reason": "分工调整", "handler": other})
            yield from self._urging(session, item)
        if state in (S.ISSUED, S.ACTIVE):
            yield Deed(Action.REPORT, does, {"content": "按计划推进", "percent": 50})
            yield Deed(Action.REPORT, does, {"content": "后天再报", "next_report_on": today + DAY})
            yield from self._splitting(session, item)
        if state is S.ACTIVE:
            yield Deed(Action.SUSPEND, SUPERVISOR, {"reason": "等待批复"})
            yield from self._extension(session, item, does)
            if self._nothing_open(session, item) and (item.start_on or today) <= today:
                yield Deed(Action.REQUEST_CLOSE, does, {"statement": "已办结"})
        if state is S.SUSPENDED:
            yield Deed(Action.RESUME, SUPERVISOR)
        if state in (S.REQUESTED, S.REVIEWED):
            yield from self._review(session, item)
        if doer is not None and any(row.person_id == doer.id for row in self._untouched(session, item)):
            yield Deed(Action.WITHDRAW, does, {"reason": "还差一份材料"})
        told = select(ProgressEntry).where(ProgressEntry.item_id == item.id)
        mine = [row for row in session.exec(told) if doer is not None and row.person_id == doer.id]
        if mine and all(row.text != "更正后的进展" for row in mine):
            yield Deed(Action.CORRECT, does, {"content": "更正后的进展", "percent": 40, "reason": "误填"})
        if state in LIFECYCLE[Action.ATTACH].sources:
            self.files += 1
            yield Deed(Action.ATTACH, does, {"content": f"第{self.files}份材料"})

    def _on_instruction(self, session: Session, item: WorkItem, does: str) -> Iterator[Deed]:
        given = session.exec(
            select(Instruction).where(Instruction.item_id == item.id).order_by(col(Instruction.id).desc())
        ).first()
        if given is None or given.state is InstructionState.CLOSED:
            return
        if given.state is InstructionState.GIVEN:
            yield Deed(Action.SIGN_INSTRUCTION, does)
        yield Deed(Action.REPLY, does, {"content": "已落实"})
        if given.state is InstructionState.ANSWERED:
            yield Deed(Action.ASK_MORE, FIRST, {"content": "请附名单"})
            yield Deed(Action.CLOSE_INSTRUCTION, FIRST, {"outcome": "落实到位"})

    def _objection(self, session: Session, item: WorkItem, does: str) -> Iterator[Deed]:
        known = select(Objection).where(Objection.item_id == item.id, Objection.assignment == item.assignments)
        last = office_calendar(session).add(item.issued_on or self.today, policy_of(session, item).objection_days)
        if session.exec(known).first() is None and self.today <= last:
            yield Deed(Action.OBJECT, does, {"reason": "不属本科室职责"})

    def _urging(self, session: Session, item: WorkItem) -> Iterator[Deed]:
        last = max(session.exec(select(col(Urge.on)).where(Urge.item_id == item.id)), default=None)
        gap = policy_of(session, item).urge_gap
        if last is None or self.today >= office_calendar(session).add(last, gap):
            yield Deed(Action.URGE, SUPERVISOR)

    def _splitting(self, session: Session, item: WorkItem) -> Iterator[Deed]:
        units = set(session.exec(select(ItemUnit.department_id).where(ItemUnit.item_id == item.id)))
        given = set(session.exec(select(WorkItem.department_id).where(WorkItem.parent_id == item.id)))
        if units - given and item.parent_id is None and item.due_on is not None and item.due_on >= self.today:
            yield Deed(Action.SPLIT, SUPERVISOR)

    def _extension(self, session: Session, item: WorkItem, does: str) -> Iterator[Deed]:
        asked = session.exec(select(Extension).where(Extension.item_id == item.id)).all()
        pending = [one for one in asked if one.state is ExtensionState.PENDING]
        if any(one.adjusts is not None for one in pending):
            return
        due = current_deadline(session, item).due_on
        later = max(due, self.today) + 10 * DAY
        if pending:
            decided = session.exec(
                select(ExtensionDecision.person_id).where(ExtensionDecision.extension_id == pending[0].id)
            ).all()
            who = self._decider(session, item, pending[0].levels[pending[0].level], {pending[0].person_id, *decided})
            if who is not None:
                yield Deed(Action.DECIDE_EXTENSION, who, {"approve": True, "to": later})
                yield Deed(Action.DECIDE_EXTENSION, who, {"approve": False, "comment": "须按期完成"})
        elif (
            sum(one.state is ExtensionState.APPROVED and one.adjusts is None for one in asked)
            < policy_of(session, item).extension_limit
        ):
            late = self.today >= due
            yield Deed(Action.EXTEND, does, {"to": later, "reason": "待批复", "progress": "过半", "late": late})

    def _adjustment(self, session: Session, item: WorkItem) -> Iterator[Deed]:
        asked = pending_extension(session, item)
        if asked is None or asked.adjusts is None:
            return
        who = self._decider(session, item, asked.levels[asked.level], {asked.person_id})
        if who is not None and asked.proposed_on >= self.today:
            yield Deed(Action.DECIDE_ADJUSTMENT, who, {"approve": True})
        if who is not None:
            yield Deed(Action.DECIDE_ADJUSTMENT, who, {"approve": False, "comment": "须按期完成"})
        yield Deed(Action.WITHDRAW, SUPERVISOR, {"reason": "另行研究"})

    def _review(self, session: Session, item: WorkItem) -> Iterator[Deed]:
        [request] = [row for row in self._requests(session, item) if row.state is ClosureState.PENDING]
        decided = session.exec(select(ClosureReview.person_id).where(ClosureReview.request_id == request.id)).all()
        who = self._decider(session, item, request.levels[request.level], {request.person_id, *decided})
        if who is None:
            return
        yield Deed(Action.RETURN, who, {"reason": "材料不全"})
        if self._nothing_open(session, item):
            yield Deed(Action.ACCEPT, who, {"waive": "现场已核实"})
            if self._evidence_suffices(session, item):
                yield Deed(Action.ACCEPT, who)

    def _decider(self, session: Session, item: WorkItem, level: list[str], without: set[int | None]) -> str | None:
        """Somebody who may decide at this level and has no part in it yet."""
        for name, role in ((SUPERVISOR, Role.SUPERVISOR), (LEADER, Role.LEADER), (FIRST, Role.FIRST_RESPONSIBLE)):
            by = self.office.by(session, name, self.today)
            fits = role in level or role is Role.FIRST_RESPONSIBLE
            if fits and by.person_id not in without and standings(session, by, Action.ACCEPT, item):
                return name
        return None

    def _says(self, title: str) -> ItemFacts:
        return ItemFacts({"title": title})

    def _due(self, day: dt.date) -> ItemFacts:
        return ItemFacts({"due_text": str(day), "due_on": day, "recurrence": None, "unconfirmed": False})

    def _nothing_asked(self, session: Session, item: WorkItem) -> bool:
        asked = session.exec(select(Extension.state).where(Extension.item_id == item.id)).all()
        return ExtensionState.PENDING not in asked

    def _nothing_open(self, session: Session, item: WorkItem) -> bool:
        children = session.exec(select(WorkItem.state).where(WorkItem.parent_id == item.id)).all()
        given = session.exec(select(Instruction.state).where(Instruction.item_id == item.id)).all()
        return (
            all(state in OVER for state in children)
            and all(state is InstructionState.CLOSED for state in given)
            and self._nothing_asked(session, item)
        )

    def _evidence_suffices(self, session: Session, item: WorkItem) -> bool:
        counting = {EvidenceState.SUBMITTED} if item.recurrence else {EvidenceState.SUBMITTED, EvidenceState.ACCEPTED}
        pieces = session.exec(select(Evidence.state).where(Evidence.item_id == item.id)).all()
        return sum(state in counting for state in pieces) >= (2 if item.importance is Importance.MAJOR else 1)

    def _requests(self, session: Session, item: WorkItem) -> list[ClosureRequest]:
        return list(session.exec(select(ClosureRequest).where(ClosureRequest.item_id == item.id)))

    def _untouched(self, session: Session, item: WorkItem) -> list[Request]:
        """Requests that nobody has looked at."""
        return [row for row in open_requests(session, item) if isinstance(row, Objection) or row.level == 0]

    def _deadlines(self, session: Session, item: WorkItem) -> list[Deadline]:
        return list(session.exec(select(Deadline).where(Deadline.item_id == item.id)))

    # --- what always holds ---

    def _dump(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.engine.execution_options(reading=True).connect() as connection:
            return {
                name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY rowid')]
                for name in METADATA.tables
            }

    @invariant()
    def nothing_recorded_vanishes(self) -> None:
        counts = {name: len(rows) for name, rows in self._dump().items() if name in RECORDS | {"audit_entry"}}
        assert {name: count for name, count in counts.items() if count < self.seen.get(name, 0)} == {}
        self.seen = counts

    @invariant()
    def the_trail_is_whole(self) -> None:
        entries = self.office.rows(AuditEntry)
        assert [entry.hash for entry in entries] == [entry.chained() for entry in entries]
        assert [GENESIS, *(entry.hash for entry in entries)][:-1] == [entry.previous for entry in entries]

    @invariant()
    def what_sticks_stays(self) -> None:
        """Counters never fall; first days, and days that were done, never change."""
        for item in self.office.rows(WorkItem):
            now = (item.returns, item.extensions, item.reopenings, item.assignments)
            was = self.sticky.get(item.number, (now, None))
            assert all(before <= after for before, after in zip(was[0], now, strict=True))
            assert was[1] in (None, item.first_closed_on)
            self.sticky[item.number] = now, item.first_closed_on
        for deadline in self.office.rows(Deadline):
            first, done = self.sticky.get(deadline.id, (deadline.original_due_on, None))
            assert first == deadline.original_due_on
            assert done in (None, deadline.done_on)
            self.sticky[deadline.id] = deadline.original_due_on, deadline.done_on

    @invariant()
    def a_closed_item_rests_on_evidence_or_on_a_name(self) -> None:
        pieces = {row.id: row for row in self.office.rows(Evidence)}
        requests = self.office.rows(ClosureRequest)
        for item in self.office.rows(WorkItem):
            if item.state is not S.CLOSED:
                continue
            accepted = [row for row in requests if row.item_id == item.id and row.state is ClosureState.ACCEPTED]
            assert accepted[-1].deadline_id is None
            for row in accepted:
                if row.waiver is None:
                    assert len(row.evidence) >= (2 if item.importance is Importance.MAJOR else 1)
                    assert {pieces[piece].state for piece in row.evidence} == {EvidenceState.ACCEPTED}
                else:
                    assert row.waived_by

    @invariant()
    def every_item_is_counted_once(self) -> None:
        with reading(self.engine) as session:
            plan = session.get_one(AnnualPlan, self.office.plan_id)
            counts = status(session, plan, on=self.today, by="department", calendar=WorkCalendar())
        assert overall(counts).total == len(self._numbers())

    @invariant()
    def every_day_explains_itself(self) -> None:
        moves: dict[int, list[DeadlineMove]] = defaultdict(list)
        for move in self.office.rows(DeadlineMove):
            moves[move.deadline_id].append(move)
        for deadline in self.office.rows(Deadline):
            days = [deadline.original_due_on]
            for move in moves[key(deadline.id)]:
                assert move.from_on == days[-1]
                assert move.to_on > move.from_on or move.cause is MoveCause.PLAN
                days.append(move.to_on)
            assert days[-1] == deadline.due_on

    @invariant()
    def an_item_stands_where_its_rows_say(self) -> None:
        """What waits, waits once; what is closed has nothing open; the ladder watches what it should."""
        deadlines: dict[int, list[Deadline]] = defaultdict(list)
        for deadline in self.office.rows(Deadline):
            deadlines[deadline.item_id].append(deadline)
        items = self.office.rows(WorkItem)
        states = {item.id: item.state for item in items}
        asked = [row.item_id for row in self.office.rows(ClosureRequest) if row.state is ClosureState.PENDING]
        stopped = [row.item_id for row in self.office.rows(Suspension) if row.resumed_on is None]
        objected = [row.item_id for row in self.office.rows(Objection) if row.upheld is None]
        assert sorted(asked) == [item.id for item in items if item.state in (S.REQUESTED, S.REVIEWED)]
        ended = {item.id for item in items if item.state is S.CANCELLED}
        assert sorted({*stopped} - ended) == [item.id for item in items if item.state is S.SUSPENDED]
        assert sorted(objected) == [item.id for item in items if item.state is S.OBJECTED]
        for item in items:
            opened = [one for one in deadlines[key(item.id)] if one.done_on is None]
            assert bool(opened) == (item.state not in OVER)
            assert (item.closed_on is not None) == (item.state is S.CLOSED)
            mine = [one for one in opened if one.kind is not DeadlineKind.INSTRUCTION or one.claimed_on is None]
            if mine:
                earliest = min(one.due_on for one in mine)
                assert item.due_on == max(earliest, item.start_on or earliest)
            if item.parent_id is not None and states[item.parent_id] in OVER:
                assert item.state in OVER
            for one in opened:
                stands = item.state is S.SUSPENDED and one.kind is not DeadlineKind.INSTRUCTION
                if item.state is S.SUSPENDED and one.kind is DeadlineKind.INSTRUCTION:
                    continue  # stopped with the item, or given meanwhile and running
                assert (one.policy_id is None) == (stands or one.claimed_on is not None)
                if one.kind is not DeadlineKind.INSTRUCTION:
                    assert one.claimed_on is None or item.state in (S.REQUESTED, S.REVIEWED)

    @invariant()
    def an_instruction_is_open_as_long_as_its_day(self) -> None:
        days = {row.id: row for row in self.office.rows(Deadline)}
        for row in self.office.rows(Instruction):
            assert (row.state is InstructionState.CLOSED) == (days[row.deadline_id].done_on is not None)
            answered = row.state in (InstructionState.ANSWERED, InstructionState.CLOSED)
            assert answered == (days[row.deadline_id].claimed_on is not None)

    @invariant()
    def a_level_never_falls(self) -> None:
        rungs = {row.id: row for row in self.office.rows(Rung) if row.relation is not Relation.UNSIGNED}
        reached: dict[tuple[int, dt.date], list[tuple[dt.date, int]]] = defaultdict(list)
        for row in self.office.rows(Notice):
            if row.rung_id in rungs and row.state is not NoticeState.COLLAPSED:
                reached[row.deadline_id, row.due_on].append((row.raised_on, rungs[row.rung_id].ordinal))
        for line in reached.values():
            # What one sweep tells of a day, what was missed and what is of the day itself, has no order.
            levels = [ordinal for _on, ordinal in sorted(line)]
            assert all(before <= after for before, after in pairwise(levels)), line

    @invariant()
    def documents_are_numbered_without_a_gap(self) -> None:
        numbers: dict[Any, list[int]] = defaultdict(list)
        for row in self.office.rows(Document):
            numbers[row.year, row.kind].append(row.number)
        assert all(sorted(line) == list(range(1, len(line) + 1)) for line in numbers.values())


LifeOfItems.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
test_whatever_is_done_the_books_stay_in_order = pytest.mark.slow(LifeOfItems.TestCase)
