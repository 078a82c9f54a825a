"""What is told of a find: its name and an excerpt with the words marked, its day, and where it leads."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.items.closure import ClosureRequest
from models.items.comment import ItemComment
from models.items.evidence import Evidence
from models.items.extension import Extension
from models.items.instruction import Instruction, InstructionReply
from models.items.item import WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.ledgers.field import FieldType
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.papers.document import Document
from models.people.organ import Department
from models.people.person import Person, Post, Tenure
from models.search import places
from models.words import Pieces, Word, excerpt, marked

Row = tuple[int, int]
"""A place by its number, and the id of a row."""


@dataclass(frozen=True)
class Find:
    """One find. `what` says what it is, `title` and `text` come in pieces, each with whether it is one of the words.

    `item_id` and `item` (number and title) tell the item it belongs to, `ledger` the code of the ledger it stands in.
    """

    what: str
    id: int
    title: Pieces
    text: Pieces
    on: dt.date | None = None
    item_id: int | None = None
    item: str | None = None
    ledger: str | None = None
    who: Pieces = ()
    """Whose words they are."""

    def data(self) -> dict[str, Any]:
        """The same for a program, without the marks."""
        title, text, who = ("".join(piece for piece, _ in pieces) for pieces in (self.title, self.text, self.who))
        return {
            "what": self.what, "id": self.id, "title": title, "text": text or None, "who": who or None, "on": self.on,
            "item_id": self.item_id, "item": self.item, "ledger": self.ledger,
        }  # fmt: skip


def show(session: Session, rows: Sequence[Row], words: Sequence[Word], *, by: Actor) -> Mapping[Row, Find]:
    """The finds of the rows, each table's in one statement. Whoever calls has asked whether they may be seen."""
    asked: dict[int, list[int]] = defaultdict(list)
    for place, row_id in rows:
        asked[place].append(row_id)
    teller = _Teller(session, words, by.on)
    return {(place, find.id): find for place, ids in asked.items() for find in _TOLD[place](teller, ids)}


@dataclass(frozen=True)
class _Teller:
    session: Session
    words: Sequence[Word]
    on: dt.date

    def items(self, ids: list[int]) -> Iterable[Find]:
        query = (
            select(WorkItem, AnnualPlan.year, Department.name)
            .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
            .outerjoin(Department, col(Department.id) == WorkItem.department_id)
        )
        for item, year, unit in self.session.exec(query.where(col(WorkItem.id).in_(ids))):
            texts = [getattr(item, column) for column in places.ITEM.columns[2:]]
            yield Find(
                f"{year} 年 · {item.state.label}", item.id or 0, marked(f"{item.number} {item.title}", self.words),
                excerpt(texts, self.words, needed=False), item.due_on, item.id,
                who=marked(unit or item.lead_text or "", self.words),
            )  # fmt: skip

    def of_item(
        self, what: str, table: Any, place: places.SearchPlace, day: str
    ) -> Callable[[list[int]], Iterable[Find]]:
        """Rows that belong to an item and have no name of their own."""

        def told(ids: list[int]) -> Iterable[Find]:
            for row, item, who in self._with_item(table, table.item_id, ids, table.person_id):
                texts = [getattr(row, column) for column in place.columns]
                yield Find(
                    what, row.id, excerpt(texts, self.words), (), getattr(row, day), item.id, _named(item), who=who
                )

        return told

    def replies(self, ids: list[int]) -> Iterable[Find]:
        query = (
            select(InstructionReply, WorkItem, Person.name)
            .join(Person, col(Person.id) == InstructionReply.person_id)
            .join(Instruction, col(Instruction.id) == InstructionReply.instruction_id)
            .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
        )
        for row, item, name in self.session.exec(query.where(col(InstructionReply.id).in_(ids))):
            told, who = excerpt([row.text, row.more], self.words), marked(name, self.words)
            yield Find("批示反馈", row.id or 0, told, (), row.on, item.id, _named(item), who=who)

    def files(self, ids: list[int]) -> Iterable[Find]:
        for row, item, who in self._with_item(Evidence, Evidence.item_id, ids, Evidence.person_id):
            title, note = marked(row.name, self.words), excerpt([row.note], self.words, needed=False)
            about = _named(item) if item else None
            yield Find(row.category.label, row.id, title, note, row.on, row.item_id, about, who=who)

    def documents(self, ids: list[int]) -> Iterable[Find]:
        for row, item, _ in self._with_item(Document, Document.item_id, ids, Document.person_id):
            title = marked(f"{row.written_number} {row.shown_title}", self.words)
            yield Find(row.kind.label, row.id, title, (), row.issued_on, row.item_id, _named(item) if item else None)

    def ledger(self, kind: Kind) -> Callable[[list[int]], Iterable[Find]]:
        names = [one.name for one in kind.columns if one.takes in (FieldType.TEXT, FieldType.LONG_TEXT)]

        def told(ids: list[int]) -> Iterable[Find]:
            table: Any = kind.table
            for row in self.session.exec(select(table).where(table.id.in_(ids))):
                name, *further = [getattr(row, name) for name in names if getattr(row, name)] or [f"第 {row.id} 条"]
                text = excerpt(further, self.words, needed=False)
                day = getattr(row, kind.day)
                yield Find(kind.title, row.id, marked(name, self.words), text, day, row.item_id, ledger=kind.code)

        return told

    def people(self, ids: list[int]) -> Iterable[Find]:
        held = (
            select(Tenure.person_id, Post.title, Department.name)
            .join(Post, col(Post.id) == Tenure.post_id)
            .outerjoin(Department, col(Department.id) == Post.department_id)
            .where(
                col(Tenure.person_id).in_(ids), Tenure.started_on <= self.on,
                sa.or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= self.on),
            )
            .order_by(col(Tenure.id))
        )  # fmt: skip
        posts: dict[int, list[str]] = defaultdict(list)
        for person_id, title, department in self.session.exec(held):
            posts[person_id].append(f"{department or ''}{title}")
        for person in self.session.exec(select(Person).where(col(Person.id).in_(ids))):
            text = marked("、".join(posts[person.id or 0]) or "目前没有岗位", self.words)
            yield Find("人员", person.id or 0, marked(person.name, self.words), text)

    def departments(self, ids: list[int]) -> Iterable[Find]:
        for row in self.session.exec(select(Department).where(col(Department.id).in_(ids))):
            yield Find("科室", row.id or 0, marked(row.name, self.words), ())

    def _with_item(self, table: Any, item_id: Any, ids: list[int], person_id: Any) -> Iterable[tuple[Any, Any, Pieces]]:
        """The rows, each with the item it belongs to and the name of the person who made it."""
        query = (
            select(table, WorkItem, Person.name)
            .outerjoin(WorkItem, col(WorkItem.id) == item_id)
            .outerjoin(Person, col(Person.id) == person_id)
        )
        for row, item, name in self.session.exec(query.where(table.id.in_(ids))):
            yield row, item, marked(name or "", self.words)


def _named(item: WorkItem) -> str:
    return f"{item.number} {item.title}"


_Told = Callable[[_Teller, list[int]], Iterable[Find]]


def _of_item(what: str, table: Any, place: places.SearchPlace, day: str = "on") -> _Told:
    return lambda teller, ids: teller.of_item(what, table, place, day)(ids)


def _of_ledger(kind: Kind) -> _Told:
    return lambda teller, ids: teller.ledger(kind)(ids)


_TOLD: Mapping[int, _Told] = {
    places.ITEM.number: _Teller.items,
    places.INSTRUCTION.number: _of_item("批示", Instruction, places.INSTRUCTION),
    places.REPLY.number: _Teller.replies,
    places.PROGRESS.number: _of_item("进展填报", ProgressEntry, places.PROGRESS),
    places.EXTENSION.number: _of_item("延期申请", Extension, places.EXTENSION),
    places.CLOSURE.number: _of_item("办结申请", ClosureRequest, places.CLOSURE),
    places.OBJECTION.number: _of_item("转办异议", Objection, places.OBJECTION),
    places.SUSPENSION.number: _of_item("中止", Suspension, places.SUSPENSION, "from_on"),
    places.COMMENT.number: _of_item("留言", ItemComment, places.COMMENT),
    places.EVIDENCE.number: _Teller.files,
    places.DOCUMENT.number: _Teller.documents,
    places.PERSON.number: _Teller.people,
    places.DEPARTMENT.number: _Teller.departments,
} | {place.number: _of_ledger(KINDS[code]) for code, place in places.LEDGERS.items()}
