"""我的账户: my own way in (password, sessions, tokens, calendar); on a phone what its bar has no room for."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.edge import today
from duban.web.door import client_address, keep_session
from duban.web.posted import Posted, Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError, SlowDownError
from models.people.api_token import TokenScope
from tasks.access.bind_subject import unbind
from tasks.access.hold_session import end_sessions, hashed, open_sessions, start_session
from tasks.access.hold_tokens import feed_of, make_feed, make_token, revoke_feed, revoke_token, tokens_of
from tasks.access.manage_accounts import account_of
from tasks.access.set_password import change_password, check_password
from tasks.access.sign_in import prove
from tasks.acting.audit import recorded
from tasks.people.roster import posts_held

router = APIRouter()

FEED = "/feeds/{secret}.ics"
"""Where a calendar address lies."""


@router.get("/account")
def account(visit: Signed) -> HTMLResponse:
    """My account."""
    with visit.reading() as session:
        return _page(session, visit)


@router.get("/more")
def more(visit: Signed) -> HTMLResponse:
    """What the bar of a phone has no room for."""
    with visit.reading() as session:
        return visit.page(session, "more.html", menu="/more")


@router.post("/account/password")
def password(sent: Sent) -> Response:
    """Change my password; every session ends, and this browser gets a new one."""
    visit = sent.visit
    try:
        old, new = _typed(sent, "old"), _typed(sent, "password")
        if new != _typed(sent, "again"):
            raise BadInputError("两次输入的新密码不一样：请重新输入。")
        with visit.reading() as session:
            mine = account_of(session, visit.person)
            if mine is None or mine.password_hash is None:
                raise NotFoundError("您的账户没有密码：请用单点登录，或请管理员发一个一次性地址。")
            check_password(session, visit.person, mine.login, new)
        address = client_address(visit.request, visit.served.settings)
        try:
            prove(visit.served.database, mine.login, old, address=address, now=visit.now)
        except SlowDownError:
            raise
        except ForbiddenError as error:
            raise BadInputError("现在的密码不正确。") from error
        with visit.writing() as session:
            fresh = account_of(session, visit.person)
            if fresh is None or fresh.password_hash != mine.password_hash:
                raise ForbiddenError("账户刚有变化：请重新登录后再试。")
            change_password(session, fresh, new, by=visit.by, with_tokens=sent.ticked("with_tokens"))
            agent = visit.request.headers.get("user-agent", "")
            token = start_session(session, visit.person, address=address, agent=agent, now=visit.now)
    except DubanError as error:
        return _refused(visit, error, password_error=error.message)
    answer = visit.go("/account", "密码已修改，其他地方的登录都已退出。")
    keep_session(answer, visit.served, token)
    return answer


@router.post("/account/sessions/end")
def end_others(sent: Sent) -> Response:
    """End my sessions in all other browsers."""
    visit = sent.visit
    with (
        visit.writing() as session,
        recorded(session, visit.by, "end_sessions", organ_id=visit.person.organ_id) as told,
    ):
        held = open_sessions(session, key(visit.person.id), now=visit.now)
        told.after["ended"] = len(held) - 1
        end_sessions(session, key(visit.person.id), now=visit.now, but=visit.token)
    return visit.go("/account", "其他地方的登录都已退出。")


@router.post("/account/tokens")
def new_token(sent: Sent) -> Response:
    """Make a token and show it, this once; proved anew first."""
    visit = sent.visit
    prove_again(sent)
    try:
        until = sent.text("expires_on")
        with visit.writing() as session:
            token = make_token(
                session, visit.person, by=visit.by, name=sent.text("name"), scopes=sent.texts("scope"),
                expires_on=today(until) if until else None, days=visit.served.settings.access_days,
            )  # fmt: skip
    except DubanError as error:
        return _refused(visit, error, token_error=error.message, typed={**sent.typed, "scopes": sent.texts("scope")})
    with visit.reading() as session:
        return _page(session, visit, token=token)


@router.post("/account/tokens/{token_id:row}/revoke")
def end_token(sent: Sent, token_id: int) -> Response:
    """Revoke one of my tokens."""
    with sent.visit.writing() as session:
        name = revoke_token(session, token_id, by=sent.visit.by).name
    return sent.visit.go("/account", f"令牌“{name}”已吊销。")


@router.post("/account/feed")
def new_feed(sent: Sent) -> Response:
    """Make my calendar's address, or a new one in its place, and show it, this once; proved anew first."""
    visit = sent.visit
    prove_again(sent)
    with visit.writing() as session:
        secret = make_feed(session, visit.person, by=visit.by, days=visit.served.settings.access_days)
    with visit.reading() as session:
        return _page(session, visit, feed_address=visit.served.settings.address(FEED.format(secret=secret)))


@router.post("/account/feed/revoke")
def end_feed(sent: Sent) -> Response:
    """End my calendar's address."""
    with sent.visit.writing() as session:
        revoke_feed(session, sent.visit.person, by=sent.visit.by)
    return sent.visit.go("/account", "日历订阅地址已停用。")


@router.post("/account/sso/end")
def end_binding(sent: Sent) -> Response:
    """End the binding of my account to single sign-on."""
    visit = sent.visit
    prove_again(sent)
    with visit.writing() as session:
        account = account_of(session, visit.person)
        if account is None:
            raise NotFoundError("您没有账户。")
        unbind(session, account, by=visit.by)
    return visit.go("/account", "单点登录的绑定已解除。")


def _typed(sent: Posted, name: str) -> str:
    """A password as it was typed, blanks and all."""
    value = sent.form.get(name)
    return value if isinstance(value, str) else ""


def _refused(visit: Visit, error: DubanError, **context: object) -> HTMLResponse:
    status = 429 if isinstance(error, SlowDownError) else status_of(error)
    with visit.reading() as session:
        return _page(session, visit, status_code=status, **context)


def _page(session: Session, visit: Visit, *, status_code: int = 200, **context: object) -> HTMLResponse:
    told: dict[str, object] = {
        "password_error": "", "token_error": "", "typed": {}, "token": "", "feed_address": "", **context,
    }  # fmt: skip
    held = open_sessions(session, key(visit.person.id), now=visit.now)
    return visit.page(
        session, "account.html", menu="/more", status_code=status_code, account=account_of(session, visit.person),
        posts=posts_held(session, visit.person, on=visit.by.on), sessions=held, mine=hashed(visit.token),
        tokens=tokens_of(session, visit.person),
        scopes=list(TokenScope), labels={scope.value: scope.label for scope in TokenScope},
        feed=feed_of(session, visit.person), browser=_browser, access_days=visit.served.settings.access_days,
        label=visit.served.settings.oidc_label if visit.served.settings.oidc_issuer else "", **told,
    )  # fmt: skip


_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("QQBrowser", "QQ 浏览器"),
    ("360SE", "360 浏览器"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Trident", "IE"), ("Safari", "Safari"),
)  # fmt: skip
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def _browser(agent: str) -> str:
    """What a browser calls itself, as far as people know it: Chrome, Windows."""
    known = [next((words for mark, words in table if mark in agent), "") for table in (_BROWSERS, _MACHINES)]
    return "，".join(word for word in known if word) or agent[:40] or "未知"
