"""What has to be seen before a report goes further: what is unproved, contradicted, unanswered or not allowed in it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from models.actor import Actor
from models.coded import Coded
from models.errors import ForbiddenError
from models.people.organ import Department
from models.report.filing import Filing
from models.report.report import Report
from models.secrecy import marking
from tasks.reading.folding import sentences
from tasks.report.compiling.blocks import quoted
from tasks.report.compiling.check_report import check_report
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.compiling.marks import MarkKind, marks_of
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.at_desk import beginning
from tasks.report.desk.comment_report import open_comments
from tasks.report.filing.addressees import addressees_of, named_on_paper
from tasks.report.filing.consult import consultations_of


class FindingKind(Coded):
    """What kind of thing was found."""

    SECRECY = "secrecy", "密级标志"
    ADDRESSEE = "addressee", "缺主送"
    UNVERIFIED = MarkKind.UNVERIFIED.value, MarkKind.UNVERIFIED.label
    UNFOUNDED = MarkKind.UNFOUNDED.value, MarkKind.UNFOUNDED.label
    FIGURES = "figures", "数字核对"
    COMMENT = "comment", "批注未处理"
    OPINION = "opinion", "意见未了结"

    @property
    def bars(self) -> bool:
        """No reason makes up for it."""
        return self in (FindingKind.SECRECY, FindingKind.ADDRESSEE)

    @property
    def before_review(self) -> bool:
        """It is put right before the report is sent on: the desk has all that it takes."""
        return self.bars or self in (FindingKind.UNVERIFIED, FindingKind.COMMENT)


@dataclass(frozen=True)
class FilingFinding:
    """One thing found: where and what, in a sentence; `block` is the key of the block it is about."""

    kind: FindingKind
    words: str
    block: str | None = None

    @property
    def line(self) -> str:
        return f"{self.kind.label}：{self.words}"


class NotReadyError(ForbiddenError):
    """报告还不能送审。

    `findings` are what has to be put right first.
    """

    def __init__(self, findings: Sequence[FilingFinding], year: int, by: Actor) -> None:
        self.findings = findings
        said = [f"{one.line}{by.hint(_mend(one, year))}。" for one in findings[:_TOLD]]
        rest = f"另有 {len(findings) - _TOLD} 处。" if len(findings) > _TOLD else ""
        super().__init__(f"不能送审，请先处理 {len(findings)} 处。{''.join(said)}{rest}")


_TOLD = 10
"""How many findings a refusal names."""
_MENDS = {
    FindingKind.SECRECY: "duban report edit {block} --year {year} --text 文字",
    FindingKind.ADDRESSEE: "duban report template set 文件.toml，再 duban report compile --year {year}",
    FindingKind.UNVERIFIED: "duban report confirm {block} --year {year} --basis 依据",
    FindingKind.COMMENT: "duban report comments --year {year}，再 duban report resolve 编号 --year {year}",
}
"""By which command each is put right."""


def _mend(one: FilingFinding, year: int) -> str:
    # What stands in no block comes from the template.
    kind = FindingKind.ADDRESSEE if one.block is None else one.kind
    return _MENDS[kind].format(block=one.block, year=year)


def ready(session: Session, report: Report, *, on: dt.date) -> list[FilingFinding]:
    """What stands between this version and the first responsible person's name, the worst first; empty: nothing."""
    text = read_back(session, report)
    filing = session.exec(select(Filing).where(Filing.organ_id == report.organ_id, Filing.year == report.year)).first()
    findings = [*marked(text), *_unaddressed(session, report, filing), *unproved(text)]
    findings += [FilingFinding(FindingKind.FIGURES, one.words) for one in check_report(session, report).findings]
    findings += [
        FilingFinding(FindingKind.COMMENT, f"{one.actor}对“{one.quoted}”批注：{beginning(one.text)}", one.block_key)
        for one in open_comments(session, report)
    ]
    return [*findings, *_unanswered(session, filing, on)] if filing else findings


def check_ready(session: Session, report: Report, *, by: Actor) -> None:
    """Raises NotReadyError with what has to be put right before the version is sent on."""
    found = [one for one in ready(session, report, on=by.on) if one.kind.before_review]
    if found:
        raise NotReadyError(found, report.year, by)


def marked(text: CompiledReport) -> Iterator[FilingFinding]:
    """Every secrecy marking in the text."""
    pieces: list[tuple[str, str, str | None]] = [
        ("标题", text.title, None), *(("开头", one, None) for one in sentences(text.opening.text))
    ]  # fmt: skip
    for section in text.sections:
        pieces.append((section.heading, section.heading, None))
        for block in section.blocks:
            said = (block.heading or "", *sentences(block.text))
            pieces += [(section.heading, one, block.key) for one in said]
    for part, piece, key in pieces:
        level = marking(piece)
        if level is not None:
            yield FilingFinding(
                FindingKind.SECRECY, f"“{part}”中有密级标志“{level}”（{quoted(beginning(piece))}）", key
            )


def unproved(text: CompiledReport) -> Iterator[FilingFinding]:
    """The blocks still marked 待核, and the numbers that nothing bears out."""
    return (FilingFinding(FindingKind(mark.kind.value), mark.words, mark.block) for mark in marks_of(text))


def accept(findings: Iterable[FilingFinding], reason: str | None, what: str, hint: str) -> list[str]:
    """What was found, in words, once `reason` accepts it.

    Raises ForbiddenError that lists what has to be put right, or what a reason is missing for.
    """
    findings = list(findings)
    barring = [one for one in findings if one.kind.bars]
    if barring:
        raise ForbiddenError(f"不能{what}：{_listed(barring)}。请先改正。")
    if findings and not reason:
        raise ForbiddenError(
            f"{what}前还有 {len(findings)} 处待看：{_listed(findings)}。请退回处理，或写明接受的理由{hint}。"
        )
    return [one.line for one in findings]


def _listed(found: list[FilingFinding]) -> str:
    shown = "；".join(one.line for one in found[:3])
    return shown + (f"；另有 {len(found) - 3} 处" if len(found) > 3 else "")


def _unaddressed(session: Session, report: Report, filing: Filing | None) -> Iterator[FilingFinding]:
    on_its_way = filing is not None and filing.report_id == report.id
    names = (
        [one.name for one in addressees_of(session, filing, main=True)]
        if filing is not None and on_its_way
        else [name for kind, name in named_on_paper(report) if kind.value == "main"]
    )
    if not names:
        yield FilingFinding(FindingKind.ADDRESSEE, "没有主送机关，请在报告模板或报送对象中写明")


def _unanswered(session: Session, filing: Filing, on: dt.date) -> Iterator[FilingFinding]:
    for one in consultations_of(session, filing):
        name = session.get_one(Department, one.department_id).name
        if one.open:
            overdue = "，已逾期" if one.late(on) else ""
            yield FilingFinding(FindingKind.OPINION, f"{name}尚未反馈意见（时限 {one.due_on}{overdue}）")
        elif one.unsettled:
            yield FilingFinding(FindingKind.OPINION, f"{name}的意见尚未处理：{beginning(one.opinion or '')}")
