"""The dossier of an item (卷宗): everything recorded about it and what it hangs on, by one statement however much."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, or_, select

from models.audit import AuditEntry
from models.database import key, known_once
from models.items.closure import ClosureRequest, ClosureReview
from models.items.comment import CommentCopy, ItemComment
from models.items.evidence import Evidence
from models.items.extension import Extension, ExtensionDecision
from models.items.instruction import Instruction, InstructionCopy, InstructionReply
from models.items.item import Deadline, DeadlineMove, ItemUnit, WorkItem
from models.items.lifecycle import TALK
from models.items.objection import Objection
from models.items.plan import AnnualPlan, Project
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.ladder.notice import Notice
from models.ladder.policy import Policy, Rung
from models.load_together import Together
from models.papers.document import Document
from models.people.organ import Department
from models.people.permission import Action

UNTOLD = (
    Action.TRANSFER, Action.SPLIT, Action.MILESTONE, Action.REOPEN, Action.SNOOZE, Action.WITHDRAW, Action.CORRECT,
    Action.ACHIEVE, Action.ADD_ITEM, Action.EDIT, Action.CANCEL,
)  # fmt: skip
"""Acts that leave no row of their own that says who did them and why: the trail tells them."""

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Dossier:
    """What is recorded about one item. Its rows are copies: nothing is changed by way of them."""

    item: WorkItem
    rows: Mapping[type[SQLModel], list[Any]]

    def of(self, table: type[Row]) -> list[Row]:
        """The item's rows of a table, in the order in which they were made."""
        return cast(list[Row], self.rows[table])

    def parts(self, table: type[Row], link: str) -> dict[int, list[Row]]:
        """The rows of a table that belong to rows of the item, by the ids of these."""
        found: dict[int, list[Row]] = {}
        for row in self.of(table):
            found.setdefault(getattr(row, link), []).append(row)
        return found

    @property
    def plan(self) -> AnnualPlan:
        return self.of(AnnualPlan)[0]

    @property
    def policy(self) -> Policy | None:
        """The terms the item lives by, once its plan is issued."""
        return next(iter(self.of(Policy)), None)

    @property
    def parent(self) -> WorkItem | None:
        return next((row for row in self.of(WorkItem) if row.id == self.item.parent_id), None)

    @property
    def children(self) -> list[WorkItem]:
        return [row for row in self.of(WorkItem) if row.parent_id == self.item.id]

    @property
    def departments(self) -> Mapping[int | None, str]:
        """The names of the departments that lead the item, now or before, or help with it."""
        return {row.id: row.name for row in self.of(Department)}

    @property
    def untold(self) -> list[AuditEntry]:
        """What only the trail tells."""
        return [entry for entry in self.of(AuditEntry) if entry.action in UNTOLD]

    @property
    def newest_entry(self) -> int:
        """The number of the newest entry of the trail that is no comment, 0 where there is none: what a form remembers
        as seen."""
        return max((key(entry.id) for entry in self.of(AuditEntry)), default=0)


def dossier_of(session: Session, item: WorkItem) -> Dossier:
    """The item's dossier as it stands."""
    found = ("dossier", key(item.id))
    return known_once(session, found, lambda: Dossier(item, _RECORDED.load(session, item=item.id)))


_ITEM: Any = sa.bindparam("item", type_=sa.Integer)
_OWN: tuple[Any, ...] = (
    Receipt, ProgressEntry, Evidence, Extension, ClosureRequest, Instruction, Suspension, Objection, Urge, Deadline,
    ItemUnit, Document, Notice, ItemComment,
)  # fmt: skip
_PARTS: tuple[tuple[Any, Any, Any], ...] = (
    (ExtensionDecision, ExtensionDecision.extension_id, Extension),
    (ClosureReview, ClosureReview.request_id, ClosureRequest),
    (InstructionCopy, InstructionCopy.instruction_id, Instruction),
    (InstructionReply, InstructionReply.instruction_id, Instruction),
    (CommentCopy, CommentCopy.comment_id, ItemComment),
    (DeadlineMove, DeadlineMove.deadline_id, Deadline),
)


def _its(column: Any) -> Any:
    """This column of the item itself."""
    return select(column).where(WorkItem.id == _ITEM).correlate(None).scalar_subquery()


_NEWEST = (
    select(func.max(AuditEntry.id))
    .where(AuditEntry.item_id == _ITEM, col(AuditEntry.action).not_in(TALK))
    .correlate(None)
    .scalar_subquery()
)

_RECORDED = Together(
    {table: table.item_id == _ITEM for table in _OWN}
    | {part: col(link).in_(select(whole.id).where(whole.item_id == _ITEM)) for part, link, whole in _PARTS}
    | {
        AuditEntry: (col(AuditEntry.item_id) == _ITEM)
        & or_(
            col(AuditEntry.action).in_(UNTOLD),
            col(AuditEntry.id) == _NEWEST,
        ),
        WorkItem: or_(col(WorkItem.parent_id) == _ITEM, col(WorkItem.id) == _its(WorkItem.parent_id)),
        AnnualPlan: col(AnnualPlan.id) == _its(WorkItem.plan_id),
        Project: col(Project.id) == _its(WorkItem.project_id),
        Policy: col(Policy.id).in_(select(AnnualPlan.policy_id).where(AnnualPlan.id == _its(WorkItem.plan_id))),
        Department: or_(
            col(Department.id) == _its(WorkItem.department_id),
            col(Department.id).in_(select(Receipt.department_id).where(Receipt.item_id == _ITEM)),
        ),
        Rung: col(Rung.id).in_(select(Notice.rung_id).where(Notice.item_id == _ITEM)),
    }
)
