"""Getting a year's list in: a ledger, last year's report or a list of work points, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, CellError
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words_or_none
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_organ
from tasks.people.find import UNNAMED_ORGAN, find_organ
from tasks.plan.edit_by_list import check_issued, edit_issued, tell_cells
from tasks.plan.merge_list import Change, PlanAsItStands, merge
from tasks.plan.store_list import added, store_list
from tasks.reading.drafts import read_drafts
from tasks.reading.item_list import ItemList
from tasks.reading.ledger import read_ledger
from tasks.reading.plan_columns import LIST, Field
from tasks.reading.sheet import is_list, open_workbook
from tasks.sheets.batches import begin_batch
from tasks.sheets.no_collecting import no_collecting

FIRST_ORGAN_CODE = "organ-1"
_NAMED = 20


@dataclass
class ImportReport:
    """What an import did, or in a dry run would do. With `errors` nothing was written."""

    organ: str
    year: int
    plan: str
    dry_run: bool
    batch: int | None = None
    changes: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    ignored_sheets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unseen: int = 0

    @property
    def projects(self) -> int:
        return len({change.project for change in self.changes})

    @property
    def incomplete(self) -> list[Change]:
        """The items that cannot be issued until something is filled in."""
        return [change for change in self.changes if change.missing]

    @property
    def issued(self) -> list[Change]:
        """What would change items that are issued: with a reason only."""
        return [change for change in self.changes if change.is_issued]

    @property
    def asking(self) -> int:
        """How many issued items have days that move only once somebody approved; until then they stay."""
        return sum(any(cell.approval for cell in change.cells) for change in self.changes)

    def count(self, action: str) -> int:
        """How many rows create an item, update one, or keep it as it is."""
        return sum(change.action == action for change in self.changes)

    def as_dict(self) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "plan": self.plan,
            "organ": self.organ,
            "year": self.year,
            "dry_run": self.dry_run,
            "projects": self.projects,
            "items": len(self.changes),
            "created": self.count("create"),
            "updated": self.count("update"),
            "unchanged": self.count("keep"),
            "incomplete": len(self.incomplete),
            "issued_changed": len(self.issued),
            "asking": self.asking,
            "errors": [error.as_dict() for error in self.errors],
            "ignored_columns": self.ignored_columns,
            "ignored_sheets": self.ignored_sheets,
            "notes": self.notes,
            "unseen": self.unseen,
            "understood": [change.understood() for change in self.changes],
        }


def import_list(
    session: Session,
    path: Path,
    *,
    by: Actor,
    year: int,
    organ_code: str | None = None,
    dry_run: bool = False,
    dues: Mapping[str, str] | None = None,
    columns: Mapping[str, Field] | None = None,
    visible_only: bool = False,
    found: ItemList | None = None,
    reason: str = "",
) -> ImportReport:
    """Bring the list at `path` into the organ's plan of `year`; the caller commits.

    `found` is what `read_list` reads in it with the same `dues`, for whoever reads it before the transaction.

    Items are matched by number and rewritten where a cell says something new; a blank cell changes nothing
    and "-" takes away what stood there. An organ is created only where none is registered yet. With any
    error, or in a dry run, nothing is written; a list that changes nothing leaves no batch. People are those
    who hold their posts on the day. What changes an issued item takes a reason and goes by the rules of
    `tasks.items.edit_item`, each on its own record: its days move by an adjustment, asked for where the policy has it
    approved; whoever has to do it now signs anew. `dues` says how the person reads due texts of the file, text by text,
    `columns` by heading which field a column is, kept with the batch for the next file; `visible_only` leaves out rows
    that are hidden, filtered or struck out.
    The trail keeps the file, those readings and what it brought in numbers; each row's former values are kept with the
    batch.

    Raises UnreadableFileError where the file as a whole cannot be read, NotFoundError for an unknown organ,
    ForbiddenError for whoever may not import for it, in a dry run too; BadInputError where a reason is missing.
    """
    with no_collecting():
        found = found or read_list(path, year=year, dues=dues, columns=columns, visible_only=visible_only)
        return _import(
            session, path, found, by=by, year=year, organ_code=organ_code, dry_run=dry_run, dues=dues,
            columns=columns, reason=reason,
        )  # fmt: skip


def _import(
    session: Session,
    path: Path,
    found: ItemList,
    *,
    by: Actor,
    year: int,
    organ_code: str | None,
    dry_run: bool,
    dues: Mapping[str, str] | None,
    columns: Mapping[str, Field] | None,
    reason: str,
) -> ImportReport:
    organ = known_organ(session, organ_code, found.organ)
    standing = authorize_organ(session, by, Action.PLAN, organ.id if organ else None)
    plan = None
    if organ is not None:
        plan = session.exec(select(AnnualPlan).where(AnnualPlan.organ_id == organ.id, AnnualPlan.year == year)).first()
    name = organ.name if organ else found.organ or UNNAMED_ORGAN
    stands = PlanAsItStands(session, organ, plan, on=by.on, hint=by.hint("duban people import"))
    changes, errors = merge(found, stands)
    tell_cells(session, changes, stands, by=by)
    issued = [change for change in changes if change.is_issued]
    if not errors:
        errors = check_issued(session, issued, by=by)
    report = ImportReport(
        organ=name,
        year=year,
        plan=plan.title if plan else plan_title(name, year),
        dry_run=dry_run,
        changes=changes,
        errors=_in_order([*found.errors, *errors]),
        ignored_columns=found.ignored_columns,
        ignored_sheets=found.ignored_sheets,
        notes=found.notes,
        unseen=found.unseen,
    )
    if report.errors or dry_run:
        return report
    if not any(change.action != "keep" for change in changes):
        return report
    if issued:
        reason = _reason(reason, issued, by)
    if organ is None:
        organ = added(session, Organ(code=organ_code or FIRST_ORGAN_CODE, name=name))
    if plan is None:
        plan = added(session, AnnualPlan(organ_id=key(organ.id), year=year, title=report.plan))
    batch = begin_batch(session, LIST, path, by=by, organ_id=organ.id, plan_id=plan.id, columns=columns)
    store_list(session, plan, batch, changes, stands)
    edit_issued(session, issued, by=by, reason=reason)
    report.batch = batch.id
    told: dict[str, Any] = {
        "file": batch.file_name, "sha256": batch.sha256, "year": year, "batch": batch.id,
        "created": report.count("create"), "updated": report.count("update"),
    }  # fmt: skip
    if issued:
        told["edited_items"] = len(issued)
    if columns:
        told["columns"] = [f"{heading} → {LIST.field(name).label}" for heading, name in columns.items()]
    if dues:
        told["read_as"] = [f"{written} → {said}" for written, said in dues.items()]
    write_alone(
        session, by, Action.PLAN, organ_id=organ.id, for_id=standing.seat.for_id, after=told, reason=reason or None
    )
    return report


def read_list(
    path: Path,
    *,
    year: int,
    dues: Mapping[str, str] | None = None,
    columns: Mapping[str, Field] | None = None,
    visible_only: bool = False,
) -> ItemList:
    """The items of a list or of a document, due texts read as `dues` says. Raises UnreadableFileError for anything
    else."""
    if is_list(path):
        return read_ledger(open_workbook(path), year=year, dues=dues, columns=columns, visible_only=visible_only)
    return read_drafts(path, year=year, dues=dues)


def known_organ(session: Session, code: str | None, named: str | None) -> Organ | None:
    """The organ to import for: by code, else the only one, else the one a document names; None when there is none."""
    if session.exec(select(Organ.id).limit(1)).first() is None:
        return None
    if code is None and named is not None:
        found = session.exec(select(Organ).where(Organ.name == named)).first()
        if found is not None:
            return found
    return find_organ(session, code)


def plan_title(organ: str, year: int) -> str:
    """What a plan is called that an import begins."""
    return f"{organ}{year}年度工作计划"


def _reason(given: str, issued: Sequence[Change], by: Actor) -> str:
    if reason := words_or_none(given, "修改理由", longest=1000):
        return reason
    numbers = "、".join(change.number for change in issued[:_NAMED])
    more = f"等 {len(issued)} 项" if len(issued) > _NAMED else ""
    raise BadInputError(
        f"清单会改动已下达的任务 {numbers}{more}：请写明修改理由{by.hint('--reason')}。没有写入任何数据。"
    )


def _in_order(errors: list[CellError]) -> list[CellError]:
    sheets = list(dict.fromkeys(error.sheet for error in errors))
    return sorted(errors, key=lambda error: (sheets.index(error.sheet), error.row or 0))
