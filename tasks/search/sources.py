"""What the search asks of each table: which of its rows somebody may see, and which of those hold a word.

Permission is asked where everybody else asks: a row about an item goes with the item (`permitted`), one of a ledger by
`ledger_reach`, what is of the organ as a whole by `organs_within`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.errors import BadInputError
from models.items.closure import ClosureRequest
from models.items.evidence import Evidence, EvidenceState
from models.items.extension import Extension
from models.items.instruction import Instruction, InstructionReply
from models.items.item import WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.progress import ProgressEntry
from models.items.suspension import Suspension
from models.ledgers.kinds import KINDS
from models.papers.document import Document
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Post, Tenure
from models.search import places
from models.search.index import Hits
from models.search.places import SearchPlace
from tasks.acting.authorize import may_see_organ, organs_within, permitted
from tasks.ledgers.ledger_reach import reads_of
from tasks.lists.match_words import item_holds


class SearchGroup(Coded):
    """Under which heading a find stands, in the order of the page."""

    ITEMS = "items", "任务"
    INSTRUCTIONS = "instructions", "批示"
    RECORDS = "records", "办理记录"
    FILES = "files", "佐证材料"
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
        own = self.table.id.in_(hits.at(self.place))
        return own if self.by is None else sa.or_(own, self.by.in_(hits.at(places.PERSON)))

    def may_hold(self, found: frozenset[int]) -> bool:
        """Whether a row can have a word to it that was found at these places."""
        asked = {self.place.number}
        if self.by is not None or self.place is places.ITEM:
            asked.add(places.PERSON.number)
        if self.place is places.ITEM:
            asked |= {places.UNIT.number, places.DEPARTMENT.number}
        if self.place is places.PERSON:
            asked |= {places.POST.number, places.DEPARTMENT.number}
        return not asked.isdisjoint(found)

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


_RECORDS: Sequence[tuple[SearchGroup, SearchPlace, Any, Any]] = (
    (SearchGroup.RECORDS, places.PROGRESS, ProgressEntry, ProgressEntry.on),
    (SearchGroup.RECORDS, places.EXTENSION, Extension, Extension.on),
    (SearchGroup.RECORDS, places.CLOSURE, ClosureRequest, ClosureRequest.on),
    (SearchGroup.RECORDS, places.OBJECTION, Objection, Objection.on),
    (SearchGroup.RECORDS, places.SUSPENSION, Suspension, Suspension.from_on),
    (SearchGroup.INSTRUCTIONS, places.INSTRUCTION, Instruction, Instruction.on),
)


def sources(session: Session, organ: Organ, *, by: Actor, number: str) -> Iterator[Source]:
    """Every table of which `by` may see anything in the organ; the item numbered like that stands first."""
    organ_id = key(organ.id)
    item = (
        col(WorkItem.organ_id) == organ_id, of_plan(), permitted(session, by, Action.VIEW, organ_id=organ_id),
    )  # fmt: skip
    whole = sa.true() if organ_id in organs_within(session, by, Action.VIEW) else sa.false()
    plans = sa.join(WorkItem, AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
    numbered = sa.case((col(WorkItem.number) == number, 9999), else_=col(AnnualPlan.year))
    yield Source(SearchGroup.ITEMS, places.ITEM, WorkItem, plans, item, first=numbered, turn=-col(WorkItem.id))
    for group, place, record, on in _RECORDS:
        joined = sa.join(record, WorkItem, col(WorkItem.id) == record.item_id)
        yield Source(group, place, record, joined, item, by=record.person_id, day=on)
    replies = sa.join(InstructionReply, Instruction, col(Instruction.id) == InstructionReply.instruction_id)
    yield Source(
        SearchGroup.INSTRUCTIONS, places.REPLY, InstructionReply,
        replies.join(WorkItem, col(WorkItem.id) == Instruction.item_id), item, by=InstructionReply.person_id,
        day=InstructionReply.on,
    )  # fmt: skip
    files = sa.and_(*item), sa.and_(col(Evidence.act_id).is_not(None), whole)
    yield Source(
        SearchGroup.FILES, places.EVIDENCE, Evidence,
        sa.outerjoin(Evidence, WorkItem, col(WorkItem.id) == Evidence.item_id),
        (sa.or_(*files), col(Evidence.state) != EvidenceState.REPLACED), by=Evidence.person_id, day=Evidence.on,
    )  # fmt: skip
    for code, reach in reads_of(session, by, organ_id).items():
        table: Any = KINDS[code].table
        seen = (table.organ_id == organ_id, table.withdrawn_on.is_(None), reach.rows(table))
        day = getattr(table, KINDS[code].day)
        yield Source(SearchGroup.LEDGERS, places.LEDGERS[code], table, table, seen, by=table.keeper_id, day=day)
    documents = sa.and_(*item), sa.and_(col(Document.item_id).is_(None), whole)
    yield Source(
        SearchGroup.DOCUMENTS, places.DOCUMENT, Document,
        sa.outerjoin(Document, WorkItem, col(WorkItem.id) == Document.item_id),
        (col(Document.organ_id) == organ_id, sa.or_(*documents)), day=Document.issued_on,
    )  # fmt: skip
    if may_see_organ(session, by, organ_id):
        serving = sa.or_(col(Person.left_on).is_(None), col(Person.left_on) >= by.on)
        yield Source(SearchGroup.PEOPLE, places.PERSON, Person, Person, (col(Person.organ_id) == organ_id, serving))
        yield Source(
            SearchGroup.PEOPLE, places.DEPARTMENT, Department, Department, (col(Department.organ_id) == organ_id,),
            first=sa.literal_column("1", sa.Integer),
        )  # fmt: skip


def _person_holds(hits: Hits, asked: Actor) -> sa.ColumnElement[bool]:
    """By the name, or by the title or department of a post held on the day."""
    sought = sa.or_(col(Post.id).in_(hits.at(places.POST)), col(Post.department_id).in_(hits.at(places.DEPARTMENT)))
    held = (
        select(Tenure.person_id)
        .join(Post, col(Post.id) == Tenure.post_id)
        .where(
            sought,
            Tenure.started_on <= asked.on,
            sa.or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= asked.on),
        )
    )
    return sa.or_(col(Person.id).in_(hits.at(places.PERSON)), col(Person.id).in_(held))
