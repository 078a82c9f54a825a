"""How somebody is reached, and who stands in for somebody: changed for one person."""

from sqlmodel import Session

from models.actor import Actor
from models.errors import BadInputError
from models.people.permission import Action
from models.people.person import Person
from models.people.staff_proposal import ProposalKind, StaffProposal
from tasks.access.note_address import note_address
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.reading.staff_list import mail_address, phone_number
from tasks.staff.officers import check_separate
from tasks.staff.second_person import Second


def change_contact(
    session: Session, person: Person, *, by: Actor, email: str, mobile: str, deputy: Person | None
) -> StaffProposal | None:
    """Set mail address, number and usual deputy as given; an empty text or None takes it away.

    Whoever makes himself the deputy of somebody from whose posts consents are given proposes it: it waits for a second
    person, and is returned.
    What changes nothing leaves no entry. Raises ForbiddenError, BadInputError that says what is accepted.
    """
    standing = authorize_organ(session, by, Action.STAFF, person.organ_id)
    if deputy is not None:
        if deputy.id == person.id:
            raise BadInputError("代理人不能是本人。")
        if deputy.organ_id != person.organ_id:
            raise BadInputError(f"代理人应为本单位的人员，{deputy.name}不是。")
        if deputy.left_on is not None and deputy.left_on < by.on:
            raise BadInputError(f"{deputy.name}已于 {deputy.left_on} 离任，不能作代理人。")
    second = Second(session, by, standing, person.organ_id)
    deputy_id, why = deputy.id if deputy else None, None
    if deputy_id != person.deputy_id:
        why = second.needed_for_deputy(person, deputy_id, on=by.on)
    wanted = mail_address(email) or None, phone_number(mobile) or None, person.deputy_id if why else deputy_id
    before = person.email
    if wanted != (person.email, person.mobile, person.deputy_id):
        with performing_for(session, by, Action.STAFF, person.organ_id):
            person.email, person.mobile, person.deputy_id = wanted
            if person.email != before:
                note_address(session, person, before, by=by)
            check_separate(session, person.organ_id, {deputy_id}, on=by.on)
    if why is None:
        return None
    return second.propose(ProposalKind.DEPUTY, person.organ_id, person, why, deputy_id=deputy_id)
