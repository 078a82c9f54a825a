"""账户: who has a way in, who waits for one, and what opens something for programs; helped, ended, printed.

No one-time address is shown to whoever asked for it: it goes by mail, or onto a slip that somebody else prints.
"""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.declaration import Act
from duban.acts.people import BIND, CLEAR_FACTOR, CLOSE, INVITE, RESET, REVOKE, UNLOCK
from duban.web.acts.act_form import do
from duban.web.attempt import attempt
from duban.web.factor_picture import picture
from duban.web.pages.people import person_page, person_staffed, require_staff
from duban.web.posted import Posted, Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.visit import Signed
from models.errors import BadInputError, DubanError, NotFoundError
from models.people.account import CodeWay
from models.people.organ import Organ
from models.people.person import Person
from tasks.access.give_code import CODE_LASTS, print_slip
from tasks.access.hold_tokens import accesses_of
from tasks.access.manage_accounts import account_of, accounts_of, invite_all

router = APIRouter()

_ACTS: Mapping[str, Act[Person]] = {act.verb: act for act in (INVITE, RESET, CLOSE, UNLOCK, REVOKE, BIND, CLEAR_FACTOR)}


@router.get("/people/accounts")
def accounts(visit: Signed) -> HTMLResponse:
    """Who has a way in, who still waits for one, and every token and calendar address."""
    with visit.reading() as session:
        require_staff(session, visit)
        return visit.page(
            session, "people/people_accounts.html", menu="/settings",
            lines=accounts_of(session, visit.organ, by=visit.by), held=accesses_of(session, visit.organ, by=visit.by),
        )  # fmt: skip


@router.post("/people/accounts")
def open_accounts(sent: Sent) -> Response:
    """An account for everybody who holds a post and has none."""
    visit = sent.visit
    prove_again(sent)
    with visit.writing() as session:
        require_staff(session, visit)
        made = invite_all(session, visit.organ, by=visit.by)
    by_mail = sum(one.way is CodeWay.MAIL for one in made)
    said = f"新开通 {len(made)} 个账户：{by_mail} 人的一次性地址发到本人邮箱"
    paper = len(made) - by_mail
    said += f"；{paper} 人没有邮箱，请另一位管理人员到各人页面打印领取单。" if paper else "。"
    return visit.go(visit.link("/people/accounts"), said)


@router.post("/people/{person_id:row}/slip")
def slip(sent: Sent, person_id: int) -> Response:
    """The slip of paper with the one-time address, made as it is printed, for the person to sign."""
    visit = sent.visit
    prove_again(sent)

    def again(session: Session, error: DubanError) -> Response:
        person = person_staffed(session, visit, person_id)
        return person_page(session, visit, person, error=error.message, status_code=status_of(error))

    with attempt(visit, again) as session:
        person = person_staffed(session, visit, person_id)
        account = account_of(session, person)
        if account is None:
            raise NotFoundError(f"{person.name}没有账户：请先开通。")
        given = print_slip(session, person, account, by=visit.by)
        organ = session.get_one(Organ, person.organ_id).name
    address = visit.served.settings.address(f"/welcome?code={given.code}")
    with visit.reading() as session:
        return visit.page(
            session, "people/account_slip.html", menu="/settings", person=person, login=given.login, organ_name=organ,
            address=address, picture=picture(address), until=visit.now + CODE_LASTS,
        )  # fmt: skip


def account_act(sent: Posted, person_id: int, act: str) -> Response:
    """Invite, help, bind, end or close, as declared."""
    visit = sent.visit
    if act not in _ACTS:
        raise NotFoundError("没有这个页面。")
    declared = _ACTS[act]
    if declared.proved:
        prove_again(sent)

    def again(session: Session, error: DubanError) -> Response:
        person = person_staffed(session, visit, person_id)
        message = error.message
        if isinstance(error, BadInputError) and (fields := getattr(error, "fields", None)):
            message = "；".join(fields.values())
        return person_page(session, visit, person, error=message, status_code=status_of(error))

    with attempt(visit, again) as session:
        person = person_staffed(session, visit, person_id)
        said = do(session, person, declared, sent, visit.served.settings).said
    back = "/people/accounts" if sent.text("from") == "accounts" else f"/people/{person_id}"
    return visit.go(visit.link(back), said)
