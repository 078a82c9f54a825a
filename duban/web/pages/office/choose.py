"""系统设置: name and logo, address, mail and quiet hours, as the administrator of the organ at the top sets them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.door import client_scheme
from duban.web.posted import Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.served import ServedOffice, served_office
from duban.web.visit import UNDONE, Signed, Visit
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from models.people.permission import Action
from models.settings import CHOOSABLE, renewed
from tasks.acting.authorize import authorize_organ
from tasks.engine.choose_settings import LARGEST_LOGO, choose_logo, choose_settings, head_organ, list_settings
from tasks.notices.try_channel import try_channel

router = APIRouter()
PATH = "/settings/office"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@router.get(PATH)
def settings(visit: Signed) -> HTMLResponse:
    """What may be set here, and what the deployment sets itself."""
    with visit.reading() as session:
        return _page(session, visit)


@router.post(PATH)
def choose(sent: Sent) -> Response:
    """Set what was typed; proved anew first, since letters that open accounts go by this server and lead there."""
    visit = sent.visit
    prove_again(sent)
    typed = {name: sent.text(name) for name in CHOOSABLE if name in sent.form}
    if not typed.get("smtp_password") and not sent.ticked("drop_password"):
        typed.pop("smtp_password", None)
    if sent.ticked("drop_logo"):
        typed["logo"] = ""

    def again(session: Session, error: DubanError) -> Response:
        return _page(session, visit, typed=typed, error=error.message, status_code=status_of(error))

    with attempt(visit, again, beyond=ForbiddenError) as session:
        changed = choose_settings(session, visit.served.settings, visit.organ, typed, by=visit.by)
    visit.served.settings = renewed(visit.served.settings)
    return visit.go(visit.link(PATH), "设置已保存，从下一次运行起有效。" if changed else "设置没有变化。")


@router.post(f"{PATH}/upload")
def take_logo(sent: Sent) -> Response:
    """Take a picture as the logo."""
    visit = sent.visit

    def again(session: Session, error: DubanError) -> Response:
        return _page(session, visit, error=error.message, status_code=status_of(error))

    with attempt(visit, again, beyond=ForbiddenError) as session:
        pictures = sent.files("logo")
        if not pictures:
            raise BadInputError("请选择一个 PNG 或 JPEG 图片。")
        choose_logo(session, visit.served.settings, visit.organ, pictures[0], by=visit.by)
    visit.served.settings = renewed(visit.served.settings)
    return visit.go(visit.link(PATH), "标志已更换。")


@router.post(f"{PATH}/try")
def try_mail(sent: Sent) -> Response:
    """Send oneself a mail for real at once."""
    visit = sent.visit
    with visit.reading() as session:
        _authorize(session, visit)
    try:
        handed = try_channel(visit.served.database, visit.served.settings, key(visit.person.id), "mail", by=visit.by)
    except ForbiddenError:
        raise
    except DubanError as error:
        return visit.go(visit.link(PATH), f"{UNDONE}测试邮件没有发出：{error.message}")
    return visit.go(visit.link(PATH), f"测试邮件已发到 {visit.person.email}，对方答复：{handed.answer}。请看是否收到。")


@router.get("/logo")
def logo(request: Request) -> Response:
    """The logo, for the door too; its address changes with it."""
    file = served_office(request).settings.logo_file
    kind = TYPES.get(file.suffix.lower()) if file is not None else None
    if file is None or kind is None or not file.is_file() or file.stat().st_size > LARGEST_LOGO:
        raise NotFoundError("没有设置标志。")
    return Response(file.read_bytes(), media_type=kind, headers={"Cache-Control": "public, max-age=86400"})


def _authorize(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.CONFIGURE, head_organ(session, visit.organ).id)


def _page(
    session: Session, visit: Visit, *, typed: dict[str, str] | None = None, error: str = "", status_code: int = 200
) -> HTMLResponse:
    _authorize(session, visit)
    served = visit.served
    lines = {line.name: line for line in list_settings(served.settings)}
    here = f"{client_scheme(visit.request, served.settings)}://{visit.request.url.netloc}"
    values = {name: line.value for name, line in lines.items()} | (typed or {})
    return visit.page(
        session, "office/choose.html", menu="/settings", status_code=status_code, lines=lines, values=values,
        reached=served.settings.is_reached, here=here, error=error, largest=LARGEST_LOGO // 1024,
        maildir=not served.settings.smtp_host, one_of_several=_is_one_of_several(served),
    )  # fmt: skip


def _is_one_of_several(served: ServedOffice) -> bool:
    """Whether other processes with data folders of their own may serve the office too: what they share is set."""
    return bool(served.settings.evidence_url) and served.database.dialect.name == "postgresql"
