"""Who may look a report over and sign it: nobody who had a hand in it, whoever he stands in for.

Whoever compiled it, wrote in it or sent it on neither reviews nor signs; whoever passed a review does not sign; whoever
passed the legal review passes the secrecy review only where the office has no other reviewer. Where just one person is
left to sign, that person reviews nothing. A review that is given to a post is done by whoever holds it, as long as that
is somebody who may, and else by those who review. Where an office has nobody left, the first responsible person of the
organ above may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import ForbiddenError
from models.people.organ import Organ
from models.people.permission import GRANTS, Action, Scope
from models.people.person import Person, Role
from models.report.filing import FLOW, Filing, FilingAct, FilingState, FilingStep
from models.report.report import Report
from models.report.report_desk import ReportEdit
from tasks.acting.authorize import Standing, organ_standings, organs_within
from tasks.acting.consent import Hand, Hands, consent, free, hands, holders_in, named, nobody_left
from tasks.report.filing.step_posts import assigned_posts, assigned_ways

_BEFORE: dict[FilingAct, tuple[FilingAct, ...]] = {
    FilingAct.PASS_LEGAL: (FilingAct.SUBMIT, FilingAct.FORWARD),
    FilingAct.PASS_SECRECY: (FilingAct.SUBMIT, FilingAct.FORWARD, FilingAct.PASS_LEGAL),
    FilingAct.SIGN: (FilingAct.SUBMIT, FilingAct.FORWARD, FilingAct.PASS_LEGAL, FilingAct.PASS_SECRECY),
}
"""The acts of consent, and what of the same round keeps somebody from each."""
_STEPS = {
    FilingAct.PASS_LEGAL: FilingState.LEGAL_REVIEW, FilingAct.PASS_SECRECY: FilingState.SECRECY_REVIEW,
}  # fmt: skip
_DONE = {act: f"已{act.label}" for act in FilingAct} | {
    FilingAct.PASS_LEGAL: "已作法制审核", FilingAct.PASS_SECRECY: "已作保密审查",
}  # fmt: skip


@dataclass(frozen=True)
class ReportConsent:
    """Who may not, and who is left: in the office, and only where nobody is, above it."""

    done: Hands
    inside: Sequence[tuple[Role, Person]]
    above: Sequence[tuple[Role, Person]]
    post_id: int | None = None
    """The post that the review is given to, where its holder may; then nobody else does it."""

    def ways(self, ways: Sequence[Standing]) -> list[Standing]:
        """Those of the ways that are by the post the review is given to, where it is."""
        return [way for way in ways if self.post_id in (None, way.seat.post_id)]

    def others(self, action: Action) -> str:
        """Who may, in words, and where nobody is left what to do."""
        if self.inside:
            return f"可由{named(self.inside)}办理"
        roles = [role for role in _roles(action) if role is not Role.FIRST_RESPONSIBLE] or _roles(action)
        if self.above:
            return f"可由上级单位的{named(self.above)}办理，或者{nobody_left(roles)}"
        return nobody_left(roles)


def consent_to_report(session: Session, by: Actor, filing: Filing, act: FilingAct) -> Standing:
    """The way in which `by` may do the act of consent. Raises ForbiddenError that names who may."""
    action = FLOW[act].action
    who = who_consents(session, by, filing, act)
    ways = _ways(session, by, filing, act)
    if not who.ways(ways) and free(by, ways, who.done):
        raise ForbiddenError(f"“{action.label}”已指定岗位办理，{by.name}不能办理：{who.others(action)}。")
    ways = who.ways(ways) or ways
    inside = [way for way in ways if way.seat.organ_id == filing.organ_id]
    done = who.done
    if not inside and who.inside:
        # Somebody above, while the office can still do it itself.
        done = {**done, key(by.person_id): ["属上级单位"]}
    found = consent(session, by, action, inside or ways, done, others=lambda: who.others(action))
    return found[0]


def may_consent(session: Session, by: Actor, filing: Filing, act: FilingAct) -> bool:
    """Whether `consent_to_report` would let `by` do it."""
    ways = _ways(session, by, filing, act)
    if not ways:
        return False
    who = who_consents(session, by, filing, act)
    ways = who.ways(free(by, ways, who.done))
    return any(way.seat.organ_id == filing.organ_id or not who.inside for way in ways)


def who_consents(session: Session, by: Actor, filing: Filing, act: FilingAct) -> ReportConsent:
    """Who may do the act of consent on the day, and who may not."""
    drafted = _drafted(session, filing)
    signers = _signers(session, by, filing, drafted)
    alone = signers[0][1].id if len(signers) == 1 and act is not FilingAct.SIGN else None
    before = _BEFORE[act]
    who = _left(session, by, filing, act, drafted, before, alone)
    if not who.inside and act is FilingAct.PASS_SECRECY:
        joined = _left(session, by, filing, act, drafted, _BEFORE[FilingAct.PASS_LEGAL], alone)
        who = joined if joined.inside else who
    return who


def may_take(session: Session, by: Actor, filing: Filing, act: FilingAct) -> bool:
    """Whether `by` may do the act for the organ as a whole, whatever the step."""
    if is_consent(act):
        return may_consent(session, by, filing, act)
    action = FLOW[act].action
    return filing.organ_id in organs_within(session, by, action) or bool(_by_post(session, by, filing, act))


def standing_by_post(session: Session, by: Actor, filing: Filing, act: FilingAct) -> Standing | None:
    """How `by` may do the act as the holder of the post that the step is given to, or standing in."""
    return next(iter(_by_post(session, by, filing, act)), None)


def is_consent(act: FilingAct) -> bool:
    """Whether the act is somebody's consent to what others wrote and sent on."""
    return act in _BEFORE


def _left(
    session: Session,
    by: Actor,
    filing: Filing,
    act: FilingAct,
    drafted: Sequence[Hand],
    before: Sequence[FilingAct],
    alone: int | None,
) -> ReportConsent:
    last = [(alone, None, "是本单位唯一可以审签本报告的人")] if alone is not None else []
    done = hands([*drafted, *_steps(session, filing, before), *last])
    post_id = assigned_posts(session, filing.organ_id).get(_STEPS[act]) if act in _STEPS else None
    if post_id is not None:
        holders = holders_in(session, filing.organ_id, tuple(Role), on=by.on, without=done, post_id=post_id)
        if holders:
            return ReportConsent(done, holders, [], post_id)
    roles = _roles(FLOW[act].action)
    inside = holders_in(session, filing.organ_id, roles, on=by.on, without=done)
    return ReportConsent(done, inside, [] if inside else _above(session, by, filing, done))


def _signers(session: Session, by: Actor, filing: Filing, drafted: Sequence[Hand]) -> list[tuple[Role, Person]]:
    """Who can still sign, as far as the text and the way up to the reviews go."""
    done = hands([*drafted, *_steps(session, filing, _BEFORE[FilingAct.PASS_LEGAL])])
    return holders_in(session, filing.organ_id, _roles(Action.REPORT_SIGN), on=by.on, without=done)


def _roles(action: Action) -> list[Role]:
    return list(dict.fromkeys(grant.role for grant in GRANTS[action] if grant.scope is Scope.ORGAN))


def _ways(session: Session, by: Actor, filing: Filing, act: FilingAct) -> list[Standing]:
    ways = organ_standings(session, by, FLOW[act].action, filing.organ_id)
    return [*ways, *_by_post(session, by, filing, act)]


def _by_post(session: Session, by: Actor, filing: Filing, act: FilingAct) -> list[Standing]:
    """Whoever has a review by its post does it, and may return the report from there."""
    step = _STEPS.get(act) or (filing.state if act is FilingAct.RETURN else None)
    return assigned_ways(session, by, FLOW[act].action, filing.organ_id, step) if step is not None else []


def _drafted(session: Session, filing: Filing) -> list[Hand]:
    """Whose hand is in the version that is on its way: who had it or one before it compiled, who wrote in one.

    An edit counts in every later version, so all of the year's versions up to this one are looked at.
    """
    bound = session.get_one(Report, filing.report_id).version if filing.report_id is not None else 0
    mine = (Report.organ_id == filing.organ_id, Report.year == filing.year, Report.version <= bound)
    compiled = session.exec(select(Report.compiled_by_id, Report.compiled_for_id).where(*mine).distinct())
    written = session.exec(
        select(ReportEdit.person_id, ReportEdit.for_id)
        .join(Report, col(Report.id) == ReportEdit.report_id)
        .where(*mine)
        .distinct()
    )
    return [(*row, "已编制本报告") for row in compiled] + [(*row, "已修改本报告") for row in written]


def _steps(session: Session, filing: Filing, acts: Iterable[FilingAct]) -> list[Hand]:
    """Who did these acts in this round of the report."""
    rows = session.exec(
        select(FilingStep)
        .where(FilingStep.filing_id == filing.id, FilingStep.round == filing.round, col(FilingStep.deed).in_(acts))
        .order_by(col(FilingStep.ordinal))
    )
    return [(row.person_id, row.for_id, _DONE[row.deed]) for row in rows]


def _above(session: Session, by: Actor, filing: Filing, done: Hands) -> list[tuple[Role, Person]]:
    """The first responsible people of the nearest organ above that has one."""
    parent = session.get_one(Organ, filing.organ_id).parent_id
    while parent is not None:
        found = holders_in(session, parent, [Role.FIRST_RESPONSIBLE], on=by.on, without=done)
        if found:
            return found
        parent = session.get_one(Organ, parent).parent_id
    return []
