"""Packing a report for the organ above: what it says, its figures and what bears them out, signed by this office."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from joserfc.jwk import OKPKey
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ForbiddenError
from models.items.evidence import Evidence, EvidenceState, StoredFile
from models.items.progress import ProgressEntry
from models.people.organ import Organ
from models.people.permission import Action
from models.report.report import Report
from tasks.acting.perform import performing_for
from tasks.papers.official_document import render
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.report_hash import content_hash
from tasks.report.output.edition import edition_of
from tasks.report.output.lay_out_report import lay_out_report
from tasks.report.upward.report_package import (
    DOCUMENT,
    EVIDENCE,
    FORMAT,
    REPORT,
    SCHEMA,
    PackedBlock,
    PackedEvidence,
    PackedEvidenceList,
    PackedOrgan,
    PackedReport,
    PackedSection,
    packed_figure,
)
from tasks.report.upward.sealing import seal, written
from tasks.report.upward.signing_key import fingerprint_of

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


def pack_report(session: Session, report: Report, *, by: Actor, key: OKPKey, public: bool = False) -> PackedFile:
    """The signed package of a version, on record; the same version, edition and key give the same bytes.

    The internal edition goes upward unless the `public` one is asked for. Raises ForbiddenError, also for a bound
    version whose content is not what was bound; BadInputError for a report with a secrecy marking, or too large a one.
    """
    with performing_for(session, by, Action.COMPILE, report.organ_id) as record:
        organ = session.get_one(Organ, report.organ_id)
        if report.content_hash is not None and content_hash(session, report) != report.content_hash:
            raise ForbiddenError(
                f"{report.year} 年度报告第 {report.version} 版在送审后被改动过,不能报送:请退回后重新送审。"
            )
        compiled = edition_of(session, report, public=public).compiled
        said = _report(organ, report, compiled, public=public)
        pieces = PackedEvidenceList(pieces=tuple(_evidence(session, compiled.sections, public=public)))
        content = seal(
            {
                REPORT: written(said.model_dump(mode="json")),
                EVIDENCE: written(pieces.model_dump(mode="json")),
                DOCUMENT: render(lay_out_report(compiled)),
            },
            key,
        )
        packed = PackedFile(
            content,
            f"{organ.name}{report.year}年度报告上报包(第{report.version}版).zip",
            hashlib.sha256(content).hexdigest(),
            fingerprint_of(key),
        )
        record.after |= {
            "year": report.year, "version": report.version, "public": public, "sha256": packed.sha256,
            "fingerprint": packed.fingerprint,
        }  # fmt: skip
    return packed


def _report(organ: Organ, report: Report, compiled: CompiledReport, *, public: bool) -> PackedReport:
    return PackedReport(
        format=FORMAT,
        schema_version=SCHEMA,
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
                        figures=tuple(map(packed_figure, block.figures)),
                    )
                    for block in section.blocks
                ),
            )
            for section in compiled.sections
        ),
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
