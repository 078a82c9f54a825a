"""What the search asks of each table: which of its rows somebody may see, and which of those hold a word.

Permission is asked where everybody else asks: a row about an item goes with the item (`permitted`), one of a ledger by
`ledger_reach`, what is of the organ as a whole by `organs_within`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.errors import BadInputError
from models.items.closure import ClosureRequest
from models.items.comment import ItemComment
from models.items.evidence import Evidence, EvidenceState
from models.items.extension import Extension
from models.items.instruction import Instruction, InstructionReply
from models.items.item import WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.papers.document import Document
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Post, Tenure
from models.search import places
from models.search.index import Hits
from models.search.places import SearchPlace
from tasks.acting.authorize import may_see_organ, organs_within, permitted
from tasks.ledgers.ledger_reach import reads
from tasks.lists.match_words import item_holds


class SearchGroup(Coded):
    """Under which heading a find stands, in the order of the page."""

    ITEMS = "items", "任务"
    INSTRUCTIONS = "instructions", "批示"
    RECORDS = "records", "办理记录"
    FILES = "files", "佐证材料"
    COMMENTS = "comments", "留言"
    LEDGERS = "ledgers", "台账"
    DOCUMENTS = "documents", "文书"
    PEOPLE = "people", "人员和科室"


def group_named(word: str) -> SearchGroup:
    """The group with this code or label. Raises BadInputError that names them all."""
    for group in SearchGroup:
        if word in (group.value, group.label):
            return group
    raise BadInputError(
        f"没有“{word}”这一种，可用：{'、'.join(f'{one.value}（{one.label}）' for one in SearchGroup)}。"
    )


@dataclass(frozen=True)
class Source:
    """One table the search goes through. `seen` are the conditions on `table`, joined to what they ask of; `by` is the
    column with the person whose words they are; `first`, `day` and `turn` say what stands ahead within the group."""

    group: SearchGroup
    place: SearchPlace
    table: Any
    joined: Any
    seen: tuple[sa.ColumnElement[bool], ...]
    by: Any = None
    first: Any = 0
    day: Any = None
    turn: Any = None

    def holds(self, hits: Hits, asked: Actor) -> sa.ColumnElement[bool]:
        """That a row has the word to it."""
        if self.place is places.ITEM:
            return item_holds(hits, on=asked.on)
        if self.place is places.PERSON:
            return _person_holds(hits, asked)
        own = hits.have(self.table.id, self.place)
        named = self.by is not None and hits.any_at(places.PERSON)
        return sa.or_(own, hits.have(self.by, places.PERSON)) if named else own

    def matching(self, words: Iterable[Hits], asked: Actor) -> sa.Select[Any]:
        """Its rows that somebody may see and that have every word to them."""
        turn = self.table.id if self.turn is None else self.turn
        return (
            sa.select(
                sa.literal_column(f"'{self.group.value}'", sa.String).label("heading"),
                sa.literal_column(str(self.place.number), sa.Integer).label("place"),
                self.table.id.label("id"),
                (self.first if self.first != 0 else sa.literal_column("0", sa.Integer)).label("first"),
                (sa.cast(sa.null(), sa.Date) if self.day is None else self.day).label("day"),
                turn.label("turn"),
            )
            .select_from(self.joined)
            .where(*self.seen, *(self.holds(hits, asked) for hits in words))
        )


def sources(session: Session, organ: Organ, words: Sequence[Hits], *, by: Actor, number: str) -> Iterator[Source]:
    """The tables of which `by` may see anything in the organ, where every word was found at all; the item numbered like
    that stands first."""
    reach = _Reach(session, key(organ.id), by, number)
    for place, source_of in _SOURCES.items():
        if all(hits.any_at(place, *_ALSO.get(place, ())) for hits in words):
            yield from source_of(reach)


@dataclass(frozen=True)
class _Reach:
    """What somebody sees of an organ."""

    session: Session
    organ_id: int
    by: Actor
    number: str

    @cached_property
    def items(self) -> tuple[sa.ColumnElement[bool], ...]:
        may = permitted(self.session, self.by, Action.VIEW, organ_id=self.organ_id)
        return col(WorkItem.organ_id) == self.organ_id, of_plan(), may

    @cached_property
    def whole(self) -> sa.ColumnElement[bool]:
        return sa.true() if self.organ_id in organs_within(self.session, self.by, Action.VIEW) else sa.false()

    @cached_property
    def people(self) -> bool:
        return may_see_organ(self.session, self.by, self.organ_id)


_SourceOf = Callable[[_Reach], Iterable[Source]]


def _items(reach: _Reach) -> Iterable[Source]:
    plans = sa.join(WorkItem, AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
    numbered = sa.case((col(WorkItem.number) == reach.number, 9999), else_=col(AnnualPlan.year))
    turn = -col(WorkItem.id)
    yield Source(SearchGroup.ITEMS, places.ITEM, WorkItem, plans, reach.items, first=numbered, turn=turn)


def _said(group: SearchGroup, place: SearchPlace, table: Any, day: str = "on") -> _SourceOf:
    """What somebody wrote about an item."""

    def source(reach: _Reach) -> Iterable[Source]:
        joined = sa.join(table, WorkItem, col(WorkItem.id) == table.item_id)
        yield Source(group, place, table, joined, reach.items, by=table.person_id, day=getattr(table, day))

    return source


def _replies(reach: _Reach) -> Iterable[Source]:
    joined = sa.join(InstructionReply, Instruction, col(Instruction.id) == InstructionReply.instruction_id).join(
        WorkItem, col(WorkItem.id) == Instruction.item_id
    )
    by, day = InstructionReply.person_id, InstructionReply.on
    yield Source(SearchGroup.INSTRUCTIONS, places.REPLY, InstructionReply, joined, reach.items, by=col(by), day=day)


def _comments(reach: _Reach) -> Iterable[Source]:
    joined = sa.join(ItemComment, WorkItem, col(WorkItem.id) == ItemComment.item_id)
    seen = *reach.items, col(ItemComment.taken_back_on).is_(None)
    by, day = col(ItemComment.person_id), ItemComment.on
    yield Source(SearchGroup.COMMENTS, places.COMMENT, ItemComment, joined, seen, by=by, day=day)


def _files(reach: _Reach) -> Iterable[Source]:
    joined = sa.outerjoin(Evidence, WorkItem, col(WorkItem.id) == Evidence.item_id)
    may = sa.or_(sa.and_(*reach.items), sa.and_(col(Evidence.act_id).is_not(None), reach.whole))
    seen = may, col(Evidence.state) != EvidenceState.REPLACED
    by, day = col(Evidence.person_id), Evidence.on
    yield Source(SearchGroup.FILES, places.EVIDENCE, Evidence, joined, seen, by=by, day=day)


def _documents(reach: _Reach) -> Iterable[Source]:
    joined = sa.outerjoin(Document, WorkItem, col(WorkItem.id) == Document.item_id)
    may = sa.or_(sa.and_(*reach.items), sa.and_(col(Document.item_id).is_(None), reach.whole))
    seen = col(Document.organ_id) == reach.organ_id, may
    yield Source(SearchGroup.DOCUMENTS, places.DOCUMENT, Document, joined, seen, day=Document.issued_on)


def _people(reach: _Reach) -> Iterable[Source]:
    if reach.people:
        serving = sa.or_(col(Person.left_on).is_(None), col(Person.left_on) >= reach.by.on)
        seen = col(Person.organ_id) == reach.organ_id, serving
        yield Source(SearchGroup.PEOPLE, places.PERSON, Person, Person, seen)


def _departments(reach: _Reach) -> Iterable[Source]:
    if reach.people:
        ahead = sa.literal_column("1", sa.Integer)
        seen = (col(Department.organ_id) == reach.organ_id,)
        yield Source(SearchGroup.PEOPLE, places.DEPARTMENT, Department, Department, seen, first=ahead)


def _ledger(kind: Kind) -> _SourceOf:
    table: Any = kind.table
    place, day = places.LEDGERS[kind.code], getattr(table, kind.day)

    def source(reach: _Reach) -> Iterable[Source]:
        if rows := reads(reach.session, reach.by, reach.organ_id, kind):
            seen = table.organ_id == reach.organ_id, table.withdrawn_on.is_(None), rows.rows(table)
            yield Source(SearchGroup.LEDGERS, place, table, table, seen, day=day)

    return source


_SOURCES: Mapping[SearchPlace, _SourceOf] = {
    places.ITEM: _items,
    places.INSTRUCTION: _said(SearchGroup.INSTRUCTIONS, places.INSTRUCTION, Instruction),
    places.REPLY: _replies,
    places.PROGRESS: _said(SearchGroup.RECORDS, places.PROGRESS, ProgressEntry),
    places.EXTENSION: _said(SearchGroup.RECORDS, places.EXTENSION, Extension),
    places.CLOSURE: _said(SearchGroup.RECORDS, places.CLOSURE, ClosureRequest),
    places.OBJECTION: _said(SearchGroup.RECORDS, places.OBJECTION, Objection),
    places.SUSPENSION: _said(SearchGroup.RECORDS, places.SUSPENSION, Suspension, "from_on"),
    places.EVIDENCE: _files,
    places.COMMENT: _comments,
    places.DOCUMENT: _documents,
    places.PERSON: _people,
    places.DEPARTMENT: _departments,
} | {places.LEDGERS[code]: _ledger(kind) for code, kind in KINDS.items()}
_SAID = (
    places.INSTRUCTION, places.REPLY, places.PROGRESS, places.EXTENSION, places.CLOSURE, places.OBJECTION,
    places.SUSPENSION, places.EVIDENCE, places.COMMENT,
)  # fmt: skip
"""What somebody said or brought, and is found by that name too."""
_ALSO: Mapping[SearchPlace, tuple[SearchPlace, ...]] = {
    places.ITEM: (places.UNIT, places.DEPARTMENT, places.PERSON),
    places.PERSON: (places.POST, places.DEPARTMENT),
} | dict.fromkeys(_SAID, (places.PERSON,))
"""Where else a word may stand that a row is found by."""


def _person_holds(hits: Hits, asked: Actor) -> sa.ColumnElement[bool]:
    """By the name, or by the title or department of a post held on the day."""
    sought = sa.or_(hits.have(col(Post.id), places.POST), hits.have(col(Post.department_id), places.DEPARTMENT))
    held = (
        select(Tenure.person_id)
        .join(Post, col(Post.id) == Tenure.post_id)
        .where(
            sought,
            Tenure.started_on <= asked.on,
            sa.or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= asked.on),
        )
    )
    return sa.or_(hits.have(col(Person.id), places.PERSON), col(Person.id).in_(held))
