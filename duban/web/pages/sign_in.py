"""The door: signing in and out, the first set-up of an office, and setting a password by a one-time address."""

from hmac import compare_digest

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from duban.web.door import AtDoor, Door, Knocked
from duban.web.inside import inside
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import cookie_name
from models.database import on_record, reading
from models.errors import BadInputError, DubanError, NotFoundError, SlowDownError
from models.people.organ import Organ
from tasks.access.hold_session import find_session
from tasks.access.manage_accounts import any_account
from tasks.access.set_password import find_invited, set_by_code
from tasks.access.set_up import set_up
from tasks.access.sign_in import enter, sign_in, sign_out
from tasks.people.find import list_organs, top_organs

router = APIRouter()

NAMED = 3
"""So many organs are named at the door; where there are more, the product is."""


@router.get("/login")
def login(door: AtDoor, next: str = "") -> Response:
    """Name and password; whoever is signed in already goes on at once."""
    token = door.caller.former
    with reading(door.served.database) as session:
        if token and find_session(session, token, now=door.served.now()) is not None:
            return RedirectResponse(inside(next), 303)
    return login_page(door, next=inside(next))


@router.post("/login")
def log_in(door: Knocked) -> Response:
    """Try name and password."""
    name, onwards = door.text("name"), inside(door.text("next"))
    try:
        if not name or not door.secret("password"):
            raise BadInputError("请填写登录名和密码。")
        token = sign_in(
            door.served.database, name, door.secret("password"), caller=door.caller, now=door.served.now(),
            roles=door.served.settings.factor_for_roles,
        )  # fmt: skip
    except DubanError as error:
        status = 429 if isinstance(error, SlowDownError) else status_of(error)
        return login_page(door, next=onwards, name=name, error=error.message, status_code=status)
    return door.enter(token, onwards)


@router.post("/logout")
def log_out(sent: Sent) -> Response:
    """End this browser's session."""
    with sent.visit.writing() as session:
        sign_out(session, sent.visit.token, now=sent.visit.now)
    answer = RedirectResponse("/login", 303)
    served = sent.visit.served
    answer.delete_cookie(cookie_name(served), path="/", secure=served.secure, httponly=True, samesite="lax")
    return answer


@router.get("/setup")
def setup(door: AtDoor, token: str = "") -> Response:
    """Make the first administrator, with the token that `duban serve` printed."""
    with reading(door.served.database) as session:
        _check_setup(session, door, token)
        return _setup(session, door, token)


@router.post("/setup")
def set_up_office(door: Knocked) -> Response:
    """Make the first administrator, and sign in."""
    served, now = door.served, door.served.now()
    token, typed = door.text("token"), {name: door.text(name) for name in ("name", "organ", "organ_name", "organ_code")}
    with reading(served.database) as session:
        _check_setup(session, door, token)
    try:
        _check_twice(door)
        with on_record(served.database) as session:
            organ = _chosen(session, typed["organ"])
            account, person = set_up(
                session, name=typed["name"], password=door.secret("password"), now=now, organ=organ,
                organ_name=typed["organ_name"], organ_code=typed["organ_code"],
            )  # fmt: skip
            entered = enter(
                session, account, person, caller=door.caller, now=now, way="首次设置",
                roles=served.settings.factor_for_roles,
            )  # fmt: skip
    except DubanError as error:
        with reading(served.database) as session:
            return _setup(session, door, token, typed=typed, error=error.message, status_code=status_of(error))
    served.setup_token = None
    return door.enter(entered, "/")


@router.get("/welcome")
def welcome(door: AtDoor, code: str = "") -> Response:
    """Set a password with a one-time code: an invitation, or help for whoever forgot it."""
    with reading(door.served.database) as session:
        return _welcome(session, door, code)


@router.post("/welcome")
def set_first_password(door: Knocked) -> Response:
    """Set the password, and sign in with it."""
    code, now = door.text("code"), door.served.now()
    try:
        _check_twice(door)
        with on_record(door.served.database) as session:
            invited = set_by_code(session, code, door.secret("password"), now=now)
            token = enter(
                session, invited.account, invited.person, caller=door.caller, now=now, way="一次性地址",
                roles=door.served.settings.factor_for_roles,
            )  # fmt: skip
    except NotFoundError:
        raise
    except DubanError as error:
        with reading(door.served.database) as session:
            return _welcome(session, door, code, error=error.message, status_code=status_of(error))
    return door.enter(token, "/")


def login_page(door: Door, *, next: str = "/", name: str = "", error: str = "", status_code: int = 200) -> HTMLResponse:
    """The sign-in page, with why the last try was refused."""
    settings = door.served.settings
    with reading(door.served.database) as session:
        heading, empty = settings.site_name or _heading(session), not any_account(session)
    return door.page(
        "login.html", status_code=status_code, heading=heading, empty=empty, next=next, name=name, error=error,
        label=settings.oidc_label if settings.oidc_issuer else "",
    )  # fmt: skip


def _heading(session: Session) -> str:
    """The organs that stand at the top, as far as a heading can hold them."""
    names = [organ.name for organ in top_organs(session, most=NAMED + 1)]
    return "、".join(names) if 0 < len(names) <= NAMED else "督办"


def _check_setup(session: Session, door: Door, token: str) -> None:
    """Raises NotFoundError for a wrong token, and for everybody once there is an account."""
    wanted = door.served.setup_token
    if wanted is None or any_account(session) or not compare_digest(wanted.encode(), token.encode()):
        raise NotFoundError(
            "这个设置地址不能用：已有账户的，请直接登录；还没有账户的，请用 duban serve 启动时显示的地址，"
            "每次启动都不同。"
        )


def _setup(
    session: Session, door: Door, token: str, *, typed: dict[str, str] | None = None, error: str = "",
    status_code: int = 200,
) -> HTMLResponse:  # fmt: skip
    organs = [(organ.code, organ.name) for organ in list_organs(session)]
    typed = typed or dict.fromkeys(("name", "organ", "organ_name", "organ_code"), "")
    return door.page("setup.html", status_code=status_code, token=token, organs=organs, typed=typed, error=error)


def _chosen(session: Session, code: str) -> Organ | None:
    """The organ chosen; None where there is none to choose from. Raises BadInputError."""
    organs = {organ.code: organ for organ in list_organs(session)}
    if organs and code not in organs:
        raise BadInputError("请选择单位。")
    return organs.get(code)


def _welcome(session: Session, door: Door, code: str, *, error: str = "", status_code: int = 200) -> HTMLResponse:
    invited = find_invited(session, code, now=door.served.now())
    return door.page(
        "welcome.html", status_code=status_code, code=code, person=invited.person, login=invited.account.login,
        organ=session.get_one(Organ, invited.person.organ_id).name, error=error,
        label=door.served.settings.oidc_label if door.served.settings.oidc_issuer else "",
    )  # fmt: skip


def _check_twice(door: Door) -> None:
    if door.secret("password") != door.secret("again"):
        raise BadInputError("两次输入的密码不一样：请重新输入。")
