"""Packing a report for the organ above: what it says, its figures and what bears them out, how far it has come and who
signed it, all of it sealed by this office."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.evidence import Evidence, EvidenceState, StoredFile
from models.items.progress import ProgressEntry
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.report.filing import FilingStep
from models.report.received_report import PackageKind
from models.report.report import Report
from tasks.acting.perform import performing_for
from tasks.papers.official_document import OfficialDocument, Paragraph, TextRun, render
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.find_report import find_report
from tasks.report.compiling.report_hash import content_hash
from tasks.report.filing.approval import Approval, approval_of, check_approved
from tasks.report.filing.step import filing_of
from tasks.report.output.edition import edition_of
from tasks.report.output.lay_out_report import lay_out_report
from tasks.report.upward.report_package import (
    DOCUMENT,
    EDITIONS,
    EVIDENCE,
    FORMAT,
    REPORT,
    SCHEMA,
    SIGNED_ACTS,
    PackedBlock,
    PackedEvidence,
    PackedEvidenceList,
    PackedOrgan,
    PackedReport,
    PackedSection,
    PackedSignature,
    check_kind,
    packed_figure,
)
from tasks.report.upward.sealing import seal, written
from tasks.report.upward.signing_key import fingerprint_of

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

_BATCH = 500
"""Rows asked for at a time: databases limit how many values a statement may carry."""
_OF: Mapping[str, Callable[[list[int]], ColumnElement[bool]]] = {
    "item": lambda ids: col(Evidence.item_id).in_(ids),
    "progress": lambda ids: col(Evidence.item_id).in_(
        select(ProgressEntry.item_id).where(col(ProgressEntry.id).in_(ids))
    ),
    "act": lambda ids: col(Evidence.act_id).in_(ids),
}
"""By the kind of a source: which evidence belongs to the rows with these ids."""


@dataclass(frozen=True)
class PackedFile:
    """A package to be sent."""

    content: bytes
    name: str
    sha256: str
    fingerprint: str
    cover: str
    """What it says of itself."""


def pack_report(
    session: Session, report: Report, *, by: Actor, key: OKPKey, public: bool = False, draft: bool = False
) -> PackedFile:
    """The signed package of a version, on record; the same version, edition, state and key give the same bytes.

    An approved version is packed as filed, with its state, its signatures and their days. Any other is packed only as
    a `draft`, which is a kind of its own; an approved one is no draft. The internal edition goes upward unless the
    `public` one is asked for. Raises ForbiddenError, also for a version whose content is not what was sent on;
    BadInputError for a report with a secrecy marking, or too large a one.
    """
    with performing_for(session, by, Action.COMPILE, report.organ_id) as record:
        organ = session.get_one(Organ, report.organ_id)
        if report.content_hash is not None and content_hash(session, report) != report.content_hash:
            raise ForbiddenError(
                f"{report.year} 年度报告第 {report.version} 版在送审后被改动过，不能报送：请退回后重新送审。"
            )
        approval = approval_of(session, report) if draft else check_approved(session, report)
        if draft and approval.complete:
            raise ForbiddenError(f"{report.year} 年度报告第 {report.version} 版已审签，不是草稿：请打上报包。")
        compiled = edition_of(session, report, public=public).compiled
        said = _report(session, organ, report, compiled, approval, public=public)
        check_kind(said)
        pieces = PackedEvidenceList(pieces=tuple(_evidence(session, compiled.sections, public=public)))
        content = seal(
            {
                REPORT: written(said.model_dump(mode="json")),
                EVIDENCE: written(pieces.model_dump(mode="json")),
                DOCUMENT: render(_document(compiled, said)),
            },
            key,
        )
        packed = PackedFile(
            content,
            f"{organ.name}{report.year}年度报告{said.kind.label}（{EDITIONS[said.edition]}，第{report.version}版）.zip",
            hashlib.sha256(content).hexdigest(),
            fingerprint_of(key),
            said.cover,
        )
        record.after |= {
            "year": report.year, "version": report.version, "kind": said.kind.label, "public": public,
            "sha256": packed.sha256, "fingerprint": packed.fingerprint,
        }  # fmt: skip
    return packed


def report_to_pack(session: Session, organ: Organ, year: int) -> Report:
    """The version that is on its way, else the newest. Raises NotFoundError without any."""
    filing = filing_of(session, organ, year)
    if filing is not None and filing.report_id is not None:
        return session.get_one(Report, filing.report_id)
    return find_report(session, organ, year)


def _document(compiled: CompiledReport, said: PackedReport) -> OfficialDocument:
    """The report on paper, with what it is above its text."""
    paper = lay_out_report(compiled)
    return replace(paper, body=(Paragraph((TextRun(said.cover),)), *paper.body))


def _report(
    session: Session, organ: Organ, report: Report, compiled: CompiledReport, approval: Approval, *, public: bool
) -> PackedReport:
    filing = approval.filing
    return PackedReport(
        format=FORMAT,
        schema_version=SCHEMA,
        kind=PackageKind.FILED if approval.complete else PackageKind.DRAFT,
        state=approval.state,
        signatures=tuple(
            _signature(session, approval.standing[act]) for act in SIGNED_ACTS if act in approval.standing
        ),
        delivered_on=filing.delivered_on if filing else None,
        published_on=filing.published_on if filing else None,
        organ=PackedOrgan(code=organ.code, name=organ.name),
        year=report.year,
        version=report.version,
        edition="public" if public else "internal",
        title=compiled.title,
        dated_on=compiled.dated_on,
        snapshot=report.snapshot,
        bound_hash=report.content_hash,
        sections=tuple(
            PackedSection(
                kind=section.kind,
                number=section.number,
                heading=section.heading,
                blocks=tuple(
                    PackedBlock(
                        heading=block.heading,
                        text=block.text,
                        verified=not (block.unverified or block.unfounded),
                        internal=block.internal is not None,
                        figures=tuple(map(packed_figure, block.figures)),
                    )
                    for block in section.blocks
                ),
            )
            for section in compiled.sections
        ),
    )


def _signature(session: Session, step: FilingStep) -> PackedSignature:
    absent = session.get_one(Person, step.for_id).name if step.for_id is not None else None
    return PackedSignature(
        act=step.deed, name=session.get_one(Person, step.person_id).name, stood_in_for=absent, on=step.on
    )


def _evidence(session: Session, sections: Sequence[CompiledSection], *, public: bool) -> Iterable[PackedEvidence]:
    """The pieces that bear out what the report says: of its items, of the progress on them, of a leader's acts."""
    rows = {row for section in sections for block in section.blocks for row in block.sources}
    rows |= {row for section in sections for block in section.blocks for one in block.figures for row in one.rows}
    ids = {table: sorted(int(row.partition(":")[2]) for row in rows if row.startswith(f"{table}:")) for table in _OF}
    pieces: dict[int, tuple[Evidence, int]] = {}
    for table, condition in _OF.items():
        for start in range(0, len(ids[table]), _BATCH):
            query = (
                select(Evidence, StoredFile.size)
                .join(StoredFile, col(StoredFile.sha256) == Evidence.sha256)
                .where(condition(ids[table][start : start + _BATCH]), Evidence.state != EvidenceState.REPLACED)
            )
            if public:
                query = query.where(col(Evidence.public))
            pieces |= {piece.id or 0: (piece, size) for piece, size in session.exec(query)}
    for _, (piece, size) in sorted(pieces.items()):
        yield PackedEvidence(name=piece.name, category=piece.category, sha256=piece.sha256, size=size)
