"""Proposals about the office's people confirmed or declined by a second person, who had no hand in them."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ForbiddenError, NotFoundError
from models.people.permission import Action
from models.people.person import Person, Post
from models.people.staff_proposal import ProposalKind, ProposalState, StaffProposal
from models.typed_text import words
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ, may_see_organ, organ_standings, organs_within
from tasks.acting.consent import Hands, consent, hands, holders_in, named
from tasks.staff.hand_over import begin_tenure, keep_leave
from tasks.staff.officers import check_separate
from tasks.staff.second_person import CONFIRMING


@dataclass(frozen=True)
class ProposalLine:
    """A proposal as it is read: what, why a second person, by whom; whether the reader may confirm or withdraw it."""

    proposal: StaffProposal
    what: str
    proposed_by: str
    may_confirm: bool
    may_withdraw: bool
    decided_by: str = ""


def confirm_proposal(session: Session, proposal: StaffProposal, *, by: Actor) -> StaffProposal:
    """Let the proposal take effect: a post from `from_on`, or from today where that day is past.

    Raises ForbiddenError for whoever proposed it or is to profit, or where it was decided; BadInputError where it no
    longer fits what is registered.
    """
    for_id = _may_decide(session, proposal, by)
    with recorded(session, by, Action.CONFIRM_STAFF, organ_id=proposal.organ_id, for_id=for_id):
        person = session.get_one(Person, proposal.person_id)
        match proposal.kind:
            case ProposalKind.POST:
                on = max(proposal.from_on or by.on, by.on)
                begin_tenure(session, session.get_one(Post, proposal.post_id), to=person, on=on, by=by)
            case ProposalKind.LEAVE:
                deputy = session.get_one(Person, proposal.deputy_id) if proposal.deputy_id else None
                first, last = proposal.from_on or by.on, proposal.until_on or by.on
                keep_leave(session, person, from_on=first, until_on=last, deputy=deputy, by=by)
            case ProposalKind.DEPUTY:
                person.deputy_id = proposal.deputy_id
        _decided(proposal, ProposalState.CONFIRMED, by, for_id)
        check_separate(session, proposal.organ_id, {proposal.person_id, proposal.deputy_id}, on=by.on)
    return proposal


def decline_proposal(session: Session, proposal: StaffProposal, *, by: Actor, reason: str) -> StaffProposal:
    """Nothing comes of it, and why; whoever proposed it may withdraw it. Raises ForbiddenError, BadInputError."""
    why = words(reason, "理由", longest=1000)
    withdrawn = by.person_id is not None and by.person_id == proposal.proposed_by_id
    if withdrawn:
        _still_waits(session, proposal)
        for_id = authorize_organ(session, by, Action.STAFF, proposal.organ_id).seat.for_id
    else:
        for_id = _may_decide(session, proposal, by)
    action = Action.STAFF if withdrawn else Action.CONFIRM_STAFF
    with recorded(session, by, action, organ_id=proposal.organ_id, for_id=for_id, reason=why):
        _decided(proposal, ProposalState.WITHDRAWN if withdrawn else ProposalState.DECLINED, by, for_id)
        proposal.answer = why
    return proposal


def find_proposal(session: Session, number: int, *, by: Actor) -> StaffProposal:
    """The proposal with this number. Raises NotFoundError, for one of an organ that `by` may not see too."""
    found = session.get(StaffProposal, number)
    if found is None or not may_see_organ(session, by, found.organ_id):
        hint = by.hint("可用 duban people proposals 查看")
        raise NotFoundError(f"没有编号为 {number} 的提请，或者它不在您的查看范围内{hint}。")
    return found


def proposals_of(session: Session, organ_id: int, *, by: Actor, decided: int = 20) -> list[ProposalLine]:
    """What waits, the oldest first, then what was decided last.

    Raises ForbiddenError for whoever neither manages the organ's people nor confirms.
    """
    if organ_id not in organs_within(session, by, Action.CONFIRM_STAFF):
        authorize_organ(session, by, Action.STAFF, organ_id)
    mine = select(StaffProposal).where(StaffProposal.organ_id == organ_id)
    waits = StaffProposal.state == ProposalState.PENDING
    rows = list(session.exec(mine.where(waits).order_by(col(StaffProposal.id))))
    over = mine.where(StaffProposal.state != ProposalState.PENDING).order_by(col(StaffProposal.id).desc())
    rows += session.exec(over.limit(decided))
    return [_line(session, row, by) for row in rows]


def waiting_proposals(session: Session, organ_id: int, *, by: Actor) -> list[ProposalLine]:
    """What waits for `by` to confirm or decline."""
    if organ_id not in organs_within(session, by, Action.CONFIRM_STAFF):
        return []
    return [line for line in proposals_of(session, organ_id, by=by, decided=0) if line.may_confirm]


def who_confirms(session: Session, proposal: StaffProposal, *, on: dt.date) -> str:
    """Who may confirm it, in words."""
    found = holders_in(session, proposal.organ_id, CONFIRMING, on=on, without=_hands(proposal))
    return named(found) or "本机管理员（命令行，不加 --as）"


def what_is_proposed(session: Session, proposal: StaffProposal) -> str:
    """The proposal in a sentence."""
    name = session.get_one(Person, proposal.person_id).name
    deputy = session.get_one(Person, proposal.deputy_id).name if proposal.deputy_id else ""
    match proposal.kind:
        case ProposalKind.POST:
            post = session.get_one(Post, proposal.post_id)
            return f"{name}自 {proposal.from_on} 起任“{post.title}”（{post.role.label}）"
        case ProposalKind.LEAVE:
            usual = f"由{deputy}代理" if deputy else "由名册中的代理人代理"
            return f"{name} {proposal.from_on} 至 {proposal.until_on} 请假，{usual}"
        case ProposalKind.DEPUTY:
            return f"{name}的代理人改为{deputy}"


def _line(session: Session, row: StaffProposal, by: Actor) -> ProposalLine:
    waits = row.state is ProposalState.PENDING
    within = row.organ_id in organs_within(session, by, Action.CONFIRM_STAFF)
    decider = session.get(Person, row.decided_by_id) if row.decided_by_id else None
    return ProposalLine(
        row, what_is_proposed(session, row), session.get_one(Person, row.proposed_by_id).name,
        may_confirm=waits and within and by.person_id not in _hands(row),
        may_withdraw=waits and by.person_id == row.proposed_by_id,
        decided_by=decider.name if decider else "本机管理员" if row.decided_on else "",
    )  # fmt: skip


def _hands(proposal: StaffProposal) -> Hands:
    """Who proposed it, and who is to get the post or to stand in: neither confirms it."""
    gets = proposal.person_id if proposal.kind is ProposalKind.POST else proposal.deputy_id
    return hands([(proposal.proposed_by_id, proposal.for_id, "提出了这件提请"), (gets, None, "是要任职或代理的人")])


def _still_waits(session: Session, proposal: StaffProposal) -> None:
    session.refresh(proposal, with_for_update=True)
    if proposal.state is not ProposalState.PENDING:
        raise ForbiddenError(f"提请 {proposal.id} 已于 {proposal.decided_on} 办理（{proposal.state.label}）。")


def _may_decide(session: Session, proposal: StaffProposal, by: Actor) -> int | None:
    """The person stood in for, once `by` may decide. The administrator at the machine may always."""
    _still_waits(session, proposal)
    done: Hands = {}
    if by.person_id is None:
        ways = [authorize_organ(session, by, Action.STAFF, proposal.organ_id)]
    else:
        authorize_organ(session, by, Action.CONFIRM_STAFF, proposal.organ_id)
        ways = list(organ_standings(session, by, Action.CONFIRM_STAFF, proposal.organ_id))
        done = _hands(proposal)

    def others() -> str:
        return f"可由{who_confirms(session, proposal, on=by.on)}办理"

    return consent(session, by, Action.CONFIRM_STAFF, ways, done, others=others)[0].seat.for_id


def _decided(proposal: StaffProposal, state: ProposalState, by: Actor, for_id: int | None) -> None:
    proposal.state, proposal.decided_by_id, proposal.decided_for_id = state, by.person_id, for_id
    proposal.decided_on = by.on
