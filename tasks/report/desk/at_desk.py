"""The desk: where a person works on the newest version of a report, block by block, each act on record.

A version that was sent on is bound and never changes: whoever goes on working gets a copy of it as the next version.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key as row_id
from models.errors import BadInputError, ConflictError
from models.people.permission import Action
from models.report.report import Report, ReportBlock, ReportSection
from models.report.report_desk import EditKind, ReportEdit
from models.secrecy import ACCEPTED, marking
from tasks.acting.audit import Record
from tasks.acting.perform import performing_for
from tasks.report.compiling.find_report import find_block, hold_reports, reports_of
from tasks.report.compiling.keep_draft import read_draft, write_draft

_BEGINNING = 30


@dataclass
class Desk:
    """A version that may be changed, and the record of what is done to it."""

    session: Session
    report: Report
    by: Actor
    record: Record
    seen: dict[str, str] = field(default_factory=dict)
    """By key, the hash of each block that the act was thought out upon."""

    def block(self, key: str) -> ReportBlock:
        """The block with this key. Raises NotFoundError, or ConflictError where it is no longer as it was seen."""
        found = find_block(self.session, self.report, key)
        seen = self.seen.get(key)
        if seen is not None and seen != block_hash(found):
            raise ConflictError(self._changed(found))
        return found

    def section(self, block: ReportBlock) -> list[ReportBlock]:
        """All blocks of the block's part in order, those withdrawn included."""
        return in_section(self.session, block.section_id)

    def note(
        self,
        kind: EditKind,
        block: ReportBlock,
        *,
        before: str | None = None,
        after: str | None = None,
        reason: str | None = None,
        other: ReportBlock | None = None,
    ) -> ReportEdit:
        """Write down what was done to the block, for the history of who wrote what."""
        edit = ReportEdit(
            organ_id=self.report.organ_id, year=self.report.year, report_id=row_id(self.report.id),
            block_key=block.key, kind=kind, other_key=other.key if other else None, person_id=self.by.person_id,
            for_id=self.record.for_id, actor=self.by.name, at=self.by.now, before=before, after=after, reason=reason,
        )  # fmt: skip
        self.session.add(edit)
        self.session.flush()
        return edit

    def put_in_order(self, *parts: tuple[int, list[ReportBlock]]) -> None:
        """Number these parts' blocks as they are listed; a part is the id of its section."""
        self.session.flush()
        ids = [row_id(block.id) for _, blocks in parts for block in blocks]
        # Out of the way first: a place is taken by one block at a time.
        aside = update(ReportBlock).where(col(ReportBlock.id).in_(ids)).values(ordinal=-col(ReportBlock.id))
        self.session.execute(aside, execution_options={"synchronize_session": False})
        places = [
            {"id": row_id(block.id), "section_id": section_id, "ordinal": place}
            for section_id, blocks in parts
            for place, block in enumerate(blocks, start=1)
        ]
        self.session.execute(update(ReportBlock), places)
        for _, blocks in parts:
            for block in blocks:
                self.session.expire(block)

    def _changed(self, block: ReportBlock) -> str:
        mine = (ReportEdit.organ_id == self.report.organ_id, ReportEdit.year == self.report.year)
        edits = select(ReportEdit).where(*mine, ReportEdit.block_key == block.key).order_by(col(ReportEdit.id).desc())
        last = self.session.exec(edits).first()
        what = f"已由{last.actor}{last.kind.label}" if last else "已随材料重新编制"
        return f"您打开页面之后，这一段{what}，没有保存。现为：“{block.text}”请看过再改。"


@contextmanager
def at_desk(
    session: Session, report: Report, *, by: Actor, seen: dict[str, str] | None = None, reason: str | None = None
) -> Iterator[Desk]:
    """Work on the report, which must be the newest version; one that is bound is copied first.

    `seen` says by key what `block_hash` was when the act was thought out. Raises ForbiddenError, ConflictError where
    there is a newer version by now.
    """
    with performing_for(session, by, Action.COMPILE, report.organ_id, reason=reason) as record:
        hold_reports(session, report.organ_id)
        # And nobody binds this version meanwhile.
        session.refresh(report, with_for_update=True)
        newest = reports_of(session, report.organ_id, year=report.year, most=1)[0].version
        if report.version != newest:
            raise ConflictError(
                f"{report.year} 年度报告已有第 {newest} 版，第 {report.version} 版不再改动：请在新版上办理。"
            )
        if report.content_hash is not None:
            report = copy_version(session, report, by=by)
        record.after |= {"year": report.year, "version": report.version}
        yield Desk(session, report, by, record, seen or {})


def report_of(session: Session, block: ReportBlock) -> int:
    """The number of the version that the block belongs to: after an act that may be the next one."""
    return session.get_one(ReportSection, block.section_id).report_id


def in_section(session: Session, section_id: int) -> list[ReportBlock]:
    """The blocks of a part in order."""
    query = select(ReportBlock).where(ReportBlock.section_id == section_id).order_by(col(ReportBlock.ordinal))
    return list(session.exec(query))


def block_hash(block: ReportBlock) -> str:
    """A short hash of what a person sees of the block: an act thought out upon something else is not done."""
    seen = (block.heading, block.text, block.compiled, block.withdrawn, block.internal, block.sources)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def beginning(text: str) -> str:
    """How a text begins, to know it again by."""
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING]}…"


def unmarked(text: str) -> str:
    """The text. Raises BadInputError where it carries a secrecy marking."""
    found = marking(text)
    if found is not None:
        raise BadInputError(f"文字中有密级标志“{found}”：{ACCEPTED}")
    return text


def copy_version(session: Session, report: Report, *, by: Actor) -> Report:
    """The next version, for editing: equal to `report` in all but its number. Inside an act that is on record."""
    draft = read_draft(session, report)
    values = report.model_dump(exclude={"id", "content_hash"}) | {
        "version": report.version + 1, "based_on_id": report.id, "compiled_at": by.now,
    }  # fmt: skip
    # A statement of its own, as the blocks are: the entry tells of a copy, not of a thousand rows.
    made = session.execute(insert(Report).returning(col(Report.id)), [values]).scalar_one()
    write_draft(session, row_id(made), draft)
    return session.get_one(Report, made)
