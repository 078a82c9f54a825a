"""What a report says when it goes upward: the contents of its package, and reading one that came from below.

The rows behind the figures and the pieces of evidence stay with the sender; their hashes go along.
"""

import datetime as dt
import io
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from models.errors import BadInputError, UnreadableFileError
from models.exact import decimal_text
from models.items.evidence import Category
from models.report.figure import Figure
from models.report.filing import FilingAct, FilingState
from models.report.received_report import PackageKind
from models.report.report import SectionKind
from models.secrecy import marking
from tasks.files.check_upload import Limits, check_read, examine
from tasks.files.file_store import MEGABYTE
from tasks.report.upward.sealing import LARGEST, unseal
from tasks.wording.days import long_day

FORMAT: Final = "duban-report"
SCHEMA: Final = 2
REPORT, EVIDENCE, DOCUMENT = "report.json", "evidence.json", "report.docx"
FILES = frozenset({REPORT, EVIDENCE, DOCUMENT})
MOST_JSON = 8 * MEGABYTE
"""Bytes of one of the two files of data."""

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Short = Annotated[str, StringConstraints(max_length=100)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.:-]+$", max_length=100)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=30, decimal_places=12, ge=0)]


Model = TypeVar("Model", bound=BaseModel)
SIGNED_ACTS = (FilingAct.PASS_LEGAL, FilingAct.PASS_SECRECY, FilingAct.SIGN)
"""What a filed report carries, in this order."""
SIGNED_STATES = frozenset({FilingState.FILING, FilingState.PUBLISHING, FilingState.ARCHIVED})
"""Where a filed report stands."""
EDITIONS = {"internal": "内部版", "public": "公开版"}


class _Packed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackedOrgan(_Packed):
    """Whose report it is."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PackedFigure(_Packed):
    """A figure without its rows: how many they are, and the hash over them."""

    code: Code | None
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    definition: Annotated[str, StringConstraints(max_length=300)] | None
    value: Amount
    unit: Annotated[str, StringConstraints(max_length=20)]
    approximate: bool
    first_on: dt.date | None
    last_on: dt.date | None
    row_count: Count
    row_hash: Sha256
    internal: bool
    """Whether it stays out of the public edition."""


def packed_figure(figure: Figure) -> PackedFigure:
    """The figure as it goes upward."""
    return PackedFigure(
        code=figure.code,
        name=figure.name,
        definition=figure.definition,
        value=Decimal(decimal_text(figure.value)),
        unit=figure.unit,
        approximate=figure.approximate,
        first_on=figure.first_on,
        last_on=figure.last_on,
        row_count=len(figure.rows),
        row_hash=figure.row_hash,
        internal=figure.internal is not None,
    )


class PackedBlock(_Packed):
    """A piece of the text; one that is not `verified` is marked 待核."""

    heading: Line | None
    text: Annotated[str, StringConstraints(max_length=20_000)]
    verified: bool
    internal: bool
    """Whether it stays out of the public edition."""
    figures: Annotated[tuple[PackedFigure, ...], Field(max_length=500)]


class PackedSection(_Packed):
    """One part."""

    kind: SectionKind
    number: Short
    heading: Line
    blocks: Annotated[tuple[PackedBlock, ...], Field(max_length=5000)]


class PackedSignature(_Packed):
    """Who passed a review or signed, for whom, and on which day."""

    act: FilingAct
    name: Person
    stood_in_for: Person | None
    on: dt.date


class PackedReport(_Packed):
    """`report.json`. `bound_hash` is the hash of the content that was sent on for review; one never sent on has none.

    What kind of package it is, where the report stood, who reviewed and signed it and when, and which edition it holds
    are part of what is signed. The two kinds follow from it: see `check_kind`.
    """

    format: Literal["duban-report"]
    schema_version: Literal[2]
    kind: PackageKind
    state: FilingState
    signatures: Annotated[tuple[PackedSignature, ...], Field(max_length=len(SIGNED_ACTS))]
    delivered_on: dt.date | None
    published_on: dt.date | None
    organ: PackedOrgan
    year: Annotated[int, Field(ge=1990, le=2200)]
    version: Annotated[int, Field(ge=1, le=100_000)]
    edition: Literal["internal", "public"]
    title: Line
    dated_on: dt.date
    snapshot: Sha256
    bound_hash: Sha256 | None
    sections: Annotated[tuple[PackedSection, ...], Field(max_length=50)]

    @property
    def cover(self) -> str:
        """What stands on the cover: the kind, the edition, how far it has come and who signed it."""
        said = [f"{one.act.label}：{one.name}，{long_day(one.on)}" for one in self.signatures]
        kind = "" if self.kind is PackageKind.FILED else "【草稿，未经审签，不作为报送的报告】"
        told = "；".join([f"第{self.version}版，“{self.state.label}”环节", *said])
        return f"{kind}【{EDITIONS[self.edition]}】{told}。"

    @property
    def figures(self) -> list[PackedFigure]:
        """Every figure of the text, each once."""
        said = (figure for section in self.sections for block in section.blocks for figure in block.figures)
        return list(dict.fromkeys(said))


class PackedEvidence(_Packed):
    """A piece of evidence that stays with the sender."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    category: Category
    sha256: Sha256
    size: Annotated[int, Field(ge=0, le=2**40)]


class PackedEvidenceList(_Packed):
    """`evidence.json`."""

    pieces: Annotated[tuple[PackedEvidence, ...], Field(max_length=20_000)]


@dataclass(frozen=True)
class ReportPackage:
    """An opened package: sound, unchanged since it was signed, free of secrecy markings. Who signed it, and whether
    that may be believed, is for the receiver."""

    report: PackedReport
    evidence: tuple[PackedEvidence, ...]
    document: bytes
    """The Word file."""
    content_hash: str
    fingerprint: str


def read_package(content: bytes) -> ReportPackage:
    """Open a package that came from below.

    Raises UnreadableFileError or BadInputError that say what is wrong: damaged, changed, of another program or a newer
    one, with values that cannot be, or with a secrecy marking.
    """
    sealed = unseal(content, FILES)
    for name in (REPORT, EVIDENCE):
        if len(sealed.files[name]) > MOST_JSON:
            raise UnreadableFileError(f"上报包中的 {name} 过大：最大 {MOST_JSON // MEGABYTE} MB。")
    _check_format(sealed.files[REPORT])
    report = _valid(PackedReport, sealed.files[REPORT], REPORT)
    evidence = _valid(PackedEvidenceList, sealed.files[EVIDENCE], EVIDENCE)
    check_kind(report)
    _refuse_marked(report)
    check_read(examine(DOCUMENT, io.BytesIO(sealed.files[DOCUMENT])), Limits(LARGEST))
    return ReportPackage(report, evidence.pieces, sealed.files[DOCUMENT], sealed.content_hash, sealed.fingerprint)


def _check_format(content: bytes) -> None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"上报包中的 {REPORT} 无法读取：不是有效的 JSON。") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnreadableFileError("这不是年度报告的上报包：应为下级单位用 duban report pack 生成的文件。")
    version = data.get("schema_version")
    if isinstance(version, int) and 0 < version < SCHEMA:
        raise UnreadableFileError(f"上报包的格式版本为 {version}，已不再使用：请报送单位升级系统后重新生成。")
    if version != SCHEMA:
        raise UnreadableFileError(f"上报包的格式版本为 {str(version)[:20]}，本系统能读的是 {SCHEMA}：请升级后再接收。")


def check_kind(report: PackedReport) -> None:
    """Whether kind, state, signatures and edition fit each other; asked of a package before it is sealed and after it
    was opened. Raises UnreadableFileError that says what does not fit."""
    acts = tuple(one.act for one in report.signatures)
    days = [one.on for one in report.signatures]
    if len(set(acts)) != len(acts) or not set(acts) <= set(SIGNED_ACTS):
        raise UnreadableFileError("上报包中的审核、审签有重复或者不是审核、审签的事项。")
    if report.kind is PackageKind.FILED:
        lacking = "、".join(act.label for act in SIGNED_ACTS if act not in acts)
        if lacking or acts != SIGNED_ACTS or days != sorted(days):
            raise UnreadableFileError(f"上报包称已审签，但{f'没有{lacking}' if lacking else '审核、审签的先后不对'}。")
        if report.bound_hash is None or report.state not in SIGNED_STATES:
            raise UnreadableFileError(f"上报包称已审签，但报告在“{report.state.label}”环节，或者没有定稿的哈希值。")
    elif report.state in SIGNED_STATES or acts == SIGNED_ACTS:
        raise UnreadableFileError("草稿包中的报告写明已审签：请报送单位重新生成上报包。")
    if report.edition == "public" and any(map(_has_internal, report.sections)):
        raise UnreadableFileError("上报包称是公开版，但有不公开的段落或数字：请报送单位重新生成。")


def _has_internal(section: PackedSection) -> bool:
    return any(block.internal or any(one.internal for one in block.figures) for block in section.blocks)


def _valid(model: type[Model], content: bytes, name: str) -> Model:
    try:
        return model.model_validate_json(content, strict=True)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UnreadableFileError(
            f"上报包中的 {name} 有不合要求的内容（“{place[:100]}”）：请报送单位升级系统后重新生成。"
        ) from error


def _refuse_marked(report: PackedReport) -> None:
    for section in report.sections:
        for block in section.blocks:
            for text in (block.heading or "", block.text):
                if found := marking(text):
                    raise BadInputError(
                        f"报告“{section.heading}”中有密级标志“{found}”，不得经本系统报送、接收，请按保密规定办理。"
                    )
