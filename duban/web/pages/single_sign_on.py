"""Single sign-on: to the provider, and back with what it vouches for: to sign in, or to bind an account to it."""

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from duban.web.door import AtDoor, Door, Knocked
from duban.web.inside import inside
from duban.web.pages.sign_in import login_page
from duban.web.posted import Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.served import ServedOffice
from duban.web.visit import cookie_name
from models.actor import Actor, Channel
from models.clock import day_of
from models.database import on_record, reading
from models.errors import DubanError, ForbiddenError, NotFoundError
from models.later import later
from tasks.access.bind_subject import bind_by_code, bind_own, subject_of
from tasks.access.hold_session import find_session, hashed
from tasks.access.set_password import find_invited
from tasks.access.sign_in import GONE, account_of_person, enter, enter_by_provider
from tasks.engine.lease import take_once

if TYPE_CHECKING:
    from duban.web import single_sign_on
else:
    # Most offices have no provider: what speaks with one is loaded for the first way there.
    single_sign_on = later("duban.web.single_sign_on")

router = APIRouter()

COOKIE = "duban_sso"
DENIED = "access_denied"
BIND, CODE = "bind:", "code:"
"""What a way was begun for: to bind the account of the session, or of the one-time code, named behind it."""


@router.get("/login/sso")
def begin(door: AtDoor, next: str = "") -> Response:
    """On to the provider."""
    return _away(door, inside(next))


@router.post("/welcome/sso")
def begin_by_code(door: Knocked) -> Response:
    """On to the provider, to bind the account of a one-time code instead of setting a password."""
    code = door.text("code")
    with reading(door.served.database) as session:
        find_invited(session, code, now=door.served.now())
    return _away(door, "/", f"{CODE}{code}")


@router.post("/account/sso")
def begin_binding(sent: Sent) -> Response:
    """On to the provider, to bind the account of whoever is signed in; proved anew first, since it opens a way in."""
    prove_again(sent)
    visit = sent.visit
    return _away(Door(visit.served, visit.request), "/account", f"{BIND}{hashed(visit.token)}")


@router.get("/login/sso/callback")
def come_back(door: AtDoor, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
    """Back from the provider: let in whom it vouches for, where an account is bound to that one, or bind one."""
    answer = _let_in(door, state, code, error, iss)
    answer.delete_cookie(_cookie(door.served), path="/", secure=door.served.secure, httponly=True, samesite="lax")
    return answer


def _away(door: Door, onwards: str, purpose: str = "") -> Response:
    try:
        address, attempt = _provider(door.served).begin(onwards, now=_now(door.served), purpose=purpose)
    except single_sign_on.ProviderError as error:
        return login_page(door, error=error.message, status_code=502)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        _cookie(door.served), attempt.cookie, max_age=single_sign_on.LASTS_SECONDS, path="/", httponly=True,
        samesite="lax", secure=door.served.secure,
    )  # fmt: skip
    return answer


def _let_in(door: Door, state: str, code: str, error: str, iss: str) -> Response:
    provider, served = _provider(door.served), door.served
    settings, now = served.settings, _now(served)
    try:
        carried = door.request.cookies.get(_cookie(served), "")
        attempt = provider.attempt_of(carried, state, now=now, once=partial(_once, served))
        if iss and iss != settings.oidc_issuer:
            raise ForbiddenError("返回的地址不是来自本单位的单点登录服务，没有登录。")
        if error or not code:
            said = "您没有同意登录" if error == DENIED else "没有确认这次登录"
            raise ForbiddenError(f"单点登录服务返回：{said}。请重试，或用密码登录。")
        claims = provider.claims(attempt, code, now=now)
        subject = subject_of(str(claims["iss"]), str(claims["sub"]))
        if attempt.purpose.startswith(BIND):
            return _bound(door, attempt.purpose.removeprefix(BIND), subject)
        if attempt.purpose.startswith(CODE):
            return door.enter(_invited(door, attempt.purpose.removeprefix(CODE), subject), attempt.onwards)
        with on_record(served.database) as session:
            token = enter_by_provider(
                session, subject=subject, called=called(claims, settings.oidc_claim), provider=settings.oidc_label,
                caller=door.caller, now=served.now(), roles=settings.factor_for_roles,
                factor=settings.oidc_second_factor,
            )  # fmt: skip
    except DubanError as refused:
        status = 502 if isinstance(refused, single_sign_on.ProviderError) else status_of(refused)
        return login_page(door, error=refused.message, status_code=status)
    return door.enter(token, attempt.onwards)


def _once(served: ServedOffice, state: str) -> bool:
    """Whether no process of the office took this back before."""
    with on_record(served.database) as session:
        return take_once(session, f"sso:{state}", dt.timedelta(seconds=2 * single_sign_on.LASTS_SECONDS))


def _bound(door: Door, begun_by: str, subject: str) -> Response:
    """The account of the session that began the way, as long as it is still this browser's."""
    served, now = door.served, door.served.now()
    token = door.request.cookies.get(cookie_name(served), "")
    with on_record(served.database) as session:
        found = find_session(session, token, now=now) if hashed(token) == begun_by else None
        account = account_of_person(session, found[1]) if found else None
        if found is None or account is None:
            raise ForbiddenError(GONE)
        person = found[1]
        bind_own(session, account, subject, by=Actor(person.name, Channel.WEB, day_of(now), now, person.id))
    return RedirectResponse("/account", 303, headers={"Cache-Control": "no-store"})


def _invited(door: Door, code: str, subject: str) -> str:
    """The token of a session of whom the one-time code was given to, whose account is bound now."""
    served, now = door.served, door.served.now()
    with on_record(served.database) as session:
        invited = find_invited(session, code, now=now)
        bind_by_code(session, invited, subject, now=now)
        return enter(
            session, invited.account, invited.person, caller=door.caller, now=now, way="一次性地址，单点登录",
            roles=served.settings.factor_for_roles, factor=served.settings.oidc_second_factor,
        )  # fmt: skip


def called(claims: dict[str, Any], claim: str) -> str:
    """What the provider calls the person, for messages: a mail address only where it says by a true it is verified."""
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    name = claims.get(claim)
    return name if isinstance(name, str) else ""


def _provider(served: ServedOffice) -> "single_sign_on.SingleSignOn":
    """Raises NotFoundError where none is configured."""
    if not served.settings.oidc_issuer:
        raise NotFoundError("没有配置单点登录：请用密码登录。")
    provider = cast(
        "single_sign_on.SingleSignOn",
        served.parts.setdefault("single_sign_on", single_sign_on.SingleSignOn(served.settings)),
    )
    provider.settings = served.settings
    return provider


def _now(served: ServedOffice) -> int:
    return int(served.now().timestamp())


def _cookie(served: ServedOffice) -> str:
    return f"__Host-{COOKIE}" if served.secure else COOKIE
