"""A report sent on, looked over for law and secrecy, signed off, or returned: each by another person than before."""

from sqlmodel import Session

from models.actor import Actor
from models.errors import BadInputError, ForbiddenError
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.report.filing import ORDER, Filing, FilingAct, FilingState
from models.typed_text import words, words_or_none
from tasks.acting.authorize import authorize_organ
from tasks.report.compiling.find_report import find_report
from tasks.report.compiling.read_back import read_back
from tasks.report.compiling.report_hash import content_hash
from tasks.report.filing.addressees import write_addressees
from tasks.report.filing.check import FindingKind, accept, check_ready, marked, ready, unproved
from tasks.report.filing.consult import consultations_of, waive
from tasks.report.filing.step import FilingDeed, bound_report, open_filing, step
from tasks.report.filing.tell_next import tell_next

LONGEST = 1000


def submit(session: Session, organ: Organ, year: int, *, by: Actor, note: str | None = None) -> Filing:
    """Send the newest version on (送审): its content is bound by its hash and does not change any more.

    Raises NotFoundError without a version, ForbiddenError where it is on its way already, NotReadyError with whatever
    has to be put right first: a secrecy marking, nobody addressed, something 待核, a comment not dealt with.
    """
    authorize_organ(session, by, Action.REPORT_SUBMIT, organ.id)
    said = words_or_none(note, "说明", longest=LONGEST)
    report = find_report(session, organ, year)
    # Whoever edits it at the desk waits here, and then works on a copy.
    session.refresh(report, with_for_update=True)
    with step(session, open_filing(session, organ, year), FilingAct.SUBMIT, by=by, reason=said) as taken:
        filing = taken.filing
        written = content_hash(session, report)
        if report.content_hash not in (None, written):
            raise ForbiddenError(f"{year} 年度报告第 {report.version} 版送审过，其后内容被改动：请重新编制一版再送审。")
        report.content_hash = filing.content_hash = written
        filing.report_id, filing.approved_on = report.id, None
        filing.round += 1
        write_addressees(session, filing, report)
        check_ready(session, report, by=by)
        taken.becomes, taken.about = FilingState.CONSULTING, f"第 {report.version} 版"
    return filing


def forward(session: Session, filing: Filing, *, by: Actor, reason: str | None = None, seen: str | None = None) -> None:
    """Send it to the legal review: opinions are in and dealt with. Whoever was not asked, or did not reply, needs a
    `reason`; those who did not are waited for no longer. Raises ForbiddenError that names what is open.
    """
    why = words_or_none(reason, "理由", longest=LONGEST)
    with step(session, filing, FilingAct.FORWARD, by=by, reason=why, seen=seen) as taken:
        asked = consultations_of(session, filing)
        unsettled = [one.department_id for one in asked if one.unsettled]
        if unsettled:
            raise ForbiddenError(f"{_names(session, unsettled)}的意见尚未处理：请先写明是否采纳。")
        owing = [one for one in asked if one.open]
        if owing and why is None:
            names = _names(session, [one.department_id for one in owing])
            raise ForbiddenError(f"{names}尚未反馈意见：请等待反馈，或写明不再等待的理由{by.hint('--reason')}。")
        if not asked and why is None:
            raise ForbiddenError(f"尚未向任何科室征求意见：请先征求，或写明不征求的理由{by.hint('--reason')}。")
        bound_report(session, filing)
        waive(session, owing, why or "", by=by)
        _go(session, taken, FilingState.LEGAL_REVIEW)


def pass_legal(session: Session, filing: Filing, *, by: Actor, opinion: str, seen: str | None = None) -> None:
    """Pass the legal review, with the reviewer's opinion. Raises ForbiddenError for whoever had a hand in it."""
    said = words(opinion, "法制审核意见", longest=LONGEST)
    with step(session, filing, FilingAct.PASS_LEGAL, by=by, reason=said, seen=seen) as taken:
        bound_report(session, filing)
        _go(session, taken, FilingState.SECRECY_REVIEW)


def pass_secrecy(
    session: Session, filing: Filing, *, by: Actor, reason: str | None = None, seen: str | None = None
) -> None:
    """Pass the secrecy review. What is still 待核 is passed only with a reason, a secrecy marking never.

    Raises ForbiddenError for whoever had a hand in it, or passed its legal review while somebody else may do this one.
    """
    why = words_or_none(reason, "审查意见", longest=LONGEST)
    with step(session, filing, FilingAct.PASS_SECRECY, by=by, reason=why, seen=seen) as taken:
        text = read_back(session, bound_report(session, filing))
        findings = [*marked(text), *(one for one in unproved(text) if one.kind is FindingKind.UNVERIFIED)]
        taken.findings = accept(findings, why, "通过保密审查", by.hint("--reason"))
        _go(session, taken, FilingState.SIGN_OFF)


def sign_off(
    session: Session, filing: Filing, *, by: Actor, seen: str | None = None, accepting: str | None = None
) -> None:
    """The first responsible person puts the name under this very version, or whoever stands in.

    Raises ForbiddenError for whoever had a hand in it or reviewed it, where its content is not what was sent on, or
    where something found beforehand is neither put right nor accepted with a reason; ConflictError where it is another
    version than was `seen`.
    """
    why = words_or_none(accepting, "接受的理由", longest=LONGEST)
    with step(session, filing, FilingAct.SIGN, by=by, reason=why, seen=seen) as taken:
        report = bound_report(session, filing)
        findings = ready(session, report, on=by.on)
        taken.findings = accept(findings, why, "审签", by.hint("--accept"))
        filing.approved_on = by.on
        taken.about = f"第 {report.version} 版"
        _go(session, taken, FilingState.FILING)


def return_(
    session: Session, filing: Filing, *, by: Actor, reason: str, to: FilingState = FilingState.DRAFTING
) -> None:
    """Give it back to an earlier step, with a reason. At the draft the next edit makes the next version; what was
    bound stays as it is, what was filed or published stays on record.

    Raises BadInputError for a step that is not before the present one.
    """
    why = words(reason, "退回的理由", longest=LONGEST)
    with step(session, filing, FilingAct.RETURN, by=by, reason=why) as taken:
        earlier = ORDER[: ORDER.index(filing.state)]
        if to not in earlier:
            listed = "、".join(state.label for state in earlier)
            raise BadInputError(f"不能从“{filing.state.label}”退到“{to.label}”：可退到{listed}。")
        if ORDER.index(to) <= ORDER.index(FilingState.SIGN_OFF):
            filing.approved_on = None
        taken.about, taken.becomes = f"退到{to.label}", to
        tell_next(session, filing, to, by=by, reason=why)


def _go(session: Session, taken: FilingDeed, to: FilingState) -> None:
    """On to the next step, and whoever may do that hears of it."""
    taken.becomes = to
    tell_next(session, taken.filing, to, by=taken.by)


def _names(session: Session, departments: list[int]) -> str:
    return "、".join(session.get_one(Department, one).name for one in dict.fromkeys(departments))
