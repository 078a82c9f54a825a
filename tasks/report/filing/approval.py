"""Whether a version is approved: both reviews and the signature stand, for this very content, and nothing took them
back since. What goes upward as filed is that and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.errors import ForbiddenError
from models.report.filing import FLOW, ORDER, Filing, FilingAct, FilingState, FilingStep
from models.report.report import Report
from tasks.report.filing.step import bound_report, filing_of_report, steps_of

REQUIRED = (FilingAct.PASS_LEGAL, FilingAct.PASS_SECRECY, FilingAct.SIGN)
"""What has to stand before a report is one that was filed, in their order."""
APPROVED = (FilingState.FILING, FilingState.PUBLISHING, FilingState.ARCHIVED)
"""The steps a report is at once it is signed."""


@dataclass(frozen=True)
class Approval:
    """Where a version stands on its way, and the acts upon it that stand."""

    filing: Filing | None
    standing: Mapping[FilingAct, FilingStep]

    @property
    def state(self) -> FilingState:
        return self.filing.state if self.filing is not None else FilingState.DRAFTING

    @property
    def missing(self) -> list[FilingAct]:
        """What has to stand and does not."""
        return [act for act in REQUIRED if act not in self.standing]

    @property
    def complete(self) -> bool:
        """Whether the version is approved."""
        signed = self.filing is not None and self.filing.approved_on is not None
        return signed and self.state in APPROVED and not self.missing


def approval_of(session: Session, report: Report) -> Approval:
    """Of the version on its way what stands; any other version is a draft, whatever was said of it once."""
    filing = filing_of_report(session, report)
    return Approval(filing, _standing(session, filing) if filing is not None else {})


def check_approved(session: Session, report: Report) -> Approval:
    """The same. Raises ForbiddenError that names what is missing where the version is not approved, and where its
    content is not what was sent on."""
    approval = approval_of(session, report)
    if approval.filing is not None:
        bound_report(session, approval.filing)
    if approval.complete:
        return approval
    what = f"{report.year} 年度报告第 {report.version} 版"
    if approval.filing is None:
        raise ForbiddenError(f"{what}不是送审的一版，不能作为报送的报告上报：请上报审签的一版，或打草稿包。")
    lacking = "、".join(act.label for act in approval.missing) or FilingAct.SIGN.label
    raise ForbiddenError(
        f"{what}现在“{approval.state.label}”环节，还没有{lacking}，不能上报：审签后再打包，或打草稿包。"
    )


def _standing(session: Session, filing: Filing) -> dict[FilingAct, FilingStep]:
    """The required acts of this round upon this content that no return has taken back."""
    found: dict[FilingAct, FilingStep] = {}
    for step in steps_of(session, filing):
        if step.round != filing.round:
            continue
        if step.deed is FilingAct.RETURN:
            found = {act: one for act, one in found.items() if _before(act, step.to_state)}
        elif step.deed in REQUIRED and step.content_hash == filing.content_hash:
            found[step.deed] = step
    return found


def _before(act: FilingAct, state: FilingState) -> bool:
    """Whether the act is done at a step that lies before `state`."""
    return all(ORDER.index(source) < ORDER.index(state) for source in FLOW[act].sources)
