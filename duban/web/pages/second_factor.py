"""The second factor: asked for at the door, set up there where a post asks for it, and kept on the own account page."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.door import AtDoor, Door, Knocked, client_address, keep_session
from duban.web.factor_picture import factor_shown
from duban.web.inside import inside
from duban.web.pages.sign_in import login_page
from duban.web.posted import Posted, Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key, reading
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError, SlowDownError
from models.people.account import Account
from models.people.web_session import SessionStage
from tasks.access.hold_session import find_session
from tasks.access.second_factor import codes_left, drop_factor, enrol, factor_owed, new_secret, opened
from tasks.access.sign_in import GONE, account_of_person, enrol_at_door, go_on, prove_code

router = APIRouter()


# --- at the door ------------------------------------------------------------------------------------------------------


@router.get("/login/code")
def ask_code(door: AtDoor, next: str = "") -> Response:
    """The code of the second factor, after the password."""
    if _half(door, SessionStage.CODE) is None:
        return login_page(door, next=inside(next))
    return door.page("factor_code.html", next=inside(next), error="")


@router.post("/login/code")
def take_code(door: Knocked) -> Response:
    """Try it."""
    served, onwards = door.served, inside(door.text("next"))
    try:
        token = go_on(
            served.database, door.caller.former or "", door.text("code"), caller=door.caller, home=served.settings.home,
            now=served.now(),
        )  # fmt: skip
    except DubanError as error:
        status = 429 if isinstance(error, SlowDownError) else status_of(error)
        if error.message == GONE:
            return login_page(door, next=onwards, error=GONE, status_code=status)
        return door.page("factor_code.html", status_code=status, next=onwards, error=error.message)
    return door.enter(token, onwards)


@router.get("/login/enrol")
def ask_enrolment(door: AtDoor, next: str = "") -> Response:
    """Set a second factor up, since the post asks for one."""
    account = _half(door, SessionStage.ENROL)
    if account is None:
        return login_page(door, next=inside(next))
    shown = _new(door.served.settings.home, account)
    return door.page("factor_enrol.html", next=inside(next), error="", shown=shown)


@router.post("/login/enrol")
def take_enrolment(door: Knocked) -> Response:
    """Take it up; the recovery codes are shown this once, and the person is in."""
    served, onwards = door.served, inside(door.text("next"))
    account = _half(door, SessionStage.ENROL)
    try:
        token, codes = enrol_at_door(
            served.database, door.caller.former or "", door.text("sealed"), door.text("code"), caller=door.caller,
            home=served.settings.home, now=served.now(),
        )  # fmt: skip
    except DubanError as error:
        if account is None or error.message == GONE:
            return login_page(door, next=onwards, error=GONE, status_code=status_of(error))
        shown = _again(served.settings.home, account, door.text("sealed"))
        return door.page(
            "factor_enrol.html", status_code=status_of(error), next=onwards, error=error.message, shown=shown
        )
    door.note_office_url(token)
    answer = door.page("factor_codes.html", next=onwards, codes=codes)
    keep_session(answer, served, token)
    return answer


def _half(door: Door, stage: SessionStage) -> Account | None:
    """Whose sign-in waits at this stage in this browser."""
    with reading(door.served.database) as session:
        found = find_session(session, door.caller.former or "", now=door.served.now(), halfway=True)
        return account_of_person(session, found[1]) if found and found[0].stage is stage else None


# --- on the own account page ------------------------------------------------------------------------------------------


@router.get("/account/second-factor")
def factor(visit: Signed) -> HTMLResponse:
    """Whether there is one, and what can be done."""
    with visit.reading() as session:
        return _page(session, visit)


@router.post("/account/second-factor/begin")
def begin(sent: Sent) -> Response:
    """Show a new secret; one there is goes on to count until the new one is taken up."""
    visit = sent.visit
    prove_again(sent)
    with visit.reading() as session:
        account = _mine(session, visit)
        return _page(session, visit, shown=_new(visit.served.settings.home, account))


@router.post("/account/second-factor")
def take(sent: Sent) -> Response:
    """Take the new secret up; the recovery codes are shown this once."""
    visit, home = sent.visit, sent.visit.served.settings.home
    prove_again(sent)
    try:
        _prove_present(sent)
        with visit.writing() as session:
            account = _mine(session, visit)
            codes = enrol(session, account, sent.text("sealed"), sent.text("code"), home=home, by=visit.by)
    except DubanError as error:
        with visit.reading() as session:
            shown = _again(home, _mine(session, visit), sent.text("sealed"))
            return _page(session, visit, error=error, shown=shown)
    with visit.reading() as session:
        return _page(session, visit, codes=codes)


@router.post("/account/second-factor/end")
def end(sent: Sent) -> Response:
    """End it, where no post asks for one."""
    visit = sent.visit
    prove_again(sent)
    try:
        with visit.reading() as session:
            _mine(session, visit)
            owed = visit.served.settings.factor_for_roles and factor_owed(session, visit.person, on=visit.by.on)
        if owed:
            raise ForbiddenError("您的岗位须有第二因素，不能解除；换了手机的，请更换。")
        _prove_present(sent)
        with visit.writing() as session:
            drop_factor(session, _mine(session, visit), by=visit.by)
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, error=error)
    return visit.go("/account/second-factor", "第二因素已解除。")


def _prove_present(sent: Posted) -> None:
    """Whoever changes a second factor shows a code of the one there is. Raises ForbiddenError, SlowDownError."""
    visit = sent.visit
    with visit.reading() as session:
        account = _mine(session, visit)
    if account.otp_secret is not None:
        settings = visit.served.settings
        address = client_address(visit.request, settings)
        prove_code(
            visit.served.database, key(account.id), sent.text("present"), address=address, home=settings.home,
            now=visit.now,
        )  # fmt: skip


def _new(home: Path, account: Account) -> dict[str, object]:
    return factor_shown(*new_secret(home, account), account)


def _again(home: Path, account: Account, sealed: str) -> dict[str, object]:
    """What was shown before the code was mistyped, so that nothing has to be photographed twice."""
    try:
        return factor_shown(opened(home, account, sealed), sealed, account)
    except BadInputError:
        return _new(home, account)


def _mine(session: Session, visit: Visit) -> Account:
    account = account_of_person(session, visit.person)
    if account is None:
        raise NotFoundError("您没有账户，或者账户已关闭：请管理员开通。")
    return account


def _page(
    session: Session,
    visit: Visit,
    *,
    error: DubanError | None = None,
    shown: dict[str, object] | None = None,
    codes: Sequence[str] = (),
) -> HTMLResponse:
    account = account_of_person(session, visit.person)
    status = 200
    if error is not None:
        status = 429 if isinstance(error, SlowDownError) else status_of(error)
    return visit.page(
        session, "second_factor.html", menu="/more", status_code=status, account=account, shown=shown, codes=codes,
        error=error.message if error else "", left=codes_left(session, account) if account else 0,
        owed=visit.served.settings.factor_for_roles and factor_owed(session, visit.person, on=visit.by.on),
    )  # fmt: skip
