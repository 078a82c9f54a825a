"""Single sign-on: to the provider, and back with what it vouches for."""

from typing import cast

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from duban.web.door import AtDoor, Door
from duban.web.inside import inside
from duban.web.pages.sign_in import login_page
from duban.web.refusals import status_of
from duban.web.served import ServedOffice
from duban.web.single_sign_on import LASTS_SECONDS, ProviderError, SingleSignOn
from models.database import on_record
from models.errors import DubanError, ForbiddenError, NotFoundError
from tasks.access.sign_in import enter_by_provider

router = APIRouter()

COOKIE = "duban_sso"
DENIED = "access_denied"


@router.get("/login/sso")
def begin(door: AtDoor, next: str = "") -> Response:
    """On to the provider."""
    try:
        address, attempt = _provider(door.served).begin(inside(next), now=_now(door.served))
    except ProviderError as error:
        return login_page(door, error=error.message, status_code=502)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        _cookie(door.served), attempt.cookie, max_age=LASTS_SECONDS, path="/", httponly=True, samesite="lax",
        secure=door.served.secure,
    )  # fmt: skip
    return answer


@router.get("/login/sso/callback")
def come_back(door: AtDoor, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
    """Back from the provider: let in whom it vouches for, where we know that person."""
    answer = _let_in(door, state, code, error, iss)
    answer.delete_cookie(_cookie(door.served), path="/", secure=door.served.secure, httponly=True, samesite="lax")
    return answer


def _let_in(door: Door, state: str, code: str, error: str, iss: str) -> Response:
    provider, served = _provider(door.served), door.served
    settings, now = served.settings, _now(served)
    try:
        attempt = provider.attempt_of(door.request.cookies.get(_cookie(served), ""), state, now=now)
        if iss and iss != settings.oidc_issuer:
            raise ForbiddenError("返回的地址不是来自本单位的单点登录服务,没有登录。")
        if error or not code:
            said = "您没有同意登录" if error == DENIED else "没有确认这次登录"
            raise ForbiddenError(f"单点登录服务返回:{said}。请重试,或用密码登录。")
        claims = provider.claims(attempt, code, now=now)
        login = str(claims.get(settings.oidc_claim) or "")
        if settings.oidc_claim == "email" and claims.get("email_verified") is False:
            login = ""  # an address anybody may claim names nobody
        with on_record(served.database) as session:
            token = enter_by_provider(
                session, subject=f"{claims['iss']}|{claims['sub']}", login=login, provider=settings.oidc_label,
                caller=door.caller, now=served.now(),
            )  # fmt: skip
    except DubanError as refused:
        status = 502 if isinstance(refused, ProviderError) else status_of(refused)
        return login_page(door, error=refused.message, status_code=status)
    return door.enter(token, attempt.onwards)


def _provider(served: ServedOffice) -> SingleSignOn:
    """Raises NotFoundError where none is configured."""
    if not served.settings.oidc_issuer:
        raise NotFoundError("没有配置单点登录:请用密码登录。")
    return cast(SingleSignOn, served.parts.setdefault("single_sign_on", SingleSignOn(served.settings)))


def _now(served: ServedOffice) -> int:
    return int(served.now().timestamp())


def _cookie(served: ServedOffice) -> str:
    return f"__Host-{COOKIE}" if served.secure else COOKIE
